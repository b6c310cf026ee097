/** @file Pruning by cost and complexity: splits that gain too little become leaves. */
import { checkNumber } from "../../core/index.ts";
import {
  type TreeNode,
  type Trees,
  treeCount,
  treeImportances,
  treeNode,
  treesOf,
} from "../../tensor/index.ts";
import { type TreesPredictor, treesPredictor } from "./trees-predictor.ts";

/** A step of pruning: from this strength on the trees have so many leaves. */
export interface PruningStep {
  /** Strength, ≥ 0, in impurity per row. */
  readonly pruning: number;
  readonly leaves: number;
}

/**
 * The trees with every split turned into a leaf whose branch gains, in impurity per row, at most `pruning` for each
 * leaf more than one: the smallest trees T that minimise impurity(T) + pruning · leaves(T). O(nodes).
 *
 * @param predictor - A tree or a forest that was learned here.
 * @param pruning - Strength, ≥ 0.
 * @returns A new predictor, without an out-of-bag score: that was the unpruned trees'.
 * @throws `option/out-of-range`
 * @example
 * ```ts
 * const x = matrix([[1], [2], [3], [4]]);
 * const data = { x, y: Float64Array.of(0, 1, 1, 1), names: ["age"], source: "sha256:00" } as const;
 * const tree = await decisionTree().learn(data);
 * pruneTree(tree, 1).predict(matrix([[1]])) // => Float64Array.of(0.75)
 * ```
 * @see Breiman et al., Classification and Regression Trees, 1984, chapter 3. Peer: scikit-learn `ccp_alpha`.
 */
export function pruneTree(predictor: TreesPredictor, pruning: number): TreesPredictor {
  checkNumber("pruneTree", { pruning }, { min: 0 });
  const { trees, kind: _, predict: __, importances: ___, outOfBag: ____, ...rest } = predictor;
  const roots = Array.from({ length: treeCount(trees) }, (_, t) => {
    const root = treeNode(trees, t);
    return pruned(root, pruning * (root.cover ?? 0)).node;
  });
  const { width, outputs, leafWidth, average } = trees;
  const kept = treesOf(roots, { width, outputs, leafWidth, average, base: [...trees.base] });
  const importances = treeImportances(kept);
  return treesPredictor({
    ...rest,
    trees: kept,
    ...(importances === undefined ? {} : { importances }),
  });
}

/** A branch after pruning: how much it gains, and its leaves. */
interface Branch {
  readonly node: TreeNode;
  readonly gain: number;
  readonly leaves: number;
}

function pruned(node: TreeNode, strength: number): Branch {
  if (!("feature" in node)) return { node, gain: 0, leaves: 1 };
  const [left, right] = [pruned(node.left, strength), pruned(node.right, strength)];
  const gain = (node.gain ?? 0) + left.gain + right.gain;
  const leaves = left.leaves + right.leaves;
  if (gain <= strength * (leaves - 1)) {
    const { value = 0, cover = 0 } = node;
    return { node: { value, cover }, gain: 0, leaves: 1 };
  }
  return { node: { ...node, left: left.node, right: right.node }, gain, leaves };
}

/**
 * The strengths of pruning at which a tree changes, from 0 to that at which only its root is left. O(nodes·steps).
 *
 * @param predictor - A single tree; of a forest the first tree is taken.
 * @returns Steps with rising strength and falling numbers of leaves.
 * @example
 * ```ts
 * const x = matrix([[1], [2], [3], [4]]);
 * const data = { x, y: Float64Array.of(0, 1, 1, 1), names: ["age"], source: "sha256:00" } as const;
 * pruningPath(await decisionTree().learn(data))
 * // => [{ pruning: 0, leaves: 2 }, { pruning: 0.375, leaves: 1 }]
 * ```
 * @see Peer: scikit-learn `cost_complexity_pruning_path`.
 */
export function pruningPath({ trees }: TreesPredictor): readonly PruningStep[] {
  const total = trees.covers[0] ?? 1;
  const isLeaf = Uint8Array.from(trees.features, (feature) => (feature < 0 ? 1 : 0));
  const end = trees.starts[1] ?? 0;
  const steps: PruningStep[] = [];
  for (let reached = 0; ; ) {
    const { gains, leaves } = branches(trees, isLeaf, end);
    const weakest = weakestOf(gains, leaves, isLeaf);
    if (weakest / total > reached || steps.length === 0)
      steps.push({ pruning: reached, leaves: leaves[0] ?? 1 });
    if (weakest === Infinity) return steps;
    reached = Math.max(reached, weakest / total);
    for (let i = 0; i < end; i++)
      if (isLeaf[i] === 0 && strengthOf(gains, leaves, i) <= weakest * (1 + 1e-12)) isLeaf[i] = 1;
  }
}

const strengthOf = (gains: Float64Array, leaves: Float64Array, i: number): number =>
  (gains[i] ?? 0) / ((leaves[i] ?? 2) - 1);

function weakestOf(gains: Float64Array, leaves: Float64Array, isLeaf: Uint8Array): number {
  let weakest = Infinity;
  for (let i = 0; i < gains.length; i++)
    if (isLeaf[i] === 0 && (leaves[i] ?? 0) > 1)
      weakest = Math.min(weakest, strengthOf(gains, leaves, i));
  return weakest;
}

/** Gain and leaves of the branch below each node that can still be reached; 0 leaves of the others. */
function branches(trees: Trees, isLeaf: Uint8Array, end: number) {
  const [gains, leaves] = [new Float64Array(end), new Float64Array(end)];
  const reached = new Uint8Array(end).fill(1, 0, 1);
  const leftOf = (i: number): number => trees.left[i] ?? 0;
  const both = (sums: Float64Array, left: number): number =>
    (sums[left] ?? 0) + (sums[left + 1] ?? 0);
  for (let i = 0; i < end; i++)
    if (reached[i] === 1 && isLeaf[i] === 0) reached.fill(1, leftOf(i), leftOf(i) + 2);
  for (let i = end - 1; i >= 0; i--) {
    if (reached[i] === 0) continue;
    const isInner = isLeaf[i] === 0;
    leaves[i] = isInner ? both(leaves, leftOf(i)) : 1;
    gains[i] = isInner ? (trees.gains[i] ?? 0) + both(gains, leftOf(i)) : 0;
  }
  return { gains, leaves };
}
