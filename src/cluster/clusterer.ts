/** @file What every algorithm offers that finds clusters, and what it has learned then. */
import type { LongWork } from "../core/index.ts";
import type { Json } from "../flow.ts";
import type { Clusters } from "./clusters.ts";
import { type ClusterData, checkData, scaleWarnings } from "./data.ts";
import { type ClusterFit, fitClusters } from "./fit.ts";

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

/** What one algorithm is made of. */
export interface ClustererParts<M extends Clusters> {
  readonly name: string;
  readonly options: Readonly<Record<string, Json>>;
  /** Learns from data that was checked; the warnings are to be handed on. */
  readonly learn: (
    data: ClusterData & { readonly warnings: readonly string[] },
    work: LongWork,
  ) => M | Promise<M>;
}

/** A clusterer from its parts: its `learn` checks the data first and looks at its scales. */
export function clusterer<M extends Clusters>(parts: ClustererParts<M>): Clusterer<M> {
  const { name, options } = parts;
  const learn = async (data: ClusterData, work: LongWork = {}): Promise<M> => {
    work.signal?.throwIfAborted();
    checkData(name, data);
    return parts.learn({ ...data, warnings: scaleWarnings(data) }, work);
  };
  return { name, options, learn, fit: fitClusters({ learn }) };
}
