import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checkFolder, readSuite } from "../../src/check/index.ts";
import { silver } from "../../src/cli/demo/silver.ts";
import { pipelineRuns } from "../../src/pipeline/index.ts";
import { folderBytes } from "../../src/store/index.ts";
import { openWorkspace } from "../../src/workspace/index.ts";
import { lastJson, type Ran, runCli } from "../support/cli.ts";

interface Summary {
  readonly rows: { readonly raw: number; readonly bronze: number; readonly silver: number };
  readonly metrics: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly champion: { readonly name: string; readonly version: number; readonly hash: string };
  readonly requests: { readonly sent: number; readonly failed: number };
  readonly drift: { readonly severe: readonly string[] };
  readonly retrain: { readonly due: boolean; readonly again: number };
  readonly steps: { readonly ran: number; readonly skipped: number };
  readonly tables: Readonly<Record<string, string>>;
  readonly cleaning: readonly object[];
  readonly checks: string;
  readonly seconds: number;
}

interface Plan {
  readonly steps: readonly { readonly state: string }[];
  readonly cleaning: { readonly steps: readonly object[] };
  readonly gate: { readonly passed: boolean } | null;
  readonly silver: { readonly inserted: number; readonly updated: number };
}

let folder: string;
let planned: Ran;
let first: Summary;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "millrace-demo-"));
  planned = await runCli(["demo", "--dir", "one", "--dry-run", "--json"], folder);
  expect(await readdir(folder)).toEqual([]);
  const ran = await runCli(["demo", "--dir", "one", "--json"], folder);
  expect(ran.stderr).toContain("monitor");
  expect(ran.code).toBe(0);
  first = lastJson(ran);
});
afterAll(() => rm(folder, { recursive: true }));

