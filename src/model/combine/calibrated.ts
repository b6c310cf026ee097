/** @file Calibration: probabilities of a classifier made to come true as often as they say. */
import { checkChoice, checkNames, type LongWork } from "../../core/index.ts";
import type { Dataset, Matrix, Predictor, Task, TaskKind } from "../../flow.ts";
import { softmax } from "../bayes/posterior.ts";
import { fail } from "../errors.ts";
import { type Estimator, estimator, taskOf } from "../estimator.ts";
import { damaged, type Fields, storedTask } from "../state-fields.ts";
import { checkClassifier, optionsOf } from "./bases.ts";
import {
  bend,
  type Curve,
  inverseTemperature,
  isotonicCurve,
  logit,
  readCurve,
  sigmoidCurve,
  type Told,
} from "./curves.ts";
import { checkDeal, type DealOptions, dealNames, outOfFold } from "./out-of-fold.ts";

/** How probabilities are bent. */
export type CalibrationMethod = "sigmoid" | "isotonic" | "temperature";

/** Options of {@link calibrate}. */
export interface CalibrateOptions {
  /**
   * "sigmoid" (Platt) for some hundred rows, "isotonic" for thousands, "temperature" to make sure or unsure what ranks
   * well. Default "sigmoid".
   */
  readonly method?: CalibrationMethod;
}

/** Options of {@link calibrated}. */
export interface CalibratedOptions extends CalibrateOptions, DealOptions {}

/** What calibration learned. */
export interface CalibratedState {
  readonly base: Predictor;
  readonly method: CalibrationMethod;
  /** One for two classes and for a temperature, else one for each class. */
  readonly curves: readonly Curve[];
  readonly task?: Task;
}

/** Predicts what a curve makes of the probabilities of another predictor. */
export interface CalibratedPredictor extends Predictor, CalibratedState {
  readonly kind: "calibrated";
}

const methods = ["sigmoid", "isotonic", "temperature"] as const;

/**
 * Learns from rows that the predictor has not learned from how its probabilities must be bent to come true: by a sigmoid
 * of their log-odds, by the rising line nearest to the labels, or by one temperature. Several classes are bent one
 * against the rest and made to sum to 1. O(n·log n).
 *
 * @param predictor - A classifier.
 * @param data - Labelled rows, held out.
 * @param options - See {@link CalibrateOptions}.
 * @returns A predictor that has the other one inside.
 * @throws `option/unknown-name`, `option/out-of-range`, `model/mismatch-task`, `model/missing-rows`, `model/missing-class`
 * @example
 * ```ts
 * const sure = majorityPredictor({ share: 0.99, width: 1 });
 * const x = matrix(Array.from({ length: 100 }, () => [0]));
 * const data = { x, y: Float64Array.from({ length: 100 }, (_, i) => i % 2), names: ["a"], source: "sha256:00" } as const;
 * calibrate(sure, data, { method: "isotonic" }).predict(matrix([[0]])) // => Float64Array.of(0.5)
 * ```
 * @see Platt, 1999; Zadrozny & Elkan, KDD 2002; Guo et al., ICML 2017. Peer: scikit-learn `CalibratedClassifierCV`
 *   around a `FrozenEstimator`; its sigmoid takes decision values where there are any, which are these log-odds.
 */
export function calibrate(
  predictor: Predictor,
  data: Dataset,
  options: CalibrateOptions = {},
): CalibratedPredictor {
  const { method = "sigmoid" } = options;
  checkNames("calibrate", options, ["method"]);
  checkChoice("calibrate", { method }, methods);
  checkSameTask(predictor, data);
  if (data.y.length === 0) fail("model/missing-rows", { at: "calibrate" });
  return fitted(predictor, data, { method, told: predictor.predict(data.x) });
}

function checkSameTask(predictor: Predictor, data: Dataset): void {
  const [expected, got] = [taskOf(predictor), taskOf(data)];
  if (expected.kind !== got.kind || got.kind === "regression")
    fail("model/mismatch-task", {
      at: "calibrate",
      expected: expected.kind === "regression" ? ["binary", "multiclass"] : [expected.kind],
      got: got.kind,
    });
}

/**
 * A classifier whose probabilities come true: it learns from all rows, and the curve from what it tells of each row when it
 * has learned from the other folds. O(folds + 1) learnings.
 *
 * @param base - A classifier.
 * @param options - See {@link CalibratedOptions}.
 * @returns An estimator of the tasks of the other one but numbers; it needs as many rows of each class as folds.
 * @throws `option/unknown-name`, `option/out-of-range`; on learning also `dataset/out-of-range-folds`
 * @example
 * ```ts
 * const x = matrix(Array.from({ length: 40 }, (_, i) => [i]));
 * const data = { x, y: Float64Array.from({ length: 40 }, (_, i) => Number(i >= 20)), names: ["a"], source: "sha256:00" } as const;
 * const [low = 1, high = 0] = (await calibrated(gaussianBayes()).learn(data)).predict(matrix([[0], [39]]));
 * low < 0.1 && high > 0.9 // => true
 * ```
 * @see Peer: scikit-learn `CalibratedClassifierCV(ensemble=False)`.
 */
