/** @file How good probabilities are as probabilities. */
import { checkNames, checkNumber } from "../core/index.ts";
import { checkClassProbabilities, checkProbabilities } from "./checks.ts";
import { checkWeights, type WeightOptions, weightedMean } from "./weights.ts";

/** Options of metrics of probabilities. */
export interface ClassesOptions extends WeightOptions {
  /**
   * How many classes there are, k; then probabilities have shape [n, k], row by row, and labels are class numbers. Absent: two classes,
   * labels 0 and 1, and the probability of 1, shape [n].
   */
  readonly classes?: number;
}

/**
 * The mean logarithmic loss −(1/n)·Σ ln(probability given to the label). Probabilities are kept
 * ε = 2⁻⁵² away from 0 and 1, as scikit-learn does, so that one sure mistake costs 36 nats. O(n).
 *
 * @param y - Labels, shape [n], 0 or 1, or class numbers; n ≥ 1.
 * @param probability - Of label 1, shape [n], or of each class, shape [n, k]; 0 to 1.
 * @param options - The number of classes, and weights of rows.
 * @returns In nats, 0 to about 36.04.
 * @throws `metric/missing-rows`, `metric/mismatch-length`, `metric/out-of-range-label`,
 *   `metric/out-of-range-probability`, `metric/mismatch-sum`, `metric/out-of-range-weight`, `metric/missing-weight`,
 *   `option/unknown-name`, `option/out-of-range`
 * @example
 * ```ts
 * logLoss(Float64Array.of(0, 1), Float64Array.of(0.5, 0.5)) // => Math.LN2
 * logLoss(Float64Array.of(2), Float64Array.of(0.25, 0.25, 0.5), { classes: 3 }) // => Math.LN2
 * ```
 * @see Peer: scikit-learn `log_loss`.
 */
export function logLoss(
  y: Float64Array,
  probability: Float64Array,
  options: ClassesOptions = {},
): number {
  const of = checkedOf("logLoss", [y, probability], options);
  return weightedMean(y.length, options.weights, (row) => {
    const given = of(row, y[row] ?? 0);
    return -Math.log(Math.min(Math.max(given, Number.EPSILON), 1 - Number.EPSILON));
  });
}

/**
 * The Brier score, the mean of (p − y)²; of k classes the mean of Σ (pₖ − yₖ)² over the classes. O(n·k).
 *
 * @param y - Labels, shape [n], 0 or 1, or class numbers; n ≥ 1.
 * @param probability - Of label 1, shape [n], or of each class, shape [n, k]; 0 to 1.
 * @param options - The number of classes, and weights of rows.
 * @returns 0 to 1, with classes given 0 to 2.
 * @throws as {@link logLoss}
 * @example
 * ```ts
 * brier(Float64Array.of(0, 1), Float64Array.of(0.5, 1)) // => 0.125
 * brier(Float64Array.of(0), Float64Array.of(0, 1, 0), { classes: 3 }) // => 2
 * ```
 * @see Brier, Monthly Weather Review 78(1), 1950. Peer: scikit-learn `brier_score_loss`, of two classes that are given
 * as such with `scale_by_half=False`.
 */
export function brier(
  y: Float64Array,
  probability: Float64Array,
  options: ClassesOptions = {},
): number {
  const of = checkedOf("brier", [y, probability], options);
  const { classes } = options;
  return weightedMean(y.length, options.weights, (row) => {
    if (classes === undefined) return (of(row, y[row] ?? 0) - 1) ** 2;
    let sum = 0;
    for (let c = 0; c < classes; c++) sum += (of(row, c) - (y[row] === c ? 1 : 0)) ** 2;
    return sum;
  });
}

/** Options of {@link topAccuracy}. */
export interface TopAccuracyOptions extends WeightOptions {
  /** How many classes there are, k. */
  readonly classes: number;
  /** How many of the likeliest classes may hold the label. Default 3. */
  readonly top?: number;
}

/**
 * The share of rows whose label is among the likeliest classes. Of equally likely classes those of the higher number
 * count as likelier, as in scikit-learn. O(n·k).
 *
 * @param y - Labels, shape [n], class numbers; n ≥ 1.
 * @param probability - Shape [n, k], row by row.
 * @param options - The number of classes, how many may hold the label, and weights of rows.
 * @returns 0 to 1; 1 where top ≥ k.
 * @throws as {@link logLoss}
 * @example
 * ```ts
 * topAccuracy(Float64Array.of(1, 2), Float64Array.of(0.6, 0.3, 0.1, 0.6, 0.3, 0.1), { classes: 3, top: 2 }) // => 0.5
 * ```
 * @see Peer: scikit-learn `top_k_accuracy_score`.
 */
export function topAccuracy(
  y: Float64Array,
  probability: Float64Array,
  options: TopAccuracyOptions,
): number {
  const { classes, top = 3, weights } = options;
  checkNames("topAccuracy", options, ["classes", "top", "weights"]);
  checkNumber("topAccuracy", { top }, { min: 1, integer: true });
  checkClassProbabilities("topAccuracy", [y, probability], classes);
  checkWeights("topAccuracy", y.length, weights);
  return weightedMean(y.length, weights, (row) => {
    const label = y[row] ?? 0;
    const given = probability[row * classes + label] ?? 0;
    let above = 0;
    for (let c = 0; c < classes; c++) {
      const other = probability[row * classes + c] ?? 0;
      if (other > given || (other === given && c > label)) above += 1;
    }
    return above < top ? 1 : 0;
  });
}

/** Checks labels and probabilities, and gives the probability of a class for a row. */
function checkedOf(
  at: string,
  [y, probability]: readonly [Float64Array, Float64Array],
  options: ClassesOptions,
): (row: number, label: number) => number {
  const { classes, weights } = options;
  checkNames(at, options, ["classes", "weights"]);
  if (classes === undefined) checkProbabilities(at, y, probability);
  else checkClassProbabilities(at, [y, probability], classes);
  checkWeights(at, y.length, weights);
  if (classes !== undefined) return (row, label) => probability[row * classes + label] ?? 0;
  return (row, label) => (label === 1 ? (probability[row] ?? 0) : 1 - (probability[row] ?? 0));
}
