/** @file What `millrace explain` finds: what each column is worth to a model, and how it came to tell what it told of a row. */
import { failWith, isMillraceError, type LongWork } from "../core/index.ts";
import { dataset } from "../dataset/index.ts";
import { countTrainedRows } from "../feature/index.ts";
import type { Cell, Dataset, Matrix, Predictor, Task } from "../flow.ts";
import { type MetricName, metricOf } from "../metric/index.ts";
import {
  columnsOf,
  type FittedModel,
  modelErrors,
  type PermutationImportance,
  permutationImportance,
  shapleyValues,
  taskOf,
} from "../model/index.ts";
import { type Frame, frame, quoteName, quoteText } from "../table/index.ts";
import { fail } from "./errors.ts";
import { failTable } from "./fail-table.ts";
import type { Source } from "./source.ts";

const failModel = failWith(modelErrors);

/** What is asked of a model and rows. */
export interface ExplainTask {
  readonly model: FittedModel;
  /** The most rows that are looked at. */
  readonly most: number;
  readonly metric: MetricName | undefined;
  /** The column of the label; that of the model if not given. */
  readonly label: string | undefined;
  readonly repeats: number;
  readonly seed: number;
  /** What the row that is explained has; of none the first is. */
  readonly row: ReadonlyMap<string, string>;
}

/** How much a metric loses by column. */
export interface Lost {
  readonly metric: MetricName;
  readonly score: number;
  readonly columns: readonly PermutationImportance[];
}

/** Shapley values of the rows: of each feature for the charts, and by column. */
export interface Shares {
  readonly base: readonly number[];
  readonly columns: readonly { readonly name: string; readonly mean: number }[];
  /** Shape [n · k, d]. */
  readonly values: Float64Array;
}

/** One row, and what each of its columns added to what was told of it. */
export interface OneRow {
  readonly told: string;
  readonly base: number;
  readonly output: number;
  readonly contributions: readonly {
    readonly column: string;
    readonly value: Cell;
    readonly amount: number;
  }[];
}

/** All that was found. */
export interface Explained {
  readonly rows: number;
  readonly x: Matrix;
  /** Whose sum before the link is shown, and what it is called. */
  readonly output: { readonly place: number; readonly of: string };
  readonly lost: Lost | null;
  readonly shapley: Shares | null;
  readonly row: OneRow | null;
  readonly warnings: readonly string[];
}

const usual = { binary: "auc", multiclass: "logLoss", regression: "rmse" } as const;

/** Looks at some rows of a source, chosen by their content, and at one of them closely. */
export async function explained(
  source: Source,
  task: ExplainTask,
  work: LongWork = {},
): Promise<Explained> {
  const { model, label: asked } = task;
  const { features, predictor, signature } = model;
  const rows = sampled(source, task);
  const label = asked ?? signature.output.name;
  const known = Object.keys(rows.schema.columns);
  const isLabelled = known.includes(label);
  if (!isLabelled && asked !== undefined)
    failTable("table/unknown-column", { at: "explain, --label", column: asked, columns: known });
  const data = isLabelled ? await dataset({ features, rows, label }) : null;
  const x = data?.x ?? (await features.matrix(rows));
  if (x.rows === 0) failModel("model/missing-rows", { at: "explain" });
  const warnings = await trainedWarnings(model, rows);
  const lost = data === null ? null : await lostBy(model, data, { task, work });
  if (data === null)
    warnings.push(
      `the rows have no column ${label}, so that nobody can tell what the model loses without a column; name the label with --label`,
    );
  if (lost !== null && Number.isNaN(lost.score))
    warnings.push(
      `${lost.metric} has no value on these rows, so that nothing can be lost; choose another --metric, or more rows`,
    );
  const one = await oneRow(source, task);
  const place = outputOf(predictor, one.x);
  const shapley = sharesOf(model, x);
  if (shapley === null)
    warnings.push(
      `a model of kind ${predictor.kind} has no exact Shapley values, which are of trees and of linear models; its permutation importance is told`,
    );
  return {
    ...{ rows: x.rows, x, output: { place, of: outputName(taskOf(predictor), place) } },
    lost: lost === null || Number.isNaN(lost.score) ? null : lost,
    ...{ shapley, row: shapley === null ? null : rowOf(model, one, { x, place }), warnings },
  };
}

