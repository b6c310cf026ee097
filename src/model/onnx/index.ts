/** @file Whole models as ONNX. */
export { modelToOnnx } from "./model-to-onnx.ts";
