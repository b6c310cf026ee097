/** @file Two areas under ROC curves of the same rows: whether one is larger. */
import { checkNames, checkNumber, normalQuantile, normalTails } from "../../core/index.ts";
import { checkRows } from "../checks.ts";
import { fail } from "../errors.ts";

/** Options of {@link delong}. */
export interface DelongOptions {
  /** How sure the intervals are, above 0, below 1. Default 0.95. */
  readonly level?: number;
}

/** Two areas compared. */
export interface AucComparison {
  /** The areas of both scores, 0 to 1, and their standard errors. */
  readonly a: number;
  readonly b: number;
  readonly standardErrors: readonly [number, number];
  /** a − b, and between which values it may be expected. */
  readonly difference: number;
  readonly low: number;
  readonly high: number;
  readonly z: number;
  /** How often chance alone makes a difference of such size, 0 to 1; 1 where the scores rank alike. */
  readonly p: number;
}

/**
 * DeLong's test of two areas under ROC curves of the same rows, and their standard errors. Σ = S₁/m + S₀/n, the covariances of the
 * placements of m rows of label 1 and n of label 0; z = (a − b)/√(Σ₁₁ + Σ₂₂ − 2Σ₁₂). O(n·log n).
 *
 * @param y - Labels, shape [n], 0 or 1, at least two of each.
 * @param scores - Two scores of the rows, each of shape [n], larger for more likely 1.
 * @param options - How sure the interval is.
 * @returns Areas, their difference, its interval, z and p.
 * @throws `metric/missing-class` with fewer than two rows of a label; `metric/mismatch-length`, `metric/out-of-range-label`,
 * `metric/out-of-range-score`, `option/out-of-range`, `option/unknown-name`
 * @example
 * ```ts
 * const y = Float64Array.of(0, 0, 0, 1, 1, 1);
 * const { a, b, p } = delong(y, [Float64Array.of(1, 2, 3, 4, 5, 6), Float64Array.of(1, 5, 3, 4, 2, 6)]);
 * [a, b.toFixed(3), p > 0.05] // => [1, "0.667", true]
 * ```
 * @see DeLong, DeLong & Clarke-Pearson, Biometrics 44(3), 1988; by midranks as in Sun & Xu, IEEE Signal Processing
 * Letters 21(11), 2014.
 */
export function delong(
  y: Float64Array,
  scores: readonly [Float64Array, Float64Array],
  options: DelongOptions = {},
): AucComparison {
  const { level = 0.95 } = options;
  checkNames("delong", options, ["level"]);
  checkNumber("delong", { level }, { above: 0, below: 1 });
  const [first, second] = scores.map((score) => placementsOf(y, score));
  if (first === undefined || second === undefined)
    return fail("metric/missing-rows", { at: "delong" });
  const covariance = (p: Placements, q: Placements): number =>
    covarianceOf(p.ones, q.ones) / p.ones.length + covarianceOf(p.zeros, q.zeros) / p.zeros.length;
  const [vA, vB] = [covariance(first, first), covariance(second, second)];
  const variance = Math.max(0, vA + vB - 2 * covariance(first, second));
  const difference = first.area - second.area;
  const error = Math.sqrt(variance);
  const z =
    error > 0 ? difference / error : difference === 0 ? 0 : Math.sign(difference) * Infinity;
  const reach = normalQuantile((1 + level) / 2) * error;
  return {
    ...{ a: first.area, b: second.area, standardErrors: [Math.sqrt(vA), Math.sqrt(vB)] },
    ...{ difference, low: difference - reach, high: difference + reach },
    ...{ z, p: normalTails(z) },
  };
}

/** Of each row the share of the other label's rows that it is rightly above or below, ties half. */
interface Placements {
  readonly ones: Float64Array;
  readonly zeros: Float64Array;
  readonly area: number;
}

function placementsOf(y: Float64Array, score: Float64Array): Placements {
  checkRows("delong", y, score);
  const odd = score.findIndex(Number.isNaN);
  if (odd >= 0) fail("metric/out-of-range-score", { at: "delong", row: odd });
  const ones = score.filter((_, row) => y[row] === 1);
  const zeros = score.filter((_, row) => y[row] === 0);
  for (const [label, rows] of [
    [0, zeros.length],
    [1, ones.length],
  ] as const)
    if (rows < 2) fail("metric/missing-class", { at: "delong", label, rows, least: 2 });
  const [m, n] = [ones.length, zeros.length];
  const [sortedOnes, sortedZeros] = [ones.toSorted(), zeros.toSorted()];
  const above = ones.map((value) => halfBelow(sortedZeros, value) / n);
  const under = zeros.map((value) => 1 - halfBelow(sortedOnes, value) / m);
  return { ones: above, zeros: under, area: above.reduce((sum, v) => sum + v, 0) / m };
}

/** How many sorted values are below one, those equal to it half. */
function halfBelow(sorted: Float64Array, value: number): number {
  return (countBelow(sorted, value, false) + countBelow(sorted, value, true)) / 2;
}

function countBelow(sorted: Float64Array, value: number, orEqual: boolean): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const at = sorted[middle] ?? 0;
    if (at < value || (orEqual && at === value)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function covarianceOf(a: Float64Array, b: Float64Array): number {
  const mean = (of: Float64Array): number => of.reduce((sum, v) => sum + v, 0) / of.length;
  const [x, y] = [mean(a), mean(b)];
  return a.reduce((sum, v, i) => sum + (v - x) * ((b[i] ?? 0) - y), 0) / (a.length - 1);
}
