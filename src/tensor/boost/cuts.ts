/** @file Where the bins of a feature end: quantiles of its values. */
import { type Random, random } from "../../core/index.ts";
import type { Matrix } from "../../flow.ts";
import { openRealSorter } from "../sort-reals.ts";

/** More rows than this are represented by as many, one drawn from each of equal stretches. */
const sampledRows = 25_000;
/** Columns that are read at a time. */
const gatheredColumns = 32;

/**
 * For each feature, ascending cuts c₁ < c₂ < …: bin k holds the values with k−1 cuts at or below
 * them. Up to `bins` distinct values get a bin each, cut half-way; more are cut at quantiles.
 * Missing values take no part. O(d·n), with n at most 25,000.
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
  const sorted = openRealSorter(rows.length);
  const [all, cuts] = [[...features], new Map<number, Float64Array>()];
  for (let from = 0; from < all.length; from += gatheredColumns) {
    const some = all.slice(from, from + gatheredColumns);
    const columns = gather(x, rows, some);
    for (const [i, f] of some.entries()) cuts.set(f, cutsOf(sorted(columns[i]!), bins));
  }
  return cuts;
}

/** Columns of some rows, without what is missing; each row is read once. */
function gather(x: Matrix, rows: Uint32Array, features: readonly number[]): Float64Array[] {
  const columns = features.map(() => new Float64Array(rows.length));
  const counts = new Uint32Array(features.length);
  for (const row of rows)
    for (let i = 0; i < features.length; i++) {
      const value = x.data[row * x.cols + features[i]!]!;
      if (!Number.isNaN(value)) columns[i]![counts[i]!++] = value;
    }
  return columns.map((column, i) => column.subarray(0, counts[i]));
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
