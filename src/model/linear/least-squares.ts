/** @file Ordinary and weighted least squares, with the statistics of its coefficients. */
import {
  checkNames,
  checkNumber,
  fisherTail,
  studentQuantile,
  studentTails,
} from "../../core/index.ts";
import type { Dataset, Matrix, Predictor, Task } from "../../flow.ts";
import { dot, times } from "../../tensor/index.ts";
import { fail } from "../errors.ts";
import { type Estimator, estimator } from "../estimator.ts";
import type { Fields } from "../state-fields.ts";
import { type Decomposition, decompose } from "./decompose.ts";
import { linearImportances, linearMargins } from "./linear-predictor.ts";

/** What `leastSquares` learned. */
export interface LeastSquaresState {
  readonly names: readonly string[];
  /** Shape [d], in the unit of y per unit of the feature. */
  readonly weights: Float64Array;
  readonly bias: number;
  /** Rows it learned from, n. */
  readonly rows: number;
  /** Σ wᵢ: n where rows are not weighted. */
  readonly weight: number;
  /** How many features say something of their own: below d where columns repeat, add up or are constant. */
  readonly rank: number;
  /** Degrees of freedom of the residuals, n − rank − 1. */
  readonly degrees: number;
  /** Residual standard deviation √(Σ wᵢ·rᵢ² / degrees), in the unit of y; NaN without degrees of freedom. */
  readonly sigma: number;
  /** Share of the variance that is explained, 0 to 1; NaN for a constant y. */
  readonly r2: number;
  /** Weighted means of the features, [d]. */
  readonly means: Float64Array;
  /** M, shape [d, rank] row by row, with (XᵀWX)⁺ = M·Mᵀ of the centred X. */
  readonly root: Float64Array;
  readonly importances?: Float64Array;
}

/** One coefficient and how sure it is. */
export interface Coefficient {
  /** The feature; "(bias)" for the bias, which comes last. */
  readonly name: string;
  readonly estimate: number;
  readonly standardError: number;
  /** estimate / standardError. */
  readonly t: number;
  /** Of the test that it is 0, two-sided, 0 to 1. */
  readonly p: number;
  /** Ends of the confidence interval. */
  readonly low: number;
  readonly high: number;
}

/** Predictions with an interval around each, [n] each. */
export interface Intervals {
  readonly value: Float64Array;
  readonly low: Float64Array;
  readonly high: Float64Array;
}

/** Predicts w·x + b. */
export interface LeastSquaresPredictor extends Predictor, LeastSquaresState {
  readonly kind: "leastSquares";
  /**
   * Estimates with standard errors, t, p and confidence intervals, in the order of the features, the bias last.
   * All but the estimate are NaN without degrees of freedom. Where the rank is below d they are those of the
   * shortest solution.
   *
   * @param level - Of confidence, above 0 and below 1. Default 0.95.
   */
  coefficients(level?: number): readonly Coefficient[];
  /**
   * Intervals for the mean of y at each row ("mean", a confidence interval) or for y of a new row of weight 1
   * ("row", a prediction interval, the default).
   */
  intervals(
    x: Matrix,
    options?: { readonly level?: number; readonly of?: "mean" | "row" },
  ): Intervals;
  /** The test that all weights are 0. */
  readonly test: () => { readonly f: number; readonly p: number };
}

/**
 * Least squares: the w and b that minimise Σ wᵢ·(yᵢ − w·xᵢ − b)². Columns that repeat or add up leave the minimum
 * open; then the w is taken that is shortest in units in which all columns are equally long, so that the answer does
 * not hang on units, and `rank` says so. By the QR factorisation of the rows and the singular
 * values of its triangle, so that no digits are lost to XᵀX; time O(n·d·min(n, d)), memory O(d·min(n, d)).
 *
 * @returns An estimator of numbers; it weighs rows, and refuses missing values.
 * @throws `option/unknown-name`
 * @example
 * ```ts
 * const source = "sha256:00" as const;
 * const task = { kind: "regression" } as const;
 * const x = matrix([[1], [2], [3], [4]]);
 * const data = { x, y: Float64Array.of(3, 5, 7, 9), names: ["a"], source, task };
 * const line = await leastSquares().learn(data);
 * [...line.weights, line.bias].map((v) => Math.round(v * 1e9) / 1e9) // => [2, 1]
 * line.coefficients().map(({ name }) => name) // => ["a", "(bias)"]
 * ```
 * @see Golub & Van Loan, Matrix Computations, 4th edition, 5.5. Peers: statsmodels `OLS` and `WLS`, scikit-learn
 *   `LinearRegression`.
 */
export function leastSquares(
  options: Readonly<Record<string, never>> = {},
): Estimator<LeastSquaresPredictor, "regression"> {
  checkNames("leastSquares", options, []);
  return estimator({
    name: "leastSquares",
    options: {},
    tasks: ["regression"],
    missing: false,
    oneClass: true,
    weights: true,
    learn: async (data) => {
      const found = await decompose(data, true);
      return leastSquaresPredictor(solved(data, found));
    },
  });
}

