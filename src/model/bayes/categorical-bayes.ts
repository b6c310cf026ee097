/** @file Naive Bayes of categories. */
import { checkNames, checkNumber } from "../../core/index.ts";
import type { Dataset, Matrix, Predictor, Task } from "../../flow.ts";
import { checkNumbers } from "../check-numbers.ts";
import { fail } from "../errors.ts";
import { checkWidth, type Estimator, estimator, taskOf } from "../estimator.ts";
import { damaged, type Fields, storedTask } from "../state-fields.ts";
import {
  checkPriors,
  classCount,
  classRows,
  type Priors,
  posterior,
  scoreRows,
} from "./posterior.ts";

/** Options of {@link categoricalBayes}; scikit-learn's word for each in brackets. */
export interface CategoricalBayesOptions {
  /** Added to each count of each category, above 0 [alpha]. Default 1. */
  readonly smoothing?: number;
  /** Default "data" [fit_prior, class_prior]. */
  readonly priors?: Priors;
}

/** What `categoricalBayes` learned. */
export interface CategoricalBayesState {
  /** Of each feature how many codes it has, [d]. */
  readonly levels: Uint32Array;
  /** ln of the smoothed share of each code in each class: of each feature [k, levels], one after the other. */
  readonly logs: Float64Array;
  /** ln of the priors, [k]; −∞ of a class that has no rows. */
  readonly logPriors: Float64Array;
  readonly task?: Task;
}

/** Predicts by a distribution of codes for each class and feature. */
export interface CategoricalBayesPredictor extends Predictor, CategoricalBayesState {
  readonly kind: "categoricalBayes";
}

/** More codes than this are numbers, not categories. */
const mostLevels = 65_536;

/**
 * Categorical naive Bayes: every feature is a code 0, 1, … of a category (`indexLevels` makes them), and
 * P(class | x) ∝ prior · Π (rows of the class with that code + s) / (rows of the class + s·codes). A code that no
 * training row had says nothing of the class. O(n·d).
 *
 * @param options - See {@link CategoricalBayesOptions}.
 * @returns An estimator; it refuses missing values, and takes weights and labels that are all the same.
 * @throws `option/out-of-range`, `option/unknown-name`; on learning also `model/out-of-range-feature`
 * @example
 * ```ts
 * const source = "sha256:00" as const;
 * const data = { x: matrix([[0], [0], [1], [1]]), y: Float64Array.of(0, 0, 1, 1), names: ["a"], source };
 * const told = (await categoricalBayes().learn(data)).predict(matrix([[1], [0], [9]]));
 * told.map((p) => Math.round(100 * p)) // => Float64Array.of(75, 25, 50)
 * ```
 * @see Peer: scikit-learn `CategoricalNB`, which refuses a code that it has not seen.
 */
export function categoricalBayes(
  options: CategoricalBayesOptions = {},
): Estimator<CategoricalBayesPredictor, "binary" | "multiclass"> {
  const { smoothing = 1, priors = "data" } = options;
  checkNames("categoricalBayes", options, ["smoothing", "priors"]);
  checkNumber("categoricalBayes", { smoothing }, { above: 0 });
  checkPriors("categoricalBayes", priors);
  return estimator({
    name: "categoricalBayes",
    options: { smoothing, priors },
    tasks: ["binary", "multiclass"],
    missing: false,
    oneClass: true,
    weights: true,
    learn: (data) => learn(data, smoothing, priors),
  });
}

