export type { Grown } from "./boost/grow.ts";
export type { TreeOptions } from "./boost/layout.ts";
export { type BoostProblem, trainTrees } from "./boost/train.ts";
export { type Trees, treeMargins, treeProbabilities } from "./boost/trees.ts";
export { tensorErrors } from "./errors.ts";
export {
  openRows,
  type RowBlock,
  type RowPass,
  type RowSums,
  type Rows,
  type RowsOptions,
} from "./linear/open-rows.ts";
export { findNotFinite, matrix, matrixOfColumns, type Place, withOnes } from "./matrix.ts";
export {
  formatOnnx,
  type OnnxAttribute,
  type OnnxGraph,
  type OnnxModel,
  type OnnxNode,
  type OnnxTensor,
  type OnnxType,
  type OnnxValue,
} from "./onnx/format-onnx.ts";
export { dot, gram, times, transposeTimes } from "./products.ts";
export { sigmoid } from "./sigmoid.ts";
export { solvePositive } from "./solve-positive.ts";
