import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  checkFolder,
  expectations,
  runCheckpoint,
  suite,
  validate,
  writeSuite,
} from "../../src/check/index.ts";
import { folderBytes } from "../../src/store/index.ts";
import {
  bool,
  type Engine,
  float,
  frame,
  int,
  openEngine,
  schema,
  text,
  timestamp,
} from "../../src/table/index.ts";
import { peerTable, readPeerCases } from "../peer/great-expectations.ts";
import { pythonWith, runPython } from "./python.ts";

const python = pythonWith(["great_expectations==1.24.1", "sqlalchemy<2.1"]);
if ("missing" in python)
  process.stdout.write(`great_expectations interop skipped: ${python.missing}\n`);

const peer = await readPeerCases();
const main = schema("main", {
  id: text({ nullable: true }),
  n: int({ nullable: true }),
  x: float({ nullable: true }),
  word: text({ nullable: true }),
  plan: text({ nullable: true }),
  at: timestamp({ nullable: true }),
  a: int({ nullable: true }),
  b: int({ nullable: true }),
  c: int({ nullable: true }),
  yes: bool({ nullable: true }),
  day: text({ nullable: true }),
});
const e = expectations(main);
const ours = suite("ours", main, [
  e.rowCount({ min: 1, max: 8 }),
  e.columnsInclude(["id", "n"]),
  e.notNull("id", { mostly: 0.8, severity: "warning" }),
  e.unique("id"),
  e.between("n", { min: 1, strictMin: true, max: 7 }, { notes: "a note", description: "told" }),
  e.inSet("plan", ["free", "paid"], { mostly: 0.5 }),
  e.matches("id", /k\d/),
  e.notMatches("word", /[a-z]+/i, { mostly: 0.4 }),
  e.lengthBetween("word", { min: 3, max: 6 }),
  e.dateFormat("day", "%Y-%m-%d", { mostly: 0.5 }),
  e.between("at", { min: new Date("2024-01-02T00:00:00Z") }),
  e.mean("x", { min: 0, max: 50 }),
  e.median("x", { min: 0, max: 2 }),
  e.distinctAre("plan", ["free", "paid", "gold"]),
  e.mostCommonIn("plan", ["free"]),
  e.zScoreBelow("x", 2),
  e.noOutliers("x", { multiplier: 3 }),
  e.divergence("n", { threshold: 0.5, bins: [0, 3, 9], weights: [0.5, 0.5] }),
  e.isAtLeast("a", "b", { ignore: "any" }),
  e.rowSum(["a", "b", "c"], 6, { ignore: "any", mostly: 0.5 }),
  e.uniqueTogether(["a", "b"]),
  e.between("x", { min: 1 }, { when: (c) => c.n.isAbove(1).and(c.plan.is("free")) }),
  e.between("x", { min: 1 }, { when: (c) => c.plan.isMissing().not() }),
]);

