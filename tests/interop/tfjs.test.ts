/** @file Layers models of TensorFlow.js, saved by itself: imported, they say what they said there. */
import { createRequire } from "node:module";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { random } from "../../src/core/index.ts";
import { channelsFirst, importTensorFlow, train } from "../../src/nn/index.ts";
import { npmPackage } from "./npm.ts";

const installed = npmPackage("@tensorflow/tfjs");
if (installed.missing !== undefined)
  process.stdout.write(`TensorFlow.js interop skipped: ${installed.missing}\n`);

interface Tensor {
  data(): Promise<Float32Array>;
}
interface Model {
  predict(x: Tensor): Tensor;
  getWeights(): readonly { readonly shape: readonly number[] }[];
  setWeights(weights: readonly Tensor[]): void;
  save(handler: unknown): Promise<unknown>;
}
type Make = (options: Readonly<Record<string, unknown>>) => { apply(x: unknown): unknown };
interface Tf {
  readonly layers: Readonly<Record<string, Make>>;
  readonly io: {
    withSaveHandler(
      handler: (artifacts: { readonly weightData: ArrayBuffer }) => Promise<unknown>,
    ): unknown;
  };
  sequential(options: { readonly layers: readonly unknown[] }): Model;
  model(options: { readonly inputs: unknown; readonly outputs: unknown }): Model;
  input(options: { readonly shape: readonly number[] }): unknown;
  tensor(values: Float32Array, shape: readonly number[]): Tensor;
}

const draws = random(21).stream("tfjs");
const normals = (length: number): Float32Array =>
  Float32Array.from({ length }, () => draws.normal());
const size = (shape: readonly number[]): number => shape.reduce((all, dim) => all * dim, 1);

interface Case {
  readonly shape: readonly number[];
  readonly layers: readonly (readonly [string, Readonly<Record<string, unknown>>])[];
  /** Codes below this, instead of reals. */
  readonly codes?: number;
}
const relu = { activation: "relu" };
const cases: Readonly<Record<string, Case>> = {
  "an MLP": {
    shape: [6],
    layers: [
      ["dense", { units: 8, ...relu }],
      ["batchNormalization", {}],
      ["dropout", { rate: 0.3 }],
      ["layerNormalization", {}],
      ["dense", { units: 5, activation: "tanh", useBias: false }],
      ["reLU", {}],
      ["dense", { units: 3, activation: "softmax" }],
    ],
  },
  "a CNN": {
    shape: [9, 8, 2],
    layers: [
      ["conv2d", { filters: 4, kernelSize: [3, 2], padding: "same", ...relu }],
      ["batchNormalization", {}],
      ["maxPooling2d", { poolSize: 2 }],
      ["conv2d", { filters: 3, kernelSize: 3, strides: 2, padding: "same" }],
      ["activation", { activation: "sigmoid" }],
      ["flatten", {}],
      ["batchNormalization", {}],
      ["dense", { units: 3 }],
      ["softmax", {}],
    ],
  },
  "an image from an image": {
    shape: [8, 8, 1],
    layers: [
      ["conv2d", { filters: 3, kernelSize: 3, strides: 2 }],
      ["averagePooling2d", { poolSize: 2, strides: 1 }],
      ["conv2dTranspose", { filters: 4, kernelSize: 3, strides: 2, padding: "same", ...relu }],
      ["conv2dTranspose", { filters: 2, kernelSize: 3 }],
      ["conv2dTranspose", { filters: 2, kernelSize: [1, 2], strides: 3, padding: "same" }],
      ["upSampling2d", { size: [2, 2] }],
      ["conv2d", { filters: 1, kernelSize: 1, activation: "sigmoid" }],
      ["globalAveragePooling2d", {}],
    ],
  },
  "steps of codes": {
    shape: [5],
    codes: 7,
    layers: [
      ["embedding", { inputDim: 7, outputDim: 4 }],
      ["lstm", { units: 6, recurrentActivation: "sigmoid", returnSequences: true }],
      ["dense", { units: 5, ...relu }],
      ["simpleRNN", { units: 4 }],
      ["dense", { units: 2, activation: "sigmoid" }],
    ],
  },
};

describe.skipIf(installed.missing !== undefined)("a layers model of TensorFlow.js", async () => {
  if (installed.folder === undefined) return;
  const load = createRequire(join(installed.folder, "package.json"));
  const tf = load("@tensorflow/tfjs/dist/tf.node.js") as Tf;

  async function saved(model: Model) {
    // moving variances above 0
    model.setWeights(
      model.getWeights().map(({ shape }) =>
        tf.tensor(
          normals(size(shape)).map((v) => Math.abs(v) / 3 + 0.05),
          shape,
        ),
      ),
    );
    let found: { readonly weightData: ArrayBuffer } | undefined;
    await model.save(tf.io.withSaveHandler(async (artifacts) => {
      found = artifacts;
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: "JSON" } };
    })); // biome-ignore format: a call
    return {
      artifacts: JSON.parse(JSON.stringify(found)) as unknown,
      weights: new Uint8Array(found?.weightData ?? new ArrayBuffer(0)),
    };
  }

  async function compared(model: Model, { shape, codes }: Case) {
    const { artifacts, weights } = await saved(model);
    const ours = importTensorFlow(artifacts, weights);
    const x =
      codes === undefined
        ? normals(10 * size(shape))
        : Float32Array.from({ length: 10 * size(shape) }, () => draws.below(codes));
    const theirs = await model.predict(tf.tensor(x, [10, ...shape])).data();
    const [h, w, c] = shape;
    const rows = shape.length === 3 ? channelsFirst(x, [h ?? 1, w ?? 1, c ?? 1]) : x;
    expect(Array.from(await ours.predict(rows))).toBeClose(Array.from(theirs), {
      rtol: 1e-5,
      atol: 1e-5,
    });
    return { ours, rows };
  }

  test.each(Object.entries(cases))("says the same: %s", async (_, one) => {
    const layers = one.layers.map(([name, options], i) =>
      tf.layers[name]?.(i === 0 ? { ...options, inputShape: one.shape } : options),
    );
    await compared(tf.sequential({ layers }), one);
  });

  test("says the same where its layers follow one another by hand, and is trained further", async () => {
    const one: Case = { shape: [6], layers: [] };
    const inputs = tf.input({ shape: [6] });
    const hidden = tf.layers["dense"]?.({ units: 4, ...relu }).apply(inputs);
    const outputs = tf.layers["dense"]?.({ units: 3, activation: "softmax" }).apply(hidden);
    const { ours, rows } = await compared(tf.model({ inputs, outputs }), one);
    const data = {
      rows: 10,
      x: rows,
      shape: [6],
      y: Int32Array.from({ length: 10 }, (_, i) => i % 3),
      labelShape: [],
    };
    const more = await train(ours.network, data, {
      loss: "crossEntropy",
      epochs: 30,
      from: ours.state,
    });
    expect(more.history.at(-1)?.loss).toBeLessThan(more.history[0]?.loss ?? 0);
  });

  test("is refused where a layer has no counterpart, by name", async () => {
    const gru = tf.sequential({
      layers: [tf.layers["gru"]?.({ units: 2, inputShape: [3, 2], name: "reset" })],
    });
    const { artifacts, weights } = await saved(gru);
    expect(() => importTensorFlow(artifacts, weights)).toThrow(
      "the layer reset (GRU); expected layers of",
    );
  });
});
