/** @file Logistic regression of two or more classes, with penalties on ‖w‖² and ‖w‖₁. */
import { checkNames, checkNumber, type LongWork } from "../../core/index.ts";
import type { Dataset, Json, Predictor, Task } from "../../flow.ts";
import { sigmoid } from "../../tensor/index.ts";
import { everyNth } from "../dataset-rows.ts";
import { fail } from "../errors.ts";
import { type Estimator, estimator, taskOf } from "../estimator.ts";
import { damaged, type Fields, storedTask } from "../state-fields.ts";
import { type ClassWeights, checkClassWeights, rowWeights } from "./class-weights.ts";
import { readImportances } from "./least-squares.ts";
import { linearImportances, linearMargins } from "./linear-predictor.ts";
import { type Minimum, minimise } from "./minimise.ts";
import { logLossOf, softmaxOf } from "./smooth-loss.ts";

/** Options of {@link logistic}. */
export interface LogisticOptions {
  /** Strength of the penalty on ½·‖w‖², ≥ 0. Default 1. */
  readonly l2?: number;
  /** Strength of the penalty on ‖w‖₁, ≥ 0, which leaves features out. Default 0. */
  readonly l1?: number;
  /** How much rows count by their class: "balanced" gives each class the same weight in all, or a number by class ("true" and "false" of two). Default 1 each. */
  readonly classWeights?: ClassWeights;
  /** Most Newton steps, ≥ 1. Default 100; of L-BFGS, past 1,000 weights, ten times as many. */
  readonly maxIterations?: number;
  /** Done when a step promises to lower the mean loss by less than this, in nats. Default 1e-10. */
  readonly tolerance?: number;
}

/** What `logistic` learned. */
export interface LogisticState {
  /** Shape [d], in log-odds per unit of the feature; of k classes [k·d], a row for each. */
  readonly weights: Float64Array;
  /** In log-odds; of several classes 0, see `biases`. */
  readonly bias: number;
  /** Of several classes, [k]. */
  readonly biases?: Float64Array;
  /** Steps taken on all rows. */
  readonly iterations: number;
  /** Whether the last step was below the tolerance. */
  readonly converged: boolean;
  readonly importances?: Float64Array;
  readonly task?: Task;
}

/** Predicts σ(w·x + b), or the softmax of wₖ·x + bₖ. */
export interface LogisticPredictor extends Predictor, LogisticState {
  readonly kind: "logistic";
}

/**
 * Logistic regression: the w and b that minimise Σ wᵢ·lossᵢ + l1·‖w‖₁ + l2/2·‖w‖², where the loss of a row is
 * log(1 + e^−s·(w·x+b)) with s = ±1 for two classes, and log Σₖ e^zₖ − z of the label with zₖ = wₖ·x + bₖ for more.
 * Biases are not penalised. Up to 1,000 weights by Newton's method, whose step with l1 is found by coordinate
 * descent (O(n·d²·k² + d³·k³) a step, some five steps, which begin at the answer for every sixteenth row where there
 * are many); above by L-BFGS on the rows (O(n·d·k) a step). The predictor says whether it converged.
 *
 * @param options - See {@link LogisticOptions}.
 * @returns An estimator of classes; it weighs rows, and refuses missing values, and labels that are all the same.
 * @throws `option/out-of-range`, `option/unknown-name`; on learning also `model/failed-fit` without a penalty, where
 *   the classes are apart or features add up, and `model/unknown-class`.
 * @example
 * ```ts
 * const source = "sha256:00" as const;
 * const x = matrix([[-1], [0], [1], [2]]);
 * const data = { x, y: Float64Array.of(0, 1, 0, 1), names: ["a"], source };
 * const predictor = await logistic({ l2: 0.1 }).learn(data);
 * predictor.converged // => true
 * predictor.predict(matrix([[0.5]])) // => Float64Array.of(0.5)
 * ```
 * @see Hastie, Tibshirani & Friedman, The Elements of Statistical Learning, 2nd edition, 4.4.
 *   Peer: scikit-learn `LogisticRegression`, with C = 1/(l1 + l2) and l1_ratio = l1/(l1 + l2).
 */
export function logistic(
  options: LogisticOptions = {},
): Estimator<LogisticPredictor, "binary" | "multiclass"> {
  const { l2 = 1, l1 = 0, classWeights, maxIterations = 100, tolerance = 1e-10 } = options;
  checkNames("logistic", options, ["l2", "l1", "classWeights", "maxIterations", "tolerance"]);
  checkNumber("logistic", { l2 }, { min: 0 });
  checkNumber("logistic", { l1 }, { min: 0 });
  checkNumber("logistic", { maxIterations }, { min: 1, integer: true });
  checkNumber("logistic", { tolerance }, { above: 0 });
  checkClassWeights("logistic", classWeights);
  const settings = { l2, l1, maxIterations, tolerance, classWeights };
  const said: Json = classWeights === undefined ? {} : { classWeights };
  return estimator({
    name: "logistic",
    options: { l2, l1, maxIterations, tolerance, ...said },
    tasks: ["binary", "multiclass"],
    missing: false,
    oneClass: false,
    weights: true,
    learn: (data, work) => learn(data, settings, work),
  });
}

