import { describe, expect, test } from "vitest";
import { gradientOf, minimise } from "./optimise.ts";

const rosenbrock = ([a = 0, b = 0]: Float64Array): number => (1 - a) ** 2 + 100 * (b - a * a) ** 2;

describe("minimise", () => {
  test("finds the end of Rosenbrock's valley", () => {
    const { x, converged } = minimise(gradientOf(rosenbrock), Float64Array.of(-1.2, 1));
    expect(x).toBeClose([1, 1], { rtol: 1e-4 });
    expect(converged).toBe(true);
  });

  test("steps back from where the function is none", () => {
    const barrier = ([a = 0]: Float64Array): number => (a <= 0 ? Number.NaN : a - Math.log(a));
    expect(minimise(gradientOf(barrier), Float64Array.of(8)).x).toBeClose([1], { rtol: 1e-5 });
  });

  test("leaves its start as it was, and stays where the gradient is 0", () => {
    const start = Float64Array.of(1, 1);
    const found = minimise(
      gradientOf(() => 3),
      start,
    );
    expect([found.x, found.iterations]).toEqual([Float64Array.of(1, 1), 0]);
    expect(found.x).not.toBe(start);
  });

  test("solves a badly scaled bowl of twenty variables", () => {
    const bowl = (x: Float64Array): number =>
      x.reduce((sum, v, i) => sum + 3 ** (i % 8) * (v - i) ** 2, 0);
    const { x } = minimise(gradientOf(bowl), new Float64Array(20), { tolerance: 1e-14 });
    expect(x).toBeClose(
      Float64Array.from({ length: 20 }, (_, i) => i),
      { rtol: 1e-3, atol: 1e-3 },
    );
  });
});
