/** @file Tests of forests and single trees: conformance, what they learn, and what is said of them. */
import { describe, expect, test } from "vitest";
import { checkEstimator } from "../../../tests/conform/estimator.ts";
import { formatJson, random } from "../../core/index.ts";
import type { Dataset, Task } from "../../flow.ts";
import { rocAuc } from "../../metric/index.ts";
import { matrix, treeCount } from "../../tensor/index.ts";
import { boost } from "../boost.ts";
import { majorityPredictor } from "../majority.ts";
import { predictorState } from "../predictor-state.ts";
import { decisionTree } from "./decision-tree.ts";
import { pruneTree, pruningPath } from "./prune.ts";
import { extraTrees, randomForest } from "./random-forest.ts";
import { treeDot, treeRules, treeSvg } from "./rules.ts";

const code = (what: string) => expect.objectContaining({ code: what });
const source = "sha256:00" as const;

/** Rows with an interaction, missing values and a category. */
function sample(n: number, task: Task = { kind: "binary" }): Dataset {
  const draws = random(3).stream("forest");
  const rows = Array.from({ length: n }, () => [
    draws.normal(),
    draws.next() < 0.1 ? Number.NaN : draws.normal(),
    draws.below(40),
  ]);
  const leans = rows.map(
    ([a = 0, b = 0, c = 0]) => a * (Number.isNaN(b) ? 2 : b) + (c % 5 === 2 ? 1.5 : 0),
  );
  const y = Float64Array.from(leans, (lean) =>
    task.kind === "regression"
      ? lean
      : Number(lean > 0.3) + Number(task.kind === "multiclass" && lean > 1.2),
  );
  const names = ["a", "b", "code"];
  return { x: matrix(rows), y, names, source, task, categorical: ["code"] };
}

const tasks: readonly Task[] = [
  { kind: "binary" },
  { kind: "multiclass", classes: ["low", "middle", "high"] },
  { kind: "regression" },
];

