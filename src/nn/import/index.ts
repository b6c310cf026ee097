/** @file Models that others made. */
export {
  type ImportedAnswer,
  type ImportedInput,
  type ImportedNetwork,
  type ImportOnnxOptions,
  importOnnx,
} from "./import-onnx.ts";
export { channelsFirst, importTensorFlow } from "./import-tensorflow.ts";
export type { ImportedNumbers, ImportedValues } from "./ports.ts";
