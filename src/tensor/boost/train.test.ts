/** @file Tests of growing trees: against a plain loop, on any number of threads, and when things fail. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatJson, random } from "../../core/index.ts";
import type { Matrix } from "../../flow.ts";
import { loadKernelFile, loadKernelSync } from "../kernel-file.ts";
import { matrix } from "../matrix.ts";
import { treePredictor } from "../tree/predict-trees.ts";
import { nodeFlags } from "../tree/trees.ts";
import { columnsOf } from "./columns.ts";
import { quantileCuts } from "./cuts.ts";
import { planLayout } from "./layout.ts";
import { defaultTreeOptions } from "./options.ts";
import { type BoostProblem, binAll, openJob, trainTrees } from "./train.ts";
import { growInWorkers } from "./workers.ts";

const options = {
  ...defaultTreeOptions,
  ...{ trees: 1, depth: 3, learningRate: 1, minChildWeight: 0 },
};
const code = (what: string) => expect.objectContaining({ code: what });

function sample(rows: number, cols: number): BoostProblem {
  const draws = random(3).stream("boost test");
  const data = Float64Array.from({ length: rows * cols }, () => draws.next());
  const y = Float64Array.from({ length: rows }, (_, i) =>
    draws.next() < data[i * cols]! * data[i * cols + 1]! + 0.3 ? 1 : 0,
  );
  const holed = data.map((value, i) => (i % 7 === 3 ? Number.NaN : value));
  return { x: { rows, cols, data: holed }, y, base: -0.2, options: { ...options, trees: 6 } };
}

/** The first tree from log-odds 0, by the definition: every split of every node is tried. */
function plainTree({ x, y, options: { depth = 0, l2 = 0 } = {} }: BoostProblem): Float64Array {
  const margins = new Float64Array(x.rows);
  const sum = (rows: readonly number[]) => ({
    g: rows.reduce((total, i) => total + 0.5 - y[i]!, 0),
    h: rows.length * 0.25,
  });
  const grow = (rows: readonly number[], level: number): void => {
    const whole = sum(rows);
    const split =
      level < depth ? bestSplit(x, rows, (side) => gainOf(sum(side), whole, l2)) : undefined;
    if (split === undefined) for (const i of rows) margins[i] = -whole.g / (whole.h + l2);
    else for (const side of split) grow(side, level + 1);
  };
  grow(Array.from(y.keys()), 0);
  return margins;
}

function gainOf(
  left: { g: number; h: number },
  whole: { g: number; h: number },
  l2: number,
): number {
  const [g, h] = [whole.g - left.g, whole.h - left.h];
  if (left.h === 0 || h === 0) return 0;
  const [l, r] = [left.h + l2, h + l2];
  return (left.g ** 2 * r + g ** 2 * l) / (l * r) - whole.g ** 2 / (whole.h + l2);
}

/** The two sides of the split with the largest gain; of equal ones the first. */
function bestSplit(x: Matrix, rows: readonly number[], gain: (left: readonly number[]) => number) {
  let [best, sides]: [number, [number[], number[]] | undefined] = [1e-6, undefined];
  for (const [f, cuts] of quantileCuts(x, 255, 0).entries())
    for (const missingLeft of [true, false])
      for (const cut of [-Infinity, ...cuts, Infinity]) {
        const value = (i: number): number => x.data[i * x.cols + f]!;
        const goesLeft = (i: number): boolean =>
          Number.isNaN(value(i)) ? missingLeft : value(i) < cut;
        const left = rows.filter(goesLeft);
        if (gain(left) > best + 1e-12)
          [best, sides] = [gain(left), [left, rows.filter((i) => !goesLeft(i))]];
      }
  return sides;
}

