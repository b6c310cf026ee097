/** @file What trees answer: one row in plain code, many through the kernel, the same bits. */
import type { Matrix } from "../../flow.ts";
import { type AddTrees, openBatch } from "./batch.ts";
import { goesLeft, nodeFlags, type Trees, treeCount } from "./trees.ts";

const batchRows = 64; // from here on the kernel is worth its copies

/**
 * A function from rows to outputs. It prepares the trees once: O(nodes); then O(n·trees·depth), for one row and
 * 100 trees of depth 6 about 2 µs. Many rows go through a WebAssembly kernel that is loaded when it is first
 * needed. A row gets the same bits alone and among others.
 *
 * @param trees - Any trees; not copied, so they must not be changed.
 * @returns A function of x, [n, d], to the outputs, [n · k] row by row. It throws `tensor/missing-kernel`
 *   when nobody built the kernel.
 * @example
 * ```ts
 * const stump = { feature: 0, threshold: 2.5, left: { value: -1 }, right: { value: 1 } };
 * const predict = treePredictor(treesOf([stump, stump], { width: 1, base: [0.5] }));
 * predict(matrix([[2], [3], [Number.NaN]])) // => Float64Array.of(-1.5, 2.5, 2.5)
 * ```
 */
export function treePredictor(trees: Trees): (x: Matrix) => Float64Array {
  const addOne = rowAdder(trees);
  let addMany: AddTrees | undefined;
  const { outputs, base, average } = trees;
  const rounds = (treeCount(trees) * trees.leafWidth) / outputs;
  return (x) => {
    const sums = new Float64Array(x.rows * outputs);
    if (!average) for (let i = 0; i < sums.length; i++) sums[i] = base[i % outputs]!;
    if (x.rows >= batchRows) {
      addMany ??= openBatch(trees);
      addMany(x, sums);
    } else for (let i = 0; i < x.rows; i++) addOne(x.data, i * x.cols, sums, i * outputs);
    if (average)
      for (let i = 0; i < sums.length; i++)
        sums[i] = base[i % outputs]! + (rounds > 0 ? sums[i]! / rounds : 0);
    return sums;
  };
}

/** Adds every tree's answer for the row that begins at `data[row]` to the sums from `sums[sum]` on. */
type AddRow = (data: Float64Array, row: number, sums: Float64Array, sum: number) => void;

function rowAdder(trees: Trees): AddRow {
  const { starts, features, left, values, outputs, leafWidth, flags } = trees;
  const count = treeCount(trees);
  const special = nodeFlags.categories | nodeFlags.zeroMissing;
  // NaN sends whatever is not a plain comparison of numbers to the general rule
  const thresholds = trees.thresholds.map((t, i) => ((flags[i]! & special) === 0 ? t : Number.NaN));
  const leafOf = (data: Float64Array, row: number, root: number): number => {
    let node = root;
    for (let feature = features[node]!; feature >= 0; feature = features[node]!) {
      const value = data[row + feature]!;
      const threshold = thresholds[node]!;
      let below = Number(value < threshold); // no branch to mispredict
      if (Number.isNaN(value) || Number.isNaN(threshold))
        below = Number(goesLeft(trees, node, value));
      node = (left[node]! + 1 - below) | 0;
    }
    return node;
  };
  if (outputs === 1)
    return (data, row, sums, sum) => {
      let total = sums[sum]!;
      for (let t = 0; t < count; t++) total += values[leafOf(data, row, starts[t]!)]!;
      sums[sum] = total;
    };
  return (data, row, sums, sum) => {
    for (let t = 0; t < count; t++) {
      const leaf = leafOf(data, row, starts[t]!);
      if (leafWidth === 1) sums[sum + (t % outputs)]! += values[leaf]!;
      else for (let o = 0; o < outputs; o++) sums[sum + o]! += values[leaf * leafWidth + o]!;
    }
  };
}

/**
 * The leaf that each row reaches in each tree, as numbers of nodes. O(n·trees·depth).
 *
 * @param trees - Any trees.
 * @param x - Shape [n, d].
 * @returns Shape [n · trees], row by row.
 */
export function treeLeaves(trees: Trees, x: Matrix): Int32Array {
  const count = treeCount(trees);
  return Int32Array.from({ length: x.rows * count }, (_, k) => {
    const row = Math.floor(k / count) * x.cols;
    let node = trees.starts[k % count]!;
    while (trees.features[node]! >= 0) {
      const below = goesLeft(trees, node, x.data[row + trees.features[node]!]!);
      node = trees.left[node]! + (below ? 0 : 1);
    }
    return node;
  });
}
