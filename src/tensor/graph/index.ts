/** @file Graphs of tensors: written by functions, differentiated, and run by ONNX Runtime. */
export { type Provider, providerNames } from "../adapter/onnx-providers.ts";
export {
  type Device,
  loadRuntime,
  type Runtime,
  type Session,
  type SessionOptions,
  type Values,
} from "../adapter/onnx-runtime.ts";
export { type EmitOptions, emitOnnx, type Outputs } from "./emit.ts";
export { gradients } from "./gradients.ts";
export {
  type ElementType,
  type GradientRule,
  Graph,
  type GraphLimits,
  type GraphStep,
  type Operation,
  type OutputSpec,
  ofOne,
  type Tensor,
} from "./graph.ts";
export { ops } from "./operations.ts";
export { batch, type Dim, formatShape, type Shape, sameShape, sizeOf } from "./shape.ts";
