/** @file The k-means kernel beside a plain loop. */
import { describe, expect, test } from "vitest";
import { random } from "../../core/index.ts";
import type { Matrix } from "../../flow.ts";
import { lloydKMeans } from "./k-means.ts";
import { nearestCentres } from "./nearest.ts";

/** Lloyd's algorithm in double precision without any bound: as many iterations as are given. */
function plain(x: Matrix, begin: Matrix, iterations: number): Matrix {
  let centres = begin;
  for (let i = 0; i < iterations; i++) {
    const labels = nearestCentres(x, centres);
    const sums = new Float64Array(centres.data.length);
    const counts = new Float64Array(centres.rows);
    for (const [row, k] of labels.entries()) {
      counts[k]! += 1;
      for (let j = 0; j < x.cols; j++) sums[k * x.cols + j]! += x.data[row * x.cols + j]!;
    }
    centres = { ...centres, data: sums.map((sum, at) => sum / counts[Math.floor(at / x.cols)]!) };
  }
  return centres;
}

function blurred(rows: number, cols: number, scale: (j: number) => number): Matrix {
  const draws = random(8).stream("rows");
  const data = Float64Array.from(
    { length: rows * cols },
    (_, at) => scale(at % cols) * (draws.normal() + 2 * draws.below(3)),
  );
  return { rows, cols, data };
}

const cases = [
  { rows: 3000, cols: 1, clusters: 2, scale: () => 1 },
  { rows: 3000, cols: 5, clusters: 5, scale: () => 1 },
  { rows: 70_001, cols: 3, clusters: 7, scale: () => 1 },
  { rows: 5000, cols: 28, clusters: 10, scale: () => 1 },
  { rows: 2000, cols: 9, clusters: 23, scale: (j: number) => 10 ** (j - 4) },
];

describe("lloydKMeans", () => {
  for (const { rows, cols, clusters, scale } of cases)
    test(`makes the steps of a plain loop: ${rows} × ${cols}, ${clusters} clusters`, async () => {
      const x = blurred(rows, cols, scale);
      const centres = { rows: clusters, cols, data: x.data.slice(0, clusters * cols) };
      const how = { clusters, seed: 0, starts: 1, tolerance: 0, centres };
      for (const maxIterations of [1, 2, 7]) {
        const found = await lloydKMeans({ x, ...how, maxIterations });
        expect(found?.centres.data).toBeClose(plain(x, centres, maxIterations).data, {
          rtol: 1e-9,
          atol: 1e-9,
        });
      }
    });

  test("rounding in single precision is decided in double: rows on a line between two centres", async () => {
    const rows = 2001;
    const data = Float64Array.from({ length: 2 * rows }, (_, at) =>
      at % 2 === 0 ? (at / 2 - 1000) * 1e-9 : Math.sin(at),
    );
    const x = { rows, cols: 2, data };
    const centres = { rows: 2, cols: 2, data: Float64Array.of(-1, 0, 1, 0) };
    const how = { clusters: 2, seed: 0, starts: 1, tolerance: 0, centres, maxIterations: 1 };
    const found = await lloydKMeans({ x, ...how });
    expect(found?.centres.data).toBeClose(plain(x, centres, 1).data, { rtol: 1e-9, atol: 1e-15 });
  });

  test("gives nothing where there are fewer distinct rows than clusters", async () => {
    const x = { rows: 4, cols: 1, data: Float64Array.of(1, 1, 2, 2) };
    const how = { clusters: 3, seed: 0, starts: 1, tolerance: 0, maxIterations: 9 };
    expect(await lloydKMeans({ x, ...how })).toBeUndefined();
  });

  test("a memory past what 32-bit addresses reach is refused", async () => {
    const x = { rows: 2e9, cols: 4, data: new Float64Array(0) };
    const how = { clusters: 3, seed: 0, starts: 1, tolerance: 0, maxIterations: 9 };
    await expect(lloydKMeans({ x, ...how })).rejects.toThrow(
      expect.objectContaining({ code: "tensor/out-of-range-memory" }),
    );
  });

  test("tells its progress in starts, and hears the signal", async () => {
    const x = blurred(500, 2, () => 1);
    const how = { clusters: 3, seed: 0, starts: 3, tolerance: 0, maxIterations: 99 };
    const told: number[] = [];
    await lloydKMeans({ x, ...how }, { progress: ({ done }) => told.push(done) });
    expect(told).toEqual([1, 2, 3]);
    const stop = new AbortController();
    const stopped = lloydKMeans(
      { x, ...how },
      { signal: stop.signal, progress: () => stop.abort(new Error("enough")) },
    );
    await expect(stopped).rejects.toThrow("enough");
  });
});
