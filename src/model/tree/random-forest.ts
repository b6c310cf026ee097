/** @file Random forests and extremely randomised trees. */
import { checkNames, checkNumber } from "../../core/index.ts";
import { type Estimator, estimator } from "../estimator.ts";
import { type GrowthOptions, growthNames, growthOf, learnForest } from "./learn-forest.ts";
import type { TreesPredictor } from "./trees-predictor.ts";

/** Options of {@link randomForest} and {@link extraTrees}; those of growth are in {@link GrowthOptions}. */
export interface ForestLearnOptions extends GrowthOptions {
  /** Number of trees, ≥ 1 [n_estimators]. Default 100. */
  readonly trees?: number;
  /** Whether each tree learns from rows drawn with replacement. Default true for `randomForest`, false for `extraTrees`. */
  readonly bootstrap?: boolean;
  /** Rows that each tree draws, as a share of all, above 0, at most 1. Default 1. */
  readonly maxSamples?: number;
  /** Whether to judge the forest by the rows that each tree did not see [oob_score]. Default false. */
  readonly outOfBag?: boolean;
}

/**
 * A random forest: the mean of trees, each grown whole on rows drawn with replacement, each node split by the best of a
 * few features in random order. Classes get the mean of the leaves' shares. Missing values go, at each split, where
 * that gains most; categories are split in the order of their answers. Features are put into at most 255 bins. The same
 * data and options give the same bytes, whatever the number of threads. O(trees·n·log n·maxFeatures).
 *
 * @param options - See {@link ForestLearnOptions}. `maxFeatures` is √d for classes and all for numbers by default.
 * @returns An estimator for two classes, several, and numbers.
 * @throws `option/out-of-range`, `option/unknown-name`; on learning also `tensor/missing-kernel`,
 *   `tensor/out-of-range-memory`, `tensor/failed-worker`.
 * @example
 * ```ts
 * const x = matrix([[1], [2], [3], [4], [Number.NaN]]);
 * const data = { x, y: Float64Array.of(0, 0, 1, 1, 1), names: ["a"], source: "sha256:00" } as const;
 * const forest = await randomForest({ trees: 50, outOfBag: true }).learn(data);
 * const [low = 1, high = 0] = forest.predict(matrix([[1], [4]]));
 * low < 0.5 && high > 0.5 // => true
 * forest.outOfBag?.rows // => 5
 * ```
 * @see Breiman, Machine Learning 45, 2001. Peer: scikit-learn `RandomForestClassifier`, `RandomForestRegressor`.
 */
export function randomForest(
  options: ForestLearnOptions = {},
): Estimator<TreesPredictor, "binary" | "multiclass" | "regression"> {
  return forest("randomForest", options);
}

/**
 * Extremely randomised trees: as {@link randomForest}, but each feature is tried at one threshold, drawn between the
 * least and the largest value of the node, and each tree learns from all rows unless `bootstrap` is asked for.
 *
 * @param options - See {@link ForestLearnOptions}.
 * @returns An estimator for two classes, several, and numbers.
 * @throws As {@link randomForest}.
 * @example
 * ```ts
 * const x = matrix([[1], [2], [3], [4]]);
 * const y = Float64Array.of(10, 10, 20, 20);
 * const task = { kind: "regression" } as const;
 * const forest = await extraTrees().learn({ x, y, names: ["a"], source: "sha256:00", task });
 * forest.predict(matrix([[1], [4]])) // => Float64Array.of(10, 20)
 * ```
 * @see Geurts, Ernst & Wehenkel, Machine Learning 63, 2006. Peer: scikit-learn `ExtraTreesClassifier`.
 */
export function extraTrees(
  options: ForestLearnOptions = {},
): Estimator<TreesPredictor, "binary" | "multiclass" | "regression"> {
  return forest("extraTrees", options);
}

function forest(name: "randomForest" | "extraTrees", options: ForestLearnOptions) {
  checkNames(name, options, ["trees", "bootstrap", "maxSamples", "outOfBag", ...growthNames]);
  const growth = growthOf(name, options, { maxFeatures: "auto" });
  const randomThresholds = name === "extraTrees";
  const { trees = 100, bootstrap = !randomThresholds, maxSamples = 1, outOfBag = false } = options;
  checkNumber(name, { trees }, { min: 1, integer: true });
  checkNumber(name, { maxSamples }, { above: 0, max: 1 });
  const settings = { trees, bootstrap, maxSamples, outOfBag, ...growth };
  const { maxFeatures, ...rest } = settings;
  const tasks = ["binary", "multiclass", "regression"] as const;
  return estimator({
    name,
    options: maxFeatures === "auto" ? rest : settings,
    tasks,
    missing: true,
    oneClass: true,
    weights: true,
    learn: (data, work) =>
      learnForest(data, { name, ...settings, randomThresholds, threads: options.threads }, work),
  });
}
