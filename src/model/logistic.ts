/** @file Logistic regression with an L2 penalty, by Newton's method. */
import { setImmediate } from "node:timers/promises";
import { checkNames, checkNumber, isMillraceError, type LongWork } from "../core/index.ts";
import type { Dataset, Matrix, Predictor } from "../flow.ts";
import {
  dot,
  gram,
  sigmoid,
  solvePositive,
  times,
  transposeTimes,
  withOnes,
} from "../tensor/index.ts";
import { fail } from "./errors.ts";
import { checkWidth, type Estimator, estimator } from "./estimator.ts";
import type { Fields } from "./state-fields.ts";

/** Options of {@link logistic}. */
export interface LogisticOptions {
  /** Strength of the penalty on the weights, ≥ 0; scikit-learn's C is 1/l2. Default 1. */
  readonly l2?: number;
  /** Most Newton steps, ≥ 1. Default 100. */
  readonly maxIterations?: number;
  /** Done when a step promises to lower the mean loss by less than this, in nats. Default 1e-12. */
  readonly tolerance?: number;
}

/** What `logistic` learned. */
export interface LogisticState {
  /** Shape [d], in log-odds per unit of the feature. */
  readonly weights: Float64Array;
  /** In log-odds. */
  readonly bias: number;
  /** Newton steps taken. */
  readonly iterations: number;
  /** Whether the last step was below the tolerance. */
  readonly converged: boolean;
}

/** Predicts σ(w·x + b). */
export interface LogisticPredictor extends Predictor, LogisticState {
  readonly kind: "logistic";
}

/**
 * Logistic regression: the w and b that minimise Σ log(1 + e^−sᵢ·(w·xᵢ+b)) + l2/2·‖w‖², with s = ±1
 * for the label. The bias is not penalised. Newton's method (iteratively reweighted least squares)
 * with a line search, so the result does not hang on a learning rate; O(n·d² + d³) a step, and
 * five to ten steps as a rule. It reports on the predictor whether it converged.
 *
 * @param options - See {@link LogisticOptions}.
 * @returns An estimator; it refuses missing values, and labels that are all the same.
 * @throws `option/out-of-range`, `option/unknown-name`; on learning also `model/failed-fit`.
 * @example
 * ```ts
 * const source = "sha256:00" as const;
 * const x = matrix([[-1], [0], [1], [2]]);
 * const data = { x, y: Float64Array.of(0, 1, 0, 1), names: ["a"], source };
 * const predictor = await logistic({ l2: 0.1 }).learn(data);
 * predictor.converged // => true
 * predictor.predict(matrix([[0.5]])) // => Float64Array.of(0.5)
 * ```
 * @see Hastie, Tibshirani & Friedman, The Elements of Statistical Learning, 2nd edition, 4.4.1.
 *   Peer: scikit-learn `LogisticRegression(C=1/l2, solver="newton-cholesky")`.
 */
export function logistic(options: LogisticOptions = {}): Estimator<LogisticPredictor, "binary"> {
  const { l2 = 1, maxIterations = 100, tolerance = 1e-12 } = options;
  checkNames("logistic", options, ["l2", "maxIterations", "tolerance"]);
  checkNumber("logistic", { l2 }, { min: 0 });
  checkNumber("logistic", { maxIterations }, { min: 1, integer: true });
  checkNumber("logistic", { tolerance }, { above: 0 });
  const settings = { l2, maxIterations, tolerance };
  return estimator({
    name: "logistic",
    options: settings,
    tasks: ["binary"],
    missing: false,
    oneClass: false,
    learn: (data, work) => minimise(data, settings, work),
  });
}

/**
 * The predictor of weights and bias; learning and loading both come through here.
 *
 * @param state - Weights [d], bias, and how learning ended.
 * @returns The predictor; its `predict` throws `model/mismatch-width`, `model/missing-value` and
 *   `model/out-of-range-value`.
 * @example
 * ```ts
 * const state = { weights: Float64Array.of(Math.log(3)), bias: 0, iterations: 5, converged: true };
 * logisticPredictor(state).predict(matrix([[0], [1]])) // => Float64Array.of(0.5, 0.75)
 * ```
 */
export function logisticPredictor(state: LogisticState): LogisticPredictor {
  const { weights, bias, iterations, converged } = state;
  const predict: Predictor["predict"] = (x) => {
    checkWidth("logistic", x, weights.length);
    const margins = times(x, weights); // [n]
    checkMargins(x, margins);
    return margins.map((margin) => sigmoid(margin + bias));
  };
  return { kind: "logistic", weights, bias, iterations, converged, predict };
}

/** The predictor of a stored state. @throws `model/corrupt-state` */
export function readLogistic(state: Fields): LogisticPredictor {
  return logisticPredictor({
    weights: state.array("weights", Float64Array),
    bias: state.number("bias"),
    iterations: state.number("iterations"),
    converged: state.boolean("converged"),
  });
}

