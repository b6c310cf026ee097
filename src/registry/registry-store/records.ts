/** @file What the registry store gives: models and versions as MLflow's protocol speaks of them. */

/** A text by key. */
export interface Tag {
  readonly key: string;
  readonly value: string;
}

/** How far a version has come. */
export type Stage = "None" | "Staging" | "Production" | "Archived";

/** All stages, from the first. */
export const stages: readonly Stage[] = ["None", "Staging", "Production", "Archived"];

/** A version. Times are UTC milliseconds. */
export interface StoredModelVersion {
  readonly name: string;
  readonly number: number;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  readonly description: string;
  readonly userId: string;
  readonly stage: Stage;
  /** Where it comes from, as whoever registered it said: "runs:/1f…/model". */
  readonly source: string;
  readonly runId: string;
  readonly runLink: string;
  /** The logged model that it is; "" where none is named. */
  readonly modelId: string;
  readonly tags: readonly Tag[];
  readonly aliases: readonly string[];
}

/** A registered model. */
export interface StoredModel {
  readonly name: string;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  readonly description: string;
  readonly tags: readonly Tag[];
  readonly aliases: readonly { readonly alias: string; readonly number: number }[];
  /** The newest version of each stage. */
  readonly latest: readonly StoredModelVersion[];
}
