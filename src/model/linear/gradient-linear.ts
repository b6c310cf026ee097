/** @file Linear models by gradient descent: any of six losses, any of six optimisers, a batch of rows at a time. */
import { checkChoice, checkNames, checkNumber, type LongWork } from "../../core/index.ts";
import type { Dataset, Json, Predictor, Task } from "../../flow.ts";
import {
  type DescentProblem,
  descend,
  type EarlyStoppingOptions,
  earlyStopping,
  loss as lossOf,
  type OptimiserOptions,
  optimiser as optimiserOf,
  sigmoid,
} from "../../tensor/index.ts";
import { datasetRows } from "../dataset-rows.ts";
import { fail } from "../errors.ts";
import { type Estimator, estimator, taskOf } from "../estimator.ts";
import { type Fields, storedTask } from "../state-fields.ts";
import { readImportances } from "./least-squares.ts";
import { linearImportances, linearMargins } from "./linear-predictor.ts";
import { scaled, scalingOf, unscaled } from "./scaling.ts";

/** Options of {@link gradientLinear}. */
export interface GradientLinearOptions {
  /** Of numbers: "squared", "absolute" or "huber". Classes always take the log loss. Default "squared". */
  readonly loss?: "squared" | "absolute" | "huber";
  /** Where huber turns, above 0, in the unit of y. Default 1. */
  readonly delta?: number;
  /** Default adam with learning rate 0.01. */
  readonly optimiser?: OptimiserOptions;
  /** Penalty on ½·‖w‖² beside the mean loss, ≥ 0. Default 0. */
  readonly l2?: number;
  /** Most epochs, ≥ 1. Default 100. */
  readonly epochs?: number;
  /** Rows of a batch, ≥ 1. Default 32. */
  readonly batchRows?: number;
  /** Where the order of rows starts. Default 0. */
  readonly seed?: number;
  /** Longest gradient, > 0. Default: any. */
  readonly clipNorm?: number;
  /** Every so many rows one is kept for validation, ≥ 2; 0 keeps none. Default 0. */
  readonly validateEvery?: number;
  /** Rule of stopping early. Default: all epochs are done. */
  readonly stopping?: EarlyStoppingOptions;
}

/** What `gradientLinear` learned. */
export interface GradientLinearState {
  /** Shape [d], in the unit of y (or log-odds) per unit of the feature. */
  readonly weights: Float64Array;
  readonly bias: number;
  readonly task: Task;
  /** The epoch whose weights these are. */
  readonly epoch: number;
  /** Mean loss of each epoch, and of the validation rows where there are any. */
  readonly losses: Float64Array;
  readonly validationLosses: Float64Array;
  readonly ended: "finished" | "early";
  readonly importances?: Float64Array;
}

/** Predicts w·x + b, or σ of it. */
export interface GradientLinearPredictor extends Predictor, GradientLinearState {
  readonly kind: "gradientLinear";
  readonly task: Task;
}

/**
 * A linear model of numbers or of two classes by gradient descent on the mean loss + l2/2·‖w‖². The bias is not
 * penalised. Features and, of numbers, y are brought to mean 0 and deviation 1 while learning, so that one learning
 * rate fits all units. Where `leastSquares`, `ridge` and `logistic` have an answer they are faster and exact; this
 * is for other losses, and for seeing how training goes. O(n·d) an epoch.
 *
 * @param options - See {@link GradientLinearOptions}.
 * @returns An estimator of two classes and of numbers; it weighs rows, and refuses missing values.
 * @throws `option/out-of-range`, `option/unknown-name`; on learning also `model/failed-descent` when it diverges
 * @example
 * ```ts
 * const source = "sha256:00" as const;
 * const task = { kind: "regression" } as const;
 * const data = { x: matrix([[0], [1], [2], [3]]), y: Float64Array.of(1, 3, 5, 7), names: ["a"], source, task };
 * const line = await gradientLinear({ optimiser: { kind: "sgd", learningRate: 0.1 }, epochs: 300 }).learn(data);
 * [line.weights[0] ?? 0, line.bias].map((v) => v.toFixed(3)) // => ["2.000", "1.000"]
 * ```
 * @see Bottou, Curtis & Nocedal, SIAM Review 60(2), 2018. Peers: scikit-learn `SGDRegressor`, `SGDClassifier`.
 */
