/** @file Weights of rows, and the means made with them. */
import { fail } from "./errors.ts";
import { risingOrder } from "./rising-order.ts";

/** What every metric of rows takes. */
export interface WeightOptions {
  /** How much each row counts, shape [n], ≥ 0, not all 0; weight 2 is a row twice. Default 1 for each. */
  readonly weights?: Float64Array;
}

/** Refuses weights of another length, negative or not finite ones, and weights that are all 0. */
export function checkWeights(at: string, rows: number, weights: Float64Array | undefined): void {
  if (weights === undefined) return;
  if (weights.length !== rows)
    fail("metric/mismatch-length", { at, what: "weight", wanted: rows, got: weights.length });
  const row = weights.findIndex((weight) => !(weight >= 0 && weight < Infinity));
  if (row >= 0) fail("metric/out-of-range-weight", { at, row, got: weights[row] ?? Number.NaN });
  if (weights.every((weight) => weight === 0)) fail("metric/missing-weight", { at });
}

/** The weight of a row: 1 where there are none. */
export function weightOf(weights: Float64Array | undefined, row: number): number {
  return weights === undefined ? 1 : (weights[row] ?? 0);
}

/** Σ wᵢ. */
function totalWeight(rows: number, weights: Float64Array | undefined): number {
  return weights === undefined ? rows : weights.reduce((sum, weight) => sum + weight, 0);
}

/** The mean Σ wᵢ·f(i)/Σ wᵢ over rows; rows of weight 0 are not looked at. */
export function weightedMean(
  rows: number,
  weights: Float64Array | undefined,
  of: (row: number) => number,
): number {
  let [sum, total] = [0, 0];
  for (let row = 0; row < rows; row++) {
    const weight = weightOf(weights, row);
    if (weight === 0) continue;
    sum += weight * of(row);
    total += weight;
  }
  return sum / total;
}

/**
 * The quantile of weighted values: the least value at which at least the share of the weight is reached, or the mean
 * of it and the next where it is reached exactly.
 */
export function weightedQuantile(
  values: Float64Array,
  share: number,
  weights: Float64Array | undefined,
): number {
  const order = risingOrder(values).filter((i) => weightOf(weights, i) > 0);
  const total = totalWeight(values.length, weights);
  const aim = share * total;
  const rounding = total * order.length * Number.EPSILON; // what sums of so many weights may be off
  let seen = 0;
  for (const [place, row] of order.entries()) {
    seen += weightOf(weights, row);
    if (seen < aim - rounding) continue;
    const next = order[place + 1];
    const isBetween = seen <= aim + rounding && next !== undefined;
    const value = values[row] ?? 0;
    return isBetween ? (value + (values[next] ?? 0)) / 2 : value;
  }
  return values[order.at(-1) ?? 0] ?? Number.NaN;
}
