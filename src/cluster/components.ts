/** @file What was learned of components. */
import type { Matrix } from "../flow.ts";

/** What was learned: rows of many numbers in, rows of few numbers out. Its data is its state. */
export interface Components {
  /** The algorithm: "pca". */
  readonly kind: string;
  /** Numbers of a row that come out, k. */
  readonly components: number;
  /** The features that it learned from, [d]. */
  readonly names: readonly string[];
  /** What to know before it is relied on, in sentences. */
  readonly warnings: readonly string[];
  /**
   * The components of rows, [n, d] → [n, k].
   *
   * @throws `cluster/mismatch-width`, `cluster/missing-value`, `cluster/out-of-range-value`
   */
  apply(x: Matrix): Matrix;
  /** The rows that have such components, [n, k] → [n, d]: what is left of them. @throws as `apply` */
  inverse(z: Matrix): Matrix;
}