describe("randomForest", () => {
  // chance draws rows by their places, so a row twice is not a row of weight 2 in each tree
  checkEstimator((options = {}) => randomForest({ trees: 60, ...options }), {
    ...{ missing: true, oneClass: true, weights: 0.5, columns: null },
  });

  test("learns what features do together, missing values and categories, in every task", async () => {
    for (const task of tasks) {
      const [train, rest] = [sample(1500, task), sample(3000, task)];
      const forest = await randomForest({ trees: 40 }).learn(train);
      const told = forest.predict(rest.x);
      const k = told.length / rest.x.rows;
      const right = Array.from(rest.y.subarray(1500), (label, i) => {
        const answer = told.subarray((i + 1500) * k, (i + 1501) * k);
        if (task.kind === "regression") return Math.abs((answer[0] ?? 0) - label) < 1;
        return (
          (k === 1 ? Number((answer[0] ?? 0) > 0.5) : answer.indexOf(Math.max(...answer))) === label
        );
      });
      expect(right.filter(Boolean).length / right.length).toBeGreaterThan(0.8);
    }
  });

  test("gives the same bytes for any number of threads", async () => {
    for (const task of tasks) {
      const data = sample(400, task);
      const learn = async (threads: number) =>
        formatJson(
          predictorState(await randomForest({ trees: 9, threads, outOfBag: true }).learn(data)),
        );
      expect(await learn(3)).toBe(await learn(1));
    }
  });

  test("judges itself by rows that its trees did not see, about as new rows do", async () => {
    const all = sample(3000);
    const half = {
      ...all,
      x: { ...all.x, rows: 1500, data: all.x.data.slice(0, 4500) },
      y: all.y.slice(0, 1500),
    };
    const { outOfBag, predict } = await randomForest({ outOfBag: true }).learn(half);
    const told = predict(all.x).subarray(1500);
    const right = told.filter((p, i) => Number(p >= 0.5) === all.y[1500 + i]).length / 1500;
    expect(outOfBag?.rows).toBe(1500);
    expect(outOfBag?.score).toBeCloseTo(right, 1);
    for (const task of tasks.slice(1)) {
      const forest = await randomForest({ outOfBag: true }).learn(sample(600, task));
      expect(forest.outOfBag?.score).toBeGreaterThan(0.5);
    }
  });

  test("learns the same of numbers far from 0", async () => {
    const near = sample(400, { kind: "regression" });
    const y = near.y.map((label) => Math.round(label * 16) / 16); // exact beside the offset
    const learn = (off: number) =>
      randomForest({ trees: 5 }).learn({ ...near, y: y.map((label) => off + label) });
    const [here, far] = [await learn(0), await learn(2 ** 40)];
    const errors = (told: Float64Array, off: number) =>
      told.reduce((sum, value, i) => sum + (value - off - (y[i] ?? 0)) ** 2, 0);
    const [least, most] = [errors(here.predict(near.x), 0), errors(far.predict(near.x), 2 ** 40)];
    expect(most).toBeLessThan(1.05 * least);
  });

  test("has no score, and is stored, where labels are equal or there is one row", async () => {
    const regression = sample(50, { kind: "regression" });
    const level = { ...regression, y: regression.y.map(() => 1) };
    const single = {
      ...regression,
      x: { ...regression.x, rows: 1, data: regression.x.data.slice(0, 3) },
      y: regression.y.slice(0, 1),
    };
    for (const data of [level, single]) {
      const forest = await randomForest({ trees: 5, outOfBag: true }).learn(data);
      expect(forest.outOfBag).toBeUndefined();
      expect(formatJson(predictorState(forest))).toContain("trees");
    }
  });

  test("takes rows of a class as much as its weight says", async () => {
    const rare = { ...sample(400), y: sample(400).y.map((label, i) => (i % 6 === 0 ? label : 0)) };
    const mean = async (classWeights: "none" | "balanced") => {
      const told = (
        await randomForest({ classWeights, minSamplesLeaf: 20, trees: 30 }).learn(rare)
      ).predict(rare.x);
      return told.reduce((sum, p) => sum + p, 0) / told.length;
    };
    expect(await mean("balanced")).toBeGreaterThan(2 * (await mean("none")));
  });

  test("keeps to depth, leaves, samples and features that are asked for", async () => {
    const data = sample(500);
    const nodes = async (options: Parameters<typeof randomForest>[0]) =>
      (await randomForest({ trees: 5, ...options }).learn(data)).trees;
    const shallow = await nodes({ maxDepth: 2 });
    expect(shallow.features.length).toBeLessThanOrEqual(5 * 7);
    const thick = await nodes({ minSamplesLeaf: 30 });
    expect(thick.covers.every((cover) => cover >= 30)).toBe(true);
    const few = await nodes({ maxSamples: 0.1 });
    expect(few.covers[0]).toBe(50);
    const once = await nodes({ bootstrap: false, maxSamples: 0.5 });
    expect(once.covers[0]).toBe(250);
    for (const maxFeatures of ["sqrt", "log2", "all", 0.5] as const)
      expect(treeCount(await nodes({ maxFeatures, criterion: "entropy" }))).toBe(5);
  });

  test("learns counts by their deviance, and refuses negative ones", async () => {
    const draws = random(1).stream("counts");
    const x = matrix(Array.from({ length: 300 }, (_, i) => [i]));
    const y = Float64Array.from({ length: 300 }, (_, i) => draws.below(i < 150 ? 2 : 9));
    const data = { x, y, names: ["a"], source, task: { kind: "regression" } } as const;
    const learn = randomForest({ loss: "poisson", minSamplesLeaf: 20 });
    const [low = 9, high = 0] = (await learn.learn(data)).predict(matrix([[20], [280]]));
    expect(low < 1.5 && high > 2.5).toBe(true);
    await expect(learn.learn({ ...data, y: y.with(3, -1) })).rejects.toThrow(
      code("model/out-of-range-label"),
    );
  });

  test("refuses options that are out of range", () => {
    for (const odd of [
      { trees: 0 },
      { maxSamples: 0 },
      { maxFeatures: 2 },
      { minSamplesSplit: 1 },
      { maxDepth: 0 },
      { bins: 1 },
    ])
      expect(() => randomForest(odd)).toThrow(code("option/out-of-range"));
    expect(() => randomForest({ depth: 3 } as never)).toThrow(code("option/unknown-name"));
  });
});

