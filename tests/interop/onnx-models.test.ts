import { afterAll, describe, expect, test } from "vitest";
import { random } from "../../src/core/index.ts";
import type { Cells, Predictor, Task } from "../../src/flow.ts";
import {
  average,
  bool,
  boost,
  category,
  decisionTree,
  elasticNet,
  extraTrees,
  type FittedModel,
  features,
  fitModel,
  float,
  generalisedLinear,
  gradientLinear,
  impute,
  indexLevels,
  int,
  type Learner,
  leastSquares,
  loadModel,
  logistic,
  majority,
  modelToOnnx,
  numeric,
  oneHot,
  openEngine,
  randomForest,
  ridge,
  schema,
  type TreeLink,
  treesOf,
  treesPredictor,
  withPredictor,
  withThreshold,
} from "../../src/index.ts";
import { frameOf } from "../support/frame-of.ts";
import { randomRows, randomTree } from "../support/random-trees.ts";
import { npmPackage } from "./npm.ts";
import { answersOfOnnx, answersOfOnnxWeb, onnxScript, readNumber } from "./onnx.ts";
import { openPeer } from "./peer.ts";
import { pythonWith } from "./python.ts";

const python = pythonWith("onnx");
if ("missing" in python) process.stdout.write(`onnx models interop skipped: ${python.missing}\n`);

const web = npmPackage("onnxruntime-web");
if (web.missing !== undefined)
  process.stdout.write(`onnx models web interop skipped: ${web.missing}\n`);

const nullable = { nullable: true } as const;
const towns = ["aber", "bree", "cove", "dale", "esk", "fen"] as const;
const visits = schema("visits", {
  heat: float(nullable),
  rain: float(nullable),
  town: category(towns, nullable),
  came: bool(),
  mood: category(["low", "fair", "high"]),
  spent: float(),
  count: int(),
});

const engine = await openEngine();
afterAll(() => engine.close());

const draws = random(7).stream("visits");
const some = Array.from({ length: 300 }, () => {
  const [heat, rain] = [draws.normal(), draws.next()];
  const town = towns[draws.below(towns.length)] ?? "aber";
  const lean = heat - 2 * rain + (town < "cove" ? 1 : 0) + draws.normal() / 2;
  const spent = 5 * lean + draws.normal();
  return {
    heat: draws.next() < 0.1 ? null : heat,
    rain: draws.next() < 0.1 ? null : rain,
    town: draws.next() < 0.1 ? null : town,
    came: lean > 0,
    mood: lean < -1 ? "low" : lean < 0.5 ? "fair" : "high",
    ...{ spent, count: Math.max(0, Math.round(2 + lean)) },
  };
});
const rows = frameOf(engine, visits, some);
const raw = features(visits, (c) => ({
  ...{ heat: numeric(c.heat), rain: numeric(c.rain), town: indexLevels(c.town) },
}));
const whole = features(visits, (c) => ({
  ...{ heat: impute(c.heat), rain: impute(c.rain), town: oneHot(c.town) },
}));

const answered = ["came", "mood", "spent", "count"] as const;
const cases: Readonly<Record<string, readonly [Learner, (typeof answered)[number], typeof raw]>> = {
  "boosted trees of two classes": [boost({ trees: 40 }), "came", raw],
  "boosted trees of three classes": [boost({ trees: 20, leaves: 6 }), "mood", raw],
  "boosted trees of numbers": [boost({ trees: 40 }), "spent", raw],
  "boosted trees of counts": [boost({ trees: 30, objective: "poisson" }), "count", raw],
  "a forest of two classes": [randomForest({ trees: 20 }), "came", raw],
  "a forest of three classes": [randomForest({ trees: 20 }), "mood", raw],
  "a forest of numbers": [randomForest({ trees: 20 }), "spent", raw],
  "extra trees": [extraTrees({ trees: 10 }), "mood", raw],
  "one tree": [decisionTree(), "came", raw],
  "logistic regression of two classes": [logistic(), "came", whole],
  "logistic regression of three classes": [logistic(), "mood", whole],
  "gradient descent of two classes": [gradientLinear({ epochs: 5 }), "came", whole],
  "gradient descent of numbers": [gradientLinear({ epochs: 5 }), "spent", whole],
  "least squares": [leastSquares(), "spent", whole],
  ridge: [ridge(), "spent", whole],
  "the elastic net": [elasticNet({ alpha: 0.1 }), "spent", whole],
  "a generalised linear model": [generalisedLinear(), "count", whole],
  "the majority of two": [majority(), "came", raw],
  "the majority of three": [majority(), "mood", raw],
  "the average": [average(), "spent", raw],
};

