import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  checkFolder,
  expectations,
  readSuite,
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

const python = pythonWith("greatExpectations");
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
  e.between("x", { min: 1 }, { when: (c) => c.plan.is("free").not() }),
  e.between("x", { min: 1 }, { when: (c) => c.plan.isIn(["free", "gold"]).not() }),
]);
/** Arguments that come later, from suite parameters; and what Great Expectations alone makes use of. */
const later = readSuite({
  name: "later",
  expectations: [
    {
      type: "expect_column_values_to_be_between",
      kwargs: {
        column: "n",
        min_value: { $PARAMETER: "low - 1" },
        mostly: { $PARAMETER: "share" },
        windows: [{ constraint_fn: "mean", parameter_name: "low", range: 5, offset: { positive: 1, negative: 1 }, strict: false }], // biome-ignore format: one value
      },
    },
    {
      type: "expect_column_max_to_be_between",
      kwargs: { column: "n", max_value: { $PARAMETER: "trunc(low * 2.5) + 1 ^ 2" } },
    },
  ],
});

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

const places = `${prelude}
context = gx.get_context(mode="file", project_root_dir=sys.argv[1])
context.data_sources.add_pandas("p").add_dataframe_asset("main").add_batch_definition_whole_dataframe("all")
print("null")
`;
const runOurs = `${prelude}
context = gx.get_context(mode="file", project_root_dir=sys.argv[1])
context.variables.progress_bars = {"globally": False}
parameters = {"dataframe": frame()}
loud = context.checkpoints.get("loud")
quiet = context.checkpoints.get("quiet").run(batch_parameters=parameters)
one = context.validation_definitions.get("v").run(batch_parameters=parameters)
late = context.validation_definitions.get("late").run(batch_parameters=parameters, expectation_parameters={"low": 3, "share": 0.5})
windows = [x.windows[0].parameter_name for x in context.suites.get("later").expectations if x.windows]
print(json.dumps({"actions": [type(a).__name__ for a in loud.actions], "quiet": [brief(r.results) for r in quiet.run_results.values()][0], "one": brief(one.results),
  "late": brief(late.results), "windows": windows, "docs": os.path.exists(os.path.join(sys.argv[1], "gx/uncommitted/data_docs/local_site/index.html"))}))
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

  test("runs a folder of suites, validations and checkpoints that we wrote from nothing", async () => {
    const folder = await mkdtemp(join(tmpdir(), "millrace-gx-"));
    runPython(python, places, [folder]);
    const gx = checkFolder(folderBytes(join(folder, "gx")));
    const name = (given: string) => ({ name: given, id: null });
    const data = { datasource: name("p"), asset: name("main"), batchDefinition: name("all") };
    await gx.suites.write(ours);
    await gx.suites.write(later);
    await gx.definitions.write({ ...name("v"), ...data, suite: name("ours") });
    await gx.definitions.write({ ...name("late"), ...data, suite: name("later") });
    const checkpoint = {
      ...name("quiet"),
      validations: [name("v")],
      actions: [{ type: "update_data_docs", name: "docs", site_names: [] }],
      resultFormat: { result_format: "COMPLETE", unexpected_index_column_names: ["n"] },
    } as const;
    await gx.checkpoints.write(checkpoint);
    await gx.checkpoints.write({
      ...checkpoint,
      name: "loud",
      actions: [
        { type: "slack", name: "s", slack_webhook: "http://127.0.0.1:9/", notify_on: "failure" },
        {
          type: "microsoft",
          name: "t",
          teams_webhook: "http://127.0.0.1:9/",
          notify_on: "critical",
        },
        {
          type: "email",
          name: "m",
          smtp_address: "127.0.0.1",
          smtp_port: 25,
          receiver_emails: "a@example.com",
        },
        { type: "pagerduty", name: "p", api_key: "k", routing_key: "r" },
        { type: "opsgenie", name: "o", api_key: "k" },
        { type: "sns", name: "n", sns_topic_arn: "arn", sns_message_subject: null },
        { type: "api", name: "a", url: "http://127.0.0.1:9/" },
      ],
    });
    const { results } = await validate(rows(), ours);
    const parameters = { low: 3, share: 0.5 };
    const late = (await validate(rows(), later, { parameters })).results;
    const theirs = runPython(python, runOurs, [folder]) as Readonly<Record<string, unknown>>;
    expect({
      ...theirs,
      quiet: sorted(theirs["quiet"]),
      one: sorted(theirs["one"]),
      late: sorted(theirs["late"]),
    }).toEqual({
      actions: [
        "SlackNotificationAction",
        "MicrosoftTeamsNotificationAction",
        "EmailAction",
        "PagerdutyAlertAction",
        "OpsgenieAlertAction",
        "SNSNotificationAction",
        "APINotificationAction",
      ],
      quiet: sorted(brief(results)),
      one: sorted(brief(results)),
      late: sorted(brief(late)),
      windows: ["low"],
      docs: true,
    });
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
