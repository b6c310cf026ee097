export {
  type AnomalyModel,
  type AnomalyModelOptions,
  anomalyModel,
  loadAnomalyModel,
} from "./anomaly-model.ts";
export { networkFrom, specsOf } from "./layer-of.ts";
export {
  loadNetwork,
  type NetworkModel,
  type NetworkModelOptions,
  networkModel,
} from "./network-model.ts";
export { loadOnnxModel, type OnnxFileModel, onnxModel } from "./onnx-model.ts";
