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
  type DriftBucket,
} from "./compare-drift.ts";
export { monitorErrors } from "./errors.ts";
export {
  type MonitorReport,
  type MonitorReportOptions,
  monitorReport,
  type RecentAccuracy,
  type RetrainRules,
} from "./monitor-report.ts";
export { type DriftThresholds, expectedNoise, populationStability } from "./psi.ts";
