/** @file Tests of both ways of growing: they agree with each other, with plain loops, and on any number of threads. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatJson, random } from "../../core/index.ts";
import { treePredictor } from "../tree/predict-trees.ts";
import { codesOf, nodeFlags, type Trees } from "../tree/trees.ts";
import type { TreeOptions } from "./options.ts";
import { type BoostProblem, trainTrees } from "./train.ts";

/** Numbers with holes, and in the last column codes of `levels` categories. */
function sample(rows: number, levels = 12): BoostProblem {
  const draws = random(5).stream("growers");
  const cols = 4;
  const data = new Float64Array(rows * cols);
  const y = new Float64Array(rows);
  const effects = Float64Array.from({ length: levels }, () => draws.normal());
  for (let i = 0; i < rows; i++) {
    const [a, b, code] = [draws.normal(), draws.next(), draws.below(levels)];
    data.set(
      [a, draws.next() < 0.15 ? Number.NaN : b, Math.round(5 * draws.next()), code],
      i * cols,
    );
    y[i] = draws.next() < 1 / (1 + Math.exp(-(a + (a > 0 ? b : -b) + effects[code]!))) ? 1 : 0;
  }
  return { x: { rows, cols, data }, y, base: 0.1, categorical: [3] };
}

const plain = { trees: 5, minChildWeight: 0.5, learningRate: 0.3 };
const grown = async (problem: BoostProblem, options: Partial<TreeOptions>): Promise<Trees> =>
  (await trainTrees({ ...problem, options: { ...plain, ...options } })).trees;

describe("growing by leaves", () => {
  test("law: grows what growing by levels grows, when it may have all leaves", async () => {
    const cases = fc.record({
      depth: fc.integer({ min: 1, max: 6 }),
      rows: fc.constantFrom(30, 300, 3000),
      rowSample: fc.constantFrom(1, 0.6),
      l1: fc.constantFrom(0, 0.5),
    });
    await fc.assert(
      fc.asyncProperty(cases, async ({ rows, ...options }) => {
        const problem = sample(rows);
        const levels = await grown(problem, options);
        const leaves = await grown(problem, { ...options, leaves: 2 ** options.depth });
        expect(formatJson(leaves)).toBe(formatJson(levels));
      }),
      { numRuns: 30 },
    );
  });

  test("grows the same bytes on 1, 2 and 3 threads, by leaves and deep", async () => {
    const problem = sample(90_000);
    for (const options of [
      { leaves: 40, depth: 30 },
      { depth: 10, rowSample: 0.7 },
      { leaves: 25, depth: 12, columnSampleNode: 0.5 },
    ]) {
      const on = async (threads: number): Promise<string> =>
        formatJson(await grown({ ...problem, threads }, { ...options, trees: 3 }));
      const one = await on(1);
      expect(await on(2)).toBe(one);
      expect(await on(3)).toBe(one);
    }
  });

  test("splits the leaf that gains most first, and stops at the number of leaves", async () => {
    const problem = sample(4000);
    const [few, many] = [
      await grown(problem, { trees: 1, leaves: 9, depth: 20 }),
      await grown(problem, { trees: 1, leaves: 10, depth: 20 }),
    ];
    const gains = (trees: Trees): number[] =>
      Array.from(trees.gains)
        .filter((gain) => gain > 0)
        .sort((a, b) => a - b);
    expect(gains(few).length).toBe(8);
    expect(gains(many).length).toBe(9);
    for (const gain of gains(few)) expect(gains(many)).toContain(gain); // one split more, the others as before
  });

  test("keeps rows in every leaf, as many as asked", async () => {
    const trees = await grown(
      { ...sample(2000), objective: { name: "squared" } },
      { leaves: 60, depth: 20, minRows: 50, minChildWeight: 0 },
    );
    const covers = Array.from(trees.covers).filter((_, i) => trees.features[i]! < 0);
    expect(Math.min(...covers)).toBeGreaterThanOrEqual(50); // the hessian of a square is 1
  });
});

