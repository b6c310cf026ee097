/** @file The data structure of trees: one shape for boosting, forests, single trees and models read from elsewhere. */

/**
 * Any number of binary trees of any shape, as flat arrays. A node is a number, i; the arrays of nodes have
 * one entry per node, of all trees one after another.
 *
 * **Walk.** Tree t has the nodes `starts[t]` … `starts[t + 1] − 1`; its root is `starts[t]`. Node i is a leaf
 * when `features[i]` is −1. Else a row with value v of that feature goes to `left[i]`, or to its
 * sibling `left[i] + 1`: siblings are neighbours, and children come after their parent, in the same tree.
 *
 * - NaN is missing, and goes left where `flags[i]` has {@link nodeFlags}`.missingLeft`, else right.
 * - A number split (no flag `categories`): left when v < `thresholds[i]`, compared as doubles.
 * - A category split (flag `categories`): `thresholds[i]` is the number s of a set. v, cut to a whole number,
 *   is a code; it goes left when the code is in the set. All else goes right: codes outside the set, beyond its
 *   words, negative ones. Set s is the words `setStarts[s]` … `setStarts[s + 1] − 1` of `setWords`; code c is in
 *   it when bit c mod 32 of its word ⌊c / 32⌋ is 1.
 * - With the flag `zeroMissing`, |v| ≤ 1e-35 counts as missing too (LightGBM's `zero_as_missing`).
 *
 * **Sum.** With `leafWidth` 1, tree t adds `values[leaf]` to output t mod k: boosting, where one round of k
 * classes is k trees. With `leafWidth` k, each tree adds `values[k · leaf + o]` to every output o: forests whose
 * leaves hold a share per class. Output o of a row is `base[o]` plus the sum over the trees in their order, or
 * with `average` their mean (over the trees of the output).
 *
 * What the outputs mean (log-odds, a number, a share) is the predictor's business.
 */
export interface Trees {
  /** Features of a row, d; every feature of a node is below it. */
  readonly width: number;
  /** Outputs of a row, k ≥ 1. */
  readonly outputs: number;
  /** Numbers in a leaf: 1 or k. */
  readonly leafWidth: number;
  /** Whether outputs are means over trees: forests. */
  readonly average: boolean;
  /** Output of a row before the first tree, [k]. */
  readonly base: Float64Array;
  /** First node of each tree, and the number of all nodes at the end, [trees + 1]. */
  readonly starts: Int32Array;
  /** Feature that a node splits on, −1 for a leaf, [nodes]. */
  readonly features: Int32Array;
  /** Threshold in the unit of the feature, number of a set, or 0 for a leaf, [nodes]. */
  readonly thresholds: Float64Array;
  /** Left child, whose neighbour is the right one; 0 for a leaf, [nodes]. */
  readonly left: Int32Array;
  /** Bits of {@link nodeFlags}, [nodes]. */
  readonly flags: Uint8Array;
  /** Where the words of each set begin, and their number at the end, [sets + 1]. */
  readonly setStarts: Int32Array;
  /** Bits of the sets of category codes. */
  readonly setWords: Uint32Array;
  /**
   * What a leaf answers, [nodes · leafWidth]. Of an inner node: what it would answer were it a leaf, for pruning and
   * pictures, or 0 where nobody knows.
   */
  readonly values: Float64Array;
  /**
   * Weight of the training rows that came by, [nodes]: the sum of their hessians (boosting), or of their weights or
   * their number (forests, LightGBM). A parent's is the sum of its children's up to rounding. Shapley values need it.
   */
  readonly covers: Float64Array;
  /** How much a split lowered the loss, in the unit of the loss; 0 for a leaf, [nodes]. */
  readonly gains: Float64Array;
}

/** Bits of `Trees.flags`. */
export const nodeFlags = { missingLeft: 1, categories: 2, zeroMissing: 4 } as const;

/** Values up to this, of either sign, are missing at a node with the flag `zeroMissing`. */
export const zeroLimit = Math.fround(1e-35);

/** Number of trees. */
export function treeCount(trees: Trees): number {
  return trees.starts.length - 1;
}

/**
 * Whether a value goes left at a node: the rule of {@link Trees}, for whoever walks trees by himself.
 *
 * @param trees - Any trees.
 * @param node - An inner node.
 * @param value - Value of the node's feature; NaN is missing.
 * @example
 * ```ts
 * const stump = treesOf([{ feature: 0, threshold: 2.5, left: { value: -1 }, right: { value: 1 } }], { width: 1 });
 * goesLeft(stump, 0, 2) // => true
 * goesLeft(stump, 0, Number.NaN) // => false
 * ```
 */
