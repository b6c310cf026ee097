/** @file How much each feature matters to trees, by what its splits did. */
import type { Trees } from "./trees.ts";

/** What is summed over the splits of a feature: how much they gained, how many they are, how much weight came by. */
export type ImportanceKind = "gain" | "split" | "cover";

/**
 * Each feature's share in what all splits did; undefined when there is no split. O(nodes).
 *
 * @param trees - Any trees.
 * @param by - What is summed. Default "gain".
 * @returns Shape [d], summing to 1.
 * @example
 * ```ts
 * const right = { feature: 1, threshold: 0, gain: 1, left: { value: 1 }, right: { value: 2 } };
 * const root = { feature: 0, threshold: 0, gain: 3, left: { value: 0 }, right };
 * treeImportances(treesOf([root], { width: 2 })) // => Float64Array.of(0.75, 0.25)
 * ```
 * @see Peer: XGBoost `get_score(importance_type="total_gain" | "weight" | "total_cover")`.
 */
export function treeImportances(
  trees: Trees,
  by: ImportanceKind = "gain",
): Float64Array | undefined {
  const sums = new Float64Array(trees.width);
  const { features } = trees;
  const amount = { gain: trees.gains, cover: trees.covers, split: undefined }[by];
  for (let i = 0; i < features.length; i++)
    if (features[i]! >= 0) sums[features[i]!]! += amount?.[i] ?? 1;
  const total = sums.reduce((sum, one) => sum + one, 0);
  return total > 0 ? sums.map((one) => one / total) : undefined;
}
