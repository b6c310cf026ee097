/** @file Tests of linear models by gradient descent. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkEstimator } from "../../../tests/conform/estimator.ts";
import { linearData } from "../../../tests/peer/linear.ts";
import { random } from "../../core/index.ts";
import { matrix, type OptimiserOptions } from "../../tensor/index.ts";
import { gradientLinear, problemOf } from "./gradient-linear.ts";
import { leastSquares } from "./least-squares.ts";
import { logistic } from "./logistic.ts";

const code = (what: string) => expect.objectContaining({ code: what });
const { regression, binary, weights } = linearData({ rows: 200, features: 4, salt: 70 });
const every: readonly OptimiserOptions[] = [
  { kind: "sgd", learningRate: 0.02 },
  { kind: "momentum", learningRate: 0.005 },
  { kind: "momentum", learningRate: 0.005, nesterov: true },
  { kind: "rmsprop", learningRate: 0.001 },
  { kind: "adagrad", learningRate: 0.3 },
  { kind: "adam", learningRate: 0.003 },
  { kind: "adamw", learningRate: 0.003, weightDecay: 1e-4 },
];

describe("gradientLinear", () => {
  // All rows in a batch, so that their order decides nothing but rounding; which adam would blow up to steps.
  const sgd = { kind: "sgd", learningRate: 0.1 } as const;
  const whole = { batchRows: 1000, epochs: 20, optimiser: sgd };
  checkEstimator((options) => gradientLinear({ ...whole, ...options }), {
    missing: false,
    oneClass: false,
    weights: 1e-6,
  });

  test("comes within 1 % of least squares with every optimiser", async () => {
    const exact = await leastSquares().learn(regression);
    for (const optimiser of every) {
      const found = await gradientLinear({ optimiser, epochs: 300, batchRows: 25 }).learn(
        regression,
      );
      const off = Math.hypot(...found.weights.map((w, j) => w - (exact.weights[j] ?? 0)));
      expect(off).toBeLessThan(0.01 * Math.hypot(...exact.weights));
      expect(found.bias).toBeClose(exact.bias, { rtol: 0.01 });
    }
  });

  test("comes to logistic regression's probabilities with the same penalty", async () => {
    const exact = await logistic({ l2: 0.05 * 200 }).learn(unit(binary));
    const optimiser = { kind: "sgd", learningRate: 0.5 } as const;
    const found = await gradientLinear({ optimiser, l2: 0.05, epochs: 2000, batchRows: 200 }).learn(
      unit(binary),
    );
    expect(found.predict(unit(binary).x)).toBeClose(exact.predict(unit(binary).x), { rtol: 1e-5 });
  });

  test("law: gradients of every loss, with weights and penalty, are finite differences to less than 1e-6", () => {
    const losses = fc.constantFrom("squared", "huber", "absolute", "log");
    fc.assert(
      fc.property(losses, fc.boolean(), fc.integer(), (name, weighted, seed) => {
        const own = name === "log" ? binary : regression;
        const data = weighted ? { ...own, weights } : own;
        const loss = name === "log" ? "squared" : name;
        const { slope } = problemOf(data, undefined, { loss, delta: 0.8, l2: 0.3 });
        const draws = random(seed);
        const theta = Float64Array.from({ length: 5 }, () => draws.normal());
        const rows = Uint32Array.from({ length: 7 }, () => draws.below(200));
        const { gradient } = slope(theta, rows);
        for (const [j, t] of theta.entries()) {
          const at = (step: number): number => slope(theta.with(j, t + step), rows).loss;
          const difference = (at(1e-6) - at(-1e-6)) / 2e-6;
          expect(gradient[j]).toBeClose(difference, { rtol: 1e-6, atol: 1e-7 });
        }
      }),
    );
  });

  test("huber and absolute errors are not drawn by a few wild labels", async () => {
    const wild = { ...regression, y: regression.y.map((v, i) => (i % 20 === 0 ? v + 1000 : v)) };
    const plain = await leastSquares().learn(regression);
    const options = { optimiser: { kind: "adam", learningRate: 0.01 }, epochs: 400 } as const;
    for (const loss of ["huber", "absolute"] as const) {
      const { weights: found } = await gradientLinear({ ...options, loss, delta: 0.5 }).learn(wild);
      expect(found[0]).toBeClose(plain.weights[0] ?? 0, { rtol: 0.15 });
    }
    const drawn = await leastSquares().learn(wild);
    expect(Math.abs((drawn.weights[0] ?? 0) - (plain.weights[0] ?? 0))).toBeGreaterThan(1);
  });

  test("stops early on rows kept for validation, and keeps the history", async () => {
    const stopping = { patience: 3, minDelta: 1e-3, relative: true };
    const found = await gradientLinear({ validateEvery: 5, stopping, epochs: 500 }).learn(
      regression,
    );
    expect(found.ended).toBe("early");
    expect(found.losses.length).toBeLessThan(500);
    expect(found.validationLosses.length).toBe(found.losses.length);
    expect(found.epoch).toBe(found.losses.length - 3);
  });

  test("says that it diverged, and what to do", async () => {
    const optimiser = { kind: "sgd", learningRate: 100 } as const;
    const learning = gradientLinear({ optimiser, batchRows: 200 }).learn(regression);
    await expect(learning).rejects.toThrow(code("model/failed-descent"));
    const clipped = gradientLinear({ optimiser, batchRows: 200, clipNorm: 1e-4 }).learn(regression);
    expect((await clipped).ended).toBe("finished");
  });

  test("checks its options", () => {
    expect(() => gradientLinear({ epochs: 0 })).toThrow(code("option/out-of-range"));
    expect(() => gradientLinear({ validateEvery: 1 })).toThrow(code("option/out-of-range"));
    expect(() => gradientLinear({ clipNorm: 0 })).toThrow(code("option/out-of-range"));
    expect(() => gradientLinear({ stopping: { patience: 0 } })).toThrow(
      code("option/out-of-range"),
    );
    expect(() => gradientLinear({ optimiser: { kind: "adam", beta1: 1 } })).toThrow(
      code("option/out-of-range"),
    );
    // @ts-expect-error: classes take the log loss without being asked
    expect(() => gradientLinear({ loss: "log" })).toThrow(code("option/out-of-range"));
  });
});

/** The dataset with features of mean 0 and deviation 1, in which the penalty is the same for both. */
function unit(data: typeof binary): typeof binary {
  const { x } = data;
  const columns = Array.from({ length: x.cols }, (_, j) => {
    const values = Array.from({ length: x.rows }, (__, i) => x.data[i * x.cols + j] ?? 0);
    const mean = values.reduce((sum, v) => sum + v, 0) / x.rows;
    const deviation = Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / x.rows);
    return values.map((v) => (v - mean) / deviation);
  });
  return {
    ...data,
    x: matrix(Array.from({ length: x.rows }, (_, i) => columns.map((c) => c[i] ?? 0))),
  };
}
