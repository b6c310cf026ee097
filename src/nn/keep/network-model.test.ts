/** @file Tests of networks as models among others: kept, registered and served, with the bits that were trained. */
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { random } from "../../core/index.ts";
import type { ModelFiles } from "../../flow.ts";
import { endpoint, loggedSignature } from "../../serve/index.ts";
import { loadRuntime, ops, type Tensor } from "../../tensor/index.ts";
import { openWorkspace } from "../../workspace/index.ts";
import {
  activation,
  attention,
  averagePool2d,
  batchNorm,
  conv2d,
  convTranspose2d,
  dense,
  dropout,
  embedding,
  flatten,
  globalAveragePool,
  gru,
  input,
  layerNorm,
  lstm,
  maxPool2d,
  type Network,
  placeEmbedding,
  reshape,
  residual,
  type Scope,
  simpleRnn,
  stepDense,
  type TrainedNetwork,
  train,
  upsample2d,
} from "../index.ts";
import { networkFrom } from "./layer-of.ts";
import { loadNetwork, networkModel } from "./network-model.ts";

const code = (what: string) => expect.objectContaining({ code: what });
const draws = random(5).stream("images");
const pixels = Uint8Array.from({ length: 60 * 36 }, () => draws.below(256));
const images = {
  rows: 60,
  x: pixels,
  shape: [1, 6, 6],
  y: Int32Array.from({ length: 60 }, (_, i) => i % 3),
  labelShape: [],
};
const cnn = () =>
  input([1, 6, 6])
    .add(conv2d(3, { activation: "relu" }))
    .add(batchNorm())
    .add(maxPool2d())
    .add(flatten())
    .add(dense(3));
const learned = (network: Network = cnn()) =>
  train(network, images, { loss: "crossEntropy", epochs: 2 });
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");
const rowsOf = (count: number) =>
  Array.from({ length: count }, (_, i) => ({
    image: base64(pixels.subarray(36 * i, 36 * (i + 1))),
  }));
const named = { input: "image", bytes: true, output: "digit", classes: ["a", "b", "c"] } as const;

describe("networkFrom", () => {
  test("makes every kind of layer again, with the same weights in the same places", () => {
    const image = input([2, 8, 8])
      .add(conv2d(4, { padding: "same", stride: 2, activation: "relu" }))
      .add(convTranspose2d(3))
      .add(batchNorm())
      .add(averagePool2d())
      .add(upsample2d())
      .add(maxPool2d(2, 1))
      .add(activation("gelu"));
    const networks: Network[] = [
      ...[image.add(globalAveragePool()).add(dense(4)).add(dropout(0.2)), image.add(flatten())],
      input([6])
        .add(embedding(5, 4))
        .add(placeEmbedding())
        .add(residual([layerNorm(), attention({ heads: 2, causal: true })]))
        .add(stepDense(3, "relu"))
        .add(lstm(4, { sequences: true }))
        .add(gru(3, { sequences: true }))
        .add(simpleRnn(2)),
      input([6])
        .add(reshape([2, 3]))
        .add(attention({ heads: 1, keys: 7 })),
    ];
    for (const { inputShape, layers, weights, kept } of networks) {
      const again = networkFrom(inputShape, JSON.parse(JSON.stringify(layers)));
      expect(again.weights).toEqual(weights);
      expect(again.kept).toEqual(kept);
    }
    expect(() => networkFrom([3], [{ kind: "dence", options: {} }])).toThrow(
      code("nn/unknown-layer"),
    );
    expect(() => networkFrom([3], [{ kind: "dence", options: {} }])).toThrow(
      /unknown layer "dence".*Did you mean "dense"/,
    );
  });
});

