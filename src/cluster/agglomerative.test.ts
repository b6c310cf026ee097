/** @file Tests of agglomerative clustering. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkClusterer, renamed } from "../../tests/conform/clusterer.ts";
import { formatJson, parseJson } from "../core/index.ts";
import { linkRows, matrix } from "../tensor/index.ts";
import { type AgglomerativeOptions, agglomerative } from "./agglomerative.ts";
import { clusterFromState } from "./from-state.ts";
import { clusterState } from "./state.ts";

const code = (what: string) => expect.objectContaining({ code: what });
const linkages = ["ward", "complete", "average", "single"] as const;

/** Joins the nearest two clusters, found by looking at all pairs: heights only. */
function slowly(
  rows: readonly (readonly number[])[],
  linkage: (typeof linkages)[number],
): number[] {
  let groups = rows.map((row) => [row]);
  const squared = (p: readonly number[], q: readonly number[]): number =>
    p.reduce((sum, v, j) => sum + (v - (q[j] ?? 0)) ** 2, 0);
  const mean = (group: readonly (readonly number[])[]): number[] =>
    (group[0] ?? []).map(
      (_, j) => group.reduce((sum, row) => sum + (row[j] ?? 0), 0) / group.length,
    );
  const distance = (a: (readonly number[])[], b: (readonly number[])[]): number => {
    if (linkage === "ward")
      return Math.sqrt(
        ((2 * a.length * b.length) / (a.length + b.length)) * squared(mean(a), mean(b)),
      );
    const all = a.flatMap((p) => b.map((q) => Math.sqrt(squared(p, q))));
    if (linkage === "complete") return Math.max(...all);
    if (linkage === "single") return Math.min(...all);
    return all.reduce((sum, d) => sum + d, 0) / all.length;
  };
  const heights: number[] = [];
  while (groups.length > 1) {
    let best = { a: 0, b: 1, height: Infinity };
    for (const [a, p] of groups.entries())
      for (const [b, q] of groups.entries())
        if (a < b && distance(p, q) < best.height) best = { a, b, height: distance(p, q) };
    const joined = [...(groups[best.a] ?? []), ...(groups[best.b] ?? [])];
    groups = [...groups.filter((_, i) => i !== best.a && i !== best.b), joined];
    heights.push(best.height);
  }
  return heights;
}

for (const linkage of linkages)
  describe(`agglomerative, ${linkage}`, () => {
    checkClusterer((options) => agglomerative({ clusters: 3, linkage, ...options }), {
      counted: true,
    });

    test("law: heights are those of joining the nearest two", () => {
      const row = fc.tuple(
        fc.double({ min: 0, max: 9, noNaN: true }),
        fc.double({ min: 0, max: 9, noNaN: true }),
      );
      fc.assert(
        fc.property(fc.array(row, { minLength: 1, maxLength: 14 }), (rows) => {
          const { heights, sizes } = linkRows(matrix(rows.map((r) => [...r])), linkage);
          expect(heights).toBeClose(slowly(rows, linkage), { rtol: 1e-9, atol: 1e-7 });
          expect(sizes.at(-1) ?? 1).toBe(rows.length);
        }),
        { numRuns: 50 },
      );
    });
  });

describe("agglomerative", () => {
  const rows = [[0], [1], [9], [11], [30]];
  const data = { x: matrix(rows), names: ["a"] };

  test("cuts by height, and the same joins by another number or height", async () => {
    const found = await agglomerative({ height: 5, linkage: "single" }).learn(data);
    expect(found.clusters).toBe(3);
    expect(found.labels).toEqual(Int32Array.of(0, 0, 1, 1, 2));
    expect(found.cut({ clusters: 2 })).toEqual(Int32Array.of(0, 0, 0, 0, 1));
    expect(found.cut({ clusters: 5 })).toEqual(Int32Array.of(0, 1, 2, 3, 4));
    expect(found.cut({ height: 99 })).toEqual(new Int32Array(5));
    expect(found.cut({ height: 0 })).toEqual(Int32Array.of(0, 1, 2, 3, 4));
    expect(() => found.cut({ clusters: 6 })).toThrow(code("cluster/out-of-range-clusters"));
    expect(() => found.cut({ height: -1 })).toThrow(code("option/out-of-range"));
  });

  test("a new row goes with the nearest row that was learned from", async () => {
    const found = await agglomerative({ clusters: 2, linkage: "single" }).learn(data);
    expect(found.assign(matrix([[-5], [20], [21], [99]]))).toEqual(Int32Array.of(0, 0, 1, 1));
  });

  test("a long chain of joins is cut without deep recursion", async () => {
    const x = matrix(Array.from({ length: 3000 }, (_, i) => [i + i * i * 1e-6]));
    const found = await agglomerative({ clusters: 2, linkage: "single" }).learn({
      x,
      names: ["a"],
    });
    expect(renamed(found.labels).slice(-2)).toEqual([0, 1]);
  });

  test("more rows than whose pairs fit in memory are refused, but for single", async () => {
    const x = { rows: 30_001, cols: 1, data: Float64Array.from({ length: 30_001 }, (_, i) => i) };
    await expect(agglomerative({ clusters: 2 }).learn({ x, names: ["a"] })).rejects.toThrow(
      code("cluster/out-of-range-rows"),
    );
  });

  test("refuses options that are none, and both of two", () => {
    const refused = (options: object, what: string) =>
      expect(() => agglomerative(options as AgglomerativeOptions)).toThrow(code(what));
    refused({}, "option/out-of-range");
    refused({ clusters: 0 }, "option/out-of-range");
    refused({ height: -1 }, "option/out-of-range");
    refused({ clusters: 2, height: 1 }, "option/unknown-name");
    refused({ clusters: 2, linkage: "centroid" }, "option/out-of-range");
  });

  test("a damaged state is refused", async () => {
    const whole = clusterState(await agglomerative({ clusters: 2 }).learn(data));
    const read = (change: object) => () =>
      clusterFromState(parseJson(formatJson({ ...whole, ...change })));
    expect(read({ linkage: "x" })).toThrow(code("cluster/corrupt-state"));
    expect(read({ labels: new Int32Array(4) })).toThrow(code("cluster/corrupt-state"));
    expect(read({ joins: 3 })).toThrow(code("cluster/corrupt-state"));
  });
});
