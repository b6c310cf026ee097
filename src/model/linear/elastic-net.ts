/** @file Lasso and elastic net: one penalty, a path of them, or the one that cross-validation chooses. */
import { setImmediate } from "node:timers/promises";
import { checkNames, checkNumber, type LongWork } from "../../core/index.ts";
import { folds as dealFolds } from "../../dataset/index.ts";
import type { Dataset, Predictor, Task } from "../../flow.ts";
import { dot, times } from "../../tensor/index.ts";
import { datasetRows } from "../dataset-rows.ts";
import { fail } from "../errors.ts";
import { type Estimator, estimator } from "../estimator.ts";
import type { Fields } from "../state-fields.ts";
import {
  coordinateDescent,
  type Descended,
  type Quadratic,
  quadraticOf,
  rowQuadratic,
} from "./coordinate-descent.ts";
import { readImportances } from "./least-squares.ts";
import { linearImportances, linearMargins } from "./linear-predictor.ts";
import { addMoments, type Covariances, covariancesOf, type Moments, momentsOf } from "./moments.ts";

/** Options of {@link elasticNet}. */
export interface ElasticNetOptions {
  /**
   * Strength of the penalty, > 0; several; or "cv": 100 of them, from the least that leaves no feature down to a
   * thousandth. Of several, cross-validation chooses. Default 1.
   */
  readonly alpha?: number | readonly number[] | "cv";
  /** Share of ‖w‖₁ in the penalty, above 0 to 1; 1 is the lasso. Default 0.5. */
  readonly l1Ratio?: number;
  /** Folds of cross-validation, ≥ 2. Default 5. */
  readonly folds?: number;
  /** Whether rows are dealt to folds by chance; otherwise in runs, as they come. Default true. */
  readonly shuffle?: boolean;
  /** Where the chance of the folds starts. Default 0. */
  readonly seed?: number;
  /** Done when the duality gap is below this share of the variance of y. Default 1e-9. */
  readonly tolerance?: number;
  /** Most sweeps over all features, ≥ 1. Default 10,000. */
  readonly maxIterations?: number;
}

/** What `elasticNet` learned. */
export interface ElasticNetState {
  /** Shape [d], in the unit of y per unit of the feature; exactly 0 for features that are left out. */
  readonly weights: Float64Array;
  readonly bias: number;
  /** The penalty that was used. */
  readonly alpha: number;
  /** How far the minimised value is from the minimum at most, in the unit of y². */
  readonly gap: number;
  readonly iterations: number;
  readonly converged: boolean;
  /** The penalties that were tried, falling; empty where there was no choice, as are the next two. */
  readonly alphas: Float64Array;
  /** The weights of each, learned from all rows: shape [alphas, d], row by row. */
  readonly path: Float64Array;
  /** The mean squared error of each on rows not learned from. */
  readonly errors: Float64Array;
  readonly importances?: Float64Array;
}

/** Predicts w·x + b. */
export interface ElasticNetPredictor extends Predictor, ElasticNetState {
  readonly kind: "elasticNet";
}

/**
 * The elastic net: the w and b that minimise 1/(2·Σw)·Σ wᵢ·(yᵢ − w·xᵢ − b)² + α·ρ·‖w‖₁ + α·(1 − ρ)/2·‖w‖², with ρ
 * the l1Ratio. The bias is not penalised; features should be of like size. Coordinate descent on the covariances,
 * which one pass over the rows gives (O(n·d²), and for cross-validation another for each fold); past 2,000
 * features on the rows. Several penalties are a path, each begun where the one before ended.
 *
 * @param options - See {@link ElasticNetOptions}.
 * @returns An estimator of numbers; it weighs rows, and refuses missing values.
 * @throws `option/out-of-range`, `option/unknown-name`; on learning also `model/missing-choice` where one row cannot choose
 * @example
 * ```ts
 * const source = "sha256:00" as const;
 * const task = { kind: "regression" } as const;
 * const x = matrix([[1, 1], [1, -1], [-1, 1], [-1, -1]]);
 * const data = { x, y: Float64Array.of(4, 4, 0, 0), names: ["a", "b"], source, task };
 * const { weights, bias } = await elasticNet({ alpha: 0.5, l1Ratio: 1 }).learn(data);
 * [...weights, bias] // => [1.5, 0, 2]
 * ```
 * @see Zou & Hastie, J. Royal Statistical Society B 67(2), 2005. Peers: scikit-learn `ElasticNet`, `ElasticNetCV`.
 */
export function elasticNet(
  options: ElasticNetOptions = {},
): Estimator<ElasticNetPredictor, "regression"> {
  const { l1Ratio = 0.5 } = options;
  return penalised("elasticNet", { ...options, l1Ratio });
}