type Meaning = readonly [Task["kind"], TreeLink];
const shapes: readonly Meaning[] = [
  ["binary", "sigmoid"],
  ["multiclass", "softmax"],
  ["multiclass", "identity"],
  ["regression", "identity"],
  ["regression", "exp"],
  ["regression", "step"],
  ["regression", "softplus"],
  ["regression", "signedSquare"],
];
const kinds = { binary: "bool", multiclass: "category", regression: "float" } as const;

/** Whether a leaf holds a number for each output, and whether trees are averaged. */
interface Leaves {
  readonly vector: boolean;
  readonly average: boolean;
}
const leafShapes: readonly Leaves[] = [true, false].flatMap((vector) =>
  [true, false].map((average) => ({ vector, average })),
);

function drawnTrees([kind, link]: Meaning, { vector, average }: Leaves): Predictor {
  const stream = random(3).stream(`${kind} ${link}`);
  const outputs = kind === "multiclass" ? 3 : 1;
  const leafWidth = vector ? outputs : 1;
  const shape = { width: 3, depth: 5, categories: true, leafWidth };
  const roots = Array.from({ length: 4 * outputs }, () => randomTree(stream, shape));
  const base = Array.from({ length: outputs }, () => stream.normal());
  const trees = treesOf(roots, { width: 3, outputs, leafWidth, average, base });
  const task = kind === "multiclass" ? { kind, classes: ["x", "y", "z"] } : { kind };
  return treesPredictor({ width: 3, trees, link, task, scale: 0.7 });
}

/** Rows at and beside thresholds; codes that are no whole numbers, and negative ones, among them. */
function drawnRows(): readonly Cells[] {
  const x = randomRows(random(3).stream("rows"), 300, 3);
  const cell = (value = 0) => (Number.isNaN(value) ? null : value);
  return Array.from({ length: x.rows }, (_, r) => {
    const [heat, rain, code = 0] = x.data.subarray(3 * r, 3 * r + 3);
    return { heat: cell(heat), rain: cell(rain), spent: cell(r % 9 === 0 ? code / 2 - 3 : code) };
  });
}

