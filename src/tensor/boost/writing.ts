/** @file A grown tree, written in the units of the features. */
import type { TreeWriter, WrittenSplit } from "../tree/tree-writer.ts";
import type { Branch } from "./growers.ts";
import type { BoostJob } from "./job.ts";
import type { Scales, Search, Split } from "./search.ts";

/** A function that writes a tree level by level; `leafValueOf` gives what a leaf answers. */
export function openWriting(
  { columns, options }: BoostJob,
  writer: TreeWriter,
  search: Search,
  scales: Scales,
): (root: Branch, leafValueOf: (leaf: Branch) => number) => void {
  const written = ({ feature, bin, bits, missingRight, gain }: Split): WrittenSplit => {
    const { cuts, levels } = columns.byFeature[feature]!;
    const common = { feature, gain, missingLeft: !missingRight };
    if (bits === undefined || levels === undefined) {
      const threshold = bin === 0 ? -Infinity : (cuts[bin - 1] ?? Infinity); // bins up to b hold what is below cut b
      return { ...common, threshold };
    }
    const codes = Array.from(levels).filter((_, i) => (bits[(i + 1) >> 3]! >> ((i + 1) & 7)) & 1);
    return { ...common, codes };
  };
  return (root, leafValueOf) => {
    const queue: [Branch, number][] = [[root, writer.addTree()]];
    for (const [branch, place] of queue) {
      const { node, kids } = branch;
      writer.setCover(place, node.hessian / scales.hessian);
      if (kids === undefined || node.split === undefined) {
        writer.setValue(place, leafValueOf(branch));
        continue;
      }
      writer.setValue(place, search.leafValueOf(node) * options.learningRate);
      const left = writer.split(place, written(node.split));
      const [first, second] = kids();
      queue.push([first, left], [second, left + 1]);
    }
  };
}
