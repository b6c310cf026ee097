/** @file Tests of updates: gradients gathered in parts, small batches, and numbers that are no longer finite. */
import { describe, expect, test } from "vitest";
import { random } from "../../core/index.ts";
import { activation } from "../layers/activation.ts";
import { residual } from "../layers/attention.ts";
import { conv2d } from "../layers/convolution.ts";
import { dense } from "../layers/dense.ts";
import { globalAveragePool } from "../layers/pooling.ts";
import { batchNorm, dropout } from "../layers/regularisation.ts";
import { input, type Network } from "../network.ts";
import { requireRuntime } from "../runtime.ts";
import type { NetworkRows } from "./feed.ts";
import { partEnds } from "./parts.ts";
import { runTraining } from "./run-training.ts";
import { batchEnds } from "./steps.ts";
import { taskOf } from "./task.ts";
import type { TrainOptions } from "./train-options.ts";

const code = (what: string) => expect.objectContaining({ code: what });

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

const data = groups(70);
const options = {
  loss: "crossEntropy",
  epochs: 2,
  batchRows: 32,
  seed: 5,
  optimiser: { kind: "adam", learningRate: 0.02 },
} as const;
const hooks = { batch: () => undefined, epoch: async () => true };

/** Trains in this process, which is quicker to start. */
const trained = async (network: Network, how: Partial<TrainOptions> = {}, rows = data) =>
  runTraining(await taskOf(network, rows, { ...options, ...how }), await requireRuntime(), hooks);

const mlp = input([4])
  .add(dense(8, { activation: "relu" }))
  .add(dense(3));

describe("train with accumulate", () => {
  test("gives the weights of one large batch, with clipping, penalties and dropout", async () => {
    const network = input([4])
      .add(dense(8, { activation: "tanh" }))
      .add(dropout(0.3))
      .add(dense(3));
    const how = { clipNorm: 0.5, l2: 0.01 } as const;
    const whole = await trained(network, how);
    for (const accumulate of [2, 3, 32]) {
      const parts = await trained(network, { ...how, accumulate });
      expect(Array.from(parts.weights)).toBeClose(Array.from(whole.weights), {
        rtol: 0,
        atol: 1e-6,
      });
      const [[first], [one]] = [parts.history, whole.history];
      expect(first?.loss).toBeClose(one?.loss ?? 0, { rtol: 1e-6 });
      expect(first?.accuracy).toBeClose(one?.accuracy ?? 0, { rtol: 1e-6 });
      expect(first?.largestNorm).toBeClose(one?.largestNorm ?? 0, { rtol: 1e-5 });
    }
  });

  test("moves the moments of batch normalisation part by part, and gives the same bytes again", async () => {
    const network = input([4]).add(dense(8)).add(batchNorm()).add(dense(3));
    const parts = await trained(network, { accumulate: 4 });
    expect(await trained(network, { accumulate: 4 })).toMatchObject({
      weights: parts.weights,
      kept: parts.kept,
    });
    expect((await trained(network)).kept).not.toEqual(parts.kept);
    const half = await trained(network, { accumulate: 4, epochs: 1 });
    const rest = await trained(network, { accumulate: 4, from: half });
    expect(rest.weights).toEqual(parts.weights);
    expect(rest.slots).toEqual(parts.slots);
  });

  test("parts rows as equally as whole rows can be, with as many as are needed", () => {
    expect(partEnds(10, 3, 1)).toEqual([3, 6, 10]);
    expect(partEnds(2, 5, 1)).toEqual([1, 2]);
    expect(partEnds(5, 5, 2)).toEqual([2, 5]);
    expect(partEnds(1, 4, 2)).toEqual([1]);
  });
});

describe("batches of few rows", () => {
  const flat = input([4]).add(dense(8)).add(batchNorm()).add(dense(3));

  test("join the batch before them where batch normalisation could not tell moments", async () => {
    expect(batchEnds(65, 32, 1)).toEqual([32, 64, 65]);
    expect(batchEnds(65, 32, 2)).toEqual([32, 65]);
    expect(batchEnds(64, 32, 2)).toEqual([32, 64]);
    const { step, kept, history } = await trained(flat, {}, groups(65));
    expect(step).toBe(4);
    expect(history.every(({ loss }) => Number.isFinite(loss))).toBe(true);
    expect(Math.min(...kept.subarray(8))).toBeGreaterThan(0.1); // no variance of a single row
  });

  test("are refused where every batch has one row, also inside a residual layer", async () => {
    const inside = input([4])
      .add(residual([dense(4), batchNorm()]))
      .add(dense(3));
    for (const network of [flat, inside]) {
      await expect(trained(network, { batchRows: 1 })).rejects.toThrow(code("nn/missing-rows"));
      await expect(trained(network, {}, groups(1))).rejects.toThrow("batchNorm over flat rows");
    }
  });

  test("are enough where a row has many places of a channel, or there is no batch normalisation", async () => {
    const images: NetworkRows = {
      rows: 1,
      x: new Float32Array(25).map((_, i) => i),
      y: Int32Array.of(1),
      shape: [1, 5, 5],
      labelShape: [],
    };
    const network = input([1, 5, 5])
      .add(conv2d(2))
      .add(batchNorm())
      .add(activation("relu"))
      .add(globalAveragePool())
      .add(dense(2));
    expect((await trained(network, {}, images)).step).toBe(2);
    expect((await trained(mlp, { batchRows: 1 }, groups(2))).step).toBe(4);
  });
});

describe("numbers that are no longer finite", () => {
  const line: NetworkRows = {
    rows: 4,
    x: Float32Array.of(1, 2, 3, 4),
    y: Float32Array.of(1, 2, 3, 4),
    shape: [1],
    labelShape: [1],
  };
  const sgd = (learningRate: number) =>
    ({ loss: "squared", optimiser: { kind: "sgd", learningRate } }) as const;
  const two = input([1]).add(dense(4)).add(dense(1));

  test("are told with the layer that gave them first", async () => {
    const state = await trained(two, { ...sgd(0.01), epochs: 1 }, line);
    const weights = state.weights.map((w, i) => (i >= 8 ? 3e38 * Math.sign(w || 1) : w * 1e5)); // the second layer's
    await expect(trained(two, { ...sgd(0.01), from: { ...state, weights } }, line)).rejects.toThrow(
      /the first that is not finite: what layer "2 dense" gives/,
    );
    const lost = state.weights.map((w, i) => (i === 1 ? Number.NaN : w));
    await expect(
      trained(two, { ...sgd(0.01), from: { ...state, weights: lost } }, line),
    ).rejects.toThrow(
      /the loss is NaN in epoch 2, step 1; .* the weights "1 dense\/kernel", before the step/,
    );
  });

  test("are told with the weight whose gradient is not finite, or is the largest", async () => {
    const far = { ...line, x: line.x.map((v) => v * 1e12), y: line.y.map((v) => v * 1e12) };
    await expect(trained(two, sgd(0.01), far)).rejects.toThrow(
      /norm is Infinity in epoch 1, step 1; .*no single number: the largest gradient is that of "\d dense\/kernel"/,
    );
    const farther = { ...line, x: line.x.map((v) => v * 1e18), y: line.y.map((v) => v * 1e18) };
    const state = await trained(two, { ...sgd(0.01), epochs: 1 }, line);
    const steep = state.weights.map((w, i) => (i < 8 ? w / 1000 : w * 1000));
    await expect(
      trained(two, { ...sgd(0.01), accumulate: 2, from: { ...state, weights: steep } }, farther),
    ).rejects.toThrow(/the gradient of "1 dense\/kernel"/);
  });
});
