/** @file Tests of training by several processes: the same result, and no process left behind. */
import { execFileSync } from "node:child_process";
import { describe, expect, test, vi } from "vitest";
import { random } from "../../../core/index.ts";
import { dense } from "../../layers/dense.ts";
import { batchNorm, dropout } from "../../layers/regularisation.ts";
import { input } from "../../network.ts";
import { requireRuntime } from "../../runtime.ts";
import type { NetworkRows } from "../feed.ts";
import { runTraining } from "../run-training.ts";
import { taskOf } from "../task.ts";
import { train } from "../train.ts";
import type { TrainOptions } from "../train-options.ts";
import type { TrainingHooks } from "../training.ts";

/** Numbers around one of three middles. */
function groups(rows: number): NetworkRows {
  const draws = random(3).stream("groups");
  const x = Float32Array.from(
    { length: 4 * rows },
    (_, i) => draws.normal() + (Math.floor(i / 4) % 3) * (i % 2),
  );
  const y = Int32Array.from({ length: rows }, (_, i) => i % 3);
  return { rows, x, y, shape: [4], labelShape: [] };
}

const data = groups(71);
const options = {
  loss: "crossEntropy",
  epochs: 3,
  batchRows: 32,
  seed: 5,
  validation: 0.2,
  optimiser: { kind: "adam", learningRate: 0.02 },
} as const;
const quiet: TrainingHooks = { batch: () => undefined, epoch: async () => true };
const network = input([4])
  .add(dense(8, { activation: "tanh" }))
  .add(dropout(0.3))
  .add(dense(3));

/** Trains with this process as the first worker. */
const trained = async (how: Partial<TrainOptions>, { net = network, hooks = quiet } = {}) =>
  runTraining(await taskOf(net, data, { ...options, ...how }), await requireRuntime(), hooks);

/** Processes of a program that a process has started. */
const startedBy = (pid: number, program: string): readonly number[] =>
  execFileSync("ps", ["-eo", "pid=,ppid=,args="], { encoding: "utf8" })
    .split("\n")
    .map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [])
    .filter(([, , parent, args]) => Number(parent) === pid && args?.includes(program))
    .map(([, id]) => Number(id));
const workersOf = (pid = process.pid): readonly number[] => startedBy(pid, "parallel/worker");

/** Whether a process is there. */
function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe("train with workers", () => {
  test("gives the weights of one worker but for rounding, the same bytes each time, and leaves no process", async () => {
    const one = await trained({ clipNorm: 0.5, l2: 0.01 });
    const two = await trained({ clipNorm: 0.5, l2: 0.01, workers: 2 });
    const three = await trained({ clipNorm: 0.5, l2: 0.01, workers: 3, accumulate: 2 });
    for (const many of [two, three]) {
      expect(Array.from(many.weights)).toBeClose(Array.from(one.weights), {
        rtol: 1e-4,
        atol: 1e-5,
      });
      const [a, b] = [many.history.at(-1), one.history.at(-1)];
      expect(a?.accuracy).toBeCloseTo(b?.accuracy ?? 0, 6);
      expect(a?.validationLoss).toBeCloseTo(b?.validationLoss ?? 0, 4);
    }
    const again = await trained({ clipNorm: 0.5, l2: 0.01, workers: 2 });
    expect(again.weights).toEqual(two.weights);
    expect(workersOf()).toEqual([]);
  });

  test("gives the weights of as many parts where batches are normalised, and the mean of the parts' moments", async () => {
    const net = input([4]).add(dense(8)).add(batchNorm()).add(dense(3));
    const parts = await trained({ accumulate: 2 }, { net });
    const two = await trained({ workers: 2 }, { net });
    expect(Array.from(two.weights)).toBeClose(Array.from(parts.weights), {
      rtol: 1e-3,
      atol: 1e-4,
    });
    expect(Array.from(two.kept).every(Number.isFinite)).toBe(true);
    expect(two.kept).not.toEqual(new Float32Array(two.kept.length));
  });

  test("ends with an error that names a worker that was killed, and leaves no other", async () => {
    let killed = 0;
    const epoch = async (): Promise<boolean> => {
      killed = workersOf()[0] ?? 0;
      process.kill(killed, "SIGKILL");
      return true;
    };
    const dying = trained({ workers: 3, epochs: 50 }, { hooks: { ...quiet, epoch } });
    await expect(dying).rejects.toMatchObject({
      code: "nn/failed-worker",
      message: expect.stringMatching(/worker \d of 3, process \d+: ended by SIGKILL/),
    });
    expect(killed).toBeGreaterThan(0);
    expect(workersOf()).toEqual([]);
  });

  test("stops early, tells progress, and is ended by a signal, in a process of its own", async () => {
    const stop = new AbortController();
    let ids: readonly number[] = [];
    const all = train(network, data, {
      ...{ ...options, epochs: 10_000, workers: 2, signal: stop.signal },
      onEpoch: ({ epoch }) => {
        if (epoch !== 2) return;
        ids = startedBy(process.pid, "trainer").flatMap((pid) => workersOf(pid));
        stop.abort(new Error("enough"));
      },
    });
    await expect(all).rejects.toThrow("enough");
    expect(ids).toHaveLength(1);
    await vi.waitFor(() => expect(ids.filter(isThere)).toEqual([]), 10_000);
    const { history } = await train(network, data, {
      ...{ ...options, epochs: 50, workers: 2 },
      stopping: { patience: 1, minDelta: 10 },
    });
    expect(history).toHaveLength(2);
  });
});
