/** @file Trees as the forest kernel leaves them, as the arrays that everything else walks. */
import type { FeatureBins } from "./forest-bins.ts";
import type { GrownTree } from "./forest-grower.ts";
import type { ForestLayout } from "./forest-layout.ts";
import { bitsOf } from "./tree-nodes.ts";
import { nodeFlags, type Trees } from "./trees.ts";

/** What is known beside the records. */
interface Setup {
  readonly features: readonly FeatureBins[];
  readonly classes: number;
  readonly layout: ForestLayout;
}

/** Flags of a record in the kernel. */
const recordFlags = { missingLeft: 1, set: 2 };

/** One structure of all trees, in their order. O(nodes). */
export function assembleForest(grown: readonly GrownTree[], setup: Setup): Trees {
  const { recordBytes, answers, width } = setup.layout.words;
  const sizes = grown.map(({ records }) => records.byteLength / recordBytes);
  const starts = new Int32Array(grown.length + 1);
  for (const [t, size] of sizes.entries()) starts[t + 1] = starts[t]! + size;
  const nodes = starts.at(-1)!;
  const trees = {
    ...{ width, outputs: answers, leafWidth: answers, average: true, starts },
    base: new Float64Array(answers),
    features: new Int32Array(nodes),
    thresholds: new Float64Array(nodes),
    left: new Int32Array(nodes),
    flags: new Uint8Array(nodes),
    values: new Float64Array(nodes * answers),
    covers: new Float64Array(nodes),
    gains: new Float64Array(nodes),
  };
  const sets = new SetWriter(setup.features);
  for (const [t, tree] of grown.entries()) {
    const view = new DataView(tree.records);
    for (let i = 0; i < sizes[t]!; i++) {
      const [at, node] = [i * recordBytes, starts[t]! + i];
      const feature = view.getInt32(at, true);
      trees.features[node] = feature;
      trees.covers[node] = view.getFloat64(at + 24, true);
      for (let o = 0; o < answers; o++)
        trees.values[node * answers + o] = view.getFloat64(at + 40 + 8 * o, true);
      if (feature < 0) continue;
      trees.left[node] = starts[t]! + view.getUint32(at + 8, true);
      trees.gains[node] = view.getFloat64(at + 16, true);
      const flags = view.getUint32(at + 12, true);
      const isSet = (flags & recordFlags.set) !== 0;
      trees.flags[node] =
        ((flags & recordFlags.missingLeft) !== 0 ? nodeFlags.missingLeft : 0) |
        (isSet ? nodeFlags.categories : 0);
      const bin = view.getInt32(at + 4, true);
      trees.thresholds[node] = isSet
        ? sets.add(feature, tree.sets.subarray(8 * view.getUint32(at + 32, true)))
        : thresholdOf(setup.features[feature]!.cuts, bin);
    }
  }
  return { ...trees, ...sets.written() };
}

/** What ends bin b: values of bins 1 … b are below it. */
function thresholdOf(cuts: Float64Array, bin: number): number {
  return bin === 0 ? -Infinity : (cuts[bin - 1] ?? Infinity);
}

class SetWriter {
  readonly #features: readonly FeatureBins[];
  readonly #starts: number[] = [0];
  readonly #words: number[] = [];

  constructor(features: readonly FeatureBins[]) {
    this.#features = features;
  }

  /** Adds the codes of the bins in a set of eight words; gives the number of the set. */
  add(feature: number, bins: Uint32Array): number {
    const codes = this.#features[feature]!.codes ?? [];
    const chosen = codes.filter((_, b) => ((bins[(b + 1) >> 5]! >>> ((b + 1) & 31)) & 1) === 1);
    for (const word of bitsOf(chosen.flat())) this.#words.push(word);
    return this.#starts.push(this.#words.length) - 2;
  }

  written(): Pick<Trees, "setStarts" | "setWords"> {
    return {
      setStarts: Int32Array.from(this.#starts),
      setWords: Uint32Array.from(this.#words),
    };
  }
}
