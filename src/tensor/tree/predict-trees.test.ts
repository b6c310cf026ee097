/** @file Tests of what trees answer: a plain walk, the row function and the kernel agree bit for bit. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { random } from "../../core/index.ts";
import { matrix } from "../matrix.ts";
import { treeLeaves, treePredictor } from "./predict-trees.ts";
import { type TreeNode, treeNode, treesOf } from "./tree-nodes.ts";
import { goesLeft, type Trees } from "./trees.ts";

const width = 3;

/** A random tree: numbers, categories, missing values, zero as missing where `special`. */
function randomTree(draws: ReturnType<typeof random>, depth: number, special: boolean): TreeNode {
  if (depth === 0 || draws.next() < 0.15) return { value: draws.normal() };
  const [left, right] = [
    randomTree(draws, depth - 1, special),
    randomTree(draws, depth - 1, special),
  ];
  const some = Array.from({ length: draws.below(4) }, () => draws.below(70));
  const codes = [...new Set(some)].sort((a, b) => a - b);
  const node = { feature: draws.below(width), missingLeft: draws.next() < 0.5, left, right };
  if (special && draws.next() < 0.4) return { ...node, codes };
  const threshold = draws.below(8) - 3;
  return special && draws.next() < 0.3
    ? { ...node, threshold, zeroMissing: true }
    : { ...node, threshold };
}

function randomRows(draws: ReturnType<typeof random>, rows: number) {
  const cell = (): number => {
    const kind = draws.below(10);
    if (kind === 0) return Number.NaN;
    if (kind === 1) return draws.below(120);
    if (kind === 2)
      return [0, -0, 1e-36, -1e-36, -5, 1e12, Infinity, -Infinity, 0.5][draws.below(9)]!;
    return draws.below(8) - 3;
  };
  return { rows, cols: width, data: Float64Array.from({ length: rows * width }, cell) };
}

/** By the definition. */
function plainOutputs(trees: Trees, row: Float64Array): number[] {
  const { outputs, leafWidth, average, base, starts } = trees;
  const count = starts.length - 1;
  const sums = Array.from(base, (b) => (average ? 0 : b));
  for (let t = 0; t < count; t++) {
    let node = starts[t]!;
    while (trees.features[node]! >= 0)
      node = trees.left[node]! + (goesLeft(trees, node, row[trees.features[node]!]!) ? 0 : 1);
    for (let o = 0; o < leafWidth; o++) {
      const output = leafWidth === 1 ? t % outputs : o;
      sums[output] = sums[output]! + trees.values[node * leafWidth + o]!;
    }
  }
  return average ? sums.map((s, o) => base[o]! + s / ((count * leafWidth) / outputs)) : sums;
}

describe("treePredictor", () => {
  test("law: one row and many give the bits of a plain walk, for every kind of tree", () => {
    const kinds = fc.record({
      seed: fc.integer({ min: 1, max: 1e6 }),
      special: fc.boolean(),
      outputs: fc.integer({ min: 1, max: 3 }),
      vector: fc.boolean(),
      average: fc.boolean(),
      rows: fc.constantFrom(1, 5, 63, 64, 65, 300),
    });
    fc.assert(
      fc.property(kinds, ({ seed, special, outputs, vector, average, rows }) => {
        const draws = random(seed).stream("trees");
        const leafWidth = vector ? outputs : 1;
        const vectors = (node: TreeNode): TreeNode =>
          "feature" in node
            ? { ...node, left: vectors(node.left), right: vectors(node.right) }
            : { value: Array.from({ length: leafWidth }, () => draws.normal()) };
        const roots = Array.from({ length: 4 * outputs }, () =>
          vectors(randomTree(draws, draws.below(7), special)),
        );
        const base = Array.from({ length: outputs }, () => draws.normal());
        const trees = treesOf(roots, { width, outputs, leafWidth, average, base });
        const x = randomRows(draws, rows);
        const expected = Array.from({ length: rows }, (_, i) =>
          plainOutputs(trees, x.data.subarray(i * width, (i + 1) * width)),
        );
        const predict = treePredictor(trees);
        expect(predict(x)).toEqual(Float64Array.from(expected.flat()));
        const one = { ...x, rows: 1, data: x.data.slice(0, width) };
        expect(predict(one)).toEqual(Float64Array.from(expected[0]!));
      }),
    );
  });

  test("gives the base where there is no tree, and nothing where there is no row", () => {
    const none = treesOf([], { width: 1, outputs: 2, base: [1, 2] });
    expect(treePredictor(none)(matrix([[5]]))).toEqual(Float64Array.of(1, 2));
    const x = { rows: 100, cols: 1, data: new Float64Array(100) };
    expect(treePredictor(none)(x).length).toBe(200);
    expect(treePredictor(none)({ rows: 0, cols: 1, data: new Float64Array(0) }).length).toBe(0);
    expect(treePredictor({ ...none, average: true })(matrix([[5]]))).toEqual(Float64Array.of(1, 2));
  });
});

describe("treeLeaves", () => {
  test("gives the leaf of each row in each tree", () => {
    const stump = { feature: 0, threshold: 2, left: { value: 1 }, right: { value: 2 } };
    const trees = treesOf([stump, { value: 7 }], { width: 1 });
    expect(treeLeaves(trees, matrix([[1], [2]]))).toEqual(Int32Array.of(1, 3, 2, 3));
  });
});

describe("treeNode", () => {
  test("law: nested nodes survive the flat arrays", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), (seed) => {
        const draws = random(seed).stream("nodes");
        const trees = treesOf([randomTree(draws, 5, true), randomTree(draws, 5, true)], { width });
        const again = treesOf([treeNode(trees, 0), treeNode(trees, 1)], { width });
        expect(again).toEqual(trees);
      }),
    );
  });
});
