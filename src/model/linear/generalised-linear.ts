/** @file Generalised linear models of counts and amounts: Poisson, gamma and Tweedie, with a logarithmic link. */
import { checkChoice, checkNames, checkNumber } from "../../core/index.ts";
import type { Dataset, Predictor, Task } from "../../flow.ts";
import { fail } from "../errors.ts";
import { type Estimator, estimator } from "../estimator.ts";
import { damaged, type Fields } from "../state-fields.ts";
import { readImportances } from "./least-squares.ts";
import { linearImportances, linearMargins } from "./linear-predictor.ts";
import { minimise } from "./minimise.ts";
import { type Family, familyLoss } from "./smooth-loss.ts";

/** Options of {@link generalisedLinear}. */
export interface GeneralisedLinearOptions {
  /** "poisson" for counts, "gamma" for amounts above 0, "tweedie" for amounts of which many are 0. Default "poisson". */
  readonly family?: Family;
  /** How the variance grows with the mean, above 1 to below 2: of tweedie only. Default 1.5. */
  readonly power?: number;
  /** Strength of the penalty on ½·‖w‖², ≥ 0. Default 1. */
  readonly alpha?: number;
  /** Most Newton steps, ≥ 1. Default 100. */
  readonly maxIterations?: number;
  /** Done when a step promises to lower the mean loss by less than this. Default 1e-12. */
  readonly tolerance?: number;
}

/** What `generalisedLinear` learned. */
export interface GeneralisedLinearState {
  readonly family: Family;
  /** Shape [d], in logarithms of the mean per unit of the feature. */
  readonly weights: Float64Array;
  readonly bias: number;
  readonly iterations: number;
  readonly converged: boolean;
  readonly importances?: Float64Array;
}

/** Predicts e^(w·x + b). */
export interface GeneralisedLinearPredictor extends Predictor, GeneralisedLinearState {
  readonly kind: "generalisedLinear";
}

/**
 * A generalised linear model with mean μ = e^(w·x + b): the w and b that minimise 1/(2·Σw)·Σ wᵢ·devianceᵢ +
 * α/2·‖w‖². The bias is not penalised. The deviance is that of a variance that grows as μ (Poisson), μ^p (Tweedie)
 * or μ² (gamma). Newton's method, as in `logistic`.
 *
 * @param options - See {@link GeneralisedLinearOptions}.
 * @returns An estimator of numbers, ≥ 0 (of gamma > 0); it weighs rows, and refuses missing values.
 * @throws `option/out-of-range`, `option/unknown-name`; on learning also `model/out-of-range-label` and
 *   `model/failed-fit`
 * @example
 * ```ts
 * const source = "sha256:00" as const;
 * const task = { kind: "regression" } as const;
 * const data = { x: matrix([[0], [0], [1], [1]]), y: Float64Array.of(1, 3, 4, 4), names: ["a"], source, task };
 * const counts = await generalisedLinear({ family: "poisson", alpha: 0 }).learn(data);
 * counts.predict(matrix([[0], [1]])).map((mean) => Math.round(mean * 1e6) / 1e6) // => Float64Array.of(2, 4)
 * ```
 * @see McCullagh & Nelder, Generalized Linear Models, 2nd edition, 1989. Peers: scikit-learn `PoissonRegressor`,
 *   `GammaRegressor`, `TweedieRegressor(link="log")`.
 */
export function generalisedLinear(
  options: GeneralisedLinearOptions = {},
): Estimator<GeneralisedLinearPredictor, "regression"> {
  const {
    family = "poisson",
    power = 1.5,
    alpha = 1,
    maxIterations = 100,
    tolerance = 1e-12,
  } = options;
  const at = "generalisedLinear";
  checkNames(at, options, ["family", "power", "alpha", "maxIterations", "tolerance"]);
  checkChoice(at, { family }, ["poisson", "gamma", "tweedie"]);
  checkNumber(at, { power }, { above: 1, below: 2 });
  checkNumber(at, { alpha }, { min: 0 });
  checkNumber(at, { maxIterations }, { min: 1, integer: true });
  checkNumber(at, { tolerance }, { above: 0 });
  const settings = { maxIterations, tolerance };
  const used = family === "poisson" ? 1 : family === "gamma" ? 2 : power;
  return estimator({
    name: "generalisedLinear",
    options: { family, power, alpha, maxIterations, tolerance },
    tasks: ["regression"],
    missing: false,
    oneClass: true,
    weights: true,
    learn: async (data, work) => {
      checkAmounts(data, family);
      const { x, weights: rows } = data;
      const loss = familyLoss(data, used, rows);
      const found = await minimise({ x, loss, l1: 0, l2: alpha * loss.weight }, settings, work);
      const { iterations, converged, failed } = found;
      if (failed !== undefined)
        fail("model/failed-fit", { at, l2: alpha, iteration: iterations, reason: failed });
      const [weights = new Float64Array(0)] = found.weights;
      const importances = linearImportances(x, [weights], rows);
      return generalisedLinearPredictor({
        ...{ family, weights, iterations, converged },
        bias: found.biases[0] ?? 0,
        ...(importances === undefined ? {} : { importances }),
      });
    },
  });
}

function checkAmounts({ y }: Dataset, family: Family): void {
  const fits = (value: number): boolean => (family === "gamma" ? value > 0 : value >= 0);
  const row = y.findIndex((value) => !fits(value));
  const at = "generalisedLinear";
  const expected = family === "gamma" ? "a number above 0" : "a number of at least 0";
  if (row >= 0) fail("model/out-of-range-label", { at, row, expected, got: y[row] ?? 0 });
  if (y.every((value) => value === 0))
    fail("model/out-of-range-label", { at, row: 0, expected: "some number above 0", got: 0 });
}

const task: Task = { kind: "regression" };

/**
 * The predictor of a state; learning and loading both come through here.
 *
 * @param state - Weights, bias, and how learning ended.
 * @returns The predictor; its `predict` throws `model/mismatch-width`, `model/missing-value` and
 *   `model/out-of-range-value`.
 */
export function generalisedLinearPredictor(
  state: GeneralisedLinearState,
): GeneralisedLinearPredictor {
  return {
    kind: "generalisedLinear",
    task,
    ...state,
    predict: (x) => linearMargins("generalisedLinear", x, state).map(Math.exp),
  };
}

/** The predictor of a stored state. @throws `model/corrupt-state` */
export function readGeneralisedLinear(state: Fields): GeneralisedLinearPredictor {
  const name = state.text("family");
  const family = (["poisson", "gamma", "tweedie"] as const).find((one) => one === name);
  return generalisedLinearPredictor({
    family: family ?? damaged("family", "poisson, gamma or tweedie", name),
    weights: state.array("weights", Float64Array),
    bias: state.number("bias"),
    iterations: state.number("iterations"),
    converged: state.boolean("converged"),
    ...readImportances(state),
  });
}
