/** @file Ridge regression, and the choice of its penalty by generalised cross-validation. */
import { checkNames, checkNumber } from "../../core/index.ts";
import type { Predictor, Task } from "../../flow.ts";
import { dot, times } from "../../tensor/index.ts";
import { type Estimator, estimator } from "../estimator.ts";
import type { Fields } from "../state-fields.ts";
import { type Decomposition, decompose } from "./decompose.ts";
import { readImportances } from "./least-squares.ts";
import { linearImportances, linearMargins } from "./linear-predictor.ts";

/** Options of {@link ridge}. */
export interface RidgeOptions {
  /** Strength of the penalty, ≥ 0, or several, of which generalised cross-validation chooses. Default 1. */
  readonly alpha?: number | readonly number[];
}

/** What `ridge` learned. */
export interface RidgeState {
  /** Shape [d], in the unit of y per unit of the feature. */
  readonly weights: Float64Array;
  readonly bias: number;
  /** The penalty that was used. */
  readonly alpha: number;
  /** Effective number of parameters, the bias included: the trace of what makes ŷ of y. */
  readonly parameters: number;
  /** Generalised cross-validation n·Σ wᵢ·rᵢ² / (n − parameters)² of each penalty offered; NaN where it is undefined. */
  readonly scores: Float64Array;
  readonly importances?: Float64Array;
}

/** Predicts w·x + b. */
export interface RidgePredictor extends Predictor, RidgeState {
  readonly kind: "ridge";
}

/**
 * Ridge regression: the w and b that minimise Σ wᵢ·(yᵢ − w·xᵢ − b)² + α·‖w‖². The bias is not penalised. One
 * decomposition serves all penalties, so that a choice among a hundred costs no more than one;
 * O(n·d·min(n, d)). With α = 0 it is the shortest solution of least squares.
 *
 * @param options - See {@link RidgeOptions}.
 * @returns An estimator of numbers; it weighs rows, and refuses missing values.
 * @throws `option/out-of-range`, `option/unknown-name`
 * @example
 * ```ts
 * const source = "sha256:00" as const;
 * const task = { kind: "regression" } as const;
 * const x = matrix([[-1], [0], [1]]);
 * const data = { x, y: Float64Array.of(0, 2, 4), names: ["a"], source, task };
 * (await ridge({ alpha: 2 }).learn(data)).predict(matrix([[1]])) // => Float64Array.of(3)
 * ```
 * @see Hoerl & Kennard, Technometrics 12(1), 1970; Golub, Heath & Wahba, Technometrics 21(2), 1979. Peer:
 *   scikit-learn `Ridge`.
 */
export function ridge(options: RidgeOptions = {}): Estimator<RidgePredictor, "regression"> {
  const { alpha = 1 } = options;
  checkNames("ridge", options, ["alpha"]);
  const alphas = typeof alpha === "number" ? [alpha] : alpha;
  if (alphas.length === 0) checkNumber("ridge", { alpha: Number.NaN }, { min: 0 });
  for (const one of alphas) checkNumber("ridge", { alpha: one }, { min: 0 });
  return estimator({
    name: "ridge",
    options: { alpha },
    tasks: ["regression"],
    missing: false,
    oneClass: true,
    weights: true,
    learn: async (data) => {
      const found = await decompose(data, false);
      const tried = alphas.map((one) => ({ alpha: one, ...judge(found, one) }));
      const best = tried.reduce((a, b) => (Number.isNaN(a.score) || b.score < a.score ? b : a));
      const weights = weightsAt(found, best.alpha);
      const importances = linearImportances(data.x, [weights], data.weights);
      return ridgePredictor({
        weights,
        bias: found.meanY - dot(weights, found.means),
        alpha: best.alpha,
        parameters: best.parameters,
        scores: Float64Array.from(tried, ({ score }) => score),
        ...(importances === undefined ? {} : { importances }),
      });
    },
  });
}

/** How well a penalty does on rows that it has not seen, as far as one decomposition tells. */
function judge({ rows, s, along, rest }: Decomposition, alpha: number) {
  let [parameters, squares] = [1, rest];
  for (const [k, value] of s.entries()) {
    const kept = value ** 2 / (value ** 2 + alpha);
    parameters += kept;
    squares += ((1 - kept) * (along[k] ?? 0)) ** 2;
  }
  const free = rows - parameters;
  const score = free > 1e-9 * rows ? (rows * squares) / free ** 2 : Number.NaN;
  return { parameters, score };
}

/** V·diag(s/(s² + α))·Uᵀy. */
function weightsAt({ s, v, along }: Decomposition, alpha: number): Float64Array {
  return times(
    v,
    along.map((value, k) => (value * (s[k] ?? 0)) / ((s[k] ?? 0) ** 2 + alpha)),
  );
}

const task: Task = { kind: "regression" };

/**
 * The predictor of a state; learning and loading both come through here.
 *
 * @param state - Weights, bias, and how the penalty was chosen.
 * @returns The predictor; its `predict` throws `model/mismatch-width`, `model/missing-value` and
 *   `model/out-of-range-value`.
 */
export function ridgePredictor(state: RidgeState): RidgePredictor {
  return { kind: "ridge", task, ...state, predict: (x) => linearMargins("ridge", x, state) };
}

/** The predictor of a stored state. @throws `model/corrupt-state` */
export function readRidge(state: Fields): RidgePredictor {
  return ridgePredictor({
    weights: state.array("weights", Float64Array),
    bias: state.number("bias"),
    alpha: state.number("alpha"),
    parameters: state.number("parameters"),
    scores: state.array("scores", Float64Array),
    ...readImportances(state),
  });
}
