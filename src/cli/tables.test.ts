/** @file The commands about one table, run in this process on a workspace with a table of four versions. */
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { actionsOf, commitAs } from "../../tests/support/lake.ts";
import { dataOf, runCommand } from "../../tests/support/run-command.ts";
import { int, schema, text } from "../table/index.ts";
import { openWorkspace } from "../workspace/index.ts";
import { describe as describeCommand } from "./describe.ts";
import { executable } from "./execute.ts";
import { exportTable } from "./export.ts";
import { history } from "./history.ts";
import { ingestFiles } from "./ingest.ts";
import { optimize } from "./optimize.ts";
import { restore } from "./restore.ts";
import { tables } from "./show.ts";
import { vacuum } from "./vacuum.ts";

const orders = schema("orders", {
  id: text({ key: true, pattern: /[a-z]/ }),
  n: int({ nullable: true, min: 0, unit: "pieces" }),
});

let folder: string;
let dir: readonly string[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "millrace-tables-"));
  dir = ["--dir", join(folder, "work")];
  let now = Date.UTC(2026, 0, 5, 12);
  const clock = (): number => {
    now += 60_000;
    return now;
  };
  await using workspace = await openWorkspace(join(folder, "work"), { clock });
  const table = workspace.lake.table("shop.orders", orders, {
    checks: { sold: (c) => c.n.isAtLeast(0) },
  });
  await table.append([{ id: "a", n: 1 }, { id: "b", n: 2 }]); // biome-ignore format: rows
  await table.append([{ id: "c", n: 3 }]);
  await table.merge([{ id: "c", n: 4 }, { id: "d", n: 5 }], { on: ["id"] }); // biome-ignore format: rows
  await table.overwrite([{ id: "\u001b[2Jx", n: 9 }]);
});
afterEach(() => rm(folder, { recursive: true }));

const run = (command: Parameters<typeof runCommand>[0], ...argv: readonly string[]) =>
  runCommand(command, [...argv, ...dir]);

