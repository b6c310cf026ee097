/** @file Linear and quadratic discriminant analysis: a normal distribution for each class. */
import { checkNames, checkNumber } from "../../core/index.ts";
import type { Dataset, Matrix, Predictor, Task } from "../../flow.ts";
import { choleskyFactor, gram, solvePositive } from "../../tensor/index.ts";
import { checkNumbers } from "../check-numbers.ts";
import { checkWidth, type Estimator, estimator, taskOf } from "../estimator.ts";
import { type Fields, storedTask } from "../state-fields.ts";
import { type ClassScoresPredictor, classScoresPredictor } from "./class-scores.ts";
import {
  type ClassRows,
  checkPriors,
  classCount,
  classRows,
  meansByClass,
  type Priors,
  posterior,
  scoreRows,
} from "./posterior.ts";

/** Options of {@link linearDiscriminant}; scikit-learn's word for each in brackets. */
export interface LinearDiscriminantOptions {
  /** Share of the covariance that is replaced by its mean variance in every direction, 0 to 1 [shrinkage]. Default 0. */
  readonly shrinkage?: number;
  /** Default "data" [priors]. */
  readonly priors?: Priors;
}

/** Options of {@link quadraticDiscriminant}; scikit-learn's word for each in brackets. */
export interface QuadraticDiscriminantOptions {
  /** Share of each covariance that is replaced by variance 1 in every direction, 0 to 1 [reg_param]. Default 0. */
  readonly shrinkage?: number;
  /** Default "data" [priors]. */
  readonly priors?: Priors;
}

type Classes = "binary" | "multiclass";

/** Least variance in any direction, as a share of the features' own: what keeps equations solvable. */
const floor = 1e-9;

/**
 * Linear discriminant analysis: every class is normal around its own mean with one covariance Σ for all, so that
 * ln P(class | x) = ln prior + x·Σ⁻¹μ − ½ μ·Σ⁻¹μ + what all have in common. Σ is the covariance within classes over
 * all n rows. Where features repeat each other, Σ gets 10⁻⁹ of their variances on its diagonal. O(n·d² + k·d³).
 *
 * @param options - See {@link LinearDiscriminantOptions}.
 * @returns An estimator; it refuses missing values, and takes weights and labels that are all the same.
 * @throws `option/out-of-range`, `option/unknown-name`
 * @example
 * ```ts
 * const source = "sha256:00" as const;
 * const data = { x: matrix([[-3], [-1], [1], [3]]), y: Float64Array.of(0, 0, 1, 1), names: ["a"], source };
 * (await linearDiscriminant().learn(data)).predict(matrix([[0]])) // => Float64Array.of(0.5)
 * ```
 * @see Hastie, Tibshirani & Friedman, The Elements of Statistical Learning, 2nd edition, 4.3. Peer: scikit-learn
 *   `LinearDiscriminantAnalysis` of version 1.9 (before, its solver "svd" had n − k), with shrinkage the solver "lsqr".
 */
export function linearDiscriminant(
  options: LinearDiscriminantOptions = {},
): Estimator<ClassScoresPredictor, Classes> {
  const { shrinkage = 0, priors = "data" } = options;
  checkOptions("linearDiscriminant", options, { shrinkage, priors });
  return estimator({
    name: "linearDiscriminant",
    options: { shrinkage, priors },
    tasks: ["binary", "multiclass"],
    missing: false,
    oneClass: true,
    weights: true,
    learn: (data) => learnLinear(data, shrinkage, priors),
  });
}

function learnLinear(data: Dataset, shrinkage: number, priors: Priors): ClassScoresPredictor {
  const { x, y, task } = data;
  const d = x.cols;
  const rows = classRows("linearDiscriminant", data, priors);
  const means = meansByClass(x, y, rows); // [k · d]
  const all = rows.totals.reduce((sum, total) => sum + total, 0);
  const covariance = gram(
    centred(x, y, means),
    rows.weights.map((w) => w / all),
  );
  shrink(covariance, shrinkage, meanVariance(covariance));
  const scale = scalesOf(covariance, x, rows.weights);
  const scaled = correlations(covariance, scale);
  const centre = overallMean(x, rows.weights);
  const weights = new Float64Array(rows.classes * d);
  const biases = rows.logPriors.map((log, c) => {
    if (log === -Infinity) return log;
    const gap = centre.map((mean, j) => (means[c * d + j] ?? 0) - mean); // [d]
    const solved = solvePositive(
      scaled,
      gap.map((value, j) => value / (scale[j] ?? 1)),
    );
    const own = solved.map((value, j) => value / (scale[j] ?? 1));
    weights.set(own, c * d);
    return own.reduce((sum, w, j) => sum - w * ((gap[j] ?? 0) / 2 + (centre[j] ?? 0)), log);
  });
  const told = task === undefined ? {} : { task };
  return classScoresPredictor({ kind: "linearDiscriminant", width: d, weights, biases, ...told });
}