export function calibrated<T extends TaskKind>(
  base: Estimator<Predictor, T>,
  options: CalibratedOptions = {},
): Estimator<CalibratedPredictor, Exclude<T, "regression">> {
  const { method = "sigmoid", ...rest } = options;
  checkNames("calibrated", options, ["method", ...dealNames]);
  checkChoice("calibrated", { method }, methods);
  const deal = checkDeal("calibrated", rest);
  return estimator({
    name: "calibrated",
    options: { estimator: optionsOf(base), method, ...deal },
    tasks: checkClassifier("calibrated", base),
    missing: true,
    oneClass: false,
    weights: true,
    learn: async (data, { signal, progress }: LongWork) => {
      const work = signal === undefined ? {} : { signal };
      const tell = progress === undefined ? {} : { progress };
      const told = await outOfFold(base, data, { ...deal, ...work, ...tell });
      return fitted(await base.learn(data, work), data, { method, told });
    },
  });
}

interface Fitting {
  readonly method: CalibrationMethod;
  /** What was told of the rows by a predictor that had not learned from them. */
  readonly told: Float64Array;
}

function fitted(base: Predictor, data: Dataset, { method, told }: Fitting): CalibratedPredictor {
  const { y } = data;
  const task = taskOf(data);
  const weights = data.weights ?? new Float64Array(y.length).fill(1);
  const label = y.find((_, i) => (weights[i] ?? 0) > 0) ?? 0;
  if (y.every((other, i) => other === label || weights[i] === 0))
    fail("model/missing-class", { at: "calibrate", rows: y.length, label });
  const kept = data.task === undefined ? {} : { task: data.task };
  if (method === "temperature") {
    const logits =
      task.kind === "binary"
        ? Float64Array.from([...told].flatMap((p) => [0, logit(p)]))
        : told.map(logOf);
    const curve = { slope: inverseTemperature(logits, y, weights), intercept: 0 };
    return calibratedPredictor({ base, method, curves: [curve], ...kept });
  }
  const curveOf = (told: Told): Curve =>
    method === "sigmoid" ? sigmoidCurve(told) : isotonicCurve(told);
  if (task.kind !== "multiclass")
    return calibratedPredictor({
      base,
      method,
      curves: [curveOf({ y, p: told, weights })],
      ...kept,
    });
  const k = task.classes.length;
  const curves = task.classes.map((_, c) =>
    curveOf({
      y: y.map((one) => Number(one === c)),
      p: y.map((_one, i) => told[i * k + c] ?? 0),
      weights,
    }),
  );
  return calibratedPredictor({ base, method, curves, ...kept });
}

const logOf = (p: number): number => Math.log(Math.max(p, 1e-15));

/**
 * The predictor of curves over another; learning and loading both come through here.
 *
 * @param state - The other predictor, and what bends its probabilities.
 * @returns The predictor; its `predict` throws what that of the other does.
 * @example
 * ```ts
 * const base = majorityPredictor({ share: 0.8, width: 1 });
 * const curves = [{ slope: 1, intercept: 0 }];
 * const [p = 0] = calibratedPredictor({ base, method: "sigmoid", curves }).predict(matrix([[1]]));
 * Math.abs(p - 0.8) < 1e-12 // => true
 * ```
 */
export function calibratedPredictor(state: CalibratedState): CalibratedPredictor {
  const { base, method, curves } = state;
  const [first] = curves;
  const task = taskOf(base);
  const k = task.kind === "multiclass" ? task.classes.length : 1;
  const cool = (told: Float64Array): Float64Array => {
    const slope = first?.slope ?? 1;
    for (let start = 0; start < told.length; start += k)
      told.set(softmax(told.subarray(start, start + k).map((p) => slope * logOf(p))), start);
    return told;
  };
  const predict = (x: Matrix): Float64Array => {
    const told = base.predict(x);
    if (k > 1 && method === "temperature") return cool(told.slice());
    const bent = told.map((p, at) =>
      curves[at % k] === undefined ? p : bend(curves[at % k] ?? { slope: 1, intercept: 0 }, p),
    );
    return k === 1 ? bent : shares(bent, k);
  };
  const { importances } = base;
  const known = importances === undefined ? {} : { importances };
  return { kind: "calibrated", ...state, ...known, predict };
}

/** Rows of k numbers, each divided by its sum; alike where all are 0. */
function shares(told: Float64Array, k: number): Float64Array {
  for (let start = 0; start < told.length; start += k) {
    const row = told.subarray(start, start + k);
    const sum = row.reduce((total, p) => total + p, 0);
    told.set(
      row.map((p) => (sum > 0 ? p / sum : 1 / k)),
      start,
    );
  }
  return told;
}

/** The predictor of a stored state. @throws `model/corrupt-state` */
export function readCalibrated(
  state: Fields,
  read: (state: Fields) => Predictor,
): CalibratedPredictor {
  const base = read(state.fields("base"));
  const got = state.text("method");
  const method =
    methods.find((one) => one === got) ?? damaged("method", `one of ${methods.join(", ")}`, got);
  const curves = state.list("curves").map(readCurve);
  const task = taskOf(base);
  const expected = task.kind === "multiclass" && method !== "temperature" ? task.classes.length : 1;
  if (curves.length !== expected) damaged("curves", `${expected}`, `${curves.length}`);
  const kept = storedTask(state);
  return calibratedPredictor({
    base,
    method,
    curves,
    ...(kept === undefined ? {} : { task: kept }),
  });
}
