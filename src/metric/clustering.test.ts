/** @file Tests of the metrics of clusters. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { matrix } from "../tensor/index.ts";
import { adjustedRand, mutualInformation } from "./clustering-agreement.ts";
import {
  calinskiHarabasz,
  clusterInertia,
  daviesBouldin,
  silhouette,
  silhouettes,
} from "./clustering-geometry.ts";

const code = (what: string) => expect.objectContaining({ code: what });
const row = fc.tuple(fc.integer({ min: -9, max: 9 }), fc.integer({ min: -9, max: 9 }));
const grouped = fc
  .array(fc.tuple(row, fc.integer({ min: 0, max: 3 })), { minLength: 3, maxLength: 25 })
  .map((all) => ({
    x: matrix(all.map(([[a, b]]) => [a, b])),
    labels: [...all.slice(2).map(([, label]) => label), 0, 1],
  }));
const all = { silhouette, daviesBouldin, calinskiHarabasz, clusterInertia };

describe("metrics of clusters", () => {
  test("of two rows each, by hand", () => {
    const x = matrix([[0], [1], [10], [11]]);
    // row 0: a = 1, b = 10.5; row 1: a = 1, b = 9.5
    expect(silhouette(x, [0, 0, 1, 1])).toBeClose((9.5 / 10.5 + 8.5 / 9.5) / 2);
    expect(daviesBouldin(x, [0, 0, 1, 1])).toBeClose(0.1);
    expect(calinskiHarabasz(x, [0, 0, 1, 1])).toBeClose(200);
    expect(clusterInertia(x, [0, 0, 1, 1])).toBeClose(1);
  });

  test("rows of no cluster are left out", () => {
    const [x, more] = [matrix([[0], [1], [10], [11]]), matrix([[0], [1], [500], [10], [11]])];
    for (const metric of Object.values(all))
      expect(metric(more, [0, 0, -1, 1, 1])).toBe(metric(x, [0, 0, 1, 1]));
    expect(silhouettes(more, [0, 0, -1, 1, 1])[2]).toBeNaN();
  });

  test("one cluster has no distance to another", () => {
    const x = matrix([[0], [1]]);
    for (const metric of [silhouette, daviesBouldin, calinskiHarabasz])
      expect(metric(x, [0, 0])).toBeNaN();
    expect(silhouettes(x, [0, 0])).toEqual(Float64Array.of(Number.NaN, Number.NaN));
    expect(calinskiHarabasz(x, [0, 1])).toBeNaN();
    expect(calinskiHarabasz(matrix([[0], [0], [1]]), [0, 0, 1])).toBe(1);
  });

  test("refuse no rows, other lengths and numbers that are no clusters", () => {
    const x = matrix([[0], [1]]);
    for (const metric of [...Object.values(all), silhouettes]) {
      expect(() => metric(matrix([]), [])).toThrow(code("metric/missing-rows"));
      expect(() => metric(x, [-1, -1])).toThrow(code("metric/missing-rows"));
      expect(() => metric(x, [0])).toThrow(code("metric/mismatch-length"));
      expect(() => metric(x, [0, 0.5])).toThrow(code("metric/out-of-range-label"));
      expect(() => metric(x, [0, -2])).toThrow(code("metric/out-of-range-label"));
    }
    expect(() => adjustedRand([], [])).toThrow(code("metric/missing-rows"));
    expect(() => mutualInformation([1], [1, 2])).toThrow(code("metric/mismatch-length"));
    expect(() => silhouette(x, [0, 1], { rows: 0 })).toThrow(code("option/out-of-range"));
  });

  test("a silhouette of some rows is near that of all, and the same each time", () => {
    const x = matrix(Array.from({ length: 900 }, (_, i) => [(i % 3) * 9 + Math.sin(i * i)]));
    const labels = Array.from({ length: 900 }, (_, i) => i % 3);
    const some = silhouette(x, labels, { rows: 100 });
    expect(Math.abs(some - silhouette(x, labels))).toBeLessThan(0.02);
    expect(silhouette(x, labels, { rows: 100 })).toBe(some);
  });

  test("law: names of clusters and the order of rows do not matter; bounds hold", () => {
    fc.assert(
      fc.property(grouped, ({ x, labels }) => {
        const turned = matrix(
          Array.from({ length: x.rows }, (_, i) => [
            ...x.data.slice(2 * (x.rows - 1 - i), 2 * (x.rows - i)),
          ]),
        );
        for (const metric of Object.values(all)) {
          const value = metric(x, labels);
          if (Number.isNaN(value)) continue; // as many clusters as rows
          expect(
            metric(
              x,
              labels.map((label) => 7 - label),
            ),
          ).toBeClose(value, { rtol: 1e-6, atol: 1e-9 });
          expect(metric(turned, labels.toReversed())).toBeClose(value, { rtol: 1e-6, atol: 1e-9 });
        }
        const each = silhouettes(x, labels);
        expect(each.every((value) => value >= -1 && value <= 1)).toBe(true);
        expect(silhouette(x, labels)).toBeClose(each.reduce((sum, s) => sum + s, 0) / x.rows, {
          atol: 1e-12,
        });
      }),
    );
  });

  test("law: agreement is symmetric, 1 for renamed groups, and within its bounds", () => {
    const labels = fc.array(
      fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 3 })),
      { minLength: 1, maxLength: 40 },
    );
    fc.assert(
      fc.property(labels, (pairs) => {
        const [a, b] = [pairs.map(([p]) => p), pairs.map(([, q]) => q)];
        for (const agreement of [adjustedRand, mutualInformation]) {
          expect(agreement(a, b)).toBeClose(agreement(b, a), { atol: 1e-12 });
          expect(
            agreement(
              a,
              a.map((label) => 9 - label),
            ),
          ).toBeClose(1);
          expect(agreement(a, b)).toBeLessThanOrEqual(1 + 1e-12);
        }
        expect(adjustedRand(a, b)).toBeGreaterThanOrEqual(-0.5 - 1e-12);
        expect(mutualInformation(a, b)).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  test("one group against one for each row agrees in nothing", () => {
    expect(adjustedRand([0, 0, 0], [0, 1, 2])).toBe(0);
    expect(mutualInformation([0, 0, 0], [0, 1, 2])).toBe(0);
    expect(mutualInformation([0, 0], [3, 3])).toBe(1);
    expect(adjustedRand([0], [3])).toBe(1);
  });
});
