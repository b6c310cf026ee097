/** @file Drift: how far each column of a table has moved from a reference. */
import { checkNames, checkNumber } from "../core/index.ts";
import type { Drift } from "../flow.ts";
import { type BucketCounts, bucketLabels, countNumbers } from "./buckets.ts";
import { comparedColumns, type TableView } from "./columns.ts";
import { countCurrent, profileReference } from "./count-buckets.ts";
import { fail } from "./errors.ts";
import {
  checkThresholds,
  type DriftThresholds,
  driftLevel,
  expectedNoise,
  populationStability,
} from "./psi.ts";

/** One bucket of a column, and the share of each table's rows in it. */
export interface DriftBucket {
  readonly label: string;
  readonly reference: number;
  readonly current: number;
}

/** The drift of a column with everything a chart and a judgement need. */
export interface ColumnDrift extends Drift {
  /** The PSI to expect by chance alone, for tables of these sizes. */
  readonly noise: number;
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
 * Compares the columns of two tables by their population stability index. Numbers are put into
 * left-closed buckets between the reference's quantiles, which are values of the column; ties are
 * merged, so no bucket is empty in the reference. Labels and booleans are counted one by one, those
 * the reference has not as "(other)". Missing values have a bucket of their own. One scan of each
 * table, in the engine.
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
 * const reference = sizes("SELECT range::DOUBLE AS size FROM range(100)");
 * const current = sizes("SELECT range * 1.5 AS size FROM range(100)");
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
  const before = await profileReference(reference, columns, bins);
  checkRows(at, "reference", before);
  const now = await countCurrent(
    current,
    columns,
    before.map(({ buckets }) => buckets),
  );
  checkRows(at, "current", now);
  const drift = columns.map(({ name }, i) =>
    columnDrift(name, { before: before[i], now: now[i], thresholds }),
  );
  return drift.sort((a, b) => b.psi - a.psi || (a.column < b.column ? -1 : 1));
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
  const [compared] = comparedColumns(at, { reference: current, current }, [column]);
  if (compared === undefined || compared.shape !== "numbers")
    return fail("monitor/mismatch-column", { at, column, expected: "numbers", got: "labels" });
  const before = countNumbers(reference, bins);
  checkRows(at, "reference", [before]);
  const now = await countCurrent(current, [compared], [before.buckets]);
  checkRows(at, "current", now);
  return columnDrift(column, { before, now: now[0], thresholds });
}

function columnDrift(
  column: string,
  counted: {
    readonly before: BucketCounts | undefined;
    readonly now: BucketCounts | undefined;
    readonly thresholds: DriftThresholds;
  },
): ColumnDrift {
  const { before, now, thresholds } = counted;
  const labels = before === undefined ? [] : bucketLabels(before.buckets);
  const shares = (table: BucketCounts | undefined): readonly number[] => {
    const { counts = [], other = 0, missing = 0, rows = 1 } = table ?? {};
    return [...counts, other, missing].map((count) => count / rows);
  };
  const [p, q] = [shares(before), shares(now)];
  const buckets = [...labels, "(other)", "(missing)"]
    .map((label, i) => ({ label, reference: p[i] ?? 0, current: q[i] ?? 0 }))
    .filter(({ label, reference, current }) => !extra.has(label) || reference + current > 0);
  const psi = populationStability(
    buckets.map(({ reference }) => reference),
    buckets.map(({ current }) => current),
  );
  const referenceRows = before?.rows ?? 0;
  const currentRows = now?.rows ?? 0;
  const noise = expectedNoise({ buckets: buckets.length, referenceRows, currentRows });
  const level = driftLevel(psi, thresholds);
  return { column, psi, level, noise, referenceRows, currentRows, buckets };
}

/** Buckets that are left out when neither table has rows in them. */
const extra = new Set(["(other)", "(missing)"]);

function checkRows(at: string, which: string, counts: readonly BucketCounts[]): void {
  if (counts.some(({ rows }) => rows === 0)) fail("monitor/missing-rows", { at, which });
}
