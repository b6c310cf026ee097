/** @file Tests of features that share a byte: their bits do not overlap, and a tree is what it would be without. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hashOfJson, random } from "../../core/index.ts";
import { treePredictor } from "../tree/predict-trees.ts";
import { columnsOf } from "./columns.ts";
import { packFeatures } from "./packing.ts";
import { type BoostProblem, trainTrees } from "./train.ts";

describe("packFeatures", () => {
  test("law: features have bits of their own, enough for their bins, and every byte has at least two", () => {
    const bins = fc.array(fc.integer({ min: 1, max: 300 }), { maxLength: 60 });
    fc.assert(
      fc.property(bins, (lastBins) => {
        const features = lastBins.map((lastBin, feature) => ({ feature, lastBin }));
        const bytes = packFeatures(features, 20_000);
        const seen = bytes.flatMap((byte) => byte.map(({ feature }) => feature));
        expect(new Set(seen).size).toBe(seen.length);
        for (const byte of bytes) {
          expect(byte.length).toBeGreaterThan(1);
          const taken = byte.map(({ low, mask }) => mask << low);
          expect(taken.reduce((sum, bits) => sum + bits, 0)).toBe(
            taken.reduce((all, bits) => all | bits, 0),
          );
          for (const { feature, low, mask } of byte) {
            expect(lastBins[feature]!).toBeLessThanOrEqual(mask);
            expect(mask << low).toBeLessThan(256);
          }
        }
      }),
    );
  });

  test("leaves few rows, many bins and a feature alone as they are", () => {
    const three = [3, 3, 3].map((lastBin, feature) => ({ feature, lastBin }));
    expect(packFeatures(three, 9_999)).toEqual([]);
    expect(packFeatures(three.slice(0, 1), 20_000)).toEqual([]);
    expect(
      packFeatures(
        [16, 255].map((lastBin, feature) => ({ feature, lastBin })),
        20_000,
      ),
    ).toEqual([]);
    expect(packFeatures(three, 20_000)).toEqual([
      [
        { feature: 0, low: 0, mask: 3 },
        { feature: 1, low: 2, mask: 3 },
        { feature: 2, low: 4, mask: 3 },
      ],
    ]);
  });
});

/** Columns of two to fourteen values, with holes, two of categories, and one of more values. */
function fewValued(rows: number): BoostProblem {
  const draws = random(11).stream("packing");
  const cols = 9;
  const data = new Float64Array(rows * cols);
  const y = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    const row = data.subarray(i * cols, (i + 1) * cols);
    for (const [j, levels] of [2, 3, 5, 2, 7, 14, 4, 6].entries())
      row[j] = j === 2 && draws.next() < 0.2 ? Number.NaN : draws.below(levels);
    row[8] = Math.round(5 * draws.normal()); // few enough that other rows cut them alike
    const [a = 0, b = 0, c = 0, d = 0] = row;
    y[i] =
      a * 1.5 -
      b +
      (Number.isNaN(c) ? 2 : c) * d +
      0.4 * row[5]! +
      0.2 * row[6]! * row[8]! +
      draws.normal();
  }
  return {
    x: { rows, cols, data },
    y,
    base: 0,
    categorical: [6, 7],
    objective: { name: "squared" },
  };
}

/** The largest gain of a split of all rows by a number or, of few categories, by any set, as its definition says. */
function bestRootGain({ x, y, categorical = [] }: BoostProblem, l2: number): number {
  const score = (g: number, h: number): number => (g * g) / (h + l2);
  const whole = score(
    y.reduce((sum, value) => sum - value, 0),
    x.rows,
  );
  let best = 0;
  for (let f = 0; f < x.cols - 1; f++) {
    const sums = new Map<number, { g: number; h: number }>();
    for (let i = 0; i < x.rows; i++) {
      const value = x.data[i * x.cols + f]!;
      const key = Number.isNaN(value) ? -1 : value;
      const { g, h } = sums.get(key) ?? { g: 0, h: 0 };
      sums.set(key, { g: g - y[i]!, h: h + 1 });
    }
    const keys = [...sums.keys()].sort((a, b) => a - b);
    const isSet = categorical.includes(f);
    for (let mask = 1; mask < 2 ** keys.length - 1; mask++) {
      const left = keys.filter((_, i) => (mask >> i) & 1);
      const known = left.filter((key) => key >= 0);
      const isRun = keys
        .filter((key) => key >= 0)
        .slice(0, known.length)
        .every((key, i) => key === known[i]);
      if (!isSet && !isRun) continue;
      const [g, h] = left.reduce(([a, b], key) => [a + sums.get(key)!.g, b + sums.get(key)!.h], [
        0, 0,
      ] as [number, number]);
      const rest = y.reduce((sum, value) => sum - value, 0) - g;
      best = Math.max(best, score(g, h) + score(rest, x.rows - h) - whole);
    }
  }
  return best;
}

