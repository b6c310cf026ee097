/** @file Tests of choosing the number of clusters. */
import { describe, expect, test } from "vitest";
import { random } from "../core/index.ts";
import { matrix } from "../tensor/index.ts";
import { chooseClusters } from "./choose-clusters.ts";

const code = (what: string) => expect.objectContaining({ code: what });

function groups(n: number, k: number, apart: number) {
  const draws = random(4);
  const row = (i: number): number[] => [
    apart * Math.cos(((i % k) * 2 * Math.PI) / k) + draws.normal(),
    apart * Math.sin(((i % k) * 2 * Math.PI) / k) + draws.normal(),
  ];
  return { x: matrix(Array.from({ length: n }, (_, i) => row(i))), names: ["a", "b"] };
}

describe("chooseClusters", () => {
  test("all ways find four groups far apart", async () => {
    const found = await chooseClusters(groups(300, 4, 12), { to: 8 });
    expect(found.best).toEqual({ elbow: 4, silhouette: 4, gap: 4, bic: 4 });
    expect(found.suggested).toBe(4);
    expect(found.choices.map(({ clusters }) => clusters)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    const inertias = found.choices.map(({ inertia }) => inertia);
    expect(inertias).toEqual(inertias.toSorted((a, b) => b - a));
    expect(found.choices[0]?.silhouette).toBeNull();
  });

  test("the gap and the BIC find one group in one group", async () => {
    const found = await chooseClusters(groups(300, 1, 0), { to: 5 });
    expect(found.best.gap).toBe(1);
    expect(found.best.bic).toBe(1);
    expect(found.suggested).toBe(1);
  });

  test("the same each time, and what is left out is null", async () => {
    const data = groups(100, 3, 9);
    const options = { from: 2, to: 4, references: 0, bic: false, seed: 3 };
    const found = await chooseClusters(data, options);
    expect(await chooseClusters(data, options)).toEqual(found);
    expect(found.choices.map(({ gap, bic }) => [gap, bic])).toEqual([
      [null, null],
      [null, null],
      [null, null],
    ]);
    expect(found.best.gap).toBeNull();
  });

  test("one row has one cluster, and more clusters than distinct rows are refused", async () => {
    const found = await chooseClusters({ x: matrix([[1, 2]]), names: ["a", "b"] });
    expect([found.suggested, found.choices.length]).toEqual([1, 1]);
    const two = { x: matrix([[1], [2], [1]]), names: ["a"] };
    await expect(chooseClusters(two, { to: 3 })).rejects.toThrow(
      code("cluster/out-of-range-clusters"),
    );
    expect((await chooseClusters(two, { to: 2 })).choices.length).toBe(2);
    await expect(chooseClusters(two, { from: 3, to: 2 })).rejects.toThrow(
      code("option/out-of-range"),
    );
  });

  test("tries by default no more clusters than there are distinct rows", async () => {
    const three = { x: matrix(Array.from({ length: 60 }, (_, i) => [i % 3])), names: ["a"] };
    const { choices, suggested } = await chooseClusters(three);
    expect([choices.map(({ clusters }) => clusters), suggested]).toEqual([[1, 2, 3], 3]);
    await expect(chooseClusters(three, { from: 4 })).rejects.toThrow(
      code("cluster/out-of-range-clusters"),
    );
  });

  test("the gap of uniform noise is 0 for many clusters too, however often k-means begins", async () => {
    let sum = 0;
    for (let seed = 0; seed < 8; seed++) {
      const draws = random(seed).stream("noise");
      const x = matrix(Array.from({ length: 200 }, () => [draws.next(), draws.next()]));
      const { choices } = await chooseClusters(
        { x, names: ["a", "b"] },
        { from: 10, bic: false, seed },
      );
      sum += (choices[0]?.gap ?? Number.NaN) / 8;
    }
    expect(sum).toBeClose(0, { rtol: 0, atol: 0.02 });
  });

  test("tells its progress, hears the signal, and says when scales differ", async () => {
    const data = groups(60, 2, 9);
    const told: number[] = [];
    await chooseClusters(data, { to: 3 }, { progress: ({ done }) => told.push(done) });
    expect(told).toEqual([1, 2, 3]);
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(chooseClusters(data, { to: 3 }, { signal })).rejects.toThrow("enough");
    const x = {
      ...data.x,
      data: data.x.data.map((value, at) => (at % 2 === 0 ? value : value * 1000)),
    };
    expect((await chooseClusters({ ...data, x }, { to: 2 })).warnings.length).toBe(1);
  });
});
