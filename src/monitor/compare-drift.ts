/** @file Drift: how far each column of a table has moved from a reference. */
import { checkNames, checkNumber } from "../core/index.ts";
import type { Drift } from "../flow.ts";
import { chanceOf, rarelyChance } from "./chance.ts";
import { comparedColumns, type TableView } from "./columns.ts";
import { fail } from "./errors.ts";
import {
  checkThresholds,
  type DriftThresholds,
  driftLevel,
  expectedNoise,
  stabilityOfCounts,
} from "./psi.ts";
import { numberSketcher } from "./sketch/number-sketch.ts";
import { sketchRows } from "./sketch/sketch-rows.ts";
import { type ColumnSketch, rowsOf } from "./sketch/table-sketch.ts";
import { bucketsOf, type DriftBucket } from "./sketch-buckets.ts";
import { pairOf } from "./sketch-pair.ts";

/** The drift of a column with everything a chart and a judgement need. */
export interface ColumnDrift extends Drift {
  /** The PSI to expect by chance alone, for tables of these sizes. */
  readonly noise: number;
  /** How often chance alone makes the buckets differ as much, 0 to 1. */
  readonly p: number;
  readonly referenceRows: number;
  readonly currentRows: number;
  readonly buckets: readonly DriftBucket[];
}

/** What is compared with what. */
export interface CompareDriftOptions {
  /** The rows that the model learned from. */
  readonly reference: TableView;
  /** The rows it was served. */
  readonly current: TableView;
  /** Default: all that both have, without keys and timestamps. */
  readonly columns?: readonly string[];
  /** Buckets of a column of numbers, 2 to 100. Default 10. */
  readonly bins?: number;
  /** Default `{ moderate: 0.1, severe: 0.2 }`. */
  readonly thresholds?: Partial<DriftThresholds>;
}

/**
 * Compares the columns of two tables by their population stability index, over the sketches of {@link sketchRows}.
 * Numbers are put into left-closed buckets between the reference's quantiles, which are values of the column up to 4096
 * distinct ones, and near one where there are more (the index is then off by some thousandths of itself); ties are merged, so no bucket is empty in the reference.
 * The 50 most frequent labels of both have a bucket each, where 5 rows or more of them are to be expected in either; the
 * rest is "(other)", and what one table never had, beyond what chance explains, is "(new)" or "(gone)". Texts of more than
 * 1000 kinds are compared by their words. Missing and infinite values have buckets of their own. A bucket that only one
 * table has rows in counts half a row in the other. What chance gives more than once in 1000 has level "none", whatever its
 * index.
 *
 * @param options - The two tables, the columns, the number of bins and the thresholds.
 * @returns One entry per column, by PSI descending, then by name. Equal tables give exactly 0.
 * @throws `monitor/missing-rows`, `monitor/unknown-column`, `monitor/unsupported-column`,
 * `monitor/mismatch-column`, `monitor/missing-columns`, `option/out-of-range`
 * @example
 * ```ts
 * await using lake = await openLake("./lake");
 * const sizes = (sql: string) =>
 *   frame({ engine: lake.engine, schema: schema("sizes", { size: float() }), sql });
 * const reference = sizes("SELECT range::DOUBLE AS size FROM range(1000)");
 * const current = sizes("SELECT range * 1.5 AS size FROM range(1000)");
 * const [size] = await compareDrift({ reference, current });
 * size?.level // => "severe"
 * ```
 * @see Siddiqi, Credit Risk Scorecards, Wiley 2006. Peer: Evidently `DataDriftPreset(stattest="psi")`.
 */