describe("categories", () => {
  test("law: the set of a split gains most of all sets", async () => {
    const rows = fc.array(
      fc.tuple(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 1 })),
      { minLength: 8, maxLength: 60 },
    );
    await fc.assert(
      fc.asyncProperty(rows, async (table) => {
        const x = { rows: table.length, cols: 1, data: Float64Array.from(table, ([code]) => code) };
        const y = Float64Array.from(table, ([, label]) => label);
        const problem = { x, y, base: 0, categorical: [0] };
        const free = {
          ...plain,
          trees: 1,
          depth: 1,
          minChildWeight: 0,
          l2: 0.5,
          categorySmoothing: 0,
          categoryL2: 0,
        };
        const { gains } = (await trainTrees({ ...problem, options: free })).trees;
        expect(gains[0]).toBeClose(bestGain(table, 0.5), { rtol: 1e-5, atol: 2e-6 });
      }),
    );
  });

  test("take 600 levels in bins of two bytes, and keep sets small, so that unknown codes go with the many", async () => {
    const problem = sample(20_000, 600);
    for (const options of [{ depth: 3 }, { leaves: 8, depth: 9 }]) {
      const trees = await grown(problem, {
        ...options,
        trees: 30,
        categorySmoothing: 1,
        categoryL2: 1,
      });
      const sets = Array.from(trees.flags.keys()).filter(
        (i) => (trees.flags[i]! & nodeFlags.categories) !== 0,
      );
      expect(sets.length).toBeGreaterThan(20);
      for (const node of sets) {
        const codes = codesOf(trees, trees.thresholds[node]!);
        expect(codes.length).toBeLessThanOrEqual(32); // so that unknown codes go with the many
        expect(Math.max(...codes)).toBeLessThan(600);
      }
      const without = await grown({ ...problem, categorical: [] }, { ...options, trees: 30 });
      expect(lossOf(problem, trees)).toBeLessThan(lossOf(problem, without));
    }
  });

  test("unseen codes go the same way while they judge as in predictions: right, not where missing values go", async () => {
    for (const levels of [5, 254, 255, 300])
      for (const sign of [1, -1])
        for (const shape of [{ depth: 2 }, { leaves: 4, depth: 6 }]) {
          const [rows, trainRows] = [12 * levels, 11 * levels];
          const codeOf = (i: number): number => [levels + 3, 2 ** 23, 1][i % 3]!; // unseen, far out, a gap
          const data = Float64Array.from({ length: rows }, (_, i) => {
            const seen = i % levels === 0 ? Number.NaN : 2 + (i % levels);
            return i < trainRows ? seen : codeOf(i);
          });
          const y = Float64Array.from({ length: rows }, (_, i) => sign * (i % levels < 2 ? 5 : -5));
          const stopping = {
            metric: "rmse",
            patience: 0,
            warmUp: 0,
            minDelta: 0,
            relative: false,
          } as const;
          const x = { rows, cols: 1, data };
          const options = { ...shape, trees: 5, categorySmoothing: 0, categoryL2: 0 };
          const objective = { name: "squared" } as const;
          const { trees, losses } = await trainTrees({
            x,
            y,
            trainRows,
            base: 0,
            categorical: [0],
            objective,
            stopping,
            options,
          });
          const told = treePredictor(trees)(x).subarray(trainRows);
          const squares = told.reduce((sum, one, i) => sum + (one - y[trainRows + i]!) ** 2, 0);
          expect(losses.at(-1)).toBeClose(Math.sqrt(squares / told.length), { rtol: 1e-5 });
        }
  });

  test("are refused where they are not codes", async () => {
    const { x, ...rest } = sample(30);
    for (const odd of [0.5, -1, 2 ** 24]) {
      const wrong = { ...x, data: x.data.with(7, odd) };
      await expect(grown({ ...rest, x: wrong }, {})).rejects.toMatchObject({
        code: "tensor/out-of-range-code",
      });
    }
    const many = {
      rows: 70_000,
      cols: 1,
      data: Float64Array.from({ length: 70_000 }, (_, i) => i),
    };
    const problem = { x: many, y: new Float64Array(70_000), base: 0, categorical: [0] };
    await expect(trainTrees(problem)).rejects.toMatchObject({ code: "tensor/out-of-range-levels" });
  });
});

