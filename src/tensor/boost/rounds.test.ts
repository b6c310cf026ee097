/** @file Tests of rounds: objectives against plain formulas, margins against predictions, stopping, dropping, ranking. */
import { describe, expect, test } from "vitest";
import { random } from "../../core/index.ts";
import { treePredictor } from "../tree/predict-trees.ts";
import type { GivenGradients } from "./gradients.ts";
import { aucOf, baseOf, errorOf, lossOf, type Objective, quantileOf } from "./objectives.ts";
import type { TreeOptions } from "./options.ts";
import { ndcgOf, queriesOf } from "./ranking.ts";
import { type BoostProblem, trainTrees } from "./train.ts";

/** Counts that depend on two features, with weights. */
function sample(rows: number): BoostProblem & { readonly weights: Float64Array } {
  const draws = random(9).stream("rounds");
  const data = Float64Array.from({ length: 3 * rows }, () => draws.normal());
  const y = Float64Array.from({ length: rows }, (_, i) =>
    Math.max(0, Math.round(2 + data[3 * i]! + Math.abs(data[3 * i + 1]!) + draws.normal())),
  );
  const weights = Float64Array.from({ length: rows }, () => 0.5 + draws.next());
  return { x: { rows, cols: 3, data }, y, weights, base: 0 };
}

const code = (what: string) => expect.objectContaining({ code: what });
const objectives: readonly Objective[] = [
  ...([{ name: "squared" }, { name: "huber", parameter: 0.7 }, { name: "poisson" }] as const),
  ...([
    { name: "tweedie", parameter: 1.3 },
    { name: "absolute" },
    { name: "quantile", parameter: 0.8 },
  ] as const),
];

describe("objectives", () => {
  test("law: the kernel's gradients are the derivatives of the loss", async () => {
    const problem = sample(400);
    for (const objective of objectives) {
      const output = baseOf(objective, problem.y, problem.weights, 1)[0]! + 0.013; // no label is there: no kink
      const base = Float64Array.of(output);
      const slope = slopeOf(objective, problem, output);
      const options = { trees: 1, depth: 1, learningRate: 1, l2: 0, minChildWeight: 0 };
      const { trees } = await trainTrees({ ...problem, objective, base, options });
      const own = await trainTrees({
        ...problem,
        objective: { name: "custom" },
        base,
        options,
        gradients: () => slope,
      });
      expect(own.trees.features).toEqual(trees.features);
      expect(own.trees.thresholds).toEqual(trees.thresholds);
      expect(own.trees.gains[0]).toBeClose(trees.gains[0]!, { rtol: 2e-3 });
      if (objective.name !== "absolute" && objective.name !== "quantile")
        expect(own.trees.values).toBeClose(trees.values, { rtol: 2e-3, atol: 1e-6 });
    }
  });

  test("each lowers its loss, and more rounds lower it further", async () => {
    const problem = sample(2000);
    for (const objective of objectives) {
      const base = baseOf(objective, problem.y, problem.weights, 1);
      const lossAfter = async (count: number, more: Partial<TreeOptions>): Promise<number> => {
        const options = { trees: count, depth: 3, ...more };
        const { trees } = await trainTrees({ ...problem, objective, base, options });
        const outputs = treePredictor(trees)(problem.x);
        return lossOf(objective, { outputs, k: 1, y: problem.y, weights: problem.weights });
      };
      for (const more of [{}, { leaves: 8, depth: 10 }]) {
        const [few, many] = [await lossAfter(1, more), await lossAfter(30, more)];
        expect(many).toBeLessThan(few);
        expect(few).toBeLessThan(
          lossOf(objective, {
            outputs: new Float64Array(2000).fill(base[0]!),
            k: 1,
            y: problem.y,
            weights: problem.weights,
          }),
        );
      }
    }
  });

  test("leaves of absolute error are medians, of quantiles quantiles, by levels and by leaves", async () => {
    const { x, y } = sample(501);
    for (const [
      objective,
      at,
    ] of [[{ name: "absolute" }, 0.5], [{ name: "quantile", parameter: 0.9 }, 0.9]] as const) // biome-ignore format: pairs
      for (const options of [{ depth: 1 }, { depth: 1, leaves: 2 }]) {
        const { trees } = await trainTrees({
          x,
          y,
          base: 0,
          objective,
          options: { ...options, trees: 1, learningRate: 1, minChildWeight: 0 },
        });
        const isLeft = (row: number): boolean =>
          x.data[3 * row + trees.features[0]!]! < trees.thresholds[0]!;
        const rows = Uint32Array.from(y.keys()).filter(isLeft);
        expect(trees.values[1]).toBeClose(
          quantileOf(
            rows,
            (row) => y[row]!,
            () => 1,
            at,
          ),
          { rtol: 1e-6 },
        );
      }
  });

  test("classes: one tree each and a round, base the logarithms of their shares", async () => {
    const { x, y: counts } = sample(1500);
    const y = counts.map((count) => Math.min(2, Math.floor(count / 2)));
    const base = baseOf({ name: "softmax" }, y, undefined, 3);
    expect(base.reduce((sum, b) => sum + Math.exp(b), 0)).toBeClose(1);
    for (const options of [{ depth: 3 }, { leaves: 8, depth: 10 }]) {
      const { trees } = await trainTrees({
        x,
        y,
        base,
        objective: { name: "softmax" },
        options: { ...options, trees: 30 },
      });
      expect(trees.starts.length - 1).toBe(90);
      const judged = { outputs: treePredictor(trees)(x), k: 3, y };
      expect(errorOf(judged)).toBeLessThan(0.35);
      expect(lossOf({ name: "softmax" }, judged)).toBeLessThan(0.8);
    }
  });
});