/**
 * The lasso: {@link elasticNet} with l1Ratio 1, which leaves features out.
 *
 * @param options - See {@link ElasticNetOptions}; l1Ratio is 1, and another is refused.
 * @returns An estimator of numbers; it weighs rows, and refuses missing values.
 * @throws `option/out-of-range`, `option/unknown-name`
 * @example
 * ```ts
 * lasso({ alpha: 0.1 }).options["l1Ratio"] // => 1
 * ```
 * @see Tibshirani, J. Royal Statistical Society B 58(1), 1996. Peer: scikit-learn `Lasso`.
 */
export function lasso(
  options: ElasticNetOptions = {},
): Estimator<ElasticNetPredictor, "regression"> {
  const { l1Ratio = 1 } = options;
  checkNumber("lasso", { l1Ratio }, { min: 1, max: 1 });
  return penalised("lasso", { ...options, l1Ratio });
}

function penalised(
  at: string,
  options: ElasticNetOptions,
): Estimator<ElasticNetPredictor, "regression"> {
  const settings = checkedSettings(at, options);
  return estimator({
    name: "elasticNet",
    options: { ...settings },
    tasks: ["regression"],
    missing: false,
    oneClass: true,
    weights: true,
    learn: (data, work) => learn(data, settings, work),
  });
}

type Settings = Required<ElasticNetOptions>;

function checkedSettings(at: string, options: ElasticNetOptions): Settings {
  const { alpha = 1, l1Ratio = 1, folds = 5, shuffle = true, seed = 0 } = options;
  const { tolerance = 1e-9, maxIterations = 10_000 } = options;
  checkNames(at, options, [
    "alpha",
    "l1Ratio",
    "folds",
    "shuffle",
    "seed",
    "tolerance",
    "maxIterations",
  ]);
  const given = typeof alpha === "number" ? [alpha] : alpha === "cv" ? [] : alpha;
  if (alpha !== "cv" && given.length === 0) checkNumber(at, { alpha: Number.NaN }, { above: 0 });
  for (const one of given) checkNumber(at, { alpha: one }, { above: 0 });
  checkNumber(at, { l1Ratio }, { above: 0, max: 1 });
  checkNumber(at, { folds }, { min: 2, integer: true });
  checkNumber(at, { seed });
  checkNumber(at, { tolerance }, { above: 0 });
  checkNumber(at, { maxIterations }, { min: 1, integer: true });
  return { alpha, l1Ratio, folds, shuffle, seed, tolerance, maxIterations };
}

/** A problem to walk a path on: the quadratic, where it is centred, and the variance of y. */
interface Problem {
  readonly quadratic: Quadratic;
  readonly means: Float64Array;
  readonly meanY: number;
  readonly variance: number;
}

/** Past this many features, covariances take more memory and time than rows. */
const mostCovariances = 2000;

async function learn(
  data: Dataset,
  settings: Settings,
  work: LongWork,
): Promise<ElasticNetPredictor> {
  const several = typeof settings.alpha !== "number";
  if (several && data.x.rows < 2)
    fail("model/missing-choice", { at: "elasticNet", rows: data.x.rows });
  const parts = several
    ? dealFolds(data.x.rows, {
        folds: Math.min(settings.folds, data.x.rows),
        seed: settings.seed,
        shuffle: settings.shuffle,
      }).map(({ test }) => test)
    : [];
  const moments = data.x.cols > mostCovariances ? undefined : await momentsOf(data, parts);
  const problem = moments === undefined ? rowProblem(data) : momentProblem(moments);
  const alphas = alphasOf(problem, settings);
  const errors = several
    ? await foldErrors({ data, parts, moments, alphas }, settings, work)
    : new Float64Array(0);
  const best = several ? errors.indexOf(errors.reduce((a, b) => Math.min(a, b), Infinity)) : 0;
  work.signal?.throwIfAborted();
  const walked = Array.from(alphas, (alpha) => {
    const ended = descended(problem, alpha, settings); // begins where the one before ended
    return { alpha, ...ended, weights: problem.quadratic.w.slice() };
  });
  const { weights, ...found } = walked[best] ?? { ...unwalked, weights: problem.quadratic.w };
  const importances = linearImportances(data.x, [weights], data.weights);
  return elasticNetPredictor({
    weights,
    bias: problem.meanY - dot(weights, problem.means),
    ...found,
    alphas: several ? alphas : new Float64Array(0),
    path: Float64Array.from(several ? walked.flatMap((step) => [...step.weights]) : []),
    errors,
    ...(importances === undefined ? {} : { importances }),
  });
}

const unwalked: Descended & { readonly alpha: number } = {
  ...{ alpha: Number.NaN, gap: 0, iterations: 0, converged: true },
};

function momentProblem(moments: readonly Moments[]): Problem {
  return covarianceProblem(covariancesOf(addMoments(moments)));
}

function covarianceProblem(covariances: Covariances): Problem {
  const { means, meanY, c: variance } = covariances;
  return { quadratic: quadraticOf(covariances), means, meanY, variance };
}