/** Some rows, the same ones in whatever order the source has them. */
function sampled({ rows, count }: Source, { most, seed }: ExplainTask): Frame {
  if (count <= most) return rows;
  const { engine, schema, sql } = rows;
  const columns = Object.entries(schema.columns);
  const keys = columns.filter(([, { key }]) => key === true);
  const names = (keys.length > 0 ? keys : columns).map(([name]) => quoteName(name));
  const order = `md5(json_array(${[seed, ...names].join(", ")})::VARCHAR)`;
  return frame({ engine, schema, sql: `SELECT * FROM (${sql}) ORDER BY ${order} LIMIT ${most}` });
}

async function trainedWarnings({ features }: FittedModel, rows: Frame): Promise<string[]> {
  const trained = await countTrainedRows(features, rows);
  if (trained === undefined)
    return ["the rows have no key by which it could be told whether the model learned from them"];
  if (trained === 0) return [];
  return [
    `the model learned from ${trained} of these rows, of which it may know more than of others; rows that it has not seen tell better what a column is worth`,
  ];
}

async function lostBy(
  { predictor, features }: FittedModel,
  data: Dataset,
  { task, work }: { readonly task: ExplainTask; readonly work: LongWork },
): Promise<Lost> {
  const learned = taskOf(predictor);
  const [expected, got] = [learned.kind, taskOf(data).kind];
  if (expected !== got)
    failModel("model/mismatch-task", { at: "explain", expected: [expected], got });
  const { metric = usual[learned.kind], repeats, seed } = task;
  const { x, y } = aligned(data, learned);
  const score = metricOf(metric).measure({ task: learned, y, predictions: predictor.predict(x) });
  const options = { metric, repeats, seed, by: columnsOf(features), ...work };
  return {
    metric,
    score,
    columns: await permutationImportance(predictor, { ...data, x, y }, options),
  };
}

/** Labels as the predictor numbers its classes; rows of a class that it does not know are left out. */
function aligned({ x, y, task: seen }: Dataset, learned: Task): Pick<Dataset, "x" | "y"> {
  if (learned.kind !== "multiclass" || seen?.kind !== "multiclass") return { x, y };
  const place = seen.classes.map((level) => learned.classes.indexOf(level));
  const kept = [...y.keys()].filter((i) => (place[y[i] ?? 0] ?? -1) >= 0);
  if (kept.length === 0) failModel("model/missing-rows", { at: "explain" });
  const { cols } = x;
  const values = new Float64Array(kept.length * cols);
  for (const [to, i] of kept.entries())
    values.set(x.data.subarray(i * cols, (i + 1) * cols), to * cols);
  const labels = Float64Array.from(kept, (i) => place[y[i] ?? 0] ?? 0);
  return { x: { rows: kept.length, cols, data: values }, y: labels };
}

/** Shapley values; null of a predictor that has none. Those of trees need no background, those of lines stand on it. */
function shapleyOf(predictor: Predictor, x: Matrix, background: Matrix) {
  try {
    return shapleyValues(predictor, x, "trees" in predictor ? {} : { background });
  } catch (error) {
    const has =
      isMillraceError(error) && /^model\/unsupported-(explanation|interchange)$/.test(error.code);
    if (has) return null;
    throw error;
  }
}

