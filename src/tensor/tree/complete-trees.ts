/** @file Trees as boosting stored them in format 1: complete, all of one depth. */
import { TreeWriter } from "./tree-writer.ts";
import type { Trees } from "./trees.ts";

/**
 * Complete binary trees of one depth D, stored one after another. Node k of a tree has the children
 * 2k+1 and 2k+2; a row goes left when its feature is below the node's threshold. A node that does
 * not split has threshold +Infinity, and the leaves below it are equal.
 */
export interface CompleteTrees {
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
 * Complete trees in the general shape; they predict the same bits. Covers and gains are not known, so they are 0.
 *
 * @param complete - What format 1 stored.
 * @param width - Features of a row.
 * @param base - Log-odds before the first tree.
 */
export function fromCompleteTrees(complete: CompleteTrees, width: number, base: number): Trees {
  const shape = { width, outputs: 1, leafWidth: 1, average: false, base: Float64Array.of(base) };
  const writer = new TreeWriter(shape);
  const count = complete.leaves.length / 2 ** complete.depth;
  for (let tree = 0; tree < count; tree++) addTree(writer, complete, tree);
  return writer.written();
}

function addTree(writer: TreeWriter, complete: CompleteTrees, tree: number): void {
  const inner = 2 ** complete.depth - 1;
  const { features, thresholds, missingRight, leaves } = complete;
  const queue: [node: number, place: number][] = [[writer.addTree(), 0]];
  for (const [node, place] of queue) {
    const k = tree * inner + place;
    if (place < inner && thresholds[k]! < Infinity) {
      const split = { feature: features[k]!, threshold: thresholds[k]! };
      const left = writer.split(node, { ...split, missingLeft: missingRight[k] !== 1 });
      queue.push([left, 2 * place + 1], [left + 1, 2 * place + 2]);
    } else {
      let leaf = place; // the leftmost leaf below: they are all equal
      while (leaf < inner) leaf = 2 * leaf + 1;
      writer.setValue(node, leaves[tree * (inner + 1) + leaf - inner]!);
    }
  }
}
