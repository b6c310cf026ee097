/** @file Numbers as their place among the training rows: evenly spread, or spread like a bell. */
import { checkChoice, checkNames, checkNumber, quantileOf } from "../../core/index.ts";
import { type NumberExpr, when } from "../../table/index.ts";
import type { Feature } from "../feature.ts";

import { checkInput } from "./made.ts";

/** Options of {@link quantileScale}. */
export interface QuantileScaleOptions {
  /** From 0 to 1, or normally distributed. Default `uniform`. */
  readonly to?: "uniform" | "normal";
  /** How many quantiles are kept, at most one a row. Default 1000. */
  readonly points?: number;
}

/** Shares nearer to 0 and 1 than this count as this: scikit-learn's bound. */
const nearest = 1e-7 - 2 ** -52;

/**
 * The share of the training rows that lies below a number, on straight lines between `points`
 * quantiles: 0 at the smallest and below, 1 at the largest and above, the middle of its shares for a
 * number that occurs often. With `to: "normal"` the quantile of the normal distribution at that share,
 * within ±5.2. A missing value becomes the middle, 0.5 or 0.
 *
 * @param of - The number.
 * @returns One column.
 * @throws `feature/mismatch-input`, `option/out-of-range`, `option/unknown-name`; when fitted, `feature/missing-values`
 * @example
 * ```ts
 * const people = schema("people", { income: float() });
 * features(people, (c) => ({ income: quantileScale(c.income) })).reads // => ["income"]
 * ```
 * @see scikit-learn `QuantileTransformer(subsample=None)`.
 */
export function quantileScale<R extends string>(
  of: NumberExpr<R>,
  options: QuantileScaleOptions = {},
): Feature<R> {
  checkNames("quantileScale", options, ["to", "points"]);
  checkInput("quantileScale", of, ["number"]);
  const { to = "uniform", points = 1000 } = options;
  checkChoice("quantileScale", { to }, ["uniform", "normal"]);
  checkNumber("quantileScale", { points }, { min: 2, max: 10_000, integer: true });
  return {
    transform: "quantileScale",
    options: { to, points },
    reads: of.reads,
    requests: [{ measure: "numbers", of: of.node }],
    learn: (name, measured) => {
      const sorted = measured.sorted(0);
      const n = Math.max(2, Math.min(points, sorted.length));
      const quantiles = Array.from({ length: n }, (_, i) => quantileOf(sorted, i / (n - 1)) + 0);
      const stats = measured.finite({
        min: quantiles[0] ?? 0,
        max: quantiles.at(-1) ?? 0,
        points: n,
      });
      const { xs, ys } = curve(quantiles);
      const share = xs.length < 2 ? constant(of, xs[0] ?? 0) : of.interpolate(xs, ys);
      const scaled = to === "uniform" ? share.orElse(0.5) : share.normalQuantile(nearest).orElse(0);
      return { stats, outputs: [{ name, node: scaled.node }] };
    },
  };
}

/**
 * The line through (quantile, share). Where quantiles are equal it jumps: the number itself has the
 * middle of its shares, its two neighbours among the doubles have the ends.
 */
function curve(quantiles: readonly number[]): { readonly xs: number[]; readonly ys: number[] } {
  const last = quantiles.length - 1;
  const points = [...new Set(quantiles)].flatMap((x): (readonly [number, number])[] => {
    const [first, end] = [quantiles.indexOf(x), quantiles.lastIndexOf(x)];
    const own = first === 0 ? 0 : end === last ? 1 : (first + end) / 2 / last;
    const jumps = end > first;
    return [
      ...(jumps && first > 0 ? [[before(x), first / last] as const] : []),
      [x, own],
      ...(jumps && end < last ? [[-before(-x), end / last] as const] : []),
    ];
  });
  // of two neighbours among the doubles that are quantiles both, a jump's end is the other
  const rising = points.filter(([x], i) => i === 0 || x > (points[i - 1]?.[0] ?? Infinity));
  return { xs: rising.map(([x]) => x), ys: rising.map(([, y]) => y) };
}

/** Of a column whose rows are all equal: 0, and 1 above. */
function constant(of: NumberExpr, x: number): NumberExpr {
  return when(of.isAbove(x), 1, when(of.isMissing().not(), 0));
}

const float = new Float64Array(1);
const bits = new BigInt64Array(float.buffer);

/** The largest double below a finite x. */
function before(x: number): number {
  if (x === 0) return -Number.MIN_VALUE;
  float[0] = x;
  bits[0] = (bits[0] ?? 0n) + (x > 0 ? -1n : 1n);
  return float[0] ?? x;
}
