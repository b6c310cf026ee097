import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { chiSquareTest, homogeneityTest, proportionTest } from "./chi-square.ts";
import { hellinger, jensenShannon, klDivergence, totalVariation } from "./divergences.ts";
import { kolmogorovSmirnov } from "./kolmogorov-smirnov.ts";
import { normedWasserstein, wasserstein } from "./wasserstein.ts";

const pair = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 50 })), {
    minLength: 1,
    maxLength: 8,
  })
  .filter((cells) => cells.some(([a]) => a > 0) && cells.some(([, b]) => b > 0))
  .map((cells) => [cells.map(([a]) => a), cells.map(([, b]) => b)] as const);
const shares = (counts: readonly number[]): number[] => {
  const rows = counts.reduce((sum, n) => sum + n, 0);
  return counts.map((n) => n / rows);
};
const numbers = fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 1, maxLength: 40 });

describe("divergences", () => {
  test("law: they stay within their bounds, are 0 for equal shares, and all but KL are the same both ways", () => {
    fc.assert(
      fc.property(pair, ([a, b]) => {
        const [p, q] = [shares(a), shares(b)];
        const { divergence } = jensenShannon(p, q);
        expect(divergence).toBeGreaterThanOrEqual(0);
        expect(divergence).toBeLessThanOrEqual(Math.LN2);
        for (const measure of [hellinger, totalVariation]) {
          expect(measure(p, q)).toBeGreaterThanOrEqual(0);
          expect(measure(p, q)).toBeLessThanOrEqual(1);
          expect(measure(p, q)).toBeClose(measure(q, p));
          expect(measure(p, p)).toBe(0);
        }
        expect(jensenShannon(q, p).divergence).toBeClose(divergence, { atol: 1e-15 });
        expect(jensenShannon(p, p).distance).toBe(0);
        expect(klDivergence(p, q)).toBeGreaterThanOrEqual(0);
        expect(klDivergence(p, p)).toBe(0);
      }),
    );
  });

  test("a category that the reference never had gives a finite KL", () => {
    expect(klDivergence([1, 0], [0.5, 0.5])).toBeClose(0.5 * Math.log(0.5) + 0.5 * Math.log(0.5e6));
  });
});

describe("kolmogorovSmirnov", () => {
  test("law: the gap is that of a plain loop, and p is 1 for equal samples", () => {
    fc.assert(
      fc.property(numbers, numbers, (a, b) => {
        const at = (values: readonly number[], x: number): number =>
          values.filter((value) => value <= x).length / values.length;
        const gaps = [...a, ...b].map((x) => Math.abs(at(a, x) - at(b, x)));
        const { statistic, p } = kolmogorovSmirnov(a, b);
        expect(statistic).toBeClose(Math.max(...gaps));
        expect(p).toBeGreaterThan(0);
        expect(p).toBeLessThanOrEqual(1);
        expect(kolmogorovSmirnov(a, a)).toEqual({ statistic: 0, p: 1 });
      }),
    );
  });

  test("gives no p of nothing", () => {
    expect(kolmogorovSmirnov([], [1])).toEqual({ statistic: 0, p: 1 });
  });
});

describe("wasserstein", () => {
  test("law: a shift by s has the distance |s|", () => {
    fc.assert(
      fc.property(numbers, fc.integer({ min: -9, max: 9 }), (values, shift) => {
        const moved = values.map((value) => value + shift);
        expect(wasserstein(values, moved)).toBeClose(Math.abs(shift));
      }),
    );
  });

  test("takes a constant column's deviation as 0.001, and nothing as no distance", () => {
    expect(normedWasserstein([3, 3], [4, 4])).toBeClose(1000);
    expect(wasserstein([], [1])).toBe(0);
  });
});

describe("chiSquareTest", () => {
  test("law: equal shares give p = 1, and p is between 0 and 1", () => {
    fc.assert(
      fc.property(pair, ([a, b]) => {
        expect(
          chiSquareTest(
            a,
            a.map((n) => 2 * n),
          ).p,
        ).toBeClose(1);
        for (const judge of [chiSquareTest, homogeneityTest]) {
          expect(judge(a, b).p).toBeGreaterThanOrEqual(0);
          expect(judge(a, b).p).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  test("finds a category that the reference never had impossible", () => {
    expect(chiSquareTest([10, 0], [9, 1]).p).toBe(0);
    expect(homogeneityTest([10, 0], [9, 1]).p).toBeGreaterThan(0.3);
  });

  test("has nothing to say of one category or of no rows", () => {
    expect(chiSquareTest([5], [7]).p).toBe(1);
    expect(chiSquareTest([0], [7])).toEqual({ statistic: 0, degrees: 0, p: 1 });
    expect(homogeneityTest([0], [7])).toEqual({ statistic: 0, degrees: 0, p: 1 });
    expect(proportionTest({ yes: 3, rows: 3 }, { yes: 5, rows: 5 })).toEqual({ z: 0, p: 1 });
    expect(proportionTest({ yes: 0, rows: 0 }, { yes: 0, rows: 0 })).toEqual({ z: 0, p: 1 });
  });
});
