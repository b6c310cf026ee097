/** @file Layers models of TensorFlow.js (and of Keras, converted), as trained networks of ours. */
import { fail } from "../errors.ts";
import { shapeless } from "../layer.ts";
import { input, type Network, type WeightSpec } from "../network.ts";
import type { LossName } from "../train/loss.ts";
import { type TrainedNetwork, trainedNetwork } from "../train/trained-network.ts";
import { layersIn, objectIn, sizesIn, type TensorFlowLayer } from "./tensorflow-file.ts";
import { importedLayers, orderAfter, type Place } from "./tensorflow-layers.ts";

/** Layers of a model at most. */
const mostLayers = 1000;

/**
 * A trained network of a layers model: Sequential, or a model whose layers follow one another. It predicts, is written as ONNX and is trained
 * further (with Adam) as any other. Images go in as [channels, rows, columns]: TensorFlow's are turned, which {@link channelsFirst} does
 * of rows. A last softmax or sigmoid becomes the loss `crossEntropy` or `binaryCrossEntropy`, so that `predict` tells the same.
 *
 * @param model - What `model.json` holds, or what a save handler is given: `modelTopology` with `weightsManifest` or `weightSpecs`.
 * @param weights - The bytes of all weights, one file after the other.
 * @throws `nn/unsupported-model` with the layer and what is supported, `nn/corrupt-model`
 * @see TensorFlow.js, "Save and load models". Peer: `@tensorflow/tfjs`.
 */
export function importTensorFlow(model: unknown, weights: Uint8Array): TrainedNetwork {
  const layers = layersIn(model, weights);
  if (layers.length > mostLayers)
    fail("nn/unsupported-model", {
      what: `${layers.length} layers`,
      expected: `at most ${mostLayers}`,
    });
  const [first] = layers;
  const shape = inputIn(first);
  let place: Place = { shape, order: null };
  let network: Network = input(shape);
  const values = new Map<string, Float32Array>();
  const { body, loss } = withoutEnd(layers);
  for (const from of body) {
    for (const { layer, weights: own = {} } of importedLayers(from, place)) {
      network = network.add(shapeless(layer));
      const name = network.layers.at(-1)?.name ?? "";
      for (const [key, numbers] of Object.entries(own)) values.set(`${name}/${key}`, numbers);
    }
    place = { shape: network.outputShape, order: orderAfter(from, place) };
  }
  if (place.order !== null)
    fail("nn/unsupported-model", {
      what: "an image laid flat as its output",
      expected: "a dense layer after it",
    });
  const filled = (specs: readonly WeightSpec[]): Float32Array => vectorOf(specs, values);
  const state = {
    ...{ epoch: 0, step: 0, stopping: null, best: null, history: [] },
    ...{ weights: filled(network.weights), kept: filled(network.kept) },
    slots: [new Float32Array(network.parameters), new Float32Array(network.parameters)],
  };
  return trainedNetwork({ network, loss, state });
}

/** The shape of a row of ours, by what the first layer says. */
function inputIn(first: TensorFlowLayer | undefined): readonly number[] {
  const said = objectIn(first?.settings, "the first layer");
  const whole = said["batch_input_shape"] ?? said["batch_shape"];
  const shape = sizesIn(Array.isArray(whole) ? whole.slice(1) : whole, "batch_input_shape");
  const [h = 1, w = 1, c = 1] = shape;
  return shape.length === 3 ? [c, h, w] : shape;
}

/** The layers without the last activation, where that belongs to a loss. */
function withoutEnd(layers: readonly TensorFlowLayer[]): {
  readonly body: readonly TensorFlowLayer[];
  readonly loss: LossName;
} {
  const last = layers.at(-1);
  const body = layers.slice(0, -1);
  if (last?.kind === "Softmax") return { body, loss: "crossEntropy" };
  const said =
    last?.kind === "Dense" || last?.kind === "Activation" ? last.settings["activation"] : undefined;
  const loss =
    said === "softmax" ? "crossEntropy" : said === "sigmoid" ? "binaryCrossEntropy" : "squared";
  if (last === undefined || loss === "squared") return { body: layers, loss: "squared" };
  const plain = { ...last, settings: { ...last.settings, activation: "linear" } };
  return { body: last.kind === "Dense" ? [...body, plain] : body, loss };
}

/** All weights in one vector. @throws `nn/corrupt-model` where one has another length */
function vectorOf(
  specs: readonly WeightSpec[],
  values: ReadonlyMap<string, Float32Array>,
): Float32Array {
  const parts = specs.map(({ name, offset, length }) => {
    const numbers = values.get(name);
    if (numbers?.length === length) return { numbers, offset };
    return fail("nn/corrupt-model", {
      what: `the weight ${name}`,
      expected: `${length} numbers`,
      got: `${numbers?.length ?? 0}`,
    });
  });
  const vector = new Float32Array(parts.reduce((sum, { numbers }) => sum + numbers.length, 0)); // as many as were given
  for (const { numbers, offset } of parts) vector.set(numbers, offset);
  return vector;
}

/**
 * Rows of images [rows, columns, channels], as TensorFlow has them, as [channels, rows, columns].
 *
 * @param x - Rows one after the other.
 * @param shape - Of an image: rows, columns, channels.
 */
export function channelsFirst(
  x: Float32Array,
  shape: readonly [number, number, number],
): Float32Array {
  const [h, w, c] = shape;
  const size = h * w * c;
  return Float32Array.from(x, (_, i) => {
    const [row, at] = [Math.floor(i / size), i % size];
    return x[row * size + (at % (h * w)) * c + Math.floor(at / (h * w))] ?? 0;
  });
}
