/** @file Tests of training: what is learned, that it can be repeated and gone on with, and what is refused. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { random } from "../../core/index.ts";
import { activation } from "../layers/activation.ts";
import { flatten } from "../layers/arrangement.ts";
import { conv2d } from "../layers/convolution.ts";
import { dense } from "../layers/dense.ts";
import { globalAveragePool, maxPool2d } from "../layers/pooling.ts";
import { batchNorm, dropout, layerNorm } from "../layers/regularisation.ts";
import { input } from "../network.ts";
import type { NetworkRows } from "./feed.ts";
import { orderOf } from "./task.ts";
import { train } from "./train.ts";
import { trainInProcess } from "./train-in-process.ts";

const code = (what: string) => expect.objectContaining({ code: what });

/** Points of a plane in three classes, one around the others. */
function rings(rows: number): NetworkRows {
  const draws = random(3).stream("rings");
  const x = new Float32Array(2 * rows);
  const y = Int32Array.from({ length: rows }, (_, i) => {
    const [radius, angle] = [(i % 3) + 0.5 + 0.15 * draws.normal(), 2 * Math.PI * draws.next()];
    x.set([radius * Math.cos(angle), radius * Math.sin(angle)], 2 * i);
    return i % 3;
  });
  return { rows, x, y, shape: [2], labelShape: [] };
}

/** Images of 6 × 6 bytes with a bright row or a bright column. */
function bars(rows: number): NetworkRows {
  const draws = random(4).stream("bars");
  const x = new Uint8Array(36 * rows);
  const y = Int32Array.from({ length: rows }, (_, i) => {
    const at = draws.below(6);
    for (let j = 0; j < 36; j++) {
      const isOn = i % 2 === 0 ? Math.floor(j / 6) === at : j % 6 === at;
      x[36 * i + j] = isOn ? 200 + draws.below(56) : draws.below(80);
    }
    return i % 2;
  });
  return { rows, x, y, shape: [1, 6, 6], labelShape: [] };
}

const mlp = input([2])
  .add(dense(16, { activation: "tanh" }))
  .add(dense(3));
const options = {
  loss: "crossEntropy",
  optimiser: { kind: "adam", learningRate: 0.02 },
  epochs: 30,
  seed: 5,
} as const;

