/** @file Tests of files by precision: smaller ones say nearly the same. */
import { describe, expect, test } from "vitest";
import { random } from "../core/index.ts";
import { exportReport } from "./export-report.ts";
import { dense } from "./layers/dense.ts";
import { input } from "./network.ts";
import { train } from "./train/train.ts";

describe("exportReport", () => {
  test("says of each precision how large, how fast and how near it is", async () => {
    const draws = random(3).stream("rows");
    const x = Float32Array.from({ length: 60 * 20 }, () => draws.normal());
    const network = input([20])
      .add(dense(64, { activation: "relu" }))
      .add(dense(3));
    const y = Int32Array.from({ length: 60 }, (_, i) => i % 3);
    const trained = await train(
      network,
      { rows: 60, x, y, shape: [20], labelShape: [] },
      { loss: "crossEntropy", epochs: 1 },
    );
    const [full, half, small] = await exportReport(trained, x);
    expect(full).toMatchObject({
      weights: "float32",
      largestDifference: 0,
      sizeBytes: trained.onnx().length,
    });
    expect(half?.sizeBytes).toBeLessThan(0.65 * (full?.sizeBytes ?? 0));
    expect(small?.sizeBytes).toBeLessThan(half?.sizeBytes ?? 0);
    expect(half?.largestDifference).toBeLessThan(1e-3);
    expect(small?.largestDifference).toBeLessThan(0.02);
    expect(small?.latencyMs).toBeGreaterThan(0);
    await expect(exportReport(trained, x.subarray(1))).rejects.toMatchObject({
      code: "nn/mismatch-rows",
    });
  });
});
