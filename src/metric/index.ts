export * from "./calibration.ts";
export * from "./class-shares.ts";
export * from "./clustering-agreement.ts";
export * from "./clustering-geometry.ts";
export { accuracy, type Confusion, classesAt, confusion } from "./confusion.ts";
export {
  balancedAccuracy,
  type ConfusionMatrixOptions,
  confusionMatrix,
  type KappaOptions,
  kappa,
  likeliest,
  matthews,
} from "./confusion-matrix.ts";
export * from "./curves.ts";
export {
  gammaDeviance,
  type PinballOptions,
  pinball,
  poissonDeviance,
  type TweedieOptions,
  tweedieDeviance,
} from "./deviance.ts";
export * from "./diagnose-fit.ts";
export { metricErrors } from "./errors.ts";
export * from "./explained.ts";
export {
  type Metric,
  type MetricName,
  metricNames,
  metricOf,
  metrics,
  type ScoredRows,
} from "./metrics.ts";
export * from "./probability.ts";
export * from "./queries.ts";
export * from "./ranking.ts";
export * from "./regression.ts";
export { type ReportOptions, score } from "./score.ts";
export { type BinaryScores, type ScoreBinaryOptions, scoreBinary } from "./score-binary.ts";
export {
  type CompareModelsOptions,
  compareModels,
  type ModelComparison,
} from "./uncertainty/compare-models.ts";
export {
  type BootstrapOptions,
  type ConfidenceIntervalOptions,
  confidenceInterval,
  type MetricInterval,
} from "./uncertainty/confidence-interval.ts";
export * from "./uncertainty/delong.ts";
export * from "./uncertainty/fold-tests.ts";
export * from "./uncertainty/mcnemar.ts";
export type { WeightOptions } from "./weights.ts";
