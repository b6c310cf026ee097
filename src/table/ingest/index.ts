export { type BronzeColumns, bronzeColumns, bronzeSchema, isTechnicalColumn } from "./bronze.ts";
export { ingestErrors } from "./errors.ts";
export { type Inferred, inferKind } from "./infer.ts";
export { type IngestedFile, type IngestReport, ingest } from "./ingest.ts";
export type { CsvOptions, Evolution, FileFormat, IngestLimits, IngestTask } from "./options.ts";
export { type SchemaVersion, schemaLog } from "./schema-log.ts";
export { type WatchTask, watchFolder } from "./watch.ts";