interface Settings {
  readonly l2: number;
  readonly l1: number;
  readonly maxIterations: number;
  readonly tolerance: number;
  readonly classWeights: ClassWeights | undefined;
}

async function learn(
  data: Dataset,
  settings: Settings,
  work: LongWork,
): Promise<LogisticPredictor> {
  const weighed = rowWeights("logistic", data, settings.classWeights);
  const task = taskOf(data);
  const start = await roughly(weighed, task, settings);
  const found = await minimum(weighed, { task, settings, start }, work);
  const { iterations, converged, failed } = found;
  if (failed !== undefined)
    fail("model/failed-fit", {
      at: "logistic",
      l2: settings.l2,
      iteration: iterations,
      reason: failed,
    });
  const importances = linearImportances(data.x, found.weights, weighed.weights);
  const shared = { iterations, converged, ...(importances === undefined ? {} : { importances }) };
  const [weights = new Float64Array(0)] = found.weights;
  if (task.kind !== "multiclass")
    return logisticPredictor({ weights, bias: found.biases[0] ?? 0, ...shared });
  const all = Float64Array.from(found.weights.flatMap((own) => [...own]));
  return logisticPredictor({ weights: all, bias: 0, biases: found.biases, ...shared, task });
}

interface Problem {
  readonly task: Task;
  readonly settings: Settings;
  readonly start?: Float64Array | undefined;
}

function minimum(
  data: Dataset,
  { task, settings, start }: Problem,
  work: LongWork,
): Promise<Minimum> {
  const { l1, l2 } = settings;
  const loss = logLossOf(data, task, data.weights);
  return minimise(
    { x: data.x, loss, l1, l2, ...(start === undefined ? {} : { start }) },
    settings,
    work,
  );
}

/** Of so many rows, one in sixteen tells well enough where to begin. */
const [manyRows, thinned] = [32_768, 16];

/** The answer for every sixteenth row, where there are many and each class is among them; else undefined. */
async function roughly(
  data: Dataset,
  task: Task,
  settings: Settings,
): Promise<Float64Array | undefined> {
  const classes = task.kind === "multiclass" ? task.classes.length : 2;
  if (data.x.rows < Math.max(manyRows, 20 * thinned * classes * data.x.cols)) return undefined;
  const few = everyNth(data, thinned);
  const counts = new Uint32Array(classes);
  for (const label of few.y) counts[label] = (counts[label] ?? 0) + 1;
  if (counts.some((count) => count < 8)) return undefined;
  const [l1, l2] = [settings.l1 / thinned, settings.l2 / thinned];
  const crude = { ...settings, l1, l2, tolerance: Math.max(1e-7, settings.tolerance) };
  const { theta, failed } = await minimum(few, { task, settings: crude }, {});
  return failed === undefined ? theta : undefined;
}

/**
 * The predictor of weights and biases; learning and loading both come through here.
 *
 * @param state - Weights, biases, and how learning ended.
 * @returns The predictor; its `predict` throws `model/mismatch-width`, `model/missing-value` and
 *   `model/out-of-range-value`.
 * @example
 * ```ts
 * const state = { weights: Float64Array.of(Math.log(3)), bias: 0, iterations: 5, converged: true };
 * logisticPredictor(state).predict(matrix([[0], [1]])) // => Float64Array.of(0.5, 0.75)
 * ```
 */
export function logisticPredictor(state: LogisticState): LogisticPredictor {
  const predict = state.biases === undefined ? twoClasses(state) : manyClasses(state, state.biases);
  return { kind: "logistic", ...state, predict };
}

function twoClasses(state: LogisticState): Predictor["predict"] {
  return (x) => linearMargins("logistic", x, state).map(sigmoid);
}

function manyClasses({ weights }: LogisticState, biases: Float64Array): Predictor["predict"] {
  const [k, d] = [biases.length, weights.length / biases.length];
  const p = new Float64Array(k);
  return (x) => {
    const margins = Array.from(biases, (bias, c) =>
      linearMargins("logistic", x, { weights: weights.subarray(c * d, (c + 1) * d), bias }),
    );
    const told = new Float64Array(x.rows * k);
    for (let i = 0; i < x.rows; i++) {
      softmaxOf(margins, i, p);
      told.set(p, i * k);
    }
    return told;
  };
}

/** The predictor of a stored state. @throws `model/corrupt-state` */
export function readLogistic(state: Fields): LogisticPredictor {
  const shared = {
    bias: state.number("bias"),
    iterations: state.number("iterations"),
    converged: state.boolean("converged"),
    ...readImportances(state),
  };
  const task = storedTask(state);
  if (task?.kind !== "multiclass")
    return logisticPredictor({ weights: state.array("weights", Float64Array), ...shared });
  const biases = state.array("biases", Float64Array, task.classes.length);
  const weights = state.array("weights", Float64Array);
  if (weights.length % biases.length !== 0)
    damaged("weights", `a multiple of ${biases.length} values`, `${weights.length}`);
  return logisticPredictor({ weights, biases, ...shared, task });
}
