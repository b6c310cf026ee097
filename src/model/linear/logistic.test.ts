/** @file Tests of logistic regression, against scikit-learn too. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkEstimator } from "../../../tests/conform/estimator.ts";
import { peerData, readPeers, rowsOf } from "../../../tests/peer/classification.ts";
import { linearData, readLinearPeers, weighed } from "../../../tests/peer/linear.ts";
import { random } from "../../core/index.ts";
import type { Dataset } from "../../flow.ts";
import { matrix, openRows, sigmoid } from "../../tensor/index.ts";
import { predictorFromState } from "../predictor-state.ts";
import { evaluatorOf } from "./evaluator.ts";
import { limitedMemory } from "./limited-memory.ts";
import { logistic, logisticPredictor } from "./logistic.ts";
import { minimise } from "./minimise.ts";
import { familyLoss, logLossOf } from "./smooth-loss.ts";

const peers = await readPeers();
const linearPeers = await readLinearPeers();
const data = peerData({ rows: 200, features: 5, salt: 5 });
const code = (what: string) => expect.objectContaining({ code: what });

describe("logistic", () => {
  checkEstimator((options) => logistic(options), {
    missing: false,
    oneClass: false,
    weights: 1e-7,
  });

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

describe("logistic with more", () => {
  test("gives scikit-learn's weights: two and three classes, L1, L2, elastic net, class and row weights, wide data", async () => {
    for (const peer of linearPeers.logistic) {
      const rows = linearData(peer);
      const { l1, l2, balanced } = peer;
      const estimator = logistic({ l1, l2, ...(balanced ? { classWeights: "balanced" } : {}) });
      const found = await estimator.learn(weighed(rows[peer.task], rows.weights, peer.weighted));
      expect(found.converged).toBe(true);
      // The peer's saga stops at a change of 1e-10 of the weights, which leaves some 1e-5 of them.
      const near = l1 > 0 ? { rtol: 1e-4, atol: 1e-5 } : { rtol: 1e-5, atol: 1e-6 };
      expect(found.weights).toBeClose(peer.weights.flat(), near);
      const biases = found.biases ?? Float64Array.of(found.bias);
      expect(centred(biases)).toBeClose(centred(peer.bias), near);
      const told = found.predict(rowsOf(rows[peer.task], 0, 5).x);
      const expected = peer.probability.flatMap((row) =>
        peer.task === "binary" ? row.slice(1) : row,
      );
      expect(told).toBeClose(expected, near);
      if (l1 > 0) expect(found.weights.filter((w) => w === 0).length).toBeGreaterThan(0);
    }
  });

  test("law: L-BFGS ends where Newton's method does, with and without corners", async () => {
    const { binary } = linearData({ rows: 80, features: 4, salt: 40 });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(0, 0.5, 3), fc.constantFrom(0.1, 2), async (l1, l2) => {
        const loss = logLossOf(binary, { kind: "binary" }, undefined);
        const problem = { x: binary.x, loss, l1, l2 };
        const settings = { tolerance: 1e-14, maxIterations: 2000 };
        const newton = await minimise(problem, settings, {});
        const evaluator = evaluatorOf(problem, await openRows(binary.x));
        const method = { ...settings, least: 1e-14 * loss.weight, work: {} };
        const other = await limitedMemory(evaluator, new Float64Array(5), method);
        expect(other.converged).toBe(true);
        expect(other.theta).toBeClose(newton.theta, { rtol: 1e-4, atol: 1e-5 });
      }),
      { numRuns: 6 },
    );
  });

  test("law: gradient and Hessian of every loss are finite differences", async () => {
    const { binary, multiclass, counts, positive, weights } = linearData({
      rows: 20,
      features: 3,
      salt: 41,
    });
    const losses = [
      logLossOf(binary, { kind: "binary" }, undefined),
      logLossOf(binary, { kind: "binary" }, weights),
      logLossOf(multiclass, multiclass.task ?? { kind: "binary" }, weights),
      familyLoss(counts, 1, undefined),
      familyLoss(positive, 2, weights),
      familyLoss(counts, 1.5, weights),
    ];
    for (const loss of losses) {
      const rows = await openRows(binary.x, { outputs: loss.outputs });
      const { at } = evaluatorOf(
        { x: binary.x, loss: { ...loss, shifts: false }, l1: 0, l2: 0.3 },
        rows,
      );
      const draws = random(5);
      const theta = Float64Array.from({ length: loss.outputs * 4 }, () => draws.normal() / 2);
      const { gradient, hessian } = at(theta, true);
      for (const [j, t] of theta.entries()) {
        const [up, down] = [at(theta.with(j, t + 1e-5), false), at(theta.with(j, t - 1e-5), false)];
        expect(gradient[j]).toBeClose((up.value - down.value) / 2e-5, { rtol: 1e-6, atol: 1e-6 });
        const row = hessian?.data.subarray(j * theta.length, (j + 1) * theta.length) ?? [];
        const slopes = up.gradient.map((g, i) => (g - (down.gradient[i] ?? 0)) / 2e-5);
        expect(row).toBeClose(slopes, { rtol: 1e-6, atol: 1e-6 });
      }
    }
  });

  test("begins at the answer for every sixteenth row, and ends where it would without", async () => {
    const many = peerData({ rows: 40_000, features: 4, salt: 9 });
    const found = await logistic({ l2: 3 }).learn(many);
    const { weights, biases } = await minimise(
      { x: many.x, loss: logLossOf(many, { kind: "binary" }, undefined), l1: 0, l2: 3 },
      { tolerance: 1e-14, maxIterations: 99 },
      {},
    );
    // A mean loss that is 1e-10 too high at most leaves some 1e-6 of the weights.
    expect(found.weights).toBeClose(weights[0] ?? [], { rtol: 1e-5, atol: 1e-6 });
    expect(found.bias).toBeClose(biases[0] ?? 0, { rtol: 1e-5, atol: 1e-6 });
    expect(found.iterations).toBeLessThan(5);
  });

  test("weights classes by name, and says which it does not know", async () => {
    const { binary, multiclass } = linearData({ rows: 90, features: 2, salt: 42 });
    const heavy = await logistic({ classWeights: { true: 3 } }).learn(binary);
    const same = await logistic().learn({
      ...binary,
      weights: binary.y.map((label) => 1 + 2 * label),
    });
    expect(heavy.weights).toBeClose(same.weights);
    const unknown = logistic({ classWeights: { highest: 2 } }).learn(multiclass);
    await expect(unknown).rejects.toThrow(code("model/unknown-class"));
    expect(() => logistic({ classWeights: { high: 0 } })).toThrow(code("option/out-of-range"));
    // @ts-expect-error: there is no such choice
    expect(() => logistic({ classWeights: "auto" })).toThrow(code("option/out-of-range"));
  });

  test("says that three classes are apart, and that wide data is, without a penalty", async () => {
    const apart = { ...data, x: matrix([[0], [1], [2], [10], [11], [20], [21]]), names: ["a"] };
    const y = Float64Array.of(0, 0, 0, 1, 1, 2, 2);
    const three = { ...apart, y, task: { kind: "multiclass", classes: ["a", "b", "c"] } } as const;
    await expect(logistic({ l2: 0 }).learn(three)).rejects.toThrow("without a mistake");
    const { binary } = linearData({ rows: 20, features: 1100, salt: 43 });
    await expect(logistic({ l2: 0 }).learn(binary)).rejects.toThrow("without a mistake");
    const wide = await logistic({ l2: 0.5, l1: 0.5 }).learn(binary);
    expect(wide.converged).toBe(true);
    expect(wide.weights.filter((w) => w === 0).length).toBeGreaterThan(900);
  });

  test("has importances: each weight's size times its feature's spread, as shares", async () => {
    const { importances, weights } = await logistic().learn(data);
    const columns = weights.map((w, j) => {
      const values = Float64Array.from(
        { length: data.x.rows },
        (_, i) => data.x.data[i * data.x.cols + j] ?? 0,
      );
      const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
      return (
        Math.abs(w) * Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length)
      );
    });
    const total = columns.reduce((sum, v) => sum + v, 0);
    expect(importances ?? []).toBeClose(columns.map((v) => v / total));
  });

  test("a state that was stored before there were importances and classes is read", () => {
    const stored = {
      format: 1,
      kind: "logistic",
      weights: Float64Array.of(2),
      bias: -1,
      iterations: 4,
      converged: true,
    };
    const read = predictorFromState(stored);
    expect(read.predict(matrix([[0.5]]))).toEqual(Float64Array.of(0.5));
    expect(read.importances).toBeUndefined();
    const task = { kind: "multiclass", classes: ["a", "b"] };
    const odd = { ...stored, weights: new Float64Array(3), biases: new Float64Array(2), task };
    expect(() => predictorFromState(odd)).toThrow(code("model/corrupt-state"));
  });
});

function centred(values: ArrayLike<number>): Float64Array {
  const all = Float64Array.from(values);
  const mean = all.length === 1 ? 0 : all.reduce((sum, v) => sum + v, 0) / all.length;
  return all.map((v) => v - mean);
}

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
