/** @file Tests of Shapley values: sums, and the definition by all orders of features. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { randomRows, randomTree } from "../../../tests/support/random-trees.ts";
import { random } from "../../core/index.ts";
import type { Matrix } from "../../flow.ts";
import { treePredictor } from "./predict-trees.ts";
import { interventionalShapley, type ShapleyValues, treeShapley } from "./shapley.ts";
import { treesOf } from "./tree-nodes.ts";
import { goesLeft, type Trees } from "./trees.ts";

const width = 4;
const cases = fc.record({
  seed: fc.integer({ min: 1, max: 1e6 }),
  outputs: fc.integer({ min: 1, max: 2 }),
  vector: fc.boolean(),
  average: fc.boolean(),
});

function drawn({
  seed,
  outputs,
  vector,
  average,
}: {
  seed: number;
  outputs: number;
  vector: boolean;
  average: boolean;
}) {
  const draws = random(seed).stream("shapley");
  const leafWidth = vector ? outputs : 1;
  const shape = { width, depth: 5, categories: true, zeroMissing: true, leafWidth };
  const roots = Array.from({ length: 2 * outputs }, () => randomTree(draws, shape));
  const base = Array.from({ length: outputs }, () => draws.normal());
  const trees = treesOf(roots, { width, outputs, leafWidth, average, base });
  return { trees, x: randomRows(draws, 4, width), background: randomRows(draws, 3, width) };
}

/** The output where only some features are known: the others follow covers. */
function knownOutput(trees: Trees, row: Float64Array, known: number): number {
  const at = (node: number): number => {
    const feature = trees.features[node] ?? -1;
    if (feature < 0) return trees.values[node] ?? 0;
    const left = trees.left[node] ?? 0;
    if (((known >> feature) & 1) === 1)
      return at(left + (goesLeft(trees, node, row[feature] ?? 0) ? 0 : 1));
    const [l = 0, r = 0] = trees.covers.subarray(left, left + 2);
    return (l * at(left) + r * at(left + 1)) / (l + r);
  };
  const roots = trees.starts.subarray(0, -1);
  return roots.reduce((sum, root) => sum + at(root), trees.base[0] ?? 0);
}

/** Shapley values by the definition: over all sets of other features. */
function byDefinition(worth: (known: number) => number): number[] {
  const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1));
  return Array.from({ length: width }, (_, f) => {
    let value = 0;
    for (let set = 0; set < 2 ** width; set++) {
      if (((set >> f) & 1) === 1) continue;
      const size = [...set.toString(2)].filter((bit) => bit === "1").length;
      const weight = (factorial(size) * factorial(width - size - 1)) / factorial(width);
      value += weight * (worth(set | (1 << f)) - worth(set));
    }
    return value;
  });
}

function expectSums({ values, base }: ShapleyValues, trees: Trees, x: Matrix): void {
  const k = trees.outputs;
  const sums = Array.from({ length: x.rows * k }, (_, i) =>
    values.subarray(i * width, (i + 1) * width).reduce((sum, v) => sum + v, base[i % k] ?? 0),
  );
  expect(sums).toBeClose([...treePredictor(trees)(x)], { rtol: 1e-9, atol: 1e-9 });
}

describe("treeShapley", () => {
  test("law: base and values sum to the output", () => {
    fc.assert(
      fc.property(cases, (of) => {
        const { trees, x } = drawn(of);
        expectSums(treeShapley(trees, x), trees, x);
      }),
      { numRuns: 60 },
    );
  });

  test("law: values are those of the definition", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), (seed) => {
        const { trees, x } = drawn({ seed, outputs: 1, vector: false, average: false });
        const { values } = treeShapley(trees, x);
        for (let row = 0; row < x.rows; row++) {
          const cells = x.data.subarray(row * width, (row + 1) * width);
          const expected = byDefinition((known) => knownOutput(trees, cells, known));
          expect(values.subarray(row * width, (row + 1) * width)).toBeClose(expected, {
            rtol: 1e-9,
            atol: 1e-9,
          });
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe("interventionalShapley", () => {
  test("law: base and values sum to the output, and are those of the definition", () => {
    fc.assert(
      fc.property(cases, (of) => {
        const { trees, x, background } = drawn(of);
        const told = interventionalShapley(trees, x, background);
        expectSums(told, trees, x);
        if (trees.outputs > 1) return;
        const predict = treePredictor(trees);
        for (let row = 0; row < x.rows; row++) {
          const worth = (known: number): number => {
            const data = background.data.map((v, i) =>
              ((known >> (i % width)) & 1) === 1 ? (x.data[row * width + (i % width)] ?? 0) : v,
            );
            return (
              predict({ ...background, data }).reduce((sum, v) => sum + v, 0) / background.rows
            );
          };
          const values = told.values.subarray(row * width, (row + 1) * width);
          expect(values).toBeClose(byDefinition(worth), { rtol: 1e-9, atol: 1e-9 });
        }
      }),
      { numRuns: 40 },
    );
  });
});