describe("trainTrees", () => {
  test("law: the kernel grows the tree that a plain loop grows", async () => {
    const cell = fc.oneof(fc.integer({ min: 0, max: 4 }), fc.constant(Number.NaN));
    const row = fc.tuple(cell, cell, cell, fc.integer({ min: 0, max: 1 }));
    const rows = fc.array(row, { minLength: 2, maxLength: 40 });
    const l2 = fc.constantFrom(0.5, 1, 4);
    const depth = fc.integer({ min: 1, max: 4 });
    await fc.assert(
      fc.asyncProperty(rows, l2, depth, async (table, penalty, levels) => {
        const x = matrix(table.map(([a, b, c]) => [a, b, c]));
        const y = Float64Array.from(table, ([, , , label]) => label);
        const problem = { x, y, base: 0, options: { ...options, l2: penalty, depth: levels } };
        const { trees } = await trainTrees(problem);
        expect(treePredictor(trees)(x)).toBeClose(plainTree(problem), { rtol: 1e-6, atol: 1e-7 });
      }),
    );
  });

  test("grows the same bytes on 1, 2 and 3 threads, samples included", async () => {
    const problem = sample(40_000, 5);
    for (const share of [1, 0.6]) {
      const sampled = { ...options, trees: 6, depth: 5, rowSample: share, columnSample: share };
      const grown = async (threads: number): Promise<string> =>
        formatJson(await trainTrees({ ...problem, options: sampled, threads }));
      const one = await grown(1);
      expect(await grown(2)).toBe(one);
      expect(await grown(3)).toBe(one);
    }
  });

  test("grows trees of every depth from 1 to 8", async () => {
    const problem = sample(2000, 3);
    const losses: number[] = [];
    for (let depth = 1; depth <= 8; depth++) {
      const { trees } = await trainTrees({ ...problem, options: { ...problem.options, depth } });
      const margins = treePredictor(trees)(problem.x);
      losses.push(
        margins.reduce((sum, m, i) => sum + Math.log1p(Math.exp(problem.y[i] === 1 ? -m : m)), 0),
      );
    }
    expect(losses.toSorted((a, b) => b - a)).toEqual(losses); // deeper trees fit closer
  });

  test("sums gradients and hessians of many rows without overflow", async () => {
    const rows = 300_000;
    const x = { rows, cols: 1, data: new Float64Array(rows) };
    const y = new Float64Array(rows).fill(1);
    const leaf = async (base: number): Promise<number> =>
      (await trainTrees({ x, y, base, options })).trees.values[0]!;
    expect(await leaf(0)).toBeClose((0.5 * rows) / (0.25 * rows + 1), { rtol: 1e-6 });
    expect(await leaf(-60)).toBeClose(rows, { rtol: 1e-6 }); // every gradient is −1, every hessian 0
  });

  test("learns from all rows where one has a million times the weight of the others", async () => {
    const { x, ...rest } = sample(4000, 3);
    const y = Float64Array.from({ length: x.rows }, (_, i) => Number(x.data[3 * i]! > 0.5));
    const weights = y.map((_, i) => (i === 5 ? 1e6 : 1));
    const more = { ...options, trees: 30, learningRate: 0.1, minChildWeight: 1 };
    const { trees } = await trainTrees({ ...rest, x, y, weights, base: 0, options: more });
    const margins = treePredictor(trees)(x);
    const hits = y.filter((label, i) => Number(margins[i]! >= 0) === label).length;
    expect(hits / x.rows).toBeGreaterThan(0.9); // a seventh of the values is missing
  });

  test("draws about the share of rows that is asked for", async () => {
    const rows = 100_000;
    const x = { rows, cols: 1, data: new Float64Array(rows) };
    const y = new Float64Array(rows).fill(1);
    const sampled = { ...options, rowSample: 0.3 };
    const { trees } = await trainTrees({ x, y, base: -60, options: sampled });
    expect(trees.values[0]).toBeClose(0.3 * rows, { rtol: 0.02 }); // the sum of gradients −1
  });

  test("uses no column outside a tree's sample", async () => {
    const { x, y, base } = sample(2000, 6);
    const sampled = { ...options, trees: 20, depth: 4, columnSample: 1 / 6 };
    const { features, starts } = (await trainTrees({ x, y, base, options: sampled })).trees;
    const used = Array.from({ length: 20 }, (_, t) => {
      const nodes = features.subarray(starts[t], starts[t + 1]);
      return [...new Set(nodes)].filter((f) => f >= 0);
    });
    expect(used.every((some) => some.length <= 1)).toBe(true);
    expect(new Set(used.flat()).size).toBeGreaterThan(2);
  });

  test("sends missing values, where a node saw none, to the child with more weight", async () => {
    const x = matrix([[1], [2], [2], [2]]);
    const y = Float64Array.of(0, 1, 1, 1);
    const { trees } = await trainTrees({ x, y, base: 0, options: { ...options, depth: 1 } });
    expect(trees.flags[0]).toBe(0);
    const mirrored = { x: { ...x, data: x.data.map((v) => -v) }, y, base: 0, options };
    expect((await trainTrees(mirrored)).trees.flags[0]).toBe(nodeFlags.missingLeft);
  });

  test("tells its progress, and lets the event loop run", async () => {
    const seen: number[] = [];
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    const problem = sample(60_000, 10);
    const many = { ...problem, options: { ...options, trees: 60, depth: 6 }, threads: 1 };
    await trainTrees(many, { progress: ({ done, total }) => seen.push(done / total!) });
    clearInterval(timer);
    expect(seen).toBeClose(Array.from({ length: 60 }, (_, i) => (i + 1) / 60));
    expect(turns).toBeGreaterThan(0);
  });

  test("stops between trees with the signal's reason, on one thread and on two", async () => {
    for (const threads of [1, 2]) {
      const stop = new AbortController();
      const progress = ({ done }: { readonly done: number }): void => {
        if (done === 2) stop.abort(new Error("two are enough"));
      };
      const problem = { ...sample(20_000, 5), threads };
      const long = { ...problem, options: { ...problem.options, trees: 5000 } };
      const training = trainTrees(long, { signal: stop.signal, progress });
      await expect(training).rejects.toThrow("two are enough");
    }
  });
});

