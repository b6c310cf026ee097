/** @file Tests of the linear support vector machine, with scikit-learn's weights. */
import { describe, expect, test } from "vitest";
import { checkEstimator } from "../../../tests/conform/estimator.ts";
import { classicData, readClassicPeers } from "../../../tests/peer/classic.ts";
import { calibrationError } from "../../metric/index.ts";
import { matrix } from "../../tensor/index.ts";
import { answersOf } from "../answers.ts";
import { linearSvm, linearSvmPredictor } from "./linear-svm.ts";

const code = (what: string) => expect.objectContaining({ code: what });

describe("linearSvm", () => {
  checkEstimator((options) => linearSvm(options), {
    ...{ missing: false, oneClass: false, folds: true, weights: 1e-6 },
    columns: 1e-4, // the descent takes other ways to within its tolerance
  });

  test("gives scikit-learn's weights, with both losses and with weights of rows", async () => {
    const { svms } = await readClassicPeers();
    for (const { options, weights, bias, ...how } of svms) {
      const { data } = classicData(how);
      const settings = { tolerance: 1e-9, maxIterations: 100_000, ...options };
      const svm = await linearSvm(settings).learn(data);
      expect(svm.converged).toBe(true);
      expect(svm.weights, JSON.stringify(options)).toBeClose(weights, { rtol: 1e-5 });
      expect(svm.bias).toBeClose(bias, { rtol: 1e-5, atol: 1e-8 });
    }
  });

  test("answers by the side of the margin, and its probabilities come true", async () => {
    const how = { features: 4, salt: 7, task: "binary", counts: false, weighed: false } as const;
    const svm = await linearSvm().learn(classicData({ rows: 2000, ...how }).data);
    const { data: fresh } = classicData({ rows: 2000, ...how, salt: 8 });
    const told = svm.predict(fresh.x);
    expect(calibrationError(fresh.y, told)).toBeLessThan(0.05);
    const answers = answersOf(svm).of(told, fresh.x.rows);
    for (const [i, { value }] of answers.entries()) {
      const row = fresh.x.data.subarray(i * 4, (i + 1) * 4);
      const margin = row.reduce((sum, value, j) => sum + value * (svm.weights[j] ?? 0), svm.bias);
      if (Math.abs(margin) > 1e-9) expect(value).toBe(margin > 0);
    }
  });

  test("answers by the side of the margin where the labels are noise, too", async () => {
    for (let salt = 1; salt < 8; salt++) {
      const how = {
        rows: 40,
        features: 3,
        salt,
        task: "binary",
        counts: false,
        weighed: false,
      } as const;
      const { data } = classicData(how);
      const y = data.y.map((_, i) => Number((i * 7919 + salt * 31) % 5 < 2));
      const svm = await linearSvm().learn({ ...data, y });
      expect(svm.slope).toBeGreaterThan(0);
      for (const [i, told] of svm.predict(data.x).entries()) {
        const row = data.x.data.subarray(i * 3, (i + 1) * 3);
        const margin = row.reduce((sum, value, j) => sum + value * (svm.weights[j] ?? 0), svm.bias);
        if (Math.abs(margin) > 1e-6) expect(told >= svm.threshold).toBe(margin > 0);
      }
    }
  });

  test("loads more weights than a call has room for arguments", () => {
    const state = {
      weights: new Float64Array(200_000),
      bias: 1,
      slope: 1,
      intercept: 0,
      iterations: 1,
      converged: true,
    };
    const { predict } = linearSvmPredictor(state);
    const x = { rows: 1, cols: 200_000, data: new Float64Array(200_000) };
    expect(predict(x)).toBeClose([1 / (1 + Math.exp(-1))]);
  });

  test("says when it did not converge, and refuses what it cannot use", async () => {
    const how = {
      rows: 60,
      features: 3,
      salt: 7,
      task: "binary",
      counts: false,
      weighed: false,
    } as const;
    const { data } = classicData(how);
    const hasty = await linearSvm({ maxIterations: 1 }).learn(data);
    expect([hasty.converged, hasty.iterations]).toEqual([false, 1]);
    expect(() => linearSvm({ cost: 0 })).toThrow(code("option/out-of-range"));
    // @ts-expect-error no such loss
    expect(() => linearSvm({ loss: "log" })).toThrow(code("option/out-of-range"));
    const state = {
      weights: Float64Array.of(1),
      bias: 0,
      slope: 1,
      intercept: 0,
      iterations: 1,
      converged: true,
    };
    expect(() => linearSvmPredictor(state).predict(matrix([[Number.NaN]]))).toThrow(
      code("model/missing-value"),
    );
  });
});
