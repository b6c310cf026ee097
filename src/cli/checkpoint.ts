/** @file `millrace checkpoint`: the validations of a folder as Great Expectations lays it out, run together. */
import { join, resolve } from "node:path";
import {
  type Action,
  type CheckFolder,
  type CheckpointResult,
  checkFolder,
  describeCheckpoint,
  runCheckpoint,
  toDocsResult,
  type ValidationDefinition,
  writeDataDocs,
} from "../check/index.ts";
import { count } from "../core/index.ts";
import type { Json } from "../flow.ts";
import { folderBytes } from "../store/index.ts";
import type { AnyRows, Lake } from "../table/index.ts";
import { openWorkspaceLake } from "../workspace/index.ts";
import { defineCheckpoint } from "./checkpoint-define.ts";
import { command } from "./command.ts";
import { fail } from "./errors.ts";
import { failTable } from "./fail-table.ts";
import { fails, findingLines, severities } from "./findings.ts";
import { docsOf, folderOption } from "./gx-folder.ts";
import { pairsOf } from "./options.ts";
import { type Source, tableSource } from "./source.ts";
import { stoppable } from "./stoppable.ts";
import { dir } from "./workspace-folder.ts";

export const checkpoint = command({
  name: "checkpoint",
  summary: "Run the validations of a checkpoint, keep the results, take its actions.",
  about: [
    "The folder is Great Expectations': expectations/, validation_definitions/ and checkpoints/ under",
    "version control, results and data docs below uncommitted/. A validation's asset is a table of the",
    "workspace of that name, or datasource.asset, or what --table says. With --define the validations",
    "and the checkpoint are written first, over what was there. Exit code 1 when a critical expectation",
    "failed. Actions of types that only Great Expectations runs are named and left out.",
  ],
  arguments: { name: { type: "string", help: "the checkpoint's name" } },
  options: {
    folder: folderOption,
    define: {
      type: "string",
      many: true,
      value: "TABLE=SUITE",
      help: "write a validation of a table by a suite of the folder, and the checkpoint of all given",
    },
    table: {
      type: "string",
      many: true,
      value: "ASSET=TABLE",
      help: "the table that is an asset's rows",
    },
    failOn: {
      type: "string",
      choices: severities,
      default: "critical",
      value: "SEVERITY",
      help: "the least severity that fails",
    },
    runName: { type: "string", value: "TEXT", help: "what the run is called in its results" },
    dir,
  },
  examples: [
    "checkpoint nightly --define telco.silver=silver_suite",
    "checkpoint nightly --folder gx --json",
    "checkpoint nightly --table telco_silver_df=telco.silver",
  ],
  run: async (values, around) => {
    const { name, folder: at, failOn, runName } = values;
    const folder = checkFolder(folderBytes(at));
    const assets = pairsOf("checkpoint", "table", values.table);
    await using lake = await openWorkspaceLake(values.dir);
    const defined = pairsOf("checkpoint", "define", values.define);
    if (defined.size > 0) await defineCheckpoint({ folder, lake, name, defined });
    const known = await folder.checkpoints.names();
    if (!known.includes(name)) fail("cli/missing-checkpoint", { name, folder: at, known });
    const result = await around.reporter.stage(
      `checkpoint ${name}`,
      () =>
        stoppable({ engine: lake.engine, signal: around.signal }, () =>
          run({ at, name, folder, lake, assets, runName }),
        ),
      () => null,
    );
    const reports = Object.entries(result.run_results).map(([id, found]) => ({
      file: join(resolve(at), "uncommitted", "validations", `${id.replace(/^.*?::/, "")}.json`),
      ...toDocsResult(found),
    }));
    return {
      passed: !reports.some(({ report }) => fails(report, failOn)),
      result,
      reports,
      page: writesDocs(result) ? join(resolve(docsOf(at)), "index.html") : null,
    };
  },
  render: ({ result, reports, page }, { width }) => [
    ...reports.flatMap(({ report, file }) => [
      ...findingLines(report, width),
      `result: ${file}`,
      "",
    ]),
    ...result.skipped.map((action) => `action ${action}: only Great Expectations runs it`),
    ...(page === null ? [] : [`page: ${page}`]),
    `checkpoint ${result.checkpoint_config.name}: ${countsOf(result)}`,
  ],
  data: ({ passed, result, reports, page }) => ({
    passed,
    ...describeCheckpoint(result),
    files: reports.map(({ file }) => file),
    skippedActions: result.skipped,
    page,
  }),
  isBad: ({ passed }) => !passed,
});

interface CheckpointRun {
  /** The folder's path, and what is in it. */
  readonly at: string;
  readonly folder: CheckFolder;
  readonly name: string;
  readonly lake: Lake;
  readonly assets: ReadonlyMap<string, string>;
  readonly runName: string | undefined;
}

async function run({
  at,
  folder,
  name,
  lake,
  assets,
  runName,
}: CheckpointRun): Promise<CheckpointResult> {
  const suites = await folder.suites.all();
  const sources = new Map<string, Source>();
  const update: Action["run"] = async ({ run_results }) => {
    const results = Object.values(run_results).map(toDocsResult);
    const judged = suites.filter((suite) =>
      results.some(({ report }) => report.suite === suite.name),
    );
    await writeDataDocs(folderBytes(docsOf(at)), { suites: judged, results });
  };
  return runCheckpoint(await folder.checkpoints.read(name), {
    definitions: await folder.definitions.all(),
    suites,
    rows: async (definition): Promise<AnyRows> => {
      const source = await tableSource(lake, await tableOf(definition, lake, assets), {});
      sources.set(definition.name, source);
      return source.rows;
    },
    metaOf: (definition): Readonly<Record<string, Json>> => {
      const source = sources.get(definition.name);
      if (source === undefined) return {};
      const { name: table, version, count: rows } = source;
      return { millrace: { table, version, rows } };
    },
    files: folderBytes(at),
    handlers: { update_data_docs: update },
    runName: runName ?? null,
  });
}

/** The table whose rows a validation judges. Throws `cli/unknown-asset`. */
async function tableOf(
  { name, datasource, asset }: ValidationDefinition,
  lake: Lake,
  assets: ReadonlyMap<string, string>,
): Promise<string> {
  const known = await lake.tables();
  const given = assets.get(asset.name);
  if (given !== undefined && !known.includes(given))
    return failTable("table/missing-table", { name: given, known });
  const found =
    given ?? [asset.name, `${datasource.name}.${asset.name}`].find((one) => known.includes(one));
  return found ?? fail("cli/unknown-asset", { validation: name, asset: asset.name, known });
}

const writesDocs = ({ checkpoint_config }: CheckpointResult): boolean =>
  checkpoint_config.actions.some(({ type }) => type === "update_data_docs");

function countsOf(result: CheckpointResult): string {
  const { evaluated_validations: all, successful_validations: good } =
    describeCheckpoint(result).statistics;
  return `${good} of ${count(all, "validation")} ${good === 1 ? "has" : "have"} no failed expectation`;
}
