/** @file Logged models as MLflow's protocol speaks of them. */
import type { KeyText, StoredMetric } from "../tracking-store/records.ts";

/** How far a logged model has come: its files are on their way, all there, or did not arrive. */
export type LoggedModelStatus = "pending" | "ready" | "failed";

/** A point of a metric of a logged model, and on which data set and in which run it was measured. */
export interface LoggedModelMetric extends StoredMetric {
  readonly runId: string;
  /** "" where none is named. */
  readonly datasetName: string;
  readonly datasetDigest: string;
}

/** A logged model. Times are UTC milliseconds. */
export interface LoggedModel {
  readonly id: string;
  readonly experimentId: string;
  readonly name: string;
  readonly modelType: string;
  readonly status: LoggedModelStatus;
  /** The run that made it; "" where none is named. */
  readonly sourceRunId: string;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  /** Where its files are, as an address. */
  readonly artifactUri: string;
  readonly params: readonly KeyText[];
  readonly tags: readonly KeyText[];
  readonly metrics: readonly LoggedModelMetric[];
}
