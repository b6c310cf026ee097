/** @file Two models compared over the folds of a cross-validation. */
import {
  checkNames,
  checkNumber,
  fisherTail,
  normalTails,
  studentQuantile,
  studentTails,
} from "../../core/index.ts";
import { fail } from "../errors.ts";

/** Options of {@link foldTest}. */
export interface FoldTestOptions {
  /** Rows that a fold judges on, as multiple of those that it learns from: 1/(k − 1) for k folds. */
  readonly testPerTrain: number;
  /** How sure the interval is, above 0, below 1. Default 0.95. */
  readonly level?: number;
}

/** The mean difference of two models over folds. */
export interface FoldTestResult {
  /** The mean of the differences, and between which values it may be expected. */
  readonly difference: number;
  readonly low: number;
  readonly high: number;
  readonly t: number;
  readonly degrees: number;
  /** How often chance alone makes such a difference, 0 to 1. */
  readonly p: number;
}

/**
 * Nadeau and Bengio's corrected resampled t-test: t = d̄/√((1/k + n₂/n₁)·s²) of k differences, with k − 1 degrees of freedom. Folds share
 * rows that they learn from, so the plain t-test finds differences that are not there; the added n₂/n₁ pays for that.
 *
 * @param differences - A metric of one model less that of the other, one for each fold (of each repeat), k ≥ 2.
 * @param options - How many rows were judged per row learned from, and how sure the interval is.
 * @returns The mean, its interval, t and p. Where all differences are equal: p 1 for 0, else p 0.
 * @throws `metric/missing-differences` with fewer than 2; `metric/out-of-range-number`, `option/out-of-range`, `option/unknown-name`
 * @example
 * ```ts
 * const { p, degrees } = foldTest([0.01, 0.03, -0.01, 0.04, 0.02], { testPerTrain: 1 / 4 });
 * [p > 0.05, degrees] // => [true, 4]
 * ```
 * @see Nadeau & Bengio, Machine Learning 52(3), 2003.
 */
export function foldTest(differences: ArrayLike<number>, options: FoldTestOptions): FoldTestResult {
  const { testPerTrain, level = 0.95 } = options;
  checkNames("foldTest", options, ["testPerTrain", "level"]);
  checkNumber("foldTest", { testPerTrain }, { above: 0 });
  checkNumber("foldTest", { level }, { above: 0, below: 1 });
  const d = checked("foldTest", differences, 2);
  const k = d.length;
  const mean = d.reduce((sum, v) => sum + v, 0) / k;
  const variance = d.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (k - 1);
  const error = Math.sqrt((1 / k + testPerTrain) * variance);
  const t = ratio(mean, error);
  const reach = studentQuantile(1 - level, k - 1) * error;
  return {
    difference: mean,
    low: mean - reach,
    high: mean + reach,
    t,
    degrees: k - 1,
    p: tails(t, k - 1),
  };
}

/** What {@link fiveByTwo} tells. */
export interface FiveByTwoResult {
  /** Dietterich's t, of 5 degrees of freedom, and its p. */
  readonly t: number;
  readonly p: number;
  /** Alpaydın's F, of 10 and 5 degrees of freedom, which does not depend on the order of the folds, and its p. */
  readonly f: number;
  readonly fP: number;
}

/**
 * The 5×2 cross-validation tests: t = d₁₁/√(Σ sᵢ²/5) and F = Σ dᵢⱼ²/(2·Σ sᵢ²), sᵢ² the variance of the two differences of
 * repeat i.
 *
 * @param differences - Five repeats of two folds: a metric of one model less that of the other.
 * @returns Both statistics and their p. Without any variance p is 1 for differences of 0, else 0.
 * @throws `metric/missing-differences` for other than five pairs; `metric/out-of-range-number`
 * @example
 * ```ts
 * fiveByTwo([[0.02, 0.01], [0.03, 0.02], [0.01, 0.01], [0.02, 0.03], [0.01, 0.02]]).p > 0.01 // => true
 * ```
 * @see Dietterich, Neural Computation 10(7), 1998; Alpaydın, Neural Computation 11(8), 1999.
 */
export function fiveByTwo(differences: readonly (readonly [number, number])[]): FiveByTwoResult {
  if (differences.length !== 5)
    fail("metric/missing-differences", {
      at: "fiveByTwo",
      least: "5 pairs",
      got: differences.length,
    });
  const all = checked("fiveByTwo", differences.flat(), 10);
  const variances = differences.map(([a, b]) => (a - b) ** 2 / 2);
  const sum = variances.reduce((total, v) => total + v, 0);
  const t = ratio(all[0] ?? 0, Math.sqrt(sum / 5));
  const f = ratio(
    all.reduce((total, v) => total + v ** 2, 0),
    2 * sum,
  );
  return { t, p: tails(t, 5), f, fP: f === Infinity ? 0 : f === 0 ? 1 : fisherTail(f, 10, 5) };
}