export function gradientLinear(
  options: GradientLinearOptions = {},
): Estimator<GradientLinearPredictor, "binary" | "regression"> {
  const settings = checkedSettings(options);
  const { stopping, clipNorm, optimiser, ...plain } = settings;
  const said: Record<string, Json> = { ...plain, optimiser: { ...optimiserOf(optimiser).options } };
  if (clipNorm !== undefined) said["clipNorm"] = clipNorm;
  if (stopping !== undefined) said["stopping"] = { ...stopping };
  return estimator({
    name: "gradientLinear",
    options: said,
    tasks: ["binary", "regression"],
    missing: false,
    oneClass: false,
    weights: true,
    learn: (data, work) => learn(data, settings, work),
  });
}

type Settings = ReturnType<typeof checkedSettings>;

function checkedSettings(options: GradientLinearOptions) {
  const { loss = "squared", delta = 1, l2 = 0, epochs = 100, batchRows = 32, seed = 0 } = options;
  const {
    optimiser = { kind: "adam", learningRate: 0.01 },
    clipNorm,
    validateEvery = 0,
    stopping,
  } = options;
  const at = "gradientLinear";
  checkNames(at, options, [
    "loss",
    "delta",
    "optimiser",
    "l2",
    "epochs",
    "batchRows",
    "seed",
    "clipNorm",
    "validateEvery",
    "stopping",
  ]);
  checkChoice(at, { loss }, ["squared", "absolute", "huber"]);
  checkNumber(at, { delta }, { above: 0 });
  checkNumber(at, { l2 }, { min: 0 });
  checkNumber(at, { epochs }, { min: 1, integer: true });
  checkNumber(at, { batchRows }, { min: 1, integer: true });
  checkNumber(at, { seed });
  if (clipNorm !== undefined) checkNumber(at, { clipNorm }, { above: 0 });
  if (validateEvery !== 0) checkNumber(at, { validateEvery }, { min: 2, integer: true });
  optimiserOf(optimiser);
  if (stopping !== undefined) earlyStopping(stopping);
  return { loss, delta, optimiser, l2, epochs, batchRows, seed, clipNorm, validateEvery, stopping };
}

async function learn(
  data: Dataset,
  settings: Settings,
  work: LongWork,
): Promise<GradientLinearPredictor> {
  const task = taskOf(data);
  const scaling = scalingOf(data, settings.loss !== "squared");
  const { train, test } = sides(scaled(data, scaling), settings.validateEvery);
  const problem = problemOf(train, test, {
    ...settings,
    delta: settings.delta / scaling.deviationY,
  });
  const { clipNorm, stopping, epochs, batchRows, seed } = settings;
  const done = await descend(
    problem,
    {
      ...{ optimiser: optimiserOf(settings.optimiser), epochs, batchRows, seed },
      ...(clipNorm === undefined ? {} : { clip: { norm: clipNorm } }),
      ...(stopping === undefined ? {} : { stopping: earlyStopping(stopping) }),
    },
    work,
  );
  if (done.ended === "diverged")
    fail("model/failed-descent", {
      at: "gradientLinear",
      epoch: done.history.length + 1,
      optimiser: settings.optimiser.kind,
    });
  const line = unscaled(done.parameters, scaling);
  const importances = linearImportances(data.x, [line.weights], data.weights);
  const told = (name: string): Float64Array =>
    Float64Array.from(done.history.flatMap(({ metrics }) => metrics[name] ?? []));
  return gradientLinearPredictor({
    ...{ ...line, task, epoch: done.epoch, ended: done.ended === "early" ? "early" : "finished" },
    losses: told("loss"),
    validationLosses: told("validationLoss"),
    ...(importances === undefined ? {} : { importances }),
  });
}