describe("train", () => {
  test("learns what no line parts, and tells probabilities", async () => {
    const trained = await train(mlp, rings(600), { ...options, validation: 0.2 });
    const { accuracy, loss } = await trained.evaluate(rings(300));
    expect(accuracy).toBeGreaterThan(0.95);
    expect(loss).toBeLessThan(0.3);
    const told = await trained.predict(Float32Array.of(0.5, 0, 0, 2.5));
    expect(Array.from(told).map((p) => Math.round(p))).toEqual([1, 0, 0, 0, 0, 1]);
    expect((told[0] ?? 0) + (told[1] ?? 0) + (told[2] ?? 0)).toBeClose(1, { rtol: 1e-6 });
    const [first, last] = [trained.history[0], trained.history.at(-1)];
    expect(trained.history).toHaveLength(30);
    expect(last?.loss).toBeLessThan((first?.loss ?? 0) / 2);
    expect(last?.validationAccuracy).toBeGreaterThan(0.9);
  });

  test("learns images with convolutions, pooling, normalisation and dropout", async () => {
    const network = input([1, 6, 6])
      .add(conv2d(8, { padding: "same" }))
      .add(batchNorm())
      .add(activation("relu"))
      .add(maxPool2d())
      .add(conv2d(8, { activation: "relu" }))
      .add(globalAveragePool())
      .add(dropout(0.2))
      .add(dense(2));
    const trained = await train(network, bars(400), { ...options, epochs: 25 });
    expect((await trained.evaluate(bars(200))).accuracy).toBeGreaterThan(0.95);
  });

  test("learns numbers, by every optimiser", async () => {
    const draws = random(8).stream("line");
    const x = Float32Array.from({ length: 200 }, () => draws.next());
    const data: NetworkRows = {
      rows: 200,
      x,
      y: x.map((v) => 3 * v - 1),
      shape: [1],
      labelShape: [1],
    };
    const line = input([1]).add(dense(1));
    for (const optimiser of [
      { kind: "sgd", learningRate: 0.2 },
      { kind: "momentum", learningRate: 0.05 },
      { kind: "momentum", learningRate: 0.05, nesterov: true },
      { kind: "rmsprop", learningRate: 0.02 },
      { kind: "adagrad", learningRate: 0.5 },
      { kind: "adam", learningRate: 0.05 },
      { kind: "adamw", learningRate: 0.05, weightDecay: 0.001 },
    ] as const) {
      const trained = await train(line, data, { loss: "squared", optimiser, epochs: 40 });
      expect(Array.from(trained.state.weights)).toBeClose([3, -1], { rtol: 0, atol: 0.1 });
    }
  });

  test("gives the same weights for the same seed, and others for another", async () => {
    const network = input([2]).add(dense(8)).add(layerNorm()).add(dropout(0.3)).add(dense(3));
    const weights = async (seed: number) =>
      (await train(network, rings(90), { ...options, epochs: 2, seed })).state.weights;
    expect(await weights(1)).toEqual(await weights(1));
    expect(await weights(2)).not.toEqual(await weights(1));
  });

  test("goes on from a checkpoint to the same bytes as without a stop", async () => {
    const network = input([2]).add(dense(8)).add(batchNorm()).add(dropout(0.3)).add(dense(3));
    const how = { ...options, validation: 0.2, stopping: { patience: 50 } };
    const whole = await train(network, rings(90), { ...how, epochs: 6 });
    const half = await train(network, rings(90), {
      ...how,
      epochs: 6,
      onEpoch: ({ epoch }) => epoch < 3,
    });
    expect(half.history).toHaveLength(3);
    const rest = await train(network, rings(90), { ...how, epochs: 6, from: half.state });
    expect(rest.history).toHaveLength(6);
    expect(rest.state.weights).toEqual(whole.state.weights);
    expect(rest.state.kept).toEqual(whole.state.kept);
    expect(rest.state.slots).toEqual(whole.state.slots);
  });

  test("stops when it gets no better, with the weights of the best epoch", async () => {
    const stopping = { patience: 2, monitor: "validationLoss" };
    const rate = { kind: "sgd", learningRate: 4 } as const; // too large to settle
    const trained = await train(mlp, rings(120), {
      ...options,
      optimiser: rate,
      epochs: 200,
      validation: 0.3,
      stopping,
    });
    expect(trained.history.length).toBeLessThan(200);
    const best = Math.min(
      ...trained.history.map(({ validationLoss }) => validationLoss ?? Infinity),
    );
    expect(trained.state.stopping?.best).toBe(best);
    expect(trained.history[(trained.state.stopping?.bestEpoch ?? 0) - 1]?.validationLoss).toBe(
      best,
    );
  });

  test("cuts gradients, decays weights and slows down", async () => {
    const wide = await train(mlp, rings(90), { ...options, epochs: 3, l2: 0.5, clipNorm: 0.01 });
    const free = await train(mlp, rings(90), { ...options, epochs: 3 });
    const size = (weights: Float32Array): number => weights.reduce((sum, w) => sum + w * w, 0);
    expect(size(wide.state.weights)).toBeLessThan(size(free.state.weights));
    const slowed = await train(mlp, rings(90), {
      ...options,
      epochs: 3,
      schedule: { kind: "cosine", warmUp: 2 },
    });
    const rates = slowed.history.map(({ learningRate }) => learningRate);
    expect(rates).toEqual(rates.toSorted((a, b) => b - a));
    expect(rates[2]).toBeLessThan(0.01);
  });

  test("keeps the event loop free, tells its progress, and ends when it is told to", async () => {
    const stop = new AbortController();
    const seen: number[] = [];
    const training = train(mlp, rings(3000), {
      ...options,
      epochs: 1000,
      signal: stop.signal,
      progress: ({ done }) => {
        seen.push(done);
        if (seen.length === 20) stop.abort(new Error("enough"));
      },
    });
    await expect(training).rejects.toThrow("enough");
    expect(seen.slice(0, 3)).toEqual([1, 2, 3]);
  });

  test("stops where numbers explode, and says where", async () => {
    const x = Float32Array.from({ length: 64 }, (_, i) => i);
    const data: NetworkRows = { rows: 64, x, y: x, shape: [1], labelShape: [1] };
    const steep = { kind: "sgd", learningRate: 10 } as const;
    await expect(
      train(input([1]).add(dense(1)), data, { loss: "squared", optimiser: steep }),
    ).rejects.toMatchObject({
      code: "nn/failed-training",
      message: expect.stringMatching(/is (NaN|Infinity) in epoch \d, step \d/),
    });
  });

  test("refuses rows and labels that do not suit the network", async () => {
    const data = rings(90);
    const refused = async (some: Partial<NetworkRows>, what: string) =>
      expect(train(mlp, { ...data, ...some }, options)).rejects.toThrow(code(what));
    await refused({ shape: [3] }, "nn/mismatch-rows");
    await refused({ rows: 0, x: new Float32Array(0), y: new Int32Array(0) }, "nn/missing-rows");
    await refused(
      { y: data.y.map((label, i) => (i === 7 ? 3 : label)) as Int32Array },
      "nn/out-of-range-label",
    );
    await refused({ y: Float32Array.from(data.y) }, "nn/mismatch-rows");
    await refused({ x: new Float32Array(180).fill(Number.NaN) }, "nn/mismatch-rows");
    const other = await train(input([2]).add(dense(3)), data, { ...options, epochs: 1 });
    await expect(train(mlp, data, { ...options, from: other.state })).rejects.toThrow(
      code("nn/mismatch-checkpoint"),
    );
    await expect(train(mlp, data, { ...options, epochs: 0 })).rejects.toThrow(
      code("option/out-of-range"),
    );
    await expect(
      (await train(mlp, data, { ...options, epochs: 1 })).predict(Float32Array.of(1, 2, 3)),
    ).rejects.toThrow(code("nn/mismatch-rows"));
    expect(flatten().kind).toBe("flatten");
  });

  test("takes one row, and one sample in the last batch", async () => {
    const one = await train(mlp, rings(1), { ...options, epochs: 1 });
    expect(one.history).toHaveLength(1);
    const odd = await train(mlp, rings(33), { ...options, epochs: 1, batchRows: 32 });
    expect(odd.history[0]?.loss).toBeGreaterThan(0);
  });
});

describe("trainInProcess", () => {
  const order = orderOf(mlp, rings(30), { ...options, epochs: 1 });
  const hooks = { batch: () => undefined, epoch: async () => true };

  test("fails when its process dies, instead of waiting for it", async () => {
    const folder = await mkdtemp(join(tmpdir(), "millrace-trainer-"));
    const file = join(folder, "dying.mjs");
    await writeFile(file, "process.exit(3)");
    const dying = trainInProcess(await order, hooks, { file: pathToFileURL(file) });
    await expect(dying).rejects.toThrow(code("nn/failed-worker"));
    await expect(dying).rejects.toThrow("exit code 3");
    await rm(folder, { recursive: true });
  });

  test("passes on what a hook throws", async () => {
    const epoch = async (): Promise<boolean> => {
      throw new Error("nobody listens");
    };
    await expect(trainInProcess(await order, { ...hooks, epoch })).rejects.toThrow(
      "nobody listens",
    );
  });
});
