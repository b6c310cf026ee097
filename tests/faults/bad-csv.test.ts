import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checkFolder } from "../../src/check/index.ts";
import { silver } from "../../src/cli/demo/silver.ts";
import { telcoTwin } from "../../src/dataset/index.ts";
import { folderBytes } from "../../src/store/index.ts";
import { rejectionSchema } from "../../src/table/index.ts";
import { openWorkspace } from "../../src/workspace/index.ts";
import { type Ran, runCli } from "../support/cli.ts";

const lines = telcoTwin({ rows: 60 }).csv.split("\r\n").slice(0, -1);
const csv = (change: (rows: string[]) => readonly string[] | string): string => {
  const changed = change([...lines]);
  return typeof changed === "string" ? changed : `${changed.join("\r\n")}\r\n`;
};
/** Replaces cell `at` (from 0) of a line. */
const cell = (line: string, at: number, value: string): string =>
  line
    .split(",")
    .map((old, i) => (i === at ? value : old))
    .join(",");

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "millrace-bad-"));
});
afterAll(() => rm(folder, { recursive: true }));

let count = 0;
async function demo(body: string | Uint8Array): Promise<{ ran: Ran; dir: string }> {
  count += 1;
  const dir = `work-${count}`;
  await writeFile(join(folder, `${dir}.csv`), body);
  const ran = await runCli(["demo", "--csv", `${dir}.csv`, "--dir", dir], folder);
  return { ran, dir };
}