describe("a progress callback that throws", () => {
  test("ends the training with its error, on one thread and on two", async () => {
    const progress = (): never => {
      throw new Error("nobody listens");
    };
    for (const threads of [1, 2])
      await expect(trainTrees({ ...sample(20_000, 5), threads }, { progress })).rejects.toThrow(
        "nobody listens",
      );
  });
});

describe("an abort before the trees", () => {
  test("ends the training before its first tree, on one thread and on two", async () => {
    for (const threads of [1, 2]) {
      const stop = new AbortController();
      const training = trainTrees({ ...sample(20_000, 5), threads }, { signal: stop.signal });
      stop.abort(new Error("at once"));
      await expect(training).rejects.toThrow("at once");
    }
  });

  test("ends the binning of rows, which is long where there are many", async () => {
    const stop = new AbortController();
    const problem = sample(200_000, 5);
    const job = await openJob(problem);
    const binning = binAll(job, problem.x, stop.signal);
    stop.abort(new Error("in between"));
    await expect(binning).rejects.toThrow("in between");
  });
});

describe("loadKernelFile", () => {
  test("says how to build a kernel that is missing", async () => {
    const missing = loadKernelFile("nowhere");
    await expect(missing).rejects.toThrow(code("tensor/missing-kernel"));
    await expect(missing).rejects.toThrow("npm run kernels");
    expect(() => loadKernelSync("nowhere")).toThrow(code("tensor/missing-kernel"));
  });
});

describe("planLayout", () => {
  const shapeOf = (cols: number, depth: number) => {
    const x = { rows: 300, cols, data: Float64Array.from({ length: 300 * cols }, (_, i) => i) };
    const columns = columnsOf({ x, trainRows: 300, categorical: [], bins: 255, seed: 0 });
    const common = { rows: 300, trainRows: 300, outputs: 1, weighted: false, threads: 1 };
    return {
      ...common,
      columns,
      objective: { name: "logLoss" } as const,
      options: { ...options, depth },
    };
  };

  test("keeps clear of the compiler's static data, which every thread writes again", () => {
    expect(planLayout(shapeOf(1, 3), 16).control).toBeGreaterThanOrEqual(65_536);
    expect(planLayout(shapeOf(1, 3), 100_000).control).toBeGreaterThanOrEqual(100_000);
  });

  test("refuses more memory than 32-bit addresses reach", () => {
    const wide = shapeOf(10_000, 8);
    expect(() => planLayout(wide, 0)).toThrow(code("tensor/out-of-range-memory"));
  });
});

describe("growInWorkers", () => {
  const script = (source: string): URL => new URL(`data:text/javascript,${source}`);
  const growWith = async (source: string, stallMs = 60_000): Promise<unknown> => {
    const job = await openJob({ ...sample(20_000, 3), threads: 2 });
    const good = new URL("./worker.ts", import.meta.url);
    const file = (thread: number): URL => (thread === 0 ? good : script(source));
    return growInWorkers(job, {}, { file, stallMs });
  };

  test("fails when a worker dies, instead of waiting for it", async () => {
    const dying = growWith("throw new Error('out of luck')");
    await expect(dying).rejects.toThrow(code("tensor/failed-worker"));
    await expect(dying).rejects.toThrow("out of luck");
    await expect(growWith("process.exit(3)")).rejects.toThrow("exit code 3");
  });

  test("fails when a worker shows no sign of life", async () => {
    const idle = growWith("setInterval(() => {}, 1000)", 200);
    await expect(idle).rejects.toThrow(code("tensor/timed-out-worker"));
  });
});
