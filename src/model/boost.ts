/** @file Gradient-boosted trees for two classes. */
import { checkNames, checkNumber } from "../core/index.ts";
import type { Dataset, Predictor } from "../flow.ts";
import {
  fromCompleteTrees,
  sigmoid,
  type Trees,
  trainTrees,
  treeImportances,
  treePredictor,
} from "../tensor/index.ts";
import { checkWidth, type Estimator, estimator } from "./estimator.ts";
import { readCompleteTrees, readTrees } from "./read-trees.ts";
import type { Fields } from "./state-fields.ts";

/** Options of {@link boost}; XGBoost's word for each in brackets. */
export interface BoostOptions {
  /** Number of trees, ≥ 1 [n_estimators]. Default 100. */
  readonly trees?: number;
  /** Levels of splits of each tree, 1 to 8 [max_depth]. Default 4. */
  readonly depth?: number;
  /** How much of each tree is added, above 0, at most 1 [eta]. Default 0.1. */
  readonly learningRate?: number;
  /** Penalty on the squares of leaf values, ≥ 0 [lambda]. Default 1. */
  readonly l2?: number;
  /** Least sum of p·(1 − p) over the rows of a child, ≥ 0 [min_child_weight]. Default 1. */
  readonly minChildWeight?: number;
  /** Chance of each row to be in a tree's sample, above 0, at most 1 [subsample]. Default 1. */
  readonly rowSample?: number;
  /** Share of the features that a tree may use, above 0, at most 1 [colsample_bytree]. Default 1. */
  readonly columnSample?: number;
  /** Most bins of a feature, 2 to 255, missing values not counted [max_bin]. Default 255. */
  readonly bins?: number;
  /** Chooses samples. Default 0. */
  readonly seed?: number;
  /**
   * Threads to learn with, 1 to 32; never changes the result, so it is not among the estimator's
   * `options`. Default 1 below two million cells, else what the machine has.
   */
  readonly threads?: number;
}

/** What `boost` learned. */
export interface BoostState {
  /** Features of a row, d. */
  readonly width: number;
  /** One output, in log-odds; their base is that of the training share. */
  readonly trees: Trees;
  /** Share of each feature in all gain, [d], summing to 1; absent when no tree has a split. */
  readonly importances?: Float64Array;
}

/** Predicts σ(base + Σ leaf of each tree). */
export interface BoostPredictor extends Predictor, BoostState {
  readonly kind: "boost";
}

const bounds = {
  trees: { min: 1, integer: true },
  depth: { min: 1, max: 8, integer: true },
  learningRate: { above: 0, max: 1 },
  l2: { min: 0 },
  minChildWeight: { min: 0 },
  rowSample: { above: 0, max: 1 },
  columnSample: { above: 0, max: 1 },
  bins: { min: 2, max: 255, integer: true },
  seed: {},
  threads: { min: 1, max: 32, integer: true },
};

/**
 * Gradient-boosted decision trees for log loss: each tree fits the gradient left by those before,
 * with leaves −G/(H + l2), from histograms of at most 255 bins. It begins at the log-odds of the
 * training share. Missing values are handled: each split learns which way they go. The same data
 * and options give the same bytes, whatever the number of threads. O(n·d·trees·depth).
 *
 * @param options - See {@link BoostOptions}.
 * @returns An estimator; it refuses labels that are all the same.
 * @throws `option/out-of-range`, `option/unknown-name`; on learning also `tensor/missing-kernel`,
 *   `tensor/out-of-range-memory`, `tensor/failed-worker`, `tensor/timed-out-worker`.
 * @example
 * ```ts
 * const source = "sha256:00" as const;
 * const x = matrix([[1], [2], [3], [4], [Number.NaN], [Number.NaN]]);
 * const data = { x, y: Float64Array.of(0, 0, 1, 1, 1, 1), names: ["a"], source };
 * const predictor = await boost({ trees: 20, minChildWeight: 0 }).learn(data);
 * const [low = 1, high = 0, missing = 0] = predictor.predict(matrix([[1], [4], [Number.NaN]]));
 * low < 0.5 && high > 0.5 && missing > 0.5 // => true
 * ```
 * @see Chen & Guestrin, XGBoost, KDD 2016. Peer: XGBoost `tree_method="hist"`.
 */
export function boost(options: BoostOptions = {}): Estimator<BoostPredictor, "binary"> {
  const { trees = 100, depth = 4, learningRate = 0.1, l2 = 1, minChildWeight = 1 } = options;
  const { rowSample = 1, columnSample = 1, bins = 255, seed = 0, threads } = options;
  const shape = { trees, depth, bins, seed };
  const settings = { ...shape, learningRate, l2, minChildWeight, rowSample, columnSample };
  checkNames("boost", options, Object.keys(bounds));
  for (const [name, value] of Object.entries({ ...settings, threads: threads ?? 1 }))
    checkNumber("boost", { [name]: value }, bounds[name as keyof typeof bounds]);
  return estimator({
    name: "boost",
    options: settings,
    tasks: ["binary"],
    missing: true,
    oneClass: false,
    learn: async ({ x, y }: Dataset, work) => {
      const share = y.reduce((sum, label) => sum + label, 0) / y.length;
      const base = Math.log(share / (1 - share));
      const grown = await trainTrees({ x, y, base, options: settings, threads }, work);
      const importances = treeImportances(grown.trees);
      const shares = importances === undefined ? {} : { importances };
      return boostPredictor({ width: x.cols, trees: grown.trees, ...shares });
    },
  });
}

/**
 * The predictor of trees; learning and loading both come through here. One row and 100 trees of
 * depth 4 take about 3 µs.
 *
 * @param state - Width, trees and importances.
 * @returns The predictor; its `predict` throws `model/mismatch-width`.
 * @example
 * ```ts
 * const stump = { feature: 0, threshold: 2.5, left: { value: 0 }, right: { value: 100 } };
 * const trees = treesOf([stump], { width: 1 });
 * boostPredictor({ width: 1, trees }).predict(matrix([[2], [3]])) // => Float64Array.of(0.5, 1)
 * ```
 */
export function boostPredictor(state: BoostState): BoostPredictor {
  const { width, trees, importances } = state;
  const margins = treePredictor(trees);
  const predict: Predictor["predict"] = (x) => {
    checkWidth("boost", x, width);
    return margins(x).map(sigmoid);
  };
  const data = importances === undefined ? {} : { importances };
  return { kind: "boost", width, trees, ...data, predict };
}

/** The predictor of a stored state. @throws `model/corrupt-state` */
export function readBoost(state: Fields): BoostPredictor {
  const width = state.number("width");
  const fields = state.fields("trees");
  const trees = fields.has("starts")
    ? readTrees(fields, width)
    : fromCompleteTrees(readCompleteTrees(fields, width), width, state.number("base"));
  const importances = state.has("importances")
    ? { importances: state.array("importances", Float64Array) }
    : {};
  return boostPredictor({ width, trees, ...importances });
}