describe("demo --csv", () => {
  const bad: readonly (readonly [string, string | Uint8Array, string])[] = [
    ["an empty file", "", "table/missing-rows"],
    ["a header without rows", csv((rows) => rows.slice(0, 1)), "table/missing-rows"],
    [
      "a repeated column",
      csv(([head = "", ...rows]) => [`${head},gender`, ...rows.map((row) => `${row},Male`)]),
      "table/duplicate-column",
    ],
    [
      "a missing column",
      csv((rows) => rows.map((row) => row.split(",").slice(0, -1).join(","))),
      "table/mismatch-header",
    ],
    [
      "a row with too few cells",
      csv((rows) => [...rows, "1234-ABCDE,Male"]),
      "table/mismatch-cells",
    ],
    [
      "a row with too many cells",
      csv((rows) => rows.map((row, i) => (i === 9 ? `${row},1` : row))),
      "table/mismatch-cells",
    ],
    [
      "a quote that is not closed",
      csv((rows) => rows.map((row, i) => (i === 9 ? `"${row}` : row))),
      "table/corrupt-text",
    ],
    [
      "a NUL byte",
      csv((rows) => rows.map((row, i) => (i === 9 ? `${row}\0` : row))),
      "table/corrupt-text",
    ],
    [
      "bytes that are not UTF-8",
      Buffer.from(
        csv((rows) => rows.map((row, i) => (i === 9 ? cell(row, 1, "\xE9") : row))),
        "latin1",
      ),
      "table/corrupt-text",
    ],
    [
      "customers without an answer",
      csv(([head = "", ...rows]) => [head, ...rows.map((row) => cell(row, 20, ""))]),
      "check/failed-suite",
    ],
    [
      "all labels the same",
      csv(([head = "", ...rows]) => [head, ...rows.map((row) => cell(row, 20, "No"))]),
      "model/missing-class",
    ],
  ];
  test.each(bad)(
    "refuses %s with a code, an exit code and nothing half-written",
    async (name, body, code) => {
      const { ran, dir } = await demo(body);
      expect(ran.stderr).toContain(`error[${code}`);
      expect(ran.code, ran.stderr).toBe(2);
      expect(ran.stdout).toBe("");
      await using workspace = await openWorkspace(join(folder, dir));
      const tables = await workspace.lake.tables();
      expect(tables).not.toContain("serving.churn_log");
      if (code.startsWith("table/")) expect(tables).toEqual([]);
      if (code.startsWith("check/")) expect(tables).toEqual(["telco.bronze"]);
      expect(await workspace.registry.names()).toEqual([]);
      expect(name).not.toBe("");
    },
  );

  test("keeps the result of a gate that failed, names rows, and writes nothing", async () => {
    const blank = csv(([head = "", ...rows]) => [
      head,
      ...rows.map((row, i) => (i < 3 ? cell(row, 20, "") : row)),
    ]);
    const { ran, dir } = await demo(blank);
    expect(ran.code).toBe(2);
    const page = /what failed, with rows: (.+)/.exec(ran.stderr)?.[1] ?? "";
    expect(await readFile(page, "utf8")).toContain("failed");
    const [result] = await checkFolder(folderBytes(join(folder, dir, "checks"))).results(
      "silver_suite",
    );
    const failed = result?.results.filter(({ success }) => !success) ?? [];
    expect(failed.map(({ expectation_config }) => expectation_config["type"])).toEqual([
      "expect_column_values_to_not_be_null",
    ]);
    const ids = blank
      .split("\r\n")
      .slice(1, 4)
      .map((row) => ({ customer_id: row.split(",")[0] }));
    expect(failed[0]?.result["partial_unexpected_index_list"]).toMatchObject(ids);
    await using workspace = await openWorkspace(join(folder, dir));
    expect(await workspace.lake.tables()).toEqual(["telco.bronze"]);
    const plan = await runCli(["demo", "--csv", `${dir}.csv`, "--dir", dir, "--dry-run"], folder);
    expect(plan.code).toBe(1);
    expect(plan.stdout).toContain("nothing would be written: the gate fails");
  });

  test("keeps words in a number column aside, counts them, and goes on", async () => {
    const words = csv(([head = "", ...rows]) => [
      head,
      ...rows.map((row, i) => (i < 7 ? cell(row, 18, "many") : row)),
    ]);
    const { ran, dir } = await demo(words);
    // sixty rows may train no model that passes the gate; no row and no word is lost all the same
    expect(["", "error[cli/failed-gate]"]).toContain(/error\[[^\]]+\]/.exec(ran.stderr)?.[0] ?? "");
    await using workspace = await openWorkspace(join(folder, dir));
    const rows = await (await workspace.lake.table("telco.silver", silver).read()).rows();
    expect(rows).toHaveLength(60);
    const kept = rows.filter((row) => row._rescued?.includes('"monthly_charges":"many"'));
    expect(kept).toHaveLength(7);
  });

  test("names a file that is not there, and makes nothing", async () => {
    const ran = await runCli(["demo", "--csv", "nowhere.csv", "--dir", "none"], folder);
    expect(ran.code).toBe(3);
    expect(ran.stderr).toContain("error[cli/missing-file]");
    expect(ran.stderr).toContain("nowhere.csv");
    expect(await readdir(folder)).not.toContain("none");
  });

  test("refuses a folder that holds something else", async () => {
    await writeFile(join(folder, "keep.txt"), "mine");
    const ran = await runCli(["demo", "--dir", "."], folder);
    expect(ran.stderr).toContain("error[workspace/conflict-folder]");
    expect(ran.code).toBe(2);
  });

  test("does not mix two sources of customers in one folder", async () => {
    const made = await demo(csv((rows) => rows));
    const ran = await runCli(["demo", "--dir", made.dir, "--seed", "7"], folder);
    expect(ran.stderr).toContain("error[cli/conflict-seed]");
    expect(ran.code).toBe(2);
  });

  test("looks at a folder without making a workspace of it", async () => {
    for (const command of ["tables", "runs", "models", "serve"]) {
      const ran = await runCli([command, "--dir", "nothing"], folder);
      expect(ran.stderr).toContain("error[workspace/missing-workspace]");
      expect(ran.code).toBe(3);
    }
    expect(await readdir(folder)).not.toContain("nothing");
    await using _made = await openWorkspace(join(folder, "fresh"));
    const ran = await runCli(["serve", "--dir", "fresh"], folder);
    expect(ran.stderr).toContain("error[cli/missing-model]");
  });

  test("takes a few rows as far as they go, and says why no model is served", async () => {
    const { ran } = await demo(csv((rows) => rows.slice(0, 31)));
    expect(ran.stderr).toMatch(/error\[(cli\/failed-gate|model\/missing-class)\]/);
    expect(ran.code, ran.stderr).toBe(2);
  });

  test("loads a second delivery that is put into the landing folder", async () => {
    const { ran, dir } = await demo(csv((rows) => rows));
    expect([0, 2]).toContain(ran.code);
    const second = csv(([head = "", ...rows]) => [
      head,
      ...rows.slice(0, 5).map((row) => cell(row, 15, "Weekly")),
    ]);
    await writeFile(join(folder, dir, "landing", "second.csv"), second);
    const again = await runCli(["demo", "--csv", `${dir}.csv`, "--dir", dir], folder);
    expect(again.stderr).toContain("65 rows, 5 of them new");
    expect(again.stderr).toMatch(/silver +60 customers/); // a contract nobody knows is no customer's
    await using workspace = await openWorkspace(join(folder, dir));
    const quarantine = await workspace.lake.table("telco.quarantine", rejectionSchema).read();
    const rejected = await quarantine.rows();
    expect(rejected).toHaveLength(5);
    expect(rejected[0]).toMatchObject({
      _recipe: "telco default",
      _rule: expect.stringContaining("complete rows"),
    });
    expect(JSON.parse(rejected[0]?._cells ?? "")).toMatchObject({ Contract: "Weekly" });
  });

  test("refuses a lake that a newer Millrace wrote", async () => {
    await using workspace = await openWorkspace(join(folder, "newer"));
    await writeFile(join(workspace.path, "lake.json"), '{"format":9}\n');
    const ran = await runCli(["runs", "--dir", "newer"], folder);
    expect(ran.stderr).toContain("error[table/unsupported-format]");
    expect(ran.code).toBe(5);
  });

  test("names options and commands that are not there, and lists the ones that are", async () => {
    const option = await runCli(["demo", "--sed", "1"], folder);
    expect(option.stderr).toContain("error[cli/unknown-option]: demo: unknown option --sed");
    expect(option.stderr).toContain('Did you mean "--seed"?');
    expect((await runCli(["demo", "--seed", "x"], folder)).stderr).toContain("cli/mismatch-option");
    const command = await runCli(["dem"], folder);
    expect([command.code, command.stderr]).toEqual([
      2,
      expect.stringContaining("error[cli/unknown-command]"),
    ]);
    const help = await runCli(["demo", "--help"], folder);
    expect(help.stdout).toContain("Examples");
    expect((await runCli(["--help"], folder)).stdout).toContain("demo");
    const json = await runCli(["runs", "--dir", "newer", "--json"], folder);
    expect(JSON.parse(json.stdout)).toMatchObject({ error: { code: "table/unsupported-format" } });
  });
});
