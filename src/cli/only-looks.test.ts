/** @file Commands that only look at tables, in a workspace whose records cannot be opened. */
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runCommand } from "../../tests/support/run-command.ts";
import { int, schema } from "../table/index.ts";
import { openWorkspace } from "../workspace/index.ts";
import { changes } from "./changes.ts";
import { check } from "./check.ts";
import { describe as describeCommand } from "./describe.ts";
import { executable } from "./execute.ts";
import { exportTable } from "./export.ts";
import { grants } from "./grants.ts";
import { history } from "./history.ts";
import { runs, tables } from "./show.ts";
import { sql } from "./sql.ts";
import { vacuum } from "./vacuum.ts";

const points = schema("points", { id: int({ key: true }), x: int({ nullable: true }) });
let folder: string;
let dir: readonly string[];
const at = (file: string): string => join(folder, file);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "millrace-looks-"));
  dir = ["--dir", at("work")];
  await using workspace = await openWorkspace(at("work"));
  const table = workspace.lake.table("demo.points", points, { changeFeed: true });
  await table.append([{ id: 1, x: 5 }, { id: 2, x: null }]); // biome-ignore format: rows
  await table.update(
    (c) => c.id.is(1),
    () => ({ x: 6 }),
  );
  await workspace.close();
  await rm(at("work/records.db"));
  await writeFile(at("work/records.db"), "no records");
});
afterAll(() => rm(folder, { recursive: true }));
const run = (command: Parameters<typeof executable>[0], ...argv: readonly string[]) =>
  runCommand(executable(command), [...argv, ...dir], { width: 200 });

test("commands that look at tables do not open the records, which others need", async () => {
  for (const [command, ...argv] of [
    [sql, "FROM demo.points"],
    [tables],
    [history, "demo.points"],
    [describeCommand, "demo.points"],
    [grants],
    [exportTable, "demo.points", at("points.csv")],
  ] as const)
    expect(await run(command, ...argv)).toMatchObject({ code: 0 });
  expect(existsSync(at("points.csv"))).toBe(true);
  await expect(run(runs)).rejects.toMatchObject({ code: "store/corrupt-records" });
});

test("changes shows what each version did, from where the feed begins or is asked for", async () => {
  const { lines } = await run(changes, "demo.points");
  expect(lines.map((line) => line.replace(/ +\d{4}-.*$/, ""))).toEqual([
    "_commit_version  _change_type      id  x  _commit_timestamp",
    "              0  insert             1  5",
    "              0  insert             2  ∅",
    "              1  update_postimage   1  6",
    "              1  update_preimage    1  5",
  ]);
  expect((await run(changes, "demo.points", "--from", "1", "--limit", "1")).lines.at(-1)).toBe(
    "1 more of 2 rows: --limit 2 shows all",
  );
  expect((await run(changes, "demo.points", "--from", "0", "--until", "0")).lines).toHaveLength(3);
});

test("a query that asks for the feed is told of the command", async () => {
  const { sentenceOf } = await import("./sentences.ts");
  const error = await run(sql, "FROM table_changes('demo.points', 0)").catch((thrown) => thrown);
  expect(sentenceOf(error, "./mill")).toMatch(/Run: \.\/mill changes TABLE$/);
});

test("history tells which versions a vacuum took the files of", async () => {
  await run(vacuum, "demo.points", "--hours", "0", "--force");
  const { lines } = await run(history, "demo.points");
  expect(lines.map((line) => line.replace(/^.*UPDATE|^.*WRITE/, "").trim()).slice(1)).toEqual([
    "1 row updated",
    "2 rows written; its files are gone",
  ]);
});

test("check refuses a suite without an expectation, and one whose bounds are the wrong way round", async () => {
  const suite = async (...expectations: readonly object[]) => {
    await writeFile(at("suite.json"), JSON.stringify({ name: "s", expectations }));
    return run(check, "demo.points", "--suite", at("suite.json"));
  };
  await expect(suite()).rejects.toMatchObject({ code: "cli/missing-expectations" });
  const bounds = { min_value: 9, max_value: 1 };
  await expect(
    suite({ type: "expect_table_row_count_to_be_between", kwargs: bounds }),
  ).rejects.toMatchObject({
    code: "cli/corrupt-suite",
    message: expect.stringContaining("at most max_value, 1"),
  });
  const judged = await suite({
    type: "expect_column_values_to_be_between",
    kwargs: { column: "x", ...bounds },
  });
  expect(judged.code).toBe(1);
  expect(judged.lines.join(" ").replace(/ +/g, " ")).toContain("could not be judged");
});

test("a suite that the system does not let be read is no missing one", async () => {
  await expect(run(check, "demo.points", "--suite", folder)).rejects.toMatchObject({
    code: "cli/failed-file",
    message: expect.stringContaining("it is a folder"),
  });
});
