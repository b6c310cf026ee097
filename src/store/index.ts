export type { AzureTokens } from "./adapter/azure.ts";
export type { S3Credentials } from "./adapter/s3.ts";
export { type SqlCondition, type SqlValue, sql } from "./adapter/sqlite.ts";
export {
  type Bytes,
  type BytesStat,
  checkKey,
  type FetchOptions,
  type ListOptions,
  type LocalCopies,
} from "./bytes.ts";
export { storeErrors } from "./errors.ts";
export { folderBytes } from "./folder-bytes.ts";
export { memoryBytes } from "./memory-bytes.ts";
export type { RecordTables } from "./migrations/list.ts";
export type { MetricRow } from "./migrations/tracking.ts";
export { fromNumberColumns, type NumberColumns, toNumberColumns } from "./number-columns.ts";
export { type AzureOptions, azureBytes } from "./object/azure-bytes.ts";
export { type BytesAtOptions, bytesAt } from "./object/bytes-at.ts";
export type { CacheOptions } from "./object/local-cache.ts";
export type { ObjectOptions } from "./object/object-bytes.ts";
export { loadPackage } from "./object/optional-package.ts";
export type { RetryOptions } from "./object/retry.ts";
export { type S3Options, s3Bytes } from "./object/s3-bytes.ts";
export type { UploadOptions } from "./object/upload-file.ts";
export { openRecords, type RecordDatabase, type Records, type RecordsOptions } from "./records.ts";
export * from "./search/index.ts";
export { openSqliteFile, type SqliteFile } from "./sqlite-file.ts";
