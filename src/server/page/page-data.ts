/** @file What the first page shows, as plain data. */
import type { Drift, ModelLookups, RunRecord, Signature, Version } from "../../flow.ts";

/** A run as the page's table shows it. */
export type PageRun = Pick<
  RunRecord,
  "id" | "name" | "status" | "startedAtMs" | "endedAtMs" | "metrics"
>;

/** The model that answers. */
export interface PageModel
  extends Pick<Version, "name" | "number" | "aliases" | "modelHash" | "createdAtMs"> {
  /** The algorithm: "boost". */
  readonly kind: string;
  readonly signature: Signature;
  /** Of a model that looks features up: what a request holds, and in which tables the rest is found. */
  readonly lookups?: Pick<ModelLookups, "request" | "tables"> | undefined;
}

/** An endpoint, and what it has done since it was made. */
export interface PageEndpoint {
  readonly name: string;
  readonly version: number;
  readonly sinceMs: number;
  readonly requests: number;
  readonly failures: number;
  readonly rows: number;
  readonly latencyMs: { readonly p50: number; readonly p95: number } | null;
}

/** How far the served rows have moved from those the model learned from. */
export interface PageDrift {
  readonly atMs: number;
  /** What was compared with what: "telco.silver, 5,271 rows". */
  readonly reference: string;
  readonly current: string;
  /** In the order to be shown; `noise` is the PSI that chance alone gives. */
  readonly columns: readonly (Drift & { readonly noise?: number })[];
  /** PSI from which a column counts as moved. */
  readonly thresholds: { readonly moderate: number; readonly severe: number };
}

/** Whether the model should learn again, and why. */
export interface PageRetrain {
  readonly due: boolean;
  readonly reasons: readonly string[];
}

/** A picture made elsewhere; its scripts, if it has any, never run. */
export interface PageChart {
  readonly title: string;
  /** What the picture shows, in words. */
  readonly alt: string;
  readonly svg: string;
}

/** Everything that the first page shows. */
export interface PageData {
  /** The name of the project. */
  readonly title: string;
  /** Newest first. */
  readonly runs: readonly PageRun[];
  /** Which run counts as the best; none is marked without it. */
  readonly best?: { readonly metric: string; readonly lowest?: boolean };
  readonly model: PageModel | null;
  readonly endpoints: readonly PageEndpoint[];
  readonly drift: PageDrift | null;
  readonly retrain: PageRetrain | null;
  readonly charts: readonly PageChart[];
}
