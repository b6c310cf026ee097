/** @file A single tree. */
import { checkNames, checkNumber } from "../../core/index.ts";
import { type Estimator, estimator } from "../estimator.ts";
import { type GrowthOptions, growthNames, growthOf, learnForest } from "./learn-forest.ts";
import { pruneTree } from "./prune.ts";
import type { TreesPredictor } from "./trees-predictor.ts";

/** Options of {@link decisionTree}; those of growth are in {@link GrowthOptions}. */
export interface DecisionTreeOptions extends GrowthOptions {
  /** What a leaf must gain to be worth it, ≥ 0, in impurity per row [ccp_alpha]; see {@link pruneTree}. Default 0. */
  readonly pruning?: number;
}

/**
 * A decision tree: rows are split by the feature and threshold that make the sides purest, until they are pure or
 * `maxDepth` is reached. Easy to read (`treeRules`, `treeSvg`), less exact than a forest. Splits lie between values
 * as long as a feature has at most 255 of them. O(n·d·log n).
 *
 * @param options - See {@link DecisionTreeOptions}. `maxFeatures` is "all" by default.
 * @returns An estimator for two classes, several, and numbers.
 * @throws `option/out-of-range`, `option/unknown-name`, `tensor/missing-kernel`, `tensor/out-of-range-memory`
 * @example
 * ```ts
 * const x = matrix([[1], [2], [3], [4]]);
 * const data = { x, y: Float64Array.of(0, 0, 1, 1), names: ["age"], source: "sha256:00" } as const;
 * const tree = await decisionTree({ maxDepth: 2 }).learn(data);
 * tree.predict(matrix([[2.4], [2.6]])) // => Float64Array.of(0, 1)
 * ```
 * @see Breiman et al., Classification and Regression Trees, 1984. Peer: scikit-learn `DecisionTreeClassifier`.
 */
export function decisionTree(
  options: DecisionTreeOptions = {},
): Estimator<TreesPredictor, "binary" | "multiclass" | "regression"> {
  const name = "decisionTree";
  checkNames(name, options, ["pruning", ...growthNames]);
  const growth = growthOf(name, options, { maxFeatures: "all" });
  const { pruning = 0, threads } = options;
  checkNumber(name, { pruning }, { min: 0 });
  const single = {
    trees: 1,
    bootstrap: false,
    maxSamples: 1,
    randomThresholds: false,
    outOfBag: false,
  };
  return estimator({
    name,
    options: { pruning, ...growth },
    tasks: ["binary", "multiclass", "regression"],
    missing: true,
    oneClass: true,
    weights: true,
    learn: async (data, work) => {
      const tree = await learnForest(data, { name, ...growth, ...single, threads }, work);
      return pruning > 0 ? pruneTree(tree, pruning) : tree;
    },
  });
}
