export { type Bytes, checkKey } from "./bytes.ts";
export { storeErrors } from "./errors.ts";
export { folderBytes } from "./folder-bytes.ts";
export { memoryBytes } from "./memory-bytes.ts";
export type { RecordTables } from "./migrations/list.ts";
export type { MetricRow } from "./migrations/tracking.ts";
export { fromNumberColumns, type NumberColumns, toNumberColumns } from "./number-columns.ts";
export { openRecords, type RecordDatabase, type Records, type RecordsOptions } from "./records.ts";
