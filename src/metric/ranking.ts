/** @file How well scores rank the rows of label 1 above those of label 0. Ties are handled exactly. */
import { checkRows } from "./checks.ts";
import { fail } from "./errors.ts";

/** A ROC curve of m points: what is found, and what is wrongly taken, at falling thresholds. */
export interface RocPoints {
  /** Share of the labels 0 at or above the threshold, [m]; NaN when there is no label 0. */
  readonly falsePositiveRate: Float64Array;
  /** Share of the labels 1 at or above the threshold, [m]; NaN when there is no label 1. */
  readonly truePositiveRate: Float64Array;
  /** Lowest score that counts as 1, [m]; +Infinity at the first point, where nothing does. */
  readonly thresholds: Float64Array;
}

/**
 * The receiver operating characteristic, from (0, 0) to (1, 1), one point for each distinct score
 * but those in the middle between their neighbours. O(n·log n).
 *
 * @param y - Labels, shape [n], 0 or 1, n ≥ 1.
 * @param score - Shape [n], larger for more likely 1; probabilities or any other numbers.
 * @returns Three arrays of m ≥ 2 points by falling threshold.
 * @throws `metric/missing-rows`, `metric/mismatch-length`, `metric/out-of-range-label`,
 *   `metric/out-of-range-score`
 * @example
 * ```ts
 * const curve = rocCurve(Float64Array.of(0, 1, 0, 1), Float64Array.of(0.1, 0.4, 0.4, 0.9));
 * curve.truePositiveRate // => Float64Array.of(0, 0.5, 1, 1)
 * curve.falsePositiveRate // => Float64Array.of(0, 0, 0.5, 1)
 * curve.thresholds // => Float64Array.of(Infinity, 0.9, 0.4, 0.1)
 * ```
 * @see Peer: scikit-learn `roc_curve`.
 */
export function rocCurve(y: Float64Array, score: Float64Array): RocPoints {
  const start = { threshold: Infinity, positives: 0, negatives: 0 };
  const steps = stepsOf("rocCurve", y, score);
  const all = steps.at(-1) ?? start;
  const bent = steps.filter((step, i) => !isStraight(steps[i - 1], step, steps[i + 1]));
  const bends = [start, ...bent];
  return {
    falsePositiveRate: Float64Array.from(bends, ({ negatives }) => negatives / all.negatives),
    truePositiveRate: Float64Array.from(bends, ({ positives }) => positives / all.positives),
    thresholds: Float64Array.from(bends, ({ threshold }) => threshold),
  };
}

/**
 * The area under the ROC curve: the chance that a random row of label 1 has a higher score than one
 * of label 0, ties counting half. 0.5 is chance. NaN when there is only one label, as
 * scikit-learn has it. O(n·log n).
 *
 * @param y - Labels, shape [n], 0 or 1, n ≥ 1.
 * @param score - Shape [n], larger for more likely 1.
 * @returns 0 to 1, or NaN.
 * @throws as {@link rocCurve}
 * @example
 * ```ts
 * rocAuc(Float64Array.of(0, 0, 1, 1), Float64Array.of(0.1, 0.4, 0.4, 0.9)) // => 0.875
 * ```
 * @see Hanley & McNeil, Radiology 143(1), 1982. Peer: scikit-learn `roc_auc_score`.
 */
export function rocAuc(y: Float64Array, score: Float64Array): number {
  let [area, last] = [0, { positives: 0, negatives: 0 }];
  for (const step of stepsOf("rocAuc", y, score)) {
    area += ((step.positives + last.positives) / 2) * (step.negatives - last.negatives);
    last = step;
  }
  return area / (last.positives * last.negatives); // 0/0 when a label is absent
}

/**
 * The average precision Σ (Rₖ − Rₖ₋₁)·Pₖ over the distinct scores: the area under the
 * precision-recall curve as steps. The share of label 1 is chance. 0 when there is no label 1, as
 * scikit-learn has it. O(n·log n).
 *
 * @param y - Labels, shape [n], 0 or 1, n ≥ 1.
 * @param score - Shape [n], larger for more likely 1.
 * @returns 0 to 1.
 * @throws as {@link rocCurve}
 * @example
 * ```ts
 * prAuc(Float64Array.of(0, 1, 0, 1), Float64Array.of(0.1, 0.2, 0.3, 0.4)).toFixed(4) // => "0.8333"
 * ```
 * @see Peer: scikit-learn `average_precision_score`.
 */
export function prAuc(y: Float64Array, score: Float64Array): number {
  let [sum, found] = [0, 0];
  for (const { positives, negatives } of stepsOf("prAuc", y, score)) {
    sum += (positives - found) * (positives / (positives + negatives));
    found = positives;
  }
  return found === 0 ? 0 : sum / found;
}

/** How many rows of each label lie at or above a score. */
interface Step {
  readonly threshold: number;
  readonly positives: number;
  readonly negatives: number;
}

/** Whether the curve goes on past a step as it came. */
function isStraight(before: Step | undefined, step: Step, after: Step | undefined): boolean {
  if (before === undefined || after === undefined) return false;
  const positives = after.positives - step.positives === step.positives - before.positives;
  const negatives = after.negatives - step.negatives === step.negatives - before.negatives;
  return positives && negatives;
}

/** A step for each distinct score, highest first. */
function stepsOf(at: string, y: Float64Array, score: Float64Array): readonly Step[] {
  checkRows(at, y, score);
  const odd = score.findIndex(Number.isNaN);
  if (odd >= 0) fail("metric/out-of-range-score", { at, row: odd });
  const order = Uint32Array.from(y, (_, i) => i).sort((a, b) => compare(score[b], score[a]));
  const steps: Step[] = [];
  let [positives, negatives] = [0, 0];
  for (const [k, i] of order.entries()) {
    if (y[i] === 1) positives += 1;
    else negatives += 1;
    const [threshold = 0, next] = [score[i], score[order[k + 1] ?? -1]];
    if (threshold !== next) steps.push({ threshold, positives, negatives });
  }
  return steps;
}

/** Unlike a difference, right for infinities too. */
function compare(a = 0, b = 0): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
