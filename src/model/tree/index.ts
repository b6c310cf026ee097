export { type DecisionTreeOptions, decisionTree } from "./decision-tree.ts";
export type { GrowthOptions } from "./learn-forest.ts";
export type { TreeLink } from "./links.ts";
export { type PruningStep, pruneTree, pruningPath } from "./prune.ts";
export { extraTrees, type ForestLearnOptions, randomForest } from "./random-forest.ts";
export { type TreeViewOptions, treeDot, treeRules, treeSvg } from "./rules.ts";
export {
  type OutOfBag,
  type TreesPredictor,
  type TreesState,
  treesPredictor,
} from "./trees-predictor.ts";
