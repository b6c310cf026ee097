/** @file A trained network's file by the precision of its weights: its size, how long an answer takes, and how far answers move. */
import { sizeOf } from "../tensor/index.ts";
import { fail } from "./errors.ts";
import { openModel } from "./runtime.ts";
import type { TrainedNetwork } from "./train/trained-network.ts";

/** What a file is like. */
export interface ExportReport {
  readonly weights: "float32" | "float16" | "int8";
  readonly sizeBytes: number;
  /** The median time of an answer about one row, in milliseconds, on this machine. */
  readonly latencyMs: number;
  /** The largest distance of an answer's number from that of float32. */
  readonly largestDifference: number;
}

/** Answers that are timed. */
const timed = 50;

/**
 * Compares the files of a network with weights of float32, float16 and int8.
 *
 * @param x - Rows one after the other, by which answers are compared.
 * @throws `nn/mismatch-rows`, `nn/missing-runtime`
 */
export async function exportReport(
  trained: Pick<TrainedNetwork, "network" | "onnx">,
  x: Float32Array,
): Promise<readonly ExportReport[]> {
  const shape = trained.network.inputShape;
  const size = sizeOf(shape);
  if (x.length === 0 || x.length % size !== 0)
    fail("nn/mismatch-rows", {
      at: "exportReport",
      what: "the length of x",
      expected: `a multiple of ${size}`,
      got: `${x.length}`,
    });
  const rows = { type: "float", shape: [x.length / size, ...shape], data: x } as const;
  const first = { type: "float", shape: [1, ...shape], data: x.subarray(0, size) } as const;
  const reports: ExportReport[] = [];
  let exact: Float32Array | undefined;
  for (const weights of ["float32", "float16", "int8"] as const) {
    const bytes = trained.onnx({ weights });
    const session = await openModel(bytes);
    const told = Float32Array.from((await session.run({ x: rows }))["y"]?.data ?? [], Number);
    exact ??= told;
    const largestDifference = told.reduce(
      (most, value, i) => Math.max(most, Math.abs(value - (exact?.[i] ?? 0))),
      0,
    );
    const times: number[] = [];
    for (let i = 0; i < timed; i++) {
      const started = performance.now();
      await session.run({ x: first });
      times.push(performance.now() - started);
    }
    await session.close();
    const latencyMs = times.sort((a, b) => a - b)[timed / 2] ?? 0;
    reports.push({ weights, sizeBytes: bytes.length, latencyMs, largestDifference });
  }
  return reports;
}
