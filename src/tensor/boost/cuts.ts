/** @file Where the bins of a feature end: quantiles of its values. */
import { type Random, random } from "../../core/index.ts";
import type { Matrix } from "../../flow.ts";

/** More rows than this are represented by as many, one drawn from each of equal stretches. */
const sampledRows = 25_000;

/**
 * For each feature, ascending cuts c₁ < c₂ < …: bin k holds the values with k−1 cuts at or below
 * them. Up to `bins` distinct values get a bin each, cut half-way; more are cut at quantiles.
 * Missing values take no part. O(d·n·log n), with n at most 25,000.
 *
 * @param x - Shape [n, d]; NaN is missing, all else finite.
 * @param bins - Most bins of a feature, 2 to 255.
 * @param seed - Chooses the rows when there are more than 25,000.
 * @param features - Those that are cut; absent: all.
 * @returns By feature, at most bins − 1 cuts.
 */
export function quantileCuts(
  x: Matrix,
  bins: number,
  seed: number,
  features: Iterable<number> = Array(x.cols).keys(),
): Map<number, Float64Array> {
  const rows = sampleOf(x.rows, random(seed).stream("boost/cuts"));
  const column = new Float64Array(rows.length);
  const cutsBelow = (j: number): Float64Array => {
    let count = 0;
    for (const row of rows) {
      const value = x.data[row * x.cols + j]!;
      if (!Number.isNaN(value)) column[count++] = value;
    }
    return cutsOf(column.subarray(0, count).sort(), bins);
  };
  return new Map(Array.from(features, (j) => [j, cutsBelow(j)]));
}

function sampleOf(n: number, draws: Random): Uint32Array {
  const step = n / sampledRows;
  if (step <= 1) return Uint32Array.from({ length: n }, (_, i) => i);
  return Uint32Array.from({ length: sampledRows }, (_, i) => (i + draws.next()) * step);
}

function cutsOf(sorted: Float64Array, bins: number): Float64Array {
  let distinct = 1;
  for (let i = 1; i < sorted.length; i++) if (sorted[i] !== sorted[i - 1]) distinct++;
  const cuts: number[] = [];
  const cutBefore = (i: number): void => {
    const cut = between(sorted[i - 1]!, sorted[i]!);
    if (cut > sorted[0]! && cut > (cuts.at(-1) ?? -Infinity)) cuts.push(cut);
  };
  if (distinct <= bins) {
    for (let i = 1; i < sorted.length; i++) if (sorted[i] !== sorted[i - 1]) cutBefore(i);
  } else for (let b = 1; b < bins; b++) cutBefore(Math.floor((b * sorted.length) / bins));
  return Float64Array.from(cuts);
}

/** The middle of a ≤ b, above a where there is room. */
function between(a: number, b: number): number {
  const middle = a / 2 + b / 2;
  return middle > a && middle <= b ? middle : b;
}