const prelude = `
import json, os, sys, warnings, datetime
warnings.filterwarnings("ignore")
os.environ["GX_ANALYTICS_ENABLED"] = "false"
import great_expectations as gx, pandas as pd
def frame():
    table = json.load(open(${JSON.stringify(fileURLToPath(new URL("../peer/great-expectations.json", import.meta.url)))}))["tables"]["main"]
    data = pd.DataFrame(table["rows"], columns=list(table["columns"]))
    data["at"] = pd.to_datetime(data["at"], utc=True)
    for name, kind in table["columns"].items():
        if kind == "text":
            data[name] = data[name].astype("object").where(data[name].notnull(), None)
    return data
def brief(results):
    keys = ["element_count", "unexpected_count", "missing_count"]
    return [[r.expectation_config.type, bool(r.success), [r.result.get(k) for k in keys]] for r in results]
`;
const judge = `${prelude}
written = json.load(open(sys.argv[1]))
context = gx.get_context(mode="ephemeral")
suite = context.suites.add(gx.ExpectationSuite(**{k: v for k, v in written.items() if k not in ("id",)}))
asset = context.data_sources.add_pandas("p").add_dataframe_asset("main")
batch = asset.add_batch_definition_whole_dataframe("all").get_batch({"dataframe": frame()})
print(json.dumps({"results": brief(batch.validate(suite).results), "notes": [x.notes for x in suite.expectations], "severities": [str(getattr(x.severity, "value", x.severity)) for x in suite.expectations]}))
`;
const project = `${prelude}
import great_expectations.expectations as gxe
from great_expectations.checkpoint import UpdateDataDocsAction
context = gx.get_context(mode="file", project_root_dir=sys.argv[1])
asset = context.data_sources.add_pandas("p").add_dataframe_asset("main")
batch = asset.add_batch_definition_whole_dataframe("all")
suite = context.suites.add(gx.ExpectationSuite(name="theirs", expectations=[
    gxe.ExpectColumnValuesToNotBeNull(column="id", mostly=0.5, severity="info"),
    gxe.ExpectColumnValuesToBeBetween(column="x", min_value=0, row_condition='n > 1', condition_parser="pandas"),
    gxe.ExpectColumnDistinctValuesToContainSet(column="plan", value_set=["free", "lost"]),
    gxe.ExpectTableRowCountToEqual(value=8),
]))
validation = context.validation_definitions.add(gx.ValidationDefinition(name="v", data=batch, suite=suite))
checkpoint = context.checkpoints.add(gx.Checkpoint(name="nightly", validation_definitions=[validation], actions=[UpdateDataDocsAction(name="docs")], result_format="COMPLETE"))
result = checkpoint.run(batch_parameters={"dataframe": frame()})
print(json.dumps([brief(one.results) for one in result.run_results.values()][0]))
`;
const again = `${prelude}
context = gx.get_context(mode="file", project_root_dir=sys.argv[1])
checkpoint = context.checkpoints.get("nightly")
result = checkpoint.run(batch_parameters={"dataframe": frame()})
stored = context.validation_results_store.list_keys()
print(json.dumps({"results": [brief(one.results) for one in result.run_results.values()][0], "stored": len(stored),
  "read": sorted(bool(context.validation_results_store.get(key).success) for key in stored)}))
`;

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine();
});
afterAll(() => engine.close());
const rows = () => frame({ engine, schema: main, sql: peerTable(engine, peer, "main").sql });
const brief = (results: Awaited<ReturnType<typeof validate>>["results"]) =>
  results.map(({ success, result, expectation_config }) => [
    expectation_config["type"],
    success,
    ["element_count", "unexpected_count", "missing_count"].map((key) => result[key] ?? null),
  ]);

/** Results in an order of their own: Great Expectations changes that of the suite. */
const sorted = (results: unknown): readonly string[] =>
  [...(results as unknown[])].map((one) => JSON.stringify(one)).sort();

describe.skipIf("missing" in python)("great_expectations", () => {
  test("loads a suite that we write, and gives our verdicts and counts", async () => {
    const folder = await mkdtemp(join(tmpdir(), "millrace-gx-"));
    const file = join(folder, "ours.json");
    await writeFile(file, writeSuite(ours));
    const { results } = await validate(rows(), ours);
    const judged = runPython(python, judge, [file]) as { readonly results: unknown };
    expect({ ...judged, results: sorted(judged.results) }).toEqual({
      results: sorted(brief(results)),
      notes: ours.expectations.map(({ notes }) => notes),
      severities: ours.expectations.map(({ severity }) => severity),
    });
    await rm(folder, { recursive: true });
  });

  test("writes a project whose checkpoint we run to the same results, and reads what we write back", async () => {
    const folder = await mkdtemp(join(tmpdir(), "millrace-gx-"));
    const theirs = runPython(python, project, [folder]);
    const files = folderBytes(join(folder, "gx"));
    const gx = checkFolder(files);
    const checkpoint = await gx.checkpoints.read("nightly");
    const result = await runCheckpoint(checkpoint, {
      definitions: await gx.definitions.all(),
      suites: await gx.suites.all(),
      rows,
      files,
    });
    expect(result.skipped).toEqual(["docs"]);
    for (const one of await gx.suites.all()) await gx.suites.write(one);
    for (const one of await gx.definitions.all()) await gx.definitions.write(one);
    await gx.checkpoints.write(checkpoint);
    const after = runPython(python, again, [folder]);
    const own = brief(Object.values(result.run_results)[0]?.results ?? []);
    expect(sorted(own)).toEqual(sorted(theirs));
    expect(after).toMatchObject({ stored: 3, read: [false, false, false] });
    expect(sorted((after as { results: unknown }).results)).toEqual(sorted(theirs));
    await rm(folder, { recursive: true });
  });

  test("gives the stored results of the cases again", async () => {
    const script = await readFile(
      new URL("../peer/great-expectations.py", import.meta.url),
      "utf8",
    );
    const { cases, great_expectations } = runPython(python, script) as typeof peer;
    expect([great_expectations, cases]).toEqual([peer.great_expectations, peer.cases]);
  });
});