function sides(data: Dataset, every: number): { readonly train: Dataset; readonly test?: Dataset } {
  const all = Array.from({ length: data.x.rows }, (_, i) => i);
  const isKept = (i: number): boolean => every > 0 && (i + 1) % every === 0;
  const kept = all.filter(isKept);
  if (kept.length === 0) return { train: data };
  return {
    train: datasetRows(
      data,
      all.filter((i) => !isKept(i)),
    ),
    test: datasetRows(data, kept),
  };
}

/** Mean loss over rows and its gradient by (w, b), [d + 1]. */
export function problemOf(
  train: Dataset,
  test: Dataset | undefined,
  { loss, delta, l2 }: Pick<Settings, "loss" | "delta" | "l2">,
): DescentProblem {
  const kind = taskOf(train).kind === "binary" ? "binary" : loss;
  const { of } = lossOf(kind === "huber" ? { kind, delta } : { kind });
  const { x, y, weights } = train;
  const d = x.cols;
  const average = weights === undefined ? 1 : weights.reduce((sum, w) => sum + w, 0) / x.rows;
  const slope: DescentProblem["slope"] = (theta, rows) => {
    const batch = datasetRows(train, Array.from(rows));
    const outputs = { rows: rows.length, cols: 1, data: marginsOf(batch, theta) };
    const own = of(outputs, batch.y, batch.weights);
    // The loss divides by the batch's weight; dividing by the average weight keeps every row's say.
    const heaviness =
      batch.weights === undefined
        ? 1
        : batch.weights.reduce((sum, w) => sum + w, 0) / rows.length / average;
    const gradient = new Float64Array(d + 1);
    let value = own.loss * heaviness;
    for (const [i, g] of own.gradient.data.entries()) {
      for (let j = 0; j < d; j++)
        gradient[j] = (gradient[j] ?? 0) + g * heaviness * (batch.x.data[i * d + j] ?? 0);
      gradient[d] = (gradient[d] ?? 0) + g * heaviness;
    }
    for (let j = 0; j < d; j++) {
      const w = theta[j] ?? 0;
      value += (l2 / 2) * w * w;
      gradient[j] = (gradient[j] ?? 0) + l2 * w;
    }
    return { loss: value, gradient };
  };
  const start = new Float64Array(d + 1);
  if (test === undefined) return { start, rows: y.length, slope };
  const measure = (theta: Float64Array) => {
    const outputs = { rows: test.x.rows, cols: 1, data: marginsOf(test, theta) };
    return { validationLoss: of(outputs, test.y, test.weights).loss };
  };
  return { start, rows: y.length, slope, measure };
}

function marginsOf({ x }: Dataset, theta: Float64Array): Float64Array {
  return linearMargins("gradientLinear", x, {
    weights: theta.subarray(0, x.cols),
    bias: theta[x.cols] ?? 0,
  });
}

/**
 * The predictor of a state; learning and loading both come through here.
 *
 * @param state - Weights, bias, and how training went.
 * @returns The predictor; its `predict` throws `model/mismatch-width`, `model/missing-value` and
 *   `model/out-of-range-value`.
 */
export function gradientLinearPredictor(state: GradientLinearState): GradientLinearPredictor {
  const predict: Predictor["predict"] = (x) => {
    const margins = linearMargins("gradientLinear", x, state);
    return state.task.kind === "binary" ? margins.map(sigmoid) : margins;
  };
  return { kind: "gradientLinear", ...state, predict };
}

/** The predictor of a stored state. @throws `model/corrupt-state` */
export function readGradientLinear(state: Fields): GradientLinearPredictor {
  return gradientLinearPredictor({
    weights: state.array("weights", Float64Array),
    bias: state.number("bias"),
    task: storedTask(state) ?? { kind: "binary" },
    epoch: state.number("epoch"),
    losses: state.array("losses", Float64Array),
    validationLosses: state.array("validationLosses", Float64Array),
    ended: state.text("ended") === "early" ? "early" : "finished",
    ...readImportances(state),
  });
}
