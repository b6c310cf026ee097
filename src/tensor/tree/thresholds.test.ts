/** @file Tests of other libraries' comparisons as ours. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { atMost, belowFloat32, nextUp } from "./thresholds.ts";

const doubles = fc.double({ noNaN: true });
const floats = fc.float({ noNaN: true });

describe("nextUp", () => {
  test("is the next double", () => {
    expect(nextUp(-Number.MIN_VALUE)).toBe(-0);
    expect(nextUp(-1)).toBe(-1 + Number.EPSILON / 2);
    expect(nextUp(-Infinity)).toBe(-Number.MAX_VALUE);
    expect(nextUp(Infinity)).toBe(Infinity);
  });
});

describe("atMost", () => {
  test("law: v < atMost(t) is v ≤ t", () => {
    const near = (t: number): readonly number[] => [t, nextUp(t), -nextUp(-t)];
    fc.assert(
      fc.property(doubles, doubles, (t, v) => {
        fc.pre(t < Infinity);
        for (const value of [v, ...near(t)]) expect(value < atMost(t)).toBe(value <= t);
      }),
    );
  });
});

describe("belowFloat32", () => {
  test("law: v < belowFloat32(t) is fround(v) < t, at the boundary and its neighbours too", () => {
    fc.assert(
      fc.property(floats, doubles, (t, v) => {
        const boundary = belowFloat32(t);
        const values = [v, t, boundary, nextUp(boundary), -nextUp(-boundary), nextUp(t)];
        for (const value of values) expect(value < boundary).toBe(Math.fround(value) < t);
      }),
    );
  });

  test("holds at zero, at the smallest and largest numbers, and at infinity", () => {
    const [smallest, largest] = [2 ** -149, Math.fround(3.4028234663852886e38)];
    for (const t of [0, -0, smallest, -smallest, largest, -largest, Infinity, -Infinity, 1])
      for (const v of [
        0,
        -0,
        smallest / 2,
        -smallest / 2,
        0.75 * smallest,
        largest,
        -largest,
        3.4028235677973366e38,
        -3.4028235677973366e38,
        3.5e38,
        Infinity,
        -Infinity,
        1,
      ])
        expect(v < belowFloat32(t)).toBe(Math.fround(v) < t);
    expect(belowFloat32(Number.NaN)).toBeNaN();
  });
});
