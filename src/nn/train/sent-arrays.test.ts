/** @file Tests of what goes to another process: it comes out as it went in, and long checks leave turns to others. */
import { PassThrough } from "node:stream";
import { describe, expect, test } from "vitest";
import { dense } from "../layers/dense.ts";
import { batchNorm } from "../layers/regularisation.ts";
import { input } from "../network.ts";
import { checkRows } from "./check-rows.ts";
import { arraysOf, give, openReads, packed, unpacked } from "./sent-arrays.ts";
import { partedTask } from "./split-rows.ts";
import { orderOf } from "./task.ts";
import { inSlices } from "./turns.ts";

const network = input([2]).add(dense(3)).add(batchNorm()).add(dense(2));
const data = {
  rows: 10,
  x: Float32Array.from({ length: 20 }, (_, i) => i / 8),
  y: Int32Array.from({ length: 10 }, (_, i) => i % 2),
  shape: [2],
  labelShape: [],
};

describe("unpacked", () => {
  test("law: an order comes out of a pipe as it went in, whatever its rows and its state are", async () => {
    const bytes = { ...data, x: Uint8Array.from({ length: 20 }, (_, i) => 9 * i) };
    for (const [rows, validation] of [
      [data, undefined],
      [data, 0.3],
      [bytes, bytes],
    ] as const) {
      const how = validation === undefined ? {} : { validation };
      const made = await orderOf(network, rows, { loss: "crossEntropy", ...how });
      const best = { weights: made.state.weights.map((w) => 2 * w), kept: made.state.kept };
      for (const order of [made, { ...made, state: { ...made.state, best } }]) {
        const pipe = new PassThrough({ highWaterMark: 7 });
        const sent = packed(order);
        expect(arraysOf(sent.order).every(({ length }) => length === 0)).toBe(true);
        give(arraysOf(order), pipe);
        expect(await unpacked(structuredClone(sent), openReads(pipe))).toEqual(order);
      }
    }
  });
});

describe("partedTask", () => {
  test("law: a share of the rows is a partition, the same by the same seed", async () => {
    const of = async (seed: number) =>
      partedTask(await orderOf(network, data, { loss: "crossEntropy", validation: 0.3, seed }));
    const { train, validation } = await of(1);
    expect([train.rows, validation?.rows]).toEqual([7, 3]);
    expect([...train.x, ...(validation?.x ?? [])].sort((a, b) => a - b)).toEqual([...data.x]);
    expect((await of(1)).train).toEqual(train);
    expect((await of(2)).train).not.toEqual(train);
  });
});

describe("inSlices", () => {
  test("covers all items once, and waits for a turn after each slice", async () => {
    const slices: (readonly [number, number])[] = [];
    let turns = 0;
    const turn = async (): Promise<void> => void turns++;
    await inSlices(300_000, (from, to) => void slices.push([from, to]), turn);
    expect(slices[0]?.[0]).toBe(0);
    expect(slices.at(-1)?.[1]).toBe(300_000);
    for (const [i, [from]] of slices.entries()) if (i > 0) expect(from).toBe(slices[i - 1]?.[1]);
    expect(turns).toBe(slices.length);
    expect(turns).toBeGreaterThan(2);
  });

  test("names the number of a row far down that is not finite", async () => {
    const x = new Float32Array(600_000);
    x[500_001] = Number.NaN;
    const rows = { rows: 300_000, x, y: new Int32Array(300_000), shape: [2], labelShape: [] };
    const checked = checkRows("test", network, { data: rows, loss: "crossEntropy" });
    await expect(checked).rejects.toThrow("number 500001 of x");
    const y = rows.y.with(299_999, 2);
    const other = { ...rows, x: new Float32Array(600_000), y };
    await expect(checkRows("test", network, { data: other, loss: "crossEntropy" })).rejects.toThrow(
      "label 299999",
    );
  });
});
