import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { dataOf, runCommand } from "../../tests/support/run-command.ts";
import type { IngestedFile } from "../table/index.ts";
import { openWorkspace } from "../workspace/index.ts";
import { executable } from "./execute.ts";
import { ingestFiles } from "./ingest.ts";
import { fileLines } from "./ingest-report.ts";
import { restore } from "./restore.ts";

const ingest = executable(ingestFiles);
let folder: string;
let landing: string;
let dir: readonly string[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "millrace-ingest-"));
  landing = join(folder, "landing");
  dir = ["--dir", join(folder, "work")];
  await mkdir(landing);
});
afterEach(() => rm(folder, { recursive: true }));

/** A file appears whole, as a delivery does that is renamed into its place. */
async function land(file: string, body: string): Promise<void> {
  await writeFile(join(folder, file), body);
  await rename(join(folder, file), join(landing, file));
}
const run = (...argv: readonly string[]) =>
  runCommand(ingest, [landing, "shop.orders", ...argv, ...dir]);

describe("ingest", () => {
  test("makes the workspace and the table, and loads each file once", async () => {
    await land("one.csv", "id,n\na,1\nb,2\n");
    expect(await run()).toMatchObject({
      code: 0,
      lines: [
        "file     state   rows  notes",
        "one.csv  loaded     2",
        "shop.orders version 0: 2 rows added, 1 file loaded",
      ],
    });
    await land("two.csv", "id,n,city\nc,3,Graz\n");
    await rename(join(landing, "one.csv"), join(landing, "renamed.csv"));
    expect((await run()).lines).toEqual([
      "file         state    rows  notes",
      "renamed.csv  skipped     0  in the table already",
      "two.csv      loaded      1  new: city",
      "shop.orders version 1: 1 row added, 1 file loaded, 1 file skipped",
    ]);
  });

  test("counts the files that are of another format, and says what loads them", async () => {
    await land("a.jsonl", '{"id":"x"}\n');
    expect((await run()).lines).toEqual([
      "no file to load is there",
      "shop.orders is not there yet: 0 rows added",
      "1 file that is not CSV was left; --format json loads it",
    ]);
    await land("one.csv", "id\na\n");
    await land("b.json.gz", "");
    await land("c.parquet", "");
    await land("read.me", "");
    const { lines } = await runCommand(ingest, [landing, "shop.orders", ...dir], { width: 200 });
    expect(lines.at(-1)).toBe(
      "4 files that are not CSV were left; --format json loads 2; --format parquet loads 1",
    );
  });

  test("says which names of a header become one column", async () => {
    await land("one.csv", "a b,a_b,A-B,a(b\n1,2,3,4\n");
    expect((await run()).lines.join(" ")).toContain(
      'the header\'s "a b", "a_b", "a(b" become one column, "a_b"; name each column once',
    );
    await land("one.csv", "id,id\n1,2\n");
    expect((await run()).lines.join(" ")).toContain('the header names "id" more than once');
  });

  test("says that JSON lines are expected where an object goes over lines", async () => {
    await writeFile(join(folder, "a.json"), '{\n  "id": 1\n}\n');
    const { lines } = await runCommand(ingest, [join(folder, "a.json"), "shop.orders", ...dir]);
    expect(lines.join(" ")).toMatch(
      /unexpected end of data; expected a whole object on each line\. The file/,
    );
  });

  test("makes no table with the name of a volume", async () => {
    await land("one.csv", "id\na\n");
    await using workspace = await openWorkspace(join(folder, "work"));
    await workspace.lake.create({ volume: "shop.orders" });
    await expect(run()).rejects.toMatchObject({ code: "cli/conflict-name" });
    expect(await workspace.lake.tables()).toEqual([]);
  });

  test("says in one part what a header lacks, or has beside", async () => {
    await land("one.csv", "id\na\n");
    await run();
    await land("two.csv", "id,coupon\nb,c\n");
    expect((await run("--evolution", "fail")).lines.join(" ")).toContain(
      'the header has "coupon", which the table has not. The file was not loaded',
    );
  });

  test("tells of files that a restore took out, and loads them again when asked", async () => {
    await land("one.csv", "id,n\na,1\n");
    await run();
    await land("two.csv", "id,n\nb,2\n");
    await run();
    await runCommand(executable(restore), ["shop.orders", "--version", "0", ...dir]);
    expect((await run()).lines).toEqual([
      "file     state    rows  notes",
      "one.csv  skipped     0  in the table already",
      "two.csv  skipped     0  loaded before, and taken out by the restore of version 0",
      "shop.orders version 2: 0 rows added, 2 files skipped",
      "the rows of 1 file that was skipped are not in the table since it was restored;",
      "--again restored loads it",
    ]);
    const { lines } = await run("--again", "restored");
    expect(lines.at(-1)).toBe("shop.orders version 3: 1 row added, 1 file loaded, 1 file skipped");
  });

  test.each([
    ["table/out-of-range-name", "shop.or/ders", "a.csv"],
    ["table/out-of-range-securable", "shop.orders", "volume:Landing"],
  ])("refuses with %s before it makes anything: %s from %s", async (code, table, from) => {
    await land("a.csv", "id\n1\n");
    const at = from === "a.csv" ? landing : from;
    await expect(runCommand(ingest, [at, table, ...dir])).rejects.toMatchObject({ code });
    expect(existsSync(join(folder, "work"))).toBe(false);
  });

  test("tells why a file was refused, loads the others, and ends with 1", async () => {
    await land("bad.csv", 'id,n\n"a,1\n');
    await land("good.csv", "id,n\na,1\n");
    const { code, lines } = await run();
    expect(code).toBe(1);
    expect(lines.slice(1, 4)).toEqual([
      "bad.csv   refused     0  table/corrupt-text",
      "good.csv  loaded      1",
      expect.stringMatching(/^refused\[table\/corrupt-text\]: bad.csv, line 2: /),
    ]);
    expect(lines.at(-1)).toBe("shop.orders version 0: 1 row added, 1 file loaded, 1 file refused");
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    await expect(run("--on-refused", "stop")).rejects.toMatchObject({ code: "table/corrupt-text" });
  });

  test("reads what the options say: delimiter, quotes, encoding, types, no header, no technical columns", async () => {
    const body = "1\t'x\ty'\tZürich\n";
    await writeFile(join(landing, "a.tsv"), Buffer.from(body, "latin1"));
    const form = ["--delimiter", "\\t", "--quote", "'", "--encoding", "latin-1", "--no-header"];
    const { lines } = await run(...form, "--types", "infer", "--plain");
    expect(lines.at(-1)).toBe("shop.orders version 0: 1 row added, 1 file loaded");
    await using workspace = await openWorkspace(join(folder, "work"));
    const { lake } = workspace;
    const table = lake.table("shop.orders", await lake.schemaOf("shop.orders"));
    expect(await (await table.read()).rows()).toEqual([
      { column1: 1, column2: "x\ty", column3: "Zürich", _rescued: null },
    ]);
  });

  test("keeps, refuses or leaves out what a table has not, as the evolution says", async () => {
    await land("1.csv", "id\na\n");
    await run();
    await land("2.csv", "id,city\nb,Graz\n");
    const notes = async (evolution: string) => (await run("--evolution", evolution)).lines[2];
    expect(await notes("fail")).toMatch(/^2.csv {2}refused +0 {2}table\/mismatch-header$/);
    expect(await notes("ignore")).toMatch(/^2.csv {2}loaded +1 {2}not in the table: city$/);
    await land("3.csv", "id,city\nc,Linz\n");
    const rescued = await dataOf<{ readonly files: readonly IngestedFile[] }>(ingest, [
      ...[landing, "shop.orders", "--evolution", "rescue", ...dir],
    ]);
    expect(rescued.files.at(-1)).toMatchObject({ state: "loaded", unexpected: ["city"] });
  });

  test("refuses what is too large", async () => {
    await land("big.csv", `id\n${"x".repeat(3000)}\n`);
    const row = await run("--max-row-mb", "0.002");
    expect(row.lines.join(" ")).toMatch(/a row is longer than 2,000 bytes/);
    const file = await run("--max-file-mb", "0.001");
    expect(file.lines[1]).toMatch(/table\/out-of-range-size/);
  });

  test("watches a folder until it is stopped, and tells each batch as it comes", async () => {
    await land("one.csv", "id\na\n");
    const stop = new AbortController();
    const argv = [landing, "shop.orders", "--watch", "--settle", "0", "--poll", "0.01", ...dir];
    const batches: string[] = [];
    const onPrint = (text: string): void => {
      batches.push(text);
      if (batches.length === 1) void land("two.csv", "id\nb\nc\n");
      else stop.abort(new Error("stopped by SIGINT"));
    };
    const ran = await runCommand(ingest, [...argv, "--json"], { signal: stop.signal, onPrint });
    expect(ran.code).toBe(0);
    expect(batches.map((text) => JSON.parse(text))).toMatchObject([
      { table: "shop.orders", version: 0, rows: 1, files: [{ file: "one.csv" }] },
      { version: 1, rows: 2, files: [{ file: "two.csv", state: "loaded" }] },
    ]);
    expect(ran.notes.at(-1)).toBe("ended; 3 rows came while it watched");
  });

  test.each([
    ["table/missing-file", ["nowhere", "shop.orders"]],
    ["cli/missing-argument", ["landing"]],
    ["cli/mismatch-option", ["landing", "shop.orders", "--types", "guess"]],
  ])("refuses with %s before it makes anything", async (code, argv) => {
    await expect(runCommand(ingest, [...argv, ...dir])).rejects.toMatchObject({ code });
    expect(existsSync(join(folder, "work"))).toBe(false);
  });

  test("watches folders only", async () => {
    await land("one.csv", "id\na\n");
    const argv = [join(landing, "one.csv"), "shop.orders", "--watch", ...dir];
    await expect(runCommand(ingest, argv)).rejects.toMatchObject({ code: "cli/mismatch-folder" });
  });
});

describe("fileLines", () => {
  const at80 = { width: 80, program: "millrace" };
  const file = (name: string, state: IngestedFile["state"]): IngestedFile => ({
    ...{ file: name, state, rows: 0, dropped: 0, rescued: 0, ignored: 0 },
    ...{ added: [], unexpected: [], empty: [] },
  });

  test("counts the files that were skipped where there are many", () => {
    const files = Array.from({ length: 30 }, (_, i) => file(`${i}.csv`, "skipped"));
    expect(fileLines([...files, file("new.csv", "loaded")], at80)).toEqual([
      "file     state   rows  notes",
      "new.csv  loaded     0",
      "30 files skipped: in the table already",
    ]);
    expect(fileLines(files, at80)).toEqual(["30 files skipped: in the table already"]);
    expect(fileLines([], at80)).toEqual(["no file to load is there"]);
  });

  test("shows what in a file's name a terminal would obey", () => {
    expect(fileLines([file("\u001b[2J.csv", "gone")], at80)[1]).toContain("␛[2J.csv  gone");
  });
});
