/** @file Tests of where bins end. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { matrix } from "../matrix.ts";
import { quantileCuts } from "./cuts.ts";

const cutsOf = (...[x, bins, seed]: Parameters<typeof quantileCuts>): Float64Array[] => [
  ...quantileCuts(x, bins, seed).values(),
];
const column = (values: readonly number[]) => matrix(values.map((value) => [value]));

describe("quantileCuts", () => {
  test("cuts half-way between few values, and leaves missing ones out", () => {
    const [cuts] = cutsOf(column([3, 1, Number.NaN, 1, 2, 3, 2]), 255, 0);
    expect(cuts).toEqual(Float64Array.of(1.5, 2.5));
  });

  test("has no cut for a constant feature, or one that is all missing", () => {
    expect(cutsOf(column([7, 7, 7]), 255, 0)).toEqual([new Float64Array(0)]);
    expect(cutsOf(column([Number.NaN]), 255, 0)).toEqual([new Float64Array(0)]);
  });

  test("gives many values bins of equal size", () => {
    const [cuts] = cutsOf(column(Array.from({ length: 1000 }, (_, i) => i)), 4, 0);
    expect(cuts).toEqual(Float64Array.of(249.5, 499.5, 749.5));
  });

  test("samples more than 25,000 rows by its seed, close to the quantiles", () => {
    const x = { rows: 100_000, cols: 1, data: Float64Array.from({ length: 100_000 }, (_, i) => i) };
    const cuts = cutsOf(x, 5, 1);
    expect(cuts[0]).toBeClose([20_000, 40_000, 60_000, 80_000], { rtol: 1e-3 });
    expect(cutsOf(x, 5, 1)).toEqual(cuts);
    expect(cutsOf(x, 5, 2)).not.toEqual(cuts);
  });

  test("law: cuts rise, are fewer than the bins, and put a value on each side", () => {
    const values = fc.array(
      fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer({ min: 0, max: 5 })),
      { minLength: 1 },
    );
    fc.assert(
      fc.property(values, fc.integer({ min: 2, max: 20 }), (column1, bins) => {
        const [cuts = new Float64Array(0)] = cutsOf(column(column1), bins, 0);
        expect(cuts.length).toBeLessThan(bins);
        for (const [i, cut] of cuts.entries()) {
          expect(cut).toBeGreaterThan(cuts[i - 1] ?? -Infinity);
          expect(column1.some((value) => value < cut)).toBe(true);
          expect(column1.some((value) => value >= cut)).toBe(true);
        }
      }),
    );
  });
});
