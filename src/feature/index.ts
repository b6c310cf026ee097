/** @file Features: one definition, fitted on a table, applied to tables and rows alike. */
export { featureErrors } from "./errors.ts";
export type {
  Feature,
  LabelCount,
  Learned,
  Levels,
  Measured,
  Output,
  Request,
  Stats,
  TextCount,
  TextCounts,
} from "./feature.ts";
export { type Features, features, type ReadsOf, specsRead } from "./features.ts";
export type { FeaturesState, FittedFeature, NumbersFrame } from "./fit/features-data.ts";
export { featuresFromState } from "./fit/features-state.ts";
export { type FitFeaturesOptions, fitFeatures } from "./fit/fit-features.ts";
export type { FittedFeatures, Origin } from "./fit/fitted.ts";
export type { Trained } from "./fit/row-keys.ts";
export { countTrainedRows } from "./fit/trained-rows.ts";
export * from "./history/index.ts";
export * from "./leakage/index.ts";
export * from "./online/index.ts";

export * from "./onnx/index.ts";
export * from "./propose/index.ts";
export * from "./table/index.ts";
export * from "./transforms/index.ts";
export * from "./windows/index.ts";
