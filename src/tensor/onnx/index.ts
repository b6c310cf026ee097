export {
  formatOnnx,
  type OnnxAttribute,
  type OnnxGraph,
  type OnnxModel,
  type OnnxNode,
  type OnnxTensor,
  type OnnxType,
  type OnnxValue,
} from "./format-onnx.ts";
export { inspectOnnx, type OnnxFacts, type OnnxLimits, type OnnxPort } from "./inspect-onnx.ts";
export { type WeightPrecision, withSmallerWeights } from "./smaller-weights.ts";
export { withOutput } from "./with-output.ts";
