/** @file Tests of generalised linear models, against scikit-learn too. */
import { describe, expect, test } from "vitest";
import { checkEstimator } from "../../../tests/conform/estimator.ts";
import { linearData, readLinearPeers } from "../../../tests/peer/linear.ts";
import { predictorFromState, predictorState } from "../predictor-state.ts";
import { generalisedLinear } from "./generalised-linear.ts";

const peers = await readLinearPeers();
const code = (what: string) => expect.objectContaining({ code: what });

describe("generalisedLinear", () => {
  checkEstimator((options) => generalisedLinear({ family: "poisson", ...options }), {
    missing: false,
    oneClass: true,
    weights: 1e-7,
    label: Math.abs,
  });

  test("gives scikit-learn's weights of Poisson, gamma and Tweedie, weighted", async () => {
    for (const peer of peers.generalised) {
      const { counts, positive, weights } = linearData(peer);
      const data = { ...(peer.family === "gamma" ? positive : counts), weights };
      const { family, alpha, power } = peer;
      const options = { family, alpha, ...(power === null ? {} : { power }) };
      const found = await generalisedLinear(options).learn(data);
      expect(found.converged).toBe(true);
      expect(found.weights).toBeClose(peer.weights, { rtol: 1e-6, atol: 1e-8 });
      expect(found.bias).toBeClose(peer.bias, { rtol: 1e-6 });
    }
  });

  test("needs no penalty where weights are determined", async () => {
    const { counts } = linearData({ rows: 80, features: 3, salt: 60 });
    const large = { ...counts, y: counts.y.map((v) => 1000 * v) }; // the sum it minimises is below 0 then
    const found = await generalisedLinear({ alpha: 0 }).learn(large);
    const residuals = found.predict(large.x).map((mean, i) => mean - (large.y[i] ?? 0));
    for (let j = 0; j < 3; j++)
      expect(
        residuals.reduce((sum, r, i) => sum + r * (large.x.data[i * 3 + j] ?? 0), 0),
      ).toBeClose(0, { atol: 1e-2 });
  });

  test("predicts the mean: predictions add up to the labels", async () => {
    const { counts } = linearData({ rows: 80, features: 3, salt: 60 });
    const found = await generalisedLinear({ alpha: 0.2 }).learn(counts);
    const sum = (values: Float64Array): number => values.reduce((total, v) => total + v, 0);
    expect(sum(found.predict(counts.x))).toBeClose(sum(counts.y), { rtol: 1e-7 });
  });

  test("refuses labels below 0, and all 0; of gamma 0 too", async () => {
    const { counts } = linearData({ rows: 30, features: 2, salt: 61 });
    const refused = (family: "poisson" | "gamma", y: Float64Array) =>
      expect(generalisedLinear({ family }).learn({ ...counts, y })).rejects.toThrow(
        code("model/out-of-range-label"),
      );
    await refused("poisson", counts.y.with(4, -1));
    await refused("poisson", new Float64Array(30));
    await refused("gamma", counts.y.with(4, 0));
  });

  test("says that weights are not determined without a penalty where a feature is there twice", async () => {
    const { counts } = linearData({ rows: 30, features: 1, salt: 62 });
    const data = Float64Array.from({ length: 60 }, (_, k) => counts.x.data[k >> 1] ?? 0);
    const twice = { ...counts, x: { rows: 30, cols: 2, data }, names: ["a", "b"] };
    await expect(generalisedLinear({ alpha: 0 }).learn(twice)).rejects.toThrow(
      code("model/failed-fit"),
    );
  });

  test("checks its options, and what was stored", async () => {
    expect(() => generalisedLinear({ power: 2 })).toThrow(code("option/out-of-range"));
    expect(() => generalisedLinear({ alpha: -1 })).toThrow(code("option/out-of-range"));
    // @ts-expect-error: there is no such family
    expect(() => generalisedLinear({ family: "normal" })).toThrow(code("option/out-of-range"));
    const { counts } = linearData({ rows: 30, features: 2, salt: 61 });
    const stored = predictorState(await generalisedLinear().learn(counts));
    expect(() => predictorFromState({ ...stored, family: "normal" })).toThrow(
      code("model/corrupt-state"),
    );
  });
});
