/** @file Which share of what varies a model explains: R², explained variance, D². */
import { checkChoice, checkNames } from "../core/index.ts";
import { checkNumbers } from "./checks.ts";
import { devianceOf, type PinballOptions, pinball, type TweedieOptions } from "./deviance.ts";
import { type WeightOptions, weightedMean, weightedQuantile } from "./weights.ts";

/**
 * The coefficient of determination, R² = 1 − Σ wᵢ(yᵢ − ŷᵢ)²/Σ wᵢ(yᵢ − ȳ)². Where all y are equal: 1 if the
 * predictions are right, else 0; of one row NaN; as scikit-learn has it. O(n).
 *
 * @param y - True numbers, shape [n], n ≥ 1.
 * @param predicted - Shape [n].
 * @param options - Weights of rows.
 * @returns At most 1; 0 is as good as the mean, below is worse.
 * @throws as {@link mse}
 * @example
 * ```ts
 * r2(Float64Array.of(1, 2, 3), Float64Array.of(1, 2, 2)) // => 0.5
 * ```
 * @see Peer: scikit-learn `r2_score`.
 */
export function r2(y: Float64Array, predicted: Float64Array, options: WeightOptions = {}): number {
  const { weights } = options;
  checkNames("r2", options, ["weights"]);
  checkNumbers("r2", { y, predicted, weights });
  if (y.length < 2) return Number.NaN;
  const mean = weightedMean(y.length, weights, (row) => y[row] ?? 0);
  const left = weightedMean(y.length, weights, (i) => ((y[i] ?? 0) - (predicted[i] ?? 0)) ** 2);
  return shareOf(
    left,
    weightedMean(y.length, weights, (i) => ((y[i] ?? 0) - mean) ** 2),
  );
}

/**
 * The share of the variance that is explained, 1 − Var(y − ŷ)/Var(y): as {@link r2}, but blind to an error that all rows
 * share. Where all y are equal: 1 if the errors are equal too, else 0. O(n).
 *
 * @param y - True numbers, shape [n], n ≥ 1.
 * @param predicted - Shape [n].
 * @param options - Weights of rows.
 * @returns At most 1.
 * @throws as {@link mse}
 * @example
 * ```ts
 * explainedVariance(Float64Array.of(1, 2, 3), Float64Array.of(11, 12, 13)) // => 1
 * ```
 * @see Peer: scikit-learn `explained_variance_score`.
 */
export function explainedVariance(
  y: Float64Array,
  predicted: Float64Array,
  options: WeightOptions = {},
): number {
  const { weights } = options;
  checkNames("explainedVariance", options, ["weights"]);
  checkNumbers("explainedVariance", { y, predicted, weights });
  const variance = (of: (row: number) => number): number => {
    const mean = weightedMean(y.length, weights, of);
    return weightedMean(y.length, weights, (row) => (of(row) - mean) ** 2);
  };
  return shareOf(
    variance((row) => (y[row] ?? 0) - (predicted[row] ?? 0)),
    variance((row) => y[row] ?? 0),
  );
}

/** Options of {@link d2}. */
export interface D2Options extends WeightOptions {
  /** What is counted: the absolute error, the pinball loss, or Tweedie's deviance. Default "absolute". */
  readonly loss?: "absolute" | "pinball" | "tweedie";
  /** Of the pinball loss. Default 0.5. */
  readonly quantile?: number;
  /** Of the deviance. Default 1.5. */
  readonly power?: number;
}

/**
 * The share of a loss that is explained, D² = 1 − loss(y, ŷ)/loss(y, the best constant), which is the median, the
 * quantile, or the mean. Where the constant makes no error: 1 if the predictions make none, else 0; of one row NaN.
 * O(n·log n).
 *
 * @param y - True numbers, shape [n], n ≥ 1.
 * @param predicted - Shape [n].
 * @param options - The loss and its parameter, and weights of rows.
 * @returns At most 1; 0 is as good as the constant.
 * @throws as {@link pinball} and {@link tweedieDeviance}
 * @example
 * ```ts
 * d2(Float64Array.of(1, 2, 9), Float64Array.of(1, 2, 5)) // => 0.5
 * ```
 * @see Hastie, Tibshirani & Wainwright, Statistical Learning with Sparsity, 2015, 3.5. Peers: scikit-learn
 * `d2_absolute_error_score`, `d2_pinball_score`, `d2_tweedie_score`.
 */
export function d2(y: Float64Array, predicted: Float64Array, options: D2Options = {}): number {
  const { loss = "absolute", quantile = 0.5, power, weights } = options;
  checkNames("d2", options, ["loss", "quantile", "power", "weights"]);
  checkChoice("d2", { loss }, ["absolute", "pinball", "tweedie"]);
  checkNumbers("d2", { y, predicted, weights });
  if (y.length < 2) return Number.NaN;
  const weighted = weights === undefined ? {} : { weights };
  if (loss === "tweedie") {
    const of: TweedieOptions = { ...weighted, ...(power === undefined ? {} : { power }) };
    const mean = weightedMean(y.length, weights, (row) => y[row] ?? 0);
    const left = devianceOf("d2", [y, predicted], of);
    // the mean of numbers that are all 0 explains them, though no such distribution has that mean
    const isDefined = mean > 0 || power === 0;
    return shareOf(left, isDefined ? devianceOf("d2", [y, y.map(() => mean)], of) : 0);
  }
  const of: PinballOptions = { ...weighted, quantile: loss === "absolute" ? 0.5 : quantile };
  const left = pinball(y, predicted, of);
  const constant = weightedQuantile(y, of.quantile ?? 0.5, weights);
  return shareOf(
    left,
    pinball(
      y,
      y.map(() => constant),
      of,
    ),
  );
}

/** 1 − left/whole; where there is nothing to explain 1 for nothing left, else 0. */
function shareOf(left: number, whole: number): number {
  if (whole === 0) return left === 0 ? 1 : 0;
  return 1 - left / whole;
}
