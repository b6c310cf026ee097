/** @file Tests of the reports of what learning costs. */
import { describe, expect, test } from "vitest";
import type { Dataset, Predictor } from "../../flow.ts";
import { matrix } from "../../tensor/index.ts";
import { boost, majority, majorityPredictor } from "../index.ts";
import { scalingReport, trainingReport } from "./index.ts";

const data: Dataset = {
  x: matrix(Array.from({ length: 300 }, (_, i) => [i % 17, i % 5])),
  y: Float64Array.from({ length: 300 }, (_, i) => Number(i % 17 > 8)),
  names: ["a", "b"],
  source: "sha256:00",
};
const code = (expected: string) => expect.objectContaining({ code: expected });

/** Keeps a thread busy for a while, and memory too. */
const busy = {
  learn: async (): Promise<Predictor> => {
    const held = new Float64Array(4_000_000);
    const until = performance.now() + 60;
    for (let i = 0; performance.now() < until; i++) held[i % held.length] = i;
    for (let i = 0; i < held.length; i += 512) held[i] = 1;
    return majorityPredictor({ share: held[0] ?? 0, width: 2 });
  },
};

describe("trainingReport", () => {
  test("tells rows, time, processor, memory and cost of what was learned", async () => {
    const report = await trainingReport(busy, data, { costPerHour: 7200 });
    expect(report.predictor.kind).toBe("majority");
    expect([report.rows, report.features]).toEqual([300, 2]);
    expect(report.seconds).toBeGreaterThanOrEqual(0.06);
    expect(report.rowsPerSecond).toBeClose(300 / report.seconds);
    expect(report.processorSeconds).toBeGreaterThan(0.01);
    expect(report.memoryBytes).toBeGreaterThan(20e6);
    expect(report.cost).toBeClose(2 * report.seconds);
  });

  test("has no cost without a price, and refuses a price below 0", async () => {
    expect((await trainingReport(majority(), data)).cost).toBeNull();
    await expect(trainingReport(majority(), data, { costPerHour: -1 })).rejects.toThrow(
      code("option/out-of-range"),
    );
  });
});

describe("scalingReport", () => {
  test("shows that threads change the time and not a byte, and advises", async () => {
    const make = (threads: number) => boost({ trees: 3, threads });
    const { lines, advice, best } = await scalingReport(make, data, { threads: [1, 2], rounds: 1 });
    expect(lines.map(({ threads, same }) => [threads, same])).toEqual([
      [1, true],
      [2, true],
    ]);
    expect(lines[0]).toMatchObject({ speedUp: 1, efficiency: 1 });
    expect(advice).toMatch(best === 1 ? /^stay with 1 thread: / : /^use 2 threads: /);
  });

  test("tells where the number of threads changes what is learned", async () => {
    const make = (threads: number) => ({
      learn: async () => majorityPredictor({ share: 1 / threads, width: 2 }),
    });
    const { lines } = await scalingReport(make, data, { threads: [1, 2], rounds: 1 });
    expect(lines.map(({ same }) => same)).toEqual([true, false]);
  });

  test("refuses no threads at all", async () => {
    await expect(scalingReport(() => majority(), data, { threads: [0] })).rejects.toThrow(
      code("option/out-of-range"),
    );
  });
});