function rowProblem(data: Dataset): Problem {
  const quadratic = rowQuadratic(data);
  const { means, meanY } = quadratic;
  return { quadratic, means, meanY, variance: quadratic.residual().squares };
}

function descended({ quadratic, variance }: Problem, alpha: number, settings: Settings): Descended {
  const { l1Ratio, tolerance, maxIterations } = settings;
  const penalty = { l1: alpha * l1Ratio, l2: alpha * (1 - l1Ratio) };
  return coordinateDescent(quadratic, penalty, { least: tolerance * variance, maxIterations });
}

/** The penalties to try, falling; before the first step the slopes say which leaves no feature. */
function alphasOf({ quadratic }: Problem, { alpha, l1Ratio }: Settings): Float64Array {
  if (typeof alpha === "number") return Float64Array.of(alpha);
  if (alpha !== "cv") return Float64Array.from(alpha).sort().reverse();
  let steepest = 0;
  for (const j of quadratic.w.keys()) steepest = Math.max(steepest, Math.abs(quadratic.slope(j)));
  const first = Math.max(steepest, 1e-15) / l1Ratio;
  return Float64Array.from({ length: 100 }, (_, k) => first * 10 ** ((-3 * k) / 99));
}

interface Folds {
  readonly data: Dataset;
  /** The rows of each part, which the others learn for. */
  readonly parts: readonly Uint32Array[];
  readonly moments: readonly Moments[] | undefined;
  readonly alphas: Float64Array;
}

/** The mean over folds of the mean squared error of each penalty. */
async function foldErrors(folds: Folds, settings: Settings, work: LongWork): Promise<Float64Array> {
  const { parts, moments, alphas } = folds;
  const sums = new Float64Array(alphas.length);
  for (const [f, part] of parts.entries()) {
    work.signal?.throwIfAborted();
    const { problem, judge } =
      moments === undefined ? rowFold(folds.data, part) : momentFold(moments, f);
    for (const [k, alpha] of alphas.entries()) {
      descended(problem, alpha, settings);
      const bias = problem.meanY - dot(problem.quadratic.w, problem.means);
      sums[k] = (sums[k] ?? 0) + judge(problem.quadratic.w, bias) / parts.length;
    }
    work.progress?.({ done: f + 1, total: parts.length + 1 });
    await setImmediate(); // others get a turn
  }
  return sums;
}

interface FoldProblem {
  readonly problem: Problem;
  /** The mean squared error on the fold's rows. */
  readonly judge: (weights: Float64Array, bias: number) => number;
}

function momentFold(moments: readonly Moments[], f: number): FoldProblem {
  const problem = momentProblem(moments.filter((_, other) => other !== f));
  const own = moments.filter((_, other) => other === f);
  const { a, b, c, means, meanY } = covariancesOf(addMoments(own));
  const judge = (weights: Float64Array, bias: number): number => {
    const off = meanY - dot(weights, means) - bias;
    return c - 2 * dot(b, weights) + dot(weights, times(a, weights)) + off ** 2;
  };
  return { problem, judge };
}

function rowFold(data: Dataset, part: Uint32Array): FoldProblem {
  const inside = new Set(part);
  const kept = Array.from({ length: data.x.rows }, (_, i) => i).filter((i) => !inside.has(i));
  const test = datasetRows(data, Array.from(part));
  const total = test.weights?.reduce((sum, w) => sum + w, 0) ?? test.y.length;
  const judge = (weights: Float64Array, bias: number): number =>
    times(test.x, weights).reduce(
      (sum, z, i) => sum + ((test.weights?.[i] ?? 1) * (z + bias - (test.y[i] ?? 0)) ** 2) / total,
      0,
    );
  return { problem: rowProblem(datasetRows(data, kept)), judge };
}

const task: Task = { kind: "regression" };

/**
 * The predictor of a state; learning and loading both come through here.
 *
 * @param state - Weights, bias, and how learning ended.
 * @returns The predictor; its `predict` throws `model/mismatch-width`, `model/missing-value` and
 *   `model/out-of-range-value`.
 */
export function elasticNetPredictor(state: ElasticNetState): ElasticNetPredictor {
  return {
    kind: "elasticNet",
    task,
    ...state,
    predict: (x) => linearMargins("elasticNet", x, state),
  };
}

/** The predictor of a stored state. @throws `model/corrupt-state` */
export function readElasticNet(state: Fields): ElasticNetPredictor {
  return elasticNetPredictor({
    weights: state.array("weights", Float64Array),
    bias: state.number("bias"),
    alpha: state.number("alpha"),
    gap: state.number("gap"),
    iterations: state.number("iterations"),
    converged: state.boolean("converged"),
    alphas: state.array("alphas", Float64Array),
    path: state.array("path", Float64Array),
    errors: state.array("errors", Float64Array),
    ...readImportances(state),
  });
}