describe("margins", () => {
  test("law: are what the trees so far predict, by levels and leaves, with samples, rows that judge and drops", async () => {
    const problem = sample(600);
    const grown: readonly Partial<TreeOptions>[] = [{ depth: 3 }, { leaves: 7, depth: 9 }];
    const drops: readonly Partial<TreeOptions>[] = [{}, { dropRate: 0.3, skipDrop: 0 }];
    const ways = grown.flatMap((shape) =>
      drops.flatMap((drop) => [1, 0.5].map((rowSample) => ({ ...shape, ...drop, rowSample }))),
    );
    for (const way of ways) {
      let seen: Float64Array = new Float64Array(0);
      const gradients = (margins: Float64Array): GivenGradients => {
        seen = margins;
        return {
          gradient: margins.map((m, i) => m - problem.y[i]!),
          hessian: margins.map(() => 1),
        };
      };
      const stopping = {
        metric: "rmse",
        patience: 0,
        warmUp: 0,
        minDelta: 0,
        relative: false,
      } as const;
      const at = (count: number) =>
        trainTrees({
          ...problem,
          trainRows: 500,
          stopping,
          objective: { name: "custom" },
          gradients,
          options: { ...way, trees: count },
        });
      const { trees, losses } = await at(6);
      const outputs = treePredictor(trees)(problem.x);
      await at(7);
      if (way.dropRate === undefined)
        expect(seen).toBeClose(outputs.subarray(0, 500), { rtol: 1e-5, atol: 1e-5 });
      const [weights, y] = [problem.weights.subarray(500), problem.y.subarray(500)];
      const judged = { outputs: outputs.subarray(500), k: 1, y, weights };
      expect(losses.at(-1)! ** 2).toBeClose(lossOf({ name: "squared" }, judged), { rtol: 1e-4 });
    }
  });
});

describe("stopping", () => {
  const problem = sample(1000);
  const y = problem.y.map((count) => Number(count > 2));
  const binary = { x: problem.x, y, base: 0, trainRows: 800 };

  test("rows that judge change no tree", async () => {
    const other = { ...binary, y: y.map((label, i) => (i < 800 ? label : 1 - label)) };
    for (const options of [
      { trees: 10, depth: 3 },
      { trees: 10, leaves: 6, depth: 9 },
    ])
      expect((await trainTrees({ ...other, options })).trees).toEqual(
        (await trainTrees({ ...binary, options })).trees,
      );
  });

  test("keeps the rounds up to the best, and tells all losses", async () => {
    const options = { trees: 400, depth: 4, learningRate: 0.5 };
    for (const metric of ["loss", "error", "auc"] as const) {
      const stopping = { metric, patience: 5, warmUp: 0, minDelta: 0, relative: false };
      const { trees, losses, rounds } = await trainTrees({ ...binary, options, stopping });
      expect(losses.length).toBeLessThan(400);
      expect(losses.length - rounds).toBe(5);
      expect(trees.starts.length - 1).toBe(rounds);
      const best = metric === "auc" ? Math.max(...losses) : Math.min(...losses);
      expect(losses[rounds - 1]).toBe(best);
    }
  });
});

