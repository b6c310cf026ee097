/** @file All scores of a binary classifier at once. */
import { checkNames, checkNumber } from "../core/index.ts";
import { checkProbabilities } from "./checks.ts";
import { f1, precision, recall } from "./class-shares.ts";
import { accuracy, classesAt } from "./confusion.ts";
import { brier, logLoss } from "./probability.ts";
import { prAuc, rocAuc } from "./ranking.ts";

/** Scores by name; ready to be logged to a run. */
export type BinaryScores = Readonly<
  Record<"auc" | "accuracy" | "precision" | "recall" | "f1" | "prAuc" | "logLoss" | "brier", number>
>;

/** Options of {@link scoreBinary}. */
export interface ScoreBinaryOptions {
  /** A probability at or above it counts as 1; 0 to 1. Default 0.5. */
  readonly threshold?: number;
}

/**
 * Scores probabilities against labels: accuracy, precision, recall and F1 at a threshold; ROC AUC,
 * average precision, log loss and Brier score without one. Where all labels are the same, auc is
 * NaN. O(n·log n).
 *
 * @param y - Labels, shape [n], 0 or 1, n ≥ 1.
 * @param probability - Of label 1, shape [n], 0 to 1.
 * @param options - See {@link ScoreBinaryOptions}.
 * @returns A record of numbers.
 * @throws `option/out-of-range`, `option/unknown-name`, `metric/missing-rows`,
 *   `metric/mismatch-length`, `metric/out-of-range-label`, `metric/out-of-range-probability`
 * @example
 * ```ts
 * const scores = scoreBinary(Float64Array.of(0, 1, 1), Float64Array.of(0.2, 0.4, 0.9));
 * scores.precision // => 1
 * scores.recall // => 0.5
 * scores.auc // => 1
 * ```
 */
export function scoreBinary(
  y: Float64Array,
  probability: Float64Array,
  options: ScoreBinaryOptions = {},
): BinaryScores {
  const { threshold = 0.5 } = options;
  checkNames("scoreBinary", options, ["threshold"]);
  checkNumber("scoreBinary", { threshold }, { min: 0, max: 1 });
  checkProbabilities("scoreBinary", y, probability);
  const predicted = classesAt(probability, threshold);
  return {
    accuracy: accuracy(y, predicted),
    precision: precision(y, predicted),
    recall: recall(y, predicted),
    f1: f1(y, predicted),
    auc: rocAuc(y, probability),
    prAuc: prAuc(y, probability),
    logLoss: logLoss(y, probability),
    brier: brier(y, probability),
  };
}
