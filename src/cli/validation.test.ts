/** @file The commands of validation, run in this process on a workspace with one table. */
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { dataOf, runCommand } from "../../tests/support/run-command.ts";
import { readSuite, type SuiteResult, type TableProfile } from "../check/index.ts";
import { category, int, schema, text } from "../table/index.ts";
import { openWorkspace } from "../workspace/index.ts";
import { attach } from "./attach.ts";
import { check } from "./check.ts";
import { checkpoint } from "./checkpoint.ts";
import { describe as describeCommand } from "./describe.ts";
import { docs } from "./docs.ts";
import { executable } from "./execute.ts";
import { history } from "./history.ts";
import { ingestFiles } from "./ingest.ts";
import { profile } from "./profile.ts";

const orders = schema("orders", {
  id: text({ key: true }),
  plan: category(["free", "paid"], { nullable: true }),
  n: int(),
});
const rowsOf = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => ({
    id: `k${from + i}`,
    plan: i % 10 === 0 ? null : i % 3 === 0 ? ("paid" as const) : ("free" as const),
    n: from + i,
  }));

let folder: string;
let dir: readonly string[];
let at: (file: string) => string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "millrace-validation-"));
  at = (file) => join(folder, file);
  dir = ["--dir", at("work")];
  await using workspace = await openWorkspace(at("work"));
  const table = workspace.lake.table("shop.orders", orders);
  await table.append(rowsOf(0, 40));
  await table.append(rowsOf(1040, 1100));
});
afterEach(() => rm(folder, { recursive: true }));

const run = (command: Parameters<typeof executable>[0], ...argv: readonly string[]) =>
  runCommand(executable(command), [...argv, ...dir]);
const suiteOf = (...expectations: readonly object[]) =>
  writeFile(at("suite.json"), JSON.stringify({ name: "orders_suite", expectations }));
const between = (max_value: number, more: object = {}) => ({
  type: "expect_column_values_to_be_between",
  kwargs: { column: "n", min_value: 0, max_value },
  ...more,
});
const unique = { type: "expect_column_values_to_be_unique", kwargs: { column: "id" } };

