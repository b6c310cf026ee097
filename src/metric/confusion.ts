/** @file The four counts of a binary classifier, its answers at a threshold, and how many are right. */
import { checkNames } from "../core/index.ts";
import { checkClasses, checkLengths, checkRows } from "./checks.ts";
import { checkWeights, type WeightOptions, weightedMean } from "./weights.ts";

/** How many rows of each label got each answer. */
export interface Confusion {
  readonly trueNegatives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
  readonly truePositives: number;
}

/**
 * Counts the rows of each label and each answer. O(n).
 *
 * @param y - Labels, shape [n], 0 or 1, n ≥ 1.
 * @param predicted - Answers, shape [n], 0 or 1; make them with {@link classesAt}.
 * @returns Four counts that sum to n.
 * @throws `metric/missing-rows`, `metric/mismatch-length`, `metric/out-of-range-label` for either
 * @example
 * ```ts
 * confusion(Float64Array.of(0, 0, 1, 1), Float64Array.of(0, 1, 1, 1))
 * // => { trueNegatives: 1, falsePositives: 1, falseNegatives: 0, truePositives: 2 }
 * ```
 * @see Peer: scikit-learn `confusion_matrix`, whose rows are labels.
 */
export function confusion(y: Float64Array, predicted: Float64Array): Confusion {
  checkRows("confusion", y, predicted);
  checkRows("confusion", predicted, y); // answers are classes too
  const counts: [number, number, number, number] = [0, 0, 0, 0];
  for (const [i, label] of y.entries()) {
    const cell = 2 * label + (predicted[i] ?? 0);
    counts[cell] = (counts[cell] ?? 0) + 1;
  }
  const [trueNegatives, falsePositives, falseNegatives, truePositives] = counts;
  return { trueNegatives, falsePositives, falseNegatives, truePositives };
}

/**
 * The answers at a threshold: 1 where the probability is at or above it. O(n).
 *
 * @param probability - Shape [n], 0 to 1.
 * @param threshold - 0 to 1. Default 0.5.
 * @returns Shape [n], 0 or 1.
 * @example
 * ```ts
 * classesAt(Float64Array.of(0.2, 0.5, 0.8)) // => Float64Array.of(0, 1, 1)
 * ```
 */
export function classesAt(probability: Float64Array, threshold = 0.5): Float64Array {
  return probability.map((p) => (p >= threshold ? 1 : 0));
}

/**
 * The share of right answers. O(n).
 *
 * @param y - Labels, shape [n], whole numbers from 0, n ≥ 1.
 * @param predicted - Answers, shape [n], classes too.
 * @param options - Weights of rows.
 * @returns 0 to 1.
 * @throws as {@link confusionMatrix}
 * @example
 * ```ts
 * accuracy(Float64Array.of(0, 0, 1, 1), Float64Array.of(0, 1, 1, 1)) // => 0.75
 * ```
 * @see Peer: scikit-learn `accuracy_score`.
 */
export function accuracy(
  y: Float64Array,
  predicted: Float64Array,
  options: WeightOptions = {},
): number {
  checkNames("accuracy", options, ["weights"]);
  checkLengths("accuracy", y.length, predicted.length);
  checkClasses("accuracy", y);
  checkClasses("accuracy", predicted);
  checkWeights("accuracy", y.length, options.weights);
  return weightedMean(y.length, options.weights, (row) => (y[row] === predicted[row] ? 1 : 0));
}
