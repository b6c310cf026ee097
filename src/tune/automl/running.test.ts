/** @file Tests of middles of windows that run along values. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { quantileOf } from "../../core/index.ts";
import { meanOf } from "../mean.ts";
import { runningMeans, runningMedians } from "./running.ts";

const anyValues = fc
  .array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { maxLength: 40 })
  .map((all) => Float64Array.from(all));
const anyHalf = fc.integer({ min: 1, max: 25 });

describe("runningMedians", () => {
  test("law: each is the median of the values around it", () => {
    fc.assert(
      fc.property(anyValues, anyHalf, (values, half) => {
        const around = values.map((_, i) =>
          quantileOf(values.slice(Math.max(0, i - half), i + half + 1).sort(), 0.5),
        );
        expect([...runningMedians(values, half)]).toBeClose([...around]);
      }),
    );
  });

  test("takes values that come again", () => {
    expect([...runningMedians(Float64Array.of(2, 2, 1, 1, 1, 7), 1)]).toEqual([2, 2, 1, 1, 1, 4]);
  });
});

describe("runningMeans", () => {
  test("law: each is the mean of the window around it, which stays inside", () => {
    fc.assert(
      fc.property(anyValues, anyHalf, (values, half) => {
        const width = 2 * half + 1;
        const around = values.map((_, i) => {
          const from = Math.max(0, Math.min(i - half, values.length - width));
          return meanOf(values.subarray(from, from + width));
        });
        expect([...runningMeans(values, half)]).toBeClose([...around], { rtol: 1e-9, atol: 1e-8 });
      }),
    );
  });

  test("gives a constant back to the bit", () => {
    expect([...runningMeans(new Float64Array(9).fill(0.1), 2)]).toEqual(Array(9).fill(0.1));
  });
});
