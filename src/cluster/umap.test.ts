/** @file Tests of UMAP. */
import { describe, expect, test } from "vitest";
import { random } from "../core/index.ts";
import { silhouette } from "../metric/index.ts";
import { matrix } from "../tensor/index.ts";
import { umap } from "./umap.ts";

const code = (what: string) => expect.objectContaining({ code: what });

function groups(n: number) {
  const draws = random(3);
  const row = (i: number): number[] =>
    Array.from({ length: 6 }, (_, j) => (i % 3 === j % 3 ? 9 : 0) + draws.normal());
  return {
    x: matrix(Array.from({ length: n }, (_, i) => row(i))),
    names: ["a", "b", "c", "d", "e", "f"],
  };
}

describe("umap", () => {
  test("keeps three groups of six features apart in a plane", async () => {
    const { places, warnings } = await umap({ seed: 1 }).embed(groups(150));
    expect([places.rows, places.cols]).toEqual([150, 2]);
    expect(
      silhouette(
        places,
        Array.from({ length: 150 }, (_, i) => i % 3),
      ),
    ).toBeGreaterThan(0.7);
    expect(warnings).toEqual([]);
  });

  test("the same seed gives the same places, and another seed others", async () => {
    const data = groups(60);
    const how = { neighbours: 6, epochs: 30 };
    const first = await umap(how).embed(data);
    expect(await umap(how).embed(data)).toEqual(first);
    expect(await umap({ ...how, seed: 1 }).embed(data)).not.toEqual(first);
  });

  test("changes neither the rows nor its options, and tells its progress", async () => {
    const data = groups(40);
    const before = data.x.data.slice();
    const told: number[] = [];
    const how = umap({ neighbours: 5, epochs: 9, components: 3 });
    const { places } = await how.embed(data, { progress: ({ done }) => told.push(done) });
    expect(data.x.data).toEqual(before);
    expect(places.cols).toBe(3);
    expect(told).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(umap(how.options).options).toEqual(how.options);
  });

  test("refuses rows that are too few or too many, holes and odd options, and hears the signal", async () => {
    const data = groups(10);
    await expect(umap().embed(data)).rejects.toThrow(code("cluster/missing-neighbours"));
    const many = { x: { rows: 50_001, cols: 1, data: new Float64Array(50_001) }, names: ["a"] };
    await expect(umap().embed(many)).rejects.toThrow(code("cluster/out-of-range-rows"));
    const holed = { ...data, x: { ...data.x, data: data.x.data.with(3, Number.NaN) } };
    await expect(umap().embed(holed)).rejects.toThrow(code("cluster/missing-value"));
    expect(() => umap({ neighbours: 1 })).toThrow(code("option/out-of-range"));
    expect(() => umap({ minDistance: 2 })).toThrow(code("option/out-of-range"));
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(umap().embed(groups(30), { signal })).rejects.toThrow("enough");
  });

  test("rows that are all equal are placed", async () => {
    const x = matrix(Array.from({ length: 30 }, () => [1, 2]));
    const { places } = await umap({ neighbours: 5, epochs: 20 }).embed({ x, names: ["a", "b"] });
    expect(places.data.every(Number.isFinite)).toBe(true);
  });
});