describe("ranking", () => {
  test("lifts relevant rows of each query above the others", async () => {
    const { x, y: counts } = sample(900);
    const y = counts.map((count) => Math.min(3, Math.floor(count / 2)));
    const groups = y.map((_, i) => Math.floor(i / 15));
    const gainOf = async (trees: number): Promise<number> => {
      const options = { trees, depth: 3, minChildWeight: 0.001 };
      const grown = await trainTrees({
        x,
        y,
        groups,
        base: 0,
        objective: { name: "ranking" },
        options,
      });
      const outputs = treePredictor(grown.trees)(x);
      return ndcgOf(queriesOf(groups), (row) => outputs[row]!, y);
    };
    const [few, many] = [await gainOf(1), await gainOf(40)];
    expect(few).toBeGreaterThan(0.75);
    expect(many).toBeGreaterThan(few + 0.05);
  });

  test("NDCG of the best order is 1, and of a known one what the formula says", () => {
    const queries = queriesOf(Float64Array.of(0, 0, 0, 7));
    const y = Float64Array.of(2, 0, 1, 0);
    expect(ndcgOf(queries, (row) => y[row]!, y)).toBe(1);
    const worst = (1 / Math.log2(3) + 3 / 2) / (3 + 1 / Math.log2(3)); // relevances 0, 1, 2 in this order
    expect(ndcgOf(queries, (row) => -y[row]!, y)).toBeClose((worst + 1) / 2);
  });
});

describe("gradients of one's own", () => {
  test("are refused when they do not fit the rows, and their errors come through", async () => {
    const problem = { ...sample(30), objective: { name: "custom" } as const };
    const hessian = new Float64Array(30).fill(1);
    for (const gradient of [new Float64Array(3), new Float64Array(30).fill(Number.NaN)])
      await expect(
        trainTrees({ ...problem, gradients: () => ({ gradient, hessian }) }),
      ).rejects.toThrow(code("tensor/mismatch-shape"));
    const broken = (): never => {
      throw new Error("no gradient today");
    };
    await expect(trainTrees({ ...problem, gradients: broken })).rejects.toThrow(
      "no gradient today",
    );
  });
});

describe("aucOf", () => {
  test("counts ties half, and weighs", () => {
    const judged = { outputs: Float64Array.of(1, 2, 2, 3), k: 1, y: Float64Array.of(0, 0, 1, 1) };
    expect(aucOf(judged)).toBeClose(3.5 / 4);
    expect(aucOf({ ...judged, weights: Float64Array.of(2, 1, 1, 1) })).toBeClose(5.5 / 6);
  });
});

/** Gradients by finite differences of the loss, hessians as the objective defines them. */
function slopeOf(
  objective: Objective,
  { y, weights }: BoostProblem,
  output: number,
): GivenGradients {
  const of = (i: number, at: number): number =>
    lossOf(objective, { outputs: Float64Array.of(at), k: 1, y: y.subarray(i, i + 1) });
  const half = objective.name === "squared" ? 0.5 : 1; // its loss is told without the half
  const step = 1e-4;
  const gradient = y.map(
    (_, i) => (half * (of(i, output + step) - of(i, output - step))) / (2 * step),
  );
  const second = y.map(
    (_, i) => (of(i, output + step) - 2 * of(i, output) + of(i, output - step)) / step ** 2,
  );
  const hessian = y.map((_, i) => {
    if (objective.name === "poisson") return second[i]! * Math.exp(0.7);
    return objective.name === "tweedie" ? second[i]! : 1;
  });
  const weigh = (part: Float64Array): Float64Array =>
    part.map((value, i) => value * (weights?.[i] ?? 1));
  return { gradient: weigh(gradient), hessian: weigh(hessian) };
}
