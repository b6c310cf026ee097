/** @file The linear support vector machine, by descent along one dual coordinate at a time. */
import { setImmediate } from "node:timers/promises";
import { checkChoice, checkNames, checkNumber, type LongWork, random } from "../../core/index.ts";
import type { Dataset, Matrix, Predictor } from "../../flow.ts";
import { sigmoid } from "../../tensor/index.ts";
import { checkNumbers } from "../check-numbers.ts";
import { type SigmoidCurve, sigmoidCurve } from "../combine/curves.ts";
import { outOfFold } from "../combine/out-of-fold.ts";
import { checkWidth, type Estimator, estimator } from "../estimator.ts";
import type { Fields } from "../state-fields.ts";

/** Options of {@link linearSvm}; scikit-learn's word for each in brackets. */
export interface LinearSvmOptions {
  /** What a row on the wrong side costs, against ½‖w‖², above 0 [C]. Default 1. */
  readonly cost?: number;
  /** Whether that cost grows with the distance or its square [loss]. Default "squaredHinge". */
  readonly loss?: "hinge" | "squaredHinge";
  /** Folds that the probabilities are learned from, ≥ 2. Default 5. */
  readonly folds?: number;
  /** Done when no dual coordinate would move the gradient by more, above 0 [tol]. Default 1e-6. */
  readonly tolerance?: number;
  /** Most passes over the rows, ≥ 1 [max_iter]. Default 1000. */
  readonly maxIterations?: number;
  /** Orders the rows of each pass, and deals the folds. Default 0. */
  readonly seed?: number;
}

/** What `linearSvm` learned. */
export interface LinearSvmState {
  /** Shape [d], in margins per unit of the feature. */
  readonly weights: Float64Array;
  readonly bias: number;
  /** Of the sigmoid that makes probabilities of margins; above 0, so that the larger margin is the likelier. */
  readonly slope: number;
  readonly intercept: number;
  /** Passes over the rows. */
  readonly iterations: number;
  /** Whether the last pass was below the tolerance. */
  readonly converged: boolean;
}

/** Predicts σ(slope · (w·x + b) + intercept); true where the margin w·x + b is not below 0. */
export interface LinearSvmPredictor extends Predictor, LinearSvmState {
  readonly kind: "linearSvm";
  readonly threshold: number;
}

/**
 * The linear support vector machine: the w and b that minimise ½(‖w‖² + b²) + C·Σ max(0, 1 − sᵢ·(w·xᵢ+b))², or the same
 * without the square, with s = ±1 for the label. A margin is no probability: Platt's sigmoid over margins out of fold
 * makes one of it, and the threshold is where the margin is 0. Features must be of one scale (`standardize`). O(n·d) a
 * pass, of which there are more the larger C is.
 *
 * @param options - See {@link LinearSvmOptions}.
 * @returns An estimator of two classes (`oneVsRest` makes it one of more); it takes weights, refuses missing values, and
 *   needs as many rows of each class as folds.
 * @throws `option/out-of-range`, `option/unknown-name`; on learning also `dataset/out-of-range-folds`
 * @example
 * ```ts
 * const x = matrix(Array.from({ length: 20 }, (_, i) => [i / 10 - 1]));
 * const data = { x, y: Float64Array.from({ length: 20 }, (_, i) => Number(i >= 10)), names: ["a"], source: "sha256:00" } as const;
 * const [low = 1, high = 0] = (await linearSvm().learn(data)).predict(matrix([[-1], [1]]));
 * low < 0.2 && high > 0.8 // => true
 * ```
 * @see Hsieh et al., ICML 2008. Peer: scikit-learn `LinearSVC(dual=True)`, whose bias is penalised too; Platt, 1999.
 */
export function linearSvm(options: LinearSvmOptions = {}): Estimator<LinearSvmPredictor, "binary"> {
  const { cost = 1, loss = "squaredHinge", folds = 5 } = options;
  const { tolerance = 1e-6, maxIterations = 1000, seed = 0 } = options;
  const settings = { cost, loss, folds, tolerance, maxIterations, seed };
  checkNames("linearSvm", options, Object.keys(settings));
  checkNumber("linearSvm", { cost }, { above: 0 });
  checkChoice("linearSvm", { loss }, ["hinge", "squaredHinge"]);
  checkNumber("linearSvm", { folds }, { min: 2, integer: true });
  checkNumber("linearSvm", { tolerance }, { above: 0 });
  checkNumber("linearSvm", { maxIterations }, { min: 1, integer: true });
  checkNumber("linearSvm", { seed });
  const margins = async (data: Dataset, work: LongWork = {}) =>
    linearSvmPredictor({ ...(await descend(data, settings, work)), slope: 1, intercept: 0 });
  return estimator({
    name: "linearSvm",
    options: settings,
    tasks: ["binary"],
    missing: false,
    oneClass: false,
    weights: true,
    learn: async (data, work) => {
      const stop = work.signal === undefined ? {} : { signal: work.signal };
      const told = await outOfFold({ learn: margins }, data, { folds, seed, ...stop });
      const weights = data.weights ?? new Float64Array(data.y.length).fill(1);
      const curve = rising(sigmoidCurve({ y: data.y, p: told, weights }), data.y, weights);
      return linearSvmPredictor({ ...(await descend(data, settings, work)), ...curve });
    },
  });
}

/** Platt's slope at the least, where margins out of fold tell less than nothing of the labels. */
const leastSlope = 1e-6;