export function goesLeft(trees: Trees, node: number, value: number): boolean {
  const flags = trees.flags[node]!;
  const missing =
    Number.isNaN(value) || ((flags & nodeFlags.zeroMissing) !== 0 && Math.abs(value) <= zeroLimit);
  if (missing) return (flags & nodeFlags.missingLeft) !== 0;
  const threshold = trees.thresholds[node]!;
  if ((flags & nodeFlags.categories) === 0) return value < threshold;
  return hasCode(trees, threshold, value);
}

/** Whether a category code is in a set of the trees. */
export function hasCode({ setStarts, setWords }: Trees, set: number, code: number): boolean {
  const whole = Math.trunc(code);
  const word = setStarts[set]! + Math.floor(whole / 32);
  if (whole < 0 || word >= setStarts[set + 1]!) return false;
  return ((setWords[word]! >>> (whole & 31)) & 1) === 1;
}

/** The category codes in a set of the trees, ascending. */
export function codesOf({ setStarts, setWords }: Trees, set: number): number[] {
  const [from, to] = [setStarts[set]!, setStarts[set + 1]!];
  const codes: number[] = [];
  for (let bit = 0; bit < 32 * (to - from); bit++)
    if (((setWords[from + (bit >> 5)]! >>> (bit & 31)) & 1) === 1) codes.push(bit);
  return codes;
}

/** Where trees are not whole: which array, what was expected, what is there. */
export interface TreeDamage {
  readonly field: string;
  readonly expected: string;
  readonly got: string;
}

/**
 * What is wrong with trees that came from outside; undefined when every row can be walked through them. O(nodes).
 *
 * @param trees - Arrays of the right types, of any content.
 */
export function findTreeDamage(trees: Trees): TreeDamage | undefined {
  return lengthDamage(trees) ?? orderDamage(trees) ?? nodeDamage(trees);
}

function lengthDamage(trees: Trees): TreeDamage | undefined {
  const { outputs, leafWidth, starts, setStarts, setWords } = trees;
  const nodes = trees.features.length;
  if (!Number.isInteger(outputs) || outputs < 1) return damage("outputs", "1 or more", outputs);
  if (leafWidth !== 1 && leafWidth !== outputs)
    return damage("leafWidth", `1 or ${outputs}`, leafWidth);
  if (starts.length === 0 || starts[0] !== 0 || starts.at(-1) !== nodes)
    return damage("starts", `numbers from 0 to ${nodes}`, starts.at(-1) ?? "nothing");
  if (setStarts.length === 0 || setStarts[0] !== 0 || setStarts.at(-1) !== setWords.length)
    return damage(
      "setStarts",
      `numbers from 0 to ${setWords.length}`,
      setStarts.at(-1) ?? "nothing",
    );
  const lengths = [
    ...(["thresholds", "left", "flags", "covers", "gains"] as const).map(
      (f) => [f, nodes] as const,
    ),
    ["values", nodes * leafWidth] as const,
    ["base", outputs] as const,
  ];
  for (const [field, length] of lengths)
    if (trees[field].length !== length)
      return damage(field, `${length} values`, trees[field].length);
  return undefined;
}

function orderDamage({ starts, setStarts }: Trees): TreeDamage | undefined {
  for (let t = 1; t < starts.length; t++)
    if (starts[t]! <= starts[t - 1]!) return damage("starts", "rising numbers", starts[t]!);
  for (let s = 1; s < setStarts.length; s++)
    if (setStarts[s]! < setStarts[s - 1]!)
      return damage("setStarts", "rising numbers", setStarts[s]!);
  return undefined;
}

function nodeDamage(trees: Trees): TreeDamage | undefined {
  const { starts, features, left, flags, thresholds, width } = trees;
  const sets = trees.setStarts.length - 1;
  for (let t = 0; t + 1 < starts.length; t++)
    for (let i = starts[t]!; i < starts[t + 1]!; i++) {
      const feature = features[i]!;
      if (feature < -1 || feature >= width)
        return damage("features", `features below ${width}`, feature);
      if (feature < 0) continue;
      if (left[i]! <= i || left[i]! + 1 >= starts[t + 1]!)
        return damage("left", `children after ${i} in the same tree`, left[i]!);
      const set = thresholds[i]!;
      const isSet = Number.isInteger(set) && set >= 0 && set < sets;
      if ((flags[i]! & nodeFlags.categories) !== 0 && !isSet)
        return damage("thresholds", `a set below ${sets}`, set);
    }
  return undefined;
}

function damage(field: string, expected: string, got: number | string): TreeDamage {
  return { field, expected, got: `${got}` };
}