/** The solution w = M·Uᵀy with M = D⁻¹·V·S⁻¹, which is the shortest where columns have length 1. */
function solved(data: Dataset, found: Decomposition): LeastSquaresState {
  const { rows, weight, means, meanY, scale, s, v, along, total, rest } = found;
  const rank = v.cols;
  const divided = v.data.map((value, k) => {
    const length = scale[Math.floor(k / rank)] ?? 0;
    return length > 0 ? value / length / (s[k % rank] ?? 1) : 0;
  });
  const root = { ...v, data: divided }; // M, [d, r]
  const weights = times(root, along);
  const degrees = rows - rank - 1;
  const importances = linearImportances(data.x, [weights], data.weights);
  return {
    ...{
      names: data.names,
      weights,
      bias: meanY - dot(weights, means),
      rows,
      weight,
      rank,
      degrees,
    },
    sigma: degrees > 0 ? Math.sqrt(rest / degrees) : Number.NaN,
    r2: total > 0 ? 1 - rest / total : Number.NaN,
    ...{ means, root: root.data },
    ...(importances === undefined ? {} : { importances }),
  };
}

const task: Task = { kind: "regression" };

/**
 * The predictor of a state; learning and loading both come through here.
 *
 * @param state - Weights, bias, and what their statistics are made of.
 * @returns The predictor; its `predict` throws `model/mismatch-width`, `model/missing-value` and
 *   `model/out-of-range-value`, its `intervals` also `option/out-of-range` and `model/missing-degrees`.
 */
export function leastSquaresPredictor(state: LeastSquaresState): LeastSquaresPredictor {
  const at = "leastSquares";
  return {
    kind: "leastSquares",
    task,
    ...state,
    predict: (x) => linearMargins(at, x, state),
    coefficients: (level = 0.95) => coefficientsOf(state, level),
    intervals: (x, options = {}) => intervalsOf(state, x, options),
    test: () => {
      const { r2, rank, degrees } = state;
      const f = r2 / rank / ((1 - r2) / degrees);
      return { f, p: degrees > 0 && rank > 0 ? fisherTail(f, rank, degrees) : Number.NaN };
    },
  };
}

/** √(1/Σw + ‖Mᵀ·(x − x̄)‖²): the standard error of the mean at x, in units of sigma. */
function leverRoot({ means, root, rank, weight }: LeastSquaresState, x: Float64Array): number {
  let squares = 1 / weight;
  for (let k = 0; k < rank; k++) {
    let sum = 0;
    for (const [j, mean] of means.entries())
      sum += (root[j * rank + k] ?? 0) * ((x[j] ?? 0) - mean);
    squares += sum * sum;
  }
  return Math.sqrt(squares);
}

function coefficientsOf(state: LeastSquaresState, level: number): readonly Coefficient[] {
  checkNumber("coefficients", { level }, { above: 0, below: 1 });
  const { names, weights, bias, sigma, root, rank, degrees } = state;
  const width = degrees > 0 ? studentQuantile(1 - level, degrees) : Number.NaN;
  const one = (name: string, estimate: number, standardError: number): Coefficient => {
    const t = estimate / standardError;
    const p = degrees > 0 ? studentTails(t, degrees) : Number.NaN;
    const [low, high] = [estimate - width * standardError, estimate + width * standardError];
    return { name, estimate, standardError, t, p, low, high };
  };
  const ofFeatures = Array.from(weights, (weight, j) =>
    one(names[j] ?? "", weight, sigma * Math.hypot(...root.subarray(j * rank, (j + 1) * rank))),
  );
  const ofBias = sigma * leverRoot(state, new Float64Array(weights.length));
  return [...ofFeatures, one("(bias)", bias, ofBias)];
}

function intervalsOf(
  state: LeastSquaresState,
  x: Matrix,
  { level = 0.95, of = "row" }: { readonly level?: number; readonly of?: "mean" | "row" },
): Intervals {
  checkNumber("intervals", { level }, { above: 0, below: 1 });
  const { degrees, rows, rank, sigma } = state;
  if (degrees <= 0) fail("model/missing-degrees", { at: "intervals", rows, rank });
  const value = linearMargins("intervals", x, state); // [n]
  const width = studentQuantile(1 - level, degrees) * sigma;
  const half = value.map((_, i) => {
    const lever = leverRoot(state, x.data.subarray(i * x.cols, (i + 1) * x.cols));
    return width * (of === "mean" ? lever : Math.hypot(1, lever));
  });
  return {
    value,
    low: value.map((v, i) => v - (half[i] ?? 0)),
    high: value.map((v, i) => v + (half[i] ?? 0)),
  };
}

/** The predictor of a stored state. @throws `model/corrupt-state` */
export function readLeastSquares(state: Fields): LeastSquaresPredictor {
  const weights = state.array("weights", Float64Array);
  const rank = state.number("rank");
  return leastSquaresPredictor({
    names: state.texts("names"),
    weights,
    rank,
    bias: state.number("bias"),
    rows: state.number("rows"),
    weight: state.number("weight"),
    degrees: state.number("degrees"),
    sigma: state.has("sigma") ? state.number("sigma") : Number.NaN,
    r2: state.has("r2") ? state.number("r2") : Number.NaN,
    means: state.array("means", Float64Array, weights.length),
    root: state.array("root", Float64Array, weights.length * rank),
    ...readImportances(state),
  });
}

/** Importances, where they were stored. */
export function readImportances(state: Fields): { readonly importances?: Float64Array } {
  return state.has("importances") ? { importances: state.array("importances", Float64Array) } : {};
}
