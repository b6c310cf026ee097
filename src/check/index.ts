export {
  expectationMetrics,
  expectationMetricsColumns,
} from "./attach/expectation-metrics.ts";
export {
  type AttachedExpectations,
  type Attachments,
  readTableExpectations,
  tableExpectations,
} from "./attach/table-expectations.ts";
export { checkOneRow, type RowReport, rowCheck } from "./check-one-row.ts";
export {
  type Action,
  type ActionHandler,
  callWithResult,
  postResult,
  throwOnFailure,
  writeResult,
} from "./checkpoint/actions.ts";
export type { CheckFiles } from "./checkpoint/check-files.ts";
export { type CheckFolder, checkFolder, type NamedFiles } from "./checkpoint/check-folder.ts";
export {
  type ActionJson,
  type Checkpoint,
  type Reference,
  readCheckpoint,
  readValidationDefinition,
  type ValidationDefinition,
  writeCheckpoint,
  writeValidationDefinition,
} from "./checkpoint/definition.ts";
export {
  type CheckpointDescription,
  type CheckpointResult,
  describeCheckpoint,
} from "./checkpoint/result.ts";
export { type RunCheckpointOptions, runCheckpoint } from "./checkpoint/run-checkpoint.ts";
export * from "./docs/index.ts";
export { checkErrors } from "./errors.ts";
export { expectations } from "./expectation.ts";
export { readSuite, writeSuite } from "./json/suite-json.ts";
export {
  type Expectation,
  type ExpectationOptions,
  type ExpectationOptionsOf,
  expectation,
  withCondition,
} from "./make-expectation.ts";
export * from "./profile/index.ts";
export {
  type ExceptionInfo,
  type ExpectationResult,
  highestFailure,
  type ResultFormat,
  type ResultFormatName,
  type SuiteResult,
} from "./result.ts";
export {
  type AppendCheckedOptions,
  appendChecked,
  type CheckedWrite,
  quarantineSchema,
  type RejectedColumns,
  type RowAction,
  type RuleCount,
  type SplitByOptions,
  type SplitRows,
  splitByExpectations,
} from "./split-by-expectations.ts";
export {
  type CheckOptions,
  type CheckReport,
  check,
  type ExpectationSuite,
  gate,
  type Suite,
  suite,
  withSchema,
} from "./suite.ts";
export type {
  Expectations,
  ExpectedBounds,
  ExpectedDistribution,
  ExpectedValue,
  PairOptions,
} from "./typed.ts";
export { expectationTypes } from "./types/catalogue.ts";
export type { QuerySource } from "./types/definition.ts";
export type { Kwargs } from "./types/kwargs.ts";
export { greatExpectationsVersion, type ValidateOptions, validate } from "./validate.ts";
