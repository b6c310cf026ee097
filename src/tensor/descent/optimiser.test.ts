/** @file The first two steps of each optimiser on a quadratic, computed by hand, and a law. */
import { describe, expect, test } from "vitest";
import { type OptimiserOptions, optimiser } from "./optimiser.ts";

const code = (what: string) => expect.objectContaining({ code: what });

/** Two steps on f(θ) = θ²/2, whose gradient is θ, from θ = 1. */
function twoSteps(options: OptimiserOptions): readonly number[] {
  const { start, step } = optimiser(options);
  const theta = Float64Array.of(1);
  const state = step(theta, theta.slice(), { state: start(1) });
  const first = theta[0] ?? 0;
  step(theta, theta.slice(), { state });
  return [first, theta[0] ?? 0];
}

describe("optimiser", () => {
  test("sgd: 1 − 0.1·1 = 0.9; 0.9 − 0.1·0.9 = 0.81", () => {
    expect(twoSteps({ kind: "sgd", learningRate: 0.1 })).toBeClose([0.9, 0.81]);
  });

  test("momentum: v = 1, θ = 0.9; v = 0.5·1 + 0.9 = 1.4, θ = 0.9 − 0.14 = 0.76", () => {
    const options = { kind: "momentum", learningRate: 0.1, momentum: 0.5 } as const;
    expect(twoSteps(options)).toBeClose([0.9, 0.76]);
  });

  test("Nesterov: v = 1, θ = 1 − 0.1·(1 + 0.5) = 0.85; v = 0.5 + 0.85 = 1.35, θ = 0.85 − 0.1·(0.85 + 0.675) = 0.6975", () => {
    const options = { kind: "momentum", learningRate: 0.1, momentum: 0.5, nesterov: true } as const;
    expect(twoSteps(options)).toBeClose([0.85, 0.6975]);
  });

  test("rmsprop: s = 0.5, θ = 1 − 0.1/√0.5; s = 0.25 + 0.5·θ², θ −= 0.1·θ/√s", () => {
    const first = 1 - 0.1 / (Math.sqrt(0.5) + 1e-8); // 0.858578645…
    const second = first - (0.1 * first) / (Math.sqrt(0.25 + 0.5 * first ** 2) + 1e-8);
    expect(twoSteps({ kind: "rmsprop", learningRate: 0.1, decay: 0.5 })).toBeClose([first, second]);
    expect([first, second]).toBeClose([0.85857865, 0.74941385], { rtol: 1e-7 });
  });

  test("adagrad: s = 1, θ = 0.9; s = 1.81, θ = 0.9 − 0.09/√1.81", () => {
    const second = 0.9 - 0.09 / Math.sqrt(1.81); // 0.83310353…
    expect(twoSteps({ kind: "adagrad", learningRate: 0.1 })).toBeClose([0.9, second], {
      rtol: 1e-8,
    });
    expect(second).toBeClose(0.83310353, { rtol: 1e-7 });
  });

  test("adam: the first step is η whatever the gradient; m = 0.19, s = 0.00180819 after the second", () => {
    // g₁ = 1, g₂ = 0.9: m̂ = (0.09 + 0.09)/(1 − 0.81), ŝ = (0.000999 + 0.00081)/(1 − 0.998001).
    const [m, s] = [(0.9 * 0.1 + 0.1 * 0.9) / 0.19, (0.999 * 0.001 + 0.001 * 0.81) / 0.001999];
    const second = 0.9 - (0.1 * m) / Math.sqrt(s);
    expect(twoSteps({ kind: "adam", learningRate: 0.1 })).toBeClose([0.9, second], { rtol: 1e-7 });
    expect(second).toBeClose(0.80041228, { rtol: 1e-7 });
  });

  test("adamw: 0.1·0.5 of θ decays before each step, outside the means", () => {
    const first = 1 * 0.95 - 0.1; // the gradient was taken before the decay
    const [m, s] = [(0.9 * 0.1 + 0.1 * first) / 0.19, (0.999e-3 + 1e-3 * first ** 2) / 0.001999];
    const second = first * 0.95 - (0.1 * m) / Math.sqrt(s);
    const options = { kind: "adamw", learningRate: 0.1, weightDecay: 0.5 } as const;
    expect(twoSteps(options)).toBeClose([first, second], { rtol: 1e-7 });
  });

  test("takes a rate in place of its own, for a schedule", () => {
    const { start, step } = optimiser({ kind: "sgd", learningRate: 1 });
    const theta = Float64Array.of(1);
    step(theta, Float64Array.of(1), { state: start(1), rate: 0.25 });
    expect(theta[0]).toBe(0.75);
  });

  test("all six find the minimum of a long valley", () => {
    const many: readonly OptimiserOptions[] = [
      { kind: "sgd", learningRate: 0.015 },
      { kind: "momentum", learningRate: 0.01 },
      { kind: "momentum", learningRate: 0.01, nesterov: true },
      { kind: "rmsprop", learningRate: 0.002 },
      { kind: "adagrad", learningRate: 0.5 },
      { kind: "adam", learningRate: 0.02 },
      { kind: "adamw", learningRate: 0.02, weightDecay: 0 },
    ];
    for (const options of many) {
      const { start, step } = optimiser(options);
      const theta = Float64Array.of(1, 1);
      let state = start(2);
      for (let i = 0; i < 3000; i++)
        state = step(theta, Float64Array.of(theta[0] ?? 0, 100 * (theta[1] ?? 0)), { state });
      expect(Math.hypot(...theta)).toBeLessThan(0.01);
    }
  });

  test("checks its options and its gradient", () => {
    expect(() => optimiser({ kind: "sgd", learningRate: 0 })).toThrow(code("option/out-of-range"));
    expect(() => optimiser({ kind: "momentum", momentum: 1 })).toThrow(code("option/out-of-range"));
    expect(() => optimiser({ kind: "adam", beta2: -0.1 })).toThrow(code("option/out-of-range"));
    // @ts-expect-error: sgd has no momentum
    expect(() => optimiser({ kind: "sgd", momentum: 0.9 })).toThrow(code("option/unknown-name"));
    // @ts-expect-error: there is no such kind
    expect(() => optimiser({ kind: "lbfgs" })).toThrow(code("option/out-of-range"));
    const { start, step } = optimiser({ kind: "sgd" });
    expect(() => step(new Float64Array(2), new Float64Array(1), { state: start(2) })).toThrow(
      code("tensor/mismatch-shape"),
    );
  });
});