describe("extraTrees", () => {
  checkEstimator((options = {}) => extraTrees({ trees: 20, ...options }), {
    ...{ missing: true, oneClass: true, weights: 0.5, columns: null },
  });

  test("is about as good as a random forest", async () => {
    const [train, all] = [sample(1500), sample(3000)];
    const auc = async (learn: ReturnType<typeof extraTrees>) =>
      rocAuc(all.y.subarray(1500), (await learn.learn(train)).predict(all.x).subarray(1500));
    expect(await auc(extraTrees())).toBeGreaterThan((await auc(randomForest())) - 0.05);
  });
});

describe("decisionTree", () => {
  checkEstimator((options = {}) => decisionTree(options), {
    ...{ missing: true, oneClass: true, weights: 1e-9 },
  });

  test("splits exactly between values, and knows every row that it learned from", async () => {
    const data = sample(200);
    const tree = await decisionTree().learn(data);
    expect(tree.predict(data.x)).toEqual(data.y);
    const x = matrix([[1], [2], [4], [9]]);
    const y = Float64Array.of(0, 0, 1, 1);
    const { trees } = await decisionTree().learn({ x, y, names: ["a"], source });
    expect(trees.thresholds[0]).toBe(3);
  });

  test("prunes a forest without keeping the score that its whole trees had", async () => {
    const forest = await randomForest({ trees: 5, outOfBag: true }).learn(sample(200));
    expect(forest.outOfBag).toBeDefined();
    expect(pruneTree(forest, 0.01).outOfBag).toBeUndefined();
  });

  test("prunes as minimal cost and complexity say: less and less, down to the root", async () => {
    const data = {
      ...sample(300),
      y: sample(300).y.map((label, i) => (i % 7 === 0 ? 1 - label : label)),
    };
    const tree = await decisionTree().learn(data);
    const path = pruningPath(tree);
    expect(path[0]?.pruning).toBe(0);
    expect(path.at(-1)?.leaves).toBe(1);
    for (const [i, { pruning, leaves }] of path.entries()) {
      const kept = pruneTree(tree, pruning * (1 + 1e-9));
      expect(kept.trees.features.filter((f) => f < 0).length).toBe(leaves);
      if (i > 0) expect(leaves).toBeLessThan(path[i - 1]?.leaves ?? 0);
    }
    const half = path[Math.floor(path.length / 2)]?.pruning ?? 0;
    const same = await decisionTree({ pruning: half }).learn(data);
    expect(formatJson(predictorState(same))).toBe(
      formatJson(predictorState(pruneTree(tree, half))),
    );
    expect(() => pruneTree(tree, -1)).toThrow(code("option/out-of-range"));
  });
});

describe("treeRules", () => {
  test("says what a tree asks and answers, in text, for Graphviz and as a picture", async () => {
    const data = sample(300);
    const { names } = data;
    const tree = await decisionTree({ maxDepth: 3 }).learn(data);
    const rules = treeRules(tree, { names });
    expect(rules).toMatch(/^if /);
    expect(rules.split("\n").filter((line) => line.trim() === "else").length).toBe(
      tree.trees.features.filter((f) => f >= 0).length,
    );
    expect(treeRules(tree, { names, maxDepth: 1 }).split("\n")).toHaveLength(4);
    expect(treeDot(tree, { names })).toMatch(/^digraph tree \{\n.*n0 \[label="/s);
    const svg = treeSvg(tree, { names });
    expect(svg).toMatch(/^<svg .*<\/svg>\n$/s);
    expect(svg.match(/<rect x=/g)).toHaveLength(tree.trees.features.length);
    expect(treeSvg(tree, { names })).toBe(svg);
  });

  test("shows any tree of any predictor of trees, and refuses what is none", async () => {
    const data = sample(300);
    const { names } = data;
    const boosted = await boost({ trees: 3 }).learn({ ...data, categorical: [] });
    expect(treeRules(boosted, { names, tree: 2 })).toMatch(/^if /);
    expect(() => treeRules(boosted, { names, tree: 3 })).toThrow(code("model/out-of-range-tree"));
    expect(() => treeRules(boosted, { names: [] })).toThrow(code("model/mismatch-names"));
    const majority = majorityPredictor({ share: 1, width: 3 });
    expect(() => treeSvg(majority, { names })).toThrow(code("model/unsupported-interchange"));
  });
});