describe("profile", () => {
  test("shows what the columns of a table hold, on a narrow terminal too", async () => {
    const { lines } = await run(profile, "shop.orders");
    expect(lines[0]).toBe("shop.orders: 100 rows, 3 columns");
    expect(lines[6]).toMatch(/^plan +category +\d+ % +2 {2}free █+ \d+(\.\d)? % {2}paid █+/);
    const narrow = await runCommand(executable(profile), ["shop.orders", ...dir], { width: 40 });
    expect(Math.max(...narrow.lines.map((line) => line.length))).toBeLessThanOrEqual(40);
  });

  test("says how far columns have moved since a version, and profiles an earlier one", async () => {
    const { lines } = await run(profile, "shop.orders", "--against", "0");
    expect(lines.join("\n")).toMatch(
      /since the earlier profile \(40 rows\): \d column.* moved\n.*severe +n/s,
    );
    const made = await dataOf<{ readonly profile: TableProfile; readonly version: number }>(
      executable(profile),
      ["shop.orders", "--version", "0", ...dir],
    );
    expect(made).toMatchObject({ version: 0, page: null, suite: null, profile: { rows: 40 } });
  });

  test("writes a page, and a suite that the rows pass, named for its file", async () => {
    const argv = ["shop.orders", "--out", at("docs"), "--suite", at("gx/expectations/draft.json")];
    const { lines } = await run(profile, ...argv);
    const page = lines.find((line) => line.startsWith("page: "))?.slice(6) ?? "";
    expect((await readFile(page, "utf8")).slice(0, 15)).toBe("<!doctype html>");
    expect(lines.slice(-9, -6)).toEqual([
      "proposed suite draft: 7 expectations",
      "  there are at least 90 and at most 110 rows",
      "  id has a value",
    ]);
    const written = readSuite(await readFile(at("gx/expectations/draft.json"), "utf8"));
    expect(written.name).toBe("draft");
    expect(written.expectations[1]).toMatchObject({ notes: "none of 100 cells is missing" });
    const judged = await run(check, "shop.orders", "--suite", at("gx/expectations/draft.json"));
    expect(judged).toMatchObject({ code: 0 });
  });

  test("does not write over a suite that somebody may have edited", async () => {
    await writeFile(at("mine.json"), "{}");
    const argv = ["shop.orders", "--suite", at("mine.json")];
    await expect(run(profile, ...argv)).rejects.toMatchObject({ code: "cli/conflict-file" });
    expect(await readFile(at("mine.json"), "utf8")).toBe("{}");
    expect(await run(profile, ...argv, "--overwrite")).toMatchObject({ code: 0 });
  });

  test("leaves out the columns that say where a row came from, unless asked, and says so", async () => {
    await writeFile(at("a.csv"), "x\n1\n1\n");
    await runCommand(executable(ingestFiles), [at("a.csv"), "shop.bronze", ...dir]);
    const { lines } = await run(profile, "shop.bronze", "--suite", at("a.json"));
    expect(lines.slice(0, 5)).toEqual([
      "shop.bronze: 2 rows, 1 column",
      "1 duplicate row",
      "constant: x · all missing: none",
      "not counted, being technical: _loaded_at, _file_modified_at, _source_file,",
      "    _row_id, _is_processed, _rescued",
    ]);
    const all = await run(profile, "shop.bronze", "--technical");
    expect(all.lines.slice(0, 2)).toEqual(["shop.bronze: 2 rows, 7 columns", "0 duplicate rows"]);
    const { expectations } = readSuite(await readFile(at("a.json"), "utf8"));
    expect(new Set(expectations.map(({ column }) => column))).toEqual(new Set([null, "x"]));
  });

  test("reads a file as ingest reads it, leaves nothing behind, and says what did not fit", async () => {
    const body = `id;n\n${Array.from({ length: 10_050 }, (_, i) => `k${i};${i === 10_020 ? "x" : i}`).join("\n")}\n`;
    await writeFile(at("orders.csv"), body);
    const { lines, notes } = await run(profile, at("orders.csv"), "--delimiter", ";");
    expect(lines[0]).toBe("orders.csv: 10,050 rows, 2 columns");
    expect(notes).toEqual([expect.stringMatching(/^1 cell of .*orders.csv does not fit/)]);
    expect(existsSync(at("work/tables/file"))).toBe(false);
  });

  test.each([
    ["table/missing-table", ["shop.other"]],
    ["table/missing-file", ["nowhere.csv"]],
    ["table/missing-version", ["shop.orders", "--against", "9"]],
    ["cli/mismatch-option", ["shop.orders", "--suite", "suite.yaml"]],
    ["cli/mismatch-option", ["shop.orders", "--sample", "0"]],
  ])("refuses with %s: %j", async (code, argv) => {
    await expect(run(profile, ...argv)).rejects.toMatchObject({ code });
  });

  test("a file has no versions, and a folder is no file", async () => {
    await writeFile(at("a.csv"), "x\n1\n");
    const versions = { code: "cli/unsupported-version" };
    for (const option of ["--against", "--version"])
      await expect(run(profile, at("a.csv"), option, "0")).rejects.toMatchObject(versions);
    const refused = { code: "cli/conflict-folder" };
    await expect(run(profile, `${folder}/work`)).rejects.toMatchObject(refused);
  });
});

