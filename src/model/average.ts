/** @file The trivial baseline of numbers: every row gets the middle of the training labels. */
import { checkChoice, checkNames } from "../core/index.ts";
import type { Dataset, Predictor } from "../flow.ts";
import { checkWidth, type Estimator, estimator } from "./estimator.ts";
import type { Fields } from "./state-fields.ts";

/** Options of {@link average}. */
export interface AverageOptions {
  /** The mean has the least squared error, the median the least absolute one. Default "mean". */
  readonly of?: "mean" | "median";
}

/** What `average` learned. */
export interface AverageState {
  /** In the unit of the label. */
  readonly value: number;
  /** Features of a row, d. */
  readonly width: number;
}

/** Predicts one number for every row. */
export interface AveragePredictor extends Predictor, AverageState {
  readonly kind: "average";
}

/**
 * The weighted mean Σ wᵢ·yᵢ / Σ wᵢ of the labels, or their weighted median, for every row. What any other
 * regression must beat. O(n·log n).
 *
 * @param options - See {@link AverageOptions}.
 * @returns An estimator; it takes missing values and weights.
 * @throws `option/unknown-name`, `option/out-of-range`
 * @example
 * ```ts
 * const source = "sha256:00" as const;
 * const task = { kind: "regression" } as const;
 * const data = { x: matrix([[1], [2], [3]]), y: Float64Array.of(1, 2, 6), names: ["a"], source, task };
 * (await average().learn(data)).predict(matrix([[9]])) // => Float64Array.of(3)
 * (await average({ of: "median" }).learn(data)).predict(matrix([[9]])) // => Float64Array.of(2)
 * ```
 * @see Peer: scikit-learn `DummyRegressor`.
 */
export function average(options: AverageOptions = {}): Estimator<AveragePredictor, "regression"> {
  const { of = "mean" } = options;
  checkNames("average", options, ["of"]);
  checkChoice("average", { of }, ["mean", "median"]);
  return estimator({
    name: "average",
    options: { of },
    tasks: ["regression"],
    missing: true,
    oneClass: true,
    weights: true,
    learn: (data) =>
      averagePredictor({
        value: of === "mean" ? weightedMean(data) : weightedMedian(data),
        width: data.x.cols,
      }),
  });
}

/** Of equal labels it is that label to the last bit: the mean of their differences to the first is 0. */
function weightedMean({ y, weights }: Dataset): number {
  const [first = 0] = y;
  let [sum, total] = [0, 0];
  for (const [i, label] of y.entries()) {
    const weight = weights?.[i] ?? 1;
    sum += weight * (label - first);
    total += weight;
  }
  return first + sum / total;
}

/** The label at which half of the weight is reached; the middle of two where it is met exactly. */
function weightedMedian({ y, weights }: Dataset): number {
  const order = Array.from(y.keys()).sort((a, b) => (y[a] ?? 0) - (y[b] ?? 0));
  const weightOf = (i: number): number => weights?.[i] ?? 1;
  const half = order.reduce((sum, i) => sum + weightOf(i), 0) / 2;
  let reached = 0;
  for (const [rank, i] of order.entries()) {
    reached += weightOf(i);
    const label = y[i] ?? 0;
    if (reached > half) return label;
    if (reached === half) return label / 2 + (y[order[rank + 1] ?? i] ?? 0) / 2;
  }
  return y[order.at(-1) ?? 0] ?? 0;
}

/**
 * The predictor of a number; learning and loading both come through here.
 *
 * @param state - The number and the width of rows.
 * @returns The predictor; its `predict` throws `model/mismatch-width`.
 * @example
 * ```ts
 * averagePredictor({ value: 3, width: 1 }).predict(matrix([[5], [6]])) // => Float64Array.of(3, 3)
 * ```
 */
export function averagePredictor({ value, width }: AverageState): AveragePredictor {
  const predict: Predictor["predict"] = (x) => {
    checkWidth("average", x, width);
    return new Float64Array(x.rows).fill(value);
  };
  return { kind: "average", task: { kind: "regression" }, value, width, predict };
}

/** The predictor of a stored state. @throws `model/corrupt-state` */
export function readAverage(state: Fields): AveragePredictor {
  return averagePredictor({ value: state.number("value"), width: state.number("width") });
}
