/** @file Classifiers whose log-likelihoods are linear in the features: naive Bayes of counts, linear discriminant. */
import type { Matrix, Predictor, Task } from "../../flow.ts";
import { checkNumbers } from "../check-numbers.ts";
import { fail } from "../errors.ts";
import { checkWidth, taskOf } from "../estimator.ts";
import { damaged, type Fields, storedTask } from "../state-fields.ts";
import { classCount, posterior, scoreRows } from "./posterior.ts";

const kinds = [
  "multinomialBayes",
  "complementBayes",
  "bernoulliBayes",
  "linearDiscriminant",
] as const;

/** What a linear classifier by likelihood learned. */
export interface ClassScoresState {
  readonly kind: (typeof kinds)[number];
  /** Features of a row, d. */
  readonly width: number;
  /** Of each class the weight of each feature, [k · d], in nats per unit of the feature. */
  readonly weights: Float64Array;
  /** Of each class what it begins with, [k], in nats; −∞ of a class that has no rows. */
  readonly biases: Float64Array;
  /** Features above it count as 1, others as 0; absent where they count as they are. */
  readonly binarize?: number;
  readonly task?: Task;
}

/** Predicts the shares of exp(bᵢ + wᵢ·x). */
export interface ClassScoresPredictor extends Predictor, ClassScoresState {
  readonly kind: ClassScoresState["kind"];
}

/**
 * The predictor of linear scores; learning and loading both come through here.
 *
 * @param state - Weights and biases of each class.
 * @returns The predictor; its `predict` throws `model/mismatch-width`, `model/missing-value`,
 *   `model/out-of-range-value`, and `model/out-of-range-feature` for counts below 0.
 * @example
 * ```ts
 * const logs = Float64Array.of(0, Math.log(3));
 * const state = { kind: "linearDiscriminant", width: 1, weights: logs, biases: Float64Array.of(0, 0) } as const;
 * classScoresPredictor(state).predict(matrix([[0], [1]])).map((p) => Math.round(100 * p)) // => Float64Array.of(50, 75)
 * ```
 */
export function classScoresPredictor(state: ClassScoresState): ClassScoresPredictor {
  const { kind, width: d, weights, biases, binarize } = state;
  const k = biases.length;
  const task = taskOf(state.task === undefined ? {} : { task: state.task });
  const predict = (x: Matrix): Float64Array => {
    checkWidth(kind, x, d);
    checkNumbers(kind, x);
    if (kind === "multinomialBayes" || kind === "complementBayes") checkCounts(kind, x);
    const data =
      binarize === undefined ? x.data : x.data.map((value) => (value > binarize ? 1 : 0));
    const scores = scoreRows(x, k, (start, c) => {
      let sum = biases[c] ?? 0;
      if (sum === -Infinity) return sum;
      for (let j = 0; j < d; j++) sum += (data[start + j] ?? 0) * (weights[c * d + j] ?? 0);
      return sum;
    });
    return posterior(scores, task);
  };
  return { ...state, predict };
}

/** Counts are 0 or more. @throws `model/out-of-range-feature` */
export function checkCounts(at: string, x: Matrix, names: readonly string[] = []): void {
  const place = x.data.findIndex((value) => value < 0);
  if (place < 0) return;
  const column = place % x.cols;
  fail("model/out-of-range-feature", {
    ...{ at, feature: names[column] ?? `feature ${column}`, row: Math.floor(place / x.cols) },
    ...{ expected: "a count, 0 or more", got: x.data[place] ?? 0 },
  });
}

/** The predictor of a stored state. @throws `model/corrupt-state` */
export function readClassScores(state: Fields): ClassScoresPredictor {
  const task = storedTask(state);
  const k = classCount(task ?? { kind: "binary" });
  const width = state.number("width");
  const got = state.text("kind");
  return classScoresPredictor({
    kind: kinds.find((kind) => kind === got) ?? damaged("kind", `one of ${kinds.join(", ")}`, got),
    width,
    weights: state.array("weights", Float64Array, k * width),
    biases: state.array("biases", Float64Array, k),
    ...(state.has("binarize") ? { binarize: state.number("binarize") } : {}),
    ...(task === undefined ? {} : { task }),
  });
}