describe("check", () => {
  test("tells what failed first, how many rows, and which by the table's key; and ends with 1", async () => {
    await suiteOf(unique, between(1090));
    const { code, lines } = await run(check, "shop.orders", "--suite", at("suite.json"));
    expect(code).toBe(1);
    expect(lines).toEqual([
      "✖ critical: n is ≥ 0 and ≤ 1090",
      "    9 of 100 rows, for example k1091, k1092, k1093, k1094, k1095",
      "✔ id is unique",
      "",
      "orders_suite on shop.orders: 1 of 2 expectations hold; failed: 1 critical",
    ]);
  });

  test("a warning fails only those who ask for it", async () => {
    await suiteOf(between(1090, { severity: "warning" }));
    const argv = ["shop.orders", "--suite", at("suite.json")];
    expect(await run(check, ...argv)).toMatchObject({ code: 0 });
    expect(await run(check, ...argv, "--fail-on", "warning")).toMatchObject({ code: 1 });
    const { lines } = await run(check, ...argv, "--fail-on", "info");
    expect(lines.at(-1)).toBe(
      "orders_suite on shop.orders: 0 of 1 expectation holds; failed: 1 warning",
    );
  });

  test("gives Great Expectations' JSON in the format asked for, of a version and with parameters", async () => {
    await suiteOf({ ...between(0), kwargs: { column: "n", max_value: { $PARAMETER: "top" } } });
    const argv = ["shop.orders", "--suite", at("suite.json"), "--version", "0", ...dir];
    const complete = ["--parameter", "top=38", "--result-format", "COMPLETE", "--key", "id,n"];
    const data = await dataOf<{ readonly passed: boolean; readonly result: SuiteResult }>(
      executable(check),
      [...argv, ...complete],
    );
    expect(data).toMatchObject({ passed: false, kept: null, page: null });
    expect(data.result).toMatchObject({
      success: false,
      suite_name: "orders_suite",
      suite_parameters: { top: 38 },
      meta: { millrace: { table: "shop.orders", version: 0, rows: 40 } },
      results: [{ result: { unexpected_index_list: [{ id: "k39", n: 39 }] } }],
    });
  });

  test("keeps the result as JSON and as a page", async () => {
    await suiteOf(unique);
    const argv = [
      "shop.orders",
      "--suite",
      at("suite.json"),
      "--keep",
      at("gx"),
      "--docs",
      at("docs"),
    ];
    const { lines } = await run(check, ...argv);
    const [kept = "", page = ""] = ["result: ", "page: "].map((what) =>
      lines.find((line) => line.startsWith(what))?.slice(what.length),
    );
    expect(kept).toContain(at("gx/uncommitted/validations/orders_suite/"));
    expect(JSON.parse(await readFile(kept, "utf8"))).toMatchObject({ success: true });
    expect(await readFile(page, "utf8")).toContain("id is unique");
    expect(await readFile(at("docs/index.html"), "utf8")).toContain("orders_suite");
  });

  test("judges a file", async () => {
    await writeFile(at("orders.csv"), "id,n\na,1\na,2\n");
    await suiteOf(unique);
    const { code, lines } = await run(check, at("orders.csv"), "--suite", at("suite.json"));
    expect(code).toBe(1);
    expect(lines[1]).toBe("    2 of 2 rows, for example a");
  });

  test("an expectation about a column that is not there fails alone, and says why", async () => {
    await suiteOf({ ...unique, kwargs: { column: "gone" } }, unique);
    const { code, lines } = await run(check, "shop.orders", "--suite", at("suite.json"));
    expect(code).toBe(1);
    expect(lines.join(" ")).toMatch(/✖ critical: gone is unique \(it could not be judged: .*✔ id/);
  });

  test("says what is wrong with a suite, or with the path to it", async () => {
    const suite = ["shop.orders", "--suite", at("suite.json")];
    await expect(run(check, "shop.orders")).rejects.toMatchObject({ code: "cli/missing-suite" });
    await expect(run(check, ...suite)).rejects.toMatchObject({
      code: "cli/missing-file",
      message: expect.stringContaining("--suite"),
    });
    await suiteOf({ type: "expect_nothing", kwargs: {} });
    await expect(run(check, ...suite)).rejects.toMatchObject({
      code: "cli/corrupt-suite",
      message: expect.stringMatching(/suite.json.*unknown expectation type "expect_nothing"/),
    });
    await suiteOf(unique);
    await expect(run(check, ...suite, "--parameter", "top")).rejects.toMatchObject({
      code: "cli/mismatch-option",
    });
  });
});

describe("checkpoint", () => {
  const gx = () => ["--folder", at("gx")];
  beforeEach(async () => {
    await run(profile, "shop.orders", "--suite", at("gx/expectations/draft.json"));
  });

  test("writes its files once or again, runs, keeps the result and updates the data docs", async () => {
    const argv = ["nightly", ...gx(), "--define", "shop.orders=draft"];
    await run(checkpoint, ...argv);
    const files = ["checkpoints/nightly.json", "validation_definitions/shop.orders.draft.json"];
    const read = () => Promise.all(files.map((file) => readFile(at(`gx/${file}`), "utf8")));
    const before = await read();
    const { code, lines } = await run(checkpoint, ...argv);
    expect(await read()).toEqual(before);
    expect(code).toBe(0);
    expect(lines.slice(-2)).toEqual([
      `page: ${at("gx/uncommitted/data_docs/local_site/index.html")}`,
      "checkpoint nightly: 1 of 1 validation has no failed expectation",
    ]);
    const [kept = ""] = lines.filter((line) => line.startsWith("result: "));
    expect(JSON.parse(await readFile(kept.slice(8), "utf8"))).toMatchObject({
      success: true,
      meta: {
        checkpoint_name: "nightly",
        millrace: { table: "shop.orders", version: 1, rows: 100 },
      },
    });
    expect(existsSync(at("gx/uncommitted/data_docs/local_site/index.html"))).toBe(true);
  });

  test("runs what Great Expectations wrote, its assets named as tables, and ends with 1 when it fails", async () => {
    const suite = JSON.stringify({ name: "strict", expectations: [between(10)] });
    await writeFile(at("gx/expectations/strict.json"), suite);
    await run(checkpoint, "nightly", ...gx(), "--define", "shop.orders=strict").catch(() => null);
    const file = at("gx/validation_definitions/shop.orders.strict.json");
    const written = await readFile(file, "utf8");
    await writeFile(file, written.replace('"shop.orders"', '"orders_df"'));
    await expect(run(checkpoint, "nightly", ...gx())).rejects.toMatchObject({
      code: "cli/unknown-asset",
      message: expect.stringContaining("--table orders_df=TABLE"),
    });
    const argv = ["nightly", ...gx(), "--table", "orders_df=shop.orders"];
    const { code, lines } = await run(checkpoint, ...argv);
    expect(code).toBe(1);
    expect(lines[0]).toBe("✖ critical: n is ≥ 0 and ≤ 10");
    const data = await dataOf<object>(executable(checkpoint), [...argv, "--run-name", "b", ...dir]);
    expect(data).toMatchObject({
      passed: false,
      statistics: { evaluated_validations: 1, successful_validations: 0 },
      files: [expect.stringContaining("/validations/strict/b/")],
      skippedActions: [],
    });
  });

  test.each([
    ["cli/missing-checkpoint", ["weekly"]],
    ["check/missing-definition", ["nightly", "--define", "shop.orders=other"]],
    ["table/missing-table", ["nightly", "--define", "shop.other=draft"]],
    ["cli/mismatch-option", ["nightly", "--define", "shop.orders"]],
  ])("refuses with %s: %j", async (code, argv) => {
    await expect(run(checkpoint, ...argv, ...gx())).rejects.toMatchObject({ code });
    expect(existsSync(at("gx/checkpoints"))).toBe(false);
  });
});

describe("docs", () => {
  test("writes the pages of all that is in a folder, and profiles", async () => {
    await suiteOf(unique);
    const keep = ["--suite", at("suite.json"), "--keep", at("gx")];
    await run(check, "shop.orders", ...keep);
    await run(check, "shop.orders", ...keep);
    const argv = ["--folder", at("gx"), "--out", at("site"), "--title", "Shop"];
    const { lines } = await run(docs, ...argv, "--profile", "shop.orders");
    expect(lines).toEqual(["0 suites, 2 results, 1 profile", `page: ${at("site/index.html")}`]);
    const page = await readFile(at("site/index.html"), "utf8");
    for (const word of ["Shop", "orders_suite", "shop.orders"]) expect(page).toContain(word);
  });

  test("says so where there is nothing", async () => {
    await expect(run(docs, "--folder", at("empty"))).rejects.toMatchObject({
      code: "cli/missing-docs",
    });
    expect(existsSync(at("empty"))).toBe(false);
  });
});

describe("attach", () => {
  test("makes every write obey a suite, and tells what it cannot", async () => {
    const some = {
      type: "expect_column_values_to_not_be_null",
      kwargs: { column: "id", mostly: 0.5 },
    };
    await suiteOf(unique, some, between(2000, { severity: "warning" }), between(5000));
    const argv = ["shop.orders", "--suite", at("suite.json"), "--quarantine", "shop.rejected"];
    const { lines } = await run(attach, ...argv);
    expect(lines).toEqual([
      "  keep  n is ≥ 0 and ≤ 2000",
      "  drop  n is ≥ 0 and ≤ 5000",
      "left to check (about more than one row, or with mostly where rows are dropped):",
      "  –  id is unique",
      "  –  id has a value",
      "shop.orders version 2: every write obeys 2 expectations; dropped rows go to shop.rejected",
    ]);
    await using workspace = await openWorkspace(at("work"));
    await workspace.lake.table("shop.orders", orders).append([
      { id: "a", plan: null, n: 3000 },
      { id: "b", plan: null, n: 9000 },
    ]);
    const shown = await run(describeCommand, "shop.orders");
    expect(shown.lines).toContain("  drop into shop.rejected  n is ≥ 0 and ≤ 5000");
    const { lines: done } = await run(history, "shop.orders", "--limit", "1");
    expect(done[1]).toMatch(/1 row written, 1 row dropped$/);
    expect((await run(attach, "shop.orders", "--off")).lines).toEqual([
      "shop.orders version 4: no write is judged any more",
    ]);
  });

  test("refuses a suite of which nothing can be attached, and to do two things at once", async () => {
    await suiteOf(unique);
    const argv = ["shop.orders", "--suite", at("suite.json")];
    await expect(run(attach, ...argv)).rejects.toMatchObject({ code: "cli/unsupported-suite" });
    await expect(run(attach, ...argv, "--off")).rejects.toMatchObject({
      code: "cli/conflict-options",
    });
  });
});