describe.skipIf("missing" in python)("whole models in ONNX Runtime in Python", () => {
  const peer = openPeer(python, onnxScript);
  afterAll(() => peer[Symbol.asyncDispose]());

  /** What ONNX Runtime answers, against what our model answers, to 1e-9 of the value. */
  const compare = async (model: FittedModel, asked: readonly Cells[]) => {
    const { outputs, metadata } = await answersOfOnnx(peer, {
      ...{ model: modelToOnnx(model), reads: model.features.reads, rows: asked },
    });
    const ours = model.predictAll(asked);
    const values = ours.map(({ value }) => value);
    if (model.signature.output.kind === "float")
      expect(outputs.value.map(readNumber)).toBeClose(values.map(Number), {
        rtol: 1e-9,
        atol: 1e-9,
      });
    else {
      expect(outputs.value).toEqual(values);
      const told = ours.map(({ probability }) => probability ?? Number.NaN);
      expect(outputs.probability).toBeClose(told, { rtol: 1e-9, atol: 1e-12 });
    }
    if (model.signature.output.kind !== "category") return;
    const classes: readonly string[] = JSON.parse(metadata["classes"] ?? "[]");
    const all = (outputs.probabilities ?? []).map((row) =>
      Object.fromEntries(classes.map((c, i) => [c, Number(row[i])])),
    );
    expect(all.flatMap((row) => classes.map((c) => row[c] ?? 0))).toBeClose(
      ours.flatMap(({ probabilities = {} }) =>
        classes.map((c) => Number(Reflect.get(probabilities, c))),
      ),
      { rtol: 1e-9, atol: 1e-12 },
    );
  };

  test.for(Object.entries(cases))("%s answers the same from raw rows", async ([, made]) => {
    const [estimator, label, definition] = made;
    const model = await fitModel(rows, { estimator, label, features: definition });
    await compare(loadModel(model.files()), some);
    await compare(model, [{ heat: null, rain: null, town: null }]);
    await compare(model, [{ heat: 40, rain: -40, town: "elsewhere" }]);
  });

  test("a threshold is the model's own", async () => {
    const how = { estimator: boost({ trees: 10 }), label: "came", features: raw };
    const model = await fitModel(rows, how);
    const strict = withPredictor(model, withThreshold(model.predictor, 0.8));
    const yes = (of: FittedModel) => of.predictAll(some).filter(({ value }) => value === true);
    expect(yes(strict).length).toBeLessThan(yes(model).length);
    await compare(strict, some);
  });

  test("compares doubles, not their 32 bits", async () => {
    const bySpent = features(visits, (c) => ({ spent: numeric(c.spent) }));
    const model = await fitModel(rows, { estimator: majority(), label: "came", features: bySpent });
    const stump = { feature: 0, threshold: 0.1, left: { value: -3 }, right: { value: 3 } };
    const trees = treesOf([stump], { width: 1 });
    const split = withPredictor(model, treesPredictor({ width: 1, trees, link: "sigmoid" }));
    const asked = [0.1 - 2 ** -56, 0.1, 0.1 + 2 ** -56, Math.fround(0.1)].map((spent) => ({
      spent,
    }));
    expect(split.predictAll(asked).map(({ value }) => value)).toEqual([false, true, true, true]);
    await compare(split, asked);
  });

  test("a linear model answers NaN where ours refuses what is missing", async () => {
    const bySpent = features(visits, (c) => ({ spent: numeric(c.spent) }));
    const how = { estimator: logistic(), label: "came", features: bySpent };
    const model = await fitModel(rows, how);
    const asked = {
      model: modelToOnnx(model),
      reads: model.features.reads,
      rows: [{ spent: null }],
    };
    const { outputs } = await answersOfOnnx(peer, asked);
    expect(outputs).toEqual({ value: [false], probability: ["nan"] });
    expect(() => model.predict({ spent: null })).toThrow(
      expect.objectContaining({ code: "model/missing-value" }),
    );
  });

  test.for(shapes)(
    "trees of any shape and sets of codes answer the same: %s %s",
    async (meaning) => {
      const plain = features(visits, (c) => ({
        ...{ heat: numeric(c.heat), rain: numeric(c.rain), spent: numeric(c.spent) },
      }));
      const model = await fitModel(rows, { estimator: majority(), label: "came", features: plain });
      const output = { name: "came", kind: kinds[meaning[0]] };
      for (const leaves of leafShapes) {
        const predictor = drawnTrees(meaning, leaves);
        const whole = withPredictor(model, predictor);
        await compare({ ...whole, signature: { ...whole.signature, output } }, drawnRows());
      }
    },
  );
});

describe.skipIf(web.missing !== undefined)("whole models in ONNX Runtime for the web", () => {
  const asked = [...some.slice(0, 100), { heat: null, rain: null, town: null }];
  const chosen = Object.entries(cases).filter(([name]) => /classes|of numbers/u.test(name));

  test.for(chosen)("%s answers the same from raw rows", async ([, made]) => {
    const [estimator, label, definition] = made;
    const model = await fitModel(rows, { estimator, label, features: definition });
    const run = { model: modelToOnnx(model), reads: model.features.reads, rows: asked };
    const { value, probability } = answersOfOnnxWeb(web.folder ?? "", run);
    const ours = model.predictAll(asked);
    const told = ours.map((one) => one.probability ?? Number(one.value));
    const theirs = (probability ?? value)?.data.map(readNumber);
    expect(theirs).toBeClose(told, { rtol: 1e-9, atol: 1e-9 });
    if (probability !== undefined) expect(value?.data).toEqual(ours.map((one) => one.value));
  });
});
