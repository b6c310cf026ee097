/** @file What was learned of clusters. */
import type { Matrix } from "../flow.ts";

/** What was learned: numbers in, the number of a cluster out. Its data is its state. */
export interface Clusters {
  /** The algorithm: "kMeans". */
  readonly kind: string;
  /** How many clusters there are; they are numbered from 0. */
  readonly clusters: number;
  /** The features that it learned from, [d]. */
  readonly names: readonly string[];
  /** What to know before it is relied on, in sentences. */
  readonly warnings: readonly string[];
  /**
   * The cluster of each row, [n]; −1 where a row belongs to none.
   *
   * @throws `cluster/mismatch-width`, `cluster/missing-value`, `cluster/out-of-range-value`
   */
  assign(x: Matrix): Int32Array;
}
