/** @file What changes with time: columns by window, and how right a model is. */
export { type ConceptDrift, type ConceptDriftOptions, conceptDrift } from "./concept-drift.ts";
export {
  type RollingStatisticsOptions,
  rollingStatistics,
  type WindowStatistics,
} from "./rolling-statistics.ts";
