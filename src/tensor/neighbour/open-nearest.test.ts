/** @file Tests of the nearest rows against a plain loop. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { random } from "../../core/index.ts";
import type { Matrix } from "../../flow.ts";
import { matrix } from "../matrix.ts";
import { type NearestOptions, openNearest } from "./open-nearest.ts";

const code = (what: string) => expect.objectContaining({ code: what });

/** Numbers of which many are equal, so that distances tie. */
function drawn(rows: number, cols: number, seed: number): Matrix {
  const draws = random(seed);
  const data = Float64Array.from({ length: rows * cols }, () =>
    draws.below(3) === 0 ? draws.normal() : draws.below(4),
  );
  return { rows, cols, data };
}

const shapes = fc.record({
  n: fc.integer({ min: 1, max: 300 }),
  d: fc.integer({ min: 1, max: 9 }),
  k: fc.integer({ min: 1, max: 12 }),
  seed: fc.integer(),
  options: fc.constantFrom<NearestOptions>(
    {},
    { distance: "manhattan" },
    { distance: "chebyshev" },
    { distance: "cosine" },
    { distance: "minkowski", power: 3 },
    { distance: "minkowski", power: 1.5 },
  ),
});

describe("openNearest", () => {
  test("law: the tree finds what the scan finds, to the last bit, ties included", () => {
    fc.assert(
      fc.property(shapes, ({ n, d, k, seed, options }) => {
        const [x, queries, most] = [drawn(n, d, seed), drawn(20, d, seed + 1), Math.min(n, k)];
        const [tree, scan] = (["tree", "scan"] as const).map((search) =>
          openNearest(x, { ...options, search }).nearest(queries, most),
        );
        expect(tree).toEqual(scan);
      }),
    );
  });

  test("law: it finds what a plain loop finds, nearest first, of equals the first row first", () => {
    fc.assert(
      fc.property(shapes, ({ n, d, k, seed, options }) => {
        const [x, queries, most] = [drawn(n, d, seed), drawn(3, d, seed + 1), Math.min(n, k)];
        const { distances, rows } = openNearest(x, options).nearest(queries, most);
        for (let q = 0; q < 3; q++) {
          const plain = Array.from({ length: n }, (_, i) =>
            apart(rowOf(x, i), rowOf(queries, q), options),
          );
          const sorted = plain.toSorted((a, b) => a - b).slice(0, most);
          const got = distances.subarray(q * most, (q + 1) * most);
          expect(got).toBeClose(sorted, { rtol: 1e-9, atol: 1e-8 }); // roots of small sums
          const found = [...rows.subarray(q * most, (q + 1) * most)];
          expect(found.map((i) => plain[i] ?? 0)).toBeClose(sorted, { rtol: 1e-9, atol: 1e-8 });
          expect(new Set(found).size).toBe(most);
          for (let i = 1; i < most; i++)
            if (got[i] === got[i - 1]) expect(found[i]).toBeGreaterThan(found[i - 1] ?? 0);
        }
      }),
      { numRuns: 60 },
    );
  });

  test("keeps the digits of rows far from 0", () => {
    const far = matrix([[1e9, 0], [1e9 + 1e-3, 0], [1e9 + 1, 0]]); // biome-ignore format: a table
    const { rows, distances } = openNearest(far).nearest(matrix([[1e9 + 2e-3, 0]]), 2);
    expect([...rows]).toEqual([1, 0]);
    expect(distances[1]).toBeClose(2e-3, { rtol: 1e-3 });
  });

  test("takes many queries in batches, and k as large as there are rows", () => {
    const x = drawn(1000, 2, 5);
    const queries = drawn(3000, 2, 6);
    const all = openNearest(x).nearest(queries, 1000);
    const one = openNearest(x).nearest({ rows: 1, cols: 2, data: queries.data.slice(-2) }, 1000);
    expect(all.rows.subarray(-1000)).toEqual(one.rows);
    expect(new Set(one.rows).size).toBe(1000);
  });

  test("gives a row of zeros a place among directions", () => {
    const x = matrix([[2, 0], [0, 0], [-1, 0]]); // biome-ignore format: a table
    const { rows, distances } = openNearest(x, { distance: "cosine" }).nearest(matrix([[1, 0], [0, 0]]), 3); // biome-ignore format: a table
    expect([...rows]).toEqual([0, 1, 2, 1, 0, 2]);
    expect(distances).toBeClose([0, 1, 2, 0, 1, 1], { atol: 1e-15 });
  });

  test("refuses queries of another width, and more rows than memory can hold", () => {
    expect(() => openNearest(drawn(3, 2, 0)).nearest(drawn(3, 3, 0), 1)).toThrow(
      code("tensor/mismatch-shape"),
    );
    const huge = { rows: 600_000_000, cols: 1, data: new Float64Array(0) };
    expect(() => openNearest(huge)).toThrow(code("tensor/out-of-range-memory"));
  });
});

const rowOf = (x: Matrix, i: number) => [...x.data.subarray(i * x.cols, (i + 1) * x.cols)];

function apart(a: readonly number[], b: readonly number[], options: NearestOptions): number {
  const { distance = "euclidean", power = 2 } = options;
  const gaps = a.map((value, j) => Math.abs(value - (b[j] ?? 0)));
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  if (distance === "chebyshev") return Math.max(...gaps);
  if (distance === "cosine") {
    const [u, v] = [Math.hypot(...a), Math.hypot(...b)];
    if (u === 0 || v === 0) return u === v ? 0 : 1;
    return 1 - sum(a.map((value, j) => (value / u) * ((b[j] ?? 0) / v)));
  }
  const p = distance === "manhattan" ? 1 : distance === "euclidean" ? 2 : power;
  return sum(gaps.map((gap) => gap ** p)) ** (1 / p);
}
