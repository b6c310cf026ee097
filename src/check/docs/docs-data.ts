/** @file What data docs are written from: suites, results and profiles, as little as the pages need. */
import type { Finding, Severity } from "../../flow.ts";
import type { TableProfile } from "../profile/profile.ts";

/** A folder of files by key; the store's `Bytes` is one. */
export interface DocsFolder {
  get(key: string): Promise<Uint8Array>;
  put(key: string, bytes: Uint8Array): Promise<void>;
  has(key: string): Promise<boolean>;
}

/** A suite as its page shows it; every `Suite` is one. */
export interface DocsSuite {
  readonly name: string;
  /** What it is about, where the suite is bound to a schema. */
  readonly schema?: { readonly name: string };
  readonly expectations: readonly {
    readonly type: string;
    readonly column: string | null;
    readonly says: string;
    readonly severity: Severity;
    readonly mostly: number;
  }[];
}

/** What a suite found; every `CheckReport` is one. */
export interface DocsReport {
  readonly suite: string;
  readonly table: string;
  readonly rows: number;
  readonly passed: boolean;
  readonly findings: readonly Finding[];
}

/** A report and when it was made. */
export interface DocsResult {
  readonly report: DocsReport;
  /** Milliseconds since 1970. */
  readonly atMs: number;
  /** The version of the table that was judged. */
  readonly version?: number;
}

/** A profile and when it was made. */
export interface DocsProfile {
  readonly profile: TableProfile;
  /** Milliseconds since 1970. */
  readonly atMs: number;
  /** The version of the table that was profiled. */
  readonly version?: number;
}

/** What is to be written; what was written before stays. */
export interface DataDocs {
  /** The heading of the first page. Default "Data docs"; later calls keep it. */
  readonly title?: string;
  readonly suites?: readonly DocsSuite[];
  readonly results?: readonly DocsResult[];
  readonly profiles?: readonly DocsProfile[];
}
