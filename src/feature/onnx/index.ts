/** @file Features as ONNX. */
export { missingText } from "./emitted.ts";
export { toOnnx } from "./to-onnx.ts";
