/** @file Tests of the k nearest neighbours, with scikit-learn's numbers. */
import { describe, expect, test } from "vitest";
import { checkEstimator } from "../../../tests/conform/estimator.ts";
import { classicData, readClassicPeers } from "../../../tests/peer/classic.ts";
import { formatJson } from "../../core/index.ts";
import { matrix } from "../../tensor/index.ts";
import { predictorFromState, predictorState } from "../predictor-state.ts";
import { neighbours } from "./neighbours.ts";

const source = "sha256:00";
const code = (what: string) => expect.objectContaining({ code: what });

describe("neighbours", () => {
  checkEstimator((options) => neighbours(options), { missing: false, oneClass: true });

  test("gives scikit-learn's numbers", async () => {
    const { neighbours: cases } = await readClassicPeers();
    for (const { options, told, ...how } of cases) {
      const { data, asked } = classicData(how);
      const rtol = "distance" in options && options.distance === "cosine" ? 1e-7 : 1e-9;
      const predictor = await neighbours(options).learn(data);
      expect(predictor.predict(asked), JSON.stringify({ options, ...how })).toBeClose(told, {
        rtol,
      });
    }
    expect(cases.length).toBe(48);
  });

  test("answers the same whether it looks in a tree or at all rows", async () => {
    const { data, asked } = classicData({
      ...{ rows: 500, features: 3, salt: 5, task: "multiclass", counts: true, weighed: false },
    });
    const [tree, scan] = await Promise.all(
      (["tree", "scan"] as const).map((search) => neighbours({ search }).learn(data)),
    );
    expect(tree?.predict(asked)).toEqual(scan?.predict(asked));
    expect(
      formatJson(predictorState(tree ?? { kind: "", predict: () => new Float64Array() })),
    ).toBe(formatJson(predictorState(scan ?? { kind: "", predict: () => new Float64Array() })));
  });

  test("of equally near rows the first ones count, and a row that is there decides alone by distance", async () => {
    const x = matrix([[1], [-1], [1], [-1]]);
    const data = { x, y: Float64Array.of(1, 0, 0, 0), names: ["a"], source } as const;
    const near = await neighbours({ neighbours: 1 }).learn(data);
    expect(near.predict(matrix([[0], [-1]]))).toEqual(Float64Array.of(1, 0));
    const weighed = await neighbours({ neighbours: 4, weights: "distance" }).learn(data);
    expect(weighed.predict(matrix([[1]]))).toEqual(Float64Array.of(0.5));
    const tiny = { ...data, x: matrix([[1e-150], [-2e-150], [1], [1]]) };
    const small = await neighbours({ neighbours: 2, weights: "distance" }).learn(tiny);
    expect(small.predict(matrix([[0]]))).toBeClose([1 / (1 + 1 / 2)], { rtol: 1e-3 });
  });

  test("refuses missing and infinite numbers of a row, and options that are none", async () => {
    const data = { x: matrix([[1], [2]]), y: Float64Array.of(0, 1), names: ["a"], source } as const;
    const predictor = await neighbours().learn(data);
    expect(() => predictor.predict(matrix([[Number.NaN]]))).toThrow(code("model/missing-value"));
    expect(() => predictor.predict(matrix([[Infinity]]))).toThrow(code("model/out-of-range-value"));
    expect(() => neighbours({ neighbours: 0 })).toThrow(code("option/out-of-range"));
    expect(() => neighbours({ power: 0.5 })).toThrow(code("option/out-of-range"));
    // @ts-expect-error no such distance
    expect(() => neighbours({ distance: "hamming" })).toThrow(code("option/out-of-range"));
  });

  test("refuses a damaged state", async () => {
    const data = { x: matrix([[1], [2]]), y: Float64Array.of(0, 1), names: ["a"], source } as const;
    const good = predictorState(await neighbours().learn(data));
    for (const damage of [
      { labels: new Float64Array(0) },
      { labels: Float64Array.of(0, 2) },
      { points: Float64Array.of(1) },
      { distance: "far" },
    ])
      expect(() => predictorFromState({ ...good, ...damage })).toThrow(code("model/corrupt-state"));
  });
});
