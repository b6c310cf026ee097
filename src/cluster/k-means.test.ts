/** @file Tests of k-means. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkClusterer, renamed } from "../../tests/conform/clusterer.ts";
import { random } from "../core/index.ts";
import { matrix } from "../tensor/index.ts";
import { kMeans } from "./k-means.ts";

const code = (what: string) => expect.objectContaining({ code: what });

describe("kMeans", () => {
  checkClusterer((options) => kMeans({ clusters: 3, ...options }), { counted: true });

  test("finds the means of two groups", async () => {
    const x = matrix([[0, 0], [0, 2], [10, 10], [12, 10]]); // biome-ignore format: a table
    const found = await kMeans({ clusters: 2, seed: 4 }).learn({ x, names: ["a", "b"] });
    const centres = [[...found.centres.data.slice(0, 2)], [...found.centres.data.slice(2)]];
    expect(centres.sort(([a = 0], [b = 0]) => a - b)).toEqual([[0, 1], [11, 10]]); // biome-ignore format: a table
    expect(found.inertia).toBeClose(4);
    expect(found.converged).toBe(true);
  });

  test("one cluster is the mean, and its inertia the sum of squares about it", async () => {
    const x = matrix([[1], [2], [6]]);
    const found = await kMeans({ clusters: 1 }).learn({ x, names: ["a"] });
    expect(found.centres.data).toBeClose([3]);
    expect(found.inertia).toBeClose(14);
  });

  test("begins at centres that are given, and says when they do not fit", async () => {
    const data = { x: matrix([[0], [1], [10], [11]]), names: ["a"] };
    const found = await kMeans({ clusters: 2, centres: [[0], [1]] }).learn(data);
    expect([...found.centres.data]).toEqual([0.5, 10.5]);
    const refused = (centres: number[][], what: string) =>
      expect(kMeans({ clusters: 2, centres }).learn(data)).rejects.toThrow(code(what));
    await refused([[0]], "cluster/mismatch-length");
    await refused([[0, 1], [2, 3]], "cluster/mismatch-width"); // biome-ignore format: a table
  });

  test("a cluster that loses its rows takes the row that is farthest from its centre", async () => {
    const x = matrix([[0], [1], [2], [30]]);
    const begin = { clusters: 3, centres: [[1], [500], [600]] };
    const found = await kMeans(begin).learn({ x, names: ["a"] });
    expect([...found.centres.data].sort((a, b) => a - b)).toEqual([0, 1.5, 30]);
  });

  test("more starts never find a worse sum", async () => {
    const draws = random(5);
    const x = matrix(Array.from({ length: 300 }, () => [draws.normal(), draws.normal()]));
    const data = { x, names: ["a", "b"] };
    const one = await kMeans({ clusters: 8 }).learn(data);
    const ten = await kMeans({ clusters: 8, starts: 10 }).learn(data);
    expect(ten.inertia).toBeLessThanOrEqual(one.inertia);
  });

  test("tells rows apart that single precision cannot, far from the origin too", async () => {
    const rows = [0, 1e-9, 2e-9, 1, 1 + 1e-9, 1 + 2e-9].map((v) => [v, 1e6]);
    const found = await kMeans({ clusters: 6 }).learn({ x: matrix(rows), names: ["a", "b"] });
    expect(found.inertia).toBeLessThan(1e-30);
    expect(new Set(found.assign(matrix(rows))).size).toBe(6);
  });

  test("holds values near the largest and the smallest", async () => {
    for (const unit of [1e149, 1e-149]) {
      const x = matrix([[0], [1], [8], [9]].map(([v = 0]) => [v * unit]));
      const found = await kMeans({ clusters: 2 }).learn({ x, names: ["a"] });
      expect(renamed(found.assign(x))).toEqual([0, 0, 1, 1]);
    }
  });

  test("refuses options that are none", () => {
    expect(() => kMeans({ clusters: 0 })).toThrow(code("option/out-of-range"));
    expect(() => kMeans({ clusters: 2, starts: 0 })).toThrow(code("option/out-of-range"));
    expect(() => kMeans({ clusters: 2, tolerance: -1 })).toThrow(code("option/out-of-range"));
    expect(() => kMeans(JSON.parse('{"clusters":2,"nInit":3}'))).toThrow(
      code("option/unknown-name"),
    );
  });

  test("law: no row is nearer to another centre, and each centre is the mean of its rows", async () => {
    const point = fc.tuple(fc.integer({ min: -20, max: 20 }), fc.integer({ min: -20, max: 20 }));
    const rows = fc.uniqueArray(point, { minLength: 4, maxLength: 60, selector: String });
    await fc.assert(
      fc.asyncProperty(
        rows,
        fc.integer({ min: 1, max: 4 }),
        fc.nat(99),
        async (points, clusters, seed) => {
          const x = matrix(points.map((p) => [...p]));
          const found = await kMeans({ clusters, seed, tolerance: 0 }).learn({
            x,
            names: ["a", "b"],
          });
          const labels = found.assign(x);
          const [sum, count] = [new Float64Array(2 * clusters), new Float64Array(clusters)];
          let inertia = 0;
          for (const [i, [a, b]] of points.entries()) {
            const label = labels[i] ?? 0;
            const away = (k: number): number =>
              (a - (found.centres.data[2 * k] ?? 0)) ** 2 +
              (b - (found.centres.data[2 * k + 1] ?? 0)) ** 2;
            inertia += away(label);
            for (let k = 0; k < clusters; k++)
              expect(away(label)).toBeLessThanOrEqual(away(k) + 1e-9);
            sum[2 * label] = (sum[2 * label] ?? 0) + a;
            sum[2 * label + 1] = (sum[2 * label + 1] ?? 0) + b;
            count[label] = (count[label] ?? 0) + 1;
          }
          expect(found.inertia).toBeClose(inertia, { rtol: 1e-9, atol: 1e-9 });
          expect(count.every((n) => n > 0)).toBe(true);
          expect(sum.map((s, j) => s / (count[j >> 1] ?? 1))).toBeClose(found.centres.data, {
            rtol: 1e-9,
            atol: 1e-9,
          });
        },
      ),
      { numRuns: 60 },
    );
  });
});
