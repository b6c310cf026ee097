/** @file Naive Bayes of normal features. */
import { checkNames, checkNumber } from "../../core/index.ts";
import type { Dataset, Matrix, Predictor, Task } from "../../flow.ts";
import { checkNumbers } from "../check-numbers.ts";
import { checkWidth, type Estimator, estimator, taskOf } from "../estimator.ts";
import { type Fields, storedTask } from "../state-fields.ts";
import {
  checkPriors,
  classCount,
  classRows,
  meansByClass,
  type Priors,
  posterior,
  scoreRows,
} from "./posterior.ts";

/** Options of {@link gaussianBayes}; scikit-learn's word for each in brackets. */
export interface GaussianBayesOptions {
  /** Added to each variance, as a share of the largest variance of a feature, above 0 [var_smoothing]. Default 1e-9. */
  readonly smoothing?: number;
  /** Default "data" [priors]. */
  readonly priors?: Priors;
}

/** What `gaussianBayes` learned. */
export interface GaussianBayesState {
  /** Features of a row, d. */
  readonly width: number;
  /** Of each class the mean of each feature, [k · d]. */
  readonly means: Float64Array;
  /** Of each class the variance of each feature, smoothed, [k · d]. */
  readonly variances: Float64Array;
  /** ln of the priors, [k]; −∞ of a class that has no rows. */
  readonly logPriors: Float64Array;
  readonly task?: Task;
}

/** Predicts by a normal distribution for each class and feature. */
export interface GaussianBayesPredictor extends Predictor, GaussianBayesState {
  readonly kind: "gaussianBayes";
}

/**
 * Gaussian naive Bayes: P(class | x) ∝ prior · Π N(xⱼ; mean, variance of the class). O(n·d). Features that say the
 * same are counted twice, so its probabilities are too sure as a rule: `calibrated` puts them right.
 *
 * @param options - See {@link GaussianBayesOptions}.
 * @returns An estimator; it refuses missing values, and takes weights and labels that are all the same.
 * @throws `option/out-of-range`, `option/unknown-name`
 * @example
 * ```ts
 * const source = "sha256:00" as const;
 * const data = { x: matrix([[-3], [-1], [1], [3]]), y: Float64Array.of(0, 0, 1, 1), names: ["a"], source };
 * (await gaussianBayes().learn(data)).predict(matrix([[0]])) // => Float64Array.of(0.5)
 * ```
 * @see Peer: scikit-learn `GaussianNB`, which smooths by the variance without weights.
 */
export function gaussianBayes(
  options: GaussianBayesOptions = {},
): Estimator<GaussianBayesPredictor, "binary" | "multiclass"> {
  const { smoothing = 1e-9, priors = "data" } = options;
  checkNames("gaussianBayes", options, ["smoothing", "priors"]);
  checkNumber("gaussianBayes", { smoothing }, { above: 0 });
  checkPriors("gaussianBayes", priors);
  return estimator({
    name: "gaussianBayes",
    options: { smoothing, priors },
    tasks: ["binary", "multiclass"],
    missing: false,
    oneClass: true,
    weights: true,
    learn: (data) => learn(data, smoothing, priors),
  });
}

function learn(data: Dataset, smoothing: number, priors: Priors): GaussianBayesPredictor {
  const { x, y, task } = data;
  const d = x.cols;
  const rows = classRows("gaussianBayes", data, priors);
  const means = meansByClass(x, y, rows);
  const spread = new Float64Array(rows.classes * d);
  for (let i = 0; i < x.rows; i++)
    for (let j = 0; j < d; j++) {
      const at = (y[i] ?? 0) * d + j;
      const gap = (x.data[i * d + j] ?? 0) - (means[at] ?? 0);
      spread[at] = (spread[at] ?? 0) + (rows.weights[i] ?? 0) * gap * gap;
    }
  const floor = smoothing * (largestVariance(x, rows.weights) || 1);
  const variances = spread.map(
    (sum, at) => sum / ((rows.totals[Math.floor(at / d)] ?? 0) || 1) + floor,
  );
  const told = task === undefined ? {} : { task };
  return gaussianBayesPredictor({ width: d, means, variances, logPriors: rows.logPriors, ...told });
}

/** The largest variance of a feature over all rows. */
function largestVariance(x: Matrix, weights: Float64Array): number {
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  let most = 0;
  for (let j = 0; j < x.cols; j++) {
    const mean = weights.reduce((sum, w, i) => sum + w * (x.data[i * x.cols + j] ?? 0), 0) / all;
    const spread = weights.reduce(
      (sum, w, i) => sum + w * ((x.data[i * x.cols + j] ?? 0) - mean) ** 2,
      0,
    );
    most = Math.max(most, spread / all);
  }
  return most;
}

/**
 * The predictor of means and variances; learning and loading both come through here.
 *
 * @param state - Means, variances and priors of each class.
 * @returns The predictor; its `predict` throws `model/mismatch-width`, `model/missing-value`, `model/out-of-range-value`
 * @example
 * ```ts
 * const logPriors = Float64Array.of(Math.log(0.25), Math.log(0.75));
 * const shape = { means: Float64Array.of(0, 0), variances: Float64Array.of(1, 1) };
 * gaussianBayesPredictor({ width: 1, ...shape, logPriors }).predict(matrix([[7]])) // => Float64Array.of(0.75)
 * ```
 */
export function gaussianBayesPredictor(state: GaussianBayesState): GaussianBayesPredictor {
  const { width: d, means, variances, logPriors } = state;
  const k = logPriors.length;
  const task = taskOf(state.task === undefined ? {} : { task: state.task });
  const starts = logPriors.map(
    (log, c) =>
      log - variances.subarray(c * d, (c + 1) * d).reduce((sum, v) => sum + Math.log(v), 0) / 2,
  );
  const predict = (x: Matrix): Float64Array => {
    checkWidth("gaussianBayes", x, d);
    checkNumbers("gaussianBayes", x);
    const scores = scoreRows(x, k, (start, c) => {
      let sum = 0;
      for (let j = 0; j < d; j++) {
        const gap = (x.data[start + j] ?? 0) - (means[c * d + j] ?? 0);
        sum += (gap * gap) / (variances[c * d + j] ?? 1);
      }
      return (starts[c] ?? 0) - sum / 2;
    });
    return posterior(scores, task);
  };
  return { kind: "gaussianBayes", ...state, predict };
}

/** The predictor of a stored state. @throws `model/corrupt-state` */
export function readGaussianBayes(state: Fields): GaussianBayesPredictor {
  const task = storedTask(state);
  const k = classCount(task ?? { kind: "binary" });
  const width = state.number("width");
  return gaussianBayesPredictor({
    width,
    means: state.array("means", Float64Array, k * width),
    variances: state.array("variances", Float64Array, k * width),
    logPriors: state.array("logPriors", Float64Array, k),
    ...(task === undefined ? {} : { task }),
  });
}