/** What `quadraticDiscriminant` learned. */
export interface QuadraticDiscriminantState {
  /** Features of a row, d. */
  readonly width: number;
  /** Of each class the mean of each feature, [k · d]. */
  readonly means: Float64Array;
  /** Of each class a lower triangle W with Wᵀ·W the inverse of its covariance, [k · d · d]. */
  readonly whitenings: Float64Array;
  /** Of each class ln prior − ½ ln det Σ, [k]; −∞ of a class that has no rows. */
  readonly biases: Float64Array;
  readonly task?: Task;
}

/** Predicts by a normal distribution for each class. */
export interface QuadraticDiscriminantPredictor extends Predictor, QuadraticDiscriminantState {
  readonly kind: "quadraticDiscriminant";
}

/**
 * Quadratic discriminant analysis: every class is normal with a mean and a covariance of its own, over its
 * rows. A class needs more rows than there are features, or `shrinkage`: directions in which it does not vary get
 * 10⁻⁹ of the features' variances, which makes it very sure. O(n·d² + k·d³); a prediction O(k·d²).
 *
 * @param options - See {@link QuadraticDiscriminantOptions}.
 * @returns An estimator; it refuses missing values, and takes weights and labels that are all the same.
 * @throws `option/out-of-range`, `option/unknown-name`
 * @example
 * ```ts
 * const source = "sha256:00" as const;
 * const x = matrix([[-1], [1], [-9], [9]]);
 * const data = { x, y: Float64Array.of(1, 1, 0, 0), names: ["a"], source };
 * const [near = 0, far = 1] = (await quadraticDiscriminant().learn(data)).predict(matrix([[0], [5]]));
 * near > 0.8 && far < 0.1 // => true
 * ```
 * @see Hastie, Tibshirani & Friedman, The Elements of Statistical Learning, 2nd edition, 4.3. Peer: scikit-learn
 *   `QuadraticDiscriminantAnalysis` of version 1.9 (before, it had n − 1).
 */
export function quadraticDiscriminant(
  options: QuadraticDiscriminantOptions = {},
): Estimator<QuadraticDiscriminantPredictor, Classes> {
  const { shrinkage = 0, priors = "data" } = options;
  checkOptions("quadraticDiscriminant", options, { shrinkage, priors });
  return estimator({
    name: "quadraticDiscriminant",
    options: { shrinkage, priors },
    tasks: ["binary", "multiclass"],
    missing: false,
    oneClass: true,
    weights: true,
    learn: (data) => learnQuadratic(data, shrinkage, priors),
  });
}

function learnQuadratic(
  data: Dataset,
  shrinkage: number,
  priors: Priors,
): QuadraticDiscriminantPredictor {
  const { x, y, task } = data;
  const d = x.cols;
  const rows = classRows("quadraticDiscriminant", data, priors);
  const means = meansByClass(x, y, rows);
  const gaps = centred(x, y, means);
  const scale = totalScales(x, rows.weights);
  const whitenings = new Float64Array(rows.classes * d * d);
  const biases = rows.logPriors.map((log, c) => {
    if (log === -Infinity) return log;
    const covariance = gram(gaps, classWeights(y, rows, c));
    shrink(covariance, shrinkage, 1);
    const factor = choleskyFactor(correlations(covariance, scale)); // [d, d] of features over their scale
    const inverse = inverseOfLower(factor, d);
    let logs = 0;
    for (let i = 0; i < d; i++) {
      logs += Math.log(factor[i * d + i] ?? 1) + Math.log(scale[i] ?? 1);
      for (let j = 0; j <= i; j++)
        whitenings[(c * d + i) * d + j] = (inverse[i * d + j] ?? 0) / (scale[j] ?? 1);
    }
    return log - logs;
  });
  const told = task === undefined ? {} : { task };
  return quadraticDiscriminantPredictor({ width: d, means, whitenings, biases, ...told });
}

/** The weights of the rows of one class, so that their weighted squares sum to a variance. */
function classWeights(y: Float64Array, { weights, totals }: ClassRows, c: number): Float64Array {
  const total = totals[c] ?? 0;
  return weights.map((weight, i) => (y[i] === c ? weight / total : 0));
}

/**
 * The predictor of means and whitenings; learning and loading both come through here.
 *
 * @param state - What is known of each class.
 * @returns The predictor; its `predict` throws `model/mismatch-width`, `model/missing-value`, `model/out-of-range-value`
 * @example
 * ```ts
 * const state = { width: 1, means: Float64Array.of(-1, 1), whitenings: Float64Array.of(1, 1), biases: Float64Array.of(0, 0) };
 * quadraticDiscriminantPredictor(state).predict(matrix([[0]])) // => Float64Array.of(0.5)
 * ```
 */
