/** @file Tests of what a training may not do silently: go on from nowhere, answer with nothing, learn from what is no label. */
import { describe, expect, test } from "vitest";
import { random } from "../../core/index.ts";
import {
  batchNorm,
  conv2d,
  dense,
  embedding,
  flatten,
  input,
  layerNorm,
  type NetworkRows,
  stepDense,
  type TrainOptions,
  train,
} from "../index.ts";

const code = (what: string) => expect.objectContaining({ code: what });
const draws = random(3).stream("rows");
const points: NetworkRows = {
  rows: 64,
  x: Float32Array.from({ length: 128 }, () => draws.normal()),
  shape: [2],
  y: Int32Array.from({ length: 64 }, (_, i) => i % 2),
  labelShape: [],
};
const mlp = () =>
  input([2])
    .add(dense(6, { activation: "relu" }))
    .add(dense(2));
const how = { loss: "crossEntropy", seed: 4 } as const;

describe("train", () => {
  test("goes on from where early stopping ended to the same bytes, though it answers with the best weights", async () => {
    const rule = { validation: 0.3, optimiser: { kind: "adam", learningRate: 0.05 } } as const;
    const stopped = await train(mlp(), points, {
      ...how,
      ...rule,
      epochs: 60,
      stopping: { patience: 2 },
    });
    const { length } = stopped.history;
    expect(length).toBeLessThan(60);
    expect(stopped.vectors.weights).toEqual(stopped.state.best?.weights);
    const never = await train(mlp(), points, { ...how, ...rule, epochs: length + 3 });
    const more = await train(mlp(), points, {
      ...how,
      ...rule,
      epochs: length + 3,
      from: stopped.state,
    });
    expect(more.history).toHaveLength(length + 3);
    expect(more.state.weights).toEqual(never.state.weights);
    const patient = await train(mlp(), points, {
      ...how,
      ...rule,
      epochs: length + 3,
      from: stopped.state,
      stopping: { patience: 50 },
    });
    expect(patient.history).toHaveLength(length + 3);
  });

  test("refuses weights that the last step made too large to answer with", async () => {
    const last = train(mlp(), points, {
      ...how,
      epochs: 1,
      batchRows: 64,
      optimiser: { kind: "sgd", learningRate: 1e38 },
    });
    await expect(last).rejects.toThrow(code("nn/failed-training"));
  });

  test("watches accuracy upwards, and refuses to watch what is not there", async () => {
    const stopping = { monitor: "validationAccuracy", patience: 3 };
    const trained = await train(mlp(), points, {
      ...how,
      epochs: 12,
      validation: 0.3,
      stopping,
      optimiser: { kind: "adam", learningRate: 0.03 },
    });
    const best = Math.max(
      ...trained.history.map(({ validationAccuracy }) => validationAccuracy ?? 0),
    );
    expect(trained.state.stopping?.best).toBe(best);
    for (const monitor of ["val_loss", "validationLoss"])
      await expect(train(mlp(), points, { ...how, stopping: { monitor } })).rejects.toThrow(
        code("option/out-of-range"),
      );
  });

  test("refuses probabilities where the loss takes logits, labels that are no truths, and codes that no table has", async () => {
    const twice = [
      mlp().add(dense(2, { activation: "softmax" })),
      input([2]).add(dense(1, { activation: "sigmoid" })),
    ];
    await expect(train(twice[0] ?? mlp(), points, how)).rejects.toThrow(code("nn/mismatch-logits"));
    const truths = {
      ...points,
      y: Float32Array.from({ length: 64 }, (_, i) => i % 2),
      labelShape: [1],
    };
    await expect(train(twice[1] ?? mlp(), truths, { loss: "binaryCrossEntropy" })).rejects.toThrow(
      code("nn/mismatch-logits"),
    );
    const odd = { ...truths, y: truths.y.map((v) => 7 * v) };
    for (const loss of ["binaryCrossEntropy", "hinge"] as const)
      await expect(train(input([2]).add(dense(1)), odd, { loss })).rejects.toThrow(
        code("nn/out-of-range-label"),
      );
    const steps = input([3]).add(embedding(5, 2)).add(flatten()).add(dense(2));
    const codes = (...x: number[]): NetworkRows => ({
      rows: 1,
      x: Float32Array.from(x),
      shape: [3],
      y: Int32Array.of(1),
      labelShape: [],
    });
    for (const x of [
      [0, 1, 5],
      [0, -1, 2],
      [0, 2.5, 1],
    ])
      await expect(train(steps, codes(...x), how)).rejects.toThrow(code("nn/mismatch-rows"));
    const trained = await train(steps, codes(0, 1, 4), { ...how, epochs: 1 });
    await expect(trained.predict(Float32Array.of(0, 1, 5))).rejects.toThrow(
      code("nn/mismatch-rows"),
    );
  });

  test("a part's gradient counts as much as its labels do: steps without one do not", async () => {
    const network = input([4]).add(embedding(6, 5)).add(layerNorm()).add(stepDense(6));
    const x = Float32Array.from({ length: 32 }, () => draws.below(6));
    const y = Int32Array.from(x, (v, i) => (i % 4 > 3 - Math.floor(i / 10) ? -1 : (v + 1) % 6));
    const rows = { rows: 8, x, shape: [4], y, labelShape: [4] };
    const step = (accumulate: number) =>
      train(network, rows, {
        ...how,
        epochs: 1,
        batchRows: 8,
        accumulate,
        optimiser: { kind: "sgd", learningRate: 1 },
      });
    const [whole, parted] = [await step(1), await step(4)];
    expect(parted.state.weights).toBeClose(whole.state.weights, { rtol: 1e-5, atol: 1e-6 });
    expect([parted.history[0]?.loss ?? 0]).toBeClose([whole.history[0]?.loss ?? 1], { rtol: 1e-6 });
  });

  test("l1 and l2 fall on kernels only, weightDecay on every weight", async () => {
    const network = input([2]).add(embedding(5, 3)).add(layerNorm()).add(flatten()).add(dense(2));
    const rows: NetworkRows = {
      ...{ rows: 2, x: Float32Array.of(0, 1, 1, 0), y: Int32Array.of(0, 1) }, // of the codes 0 and 1
      ...{ shape: [2], labelShape: [] },
    };
    const weightsOf = async (options: Partial<TrainOptions>) => {
      const { state } = await train(network, rows, { ...how, epochs: 1, ...options });
      const of = (name: string): Float32Array => {
        const { offset = 0, length = 0 } =
          network.weights.find((spec) => spec.name.endsWith(name)) ?? {};
        return state.weights.slice(offset, offset + length);
      };
      const [table, gamma, kernel, bias] = ["/table", "/gamma", "/kernel", "dense/bias"].map(of);
      return { others: [table, gamma, bias], unseen: table?.slice(6), kernel };
    };
    const sgd = { kind: "sgd", learningRate: 0.1 } as const;
    const free = await weightsOf({ optimiser: sgd });
    for (const penalty of [{ l1: 1 }, { l2: 1 }]) {
      const penalised = await weightsOf({ optimiser: sgd, ...penalty });
      expect(penalised.others).toEqual(free.others);
      expect(penalised.kernel).not.toEqual(free.kernel);
    }
    const adamw = { kind: "adamw", learningRate: 0.1 } as const;
    const kept = await weightsOf({ optimiser: { ...adamw, weightDecay: 0 } });
    const decayed = await weightsOf({ optimiser: { ...adamw, weightDecay: 0.5 } });
    expect(decayed.unseen).toBeClose(kept.unseen?.map((w) => 0.95 * w) ?? [], { rtol: 1e-5 });
  });

  test("batch normalisation that is frozen keeps its moments, and takes them", async () => {
    const network = input([1, 4, 4]).add(conv2d(2)).add(batchNorm()).add(flatten()).add(dense(2));
    const images = {
      ...points,
      x: Float32Array.from({ length: 64 * 16 }, () => draws.normal()),
      shape: [1, 4, 4],
    };
    const first = await train(network, images, { ...how, epochs: 2 });
    const frozen = (name: string): boolean => Number.parseInt(name, 10) < 3;
    const { state } = first;
    const more = await train(network, images, { ...how, epochs: 4, from: state, frozen });
    expect(more.vectors.kept).toEqual(first.vectors.kept);
  });

  test("nearly all rows may judge, if one is left to learn from", async () => {
    const pair = { ...points, rows: 2, x: points.x.slice(0, 4), y: points.y.slice(0, 2) };
    expect((await train(mlp(), pair, { ...how, epochs: 1, validation: 0.9 })).history).toHaveLength(
      1,
    );
  });
});
