/** @file Tests of DBSCAN and of the tree that it asks. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkClusterer, renamed } from "../../tests/conform/clusterer.ts";
import { random } from "../core/index.ts";
import { matrix, rowTree } from "../tensor/index.ts";
import { dbscan } from "./dbscan.ts";

const code = (what: string) => expect.objectContaining({ code: what });

const points = fc.array(
  fc.tuple(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 12 })),
  { minLength: 1, maxLength: 70 },
);
const away = ([a, b]: readonly number[], [c, d]: readonly number[]): number =>
  ((a ?? 0) - (c ?? 0)) ** 2 + ((b ?? 0) - (d ?? 0)) ** 2;

/** The first row that each row reaches by steps of at most 1. */
function reached(rows: readonly (readonly number[])[]): readonly number[] {
  let group = rows.map((_, i) => i);
  const step = (p: readonly number[]): number =>
    Math.min(...group.filter((_, j) => away(p, rows[j] ?? []) <= 1));
  for (let pass = 0; pass < rows.length; pass++) group = rows.map(step);
  return group;
}

describe("dbscan", () => {
  checkClusterer((options) => dbscan({ distance: 4, neighbours: 3, ...options }), {
    counted: false,
  });

  test("finds two rings, one inside the other, which k-means cannot", async () => {
    const ring = (i: number, r: number) => [r * Math.cos(i / 20), r * Math.sin(i / 20)];
    const rows = Array.from({ length: 252 }, (_, i) => ring(i, i % 2 === 0 ? 1 : 4));
    const x = matrix(rows);
    const found = await dbscan({ distance: 0.6 }).learn({ x, names: ["a", "b"] });
    expect(found.clusters).toBe(2);
    expect(renamed(found.assign(x))).toEqual(rows.map((_, i) => i % 2));
  });

  test("a lone row is noise, −1, and a model of noise alone assigns nothing", async () => {
    const x = matrix([[0], [10], [20]]);
    const found = await dbscan({ distance: 1, neighbours: 2 }).learn({ x, names: ["a"] });
    expect([found.clusters, found.noise, found.cores.rows]).toEqual([0, 3, 0]);
    expect(found.assign(x)).toEqual(Int32Array.of(-1, -1, -1));
  });

  test("a border row between two clusters goes to the nearer core row, in any order of rows", async () => {
    const rows = [[0], [1], [2], [4.6], [6], [7], [8]];
    const how = dbscan({ distance: 2.7, neighbours: 4 });
    const labels = (await how.learn({ x: matrix(rows), names: ["a"] })).assign(matrix(rows));
    const turned = rows.toReversed();
    const other = (await how.learn({ x: matrix(turned), names: ["a"] })).assign(matrix(turned));
    expect(renamed(other.toReversed())).toEqual(renamed(labels));
  });

  test("refuses options that are none", () => {
    expect(() => dbscan({ distance: 0 })).toThrow(code("option/out-of-range"));
    expect(() => dbscan({ distance: 1, neighbours: 0 })).toThrow(code("option/out-of-range"));
  });

  test("law: core rows that are neighbours are together, and a row is noise when no core row is near", async () => {
    const options = { distance: 1.5, neighbours: 4 };
    await fc.assert(
      fc.asyncProperty(points, async (rows) => {
        const x = matrix(rows.map((row) => [...row]));
        const found = await dbscan(options).learn({ x, names: ["a", "b"] });
        const labels = found.assign(x);
        const near = rows.map((p) => rows.flatMap((q, j) => (away(p, q) <= 2.25 ? [j] : [])));
        const isCore = near.map(({ length }) => length >= 4);
        for (const [i, others] of near.entries()) {
          const cores = others.filter((j) => isCore[j]);
          expect((labels[i] ?? -1) >= 0).toBe(cores.length > 0);
          if (isCore[i]) for (const j of cores) expect(labels[j]).toBe(labels[i]);
        }
        expect(found.noise).toBe(labels.filter((label) => label < 0).length);
      }),
    );
  });

  test("law: clusters of core rows are no larger than what chains of neighbours reach", async () => {
    await fc.assert(
      fc.asyncProperty(points, async (rows) => {
        const x = matrix(rows.map((row) => [...row]));
        const found = await dbscan({ distance: 1, neighbours: 1 }).learn({ x, names: ["a", "b"] });
        expect(renamed(found.assign(x))).toEqual(renamed(reached(rows)));
      }),
    );
  });
});

describe("rowTree", () => {
  test("law: finds the rows that a look at all finds", () => {
    const asked = fc.tuple(fc.integer({ min: -3, max: 15 }), fc.integer({ min: -3, max: 15 }));
    fc.assert(
      fc.property(points, asked, fc.integer({ min: 0, max: 40 }), (rows, point, limit) => {
        const tree = rowTree(matrix(rows.map((row) => [...row])));
        const found: number[] = [];
        tree.within(Float64Array.of(...point), limit, (row, by) => {
          expect(by).toBe(away(rows[row] ?? [], point));
          found.push(row);
        });
        const all = rows.flatMap((row, i) => (away(row, point) <= limit ? [i] : []));
        expect(found.sort((a, b) => a - b)).toEqual(all);
        const nearest = rows.reduce(
          (best, row, i) => (away(row, point) < away(rows[best] ?? [], point) ? i : best),
          0,
        );
        expect(tree.nearest(Float64Array.of(...point))).toBe(nearest);
      }),
    );
  });

  test("finds nothing among no rows, and every row of many equal ones", () => {
    const none = rowTree({ rows: 0, cols: 2, data: new Float64Array(0) });
    expect(none.nearest(Float64Array.of(1, 2))).toBe(-1);
    const equal = rowTree(matrix(Array.from({ length: 100 }, () => [1, 2])));
    let count = 0;
    equal.within(Float64Array.of(1, 2), 0, () => {
      count += 1;
    });
    expect([count, equal.nearest(Float64Array.of(1, 2))]).toEqual([100, 0]);
  });

  test("reads few rows of many", () => {
    const draws = random(1);
    const x = matrix(Array.from({ length: 4000 }, () => [draws.next(), draws.next()]));
    const tree = rowTree(x);
    let count = 0;
    tree.within(Float64Array.of(0.5, 0.5), 1e-4, () => {
      count += 1;
    });
    expect(count).toBeLessThan(10);
  });
});