describe("networkModel", () => {
  test("law: loaded ≡ trained, one by one ≡ all, and the ONNX file tells the same bits of bytes", async () => {
    const trained = await learned();
    const model = networkModel(trained, named);
    const told = await trained.predict(pixels);
    const rows = rowsOf(60);
    const all = await model.predictAll(rows);
    expect(all.flatMap(({ probabilities }) => Object.values(probabilities ?? {}))).toEqual([
      ...told,
    ]);
    const loaded = loadNetwork(model.files());
    expect(await loaded.predictAll(rows)).toEqual(all);
    expect([loaded.hash, loaded.signature, loaded.trained.history]).toEqual([
      model.hash,
      model.signature,
      trained.history,
    ]);
    expect(await Promise.all(rows.slice(0, 4).map((row) => model.predict(row)))).toEqual(
      all.slice(0, 4),
    );
    const runtime = await loadRuntime();
    const session = await runtime?.open(model.files()["model.onnx"] ?? new Uint8Array());
    const found = await session?.run({
      image: { type: "uint8", shape: [60, 1, 6, 6], data: pixels },
    });
    expect([...(found?.["y"]?.data ?? [])]).toEqual([...told]);
    await session?.close();
  });

  test("says what it takes and tells: classes, truths, numbers, and arrays of anything else", async () => {
    const output = (trained: TrainedNetwork, options = {}) =>
      networkModel(trained, options).signature.output;
    const numbers = { rows: 8, x: new Float32Array(16), shape: [2], labelShape: [1] };
    const y = new Float32Array(8);
    const told = async (
      network: Network,
      loss: "squared" | "binaryCrossEntropy",
      labelShape = [1],
    ) =>
      train(
        network,
        { ...numbers, y: new Float32Array(8 * (labelShape[0] ?? 1)), labelShape },
        { loss, epochs: 1 },
      );
    expect(y).toHaveLength(8);
    const number = await told(input([2]).add(dense(1)), "squared");
    const truth = await told(input([2]).add(dense(1)), "binaryCrossEntropy");
    const array = await told(input([2]).add(dense(2)), "squared", [2]);
    expect(output(await learned(), named)).toEqual({
      name: "digit",
      kind: "category",
      levels: ["a", "b", "c"],
    });
    expect(output(number)).toEqual({ name: "y", kind: "float" });
    expect(output(truth)).toEqual({ name: "y", kind: "bool" });
    expect(output(array)).toMatchObject({ kind: "text", tensor: { type: "float32", shape: [2] } });
    const x = base64(new Uint8Array(new Float32Array([1, 2]).buffer));
    expect(await networkModel(number).predict({ x })).toMatchObject({
      value: expect.any(Number),
      probability: null,
    });
    expect(await networkModel(truth).predict({ x })).toMatchObject({
      value: expect.any(Boolean),
      probability: expect.any(Number),
    });
    expect(await networkModel(array).predict({ x })).toMatchObject({
      value: expect.stringMatching(/=$/),
      probability: null,
    });
    expect(() => networkModel(number, { classes: ["a"] })).toThrow(code("nn/mismatch-output"));
    await expect(networkModel(number).predict({ x: "AAAA" })).rejects.toThrow(
      code("nn/mismatch-rows"),
    );
  });

  test("refuses to answer where a network says NaN, instead of telling the first class", async () => {
    const numbers = { rows: 3, x: new Float32Array(6), shape: [2], labelShape: [] };
    const rows = { ...numbers, y: Int32Array.of(0, 1, 2) };
    const classes = await train(input([2]).add(dense(3)), rows, {
      loss: "crossEntropy",
      epochs: 1,
    });
    const model = networkModel(classes);
    const cell = (...values: readonly number[]) => ({
      x: base64(new Uint8Array(Float32Array.from(values).buffer)),
    });
    await expect(model.predict(cell(1, 2))).resolves.toMatchObject({ value: expect.any(String) });
    const asked = model.predictAll([cell(1, 2), cell(1, Number.NaN)]);
    await expect(asked).rejects.toThrow(code("nn/failed-answer"));
    await expect(asked).rejects.toThrow("NaN for y of row 1");
  });

  test("refuses classes that do not fit, and files that are damaged or of a newer format", async () => {
    const trained = await learned();
    for (const classes of [
      ["a", "b"],
      ["a", "a", "b"],
    ])
      expect(() => networkModel(trained, { classes })).toThrow(code("nn/mismatch-output"));
    const files = networkModel(trained, named).files();
    const whole = JSON.parse(new TextDecoder().decode(files["network.json"])) as Record<
      string,
      unknown
    >;
    const changed = (change: object): ModelFiles => ({
      ...files,
      "network.json": new TextEncoder().encode(JSON.stringify({ ...whole, ...change })),
    });
    expect(() => loadNetwork(changed({ format: 2 }))).toThrow(code("nn/unsupported-format"));
    const damaged = [
      ...[
        {},
        { "network.json": new Uint8Array([123]) },
        changed({ format: -1 }),
        changed({ layers: 3 }),
      ],
      ...[
        changed({ layers: [{ kind: "dence", options: {} }] }),
        changed({ loss: "none" }),
        changed({ classes: ["a"] }),
      ],
      ...[
        changed({ inputShape: [1, 5, 5] }),
        changed({ weights: null }),
        { ...files, "history.json": new Uint8Array([51]) },
      ],
    ];
    for (const one of damaged) expect(() => loadNetwork(one)).toThrow(code("nn/corrupt-files"));
    const own = changed({ layers: [{ kind: "gain", options: {} }] });
    expect(() => loadNetwork(own)).toThrow(/unknown layer "gain".*[^.]\. Take another copy\.$/);
  });

  test("refuses a layer of one's own before anything is kept, inside another too", async () => {
    const gain = {
      kind: "gain",
      options: {},
      build: (x: Tensor, scope: Scope) =>
        ops.multiply(x, scope.weight("gain", [2], { kind: "constant", value: 1 })),
    };
    const numbers = { rows: 3, x: new Float32Array(6), shape: [2], labelShape: [] };
    const rows = { ...numbers, y: Int32Array.of(0, 1, 2) };
    const modelOf = async (network: Network) =>
      networkModel(await train(network, rows, { loss: "crossEntropy", epochs: 1 }));
    const refused = modelOf(input([2]).add(gain).add(dense(3)));
    await expect(refused).rejects.toThrow(code("nn/unsupported-layer"));
    await expect(refused).rejects.toThrow(/"1 gain" is a layer of your own.*trained\.onnx\(\)/);
    const inside = input([2])
      .add(residual([gain]))
      .add(dense(3));
    await expect(modelOf(inside)).rejects.toThrow(/"1 residual\/gain"/);
  });

  test("is logged, registered, loaded and served as every other model, and its answers are logged", async () => {
    const model = networkModel(await learned(), named);
    await using workspace = await openWorkspace(await mkdtemp(join(tmpdir(), "millrace-nn-")));
    await using run = await workspace.tracking.startRun({ experiment: "digits", name: "cnn" });
    await run.logModel(model, { inputExample: rowsOf(1) });
    expect(await run.artifacts()).toContain("model/model.onnx");
    await workspace.registry.register("digits", {
      model,
      runId: run.id,
      alias: { name: "champion" },
    });
    const { model: stored } = await workspace.registry.load("digits", "champion");
    expect(stored.hash).toBe(model.hash);
    const { lake } = workspace;
    const log = {
      lake,
      table: "serving.digits_log",
      signature: loggedSignature(stored),
      folder: join(workspace.path, "serving"),
    };
    const { openInferenceLog } = await import("../../serve/index.ts");
    await using kept = await openInferenceLog(log);
    const served = endpoint({ name: "digits", model: stored, version: 1, log: kept });
    const image = Array.from({ length: 6 }, (_, i) => [...pixels.subarray(6 * i, 6 * (i + 1))]);
    const [answer] = await served.answer([{ image }]);
    expect(answer?.prediction).toEqual(await model.predict(rowsOf(1)[0] ?? { image: "" }));
    await expect(served.answer([{ image: [1, 2] }])).rejects.toThrow(
      code("serve/mismatch-request"),
    );
  });
});
