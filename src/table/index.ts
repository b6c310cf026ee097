export { type Engine, type EngineColumn, openEngine } from "./adapter/duckdb.ts";
export * from "./clean/index.ts";

export type { Commit } from "./delta/commit.ts";
export { tableErrors } from "./errors.ts";
export * from "./expr/index.ts";
export { type AnyRows, type Frame, type FrameSource, frame } from "./frame.ts";
export {
  type BronzeColumns,
  bronzeColumns,
  bronzeSchema,
  type IngestedFile,
  type IngestReport,
  ingest,
} from "./ingest/ingest.ts";
export { type Lake, type LakeOptions, openLake } from "./lake.ts";
export * from "./schema.ts";
export { schemaErrors } from "./schema-errors.ts";
export { quoteName, quoteText, sqlTextErrors } from "./sql-text.ts";
export type { HistoryEntry, MergeOptions, RowSource, Table, WriteOptions } from "./table.ts";
