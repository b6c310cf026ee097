/** @file What people do with networks for images. */
export {
  type AnomalyDetector,
  type AnomalyError,
  type AnomalyOptions,
  type AnomalyScores,
  anomalyErrors,
  fitAnomalies,
  type Reconstruction,
} from "./anomalies.ts";
export { chooseLayers, type LayerChoice, type NetworkTask, networkTasks } from "./choose-layers.ts";
export {
  type CompareOptions,
  compareNetworks,
  type NetworkAnswer,
  type NetworkComparison,
} from "./compare.ts";
export * from "./confidence.ts";
export { type DeadFilters, deadFilters, type FeatureMaps, featureMaps } from "./feature-maps.ts";
export { networkRows } from "./network-rows.ts";
export { type OnnxBackboneOptions, onnxBackbone } from "./onnx-backbone.ts";
export {
  type ImageNetworkName,
  type ImageNetworkOptions,
  imageNetwork,
  imageNetworkNames,
} from "./presets.ts";
export {
  type GradCamOptions,
  gradCam,
  type SaliencyMap,
  type SaliencyOptions,
  saliency,
} from "./saliency.ts";
export * from "./transfer.ts";
