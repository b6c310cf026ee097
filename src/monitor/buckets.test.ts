import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bucketLabels, commonLabels, countLabels, countNumbers } from "./buckets.ts";

describe("countNumbers", () => {
  test("cuts at values of the column, left-closed", () => {
    expect(countNumbers([1, 2, 3, 4, 5, 6, 7, 8], 4)).toEqual({
      buckets: { shape: "numbers", edges: [2, 4, 6] },
      counts: [1, 2, 2, 3],
      other: 0,
      missing: 0,
      rows: 8,
    });
  });

  test("gives a common value a bucket of its own, and counts NaN as missing", () => {
    const { buckets, counts, missing } = countNumbers([0, 0, 0, 0, 0, 0, 5, 5, 9, NaN], 10);
    expect(buckets).toEqual({
      shape: "numbers",
      edges: [0, Number.MIN_VALUE, 5, 5.000000000000001, 9],
    });
    expect(counts).toEqual([0, 6, 0, 2, 0, 1]);
    expect(bucketLabels(buckets)).toEqual([
      "< 0",
      "= 0",
      "over 0 to 5",
      "= 5",
      "over 5 to 9",
      "≥ 9",
    ]);
    expect(missing).toBe(1);
  });

  test("sees both sides of a constant column, and has one bucket where there are no values", () => {
    expect(countNumbers([-3, -3, -3], 10)).toMatchObject({
      buckets: { edges: [-3, -2.9999999999999996] },
      counts: [0, 3, 0],
    });
    expect(countNumbers([NaN], 10)).toMatchObject({ buckets: { edges: [] }, counts: [0] });
  });

  test("law: every row is in one bucket", () => {
    const values = fc.array(fc.oneof(fc.integer({ min: -5, max: 5 }), fc.constant(NaN)), {
      minLength: 1,
    });
    fc.assert(
      fc.property(values, fc.integer({ min: 2, max: 20 }), (numbers, bins) => {
        const { counts, missing, buckets, rows } = countNumbers(numbers, bins);
        expect(counts.reduce((sum, n) => sum + n, missing)).toBe(rows);
        expect(bucketLabels(buckets)).toHaveLength(counts.length);
      }),
    );
  });
});

describe("commonLabels", () => {
  test("keeps the fifty most common, the rest is other", () => {
    const counts = Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`l${i}`, 1 + i]));
    const labels = commonLabels(counts);
    expect(labels.slice(0, 2)).toEqual(["l59", "l58"]);
    expect(labels).toHaveLength(50);
    expect(countLabels(labels, counts).other).toBe(55);
    expect(countLabels(["toString"], counts).counts).toEqual([0]);
  });
});

describe("bucketLabels", () => {
  test("says where numbers are cut", () => {
    const labels = bucketLabels({ shape: "numbers", edges: [9, 29.123456, 56] });
    expect(labels).toEqual(["< 9", "9 to 29.12", "29.12 to 56", "≥ 56"]);
  });
});
