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
export { compareSketches } from "./compare-sketches.ts";
export {
  type CompareSketchesOptions,
  type DriftMeasure,
  driftMeasures,
  type MeasureThresholds,
} from "./drift-judge.ts";
export { monitorErrors } from "./errors.ts";
export type { ColumnSummary, MeasuredBucket, MeasuredDrift } from "./measured-drift.ts";
export {
  type ChiSquare,
  chiSquareTest,
  homogeneityTest,
  type Proportion,
  proportionTest,
} from "./measures/chi-square.ts";
export {
  hellinger,
  jensenShannon,
  klDivergence,
  totalVariation,
} from "./measures/divergences.ts";
export { type KolmogorovSmirnov, kolmogorovSmirnov } from "./measures/kolmogorov-smirnov.ts";
export { normedWasserstein, wasserstein } from "./measures/wasserstein.ts";
export {
  type MonitorReport,
  type MonitorReportOptions,
  monitorReport,
  type RecentAccuracy,
  type RetrainRules,
} from "./monitor-report.ts";
export { type DriftThresholds, expectedNoise, populationStability } from "./psi.ts";
export {
  type DriftReport,
  type DriftReportOptions,
  driftReport,
  driftReportPage,
  driftReportText,
  keepDriftReport,
  type ReportKeeper,
} from "./report/drift-report.ts";
export type { LabelSketch } from "./sketch/label-sketch.ts";
export type { NumberSketch } from "./sketch/number-sketch.ts";
export { sketchRows } from "./sketch/sketch-rows.ts";
export { type SketchedTable, type SketchTableOptions, sketchTable } from "./sketch/sketch-table.ts";
export {
  type ColumnSketch,
  mergeSketches,
  type TableSketch,
  type TextSketch,
} from "./sketch/table-sketch.ts";
