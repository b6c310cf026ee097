/** @file Trees as nested nodes, for whoever writes, reads or draws them, and back as flat arrays. */
import { codesOf, nodeFlags, type Trees } from "./trees.ts";

/** A leaf: what it answers, one number or one per output. */
export interface LeafNode {
  readonly value: number | readonly number[];
  readonly cover?: number;
}

/** A split: what {@link Trees} says of it, in one object. */
export interface SplitNode {
  readonly feature: number;
  /** Below it a row goes left; absent for a category split. */
  readonly threshold?: number;
  /** Codes that go left; absent for a number split. */
  readonly codes?: readonly number[];
  readonly missingLeft?: boolean;
  readonly zeroMissing?: boolean;
  readonly left: TreeNode;
  readonly right: TreeNode;
  readonly value?: number | readonly number[];
  readonly cover?: number;
  readonly gain?: number;
}

/** A node with all that is below it. */
export type TreeNode = LeafNode | SplitNode;

/** What {@link treesOf} must be told beside the nodes. */
export interface TreesSetup {
  readonly width: number;
  /** Default 1. */
  readonly outputs?: number;
  /** Default 1. */
  readonly leafWidth?: number;
  /** Default false. */
  readonly average?: boolean;
  /** Default zeros. */
  readonly base?: readonly number[];
}

/**
 * Flat arrays of nested nodes; each tree's nodes lie level by level. O(nodes).
 *
 * @param roots - The root of each tree.
 * @param setup - Width, outputs and how they are summed.
 * @example
 * ```ts
 * const color = { feature: 0, codes: [1, 3], left: { value: 10 }, right: { value: 20 } };
 * const trees = treesOf([color], { width: 1, base: [0.5] });
 * treePredictor(trees)(matrix([[3], [2], [99]])) // => Float64Array.of(10.5, 20.5, 20.5)
 * ```
 */
export function treesOf(roots: readonly TreeNode[], setup: TreesSetup): Trees {
  const { width, outputs = 1, leafWidth = 1, average = false } = setup;
  const { base = new Array<number>(outputs).fill(0) } = setup;
  const starts = [0];
  const nodes: TreeNode[] = [];
  const left: number[] = [];
  for (const root of roots) {
    nodes.push(root);
    for (let i = starts.at(-1)!; i < nodes.length; i++) {
      const node = nodes[i]!;
      left.push("feature" in node ? nodes.length : 0);
      if ("feature" in node) nodes.push(node.left, node.right);
    }
    starts.push(nodes.length);
  }
  const sets = setsOf(nodes);
  return {
    ...{ width, outputs, leafWidth, average, base: Float64Array.from(base) },
    starts: Int32Array.from(starts),
    features: Int32Array.from(nodes, (node) => ("feature" in node ? node.feature : -1)),
    thresholds: sets.thresholds,
    left: Int32Array.from(left),
    flags: Uint8Array.from(nodes, flagsOf),
    setStarts: Int32Array.from(sets.starts),
    setWords: Uint32Array.from(sets.words),
    values: Float64Array.from(nodes.flatMap(({ value = 0 }) => padded(value, leafWidth))),
    covers: Float64Array.from(nodes, ({ cover = 0 }) => cover),
    gains: Float64Array.from(nodes, (node) => ("feature" in node ? (node.gain ?? 0) : 0)),
  };
}

/**
 * A tree as nested nodes, with everything that its arrays hold. O(nodes of the tree).
 *
 * @param trees - Any trees.
 * @param tree - Which of them.
 */
export function treeNode(trees: Trees, tree: number): TreeNode {
  const { features, thresholds, flags, left, leafWidth, values } = trees;
  const nodeAt = (i: number): TreeNode => {
    const some = Array.from(values.subarray(i * leafWidth, (i + 1) * leafWidth));
    const value = leafWidth === 1 ? some[0]! : some;
    const cover = trees.covers[i]!;
    if (features[i]! < 0) return { value, cover };
    const categories = (flags[i]! & nodeFlags.categories) !== 0;
    const threshold = thresholds[i]!;
    return {
      feature: features[i]!,
      ...(categories ? { codes: codesOf(trees, threshold) } : { threshold }),
      missingLeft: (flags[i]! & nodeFlags.missingLeft) !== 0,
      ...((flags[i]! & nodeFlags.zeroMissing) !== 0 ? { zeroMissing: true } : {}),
      ...{ value, cover, gain: trees.gains[i]! },
      ...{ left: nodeAt(left[i]!), right: nodeAt(left[i]! + 1) },
    };
  };
  return nodeAt(trees.starts[tree]!);
}

function flagsOf(node: TreeNode): number {
  if (!("feature" in node)) return 0;
  const missing = node.missingLeft === true ? nodeFlags.missingLeft : 0;
  const zero = node.zeroMissing === true ? nodeFlags.zeroMissing : 0;
  return missing | zero | (node.codes === undefined ? 0 : nodeFlags.categories);
}

function setsOf(nodes: readonly TreeNode[]) {
  const [starts, words]: [number[], number[]] = [[0], []];
  const thresholds = Float64Array.from(nodes, (node) => {
    if (!("feature" in node)) return 0;
    if (node.codes === undefined) return node.threshold ?? 0;
    for (const word of bitsOf(node.codes)) words.push(word);
    starts.push(words.length);
    return starts.length - 2;
  });
  return { starts, words, thresholds };
}

/** Words with the bits of some codes set. */
export function bitsOf(codes: readonly number[]): Uint32Array {
  const most = codes.reduce((max, code) => Math.max(max, code), -1);
  const words = new Uint32Array((most >> 5) + 1);
  for (const code of codes) words[code >> 5] = words[code >> 5]! | (1 << (code & 31));
  return words;
}

function padded(value: number | readonly number[], length: number): readonly number[] {
  return typeof value === "number" ? new Array<number>(length).fill(value) : value;
}
