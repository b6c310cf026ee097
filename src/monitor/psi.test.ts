import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkThresholds, driftLevel, expectedNoise, populationStability } from "./psi.ts";

const shares = fc
  .array(fc.integer({ min: 0, max: 100 }), { minLength: 2, maxLength: 12 })
  .filter((counts) => counts.some((n) => n > 0))
  .map((counts) => {
    const all = counts.reduce((sum, n) => sum + n, 0);
    return counts.map((n) => n / all);
  });

describe("populationStability", () => {
  test("is the sum of (p − q) ln(p / q)", () => {
    const expected = 0.1 * Math.log(0.5 / 0.4) - 0.1 * Math.log(0.5 / 0.6);
    expect(populationStability([0.5, 0.5], [0.4, 0.6])).toBeClose(expected);
  });

  test("takes a share of zero as one in a million", () => {
    const expected = 2 * (1 - 1e-6) * Math.log(1e6);
    expect(populationStability([1, 0], [0, 1])).toBeClose(expected);
  });

  test("law: equal shares give exactly 0", () => {
    fc.assert(
      fc.property(shares, (p) => {
        expect(populationStability(p, p)).toBe(0);
      }),
    );
  });

  test("law: it is never negative, and the same both ways", () => {
    fc.assert(
      fc.property(shares, shares, (p, q) => {
        const [a, b] = [p, p.map((_, i) => q[i] ?? 0)];
        expect(populationStability(a, b)).toBeGreaterThanOrEqual(0);
        expect(populationStability(a, b)).toBeClose(populationStability(b, a));
      }),
    );
  });
});

describe("driftLevel", () => {
  test("includes the thresholds in the higher level", () => {
    const thresholds = checkThresholds("test");
    const levels = [0, 0.0999, 0.1, 0.1999, 0.2, 5].map((psi) => driftLevel(psi, thresholds));
    expect(levels).toEqual(["none", "none", "moderate", "moderate", "severe", "severe"]);
  });

  test("refuses thresholds out of order", () => {
    const code = "option/out-of-range";
    expect(() => checkThresholds("test", { moderate: 0.3 })).toThrow(
      expect.objectContaining({ code }),
    );
  });
});

describe("expectedNoise", () => {
  test("grows with the buckets and shrinks with the rows", () => {
    const sizes = { buckets: 11, referenceRows: 1000, currentRows: 100 };
    expect(expectedNoise(sizes)).toBeClose(0.11);
  });
});
