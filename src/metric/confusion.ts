/** @file The four counts of a binary classifier, and the shares made of them. */
import { checkRows } from "./checks.ts";

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
  return countsOf("confusion", y, predicted);
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
 * The share of right answers, (TP + TN)/n. O(n).
 *
 * @param y - Labels, shape [n], 0 or 1, n ≥ 1.
 * @param predicted - Answers, shape [n], 0 or 1.
 * @returns 0 to 1.
 * @throws as {@link confusion}
 * @example
 * ```ts
 * accuracy(Float64Array.of(0, 0, 1, 1), Float64Array.of(0, 1, 1, 1)) // => 0.75
 * ```
 * @see Peer: scikit-learn `accuracy_score`.
 */
export function accuracy(y: Float64Array, predicted: Float64Array): number {
  const { truePositives, trueNegatives } = countsOf("accuracy", y, predicted);
  return (truePositives + trueNegatives) / y.length;
}

/**
 * The share of right answers among the answers 1, TP/(TP + FP); 0 when there is no such answer, as
 * scikit-learn has it. O(n).
 *
 * @param y - Labels, shape [n], 0 or 1, n ≥ 1.
 * @param predicted - Answers, shape [n], 0 or 1.
 * @returns 0 to 1.
 * @throws as {@link confusion}
 * @example
 * ```ts
 * precision(Float64Array.of(0, 1, 1), Float64Array.of(1, 1, 0)) // => 0.5
 * ```
 * @see Peer: scikit-learn `precision_score`.
 */
export function precision(y: Float64Array, predicted: Float64Array): number {
  const { truePositives, falsePositives } = countsOf("precision", y, predicted);
  return share(truePositives, truePositives + falsePositives);
}

/**
 * The share of the labels 1 that were found, TP/(TP + FN); 0 when there is no such label, as
 * scikit-learn has it. O(n).
 *
 * @param y - Labels, shape [n], 0 or 1, n ≥ 1.
 * @param predicted - Answers, shape [n], 0 or 1.
 * @returns 0 to 1.
 * @throws as {@link confusion}
 * @example
 * ```ts
 * recall(Float64Array.of(0, 1, 1, 1), Float64Array.of(1, 1, 1, 0)).toFixed(2) // => "0.67"
 * ```
 * @see Peer: scikit-learn `recall_score`.
 */
export function recall(y: Float64Array, predicted: Float64Array): number {
  const { truePositives, falseNegatives } = countsOf("recall", y, predicted);
  return share(truePositives, truePositives + falseNegatives);
}

/**
 * The harmonic mean of precision and recall, 2·TP/(2·TP + FP + FN); 0 when there is neither a label
 * 1 nor an answer 1, as scikit-learn has it. O(n).
 *
 * @param y - Labels, shape [n], 0 or 1, n ≥ 1.
 * @param predicted - Answers, shape [n], 0 or 1.
 * @returns 0 to 1.
 * @throws as {@link confusion}
 * @example
 * ```ts
 * f1(Float64Array.of(0, 1, 1), Float64Array.of(1, 1, 0)) // => 0.5
 * ```
 * @see Peer: scikit-learn `f1_score`.
 */
export function f1(y: Float64Array, predicted: Float64Array): number {
  const { truePositives, falsePositives, falseNegatives } = countsOf("f1", y, predicted);
  return share(2 * truePositives, 2 * truePositives + falsePositives + falseNegatives);
}

function countsOf(at: string, y: Float64Array, predicted: Float64Array): Confusion {
  checkRows(at, y, predicted);
  checkRows(at, predicted, y); // answers are classes too
  const counts: [number, number, number, number] = [0, 0, 0, 0];
  for (const [i, label] of y.entries()) {
    const cell = 2 * label + (predicted[i] ?? 0);
    counts[cell] = (counts[cell] ?? 0) + 1;
  }
  const [trueNegatives, falsePositives, falseNegatives, truePositives] = counts;
  return { trueNegatives, falsePositives, falseNegatives, truePositives };
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
