/** @file The Wasserstein distance of two distributions of numbers, plain and in standard deviations. */
import { rowsIn, type Weighted, walk, weighted } from "./weighted.ts";

/**
 * The first Wasserstein distance ∫ |F(x) − G(x)| dx: how far the rows have to be moved, on average.
 * Time O(n log n).
 *
 * @param reference - Numbers, shape [n], in any order; NaN is left out.
 * @param current - Numbers, shape [m].
 * @returns The distance in the unit of the numbers, ≥ 0; NaN is never given: it is 0 where a side has no
 * numbers, which callers refuse before.
 * @example
 * ```ts
 * wasserstein([0, 1, 3], [5, 6, 8]) // => 5
 * ```
 * @see Ramdas, Garcia & Cuturi, Entropy 19(2), 2017. Peer: SciPy `wasserstein_distance`.
 */
export function wasserstein(reference: ArrayLike<number>, current: ArrayLike<number>): number {
  return wassersteinOf(weighted(reference), weighted(current));
}

/**
 * The Wasserstein distance divided by the reference's standard deviation (of the population; at least 0.001,
 * as Evidently has it, so that a constant column has a distance too).
 *
 * @param reference - Numbers, shape [n].
 * @param current - Numbers, shape [m].
 * @returns The distance in standard deviations, ≥ 0.
 * @example
 * ```ts
 * normedWasserstein([0, 2], [1, 3]) // => 1
 * ```
 * @see Peer: Evidently `stattest="wasserstein"`.
 */
export function normedWasserstein(
  reference: ArrayLike<number>,
  current: ArrayLike<number>,
): number {
  const before = weighted(reference);
  return wassersteinOf(before, weighted(current)) / normOf(before);
}

/** {@link wasserstein} of distributions. */
export function wassersteinOf(reference: Weighted, current: Weighted): number {
  const [n, m] = [rowsIn(reference), rowsIn(current)];
  if (n === 0 || m === 0) return 0;
  let sum = 0;
  walk(reference, current, (value, [below, belowNow], next) => {
    if (next < Number.POSITIVE_INFINITY) sum += Math.abs(below / n - belowNow / m) * (next - value);
  });
  return sum;
}

/** The standard deviation that distances are divided by, at least 0.001. */
export function normOf({ values, counts }: Weighted): number {
  let [rows, mean, squares] = [0, 0, 0];
  for (const [i, value] of values.entries()) {
    const count = counts[i] ?? 0;
    const step = value - mean;
    rows += count;
    mean += (step * count) / rows;
    squares += step * (value - mean) * count;
  }
  return Math.max(rows === 0 ? 0 : Math.sqrt(squares / rows), 0.001);
}
