/** @file What the tracking store gives: experiments and runs as MLflow's protocol speaks of them. */

/** Whether something counts or lies in the bin. */
export type LifecycleStage = "active" | "deleted";

/** Which of both are asked for. */
export type ViewType = "active" | "deleted" | "all";

/** A text by key. */
export interface KeyText {
  readonly key: string;
  readonly value: string;
}

/** An experiment. Times are UTC milliseconds. */
export interface StoredExperiment {
  /** A whole number as text; that of "Default" is "0". */
  readonly id: string;
  readonly name: string;
  /** Where the artifacts of new runs go, as an address. */
  readonly artifactLocation: string;
  readonly lifecycleStage: LifecycleStage;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  readonly tags: readonly KeyText[];
}

/** How a run is getting on. */
export type StoredStatus = "running" | "scheduled" | "finished" | "failed" | "killed";

/** What is known of a run besides its data. */
export interface StoredRunInfo {
  readonly id: string;
  readonly experimentId: string;
  readonly name: string;
  readonly userId: string;
  readonly status: StoredStatus;
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
  readonly lifecycleStage: LifecycleStage;
  /** Where its artifacts are, as an address. */
  readonly artifactUri: string;
}

/** A point of a metric. */
export interface StoredMetric {
  readonly key: string;
  readonly value: number;
  readonly step: number;
  /** UTC milliseconds. */
  readonly atMs: number;
}

/** A data set that went into a run. */
export interface StoredDataset {
  readonly name: string;
  readonly digest: string;
  readonly sourceType: string;
  readonly source: string;
  readonly schema?: string | undefined;
  readonly profile?: string | undefined;
  readonly tags: readonly KeyText[];
}

/** A model that went into a run or came out of it. */
export interface StoredModelLink {
  readonly modelId: string;
  readonly step: number;
}

/** A run with its data: params and tags by key, the last point of each metric, inputs and outputs. */
export interface StoredRun {
  readonly info: StoredRunInfo;
  readonly metrics: readonly StoredMetric[];
  readonly params: readonly KeyText[];
  readonly tags: readonly KeyText[];
  readonly datasets: readonly StoredDataset[];
  readonly modelInputs: readonly StoredModelLink[];
  readonly modelOutputs: readonly StoredModelLink[];
}