describe("demo", () => {
  test("takes 7,043 customers through every stage and loses none", () => {
    expect(first.rows).toEqual({ raw: 7043, bronze: 7043, silver: 7043 });
    expect(first.steps).toEqual({ ran: 13, skipped: 0 });
  });

  test("says before what it will do, and writes nothing", async () => {
    expect(planned.code, planned.stderr).toBe(0);
    const plan = lastJson<Plan>(planned);
    expect(plan.steps.map(({ state }) => state)).toEqual(Array(10).fill("runs"));
    expect(plan.cleaning.steps).toMatchObject(first.cleaning);
    expect(plan).toMatchObject({
      gate: { passed: true, suite: "silver_suite", rows: 7043 },
      silver: { inserted: 7043, updated: 0, rejected: 0 },
    });
    const bytes = () => readFile(join(folder, "one", "records.db"));
    const before = await bytes();
    const again = await runCli(["demo", "--dir", "one", "--dry-run"], folder);
    expect(again.stdout).toContain("monitor       nothing to do  unchanged since run 1");
    expect(again.stdout).toContain("Silver\n  no row is new");
    expect((await bytes()).equals(before)).toBe(true);
  });

  test("keeps the suite, the checkpoint, the result and its page as files", async () => {
    const checks = (path: string) => join(folder, "one", "checks", path);
    const suite = readSuite(await readFile(checks("expectations/silver_suite.json"), "utf8"));
    expect(suite.expectations).toHaveLength(13);
    expect(await readFile(first.checks, "utf8")).toContain("silver_suite");
    const argv = ["checkpoint", "silver_suite", "--folder", "one/checks", "--dir", "one", "--json"];
    expect(lastJson(await runCli(argv, folder))).toMatchObject({ passed: true });
    const results = await checkFolder(folderBytes(checks(""))).results("silver_suite");
    expect(results).toMatchObject([
      { success: true, meta: { millrace: { table: "telco.silver", rows: 7043 } } },
      { success: true, meta: { millrace: { table: "telco.silver", version: 0, rows: 7043 } } },
    ]);
  });

  test("silver says of each row when it was loaded, from which file and by which run", async () => {
    await using workspace = await openWorkspace(join(folder, "one"));
    const { lake, records } = workspace;
    const rows = await lake.table("telco.silver", silver).read();
    const [row] = await lake.engine.query(
      `SELECT count(DISTINCT _run_id) AS runs, any_value(_run_id) AS run, count(DISTINCT _row_id) AS n,
        any_value(_source_file) AS file FROM (${rows.sql}) WHERE _loaded_at IS NOT NULL`,
    );
    const [run] = await pipelineRuns(records, "churn");
    expect(row).toEqual({ runs: 1, run: run?.id, n: 7043, file: "telco-42.csv" });
  });

  test("cleans by the classic recipe beside its own when asked, into a table to compare", async () => {
    const argv = ["demo", "--dir", "one", "--recipe", "classic"];
    const ran = await runCli([...argv, "--json"], folder);
    const data = lastJson<Summary & { readonly classic: object }>(ran);
    expect(data.steps.ran).toBe(1);
    expect(data.rows.silver).toBe(7043);
    expect(data.classic).toMatchObject({ rows: 5273 });
    const { stdout } = await runCli(argv, folder);
    expect(stdout).toMatch(/classic recipe.*\n +step +rows in +rows out +cells changed\n/);
    expect(stdout).toContain("5,273 customers are left, in telco.silver_classic.");
  });

  test("trains models that beat the majority, about as well as the field does on this file", () => {
    expect(first.metrics["baseline"]?.["auc"]).toBe(0.5);
    for (const name of ["logistic", "boost"]) {
      expect(first.metrics[name]?.["auc"]).toBeGreaterThan(0.82);
      expect(first.metrics[name]?.["accuracy"]).toBeGreaterThan(
        first.metrics["baseline"]?.["accuracy"] ?? 1,
      );
    }
    expect(first.champion).toMatchObject({
      name: "churn",
      hash: expect.stringMatching(/^sha256:/),
    });
  });

  test("serves 600 requests and names the features that drifted", () => {
    expect(first.requests).toEqual({ sent: 600, failed: 0 });
    expect(first.drift.severe).toContain("monthly_charges");
    expect(first.drift.severe).not.toContain("gender");
    expect(first.retrain).toMatchObject({ due: true, again: 3 });
  });

  test("does nothing when it is run again and nothing has changed", async () => {
    const ran = await runCli(["demo", "--dir", "one", "--json"], folder);
    const again = lastJson<Summary>(ran);
    expect(again.steps).toEqual({ ran: 0, skipped: 13 });
    for (const key of ["rows", "metrics", "champion", "requests", "drift", "tables"] as const)
      expect(again[key]).toEqual(first[key]);
  });

  test("gives the same tables, metrics and model for the same seed in another folder", async () => {
    const ran = await runCli(["demo", "--dir", "two", "--json"], folder);
    const second = lastJson<Summary>(ran);
    for (const key of ["rows", "metrics", "champion", "requests", "drift", "tables"] as const)
      expect(second[key]).toEqual(first[key]);
  });

  test("keeps figures, signature and input example with every run", async () => {
    await using workspace = await openWorkspace(join(folder, "one"));
    const runs = await workspace.tracking.runs({ experiment: "churn" });
    expect(runs.map((run) => run.status)).toEqual(Array(6).fill("finished"));
    const boosted = runs.find((run) => run.name === "boost");
    const files = await workspace.tracking.artifacts(boosted?.id ?? "");
    expect(files).toEqual(
      expect.arrayContaining([
        ...["calibration", "confusion", "gain", "importances", "pr", "roc"].flatMap((name) => [
          `figures/${name}.png`,
          `figures/${name}.svg`,
        ]),
        "model/MLmodel",
        "model/input_example.json",
        "model/model.json",
      ]),
    );
    const text = (path: string) =>
      workspace.tracking
        .artifact(boosted?.id ?? "", path)
        .then((bytes) => Buffer.from(bytes).toString());
    expect(await text("model/MLmodel")).toContain("signature");
    expect(await text("figures/roc.svg")).toContain("<svg");
    const names = await readdir(workspace.path);
    for (const name of ["artifacts", "checks", "landing", "models", "records.db", "tables"])
      expect(names).toContain(name);
  });

  test("reads tables, runs and models from the command line", async () => {
    const shown = await Promise.all(
      ["tables", "runs", "models"].map((name) => runCli([name, "--dir", "one", "--json"], folder)),
    );
    expect(shown.map((ran) => ran.code)).toEqual([0, 0, 0]);
    const [tables, runs, models] = shown.map((ran) => lastJson<readonly object[]>(ran));
    expect(tables).toHaveLength(7);
    expect(runs).toHaveLength(6);
    expect(models).toContainEqual(
      expect.objectContaining({ name: "churn", aliases: ["champion"] }),
    );
    const people = await runCli(["models", "--dir", "one"], folder);
    expect(people.stdout).toContain("champion");
  });
});