describe("features that share a byte", () => {
  const problem = fewValued(12_000);
  const options = {
    trees: 8,
    depth: 6,
    learningRate: 0.3,
    l2: 1,
    minChildWeight: 0,
    categorySmoothing: 0,
    categoryL2: 0,
    categoryLimit: 32,
  };

  test("law: what is taken apart of a shared byte stays in the bins of its feature", () => {
    const levels = fc.array(fc.integer({ min: 2, max: 40 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(levels, (counts) => {
        const [rows, cols] = [10_000, counts.length];
        const data = Float64Array.from(
          { length: rows * cols },
          (_, i) => Math.floor(i / cols) % counts[i % cols]!,
        );
        const columns = columnsOf({
          x: { rows, cols, data },
          trainRows: rows,
          categorical: [],
          bins: 255,
          seed: 0,
        });
        const places = columns.list.toSorted((a, b) => a.offset - b.offset);
        for (const [i, { offset, mask, bins }] of places.entries()) {
          const end = places[i + 1]?.offset ?? columns.histogramBytes;
          expect(offset + 8 * (mask < 255 ? mask + 1 : bins)).toBeLessThanOrEqual(end);
        }
      }),
      { numRuns: 50 },
    );
  });

  test("are there, and split as their definition says", async () => {
    const columns = columnsOf({
      x: problem.x,
      trainRows: 12_000,
      categorical: [6, 7],
      bins: 255,
      seed: 0,
    });
    expect(columns.packedFeatures).toBe(8);
    expect(columns.packed).toBeLessThan(5);
    const { trees } = await trainTrees({ ...problem, options: { ...options, trees: 1, depth: 1 } });
    expect(trees.gains[0]).toBeClose(bestRootGain(problem, 1), { rtol: 1e-4 });
  });

  test("law: grow the same by levels and by leaves, on one thread and on two", async () => {
    const grow = async (more: Partial<BoostProblem>): Promise<string> =>
      hashOfJson((await trainTrees({ ...problem, options, ...more })).trees);
    const levels = await grow({});
    expect(await grow({ threads: 2 })).toBe(levels);
    expect(await grow({ options: { ...options, leaves: 64 } })).toBe(levels);
  });

  test("grow the tree of fewer rows that do not share, of which some weigh twice", async () => {
    const [rows, twice] = [9_000, 2_000];
    const whole = fewValued(rows);
    const y = whole.y.map(Math.round); // whole numbers, so that twice a gradient is the gradient of two
    const weights = Float64Array.from({ length: rows }, (_, i) => (i < twice ? 2 : 1));
    const data = new Float64Array([...whole.x.data, ...whole.x.data.subarray(0, 9 * twice)]);
    const more = {
      ...whole,
      x: { rows: rows + twice, cols: 9, data },
      y: new Float64Array([...y, ...y.subarray(0, twice)]),
    };
    for (const shape of [{ depth: 6 }, { depth: 12, leaves: 40 }]) {
      const of = async (some: BoostProblem): Promise<string> =>
        hashOfJson(
          (await trainTrees({ ...some, options: { ...options, ...shape, trees: 1 } })).trees,
        );
      expect(await of(more)).toBe(await of({ ...whole, y, weights }));
    }
  });

  test("judge rows of values that were never seen as predictions do", async () => {
    const rows = problem.x.rows;
    const strange = fewValued(rows + 600);
    for (let i = rows; i < rows + 600; i++)
      strange.x.data[i * 9 + 6] = [9, 2 ** 20, Number.NaN][i % 3]!;
    const stopping = {
      metric: "rmse",
      patience: 0,
      warmUp: 0,
      minDelta: 0,
      relative: false,
    } as const;
    const { trees, losses } = await trainTrees({ ...strange, trainRows: rows, options, stopping });
    const tail = { rows: 600, cols: 9, data: strange.x.data.subarray(rows * 9) };
    const told = treePredictor(trees)(tail);
    const squares = told.reduce((sum, value, i) => sum + (value - strange.y[rows + i]!) ** 2, 0);
    const kept = losses[trees.starts.length - 2]!;
    expect(Math.sqrt(squares / 600)).toBeClose(kept, { rtol: 1e-5 });
  });
});
