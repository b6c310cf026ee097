/** @file Trees laid out for the kernel that sends many rows through them. */

import type { Matrix } from "../../flow.ts";
import { openBlocks } from "../blocks.ts";
import { loadKernelSync, openModule, sharedMemory } from "../kernel-file.ts";
import { nodeFlags, type Trees, treeCount } from "./trees.ts";

/** The functions of kernels/trees.as.ts. */
interface TreesCode {
  predictPlain(batch: number, count: number): void;
  predictAny(batch: number, count: number): void;
}

const firstByte = 65_536; // the compiler's static data is below
const blockBytes = 16_384; // rows of a block, which stay in the fastest cache
const innerFlag = 8;

/** Adds every tree's answer to sums, [n, k], for the rows of x. */
export type AddTrees = (x: Matrix, sums: Float64Array) => void;

/** Writes trees into a memory of their own. @throws `tensor/missing-kernel` */
export function openBatch(trees: Trees): AddTrees {
  const nodes = trees.features.length;
  const { width, outputs } = trees;
  const blockRows = Math.min(1024, Math.max(16, 4 * Math.floor(blockBytes / (32 * width))));
  const { take: block, end } = openBlocks(firstByte);
  const count = treeCount(trees);
  const at = {
    batch: block(64),
    roots: block(4 * count),
    depths: block(4 * count),
    nodes: block(16 * nodes),
    values: block(8 * trees.values.length),
    rows: block(8 * width * (blockRows + 4)),
    sums: block(8 * outputs * (blockRows + 4)),
    setStarts: block(4 * trees.setStarts.length),
    setWords: block(4 * trees.setWords.length),
  };
  const memory = sharedMemory(end());
  const { buffer } = memory;
  const words = [
    ...[count, at.roots, at.depths, at.nodes, at.values, trees.leafWidth, outputs],
    ...[at.rows, 8 * width, at.sums, at.setStarts, at.setWords],
  ];
  new Uint32Array(buffer, at.batch, words.length).set(words);
  new Uint32Array(buffer, at.roots, count).set(
    trees.starts.subarray(0, count).map((start) => at.nodes + 16 * start),
  );
  new Uint32Array(buffer, at.depths, count).set(depthsOf(trees));
  writeNodes(trees, new DataView(buffer, at.nodes), at.nodes);
  new Float64Array(buffer, at.values, trees.values.length).set(trees.values);
  new Int32Array(buffer, at.setStarts, trees.setStarts.length).set(trees.setStarts);
  new Uint32Array(buffer, at.setWords, trees.setWords.length).set(trees.setWords);
  const code = openModule(
    loadKernelSync("trees", ["predictPlain", "predictAny"]),
    memory,
  ) as TreesCode;
  const plain = trees.flags.every((flags) => (flags & ~nodeFlags.missingLeft) === 0);
  const predict = plain ? code.predictPlain : code.predictAny;
  const rows = new Float64Array(buffer, at.rows, width * blockRows);
  return (x, sums) => {
    for (let from = 0; from < x.rows; from += blockRows) {
      const to = Math.min(x.rows, from + blockRows);
      rows.set(x.data.subarray(from * width, to * width));
      const part = new Float64Array(buffer, at.sums, outputs * (to - from));
      part.set(sums.subarray(from * outputs, to * outputs));
      predict(at.batch, to - from);
      sums.set(part, from * outputs);
    }
  };
}

function writeNodes(trees: Trees, view: DataView, address: number): void {
  const { features, thresholds, left, flags } = trees;
  for (let i = 0; i < features.length; i++) {
    const isLeaf = features[i]! < 0;
    const missingRight = (flags[i]! & nodeFlags.missingLeft) === 0 ? 1 : 0;
    const marks = innerFlag | (flags[i]! & ~nodeFlags.missingLeft) | missingRight;
    view.setFloat64(16 * i, isLeaf ? Number.NaN : thresholds[i]!, true);
    view.setUint32(16 * i + 8, isLeaf ? 0 : 8 * features[i]!, true);
    view.setUint32(
      16 * i + 12,
      address + 16 * (isLeaf ? i : left[i]!) + (isLeaf ? 0 : marks),
      true,
    );
  }
}

/** Most steps from the root of each tree to a leaf. */
function depthsOf({ starts, features, left }: Trees): Uint32Array {
  const depth = new Uint32Array(features.length); // of each node, from its root
  const most = new Uint32Array(starts.length - 1);
  for (let t = 0; t < most.length; t++)
    for (let i = starts[t]!; i < starts[t + 1]!; i++) {
      if (depth[i]! > most[t]!) most[t] = depth[i]!;
      if (features[i]! < 0) continue;
      depth[left[i]!] = depth[i]! + 1; // children come after their parent
      depth[left[i]! + 1] = depth[i]! + 1;
    }
  return most;
}
