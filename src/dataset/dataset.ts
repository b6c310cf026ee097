/** @file The dataset an estimator learns from: features and labels of the rows of a frame. */
import { hashOfJson } from "../core/index.ts";
import type { ColumnSpecs, Dataset, Matrix } from "../flow.ts";
import { type Columns, checkFrame, type Frame, quoteName } from "../table/index.ts";
import { fail } from "./errors.ts";

/** What computes the features of a frame; `FittedFeatures` does. */
export interface MatrixSource<C extends Columns> {
  readonly names: readonly string[];
  readonly reads: ColumnSpecs;
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
  /** A bool column that the features do not read. */
  readonly label: keyof C & string;
}

/**
 * Computes the features and the labels, false 0 and true 1, of all rows, in one query, so that each
 * label stays with its row whatever the rows are made of. O(n · d).
 *
 * @param parts - Fitted features, rows, and the name of the label.
 * @returns x of shape [n, d], y of shape [n], and as source the hash of the names, x and y.
 * @throws `dataset/unknown-column`, `dataset/mismatch-label`, `dataset/conflict-label`,
 * `dataset/missing-rows`, `dataset/missing-label`
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
  const { features, rows, label } = parts;
  checkFrame("dataset", rows);
  const columns = Object.keys(rows.schema.columns);
  const kind = rows.schema.columns[label]?.kind;
  if (kind === undefined)
    return fail("dataset/unknown-column", { at: "dataset", column: label, columns });
  if (kind !== "bool") fail("dataset/mismatch-label", { label, kind });
  const reads = Object.keys(features.reads);
  if (reads.includes(label)) fail("dataset/conflict-label", { label, reads });
  // Labels and features come out of one query: two scans of a join need not agree on the order.
  const { x, more } = await features.matrixAnd(rows, [`CAST(${quoteName(label)} AS DOUBLE)`]);
  const y = more[0] ?? new Float64Array();
  if (y.length === 0) fail("dataset/missing-rows", { at: "dataset" });
  const missing = y.filter(Number.isNaN).length;
  if (missing > 0) fail("dataset/missing-label", { label, rows: missing, of: y.length });
  return { x, y, names: features.names, source: hashOfJson([features.names, x.data, y]) };
}
