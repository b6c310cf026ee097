import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bucketLabels } from "./buckets.ts";
import { labelSketch } from "./sketch/label-sketch.ts";
import { numberSketcher } from "./sketch/number-sketch.ts";
import { bucketsOf } from "./sketch-buckets.ts";

/** The buckets of numbers that are compared with themselves, and the rows in each. */
function countsOf(numbers: readonly number[], bins: number) {
  const sketcher = numberSketcher();
  sketcher.add(Float64Array.from(numbers));
  const sketch = sketcher.end();
  const { counts, shares } = bucketsOf(
    { column: "x", shape: "numbers", a: sketch, b: sketch },
    { bins },
  );
  expect(counts[0]).toEqual(counts[1]);
  return shares.map(({ label }, i) => [label, counts[0][i]] as const);
}

describe("bucketsOf", () => {
  test("cuts at values of the column, left-closed", () => {
    expect(countsOf([1, 2, 3, 4, 5, 6, 7, 8], 4)).toEqual([
      ["< 2", 1],
      ["2 to 4", 2],
      ["4 to 6", 2],
      ["≥ 6", 3],
    ]);
  });

  test("gives a common value a bucket of its own, and what is no number others", () => {
    const odd = [NaN, Infinity, -Infinity, Infinity];
    expect(countsOf([0, 0, 0, 0, 0, 0, 5, 5, 9, ...odd], 10)).toEqual([
      ["= 0", 6],
      ["= 5", 2],
      ["≥ 9", 1],
      ["−∞", 1],
      ["∞", 2],
      ["(missing)", 1],
    ]);
    expect(countsOf([-3, -3, -3], 10)).toEqual([["= -3", 3]]);
    expect(countsOf([NaN], 10)).toEqual([["(missing)", 1]]);
  });

  test("law: every row is in one bucket", () => {
    const values = fc.array(fc.oneof(fc.integer({ min: -5, max: 5 }), fc.constant(NaN)), {
      minLength: 1,
    });
    fc.assert(
      fc.property(values, fc.integer({ min: 2, max: 20 }), (numbers, bins) => {
        const rows = countsOf(numbers, bins).reduce((sum, [, n = 0]) => sum + n, 0);
        expect(rows).toBe(numbers.length);
      }),
    );
  });

  test("has the most frequent labels of the reference, and the rest as other", () => {
    const labels = Array.from({ length: 60 }, (_, i) => [`l${i}`, 1 + i] as const);
    const a = labelSketch({ rows: 1830, missing: 0 }, labels);
    const { shares, counts } = bucketsOf(
      { column: "x", shape: "labels", a, b: a },
      { bins: 10, mostLabels: 50 },
    );
    expect(shares.map(({ label }) => label).slice(0, 2)).toEqual(["l59", "l58"]);
    expect(shares).toHaveLength(51);
    expect([shares[50]?.label, counts[0][50], counts[1][50]]).toEqual(["(other)", 55, 55]);
  });
});

describe("bucketLabels", () => {
  test("says where numbers are cut", () => {
    const labels = bucketLabels([9, 29.123456, 56]);
    expect(labels).toEqual(["< 9", "9 to 29.12", "29.12 to 56", "≥ 56"]);
    expect(bucketLabels([0, Number.MIN_VALUE, 5, 5.000000000000001, 9])).toEqual([
      "< 0",
      "= 0",
      "over 0 to 5",
      "= 5",
      "over 5 to 9",
      "≥ 9",
    ]);
  });
});
