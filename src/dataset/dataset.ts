/** @file The dataset an estimator learns from: features and labels of the rows of a frame. */
import { checkNames, hashOfJson } from "../core/index.ts";
import type { ColumnSpecs, Dataset, Matrix } from "../flow.ts";
import { type Columns, checkFrame, type Frame, quoteName } from "../table/index.ts";
import { checkColumn } from "./check-column.ts";
import { fail } from "./errors.ts";
import { labelNumbers } from "./label.ts";

/** What computes the features of a frame; `FittedFeatures` does. */
export interface MatrixSource<C extends Columns> {
  readonly names: readonly string[];
  readonly reads: ColumnSpecs;
  /** Which transform made each column, [d]: those of `indexLevels` are codes of categories. */
  readonly origins?: readonly { readonly transform: string }[];
  /** The features' matrix, [n, d], and the columns of more SQL expressions, all from one query. */
  matrixAnd(
    rows: Frame<C>,
    more: readonly string[],
  ): Promise<{ readonly x: Matrix; readonly more: readonly Float64Array[] }>;
}

/** What a dataset is made of. */
export interface DatasetParts<C extends Columns> {
  readonly features: MatrixSource<C>;
  readonly rows: Frame<C>;
  /** A column that the features do not read: bool, category, text, int or float. */
  readonly label: keyof C & string;
  /** A column of numbers, 0 or more: how much each row counts. */
  readonly weights?: keyof C & string;
  /** A column of equal values for rows that are ranked against each other. */
  readonly groups?: keyof C & string;
}

/**
 * Computes the features and the labels of all rows, in one query, so that each label stays with its row
 * whatever the rows are made of. The label's kind is the task: a bool column is binary, false 0 and true 1; a
 * category or text column is multiclass, each row the place of its class; an int or float column is
 * regression. O(n · d).
 *
 * @param parts - Fitted features, rows, the name of the label, and of weights and groups if there are any.
 * @returns x of shape [n, d], y of shape [n], the task, and as source the hash of names and numbers.
 * @throws `dataset/missing-column`, `dataset/unknown-column`, `dataset/mismatch-label`, `dataset/conflict-label`,
 * `dataset/missing-rows`, `dataset/missing-label`, `dataset/out-of-range-classes`,
 * `dataset/mismatch-weights`, `dataset/missing-groups`
 * @example
 * ```ts
 * const engine = await openEngine();
 * const people = schema("people", { age: int(), left: bool() });
 * const sql = "SELECT unnest([20, 30]) AS age, unnest([true, false]) AS left";
 * const rows = frame({ engine, schema: people, sql });
 * const fitted = await fitFeatures(features(people, (c) => ({ age: numeric(c.age) })), rows);
 * const { x, y } = await dataset({ features: fitted, rows, label: "left" });
 * [...x.data, ...y] // => [20, 30, 1, 0]
 * await engine.close();
 * ```
 */
export async function dataset<C extends Columns>(parts: DatasetParts<C>): Promise<Dataset> {
  const { features, rows, label, weights, groups } = parts;
  checkFrame("dataset", rows);
  checkColumns(parts);
  const { task, sql } = await labelNumbers(rows, label);
  const beside = [
    ...(weights === undefined ? [] : [weightSql(rows, weights)]),
    ...(groups === undefined ? [] : [groupSql(groups)]),
  ];
  // Labels and features come out of one query: two scans of a join need not agree on the order.
  const { x, more } = await features.matrixAnd(rows, [sql, ...beside]);
  const y = checkedLabels(label, more[0]);
  const { names } = features;
  const categorical = names.filter((_, j) => features.origins?.[j]?.transform === "indexLevels");
  const extra = {
    ...(task.kind === "binary" ? {} : { task }),
    ...(weights === undefined ? {} : { weights: checkedWeights(weights, more[1]) }),
    ...(groups === undefined ? {} : { groups: checkedGroups(groups, more.at(-1)) }),
    ...(categorical.length === 0 ? {} : { categorical }),
  };
  const named = Object.keys(extra).length === 0 ? [] : [extra]; // by their names: weights are no groups
  const source = hashOfJson([names, x.data, y, ...named]);
  return { x, y, names, source, ...extra };
}

function checkColumns<C extends Columns>(parts: DatasetParts<C>): void {
  const { features, rows, label, weights, groups } = parts;
  checkNames("dataset", parts, ["features", "rows", "label", "weights", "groups"]);
  const columns = Object.keys(rows.schema.columns);
  const beside = Object.entries({ weights, groups }).filter(([, column]) => column !== undefined);
  checkColumn("dataset", { label, ...Object.fromEntries(beside) }, columns);
  const reads = Object.keys(features.reads);
  if (reads.includes(label)) fail("dataset/conflict-label", { label, reads });
}

function checkedLabels(label: string, y: Float64Array = new Float64Array()): Float64Array {
  if (y.length === 0) fail("dataset/missing-rows", { at: "dataset" });
  const missing = y.filter(Number.isNaN).length;
  if (missing > 0) fail("dataset/missing-label", { label, rows: missing, of: y.length });
  return y;
}

function weightSql(rows: Frame<Columns>, weights: string): string {
  const kind = rows.schema.columns[weights]?.kind ?? "missing";
  if (kind !== "int" && kind !== "float")
    fail("dataset/mismatch-weights", { weights, got: `a ${kind} column` });
  return `CAST(${quoteName(weights)} AS DOUBLE)`;
}

function checkedWeights(name: string, column: Float64Array = new Float64Array()): Float64Array {
  const row = column.findIndex((weight) => !(weight >= 0 && weight < Infinity));
  const got = Number.isNaN(column[row]) ? "nothing" : String(column[row]);
  if (row >= 0) fail("dataset/mismatch-weights", { weights: name, got: `${got} in row ${row}` });
  return column;
}

/** 52 bits of the value's md5: the same number for the same value, on any machine. */
function groupSql(groups: string): string {
  const digits = `substr(md5(CAST(${quoteName(groups)} AS VARCHAR)), 1, 13)`;
  return `CAST(CAST('0x' || ${digits} AS BIGINT) AS DOUBLE)`;
}

function checkedGroups(name: string, column: Float64Array = new Float64Array()): Float64Array {
  const rows = column.filter(Number.isNaN).length;
  if (rows > 0) fail("dataset/missing-groups", { groups: name, rows });
  return column;
}
