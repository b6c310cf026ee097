/** @file What every algorithm offers that finds clusters, and what it has learned then. */
import type { LongWork } from "../core/index.ts";
import type { Json } from "../flow.ts";
import type { Clusters } from "./clusters.ts";
import type { ClusterData } from "./data.ts";
import { type ClusterFit, fitClusters } from "./fit.ts";
import { checkedLearn, type LearnerParts } from "./learner.ts";

/** An algorithm with its options. Learning changes neither it nor the data. */
export interface Clusterer<M extends Clusters = Clusters> {
  readonly name: string;
  /** Every option that decides the result, defaults included. */
  readonly options: Readonly<Record<string, Json>>;
  /**
   * Learns from x of shape [n, d] with n ≥ 1 and d ≥ 1.
   *
   * @throws `cluster/missing-rows`, `cluster/missing-features`, `cluster/mismatch-length`,
   *   `cluster/missing-value`, `cluster/out-of-range-value`, `cluster/out-of-range-clusters`, or the
   *   signal's reason
   */
  learn(data: ClusterData, work?: LongWork): Promise<M>;
  /** Fits features and clusters to typed rows: a model that takes raw rows. */
  readonly fit: ClusterFit<M>;
}

/** A clusterer from its parts. */
export function clusterer<M extends Clusters>(parts: LearnerParts<M>): Clusterer<M> {
  const { name, options } = parts;
  const learn = checkedLearn(parts);
  return { name, options, learn, fit: fitClusters({ learn }) };
}
