export {
  type AccuracyByHourOptions,
  accuracyByHour,
  type HourAccuracy,
} from "./accuracy-by-hour.ts";
export type { TableView } from "./columns.ts";
export {
  type ColumnDrift,
  type CompareDriftOptions,
  type ComparePredictionsOptions,
  compareDrift,
  comparePredictions,
} from "./compare-drift.ts";
export { compareSketches } from "./compare-sketches.ts";
export {
  type CompareSketchesOptions,
  type DriftMeasure,
  driftMeasures,
  type MeasureThresholds,
} from "./drift-judge.ts";
export { monitorErrors } from "./errors.ts";
export type { ColumnSummary, MeasuredDrift } from "./measured-drift.ts";
export * from "./measures/index.ts";
export {
  type MonitorReport,
  type MonitorReportOptions,
  monitorReport,
  type RecentAccuracy,
  type RetrainRules,
} from "./monitor-report.ts";
export * from "./over-time/index.ts";
export { type DriftThresholds, expectedNoise, populationStability } from "./psi.ts";
export {
  type DriftReport,
  type DriftReportOptions,
  driftReport,
  driftReportPage,
  driftReportText,
  type KeptDrift,
  keepDriftReport,
  type ReportKeeper,
} from "./report/drift-report.ts";
export type { KindChange, SchemaDrift } from "./report/schema-drift.ts";
export * from "./sketch/index.ts";
export type { DriftBucket } from "./sketch-buckets.ts";