function sharesOf({ predictor, features }: FittedModel, x: Matrix): Shares | null {
  const told = shapleyOf(predictor, x, x);
  if (told === null) return null;
  const by = columnsOf(features);
  const names = [...new Set(by)];
  const places = by.map((name) => names.indexOf(name));
  const lines = x.rows * told.base.length;
  const sums = names.map(() => 0);
  for (let line = 0; line < lines; line++) {
    const own = names.map(() => 0);
    for (const [j, place] of places.entries())
      own[place] = (own[place] ?? 0) + (told.values[line * x.cols + j] ?? 0);
    for (const [place, amount] of own.entries())
      sums[place] = (sums[place] ?? 0) + Math.abs(amount) / lines;
  }
  const columns = names.map((name, c) => ({ name, mean: sums[c] ?? 0 }));
  return {
    base: [...told.base],
    columns: columns.sort((a, b) => b.mean - a.mean),
    values: told.values,
  };
}

/** A row as the table has it, and its features. */
interface RawRow {
  readonly cells: Readonly<Record<string, Cell>>;
  readonly x: Matrix;
}

/** The first row that has what is asked for. Throws `cli/missing-row`. */
async function oneRow({ rows, name }: Source, { model, row }: ExplainTask): Promise<RawRow> {
  const { engine, schema, sql } = rows;
  const columns = Object.keys(schema.columns);
  const conditions = [...row].map(([column, value]) => {
    if (!columns.includes(column))
      failTable("table/unknown-column", { at: "explain, --row", column, columns });
    const kind = schema.columns[column]?.kind;
    if (kind === "int" || kind === "float")
      return `${quoteName(column)} = TRY_CAST(${quoteText(value)} AS DOUBLE)`;
    return `CAST(${quoteName(column)} AS VARCHAR) = ${quoteText(value)}`;
  });
  const where = conditions.length === 0 ? "" : ` WHERE ${conditions.join(" AND ")}`;
  const found = frame({ engine, schema, sql: `SELECT * FROM (${sql})${where} LIMIT 1` });
  const [cells] = await found.rows();
  if (cells === undefined)
    return fail("cli/missing-row", { name, row: [...row].map((pair) => pair.join("=")) });
  const x = await model.features.matrix(found);
  if (x.rows === 0)
    return fail("cli/missing-row", { name, row: ["categories that the model knows"] });
  return { cells, x };
}

/** Which output is shown: that of true, or of the class that is likeliest for the row. */
function outputOf(predictor: Predictor, x: Matrix): number {
  if (taskOf(predictor).kind !== "multiclass") return 0;
  const told = predictor.predict(x);
  return told.indexOf(Math.max(...told));
}

function outputName(task: Task, place: number): string {
  if (task.kind === "multiclass") return task.classes[place] ?? String(place);
  return task.kind === "binary" ? "true" : "the number";
}

function rowOf(
  { predictor, features }: FittedModel,
  { cells, x: own }: RawRow,
  { x, place }: { readonly x: Matrix; readonly place: number },
): OneRow | null {
  const told = shapleyOf(predictor, own, x);
  if (told === null) return null;
  const by = columnsOf(features);
  const base = told.base[place] ?? 0;
  const contributions = [...new Set(by)]
    .map((column) => {
      const amounts = by.map((of, j) =>
        of === column ? (told.values[place * own.cols + j] ?? 0) : 0,
      );
      const amount = amounts.reduce((sum, one) => sum + one, 0);
      return { column, value: cells[column] ?? null, amount };
    })
    .sort((a, b) => Math.abs(b.amount) - Math.abs(a.amount));
  const output = contributions.reduce((sum, { amount }) => sum + amount, base);
  return { told: toldText(predictor, own, place), base, output, contributions };
}

function toldText(predictor: Predictor, x: Matrix, place: number): string {
  const task = taskOf(predictor);
  const [first = 0] = predictor.predict(x);
  if (task.kind === "regression") return String(Number(first.toPrecision(6)));
  const value = task.kind === "multiclass" ? (predictor.predict(x)[place] ?? 0) : first;
  return `${outputName(task, place)} with probability ${value.toFixed(4)}`;
}
