/** @file What was learned as plain data. */
import { clusterFormat } from "./state-fields.ts";

/** What {@link clusterState} gives: `formatJson` writes it, typed arrays included. */
export interface ClusterState {
  readonly format: number;
  readonly kind: string;
  readonly [field: string]: unknown;
}

/**
 * The state of clusters or components: everything on them that is not a function, with a format number.
 *
 * @param learned - What a clusterer's `learn` gave.
 * @returns Plain data for core's `formatJson`.
 * @example
 * ```ts
 * const x = matrix([[1], [2], [8]]);
 * const state = clusterState(await kMeans({ clusters: 2 }).learn({ x, names: ["a"] }));
 * const again = clusterFromState(parseJson(formatJson(state)));
 * again.clusters // => 2
 * ```
 */
export function clusterState(learned: { readonly kind: string }): ClusterState {
  const { kind } = learned;
  const data = Object.entries(learned).filter(([, value]) => typeof value !== "function");
  return { ...Object.fromEntries(data), kind, format: clusterFormat };
}