/** What {@link wilcoxon} tells. */
export interface WilcoxonResult {
  /** The smaller of the sums of ranks of positive and of negative differences. */
  readonly statistic: number;
  /** How often chance alone makes the sums so unequal, 0 to 1; 1 where all differences are 0. */
  readonly p: number;
  readonly method: "exact" | "normal";
}

/** Up to so many differences p is exact: without ties and zeros, and with them, as in SciPy. */
const exactUpTo = { plain: 50, tied: 13 };

/**
 * Wilcoxon's signed-rank test of paired differences: sums the ranks of the sizes of positive and of negative ones. Differences of 0
 * are left out, ties share their ranks. Exact for up to 50 differences without ties and zeros, for up to 13 with them, else by the normal
 * distribution with its variance corrected for ties.
 *
 * @param differences - One for each data set, fold or row, n ≥ 1.
 * @returns Statistic and p.
 * @throws `metric/missing-differences` when there is none; `metric/out-of-range-number`
 * @example
 * ```ts
 * wilcoxon([1, 2, 3, 4, 5]) // => { statistic: 0, p: 0.0625, method: "exact" }
 * ```
 * @see Wilcoxon, Biometrics Bulletin 1(6), 1945; Demšar, JMLR 7, 2006. Peer: SciPy `wilcoxon`.
 */
export function wilcoxon(differences: ArrayLike<number>): WilcoxonResult {
  const all = checked("wilcoxon", differences, 1);
  const d = all.filter((v) => v !== 0);
  const n = d.length;
  if (n === 0) return { statistic: 0, p: 1, method: "exact" };
  const { ranks, ties } = ranksOf(d.map(Math.abs));
  const positive = d.reduce((sum, v, i) => sum + (v > 0 ? (ranks[i] ?? 0) : 0), 0);
  const whole = (n * (n + 1)) / 2;
  const statistic = Math.min(positive, whole - positive);
  const isPlain = n === all.length && ties === 0;
  if (all.length <= (isPlain ? exactUpTo.plain : exactUpTo.tied))
    return { statistic, p: Math.min(1, 2 * signedRankShare(statistic, ranks)), method: "exact" };
  const variance = (n * (n + 1) * (2 * n + 1)) / 24 - ties / 48;
  const z = (statistic - whole / 2) / Math.sqrt(variance);
  return { statistic, p: variance > 0 ? normalTails(z) : 1, method: "normal" };
}

/** Ranks from 1, equal values sharing theirs, and Σ (t³ − t) over ties of t values. */
function ranksOf(values: Float64Array): { readonly ranks: Float64Array; readonly ties: number } {
  const order = Array.from(values, (_, i) => i).sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
  const ranks = new Float64Array(values.length);
  let ties = 0;
  for (let from = 0; from < order.length; ) {
    let to = from + 1;
    while (to < order.length && values[order[to] ?? 0] === values[order[from] ?? 0]) to += 1;
    for (const i of order.slice(from, to)) ranks[i] = (from + 1 + to) / 2;
    ties += (to - from) ** 3 - (to - from);
    from = to;
  }
  return { ranks, ties };
}

/** The share of the 2ⁿ signs of ranks whose positive ones sum to at most w; ranks are whole or half. */
function signedRankShare(w: number, ranks: Float64Array): number {
  const doubled = ranks.map((rank) => 2 * rank);
  let ways = new Float64Array(doubled.reduce((sum, rank) => sum + rank, 0) + 1);
  ways[0] = 1;
  for (const rank of doubled)
    ways = ways.map((count, sum) => (count + (sum >= rank ? (ways[sum - rank] ?? 0) : 0)) / 2);
  return ways.subarray(0, 2 * w + 1).reduce((sum, v) => sum + v, 0);
}

function checked(at: string, values: ArrayLike<number>, least: number): Float64Array {
  const all = Float64Array.from(values);
  if (all.length < least)
    fail("metric/missing-differences", { at, least: `${least}`, got: all.length });
  const row = all.findIndex((value) => !Number.isFinite(value));
  if (row >= 0)
    fail("metric/out-of-range-number", {
      at,
      what: "the difference",
      row,
      expected: "a finite number",
      got: all[row] ?? Number.NaN,
    });
  return all;
}

/** a/b, where nothing over nothing is 0. */
function ratio(a: number, b: number): number {
  return b > 0 ? a / b : a === 0 ? 0 : Math.sign(a) * Infinity;
}

function tails(t: number, degrees: number): number {
  return Number.isFinite(t) ? studentTails(t, degrees) : 0;
}
