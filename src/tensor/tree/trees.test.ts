/** @file Tests of trees as data: damage is found, importances are shares, old complete trees keep their bits. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { random } from "../../core/index.ts";
import { type CompleteTrees, fromCompleteTrees } from "./complete-trees.ts";
import { treeImportances } from "./importances.ts";
import { treePredictor } from "./predict-trees.ts";
import { treesOf } from "./tree-nodes.ts";
import { TreeWriter } from "./tree-writer.ts";
import { findTreeDamage, type Trees } from "./trees.ts";

const right = {
  feature: 1,
  codes: [0, 40],
  gain: 1,
  cover: 2,
  left: { value: 1 },
  right: { value: 2 },
};
const root = { feature: 0, threshold: 0, gain: 3, cover: 6, left: { value: 0 }, right };
const good = treesOf([root, { value: 5 }], { width: 2 });

describe("findTreeDamage", () => {
  test("finds nothing in trees that are whole", () => {
    expect(findTreeDamage(good)).toBeUndefined();
    expect(findTreeDamage(treesOf([], { width: 0 }))).toBeUndefined();
  });

  test("says which array is damaged", () => {
    const { starts, left, features, thresholds } = good;
    const damaged: readonly [Partial<Trees>, string][] = [
      [{ outputs: 0 }, "outputs"],
      [{ leafWidth: 2 }, "leafWidth"],
      [{ starts: starts.slice(0, 2) }, "starts"],
      [{ starts: starts.with(1, 6) }, "starts"],
      [{ setStarts: Int32Array.of(0) }, "setStarts"],
      [{ setStarts: Int32Array.of(0, 3, 2) }, "setStarts"],
      [{ thresholds: thresholds.slice(1) }, "thresholds"],
      [{ values: new Float64Array(2) }, "values"],
      [{ base: new Float64Array(2) }, "base"],
      [{ features: features.with(0, 2) }, "features"],
      [{ features: features.with(0, -2) }, "features"],
      [{ left: left.with(0, 0) }, "left"],
      [{ left: left.with(0, 5) }, "left"],
      [{ thresholds: thresholds.with(2, 1) }, "thresholds"],
    ];
    for (const [change, field] of damaged)
      expect(findTreeDamage({ ...good, ...change })?.field).toBe(field);
  });
});

describe("treeImportances", () => {
  test("are shares of gain, of splits and of cover", () => {
    expect(treeImportances(good)).toBeClose([0.75, 0.25]);
    expect(treeImportances(good, "split")).toBeClose([0.5, 0.5]);
    expect(treeImportances(good, "cover")).toBeClose([0.75, 0.25]);
    expect(treeImportances(treesOf([{ value: 1 }], { width: 1 }))).toBeUndefined();
  });
});

describe("TreeWriter", () => {
  test("writes what treesOf makes of nested nodes, and fewer trees when asked", () => {
    const { width, outputs, leafWidth, average, base } = good;
    const writer = new TreeWriter({ width, outputs, leafWidth, average, base });
    const first = writer.addTree();
    const left = writer.split(first, { feature: 0, threshold: 0, missingLeft: false, gain: 3 });
    const below = writer.split(left + 1, {
      feature: 1,
      codes: [0, 40],
      missingLeft: false,
      gain: 1,
    });
    for (const [node, cover] of [
      [first, 6],
      [left + 1, 2],
    ] as const)
      writer.setCover(node, cover);
    for (const [i, value] of [1, 2].entries()) writer.setValue(below + i, value);
    writer.setValue(writer.addTree(), 2.5);
    writer.scale(1, 2);
    expect(writer.written()).toEqual(good);
    expect(writer.written(1)).toEqual(treesOf([root], { width: 2 }));
  });
});

describe("treesOf", () => {
  test("holds sets of more codes than a call has room for arguments", () => {
    const codes = [2 ** 23];
    const trees = treesOf([{ feature: 0, codes, left: { value: 1 }, right: { value: 0 } }], {
      width: 1,
    });
    const writer = new TreeWriter({
      width: 1,
      outputs: 1,
      leafWidth: 1,
      average: false,
      base: new Float64Array(1),
    });
    writer.split(writer.addTree(), { feature: 0, codes, missingLeft: false });
    expect(trees.setWords.length).toBe(2 ** 18 + 1);
    expect(writer.written().setWords).toEqual(trees.setWords);
  });
});

describe("fromCompleteTrees", () => {
  test("law: a state of format 1 predicts the same bits", () => {
    const cases = fc.record({
      seed: fc.integer({ min: 1, max: 1e6 }),
      depth: fc.integer({ min: 1, max: 6 }),
    });
    fc.assert(
      fc.property(cases, ({ seed, depth }) => {
        const complete = randomComplete(seed, depth);
        const draws = random(seed).stream("rows");
        const data = Float64Array.from({ length: 200 }, () =>
          draws.next() < 0.1 ? Number.NaN : draws.below(8) - 3,
        );
        const x = { rows: 100, cols: 2, data };
        const trees = fromCompleteTrees(complete, 2, 0.3);
        expect(findTreeDamage(trees)).toBeUndefined();
        expect(treePredictor(trees)(x)).toEqual(completeMargins(complete, x.data, 0.3));
      }),
    );
  });
});

/** Two trees; a node that does not split has equal leaves below it. */
function randomComplete(seed: number, depth: number): CompleteTrees {
  const draws = random(seed).stream("complete");
  const inner = 2 ** depth - 1;
  const thresholds = new Float64Array(2 * inner);
  const leaves = new Float32Array(2 * (inner + 1));
  const fill = (tree: number, node: number, stopped: number | undefined): void => {
    if (node >= inner) {
      leaves[tree * (inner + 1) + node - inner] = stopped ?? draws.normal();
      return;
    }
    const stop = stopped ?? (draws.next() < 0.2 ? draws.normal() : undefined);
    const some = draws.next() < 0.1 ? -Infinity : draws.below(8) - 3;
    thresholds[tree * inner + node] = stop === undefined ? some : Infinity;
    fill(tree, 2 * node + 1, stop);
    fill(tree, 2 * node + 2, stop);
  };
  for (const tree of [0, 1]) fill(tree, 0, undefined);
  const features = Int32Array.from(thresholds, (t) => (t < Infinity ? draws.below(2) : 0));
  const missingRight = Uint8Array.from(thresholds, () => draws.below(2));
  return { depth, features, thresholds, missingRight, leaves };
}

/** What format 1 computed. */
function completeMargins(trees: CompleteTrees, data: Float64Array, base: number): Float64Array {
  const inner = 2 ** trees.depth - 1;
  return Float64Array.from({ length: data.length / 2 }, (_, i) => {
    let margin = base;
    for (const tree of [0, 1]) {
      let node = 0;
      while (node < inner) {
        const value = data[2 * i + trees.features[tree * inner + node]!]!;
        const stay = Number.isNaN(value)
          ? trees.missingRight[tree * inner + node] === 0
          : value < trees.thresholds[tree * inner + node]!;
        node = 2 * node + (stay ? 1 : 2);
      }
      margin += trees.leaves[tree * (inner + 1) + node - inner]!;
    }
    return margin;
  });
}