describe("constraints", () => {
  test("law: a rising feature never lowers the output, a falling one never raises it", async () => {
    const problem = sample(3000);
    for (const sign of [1, -1])
      for (const options of [{ depth: 4 }, { leaves: 20, depth: 10 }]) {
        const trees = await grown(problem, { ...options, trees: 20, monotone: [sign, 0, 0, 0] });
        const predict = treePredictor(trees);
        const at = (row: number, a: number) =>
          problem.x.data.slice(4 * row, 4 * row + 4).with(0, a);
        const steps = [-3, -1, -0.3, 0, 0.2, 0.7, 1.5, 3];
        for (let row = 0; row < 40; row++) {
          const rows = steps.flatMap((a) => [...at(row, a)]);
          const told = predict({ rows: steps.length, cols: 4, data: Float64Array.from(rows) });
          for (let i = 1; i < told.length; i++)
            expect(sign * (told[i]! - told[i - 1]!)).toBeGreaterThanOrEqual(0);
        }
      }
  });

  test("features of different groups never stand on one path", async () => {
    const interactions = [[0, 1], [2, 1]]; // biome-ignore format: pairs
    for (const options of [{ depth: 5 }, { leaves: 20, depth: 10 }]) {
      const trees = await grown(sample(3000), { ...options, trees: 10, interactions });
      const walk = (node: number, path: readonly number[]): void => {
        const feature = trees.features[node]!;
        const used = new Set(feature < 0 ? path : [...path, feature]);
        const inGroup = interactions.some((group) => [...used].every((f) => group.includes(f)));
        expect(used.size <= 1 || inGroup).toBe(true);
        if (feature >= 0) for (const kid of [0, 1]) walk(trees.left[node]! + kid, [...used]);
      };
      for (const root of trees.starts.subarray(0, 10)) walk(root, []);
    }
  });

  test("columns are drawn for each tree, level and node, by the seed", async () => {
    const problem = sample(2000);
    for (const name of ["columnSample", "columnSampleLevel", "columnSampleNode"] as const) {
      const some = { [name]: 0.5, depth: 4 };
      expect(await grown(problem, some)).toEqual(await grown(problem, some));
      expect(await grown(problem, some)).not.toEqual(await grown(problem, { ...some, seed: 1 }));
    }
  });

  test("no split gains less than asked, and l1 draws leaves to 0", async () => {
    const trees = await grown(sample(2000), { depth: 6, minGain: 5 });
    expect(Math.min(...trees.gains.filter((gain) => gain > 0))).toBeGreaterThan(5);
    const sizes = (some: Trees): number =>
      some.values.reduce((sum, value) => sum + Math.abs(value), 0);
    expect(sizes(await grown(sample(2000), { l1: 20 }))).toBeLessThan(
      sizes(await grown(sample(2000), {})),
    );
  });
});

function lossOf({ x, y }: BoostProblem, trees: Trees): number {
  const outputs = treePredictor(trees)(x);
  return outputs.reduce((sum, m, i) => sum + Math.log1p(Math.exp(y[i] === 1 ? -m : m)), 0) / x.rows;
}

/** The largest gain over all sets of codes, by the definition, of gradients at log-odds 0. */
function bestGain(table: readonly (readonly [number, number])[], l2: number): number {
  const score = (rows: typeof table): number =>
    rows.reduce((g, [, label]) => g + 0.5 - label, 0) ** 2 / (rows.length * 0.25 + l2);
  let best = 0;
  for (let set = 1; set < 127; set++) {
    const left = table.filter(([code]) => (set >> code) & 1);
    if (left.length === 0 || left.length === table.length) continue;
    const right = table.filter(([code]) => !((set >> code) & 1));
    best = Math.max(best, score(left) + score(right) - score(table));
  }
  return best;
}
