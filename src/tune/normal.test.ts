/** @file Tests of the normal distribution against known values, and of its inverse against itself. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { normalCdf, normalQuantile } from "./normal.ts";

describe("normalCdf", () => {
  test("gives the values that mpmath gives", () => {
    const known: readonly (readonly [number, number])[] = [
      [0, 0.5],
      [1, 0.8413447460685429],
      [-1.959963984540054, 0.025],
      [2.5, 0.9937903346742238],
      [-5, 2.866515718791939e-7],
      [-8, 6.220960574271785e-16],
      [-20, 2.753624118606233e-89],
    ];
    for (const [x, share] of known) expect(normalCdf(x)).toBeClose(share, { rtol: 1e-7, atol: 0 });
    expect([normalCdf(-40), normalCdf(40)]).toEqual([0, 1]);
  });
});

describe("normalQuantile", () => {
  test("law: it is the inverse of the distribution function", () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-12, max: 1 - 1e-12, noNaN: true }), (share) => {
        expect(normalCdf(normalQuantile(share))).toBeClose(share, { rtol: 1e-9 });
      }),
    );
    expect([normalQuantile(0), normalQuantile(1)]).toEqual([-Infinity, Infinity]);
  });
});
