export type {
  DataDocs,
  DocsFolder,
  DocsProfile,
  DocsReport,
  DocsResult,
  DocsSuite,
} from "./docs-data.ts";
export { type DriftPageColumn, type DriftPageData, driftPage } from "./drift-page.ts";
export { docsErrors } from "./errors.ts";
export { toDocsResult } from "./to-docs-result.ts";
export { type WrittenDocs, writeDataDocs } from "./write-data-docs.ts";
