/** @file Tests of logistic regression, against scikit-learn too. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkEstimator } from "../../tests/conform/estimator.ts";
import { peerData, readPeers, rowsOf } from "../../tests/peer/classification.ts";
import type { Dataset } from "../flow.ts";
import { matrix, sigmoid } from "../tensor/index.ts";
import { logistic, logisticPredictor } from "./logistic.ts";

const peers = await readPeers();
const data = peerData({ rows: 200, features: 5, salt: 5 });
const code = (what: string) => expect.objectContaining({ code: what });

describe("logistic", () => {
  checkEstimator((options) => logistic(options), { missing: false, oneClass: false });

  test("gives scikit-learn's coefficients to 1e-6, with C = 1/l2", async () => {
    for (const peer of peers.logistic) {
      const peerRows = peerData(peer);
      const predictor = await logistic({ l2: peer.l2 }).learn(peerRows);
      expect(predictor.converged).toBe(true);
      expect(predictor.weights).toBeClose(peer.weights, { rtol: 1e-6 });
      expect(predictor.bias).toBeClose(peer.bias, { rtol: 1e-6 });
      expect(predictor.predict(rowsOf(peerRows, 0, 5).x)).toBeClose(peer.probability, {
        rtol: 1e-6,
      });
    }
  });

  test("law: at the minimum the gradient is 0, whatever the penalty and the units", async () => {
    const l2 = fc.double({ min: 1e-3, max: 1e3, noNaN: true });
    const unit = fc.constantFrom(1e-3, 1, 1e4);
    await fc.assert(
      fc.asyncProperty(l2, unit, async (penalty, scale) => {
        const x = { ...data.x, data: data.x.data.map((v) => v * scale) };
        const predictor = await logistic({ l2: penalty }).learn({ ...data, x });
        expect(predictor.converged).toBe(true);
        const residuals = predictor.predict(x).map((p, i) => p - (data.y[i] ?? 0));
        expect(residuals.reduce((sum, r) => sum + r, 0) / data.y.length).toBeClose(0, {
          atol: 1e-9,
        });
        for (const [j, weight] of predictor.weights.entries()) {
          const slope = residuals.reduce((sum, r, i) => sum + r * (x.data[i * x.cols + j] ?? 0), 0);
          expect((slope + penalty * weight) / scale / data.y.length).toBeClose(0, { atol: 1e-8 });
        }
      }),
      { numRuns: 25 },
    );
  });

  test("law: a larger penalty never lengthens the weights", async () => {
    const l2 = fc.double({ min: 1e-3, max: 100, noNaN: true });
    const length = async (penalty: number): Promise<number> => {
      const { weights } = await logistic({ l2: penalty }).learn(data);
      return weights.reduce((sum, w) => sum + w * w, 0);
    };
    await fc.assert(
      fc.asyncProperty(l2, async (penalty) => {
        expect(await length(2 * penalty)).toBeLessThanOrEqual((await length(penalty)) + 1e-12);
      }),
      { numRuns: 20 },
    );
  });

  test("finds the weight of classes that are apart only with a penalty", async () => {
    const apart = { ...data, x: matrix([[-1], [-2], [1], [2]]), y: Float64Array.of(0, 0, 1, 1) };
    const named: Dataset = { ...apart, names: ["a"] };
    expect((await logistic({ l2: 0.1 }).learn(named)).converged).toBe(true);
    await expect(logistic({ l2: 0 }).learn(named)).rejects.toThrow(code("model/failed-fit"));
  });

  test("refuses, without a penalty, features that say the same", async () => {
    const x = matrix([[1, 2], [2, 4], [3, 6], [4, 8]]); // biome-ignore format: a matrix
    const twins = { ...data, x, y: Float64Array.of(0, 1, 0, 1), names: ["a", "b"] };
    await expect(logistic({ l2: 0 }).learn(twins)).rejects.toThrow(code("model/failed-fit"));
    const { weights } = await logistic({ l2: 1 }).learn(twins);
    expect(weights[1]).toBeClose(2 * (weights[0] ?? 0)); // the penalty shares out by size
  });

  test("says so when the iterations do not suffice", async () => {
    const predictor = await logistic({ maxIterations: 1 }).learn(data);
    expect([predictor.iterations, predictor.converged]).toEqual([1, false]);
  });

  test("tells its progress, and stops between iterations", async () => {
    const stop = new AbortController();
    const seen: number[] = [];
    const progress = ({ done }: { readonly done: number }): void => {
      seen.push(done);
      if (done === 2) stop.abort(new Error("two are enough"));
    };
    const learning = logistic().learn(data, { signal: stop.signal, progress });
    await expect(learning).rejects.toThrow("two are enough");
    expect(seen).toEqual([1, 2]);
  });

  test("checks its options when it is made", () => {
    expect(() => logistic({ l2: -1 })).toThrow(code("option/out-of-range"));
    expect(() => logistic({ maxIterations: 0 })).toThrow(code("option/out-of-range"));
    expect(() => logistic({ tolerance: 0 })).toThrow(code("option/out-of-range"));
    // @ts-expect-error: the option is called l2
    expect(() => logistic({ L2: 1 })).toThrow(code("option/unknown-name"));
  });
});

describe("logisticPredictor", () => {
  const state = { weights: Float64Array.of(2, -1), bias: 0.5, iterations: 3, converged: true };
  const { predict } = logisticPredictor(state);

  test("is the formula", () => {
    expect(predict(matrix([[1, 3], [0, 0]]))).toBeClose([sigmoid(-0.5), sigmoid(0.5)]); // biome-ignore format: a matrix
  });

  test("names the feature and the row that cannot be used", () => {
    expect(() => predict(matrix([[1, 2], [1, Number.NaN]]))).toThrow('"feature 1" is missing in row 1'); // biome-ignore format: a matrix
    expect(() => predict(matrix([[Infinity, 2]]))).toThrow(code("model/out-of-range-value"));
    expect(() => predict(matrix([[1e308, 0]]))).toThrow(code("model/out-of-range-value"));
  });
});
