/** @file Features: one definition, fitted on a table, applied to tables and rows alike. */
export { type BucketizeOptions, bucketize } from "./bucketize.ts";
export { type OneHotOptions, type OrdinalOptions, oneHot, ordinal } from "./category.ts";
export { featureErrors } from "./errors.ts";
export type { Feature, Levels, Output, Stats } from "./feature.ts";
export { type Features, features, type ReadsOf, specsRead } from "./features.ts";
export { featuresFromState } from "./features-state.ts";
export { fitFeatures } from "./fit-features.ts";
export type {
  FeaturesState,
  FittedFeature,
  FittedFeatures,
  NumbersFrame,
  Origin,
} from "./fitted.ts";
export { type FlagOptions, flag, type MaybeMissing, missing } from "./flag.ts";
export * from "./onnx/index.ts";
export { minMax, type NumericOptions, numeric, standardize } from "./scale.ts";