describe("describe", () => {
  test("shows columns, rules, files and identity", async () => {
    const { lines, code } = await run(executable(describeCommand), "shop.orders");
    expect(code).toBe(0);
    const shown = lines.join("\n");
    expect(shown).toMatch(/ version +3, of 2026-01-05 12:\d\d:00 UTC\n/);
    expect(shown).toMatch(/ rows +1\n {2}files +1, \d+ bytes\n/);
    expect(shown).toMatch(/ identity +sha256:[0-9a-f]{64}\n/);
    expect(shown).toMatch(/ protocol +Delta, reader 1, writer 3\n/);
    expect(lines).toContain("  column  kind  delta type  missing  notes");
    expect(lines).toContain("  id      text  string      never    key; like [a-z]");
    expect(lines).toContain("  n       int   long        may be   0 …; pieces");
    expect(lines.slice(-2)).toEqual(["Checks, which every row passes", "  sold  (0 <= `n`)"]);
  });

  test("describes an earlier version, and no line is wider than the terminal", async () => {
    const argv = ["shop.orders", "--version", "1", ...dir];
    expect(await dataOf(executable(describeCommand), argv)).toMatchObject({
      ...{ version: 1, rows: 3, files: 2, checks: { sold: "(0 <= `n`)" } },
    });
    const { lines } = await runCommand(executable(describeCommand), argv, { width: 40 });
    const long = lines.filter((line) => line.length > 40 && !/sha256:|work/.test(line));
    expect(long).toEqual([]);
  });

  test("prints the schema as a module that makes the same schema", async () => {
    const { lines } = await run(executable(describeCommand), "shop.orders", "--typescript");
    expect(lines).toEqual([
      'import { int, schema, text } from "millrace";',
      "",
      expect.stringMatching(/^export const ordersSchema = schema\(".+", \{$/),
      '  id: text({ key: true, pattern: new RegExp("[a-z]") }),',
      '  n: int({ nullable: true, min: 0, unit: "pieces" }),',
      "});",
    ]);
    const made = new Function(
      "schema",
      "text",
      "int",
      `return ${lines.slice(2).join("\n").replace("export const ordersSchema = ", "")}`,
    );
    await using workspace = await openWorkspace(join(folder, "work"));
    expect(made(schema, text, int)).toEqual(await workspace.lake.schemaOf("shop.orders"));
  });

  test("says which tables there are where there is no such table", async () => {
    await expect(run(executable(describeCommand), "shop.order")).rejects.toMatchObject({
      code: "table/missing-table",
      message: expect.stringContaining('Did you mean "shop.orders"'),
    });
  });
});

describe("history", () => {
  test("tells what each version did, newest first", async () => {
    const { lines } = await run(executable(history), "shop.orders");
    expect(lines.map((line) => line.replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/, "TIME"))).toEqual([
      "version  when (UTC)           operation  what",
      "      3  TIME  WRITE      1 row written in place of all",
      "      2  TIME  MERGE      1 row inserted, 1 row updated",
      "      1  TIME  WRITE      1 row written",
      "      0  TIME  WRITE      2 rows written",
    ]);
  });

  test("names the files that were loaded, and what was set and taken off", async () => {
    for (const [n, files] of [
      [1, 1],
      [2, 5],
    ] as const) {
      await mkdir(join(folder, "landing"), { recursive: true });
      for (let i = 0; i < files; i++)
        await writeFile(join(folder, "landing", `${n}-${i}.csv`), `id\n${n}${i}\n`);
      await run(executable(ingestFiles), join(folder, "landing"), "shop.bronze");
    }
    await using workspace = await openWorkspace(join(folder, "work"));
    const table = workspace.lake.table("shop.orders", orders);
    await table.alter({ changeFeed: true, checks: { few: (c) => c.n.isAtMost(100) } });
    await table.alter({ checks: { few: null } });
    const what = async (name: string) => {
      const argv = [name, "--limit", "2", ...dir];
      const { lines } = await runCommand(executable(history), argv, { width: 200 });
      return lines.slice(1).map((line) => line.replace(/^.*(WRITE|TBLPROPERTIES) +/, ""));
    };
    expect(await what("shop.bronze")).toEqual([
      "5 rows written from 2-0.csv, 2-1.csv, 2-2.csv and 2 more files",
      "1 row written from 1-0.csv",
    ]);
    const loaded = await workspace.lake.history("shop.bronze", { limit: 1 });
    expect(loaded[0]?.files).toEqual(["2-0.csv", "2-1.csv", "2-2.csv", "2-3.csv", "2-4.csv"]);
    expect(await what("shop.orders")).toEqual([
      "check few taken off",
      expect.stringMatching(/^change feed on; check few: .*n.* <= 100/),
    ]);
  });

  test("tells of other programs' versions what they say, and nothing where they say nothing", async () => {
    const log = join(folder, "work", "tables", "shop", "orders", "_delta_log");
    const said = [
      { operation: "WRITE", operationParameters: { mode: "Append" } },
      {
        operation: "WRITE",
        operationParameters: { mode: "Append" },
        operationMetrics: { num_added_rows: 3, num_added_files: 1 },
      },
      { operation: "DELETE", operationMetrics: { num_deleted_rows: 2, num_copied_rows: 4 } },
      { operation: "UPDATE", operationMetrics: { num_updated_rows: 1, num_copied_rows: 4 } },
      {
        operation: "WRITE",
        operationParameters: { mode: "Append" },
        operationMetrics: { num_added_files: 2 },
      },
      {
        operation: "WRITE",
        operationParameters: { mode: "Append" },
        operationMetrics: { num_added_rows: 0 },
      },
    ];
    for (const [i, info] of said.entries())
      await writeFile(
        join(log, `${String(4 + i).padStart(20, "0")}.json`),
        `${JSON.stringify({ commitInfo: { timestamp: Date.UTC(2026, 0, 6), engineInfo: "delta-rs", ...info } })}\n`,
      );
    const argv = ["shop.orders", "--limit", "6", ...dir];
    const { lines } = await runCommand(executable(history), argv, { width: 200 });
    const what = lines
      .slice(1)
      .map((line) => line.replace(/^.*(WRITE|DELETE|UPDATE) */, "").replace(/ *delta-rs$/, ""));
    expect(what).toEqual([
      "no rows",
      "2 files in",
      "1 row updated",
      "2 rows deleted",
      "3 rows written",
      "",
    ]);
  });

  test("gives the metrics of as many versions as are asked for as JSON", async () => {
    const argv = ["shop.orders", "--limit", "1", ...dir];
    expect(await dataOf(executable(history), argv)).toMatchObject([
      { version: 3, operation: "WRITE", metrics: { numOutputRows: "1" } },
    ]);
  });
});

describe("tables", () => {
  test("names what is wrong with a table in a word, and where more is said", async () => {
    const log = join(folder, "work", "tables", "shop", "orders", "_delta_log");
    await writeFile(join(log, `${"4".padStart(20, "0")}.json`), "{ broken");
    const { lines } = await run(executable(tables));
    expect(lines[1]).toMatch(/ table\/corrupt/);
    expect(lines.at(-1)).toBe(
      "what is wrong with a table is said by millrace describe shop.orders",
    );
    const [found] = await dataOf<readonly { readonly problem: string }[]>(executable(tables), dir);
    expect(found?.problem.length).toBeGreaterThan(60);
  });
});

describe("restore", () => {
  test("makes the table what it was at a version, as a new version", async () => {
    const { lines } = await run(executable(restore), "shop.orders", "--version", "1");
    expect(lines[0]).toMatch(/^shop.orders version 4 is what it was at version 1 of 2026-01-05/);
    expect(lines[1]).toBe("rows: 1 before, 3 now; 2 files brought back, 1 file taken out");
    const again = await run(executable(restore), "shop.orders", "--version", "1");
    expect(again.lines[0]).toMatch(/nothing was done$/);
  });

  test("finds the version of a moment, and asks for one when none is given", async () => {
    const entries = await dataOf<readonly { readonly version: number; readonly atMs: number }[]>(
      executable(history),
      ["shop.orders", ...dir],
    );
    const atMs = entries.find(({ version }) => version === 1)?.atMs ?? 0;
    const at = new Date(atMs).toISOString().slice(0, 16).replace("T", " ");
    const { lines } = await run(executable(restore), "shop.orders", "--at", at);
    expect(lines[0]).toContain("what it was at version 1 of");
    await expect(run(executable(restore), "shop.orders")).rejects.toMatchObject({
      code: "cli/missing-version",
    });
    const both = ["shop.orders", "--at", at, "--version", "1"];
    await expect(run(executable(restore), ...both)).rejects.toMatchObject({
      code: "cli/conflict-options",
    });
  });

  test.each(["yesterday", "2026-13-45", "2026-01-05 1430"])(
    "refuses %s as a moment",
    async (at) => {
      await expect(run(executable(restore), "shop.orders", "--at", at)).rejects.toMatchObject({
        code: "cli/mismatch-option",
        message: expect.stringContaining(at),
      });
    },
  );
});

describe("optimize", () => {
  test("packs small files into one, and says when there is nothing to gain", async () => {
    await run(executable(restore), "shop.orders", "--version", "1");
    const { lines } = await run(executable(optimize), "shop.orders");
    expect(lines).toEqual([
      expect.stringMatching(/^shop.orders version 5: from 2 files, .+, to 1 file, /),
    ]);
    const again = await run(executable(optimize), "shop.orders");
    expect(again.lines[0]).toMatch(/^shop.orders: nothing to gain; it has 1 file of/);
  });

  test("sorts by columns that are given one by one or with commas", async () => {
    const argv = ["shop.orders", "--cluster-by", "n,id", ...dir];
    expect(await dataOf(executable(optimize), argv)).toMatchObject({
      ...{ skipped: false, clusterBy: ["n", "id"], files: { before: 1, after: 1 } },
    });
    await expect(
      run(executable(optimize), "shop.orders", "--cluster-by", "m"),
    ).rejects.toMatchObject({ code: "table/unknown-column" });
  });
});

describe("vacuum", () => {
  test("says what would go and leaves it, then removes it", async () => {
    const argv = ["shop.orders", "--hours", "0", "--force"];
    const dry = await run(executable(vacuum), ...argv, "--dry-run");
    expect(dry.lines[0]).toMatch(/^shop.orders: would remove 3 files, /);
    expect(dry.lines).toHaveLength(4);
    const { lines } = await run(executable(vacuum), ...argv);
    expect(lines[0]).toMatch(/^shop.orders: removed 3 files, /);
    const again = await run(executable(vacuum), ...argv);
    expect(again.lines).toEqual([
      "shop.orders: no file is old enough to go and needed by no version",
    ]);
    await expect(
      run(executable(exportTable), "shop.orders", join(folder, "x.csv"), "--version", "0"),
    ).rejects.toMatchObject({ code: "table/missing-data" });
  });

  test("tells of a short retention without force, which removes nothing", async () => {
    const { lines } = await run(executable(vacuum), "shop.orders", "--hours", "0", "--dry-run");
    expect(lines[0]).toMatch(/^shop\.orders: would remove 3 files, /);
    const old = await run(
      executable(exportTable),
      "shop.orders",
      join(folder, "x.csv"),
      "--version",
      "0",
    );
    expect(old.code).toBe(0);
  });

  test.each([
    ["interval 30 days", 720],
    ["interval 1 hour", 1],
    [undefined, 168],
  ])("without --hours keeps files for as long as the table says: %s", async (kept, hours) => {
    if (kept !== undefined) {
      await using workspace = await openWorkspace(join(folder, "work"));
      const table = workspace.lake.table("shop.orders", orders);
      const said = (await actionsOf(table, 0)).find(({ metaData }) => metaData !== undefined);
      const configuration = { "delta.deletedFileRetentionDuration": kept };
      await commitAs(table, 4, [{ metaData: { ...said?.["metaData"], configuration } }]);
    }
    const data = await dataOf(executable(vacuum), ["shop.orders", ...dir]);
    expect(data).toMatchObject({ removed: [], retentionHours: hours });
  });

  test("keeps a short retention for those who force it", async () => {
    await expect(run(executable(vacuum), "shop.orders", "--hours", "1")).rejects.toMatchObject({
      code: "table/out-of-range-retention",
      message: expect.stringContaining("--force"),
    });
  });
});

describe("export", () => {
  const rowsAt = (file: string) => ["shop.orders", join(folder, file), "--version", "2"];

  test("writes what the ending says", async () => {
    for (const file of ["a.csv", "a.tsv", "a.json", "a.jsonl.gz", "a.parquet"])
      await run(executable(exportTable), ...rowsAt(file));
    const at = (file: string) => readFile(join(folder, file));
    const sorted = (bytes: Buffer) => bytes.toString().trim().split("\n").sort();
    expect(sorted(await at("a.csv"))).toEqual(["a,1", "b,2", "c,4", "d,5", "id,n"]);
    expect(sorted(await at("a.tsv"))[4]).toBe("id\tn");
    const read = JSON.parse((await at("a.json")).toString()) as readonly { readonly n: number }[];
    expect(read.map(({ n }) => n).sort()).toEqual([1, 2, 4, 5]);
    expect(sorted(gunzipSync(await at("a.jsonl.gz")))[0]).toBe('{"id":"a","n":1}');
    expect((await at("a.parquet")).subarray(0, 4).toString()).toBe("PAR1");
  });

  test("chooses columns and a version, and says what it wrote", async () => {
    const argv = [...rowsAt("b.csv"), "--columns", "n"];
    const { lines } = await run(executable(exportTable), ...argv);
    expect(lines[0]).toMatch(/b\.csv: 4 rows of shop\.orders version 2, \d+ bytes$/);
    expect((await readFile(join(folder, "b.csv"))).toString().split("\n")[0]).toBe("n");
  });

  test("leaves technical columns out, says so, and writes what ingest reads", async () => {
    await writeFile(join(folder, "in.csv"), "id,n\na,1\nb,2\n");
    const ingest = executable(ingestFiles);
    await run(ingest, join(folder, "in.csv"), "shop.bronze");
    for (const file of ["out.csv", "out.tsv", "out.jsonl", "out.ndjson.gz", "out.parquet"]) {
      const { lines } = await run(executable(exportTable), "shop.bronze", join(folder, file));
      expect(lines.slice(1)).toEqual([
        "left out, being technical: _loaded_at, _file_modified_at, _source_file, _row_id,",
        "_is_processed, _rescued; --technical writes them",
      ]);
      const again = await run(ingest, join(folder, file), `shop.${file.replaceAll(".", "_")}`);
      expect(again.lines.at(-1)).toMatch(/: 2 rows added, 1 file loaded$/);
    }
    const all = await run(
      executable(exportTable),
      "shop.bronze",
      join(folder, "all.csv"),
      "--technical",
    );
    expect(all.lines.length).toBe(1);
    const refused = await run(ingest, join(folder, "all.csv"), "shop.other");
    expect(refused.lines.join(" ")).toContain(
      "or leave them out where the file is made (export does)",
    );
    await run(executable(exportTable), "shop.bronze", join(folder, "list.json"));
    const list = await run(ingest, join(folder, "list.json"), "shop.other");
    expect(list.lines[1]).toMatch(/^list.json +refused +0 +table\/unsupported-list$/);
  });

  test("replaces nothing unasked, and leaves no part of a file", async () => {
    await run(executable(exportTable), ...rowsAt("c.csv"));
    const refused = { code: "cli/conflict-file", message: expect.stringMatching(/--overwrite/) };
    await expect(run(executable(exportTable), ...rowsAt("c.csv"))).rejects.toMatchObject(refused);
    await run(executable(exportTable), ...rowsAt("c.csv"), "--overwrite");
    const stopped = new AbortController();
    stopped.abort(new Error("stopped by SIGINT"));
    const argv = [...rowsAt("d.csv"), ...dir];
    await expect(
      runCommand(executable(exportTable), argv, { signal: stopped.signal }),
    ).rejects.toThrow("stopped by SIGINT");
    expect(existsSync(join(folder, "d.csv"))).toBe(false);
  });

  test.each([
    ["e.xls", [], "cli/unsupported-ending"],
    ["none/e.csv", [], "cli/missing-folder"],
    ["e.csv", ["--columns", "m"], "table/unknown-column"],
  ])("refuses %s %j with %s", async (file, more, code) => {
    const argv = [...rowsAt(file), ...more];
    await expect(run(executable(exportTable), ...argv)).rejects.toMatchObject({ code });
  });
});

test("what a terminal would obey is shown", async () => {
  const { lines } = await run(executable(describeCommand), "shop.orders");
  expect(lines.join("")).not.toContain("\u001b");
});
