/** @file What learning costs, and whether more threads pay. */
export { type CostLine, type CostTableOptions, costTable } from "./cost-table.ts";
export {
  type ScalingLine,
  type ScalingReport,
  type ScalingReportOptions,
  scalingReport,
} from "./scaling-report.ts";
export {
  type TrainingReport,
  type TrainingReportOptions,
  trainingReport,
} from "./training-report.ts";
