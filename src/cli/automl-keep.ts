/** @file What is kept of the winner of a search: a run with its model, a version, a table of predictions. */
import { formatJson } from "../core/index.ts";
import type { Cells, Model, Version } from "../flow.ts";
import type { FittedModel } from "../model/index.ts";
import { type Columns, type Frame, float, quoteName, schema, text } from "../table/index.ts";
import type { AutoMlResult, TriedEntry } from "../tune/index.ts";
import type { Workspace } from "../workspace/index.ts";
import { registerModel } from "./register-model.ts";
import type { Source } from "./source.ts";

/** The winner, and what is to become of it. */
export interface BestTask {
  readonly found: AutoMlResult;
  readonly program: { readonly text: string } | null;
  readonly label: string;
  readonly register?: string | undefined;
  readonly predictions?: string | undefined;
}

/** The best of a search, of rows or of a series, and what is kept beside it. */
export interface Winner {
  readonly experiment: string;
  /** Also the name of the run. */
  readonly family: string;
  readonly params: Readonly<Record<string, string | number | null>>;
  /** Those that are no numbers are left out. */
  readonly scores: Readonly<Record<string, number>>;
  readonly leaderboard: readonly TriedEntry<string, unknown>[];
  readonly program: { readonly text: string } | null;
  readonly model: Model;
  readonly inputExample: Cells;
  readonly register?: string | undefined;
}

/** Where the winner is. */
export interface KeptWinner {
  readonly runId: string;
  readonly modelHash: string;
  readonly version: Pick<Version, "name" | "number"> | null;
}

/** Where the winner is, and what it told. */
export interface KeptBest extends KeptWinner {
  /** The table of what it tells of the test rows. */
  readonly predictions: string | null;
}

/**
 * Logs the winner of a search as a run with its model, leaderboard and program, and registers it where that is asked for.
 * The first version of a model becomes its champion, later ones wait to be promoted.
 */
export async function keepWinner(
  { tracking, registry }: Pick<Workspace, "tracking" | "registry">,
  {
    experiment,
    family,
    params,
    scores,
    leaderboard,
    program,
    model,
    inputExample,
    register,
  }: Winner,
): Promise<KeptWinner> {
  await using run = await tracking.startRun({ experiment, name: family });
  await run.logParams(params);
  const metrics = Object.fromEntries(
    Object.entries(scores).filter(([, value]) => Number.isFinite(value)),
  );
  await run.logMetrics(metrics);
  const entries = leaderboard.map(({ candidate: _, ...entry }) => entry);
  await run.logArtifact("automl/leaderboard.json", Buffer.from(formatJson(entries)));
  if (program !== null) await run.logArtifact("automl/program.ts", Buffer.from(program.text));
  await run.logModel(model, { inputExample });
  await run.end();
  const kept = { runId: run.id, modelHash: model.hash };
  if (register === undefined) return { ...kept, version: null };
  const { name, number } = await registerModel(registry, register, {
    ...{ model, runId: run.id, metrics, reason: `the best of ${entries.length} trials` },
    tags: { algorithm: family },
  });
  return { ...kept, version: { name, number } };
}

/** Keeps the winner, and writes its predictions where that is asked for. */
export async function keepBest(
  workspace: Workspace,
  { name, version }: Source,
  { found, program, label, register, predictions }: BestTask,
): Promise<KeptBest> {
  const { best, test, model, metric, leaderboard, rows } = found;
  const kept = await keepWinner(workspace, {
    ...{
      experiment: `automl ${label}`,
      family: best.family,
      leaderboard,
      program,
      model,
      register,
    },
    params: { source: name, version, label, family: best.family, estimator: best.code },
    scores: { [`folds_${metric.name}`]: best.score ?? Number.NaN, ...test?.metrics },
    inputExample: await firstRow(model, rows.train),
  });
  if (predictions === undefined || rows.test === null) return { ...kept, predictions: null };
  await workspace.lake
    .table(predictions, predictionSchema(found, label))
    .append(await predictedRows(model, rows.test, { label, runId: kept.runId }));
  return { ...kept, predictions };
}

/** The first training row as a request would send it. */
async function firstRow({ signature }: FittedModel, { engine, sql }: Frame): Promise<Cells> {
  const names = Object.keys(signature.inputs).map(quoteName);
  const [row = {}] = await engine.query(`SELECT ${names.join(", ")} FROM (${sql}) LIMIT 1`);
  return row;
}

const keysOf = ({ schema: { columns } }: Frame): readonly string[] =>
  Object.keys(columns).filter((name) => columns[name]?.key === true);

function predictionSchema({ rows, model }: AutoMlResult, label: string) {
  const { train } = rows;
  const plain = (name: string): Columns => {
    const column = train.schema.columns[name];
    return column === undefined ? {} : { [name]: column };
  };
  const keys = keysOf(train).map(plain);
  const told: Columns = { prediction: model.signature.output.kind === "float" ? float() : text() };
  const columns: Columns = Object.assign({}, ...keys, plain(label), told, {
    probability: float({ nullable: true }),
    run_id: text(),
  });
  return schema("predictions", columns);
}

/** The keys and labels of rows, and what the model tells of them. */
async function predictedRows(
  model: FittedModel,
  test: Frame,
  { label, runId }: { readonly label: string; readonly runId: string },
): Promise<readonly Cells[]> {
  const rows: readonly Cells[] = await test.rows();
  const names = [...keysOf(test), label];
  const isNumber = model.signature.output.kind === "float";
  return model.predictAll(rows).map(({ value, probability }, i) => ({
    ...Object.fromEntries(names.map((name) => [name, rows[i]?.[name] ?? null])),
    prediction: isNumber ? value : String(value),
    probability,
    run_id: runId,
  }));
}
