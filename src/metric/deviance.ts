/** @file Losses of quantiles, counts and amounts: pinball, and the deviances of Tweedie's family. */
import { checkNames, checkNumber } from "../core/index.ts";
import { checkNumbers } from "./checks.ts";
import { fail } from "./errors.ts";
import { type WeightOptions, weightedMean } from "./weights.ts";

/** Options of {@link pinball}. */
export interface PinballOptions extends WeightOptions {
  /** The quantile that is predicted, 0 to 1. Default 0.5. */
  readonly quantile?: number;
}

/**
 * The pinball loss of a quantile q, the mean of q·(y − ŷ) where y ≥ ŷ and of (1 − q)·(ŷ − y) elsewhere. O(n).
 *
 * @param y - True numbers, shape [n], n ≥ 1.
 * @param predicted - The quantile for each row, shape [n].
 * @param options - The quantile, and weights of rows.
 * @returns ≥ 0, in the unit of y; half the mean absolute error for the median.
 * @throws `option/out-of-range` for the quantile, and as {@link mse}
 * @example
 * ```ts
 * pinball(Float64Array.of(10, 10), Float64Array.of(8, 12), { quantile: 0.75 }) // => 1
 * ```
 * @see Koenker & Bassett, Econometrica 46(1), 1978. Peer: scikit-learn `mean_pinball_loss`.
 */
export function pinball(
  y: Float64Array,
  predicted: Float64Array,
  options: PinballOptions = {},
): number {
  const { quantile = 0.5, weights } = options;
  checkNames("pinball", options, ["quantile", "weights"]);
  checkNumber("pinball", { quantile }, { min: 0, max: 1 });
  checkNumbers("pinball", { y, predicted, weights });
  return weightedMean(y.length, weights, (row) => {
    const over = (y[row] ?? 0) - (predicted[row] ?? 0);
    return over >= 0 ? quantile * over : (quantile - 1) * over;
  });
}

/** Options of {@link tweedieDeviance}. */
export interface TweedieOptions extends WeightOptions {
  /**
   * The power p of the variance, ≤ 0 or ≥ 1: 0 normal, 1 Poisson, between 1 and 2 compound Poisson, 2 gamma, 3 inverse
   * Gaussian. Default 1.5.
   */
  readonly power?: number;
}

/**
 * The mean deviance of a Tweedie distribution of power p, for other p than 0, 1 and 2
 * 2·(max(y, 0)^(2−p)/((1−p)(2−p)) − y·ŷ^(1−p)/(1−p) + ŷ^(2−p)/(2−p)). O(n).
 *
 * @param y - True numbers, shape [n]: any for p ≤ 0, ≥ 0 for p < 2, above 0 from there.
 * @param predicted - Shape [n], above 0 but for p = 0.
 * @param options - The power, and weights of rows.
 * @returns ≥ 0.
 * @throws `option/out-of-range` for the power; `metric/out-of-range-number` for numbers that the distribution cannot
 * give; as {@link mse}
 * @example
 * ```ts
 * tweedieDeviance(Float64Array.of(0, 4), Float64Array.of(1, 4), { power: 1.5 }) // => 2
 * ```
 * @see Jørgensen, The Theory of Dispersion Models, 1997. Peer: scikit-learn `mean_tweedie_deviance`.
 */
export function tweedieDeviance(
  y: Float64Array,
  predicted: Float64Array,
  options: TweedieOptions = {},
): number {
  return devianceOf("tweedieDeviance", [y, predicted], options);
}

/**
 * The mean deviance of a Poisson distribution, of 2·(y·ln(y/ŷ) − y + ŷ). O(n).
 *
 * @param y - Counts, shape [n], ≥ 0.
 * @param predicted - Shape [n], above 0.
 * @param options - Weights of rows.
 * @returns ≥ 0.
 * @throws as {@link tweedieDeviance}
 * @example
 * ```ts
 * poissonDeviance(Float64Array.of(0, 3), Float64Array.of(2, 3)) // => 2
 * ```
 * @see Peer: scikit-learn `mean_poisson_deviance`.
 */
export function poissonDeviance(
  y: Float64Array,
  predicted: Float64Array,
  options: WeightOptions = {},
): number {
  checkNames("poissonDeviance", options, ["weights"]);
  return devianceOf("poissonDeviance", [y, predicted], { ...options, power: 1 });
}

/**
 * The mean deviance of a gamma distribution, of 2·(ln(ŷ/y) + y/ŷ − 1). O(n).
 *
 * @param y - Amounts, shape [n], above 0.
 * @param predicted - Shape [n], above 0.
 * @param options - Weights of rows.
 * @returns ≥ 0; the same in any unit of y.
 * @throws as {@link tweedieDeviance}
 * @example
 * ```ts
 * gammaDeviance(Float64Array.of(1, 5), Float64Array.of(1, 5)) // => 0
 * ```
 * @see Peer: scikit-learn `mean_gamma_deviance`.
 */
export function gammaDeviance(
  y: Float64Array,
  predicted: Float64Array,
  options: WeightOptions = {},
): number {
  checkNames("gammaDeviance", options, ["weights"]);
  return devianceOf("gammaDeviance", [y, predicted], { ...options, power: 2 });
}

/** The mean deviance of numbers that a Tweedie distribution of the power can give. */
export function devianceOf(
  at: string,
  [y, predicted]: readonly [Float64Array, Float64Array],
  options: TweedieOptions,
): number {
  const { power = 1.5, weights } = options;
  checkNames(at, options, ["power", "weights"]);
  checkNumber(at, { power });
  if (power > 0 && power < 1) checkNumber(at, { power }, { min: 1 }); // no such distribution
  checkNumbers(at, { y, predicted, weights });
  checkSupport(at, [y, predicted], power);
  return weightedMean(y.length, weights, (row) => unit(y[row] ?? 0, predicted[row] ?? 0, power));
}

function checkSupport(
  at: string,
  [y, predicted]: readonly [Float64Array, Float64Array],
  power: number,
): void {
  if (power === 0) return;
  const isLabel = { at, what: "the label" };
  checkAbove(predicted, 0, { at, what: "the prediction" });
  if (power >= 2) checkAbove(y, 0, isLabel);
  if (power >= 1) checkAbove(y, -Number.MIN_VALUE, isLabel);
}

/** Refuses numbers that are not above the least that is too small: 0, or the one before it. */
function checkAbove(
  values: Float64Array,
  least: number,
  of: { readonly at: string; readonly what: string },
): void {
  const row = values.findIndex((value) => value <= least);
  const expected = least === 0 ? "a number above 0" : "a number ≥ 0";
  if (row >= 0)
    fail("metric/out-of-range-number", { ...of, row, expected, got: values[row] ?? Number.NaN });
}

/** The deviance of one row. */
function unit(y: number, predicted: number, power: number): number {
  if (power === 0) return (y - predicted) ** 2;
  if (power === 1) return 2 * ((y === 0 ? 0 : y * Math.log(y / predicted)) - y + predicted);
  if (power === 2) return 2 * (Math.log(predicted / y) + y / predicted - 1);
  const [one, two] = [1 - power, 2 - power];
  const self = y <= 0 ? 0 : y ** two / (one * two);
  return 2 * (self - (y * predicted ** one) / one + predicted ** two / two);
}
