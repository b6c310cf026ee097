import { afterAll, describe, expect, test } from "vitest";
import type { Predictor, Task } from "../../src/flow.ts";
import {
  boost,
  extraTrees,
  formatLightgbm,
  formatXgboost,
  lightgbmModel,
  randomForest,
  shapleyValues,
  type TreeNode,
  treesOf,
  treesPredictor,
  xgboostModel,
} from "../../src/index.ts";
import { openPeer } from "./peer.ts";
import { pythonWith } from "./python.ts";
import { matrixOfRows, type Training, trainLightgbm, trainXgboost, treeScript } from "./trees.ts";

const python = pythonWith("trees");
if ("missing" in python) process.stdout.write(`trees interop skipped: ${python.missing}\n`);
const there = !("missing" in python);
const peer = there ? openPeer(python, treeScript) : undefined;
afterAll(async () => await peer?.[Symbol.asyncDispose]());

/** XGBoost sums 32-bit numbers: seven digits, fewer where they cancel. */
const single = { rtol: 3e-5, atol: 3e-6 };
/** LightGBM sums doubles, as we do. */
const double = { rtol: 1e-12, atol: 1e-13 };

const xgboostCases: readonly (readonly [string, Training])[] = [
  ["regression", { task: "regression", params: { objective: "reg:squarederror" } }],
  ["binary", { task: "binary", params: { objective: "binary:logistic" } }],
  ["binary of categories", { task: "binary", categories: true, params: { objective: "binary:logistic" } }],
  ["one category against all", { task: "regression", categories: true, params: { max_cat_to_onehot: 100 } }],
  ["multiclass", { task: "multiclass", params: { objective: "multi:softprob", num_class: 3 } }],
  ["multiclass of categories", { task: "multiclass", categories: true, params: { objective: "multi:softprob", num_class: 3 } }],
  ["DART", { task: "binary", params: { objective: "binary:logistic", booster: "dart", rate_drop: 0.5 } }],
  ["parallel trees", { task: "multiclass", params: { objective: "multi:softprob", num_class: 3, num_parallel_tree: 3, subsample: 0.6 } }],
  ["leaf-wise trees", { task: "regression", params: { grow_policy: "lossguide", max_leaves: 9, max_depth: 0 } }],
  ["a base of its own", { task: "binary", params: { objective: "binary:logistic", base_score: 0.2 } }],
  ["counts", { task: "positive", params: { objective: "count:poisson" } }],
  ["gamma", { task: "positive", params: { objective: "reg:gamma" } }],
  ["tweedie", { task: "positive", params: { objective: "reg:tweedie" } }],
  ["logistic regression of shares", { task: "binary", params: { objective: "reg:logistic" } }],
  ["hinge", { task: "binary", params: { objective: "binary:hinge" } }],
  ["absolute error", { task: "regression", params: { objective: "reg:absoluteerror" } }],
]; // biome-ignore format: a table

const lightgbmCases: readonly (readonly [string, Training])[] = [
  ["regression", { task: "regression", params: { objective: "regression" } }],
  ["binary", { task: "binary", params: { objective: "binary" } }],
  ["binary with a sigmoid", { task: "binary", params: { objective: "binary", sigmoid: 0.7 } }],
  ["binary of categories", { task: "binary", categories: true, params: { objective: "binary" } }],
  ["one category against all", { task: "regression", categories: true, params: { max_cat_to_onehot: 100 } }],
  ["multiclass", { task: "multiclass", params: { objective: "multiclass", num_class: 3 } }],
  ["one class against all", { task: "multiclass", params: { objective: "multiclassova", num_class: 3, sigmoid: 2 } }],
  ["zero as missing", { task: "binary", params: { objective: "binary", zero_as_missing: true } }],
  ["nothing missing", { task: "binary", params: { objective: "binary", use_missing: false } }],
  ["a random forest", { task: "binary", params: { objective: "binary", boosting: "rf", bagging_freq: 1, bagging_fraction: 0.6 } }],
  ["a forest of classes", { task: "multiclass", params: { objective: "multiclass", num_class: 3, boosting: "rf", bagging_freq: 1, bagging_fraction: 0.6 } }],
  ["DART", { task: "regression", params: { boosting: "dart", drop_rate: 0.5 } }],
  ["counts", { task: "positive", params: { objective: "poisson" } }],
  ["tweedie", { task: "positive", params: { objective: "tweedie" } }],
  ["the root of a number", { task: "regression", params: { objective: "regression", reg_sqrt: true } }],
  ["shares", { task: "binary", params: { objective: "cross_entropy" } }],
  ["intensities", { task: "binary", params: { objective: "cross_entropy_lambda" } }],
]; // biome-ignore format: a table

