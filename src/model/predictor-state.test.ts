/** @file Tests of predictors as data. Round trips of each kind are in tests/conform/estimator.ts. */
import { describe, expect, test } from "vitest";
import { formatJson, parseJson } from "../core/index.ts";
import { matrix, sigmoid, treesOf } from "../tensor/index.ts";
import { boostPredictor } from "./boost-predictor.ts";
import { predictorFromState, predictorState } from "./predictor-state.ts";

const stump = { feature: 1, threshold: -Infinity, left: { value: 0.1 }, right: { value: -0.1 } };
const trees = treesOf([stump], { width: 2, base: [0.1] });
const good = predictorState(boostPredictor({ width: 2, trees }));
const complete = {
  depth: 1,
  features: Int32Array.of(1),
  thresholds: Float64Array.of(-Infinity),
  missingRight: Uint8Array.of(0),
  leaves: Float32Array.of(0.1, -0.1),
};
const old = { format: 1, kind: "boost", width: 2, base: 0.1, trees: complete };
const code = (what: string) => expect.objectContaining({ code: what });

describe("predictorFromState", () => {
  test("keeps infinite thresholds and every bit of a leaf", () => {
    const read = predictorFromState(parseJson(formatJson(good)));
    expect(formatJson(predictorState(read))).toBe(formatJson(good));
    expect(read).toMatchObject({
      kind: "boost",
      trees: { thresholds: Float64Array.of(-Infinity, 0, 0) },
    });
  });

  test("reads trees of format 1", () => {
    const read = predictorFromState(old);
    const odds = [0.1 + Math.fround(0.1), 0.1 + Math.fround(-0.1)]; // missing goes left
    expect(
      read.predict(
        matrix([
          [0, Number.NaN],
          [0, 3],
        ]),
      ),
    ).toEqual(Float64Array.from(odds, sigmoid));
  });

  test("refuses a kind it does not know, and a newer format of any kind", () => {
    expect(() => predictorFromState({ ...good, kind: "boots" })).toThrow(
      code("model/unknown-kind"),
    );
    expect(() => predictorFromState({ ...good, format: 3 })).toThrow(
      code("model/unsupported-format"),
    );
  });

  test("refuses what is damaged, and says where", () => {
    const damaged: readonly [unknown, string][] = [
      [null, "the state"],
      [[], "the state"],
      [{ ...good, kind: 3 }, "kind"],
      [{ ...good, format: "1" }, "format"],
      [{ ...good, trees: [] }, "trees"],
      [{ ...good, trees: { ...trees, values: [1, 2] } }, "values"],
      [{ ...good, trees: { ...trees, features: Int32Array.of(0, 1) } }, "trees.starts"],
      [{ ...good, width: 1 }, "trees.features"],
      [{ ...good, width: 3 }, "trees.width"],
      [{ ...old, base: undefined }, "base"],
      [{ ...old, trees: { ...complete, leaves: [1, 2] } }, "leaves"],
      [{ ...old, trees: { ...complete, features: Int32Array.of(0, 1) } }, "trees.features"],
      [{ ...old, width: 1 }, "trees.features"],
      [{ ...good, importances: "much" }, "importances"],
      [
        { format: 1, kind: "logistic", weights: Float64Array.of(1), bias: 0, iterations: 1 },
        "converged",
      ],
    ];
    for (const [state, field] of damaged) {
      expect(() => predictorFromState(state)).toThrow(code("model/corrupt-state"));
      expect(() => predictorFromState(state)).toThrow(`${field} is damaged`);
    }
  });
});
