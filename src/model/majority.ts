/** @file The trivial baseline of classes: every row gets their shares among the training rows. */
import type { Dataset, Predictor, Task } from "../flow.ts";
import { checkWidth, type Estimator, estimator, taskOf } from "./estimator.ts";
import { type Fields, storedTask } from "./state-fields.ts";

/** What `majority` learned. */
export interface MajorityState {
  /** The share of true among the training rows, 0 to 1. */
  readonly share: number;
  /** Of a multiclass task the share of each class, [k], summing to 1; `share` is the largest. */
  readonly shares?: Float64Array;
  /** Features of a row, d. */
  readonly width: number;
  readonly task?: Task;
}

/** Predicts the same probabilities for every row. */
export interface MajorityPredictor extends Predictor, MajorityState {
  readonly kind: "majority";
}

/**
 * The share of each class: p = Σ wᵢ·[yᵢ = c] / Σ wᵢ for every row. What any other model must beat. O(n).
 *
 * @returns An estimator; it takes missing values, weights, and labels that are all the same.
 * @example
 * ```ts
 * const source = "sha256:00" as const;
 * const data = { x: matrix([[1], [2], [3], [4]]), y: Float64Array.of(1, 0, 0, 0), names: ["a"], source };
 * (await majority().learn(data)).predict(matrix([[9]])) // => Float64Array.of(0.25)
 * ```
 * @see Peer: scikit-learn `DummyClassifier(strategy="prior")`.
 */
export function majority(): Estimator<MajorityPredictor, "binary" | "multiclass"> {
  return estimator({
    name: "majority",
    options: {},
    tasks: ["binary", "multiclass"],
    missing: true,
    oneClass: true,
    weights: true,
    learn: (data) => {
      const task = taskOf(data);
      const width = data.x.cols;
      if (task.kind !== "multiclass")
        return majorityPredictor({ share: sharesOf(data, 2)[1] ?? 0, width });
      const shares = sharesOf(data, task.classes.length);
      return majorityPredictor({ share: Math.max(...shares), shares, width, task });
    },
  });
}

function sharesOf({ y, weights }: Dataset, classes: number): Float64Array {
  const sums = new Float64Array(classes);
  for (const [i, label] of y.entries()) sums[label] = (sums[label] ?? 0) + (weights?.[i] ?? 1);
  const total = sums.reduce((sum, weight) => sum + weight, 0);
  return sums.map((weight) => weight / total);
}

/**
 * The predictor of shares; learning and loading both come through here.
 *
 * @param state - The share, 0 to 1, or the share of each class, and the width of rows.
 * @returns The predictor; its `predict` throws `model/mismatch-width`.
 * @example
 * ```ts
 * majorityPredictor({ share: 0.3, width: 1 }).predict(matrix([[5], [6]])) // => Float64Array.of(0.3, 0.3)
 * ```
 */
export function majorityPredictor(state: MajorityState): MajorityPredictor {
  const { share, shares, width } = state;
  const told = shares ?? Float64Array.of(share);
  const predict: Predictor["predict"] = (x) => {
    checkWidth("majority", x, width);
    return Float64Array.from(
      { length: x.rows * told.length },
      (_, i) => told[i % told.length] ?? 0,
    );
  };
  return { kind: "majority", ...state, predict };
}

/** The predictor of a stored state. @throws `model/corrupt-state` */
export function readMajority(state: Fields): MajorityPredictor {
  const plain = { share: state.number("share"), width: state.number("width") };
  const task = storedTask(state);
  if (task?.kind !== "multiclass") return majorityPredictor(plain);
  const shares = state.array("shares", Float64Array, task.classes.length);
  return majorityPredictor({ ...plain, shares, task });
}