describe.skipIf(!there)("xgboostModel", () => {
  for (const [name, training] of xgboostCases)
    for (const format of ["json", "ubj"] as const)
      test(`${name}: a model that XGBoost wrote as ${format} predicts the same here`, async () => {
        if (peer === undefined) return;
        const { model, rows, told } = await trainXgboost(peer, { ...training, format });
        const { predictor, names, categorical } = xgboostModel(Buffer.from(model, "base64"));
        expect(names).toEqual(["a", "b", "whole", "code", "zeros"]);
        expect(categorical).toEqual(training.categories === true ? ["code"] : []);
        expect(predictor.predict(matrixOfRows(rows))).toBeClose([...told], single);
      });
});

describe.skipIf(!there)("formatXgboost", () => {
  const back = async (predictor: Predictor, rows: readonly unknown[], format: "json" | "ubj") => {
    const names = ["a", "b", "whole", "code", "zeros"];
    const model = Buffer.from(formatXgboost(predictor, { names, format })).toString("base64");
    return (await peer?.ask("predict_xgboost", { model, format, rows })) as number[];
  };

  for (const [name, training] of xgboostCases)
    test(`${name}: XGBoost predicts the same with what we write`, async () => {
      if (peer === undefined) return;
      const { model, rows, told } = await trainXgboost(peer, training);
      const { predictor } = xgboostModel(Buffer.from(model, "base64"));
      for (const format of ["json", "ubj"] as const)
        expect(await back(predictor, rows, format)).toBeClose([...told], single);
    });

  test("LightGBM's models predict the same in XGBoost", async () => {
    if (peer === undefined) return;
    for (const [, training] of lightgbmCases.slice(0, 6)) {
      const { model, rows, told } = await trainLightgbm(peer, training);
      expect(await back(lightgbmModel(model).predictor, rows, "json")).toBeClose([...told], single);
    }
  });
});

describe.skipIf(!there)("lightgbmModel", () => {
  for (const [name, training] of lightgbmCases)
    test(`${name}: a model that LightGBM wrote predicts the same here`, async () => {
      if (peer === undefined) return;
      const { model, rows, told } = await trainLightgbm(peer, training);
      const { predictor, names, categorical } = lightgbmModel(model);
      expect(names).toEqual(["a", "b", "whole", "code", "zeros"]);
      expect(categorical).toEqual(training.categories === true ? ["code"] : []);
      expect(predictor.predict(matrixOfRows(rows))).toBeClose([...told], double);
    });
});

describe.skipIf(!there)("formatLightgbm", () => {
  const back = async (predictor: Predictor, rows: readonly unknown[]) => {
    const model = formatLightgbm(predictor, { names: ["a", "b", "whole", "code", "zeros"] });
    return (await peer?.ask("predict_lightgbm", { model, rows })) as number[];
  };

  for (const [name, training] of lightgbmCases)
    test(`${name}: LightGBM predicts the same with what we write`, async () => {
      if (peer === undefined) return;
      const { model, rows, told } = await trainLightgbm(peer, training);
      expect(await back(lightgbmModel(model).predictor, rows)).toBeClose([...told], double);
    });

  test("XGBoost's models predict the same in LightGBM", async () => {
    if (peer === undefined) return;
    for (const [name, training] of xgboostCases) {
      if (name === "hinge") continue; // LightGBM has no such objective
      const { model, rows, told } = await trainXgboost(peer, training);
      const { predictor } = xgboostModel(Buffer.from(model, "base64"));
      expect(await back(predictor, rows)).toBeClose([...told], single);
    }
  });

  test("a category split whose missing values go with its set, and a tree that is a leaf", async () => {
    if (peer === undefined) return;
    const leaf = (value: number): TreeNode => ({ value });
    const set = { feature: 3, codes: [1, 35], missingLeft: true, left: leaf(1), right: leaf(2) };
    const root = { feature: 0, threshold: 0.5, left: set, right: { ...set, missingLeft: false } };
    const trees = treesOf([root, leaf(10)], { width: 5, base: [100] });
    const predictor = treesPredictor({
      width: 5,
      trees,
      link: "identity",
      task: { kind: "regression" },
    });
    const codes = [0, 1, 2, 35, 36, 900, null];
    const rows = codes.flatMap((code) => [-1, 0.5, null].map((a) => [a, 0, 0, code, 0]));
    expect(await back(predictor, rows)).toBeClose(
      [...predictor.predict(matrixOfRows(rows))],
      double,
    );
  });
});

