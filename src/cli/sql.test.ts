import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dataOf, runCommand } from "../../tests/support/run-command.ts";
import { bool, float, int, schema, text, timestamp } from "../table/index.ts";
import { openWorkspace } from "../workspace/index.ts";
import { executable } from "./execute.ts";
import { queryText } from "./query-text.ts";
import { sql } from "./sql.ts";

const things = schema("things", {
  id: int(),
  name: text({ nullable: true }),
  share: float({ nullable: true }),
  made: timestamp(),
  good: bool(),
});

let folder: string;
let dir: readonly string[];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "millrace-sql-"));
  dir = ["--dir", join(folder, "work")];
  await using workspace = await openWorkspace(join(folder, "work"));
  const made = new Date("2026-01-05T12:00:00.25Z");
  await workspace.lake.table("demo.things", things).append([
    { id: 1, name: 'a, "b"\n', share: 0.5, made, good: true },
    { id: 22, name: null, share: null, made: new Date("2026-01-05T12:00:00Z"), good: false },
  ]);
});
afterAll(() => rm(folder, { recursive: true }));

const ask = (...words: readonly string[]) => runCommand(executable(sql), [...words, ...dir]);

describe("sql", () => {
  test("people see columns under each other, numbers on the right, missing values as a sign", async () => {
    const { lines, code } = await ask("SELECT * FROM demo.things ORDER BY id");
    expect(code).toBe(0);
    expect(lines).toEqual([
      "id  name     share  made                    good",
      ' 1  a, "b"␊    0.5  2026-01-05 12:00:00.25  true',
      "22  ∅            ∅  2026-01-05 12:00:00     false",
    ]);
  });

  test("more rows than are shown are counted", async () => {
    const query = "SELECT i AS n FROM range(12345) r(i)";
    const { lines } = await ask(query);
    expect(lines).toHaveLength(1 + 50 + 2);
    expect(lines.at(-1)).toBe(
      "12,295 more of 12,345 rows: --limit 12345 shows all, --format csv writes them",
    );
    expect((await ask(query, "--limit", "0")).lines).toEqual([
      "n",
      "",
      expect.stringMatching(/^12,345 more of/),
    ]);
    expect((await ask(query, "--limit", "20000")).lines).toHaveLength(12346);
  });

  test("no line is wider than the terminal; columns for which there is no room are named", async () => {
    const many = Array.from({ length: 30 }, (_, i) => `'${"x".repeat(40)}' AS c${i}`).join(", ");
    const { lines } = await runCommand(executable(sql), [`SELECT ${many}`, ...dir], { width: 60 });
    expect(Math.max(...lines.map((line) => [...line].length))).toBeLessThanOrEqual(60);
    expect(lines[3]).toMatch(/^23 more columns: c7, c8/);
  });

  test("csv has all rows, and tells a missing value from an empty text", async () => {
    const { lines } = await ask(
      "SELECT *, '' AS e FROM demo.things ORDER BY id",
      "--format",
      "csv",
    );
    expect(lines.join("\n")).toBe(
      'id,name,share,made,good,e\n1,"a, ""b""\n",0.5,2026-01-05T12:00:00.25Z,true,""\n22,,,2026-01-05T12:00:00Z,false,""',
    );
    const all = await ask("FROM range(7000)", "--format", "csv");
    expect(all.lines).toHaveLength(7001);
    expect((await ask("FROM range(7000)", "--format", "csv", "--limit", "3")).lines).toHaveLength(
      4,
    );
    expect((await ask("SELECT 1 AS a WHERE false", "--format", "csv")).lines).toEqual(["a"]);
  });

  test("json has an object a line, with all digits", async () => {
    const query =
      "SELECT 9007199254740993 AS a, 'nan'::DOUBLE AS b, NULL AS c, 1.5 AS d, true AS e, DATE '2026-01-01' AS f";
    const { lines } = await ask(query, "--format", "json");
    expect(lines).toEqual([
      '{"a":9007199254740993,"b":"nan","c":null,"d":1.5,"e":true,"f":"2026-01-01T00:00:00Z"}',
    ]);
  });

  test("--json has columns, rows and how many there are", async () => {
    const data = await dataOf(executable(sql), [
      "SELECT id, 9007199254740993 AS big FROM demo.things ORDER BY id",
      "--limit",
      "1",
      ...dir,
    ]);
    expect(data).toEqual({
      columns: [
        { name: "id", kind: "int" },
        { name: "big", kind: "int" },
      ],
      rows: [{ id: 1, big: "9007199254740993" }],
      total: 2,
    });
  });

  test("big answers are written as they come: Ctrl-C ends one that would never end", async () => {
    const stop = new AbortController();
    const query = "SELECT n FROM range(1000000000000) r(n)";
    const running = runCommand(executable(sql), [query, "--format", "csv", ...dir], {
      signal: stop.signal,
      onPrint: (text) => {
        if (text.includes("100000\n")) stop.abort(new Error("stopped by SIGINT"));
      },
    });
    await expect(running).rejects.toThrowError("stopped by SIGINT");
  });

  test("SHOW, DESCRIBE and earlier versions work", async () => {
    expect((await ask("SHOW TABLES")).lines[1]).toBe("demo      things     false");
    expect((await ask("DESCRIBE demo.things")).lines[1]).toBe("id        bigint     ∅");
    expect((await ask("SELECT count(*) AS n FROM demo.things VERSION AS OF 0")).lines).toEqual([
      "n",
      "2",
    ]);
  });

  test("the query may stand in a file, and files may be asked when that is allowed", async () => {
    const query = join(folder, "query.sql");
    const people = join(folder, "people.csv");
    await writeFile(people, "id,age\n1,30\n");
    await writeFile(query, `SELECT age FROM '${people}' JOIN demo.things USING (id);\n`);
    expect((await ask("--file", query, "--files")).lines).toEqual(["age", " 30"]);
    await expect(ask("--file", query)).rejects.toMatchObject({ code: "table/unknown-table" });
  });

  test("what writes, what is unknown and what is wrong is refused", async () => {
    await expect(ask("DROP TABLE demo.things")).rejects.toMatchObject({
      code: "table/unsupported-statement",
    });
    await expect(ask("SELECT * FROM demo.thing")).rejects.toThrowError(
      /Did you mean "demo.things"/,
    );
    await expect(ask("SELECT CAST('x' AS INT)", "--format", "csv")).rejects.toMatchObject({
      code: "table/failed-query",
    });
    await expect(ask("SELECT 1", "--file", "x.sql")).rejects.toMatchObject({
      code: "cli/conflict-query",
    });
    await expect(ask("--file", join(folder, "none.sql"))).rejects.toMatchObject({
      code: "cli/missing-query-file",
    });
  });
});

describe("queryText", () => {
  const incoming = (...parts: readonly string[]) => ({
    async *[Symbol.asyncIterator]() {
      for (const part of parts) yield Buffer.from(part);
    },
  });

  test("what comes in is the query where none is given, also for -", async () => {
    const none = { query: undefined, file: undefined };
    expect(await queryText(none, incoming("SELECT ", "1"))).toBe("SELECT 1");
    expect(await queryText({ ...none, query: "-" }, incoming("SELECT 2"))).toBe("SELECT 2");
    await expect(queryText(none, incoming(" \n"))).rejects.toMatchObject({
      code: "cli/missing-query",
    });
    await expect(queryText(none, { ...incoming("x"), isTTY: true })).rejects.toMatchObject({
      code: "cli/missing-query",
    });
  });
});
