/** @file How sure a metric is: its interval by the bootstrap. */
import { setImmediate } from "node:timers/promises";
import {
  checkChoice,
  checkNames,
  checkNumber,
  type LongWork,
  quantileOf,
  random,
} from "../../core/index.ts";
import { type MetricName, metricOf, type ScoredRows } from "../metrics.ts";
import { bcaShares } from "./ends.ts";
import { drawer, leftOut, taken } from "./resample.ts";

/** What intervals by the bootstrap have in common. */
export interface BootstrapOptions extends LongWork {
  /** How sure, above 0, below 1. Default 0.95. */
  readonly level?: number;
  /** Percentiles of the resampled values, or bias-corrected accelerated ones. Default "bca". */
  readonly method?: "percentile" | "bca";
  /** How many times rows are drawn again, at least 100. Default 1000. */
  readonly resamples?: number;
  /** Draw within each class, so that each keeps its rows. Default false. */
  readonly stratified?: boolean;
  /** Default 0. */
  readonly seed?: number;
}

/** Options of {@link confidenceInterval}. */
export interface ConfidenceIntervalOptions extends BootstrapOptions {
  readonly metric: MetricName;
}

/** A value, and between which values it may be expected. */
export interface MetricInterval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly level: number;
  /** How the ends were found: percentiles where the values leave no room for a correction, or are of one row or query. */
  readonly method: "percentile" | "bca";
  /** How many resamples had no value (one class only, or no weight); they are left out. */
  readonly undefinedResamples: number;
}

export const bootstrapNames = [
  ...["level", "method", "resamples", "stratified", "seed", "signal", "progress"],
];
/** More blocks make a jackknife that costs more than it tells. */
const mostBlocks = 500;

/**
 * The interval of a metric by the bootstrap: rows are drawn again with replacement, within classes if `stratified`, as whole
 * queries where rows have groups, and the metric is measured of each draw. BCa ends correct for bias and skewness, by a jackknife of at
 * most 500 blocks of rows. O(resamples) times the cost of the metric.
 *
 * @param rows - As of {@link score}.
 * @param options - The metric, how sure, how; see {@link ConfidenceIntervalOptions}.
 * @returns The value and the interval; NaN where the metric has no value.
 * @throws as {@link score}; `option/out-of-range`, `option/unknown-name`; the reason of the signal
 * @example
 * ```ts
 * const y = Float64Array.from({ length: 200 }, (_, i) => i % 2);
 * const predictions = y.map((label, i) => (i % 5 === 0 ? 1 - label : label));
 * const { value, low, high } = await confidenceInterval({ task: { kind: "binary" }, y, predictions }, { metric: "accuracy" });
 * [value, low > 0.7, high < 0.9] // => [0.8, true, true]
 * ```
 * @see Efron & Tibshirani, An Introduction to the Bootstrap, 1993, chapter 14. Peer: SciPy `bootstrap`.
 */
export async function confidenceInterval(
  rows: ScoredRows,
  options: ConfidenceIntervalOptions,
): Promise<MetricInterval> {
  checkNames("confidenceInterval", options, ["metric", ...bootstrapNames]);
  const { measure } = metricOf(options.metric);
  return intervalOf("confidenceInterval", { rows, statistic: measure }, options);
}

/** What is measured of rows; for two models, of the same rows as each of them judged. */
export interface Measured {
  readonly rows: ScoredRows;
  readonly other?: ScoredRows;
  readonly statistic: (rows: ScoredRows, other: ScoredRows) => number;
}

/** The interval of any statistic of rows. */
async function intervalOf(
  at: string,
  measured: Measured,
  options: BootstrapOptions,
): Promise<MetricInterval> {
  return (await resampled(at, measured, options)).interval;
}

/** As {@link intervalOf}, with the sorted values of the resamples. */
export async function resampled(
  at: string,
  { rows, other = rows, statistic }: Measured,
  options: BootstrapOptions,
): Promise<{ readonly interval: MetricInterval; readonly values: Float64Array }> {
  const { level = 0.95, method = "bca", resamples = 1000 } = options;
  const { stratified = false, seed = 0, signal, progress } = options;
  checkNumber(at, { level }, { above: 0, below: 1 });
  checkChoice(at, { method }, ["percentile", "bca"]);
  checkNumber(at, { resamples }, { min: 100, max: 1_000_000, integer: true });
  checkNumber(at, { seed });
  const both = (drawn: Parameters<typeof taken>[1]): number => {
    const some = taken(rows, drawn);
    return hasWeight(some)
      ? statistic(some, other === rows ? some : taken(other, drawn))
      : Number.NaN;
  };
  const value = statistic(rows, other);
  const draw = drawer(rows, { stratified });
  const chance = random(seed).stream("bootstrap");
  const values = new Float64Array(resamples);
  const total = resamples;
  for (let done = 0; done < resamples; done++) {
    values[done] = both(draw(chance));
    if (done % 16 !== 15) continue;
    signal?.throwIfAborted();
    progress?.({ done, total });
    await setImmediate(); // others get a turn
  }
  progress?.({ done: total, total });
  const sorted = values.filter((one) => !Number.isNaN(one)).sort();
  const jackknife = (): Float64Array => Float64Array.from(leftOut(rows, mostBlocks), both);
  const isDefined = !Number.isNaN(value) && sorted.length > 0;
  const shares =
    isDefined && method === "bca"
      ? bcaShares(sorted, value, {
          jackknife: jackknife().filter((one) => !Number.isNaN(one)),
          level,
        })
      : undefined;
  const [from, to] = shares ?? [(1 - level) / 2, (1 + level) / 2];
  const interval: MetricInterval = {
    value,
    low: isDefined ? quantileOf(sorted, from) : Number.NaN,
    high: isDefined ? quantileOf(sorted, to) : Number.NaN,
    level,
    method: shares === undefined ? "percentile" : "bca",
    undefinedResamples: resamples - sorted.length,
  };
  return { interval, values: sorted };
}

/** Whether any row counts: of a draw of rows that all have weight 0 nothing can be measured. */
function hasWeight({ weights }: ScoredRows): boolean {
  return weights === undefined || weights.some((weight) => weight > 0);
}
