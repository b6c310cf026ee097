export {
  type Engine,
  type EngineColumn,
  openEngine,
  type RowsPart,
} from "./adapter/duckdb.ts";
export type { TakeDoubles } from "./adapter/duckdb-doubles.ts";
export type { EngineOptions } from "./adapter/engine-memory.ts";
export type { Assignments } from "./assign.ts";
export * from "./catalog/index.ts";
export { checkFrame } from "./check-frame.ts";
export * from "./clean/index.ts";
export { type ChangeColumns, changeColumns } from "./delta/changes.ts";
export type { Commit } from "./delta/commit.ts";
export type { TableDetail } from "./delta/detail.ts";
export type { HistoryEntry, HistoryOptions } from "./delta/history.ts";
export type { TxnMark } from "./delta/opening.ts";
export type { VacuumOptions, VacuumReport } from "./delta/vacuum.ts";
export { tableErrors } from "./errors.ts";
export type {
  ExpectationCount,
  RowExpectation,
  RuleAction,
  TableExpectations,
} from "./expectations/table-expectations.ts";
export * from "./expr/index.ts";
export { formatSchema } from "./format-schema.ts";
export * from "./frame.ts";
export * from "./ingest/index.ts";
export { type Lake, type LakeOptions, openLake } from "./lake.ts";
export * from "./lineage/index.ts";
export * from "./schema.ts";
export { schemaErrors } from "./schema-errors.ts";
export type { RowSource } from "./source.ts";
export { queryErrors } from "./sql/errors.ts";
export type { QueryOptions } from "./sql/lake-sql.ts";
export type { QueryValues } from "./sql/values.ts";
export { quoteName, quoteText, sqlTextErrors } from "./sql-text.ts";
export type {
  AlterOptions,
  AtVersion,
  Condition,
  MatchedClause,
  MergeOptions,
  MergeWhen,
  NotMatchedBySourceClause,
  NotMatchedClause,
  OptimizeOptions,
  OverwriteOptions,
  PairCondition,
  ReadOptions,
  Table,
  TableOptions,
  WriteOptions,
} from "./table.ts";
export type { TablePart } from "./table-parts.ts";