/** The curve, or what is nearest to it among those that rise with the margin: the shares of the classes, all but flat. */
function rising(curve: SigmoidCurve, y: Float64Array, weights: Float64Array): SigmoidCurve {
  if (curve.slope >= leastSlope) return curve;
  let [no, yes] = [1, 1];
  for (const [i, label] of y.entries())
    if (label === 1) yes += weights[i] ?? 0;
    else no += weights[i] ?? 0;
  return { slope: leastSlope, intercept: Math.log(yes / no) };
}

type Settings = Required<LinearSvmOptions>;
type Descended = Omit<LinearSvmState, "slope" | "intercept">;

/** Where the descent is: a dual coordinate for each row, and the w and b that they make. */
interface Descent {
  readonly data: Dataset;
  readonly alpha: Float64Array;
  /** Weights and bias, [d + 1]. */
  readonly theta: Float64Array;
  /** ‖(x, 1)‖² of each row, [n]. */
  readonly lengths: Float64Array;
  /** C of each row, [n]. */
  readonly costs: Float64Array;
  readonly squared: boolean;
}

async function descend(data: Dataset, settings: Settings, work: LongWork): Promise<Descended> {
  const { x, y, weights } = data;
  const { cost, loss, tolerance, maxIterations, seed } = settings;
  const descent: Descent = {
    data,
    alpha: new Float64Array(y.length),
    theta: new Float64Array(x.cols + 1),
    lengths: Float64Array.from(y, (_, i) =>
      x.data.subarray(i * x.cols, (i + 1) * x.cols).reduce((sum, value) => sum + value * value, 1),
    ),
    costs: Float64Array.from(y, (_, i) => cost * (weights?.[i] ?? 1)),
    squared: loss === "squaredHinge",
  };
  const draws = random(seed).stream("svm");
  let [iterations, converged] = [0, false];
  while (iterations < maxIterations && !converged) {
    work.signal?.throwIfAborted();
    let most = 0;
    for (const i of draws.shuffled(y.length)) most = Math.max(most, stepAlong(descent, i));
    iterations += 1;
    converged = most < tolerance;
    work.progress?.({ done: iterations });
    if (iterations % 16 === 0) await setImmediate(); // others get a turn
  }
  const { theta } = descent;
  return { weights: theta.slice(0, -1), bias: theta.at(-1) ?? 0, iterations, converged };
}

/** Moves one dual coordinate to where it is best, and gives how far its gradient was off. */
function stepAlong({ data, alpha, theta, lengths, costs, squared }: Descent, i: number): number {
  const { x, y } = data;
  const [from, sign, cost = 1] = [i * x.cols, y[i] === 1 ? 1 : -1, costs[i]];
  const [old = 0, extra] = [alpha[i], squared ? 1 / (2 * cost) : 0];
  const highest = squared ? Infinity : cost;
  const gradient = sign * marginAt(x, from, theta) - 1 + extra * old;
  const off =
    old === 0 ? Math.min(gradient, 0) : old === highest ? Math.max(gradient, 0) : gradient;
  if (off === 0) return 0;
  const next = Math.min(Math.max(old - gradient / ((lengths[i] ?? 1) + extra), 0), highest);
  alpha[i] = next;
  const move = (next - old) * sign;
  for (let j = 0; j < x.cols; j++) theta[j] = (theta[j] ?? 0) + move * (x.data[from + j] ?? 0);
  theta[x.cols] = (theta[x.cols] ?? 0) + move;
  return Math.abs(off);
}

/** w·x + b of the row that begins at a place. */
function marginAt(x: Matrix, from: number, theta: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < x.cols; j++) sum += (x.data[from + j] ?? 0) * (theta[j] ?? 0);
  return sum + (theta[x.cols] ?? 0);
}

/**
 * The predictor of weights and a sigmoid; learning and loading both come through here.
 *
 * @param state - Weights, bias, and what makes probabilities of margins.
 * @returns The predictor; its `predict` throws `model/mismatch-width`, `model/missing-value`, `model/out-of-range-value`
 * @example
 * ```ts
 * const state = { weights: Float64Array.of(1), bias: -2, slope: Math.log(3), intercept: 0, iterations: 1, converged: true };
 * const predictor = linearSvmPredictor(state);
 * predictor.predict(matrix([[2], [3]])) // => Float64Array.of(0.5, 0.75)
 * predictor.threshold // => 0.5
 * ```
 */
export function linearSvmPredictor(state: LinearSvmState): LinearSvmPredictor {
  const { weights, bias, slope, intercept } = state;
  const theta = new Float64Array(weights.length + 1).fill(bias);
  theta.set(weights);
  const predict = (x: Matrix): Float64Array => {
    checkWidth("linearSvm", x, weights.length);
    checkNumbers("linearSvm", x);
    return Float64Array.from({ length: x.rows }, (_, i) =>
      sigmoid(slope * marginAt(x, i * x.cols, theta) + intercept),
    );
  };
  return { kind: "linearSvm", ...state, threshold: sigmoid(intercept), predict };
}

/** The predictor of a stored state. @throws `model/corrupt-state` */
export function readLinearSvm(state: Fields): LinearSvmPredictor {
  return linearSvmPredictor({
    weights: state.array("weights", Float64Array),
    bias: state.number("bias"),
    slope: state.number("slope"),
    intercept: state.number("intercept"),
    iterations: state.number("iterations"),
    converged: state.boolean("converged"),
  });
}
