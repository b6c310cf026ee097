/** @file What `millrace automl` keeps of the winner: a run with its model, a version, a table of predictions. */
import { formatJson } from "../core/index.ts";
import type { Cells, Version } from "../flow.ts";
import type { FittedModel } from "../model/index.ts";
import { type Columns, type Frame, float, quoteName, schema, text } from "../table/index.ts";
import type { AutoMlResult } from "../tune/index.ts";
import type { Workspace } from "../workspace/index.ts";
import type { Source } from "./source.ts";

/** The winner, and what is to become of it. */
export interface BestTask {
  readonly found: AutoMlResult;
  readonly program: { readonly text: string } | null;
  readonly label: string;
  readonly register?: string | undefined;
  readonly predictions?: string | undefined;
}

/** Where the winner is. */
export interface KeptBest {
  readonly runId: string;
  readonly modelHash: string;
  readonly version: Pick<Version, "name" | "number"> | null;
  /** The table of what it tells of the test rows. */
  readonly predictions: string | null;
}

/**
 * Logs the winner as a run with its model, leaderboard and program; registers it and writes its predictions where that is
 * asked for. The first version of a model becomes its champion, later ones wait to be promoted.
 */
export async function keepBest(
  { tracking, registry, lake }: Workspace,
  source: Source,
  { found, program, label, register, predictions }: BestTask,
): Promise<KeptBest> {
  const { best, test, model, metric, leaderboard, rows } = found;
  await using run = await tracking.startRun({ experiment: `automl ${label}`, name: best.family });
  const { name, version } = source;
  await run.logParams({ source: name, version, label, family: best.family, estimator: best.code });
  const scores = { [`folds_${metric.name}`]: best.score ?? Number.NaN, ...test?.metrics };
  await run.logMetrics(finiteOf(scores));
  const entries = leaderboard.map(({ candidate: _, ...entry }) => entry);
  await run.logArtifact("automl/leaderboard.json", Buffer.from(formatJson(entries)));
  if (program !== null) await run.logArtifact("automl/program.ts", Buffer.from(program.text));
  await run.logModel(model, { inputExample: await firstRow(model, rows.train) });
  await run.end();
  const runId = run.id;
  const known = register === undefined ? [] : await registry.names();
  const registered =
    register === undefined
      ? null
      : await registry.register(register, {
          ...{
            model,
            runId,
            metrics: finiteOf(scores),
            reason: `the best of ${entries.length} trials`,
          },
          tags: { algorithm: best.family },
          ...(known.includes(register) ? {} : { alias: { name: "champion" } }),
        });
  if (predictions !== undefined && rows.test !== null)
    await lake
      .table(predictions, predictionSchema(found, label))
      .append(await predictedRows(model, rows.test, { label, runId }));
  return {
    ...{ runId, modelHash: model.hash },
    version: registered === null ? null : { name: registered.name, number: registered.number },
    predictions: predictions === undefined || rows.test === null ? null : predictions,
  };
}

const finiteOf = (scores: Readonly<Record<string, number>>): Readonly<Record<string, number>> =>
  Object.fromEntries(Object.entries(scores).filter(([, value]) => Number.isFinite(value)));

/** The first training row as a request would send it. */
async function firstRow({ signature }: FittedModel, { engine, sql }: Frame) {
  const names = Object.keys(signature.inputs).map(quoteName);
  return engine.query(`SELECT ${names.join(", ")} FROM (${sql}) LIMIT 1`);
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
  const columns: Columns = Object.assign({}, ...keys, plain(label), told, { probability: float({ nullable: true }), run_id: text() }); // biome-ignore format: one line
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
