/** @file The trivial baseline: everybody gets the share of true among the training rows. */
import type { Predictor } from "../flow.ts";
import { checkWidth, type Estimator, estimator } from "./estimator.ts";

/** What `majority` learned. */
export interface MajorityState {
  /** The share of true among the training rows, 0 to 1. */
  readonly share: number;
  /** Features of a row, d. */
  readonly width: number;
}

/** Predicts one probability for every row. */
export interface MajorityPredictor extends Predictor, MajorityState {
  readonly kind: "majority";
}

/**
 * The share of true: p = Σ yᵢ / n for every row. What any other model must beat. O(n).
 *
 * @returns An estimator; it takes missing values, and labels that are all the same.
 * @example
 * ```ts
 * const source = "sha256:00" as const;
 * const data = { x: matrix([[1], [2], [3], [4]]), y: Float64Array.of(1, 0, 0, 0), names: ["a"], source };
 * (await majority().learn(data)).predict(matrix([[9]])) // => Float64Array.of(0.25)
 * ```
 * @see Peer: scikit-learn `DummyClassifier(strategy="prior")`.
 */
export function majority(): Estimator<MajorityPredictor> {
  return estimator({
    name: "majority",
    options: {},
    missing: true,
    oneClass: true,
    learn: ({ x, y }) =>
      majorityPredictor({
        share: y.reduce((sum, label) => sum + label, 0) / y.length,
        width: x.cols,
      }),
  });
}

/**
 * The predictor of a share; learning and loading both come through here.
 *
 * @param state - The share, 0 to 1, and the width of rows.
 * @returns The predictor; its `predict` throws `model/mismatch-width`.
 * @example
 * ```ts
 * majorityPredictor({ share: 0.3, width: 1 }).predict(matrix([[5], [6]])) // => Float64Array.of(0.3, 0.3)
 * ```
 */
export function majorityPredictor({ share, width }: MajorityState): MajorityPredictor {
  const predict: Predictor["predict"] = (x) => {
    checkWidth("majority", x, width);
    return new Float64Array(x.rows).fill(share);
  };
  return { kind: "majority", share, width, predict };
}