/** A missing or infinite feature leaves its trace in the margin, so one look per row is enough. */
function checkMargins(x: Matrix, margins: Float64Array): void {
  const row = margins.findIndex((margin) => !Number.isFinite(margin));
  if (row < 0) return;
  const values = x.data.subarray(row * x.cols, (row + 1) * x.cols);
  const column = values.findIndex((value) => !Number.isFinite(value));
  const [got = Number.NaN] = column < 0 ? margins.subarray(row) : values.subarray(column);
  const place = { at: "logistic", feature: column < 0 ? "w·x" : `feature ${column}`, row };
  if (Number.isNaN(got) && column >= 0) fail("model/missing-value", place);
  fail("model/out-of-range-value", { ...place, got });
}

type Settings = Required<LogisticOptions>;

/** A point θ = (w, b) of shape [d + 1], the loss there, and each row's probability. */
interface Point {
  readonly theta: Float64Array;
  readonly loss: number;
  readonly p: Float64Array;
}

async function minimise(
  { x, y }: Dataset,
  settings: Settings,
  { signal, progress }: LongWork,
): Promise<LogisticPredictor> {
  const { l2, maxIterations, tolerance } = settings;
  const x1 = withOnes(x); // [n, d + 1]
  const penalty = new Float64Array(x.cols + 1).fill(l2); // [d + 1], none on the bias
  penalty[x.cols] = 0;
  const problem = { x: x1, y, penalty };
  let point = evaluate(problem, new Float64Array(x.cols + 1));
  let [iterations, converged] = [0, false];
  while (iterations < maxIterations && !converged) {
    signal?.throwIfAborted();
    iterations += 1;
    const { step, decrement } = newtonStep(problem, point, { l2, iteration: iterations });
    converged = decrement <= 2 * tolerance * y.length;
    const next = converged
      ? moved(problem, point, step)
      : lineSearch(problem, point, { step, decrement });
    if (next === undefined) break; // rounding hides any descent
    point = next;
    // Below ln 2 in all, every row is on its side of the boundary: larger weights are always better.
    if (l2 === 0 && point.loss < Math.LN2)
      fail("model/failed-fit", { at: "logistic", l2, iteration: iterations });
    progress?.({ done: iterations });
    await setImmediate(); // others get a turn
  }
  const [weights, bias = 0] = [point.theta.slice(0, -1), point.theta.at(-1)];
  return logisticPredictor({ weights, bias, iterations, converged });
}

interface Problem {
  readonly x: Matrix;
  readonly y: Float64Array;
  readonly penalty: Float64Array;
}

function evaluate({ x, y, penalty }: Problem, theta: Float64Array): Point {
  const z = times(x, theta); // [n]
  const losses = z.map(
    (zi, i) => Math.log1p(Math.exp(-Math.abs(zi))) + Math.max(zi, 0) - zi * (y[i] ?? 0),
  );
  const penalised = theta.map((t, j) => t * (penalty[j] ?? 0));
  const loss = losses.reduce((sum, l) => sum + l, 0) + dot(penalised, theta) / 2;
  return { theta, loss, p: z.map(sigmoid) };
}

/** The step H⁻¹·g, and gᵀ·H⁻¹·g, twice the decrease that it promises. */
function newtonStep(
  { x, y, penalty }: Problem,
  { theta, p }: Point,
  { l2, iteration }: { readonly l2: number; readonly iteration: number },
): { step: Float64Array; decrement: number } {
  const residuals = p.map((pi, i) => pi - (y[i] ?? 0)); // [n]
  const gradient = transposeTimes(x, residuals).map(
    (g, j) => g + (penalty[j] ?? 0) * (theta[j] ?? 0),
  );
  const hessian = gram(
    x,
    p.map((pi) => pi * (1 - pi)),
  ); // [d + 1, d + 1]
  for (const [j, extra] of penalty.entries()) {
    const diagonal = j * (penalty.length + 1);
    hessian.data[diagonal] = (hessian.data[diagonal] ?? 0) + extra;
  }
  try {
    const step = solvePositive(hessian, gradient); // [d + 1]
    return { step, decrement: dot(gradient, step) };
  } catch (cause) {
    if (!isMillraceError(cause, "tensor/failed-factorisation")) throw cause;
    return fail("model/failed-fit", { at: "logistic", l2, iteration }, { cause });
  }
}

function moved(problem: Problem, { theta }: Point, step: Float64Array): Point {
  return evaluate(
    problem,
    theta.map((t, j) => t - (step[j] ?? 0)),
  );
}

/** Halves the step until the loss falls by a ten-thousandth of what it promises (Armijo). */
function lineSearch(
  problem: Problem,
  from: Point,
  { step, decrement }: { readonly step: Float64Array; readonly decrement: number },
): Point | undefined {
  for (let size = 1; size > 1e-10; size /= 2) {
    const to = moved(
      problem,
      from,
      step.map((s) => s * size),
    );
    if (to.loss <= from.loss - 1e-4 * size * decrement) return to;
  }
  return undefined;
}