function learn(data: Dataset, smoothing: number, priors: Priors): CategoricalBayesPredictor {
  const { x, y, names, task } = data;
  checkCodes("categoricalBayes", x, names);
  const { classes: k, weights, totals, logPriors } = classRows("categoricalBayes", data, priors);
  const levels = new Uint32Array(x.cols).fill(1);
  for (const [at, code] of x.data.entries())
    levels[at % x.cols] = Math.max(levels[at % x.cols] ?? 1, code + 1);
  const starts = startsOf(levels, k);
  const counts = new Float64Array(starts.at(-1) ?? 0).fill(smoothing);
  for (const [at, code] of x.data.entries()) {
    const [i, j] = [Math.floor(at / x.cols), at % x.cols];
    const place = (starts[j] ?? 0) + (y[i] ?? 0) * (levels[j] ?? 1) + code;
    counts[place] = (counts[place] ?? 0) + (weights[i] ?? 0);
  }
  const logs = new Float64Array(counts.length);
  for (const [j, size] of levels.entries())
    for (let c = 0; c < k; c++) {
      const first = (starts[j] ?? 0) + c * size;
      const all = (totals[c] ?? 0) + smoothing * size;
      logs.set(
        counts.subarray(first, first + size).map((count) => Math.log(count / all)),
        first,
      );
    }
  const told = task === undefined ? {} : { task };
  return categoricalBayesPredictor({ levels, logs, logPriors, ...told });
}

/** Where the numbers of each feature begin, [d + 1]. */
function startsOf(levels: Uint32Array, k: number): Float64Array {
  const starts = new Float64Array(levels.length + 1);
  for (const [j, size] of levels.entries()) starts[j + 1] = (starts[j] ?? 0) + k * size;
  return starts;
}

/** Codes are whole numbers from 0 on. */
function checkCodes(at: string, x: Matrix, names: readonly string[] = []): void {
  const place = x.data.findIndex(
    (code) => !(Number.isInteger(code) && code >= 0 && code < mostLevels),
  );
  if (place < 0) return;
  const column = place % x.cols;
  fail("model/out-of-range-feature", {
    ...{ at, feature: names[column] ?? `feature ${column}`, row: Math.floor(place / x.cols) },
    ...{ expected: `the code of a category, 0 to ${mostLevels - 1}`, got: x.data[place] ?? 0 },
  });
}

/**
 * The predictor of codes; learning and loading both come through here.
 *
 * @param state - The logarithms of shares, and priors of each class.
 * @returns The predictor; its `predict` throws `model/mismatch-width`, `model/missing-value`,
 *   `model/out-of-range-value`, `model/out-of-range-feature`
 * @example
 * ```ts
 * const logs = Float64Array.of(0.5, 0.5, 0.1, 0.9).map(Math.log);
 * const state = { levels: Uint32Array.of(2), logs, logPriors: Float64Array.of(0, 0) };
 * categoricalBayesPredictor(state).predict(matrix([[0]])).map((p) => Math.round(600 * p)) // => Float64Array.of(100)
 * ```
 */
export function categoricalBayesPredictor(state: CategoricalBayesState): CategoricalBayesPredictor {
  const { levels, logs, logPriors } = state;
  const [d, k] = [levels.length, logPriors.length];
  const starts = startsOf(levels, k);
  const task = taskOf(state.task === undefined ? {} : { task: state.task });
  const predict = (x: Matrix): Float64Array => {
    checkWidth("categoricalBayes", x, d);
    checkNumbers("categoricalBayes", x);
    checkCodes("categoricalBayes", x);
    const scores = scoreRows(x, k, (start, c) => {
      let sum = logPriors[c] ?? 0;
      for (const [j, size] of levels.entries()) {
        const code = x.data[start + j] ?? 0;
        if (code < size) sum += logs[(starts[j] ?? 0) + c * size + code] ?? 0;
      }
      return sum;
    });
    return posterior(scores, task);
  };
  return { kind: "categoricalBayes", ...state, predict };
}

/** The predictor of a stored state. @throws `model/corrupt-state` */
export function readCategoricalBayes(state: Fields): CategoricalBayesPredictor {
  const task = storedTask(state);
  const k = classCount(task ?? { kind: "binary" });
  const levels = state.array("levels", Uint32Array);
  if (!levels.every((size) => size >= 1 && size <= mostLevels))
    damaged("levels", `1 to ${mostLevels}`, "another");
  return categoricalBayesPredictor({
    levels,
    logs: state.array("logs", Float64Array, startsOf(levels, k).at(-1) ?? 0),
    logPriors: state.array("logPriors", Float64Array, k),
    ...(task === undefined ? {} : { task }),
  });
}
