/** @file Tests of layers models of TensorFlow.js: what they become, and what is refused. tests/interop/tfjs.test.ts has the peer. */
import { describe, expect, test } from "vitest";
import { channelsFirst, importTensorFlow } from "./import-tensorflow.ts";

const code = (what: string) => expect.objectContaining({ code: what });
type Settings = Readonly<Record<string, unknown>>;

const layer = (kind: string, config: Settings) => ({ class_name: kind, config });
const dense = (name: string, units: number, more: Settings = {}) =>
  layer("Dense", { name, units, activation: "linear", ...more });
const spec = (name: string, shape: readonly number[], more: Settings = {}) => ({
  name,
  shape,
  dtype: "float32",
  ...more,
});

/** A model.json of layers and weights, as Keras' converter writes it. */
const file = (layers: readonly unknown[], weights: readonly unknown[]) => ({
  modelTopology: { model_config: { class_name: "Sequential", config: { name: "s", layers } } },
  weightsManifest: [{ paths: ["group1-shard1of1.bin"], weights }],
});
const bytes = (...values: readonly number[]): Uint8Array =>
  new Uint8Array(Float32Array.from(values).buffer);
const start = { batch_input_shape: [null, 2] };
const weights = [spec("a/kernel", [2, 2]), spec("a/bias", [2])];
const numbers = bytes(1, 2, 3, 4, 0.5, -0.5);

describe("importTensorFlow", () => {
  test("makes a trained network of layers and weights", async () => {
    const network = importTensorFlow(file([dense("a", 2, start)], weights), numbers);
    expect(Array.from(await network.predict(Float32Array.of(1, 10)))).toEqual([31.5, 41.5]);
    expect(network).toMatchObject({ loss: "squared", device: null, layers: [{ kind: "dense" }] });
    const truth = importTensorFlow(
      file([dense("a", 2, { ...start, activation: "sigmoid" })], weights),
      numbers,
    );
    expect(truth.loss).toBe("binaryCrossEntropy");
    expect(Array.from(await truth.predict(Float32Array.of(0, 0)))).toBeClose(
      [1 / (1 + Math.exp(-0.5)), 1 / (1 + Math.exp(0.5))],
      { rtol: 1e-6 },
    );
  });

  test("refuses files whose weights are fewer, more, missing or of other types", () => {
    const layers = [dense("a", 2, start)];
    const refused = (model: unknown, some = numbers) => expect(() => importTensorFlow(model, some));
    refused(file(layers, weights), numbers.subarray(4)).toThrow(code("nn/corrupt-model"));
    refused(file(layers, weights), bytes(1, 2, 3, 4, 5, 6, 7)).toThrow("expected 24 bytes, got 28");
    refused(file(layers, [spec("a/kernel", [2, 3])])).toThrow("expected a weight bias, got kernel");
    refused(file(layers, [spec("a/kernel", [1, 2]), spec("a/bias", [4])])).toThrow(
      code("nn/corrupt-model"),
    );
    refused({}).toThrow("modelTopology does not fit");
    refused(file(layers, [spec("a/kernel", [2, 3], { quantization: { dtype: "uint8" } })])).toThrow(
      "quantised numbers",
    );
    refused(file(layers, [spec("a/kernel", [2, 3], { dtype: "int32" })])).toThrow(
      code("nn/unsupported-model"),
    );
  });

  test("refuses layers that it does not know, or that compute something else, by name", () => {
    const refused = (...layers: readonly unknown[]) =>
      expect(() => importTensorFlow(file(layers, []), bytes()));
    refused(layer("GRU", { name: "g", batch_input_shape: [null, 3, 2] })).toThrow(
      "the layer g (GRU); expected layers of InputLayer, Dense",
    );
    for (const kind of ["constructor", "toString", "__proto__"])
      refused(layer(kind, { name: "x", batch_input_shape: [null, 3] })).toThrow(
        `the layer x (${kind}); expected layers of`,
      );
    const steps = { batch_input_shape: [null, 3, 2], units: 2, activation: "tanh" };
    refused(layer("LSTM", { name: "l", ...steps, recurrent_activation: "hard_sigmoid" })).toThrow(
      'the layer l with recurrent_activation "hard_sigmoid"; expected recurrent_activation "sigmoid"',
    );
    const image = { batch_input_shape: [null, 5, 5, 2] };
    refused(layer("Flatten", { name: "f", ...image })).toThrow("an image laid flat as its output");
    refused(
      layer("MaxPooling2D", { name: "m", ...image, pool_size: [2, 2], padding: "same" }),
    ).toThrow('with padding "same"');
    refused(layer("MaxPooling2D", { name: "m", ...image, pool_size: [2, 3] })).toThrow(
      "the same for rows and columns",
    );
    refused(dense("a", 2, { ...start, activation: "relu6" })).toThrow("the activation relu6");
    const branch = {
      ...dense("b", 2),
      inbound_nodes: [
        [
          ["a", 0, 0, {}],
          ["c", 0, 0, {}],
        ],
      ],
    };
    refused(dense("a", 2, start), branch).toThrow(
      "which follows a and c; expected layers one after the other",
    );
  });
});

describe("channelsFirst", () => {
  test("turns rows of images", () => {
    const x = Float32Array.of(1, 10, 2, 20, 3, 30, 4, 40, 5, 50, 6, 60); // two images of 1 × 3, 2 channels
    expect(Array.from(channelsFirst(x, [1, 3, 2]))).toEqual([
      1, 2, 3, 10, 20, 30, 4, 5, 6, 40, 50, 60,
    ]);
  });
});
