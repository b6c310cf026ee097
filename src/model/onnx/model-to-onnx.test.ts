/** @file Tests of models as ONNX: bytes, outputs, refusals; tests/interop/onnx-models.test.ts runs them. */
import { afterAll, describe, expect, test } from "vitest";
import { features, numeric } from "../../feature/index.ts";
import type { Predictor } from "../../flow.ts";
import { bool, category, float, frame, openEngine, schema } from "../../table/index.ts";
import { treesOf } from "../../tensor/index.ts";
import { withPredictor } from "../combine/index.ts";
import { gaussianBayes, majority, modelToOnnx, treesPredictor } from "../index.ts";

const engine = await openEngine();
afterAll(() => engine.close());

const things = schema("things", {
  a: float(),
  value: float(),
  on: bool(),
  kind: category(["x", "y"]),
});
const sql =
  "SELECT range::DOUBLE AS a, range::DOUBLE AS value, range > 5 AS on, if(range > 3, 'x', 'y') AS kind FROM range(10)";
const rows = frame({ engine, schema: things, sql });
const byA = features(things, (c) => ({ a: numeric(c.a) }));
const model = await majority().fit(rows, { features: byA, label: "on" });
const stump = { feature: 0, threshold: 2.5, left: { value: -1 }, right: { value: 1 } };
const of = (root: Parameters<typeof treesOf>[0]) =>
  treesPredictor({ width: 1, trees: treesOf(root, { width: 1 }), link: "sigmoid" });
const written = (predictor: Predictor) => modelToOnnx(withPredictor(model, predictor));
const refused = (sentence: RegExp) =>
  expect.objectContaining({
    code: "model/unsupported-onnx",
    message: expect.stringMatching(sentence),
  });

describe("modelToOnnx", () => {
  test("gives the same bytes for the same model, which name its outputs, kind and label", async () => {
    const bytes = Buffer.from(modelToOnnx(model));
    expect(bytes.equals(modelToOnnx(model))).toBe(true);
    for (const text of ["value", "probability", "majority", '["a"]'])
      expect(bytes.includes(text)).toBe(true);
    expect(bytes.includes("probabilities")).toBe(false);
    const classes = await majority().fit(rows, { features: byA, label: "kind" });
    const many = Buffer.from(modelToOnnx(classes));
    for (const text of ["probabilities", '["x","y"]', "ArgMax"])
      expect(many.includes(text)).toBe(true);
  });

  test("writes trees as one ensemble, and no ensemble where there is no tree", () => {
    expect(Buffer.from(written(of([stump, stump]))).includes("TreeEnsemble")).toBe(true);
    expect(Buffer.from(written(of([]))).includes("TreeEnsemble")).toBe(false);
  });

  test("refuses a predictor of another kind, with its name", async () => {
    const bayes = await gaussianBayes().fit(rows, { features: byA, label: "on" });
    expect(() => modelToOnnx(bayes)).toThrow(refused(/kind "gaussianBayes".*boost, trees/u));
  });

  test("refuses trees that ONNX cannot say, and columns with the names of outputs", async () => {
    expect(() => written(of([{ ...stump, zeroMissing: true }]))).toThrow(refused(/zero/u));
    const sets = { feature: 0, codes: [1, 4], left: { value: -1 }, right: stump };
    expect(() => written(of([sets]))).toThrow(refused(/by number here and by category there/u));
    const byValue = features(things, (c) => ({ v: numeric(c.value) }));
    const named = await majority().fit(rows, { features: byValue, label: "on" });
    expect(() => modelToOnnx(named)).toThrow(refused(/a column called value/u));
  });
});
