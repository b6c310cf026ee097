export { runErrors } from "./errors.ts";
export type { ExperimentRecord } from "./experiments.ts";
export { logKeyFault } from "./keys.ts";
export * from "./logged-models/index.ts";
export type { MetricPoint } from "./metrics.ts";
export { mlflowSignature } from "./model-folder.ts";
export type { EndStatus, LogModelOptions, Run } from "./run.ts";
export { openTestLog, type TestLogbook, type TestLogOptions, type TestLogRow } from "./test-log.ts";
export {
  openTracking,
  type StartRunOptions,
  type Tracking,
  type TrackingOptions,
} from "./tracking.ts";
export * from "./tracking-store/index.ts";
