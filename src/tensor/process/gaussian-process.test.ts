/** @file Tests of Gaussian processes: exact where they can be worked out by hand, and right about what matters. */
import { describe, expect, test } from "vitest";
import { random } from "../../core/index.ts";
import { fitKernel, type GpKernel, gaussianProcess } from "./gaussian-process.ts";

const kernel: GpKernel = { inverse: Float64Array.of(4), variance: 2, noise: 0.1 };
const matern = (r: number): number => (1 + r + (r * r) / 3) * Math.exp(-r);

describe("gaussianProcess", () => {
  test("expects what the formula gives for two points", () => {
    const points = [Float64Array.of(0.2), Float64Array.of(0.7)];
    const values = Float64Array.of(1, -1);
    const { mean, variance } = gaussianProcess(
      { points, values, isChoice: [false] },
      kernel,
    ).expect(Float64Array.of(0.3));
    const k = (a: number, b: number): number => 2 * matern(Math.sqrt(5 * 4) * Math.abs(a - b));
    const [c, v] = [k(0.2, 0.7), 2.1]; // K = [[v, c], [c, v]]
    const [p, q] = [k(0.3, 0.2), k(0.3, 0.7)];
    const det = v * v - c * c;
    expect(mean).toBeClose((p * (v + c) - q * (v + c)) / det);
    expect(variance).toBeClose(2 - (v * p * p - 2 * c * p * q + v * q * q) / det);
  });

  test("is sure at its points without noise, knows nothing far away, and takes a point twice", () => {
    const exact = { ...kernel, inverse: Float64Array.of(400), noise: 1e-9 };
    const points = [0.1, 0.2, 0.2].map((x) => Float64Array.of(x));
    const process = gaussianProcess(
      { points, values: Float64Array.of(1, 2, 2), isChoice: [false] },
      exact,
    );
    expect(process.expect(Float64Array.of(0.1)).mean).toBeClose(1, { rtol: 1e-3 });
    expect(process.expect(Float64Array.of(0.2)).variance).toBeLessThan(1e-3);
    expect(process.expect(Float64Array.of(1)).mean).toBeClose(0, { atol: 0.01 });
    expect(process.expect(Float64Array.of(1)).variance).toBeClose(2, { rtol: 0.01 });
  });
});

describe("fitKernel", () => {
  test("finds which coordinates matter, a choice among them", () => {
    const chance = random(3).stream("points");
    const points = Array.from({ length: 40 }, () =>
      Float64Array.of(chance.next(), chance.next(), chance.below(3)),
    );
    const values = Float64Array.from(
      points,
      ([x = 0, , c = 0]) => Math.sin(9 * x) + (c === 1 ? 1 : 0),
    );
    const fitted = fitKernel({ points, values, isChoice: [false, false, true] });
    const [x = 0, idle = 0] = fitted.inverse;
    expect(x).toBeGreaterThan(20 * idle);
    const process = gaussianProcess({ points, values, isChoice: [false, false, true] }, fitted);
    expect(process.expect(Float64Array.of(0.4, 0.5, 1)).mean).toBeClose(Math.sin(3.6) + 1, {
      atol: 0.1,
    });
    expect(process.expect(Float64Array.of(0.4, 0.5, 0)).mean).toBeClose(Math.sin(3.6), {
      atol: 0.1,
    });
  });

  test("takes values that are all the same, and more coordinates than points", () => {
    const points = [0, 0.5, 1].map((x) => Float64Array.of(x, x, 1 - x, 0.5, x * x));
    const flat = fitKernel({ points, values: new Float64Array(3), isChoice: Array(5).fill(false) });
    expect([...flat.inverse, flat.variance, flat.noise].every((value) => value > 0)).toBe(true);
  });
});