export async function compareDrift(options: CompareDriftOptions): Promise<readonly ColumnDrift[]> {
  const at = "compareDrift";
  const { reference, current, bins = 10 } = options;
  checkNames(at, options, ["reference", "current", "columns", "bins", "thresholds"]);
  checkNumber(at, { bins }, { min: 2, max: 100, integer: true });
  const thresholds = checkThresholds(at, options.thresholds);
  const columns = comparedColumns(at, options, options.columns);
  const before = await sketchOf(reference, columns, { at, which: "reference" });
  const now = await sketchOf(current, columns, { at, which: "current" });
  return columns
    .flatMap((column) => {
      const [a, b] = [before.get(column), now.get(column)];
      return a === undefined || b === undefined
        ? []
        : [driftOf({ at, column, a, b, bins, thresholds })];
    })
    .sort((a, b) => b.psi - a.psi || (a.column < b.column ? -1 : 1));
}

async function sketchOf(
  table: TableView,
  columns: readonly string[],
  said: { readonly at: string; readonly which: string },
) {
  const sketch = await sketchRows(table, columns);
  if (sketch.rows === 0) fail("monitor/missing-rows", said);
  return sketch.columns;
}

/** What is compared: the probabilities a model gave to the rows it learned from, and a table's. */
export interface ComparePredictionsOptions {
  /** Probabilities of the rows the model learned from, shape [n]. */
  readonly reference: ArrayLike<number>;
  readonly current: TableView;
  /** Default "probability", as in an inference log. */
  readonly column?: string;
  readonly bins?: number;
  readonly thresholds?: Partial<DriftThresholds>;
}

/**
 * Compares the probabilities a model gives now with those it gave to the rows it learned from, as
 * {@link compareDrift} compares columns.
 *
 * @param options - The training probabilities, shape [n], and a table with a column of them now.
 * @returns The drift of the probability.
 * @throws `monitor/missing-rows`, `monitor/unknown-column`, `monitor/mismatch-column`,
 * `option/out-of-range`
 * @example
 * ```ts
 * await using lake = await openLake("./lake");
 * const log = schema("log", { probability: float() });
 * const sql = "SELECT range / 100 AS probability FROM range(100)";
 * const current = frame({ engine: lake.engine, schema: log, sql });
 * const reference = Array.from({ length: 100 }, (_, i) => i / 100);
 * (await comparePredictions({ reference, current })).psi // => 0
 * ```
 */
export async function comparePredictions(options: ComparePredictionsOptions): Promise<ColumnDrift> {
  const at = "comparePredictions";
  const { reference, current, column = "probability", bins = 10 } = options;
  checkNames(at, options, ["reference", "current", "column", "bins", "thresholds"]);
  checkNumber(at, { bins }, { min: 2, max: 100, integer: true });
  const thresholds = checkThresholds(at, options.thresholds);
  const columns = comparedColumns(at, { reference: current, current }, [column]);
  if (reference.length === 0) fail("monitor/missing-rows", { at, which: "reference" });
  const sketcher = numberSketcher();
  sketcher.add(Float64Array.from(reference));
  const now = (await sketchOf(current, columns, { at, which: "current" })).get(column);
  if (now?.shape !== "numbers")
    return fail("monitor/mismatch-column", { at, column, expected: "numbers", got: "labels" });
  return driftOf({ at, column, a: sketcher.end(), b: now, bins, thresholds });
}

/** Of labels so many have a bucket: with more the index would be chance in all but huge tables. */
const mostLabels = 50;

function driftOf(compared: {
  readonly at: string;
  readonly column: string;
  readonly a: ColumnSketch;
  readonly b: ColumnSketch;
  readonly bins: number;
  readonly thresholds: DriftThresholds;
}): ColumnDrift {
  const { at, column, a, b, bins, thresholds } = compared;
  const pair = { column, ...pairOf({ at, column }, a, b) };
  const { shares: buckets, counts } = bucketsOf(pair, { bins, mostLabels });
  const psi = stabilityOfCounts(...counts);
  const [referenceRows, currentRows] = [rowsOf(a), rowsOf(b)];
  const noise = expectedNoise({ buckets: buckets.length, referenceRows, currentRows });
  const p = chanceOf(pair, counts);
  const level = p < rarelyChance ? driftLevel(psi, thresholds) : "none";
  return { column, psi, level, noise, p, referenceRows, currentRows, buckets };
}
