export * from "./boost/index.ts";
export * from "./cluster/index.ts";
export * from "./descent/index.ts";
export { tensorErrors } from "./errors.ts";
export * from "./factor/index.ts";
export * from "./graph/index.ts";
export * from "./linear/index.ts";
export { findNotFinite, matrix, matrixOfColumns, type Place, withOnes } from "./matrix.ts";
export * from "./neighbour/index.ts";
export * from "./onnx/index.ts";
export {
  gradientOf,
  type MinimiseOptions,
  type Minimum,
  minimise,
  type Objective,
} from "./optimise.ts";
export * from "./process/index.ts";
export { dot, gram, times, transposeTimes } from "./products.ts";
export * from "./series/index.ts";
export { sigmoid } from "./sigmoid.ts";
export { logSum, softmaxInto } from "./softmax.ts";
export { choleskyFactor, solvePositive } from "./solve-positive.ts";
export { type CompleteTrees, fromCompleteTrees } from "./tree/complete-trees.ts";
export type { ForestOptions } from "./tree/forest-layout.ts";
export { type ForestProblem, type GrownForest, growForest } from "./tree/grow-forest.ts";
export { type ImportanceKind, treeImportances } from "./tree/importances.ts";
export { type OutOfBagSums, outOfBagSums } from "./tree/out-of-bag.ts";
export { treeLeaves, treePredictor } from "./tree/predict-trees.ts";
export { interventionalShapley, type ShapleyValues, treeShapley } from "./tree/shapley.ts";
export { atMost, belowFloat32, nextUp } from "./tree/thresholds.ts";
export {
  type LeafNode,
  type SplitNode,
  type TreeNode,
  type TreesSetup,
  treeNode,
  treesOf,
} from "./tree/tree-nodes.ts";
export { type TreesShape, TreeWriter, type WrittenSplit } from "./tree/tree-writer.ts";
export {
  codesOf,
  findTreeDamage,
  goesLeft,
  hasCode,
  nodeFlags,
  type TreeDamage,
  type Trees,
  treeCount,
  zeroLimit,
} from "./tree/trees.ts";
