/** @file What the trees of a forest say of the rows that they did not see. */
import type { Matrix } from "../../flow.ts";
import { goesLeft, type Trees } from "./trees.ts";

/** Sums over the trees that did not see a row. */
export interface OutOfBagSums {
  /** Shape [n · k]. */
  readonly sums: Float64Array;
  /** Trees that did not see the row, [n]. */
  readonly counts: Uint32Array;
}

/**
 * Sums each row's answers of the trees that did not draw it, tree by tree. O(n·trees·depth).
 *
 * @param trees - A forest whose trees answer all outputs.
 * @param x - Shape [n, d].
 * @param drawn - How often each tree drew each row, [trees] of [n].
 */
export function outOfBagSums(trees: Trees, x: Matrix, drawn: readonly Uint8Array[]): OutOfBagSums {
  const { outputs, leafWidth, values, features, left } = trees;
  const sums = new Float64Array(x.rows * outputs);
  const counts = new Uint32Array(x.rows);
  for (const [t, times] of drawn.entries())
    for (let row = 0; row < x.rows; row++) {
      if (times[row] !== 0) continue;
      let node = trees.starts[t]!;
      for (let f = features[node]!; f >= 0; f = features[node]!)
        node = left[node]! + (goesLeft(trees, node, x.data[row * x.cols + f]!) ? 0 : 1);
      counts[row]!++;
      for (let o = 0; o < leafWidth; o++) sums[row * outputs + o]! += values[node * leafWidth + o]!;
    }
  return { sums, counts };
}
