/** @file How far predicted numbers are from the true ones. */
import { checkNames } from "../core/index.ts";
import { checkNumbers } from "./checks.ts";
import { type WeightOptions, weightedMean, weightedQuantile, weightOf } from "./weights.ts";

/** Checks what all of these take, and gives the error of a row. */
function errorsOf(
  at: string,
  [y, predicted]: readonly [Float64Array, Float64Array],
  options: WeightOptions,
): (row: number) => number {
  checkNames(at, options, ["weights"]);
  checkNumbers(at, { y, predicted, weights: options.weights });
  return (row) => (predicted[row] ?? 0) - (y[row] ?? 0);
}

/**
 * The mean squared error Σ wᵢ(ŷᵢ − yᵢ)²/Σ wᵢ. O(n).
 *
 * @param y - True numbers, shape [n], n ≥ 1.
 * @param predicted - Shape [n].
 * @param options - Weights of rows.
 * @returns ≥ 0, in the square of the unit of y.
 * @throws `metric/missing-rows`, `metric/mismatch-length`, `metric/out-of-range-number`,
 * `metric/out-of-range-weight`, `metric/missing-weight`, `option/unknown-name`
 * @example
 * ```ts
 * mse(Float64Array.of(1, 2), Float64Array.of(1, 4)) // => 2
 * ```
 * @see Peer: scikit-learn `mean_squared_error`.
 */
export function mse(y: Float64Array, predicted: Float64Array, options: WeightOptions = {}): number {
  const error = errorsOf("mse", [y, predicted], options);
  return weightedMean(y.length, options.weights, (row) => error(row) ** 2);
}

/**
 * The root of the mean squared error, √mse. O(n).
 *
 * @param y - True numbers, shape [n], n ≥ 1.
 * @param predicted - Shape [n].
 * @param options - Weights of rows.
 * @returns ≥ 0, in the unit of y.
 * @throws as {@link mse}
 * @example
 * ```ts
 * rmse(Float64Array.of(0, 0), Float64Array.of(3, 3)) // => 3
 * ```
 * @see Peer: scikit-learn `root_mean_squared_error`.
 */
export function rmse(
  y: Float64Array,
  predicted: Float64Array,
  options: WeightOptions = {},
): number {
  const error = errorsOf("rmse", [y, predicted], options);
  return Math.sqrt(weightedMean(y.length, options.weights, (row) => error(row) ** 2));
}

/**
 * The mean absolute error Σ wᵢ|ŷᵢ − yᵢ|/Σ wᵢ. O(n).
 *
 * @param y - True numbers, shape [n], n ≥ 1.
 * @param predicted - Shape [n].
 * @param options - Weights of rows.
 * @returns ≥ 0, in the unit of y.
 * @throws as {@link mse}
 * @example
 * ```ts
 * mae(Float64Array.of(1, 2), Float64Array.of(1, 4)) // => 1
 * ```
 * @see Peer: scikit-learn `mean_absolute_error`.
 */
export function mae(y: Float64Array, predicted: Float64Array, options: WeightOptions = {}): number {
  const error = errorsOf("mae", [y, predicted], options);
  return weightedMean(y.length, options.weights, (row) => Math.abs(error(row)));
}

/**
 * The median of the absolute errors; between the two in the middle where the weight on both sides is the same.
 * O(n·log n).
 *
 * @param y - True numbers, shape [n], n ≥ 1.
 * @param predicted - Shape [n].
 * @param options - Weights of rows.
 * @returns ≥ 0, in the unit of y.
 * @throws as {@link mse}
 * @example
 * ```ts
 * medianAe(Float64Array.of(0, 0, 0), Float64Array.of(1, 2, 100)) // => 2
 * ```
 * @see Peer: scikit-learn `median_absolute_error`.
 */
export function medianAe(
  y: Float64Array,
  predicted: Float64Array,
  options: WeightOptions = {},
): number {
  const error = errorsOf("medianAe", [y, predicted], options);
  return weightedQuantile(
    y.map((_, row) => Math.abs(error(row))),
    0.5,
    options.weights,
  );
}

/**
 * The mean absolute percentage error, the mean of |ŷᵢ − yᵢ|/max(|yᵢ|, 2⁻⁵²): a share, not a percentage, and
 * huge where a true number is 0, as scikit-learn has it. O(n).
 *
 * @param y - True numbers, shape [n], n ≥ 1; mind those near 0.
 * @param predicted - Shape [n].
 * @param options - Weights of rows.
 * @returns ≥ 0; 0.1 is ten percent.
 * @throws as {@link mse}
 * @example
 * ```ts
 * mape(Float64Array.of(10, 20), Float64Array.of(11, 18)) // => 0.1
 * ```
 * @see Peer: scikit-learn `mean_absolute_percentage_error`.
 */
export function mape(
  y: Float64Array,
  predicted: Float64Array,
  options: WeightOptions = {},
): number {
  const error = errorsOf("mape", [y, predicted], options);
  const size = (row: number): number => Math.max(Math.abs(y[row] ?? 0), Number.EPSILON);
  return weightedMean(y.length, options.weights, (row) => Math.abs(error(row)) / size(row));
}

/**
 * The symmetric percentage error, the mean of 2|ŷᵢ − yᵢ|/(|yᵢ| + |ŷᵢ|); a row where both are 0 counts 0. O(n).
 *
 * @param y - True numbers, shape [n], n ≥ 1.
 * @param predicted - Shape [n].
 * @param options - Weights of rows.
 * @returns 0 to 2; a share, not a percentage.
 * @throws as {@link mse}
 * @example
 * ```ts
 * smape(Float64Array.of(1, 0), Float64Array.of(3, 0)) // => 0.5
 * ```
 * @see Makridakis, International Journal of Forecasting 9(4), 1993.
 */
export function smape(
  y: Float64Array,
  predicted: Float64Array,
  options: WeightOptions = {},
): number {
  const error = errorsOf("smape", [y, predicted], options);
  return weightedMean(y.length, options.weights, (row) => {
    const size = Math.abs(y[row] ?? 0) + Math.abs(predicted[row] ?? 0);
    return size === 0 ? 0 : (2 * Math.abs(error(row))) / size;
  });
}

/**
 * The largest absolute error of a row that counts. O(n).
 *
 * @param y - True numbers, shape [n], n ≥ 1.
 * @param predicted - Shape [n].
 * @param options - Weights: rows of weight 0 do not count.
 * @returns ≥ 0, in the unit of y.
 * @throws as {@link mse}
 * @example
 * ```ts
 * maxError(Float64Array.of(1, 2), Float64Array.of(0, 7)) // => 5
 * ```
 * @see Peer: scikit-learn `max_error`.
 */
export function maxError(
  y: Float64Array,
  predicted: Float64Array,
  options: WeightOptions = {},
): number {
  const error = errorsOf("maxError", [y, predicted], options);
  let most = 0;
  for (let row = 0; row < y.length; row++)
    if (weightOf(options.weights, row) > 0) most = Math.max(most, Math.abs(error(row)));
  return most;
}
