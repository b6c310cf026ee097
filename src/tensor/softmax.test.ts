/** @file Tests of shares from scores. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { logSum, softmaxInto } from "./softmax.ts";

const scores = fc
  .array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 1, maxLength: 6 })
  .map((z) => Float64Array.from(z));

describe("softmaxInto", () => {
  test("law: shares sum to 1, keep the order of the scores, and do not change when all are moved", () => {
    fc.assert(
      fc.property(scores, fc.double({ min: -50, max: 50, noNaN: true }), (z, by) => {
        const [p, moved] = [new Float64Array(z.length), new Float64Array(z.length)];
        const whole = softmaxInto(z, p);
        expect(p.reduce((sum, share) => sum + share, 0)).toBeClose(1);
        expect(
          softmaxInto(
            z.map((score) => score + by),
            moved,
          ),
        ).toBeClose(whole + by);
        expect(moved).toBeClose(p, { rtol: 1e-9, atol: 1e-12 });
        expect(whole).toBeClose(logSum(z));
        for (const [i, a] of z.entries())
          for (const [j, b] of z.entries())
            if (a >= b) expect(p[i]).toBeGreaterThanOrEqual(p[j] ?? 0);
      }),
    );
  });

  test("may write over its scores, and shares among infinite ones alike", () => {
    const z = Float64Array.of(0, Math.log(3));
    softmaxInto(z, z);
    expect(z).toBeClose([0.25, 0.75]);
    const odd = Float64Array.of(-Infinity, Infinity, Infinity);
    softmaxInto(odd, odd);
    expect(odd).toEqual(Float64Array.of(0, 0.5, 0.5));
    const none = Float64Array.of(-Infinity, -Infinity);
    softmaxInto(none, none);
    expect(none).toEqual(Float64Array.of(0.5, 0.5));
    expect(logSum(Float64Array.of(-Infinity))).toBe(-Infinity);
  });
});
