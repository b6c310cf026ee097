/** @file Boosted trees as data, and what they predict. */
import type { Matrix } from "../../flow.ts";

/**
 * Complete binary trees of one depth D, stored one after another. Node k of a tree has the children
 * 2k+1 and 2k+2; a row goes left when its feature is below the node's threshold. A node that does
 * not split has threshold +Infinity, and the leaves below it are equal.
 */
export interface Trees {
  readonly depth: number;
  /** Feature of each inner node, [trees · (2^D − 1)]. */
  readonly features: Int32Array;
  /** Threshold of each inner node, in the unit of its feature, [trees · (2^D − 1)]. */
  readonly thresholds: Float64Array;
  /** 1 where a missing value goes right, 0 where it goes left, [trees · (2^D − 1)]. */
  readonly missingRight: Uint8Array;
  /** What each leaf adds to the log-odds, [trees · 2^D]. */
  readonly leaves: Float32Array;
}

/**
 * The log-odds that trees give to each row: base + Σ leaf of each tree. O(n·trees·D), with no
 * allocation beyond the result; about 2 µs for one row and 100 trees of depth 4.
 *
 * @param trees - Any number of trees.
 * @param x - Shape [n, d], d above every feature of the trees; NaN is missing.
 * @param base - Log-odds before the first tree.
 * @returns Shape [n], in log-odds (nats).
 * @example
 * ```ts
 * const stump = {
 *   depth: 1,
 *   features: Int32Array.of(0),
 *   thresholds: Float64Array.of(2.5),
 *   missingRight: Uint8Array.of(1),
 *   leaves: Float32Array.of(-1, 1),
 * };
 * treeMargins(stump, matrix([[2], [3], [Number.NaN]]), 0.5) // => Float64Array.of(-0.5, 1.5, 1.5)
 * ```
 */
export function treeMargins(trees: Trees, x: Matrix, base: number): Float64Array {
  const { depth, features, thresholds, missingRight, leaves } = trees;
  const inner = 2 ** depth - 1;
  const count = leaves.length / (inner + 1);
  const margins = new Float64Array(x.rows);
  for (let i = 0; i < x.rows; i++) {
    const row = i * x.cols;
    let margin = base;
    for (let t = 0; t < count; t++) {
      const root = t * inner;
      let node = 0;
      for (let level = 0; level < depth; level++) {
        const k = root + node;
        const value = x.data[row + features[k]!]!;
        const threshold = thresholds[k]!;
        node += node + 1;
        if (value >= threshold || (value !== value && missingRight[k] === 1)) node++;
      }
      margin += leaves[root + t + node - inner]!; // the leaves of tree t begin at t·(inner + 1)
    }
    margins[i] = margin;
  }
  return margins;
}
