/** @file Tests of mini-batch k-means. */
import { describe, expect, test } from "vitest";
import { checkClusterer } from "../../tests/conform/clusterer.ts";
import { random } from "../core/index.ts";
import { matrix } from "../tensor/index.ts";
import { kMeans } from "./k-means.ts";
import { miniBatchKMeans } from "./mini-batch-k-means.ts";

const code = (what: string) => expect.objectContaining({ code: what });

describe("miniBatchKMeans", () => {
  checkClusterer((options) => miniBatchKMeans({ clusters: 3, ...options }), {
    counted: true,
    chance: true,
  });

  test("comes within five hundredths of the sum of k-means, in few batches", async () => {
    const draws = random(2);
    const row = (i: number) => [(i % 4) * 6 + draws.normal(), (i % 2) * 6 + draws.normal()];
    const data = { x: matrix(Array.from({ length: 20_000 }, (_, i) => row(i))), names: ["a", "b"] };
    const whole = await kMeans({ clusters: 4, starts: 5 }).learn(data);
    const small = await miniBatchKMeans({ clusters: 4, batchRows: 256, seed: 1 }).learn(data);
    expect(small.inertia).toBeGreaterThanOrEqual(whole.inertia * (1 - 1e-9));
    expect(small.inertia).toBeLessThan(whole.inertia * 1.05);
    expect(small.iterations).toBeLessThan(400);
    expect(small.converged).toBe(true);
  });

  test("finds enough distinct rows, however rare they are", async () => {
    const rows = Array.from({ length: 5000 }, (_, i) => [i === 4321 ? 1 : 0]);
    const data = { x: matrix(rows), names: ["a"] };
    const found = await miniBatchKMeans({ clusters: 2, batchRows: 10 }).learn(data);
    expect([...found.centres.data].sort()).toEqual([0, 1]);
  });

  test("stops after the most batches, and refuses options that are none", async () => {
    const data = { x: matrix(Array.from({ length: 99 }, (_, i) => [i])), names: ["a"] };
    const found = await miniBatchKMeans({ clusters: 2, maxIterations: 3 }).learn(data);
    expect([found.iterations, found.converged]).toEqual([3, false]);
    expect(() => miniBatchKMeans({ clusters: 2, batchRows: 0 })).toThrow(
      code("option/out-of-range"),
    );
    expect(() => miniBatchKMeans({ clusters: 2, patience: 0.5 })).toThrow(
      code("option/out-of-range"),
    );
  });
});