export function quadraticDiscriminantPredictor(
  state: QuadraticDiscriminantState,
): QuadraticDiscriminantPredictor {
  const { width: d, means, whitenings, biases } = state;
  const k = biases.length;
  const task = taskOf(state.task === undefined ? {} : { task: state.task });
  const gap = new Float64Array(d);
  const lengthOf = (c: number): number => {
    let sum = 0;
    for (let i = 0; i < d; i++) {
      let part = 0;
      for (let j = 0; j <= i; j++) part += (whitenings[(c * d + i) * d + j] ?? 0) * (gap[j] ?? 0);
      sum += part * part;
    }
    return sum;
  };
  const predict = (x: Matrix): Float64Array => {
    checkWidth("quadraticDiscriminant", x, d);
    checkNumbers("quadraticDiscriminant", x);
    const scores = scoreRows(x, k, (start, c) => {
      for (let j = 0; j < d; j++) gap[j] = (x.data[start + j] ?? 0) - (means[c * d + j] ?? 0);
      return (biases[c] ?? 0) - lengthOf(c) / 2;
    });
    return posterior(scores, task);
  };
  return { kind: "quadraticDiscriminant", ...state, predict };
}

/** The predictor of a stored state. @throws `model/corrupt-state` */
export function readQuadraticDiscriminant(state: Fields): QuadraticDiscriminantPredictor {
  const task = storedTask(state);
  const k = classCount(task ?? { kind: "binary" });
  const width = state.number("width");
  return quadraticDiscriminantPredictor({
    width,
    means: state.array("means", Float64Array, k * width),
    whitenings: state.array("whitenings", Float64Array, k * width * width),
    biases: state.array("biases", Float64Array, k),
    ...(task === undefined ? {} : { task }),
  });
}

function checkOptions(
  at: string,
  options: object,
  { shrinkage, priors }: { readonly shrinkage: number; readonly priors: Priors },
): void {
  checkNames(at, options, ["shrinkage", "priors"]);
  checkNumber(at, { shrinkage }, { min: 0, max: 1 });
  checkPriors(at, priors);
}

/** Each row less the mean of its class. */
function centred(x: Matrix, y: Float64Array, means: Float64Array): Matrix {
  const d = x.cols;
  const data = x.data.map(
    (value, at) => value - (means[(y[Math.floor(at / d)] ?? 0) * d + (at % d)] ?? 0),
  );
  return { ...x, data };
}

function overallMean(x: Matrix, weights: Float64Array): Float64Array {
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  const mean = new Float64Array(x.cols);
  for (const [at, value] of x.data.entries()) {
    const j = at % x.cols;
    mean[j] = (mean[j] ?? 0) + ((weights[Math.floor(at / x.cols)] ?? 0) * value) / all;
  }
  return mean;
}

/** Standard deviations over all rows, [d]; 1 of a constant feature. */
function totalScales(x: Matrix, weights: Float64Array): Float64Array {
  const mean = overallMean(x, weights);
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  const squares = new Float64Array(x.cols);
  for (const [at, value] of x.data.entries()) {
    const j = at % x.cols;
    const gap = value - (mean[j] ?? 0);
    squares[j] = (squares[j] ?? 0) + ((weights[Math.floor(at / x.cols)] ?? 0) * gap * gap) / all;
  }
  return squares.map((square) => Math.sqrt(square) || 1);
}

/** Standard deviations within classes, [d]; where there is none, that over all rows. */
function scalesOf(covariance: Matrix, x: Matrix, weights: Float64Array): Float64Array {
  const total = totalScales(x, weights);
  return total.map((scale, j) => Math.sqrt(covariance.data[j * (x.cols + 1)] ?? 0) || scale);
}

/** The covariance of features over their scale, with the floor on its diagonal. */
function correlations(covariance: Matrix, scale: Float64Array): Matrix {
  const d = covariance.cols;
  const data = covariance.data.map((value, at) => {
    const [i, j] = [Math.floor(at / d), at % d];
    return value / (scale[i] ?? 1) / (scale[j] ?? 1) + (i === j ? floor : 0);
  });
  return { ...covariance, data };
}

const meanVariance = ({ cols: d, data }: Matrix): number =>
  data.reduce((sum, value, at) => sum + (at % (d + 1) === 0 ? value : 0), 0) / d;

/** (1 − share)·Σ + share·variance·I, in place. */
function shrink({ cols: d, data }: Matrix, share: number, variance: number): void {
  if (share === 0) return;
  for (const [at, value] of data.entries())
    data[at] = (1 - share) * value + (at % (d + 1) === 0 ? share * variance : 0);
}

/** The inverse of a lower triangle, by forward substitution. */
function inverseOfLower(lower: Float64Array, d: number): Float64Array {
  const inverse = new Float64Array(d * d);
  for (let j = 0; j < d; j++)
    for (let i = j; i < d; i++) {
      let sum = i === j ? 1 : 0;
      for (let l = j; l < i; l++) sum -= (lower[i * d + l] ?? 0) * (inverse[l * d + j] ?? 0);
      inverse[i * d + j] = sum / (lower[i * d + i] ?? 1);
    }
  return inverse;
}
