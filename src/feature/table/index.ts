/** @file Feature tables: declared once, joined as of a moment, looked up by key. */
export type { DeclarationChange } from "./declaration.ts";
export { changeText } from "./declaration.ts";
export type { DemandColumn, DemandExpr } from "./demand.ts";
export { featureTableErrors } from "./errors.ts";
export {
  type FeatureStatistic,
  type FeatureStatistics,
  featureStatistics,
} from "./feature-statistics.ts";
export {
  type DeclaredWindows,
  type FeatureNames,
  type FeatureTable,
  type FeatureTableOptions,
  featuresOf,
  featureTable,
} from "./feature-table.ts";
export { type FeatureLookup, type LookedUp, type LookupOptions, lookup } from "./lookup.ts";
export type { LookupState, LookupsState } from "./lookups-state.ts";
export {
  type ApplyOptions,
  applyFeatures,
  type PlanAction,
  type PlannedChange,
  planFeatures,
} from "./plan-features.ts";
export { type ScoreOptions, scoreBatch } from "./score-batch.ts";
export type { Span } from "./span.ts";
export { describeFeatures, listFeatures, type StoredFeatures } from "./stored.ts";
export type {
  Demands,
  KeysOf,
  LookedUpColumns,
  MissingPolicy,
  TrainingSet,
  TrainingSetOptions,
} from "./training-options.ts";
export { trainingSet } from "./training-set.ts";
export {
  type LookupModel,
  type RequestOf,
  withLookups,
  withStoredLookups,
} from "./with-lookups.ts";
export { deleteFeatures, readFeatures, writeFeatures } from "./write-features.ts";
