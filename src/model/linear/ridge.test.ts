/** @file Tests of ridge regression, against scikit-learn too. */
import { describe, expect, test } from "vitest";
import { checkEstimator } from "../../../tests/conform/estimator.ts";
import { linearData, readLinearPeers, weighed } from "../../../tests/peer/linear.ts";
import { leastSquares } from "./least-squares.ts";
import { ridge } from "./ridge.ts";

const peers = await readLinearPeers();
const code = (what: string) => expect.objectContaining({ code: what });

describe("ridge", () => {
  checkEstimator((options) => ridge(options), { missing: false, oneClass: true, weights: 1e-8 });

  test("gives scikit-learn's weights, for tall and wide data, weighted and not", async () => {
    for (const peer of peers.ridge) {
      const { regression, weights } = linearData(peer);
      const data = weighed(regression, weights, peer.weighted);
      const found = await ridge({ alpha: peer.alpha }).learn(data);
      expect(found.weights).toBeClose(peer.weights, { rtol: 1e-8, atol: 1e-10 });
      expect(found.bias).toBeClose(peer.bias, { rtol: 1e-8 });
    }
  });

  test("chooses the penalty by the scores of generalised cross-validation, as the hat matrix gives them", async () => {
    for (const peer of peers.gcv) {
      const found = await ridge({ alpha: peer.alphas }).learn(linearData(peer).regression);
      expect(found.scores).toBeClose(peer.scores, { rtol: 1e-9 });
      expect(found.alpha).toBe(peer.alphas[peer.scores.indexOf(Math.min(...peer.scores))]);
    }
  });

  test("chooses a penalty that has a score, where the first has none", async () => {
    const { regression } = linearData({ rows: 6, features: 20, salt: 2 });
    const found = await ridge({ alpha: [0, 1, 10] }).learn(regression);
    expect(found.scores[0]).toBeNaN();
    const [, one = 0, ten = 0] = found.scores;
    expect(found.alpha).toBe(one <= ten ? 1 : 10);
  });

  test("is least squares without a penalty, and shrinks to the mean with a large one", async () => {
    const { regression } = linearData({ rows: 30, features: 4, salt: 2 });
    const [none, plain] = [
      await ridge({ alpha: 0 }).learn(regression),
      await leastSquares().learn(regression),
    ];
    expect(none.weights).toBeClose(plain.weights);
    expect(none.parameters).toBeClose(5);
    const { weights, parameters } = await ridge({ alpha: 1e12 }).learn(regression);
    expect(weights).toBeClose([0, 0, 0, 0], { atol: 1e-9 });
    expect(parameters).toBeClose(1, { rtol: 1e-9 });
  });

  test("checks its options", () => {
    expect(() => ridge({ alpha: -1 })).toThrow(code("option/out-of-range"));
    expect(() => ridge({ alpha: [] })).toThrow(code("option/out-of-range"));
    expect(() => ridge({ alpha: [1, Number.NaN] })).toThrow(code("option/out-of-range"));
    // @ts-expect-error: the option is called alpha
    expect(() => ridge({ l2: 1 })).toThrow(code("option/unknown-name"));
  });
});