describe.skipIf(!there)("shapleyValues", () => {
  /** Values of each output with its base after them, as the peers give them. */
  const told = (predictor: Predictor, rows: Parameters<typeof matrixOfRows>[0]): number[] => {
    const { values, base } = shapleyValues(predictor, matrixOfRows(rows));
    return Array.from({ length: values.length / 5 }, (_, i) => [
      ...values.subarray(5 * i, 5 * i + 5),
      base[i % base.length] ?? 0,
    ]).flat();
  };

  for (const [name, training] of xgboostCases)
    test(`${name}: they are XGBoost's pred_contribs`, async () => {
      if (peer === undefined) return;
      const { model, rows, shares } = await trainXgboost(peer, training);
      const { predictor } = xgboostModel(Buffer.from(model, "base64"));
      expect(told(predictor, rows)).toBeClose([...shares], { rtol: 1e-4, atol: 2e-5 });
    });

  for (const [name, training] of lightgbmCases)
    test(`${name}: they are LightGBM's pred_contrib`, async () => {
      if (peer === undefined) return;
      const { model, rows, shares } = await trainLightgbm(peer, training);
      const { predictor } = lightgbmModel(model);
      const { scale = 1, trees } = predictor;
      // LightGBM's are of sums: before they are scaled, and before they are divided by the number of trees
      const factor = trees.average ? (trees.starts.length - 1) / trees.outputs : 1 / scale;
      expect(told(predictor, rows).map((v) => v * factor)).toBeClose([...shares], {
        rtol: 1e-7,
        atol: 1e-8,
      });
    });
});

describe.skipIf(!there)("models learned here", () => {
  const names = ["a", "b", "whole", "code", "zeros"];
  const tasks: readonly Task[] = [
    { kind: "binary" },
    { kind: "multiclass", classes: ["0", "1", "2"] },
    { kind: "regression" },
  ];

  for (const task of tasks)
    test(`${task.kind}: both libraries predict with forests and boosted trees what we do`, async () => {
      if (peer === undefined) return;
      const params = { objective: "regression" };
      const { rows } = await trainLightgbm(peer, { task: "regression", categories: true, params });
      const x = matrixOfRows(rows);
      const lean = (i: number): number => (x.data[5 * i] || 0) + ((x.data[5 * i + 3] || 0) % 3);
      const y = Float64Array.from(rows, (_, i) =>
        task.kind === "regression"
          ? lean(i)
          : Number(lean(i) > 0.5) + (task.kind === "multiclass" && lean(i) > 1.5 ? 1 : 0),
      );
      const data = { x, y, names, source: "sha256:00", task, categorical: ["code"] } as const;
      const ubj = "ubj" as const;
      for (const learner of [
        randomForest({ trees: 8 }),
        extraTrees({ trees: 8 }),
        boost({ trees: 8 }),
      ]) {
        const predictor = await learner.learn(data);
        const told = [...predictor.predict(x)];
        const text = formatLightgbm(predictor, { names });
        expect(await peer.ask("predict_lightgbm", { model: text, rows })).toBeClose(told, {
          rtol: 1e-12,
          atol: 1e-12,
        });
        const bytes = Buffer.from(formatXgboost(predictor, { names, format: ubj })).toString(
          "base64",
        );
        expect(await peer.ask("predict_xgboost", { model: bytes, format: ubj, rows })).toBeClose(
          told,
          single,
        );
      }
    });
});
