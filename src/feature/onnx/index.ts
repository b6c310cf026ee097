/** @file Features as ONNX. */
export { missingText } from "./emitted.ts";
export { onnxGraphOf, toOnnx } from "./to-onnx.ts";
