/** @file Transfer learning: features of a frozen backbone, computed once, and a head that is trained on them; then, if asked for, more of it. */
import { checkNames, checkNumber, type LongWork } from "../../core/index.ts";
import type { Images } from "../../dataset/index.ts";
import { fail } from "../errors.ts";
import { dense } from "../layers/dense.ts";
import { input, type Network } from "../network.ts";
import type { NetworkRows } from "../train/feed.ts";
import { started } from "../train/task.ts";
import { train } from "../train/train.ts";
import { type TrainedNetwork, trainedNetwork } from "../train/trained-network.ts";
import { backboneWeights } from "./backbone-weights.ts";
import { fromHalf } from "./half.ts";
import { networkRows } from "./network-rows.ts";
import { backboneLayers } from "./presets.ts";

/** What makes features of images: the one that is pretrained here, or any network of the user's own. */
export interface Backbone {
  /** Of the images it takes. */
  readonly shape: Images["shape"];
  /** How many features it makes of an image. */
  readonly width: number;
  /** Features of images, [n, width]. */
  features(pixels: Uint8Array): Promise<Float32Array>;
  /** The backbone as layers with their weights, so that it can be trained further; absent of one that is only run. */
  readonly trained?: TrainedNetwork;
}

/**
 * A small backbone for colour images of 32 × 32: three convolutions of 16, 32 and 64 filters and the mean of each of the last, 23,584
 * weights, pretrained on 8,000 {@link patterns} (`scripts/backbone.ts`), stored as halves.
 */
export function pretrainedBackbone(): Backbone {
  const network = backboneLayers([3, 32, 32]);
  const bytes = Buffer.from(backboneWeights, "base64");
  const halves = new Uint16Array(bytes.length / 2);
  for (let i = 0; i < halves.length; i++) halves[i] = bytes.readUInt16LE(2 * i);
  return networkBackbone(network, fromHalf(halves));
}

/** Layers and weights as a backbone; the last layer must give numbers, [d]. @throws `nn/mismatch-network` */
function networkBackbone(network: Network, weights: Float32Array): Backbone {
  const [width = 0] = network.outputShape;
  const [channels = 0, rows = 0, columns = 0] = network.inputShape;
  const state = { ...started(network, 0, 0), weights };
  const trained = trainedNetwork({ network, loss: "squared", state });
  return {
    shape: [channels, rows, columns],
    width,
    features: (pixels) => trained.predict(pixels),
    trained,
  };
}

/** Options of {@link transferLearn}. */
export interface TransferOptions extends LongWork {
  /** Default `pretrainedBackbone()`. */
  readonly backbone?: Backbone;
  /** Default 30, 32, 0.01, 0.2 of the images, 5 and 0. */
  readonly epochs?: number;
  readonly batchRows?: number;
  readonly learningRate?: number;
  readonly validation?: number;
  readonly patience?: number;
  readonly seed?: number;
}

/** A head on a backbone. */
export interface TransferModel {
  /** The head alone: it takes features. */
  readonly head: TrainedNetwork;
  /** Backbone and head as one network, which takes images; undefined where the backbone has no layers of ours. */
  readonly whole: TrainedNetwork | undefined;
  readonly trainable: number;
  /** Weights of the backbone, which stay as they are; 0 where nobody knows them. */
  readonly frozen: number;
  /** What the features took, once, and what the head took. */
  readonly seconds: { readonly features: number; readonly head: number };
  /** Probabilities of images, [n, k]. */
  predict(pixels: Uint8Array): Promise<Float32Array>;
}

const names = [
  "backbone",
  "epochs",
  "batchRows",
  "learningRate",
  "validation",
  "patience",
  "seed",
  "signal",
  "progress",
];

/**
 * Trains a head on the features of a frozen backbone: the backbone runs over the images once, and each epoch is one of a small dense layer.
 *
 * @param images - With labels, of the backbone's shape, n ≥ 2.
 * @param options - See {@link TransferOptions}; progress is told in batches of the head.
 * @throws `nn/mismatch-network` where images have another shape, `option/out-of-range`, `option/unknown-name`, and as `train`
 */
export async function transferLearn(
  images: Images,
  options: TransferOptions = {},
): Promise<TransferModel> {
  checkNames("transferLearn", options, names);
  const {
    backbone = pretrainedBackbone(),
    epochs = 30,
    batchRows = 32,
    learningRate = 0.01,
    validation = 0.2,
    patience = 5,
    seed = 0,
  } = options;
  const { signal, progress } = options;
  if (images.shape.join() !== backbone.shape.join())
    fail("nn/mismatch-network", {
      at: "transferLearn",
      expected: `images of [${backbone.shape.join(", ")}], as the backbone takes them`,
      got: `[${images.shape.join(", ")}]`,
    });
  const before = performance.now();
  const features = await backbone.features(images.pixels);
  const between = performance.now();
  const rows: NetworkRows = { ...networkRows(images), x: features, shape: [backbone.width] };
  const head = await train(input([backbone.width]).add(dense(images.classes.length)), rows, {
    ...{ loss: "crossEntropy", epochs, batchRows, validation, seed, stopping: { patience } },
    optimiser: { kind: "adam", learningRate },
    ...(signal === undefined ? {} : { signal }),
    ...(progress === undefined ? {} : { progress }),
  });
  const after = performance.now();
  return {
    ...{ head, trainable: head.network.parameters, whole: joined(backbone, head) },
    frozen: backbone.trained?.network.parameters ?? 0,
    seconds: { features: (between - before) / 1000, head: (after - between) / 1000 },
    predict: async (pixels) => head.predict(await backbone.features(pixels)),
  };
}

/** Backbone and head, one after the other. */
function joined({ trained }: Backbone, head: TrainedNetwork): TrainedNetwork | undefined {
  if (trained === undefined) return undefined;
  const { kind, options, build } = dense(head.network.outputShape[0] ?? 1);
  const network = trained.network.add({ kind, options, build });
  const weights = Float32Array.from([...trained.vectors.weights, ...head.vectors.weights]);
  const state = { ...started(network, 0, 0), weights, kept: trained.vectors.kept };
  return trainedNetwork({ network, loss: "crossEntropy", state });
}

/** Options of {@link fineTune}. */
export interface FineTuneOptions extends LongWork {
  /** The number of the first layer that is trained, from 1 on: the ones before stay frozen. Default 1: all are trained. */
  readonly fromLayer?: number;
  /** Default 3, 32, 0.0005, 0.2 of the images and 0. */
  readonly epochs?: number;
  readonly batchRows?: number;
  readonly learningRate?: number;
  readonly validation?: number;
  readonly seed?: number;
}

/** A network that was trained further. */
export interface FineTuned {
  readonly trained: TrainedNetwork;
  readonly trainable: number;
  readonly frozen: number;
  readonly seconds: number;
}

/**
 * Trains a network further from the weights it has, the layers before `fromLayer` frozen: the last of transfer learning, with a small
 * learning rate.
 *
 * @param trained - Such as `whole` of {@link transferLearn}.
 * @param images - With labels.
 * @param options - See {@link FineTuneOptions}.
 * @throws `option/out-of-range`, `option/unknown-name`, and as `train`
 */
export async function fineTune(
  trained: TrainedNetwork,
  images: Images,
  options: FineTuneOptions = {},
): Promise<FineTuned> {
  checkNames("fineTune", options, [
    "fromLayer",
    "epochs",
    "batchRows",
    "learningRate",
    "validation",
    "seed",
    "signal",
    "progress",
  ]);
  const {
    fromLayer = 1,
    epochs = 3,
    batchRows = 32,
    learningRate = 0.0005,
    validation = 0.2,
    seed = 0,
  } = options;
  const { network, vectors, loss } = trained;
  checkNumber("fineTune", { fromLayer }, { min: 1, max: network.layers.length, integer: true });
  const frozen = (weight: string): boolean => Number.parseInt(weight, 10) < fromLayer;
  const trainable = network.weights.reduce(
    (sum, { name, length }) => sum + (frozen(name) ? 0 : length),
    0,
  );
  const before = performance.now();
  const more = await train(network, networkRows(images), {
    ...{ loss, epochs, batchRows, validation, seed, frozen },
    optimiser: { kind: "adam", learningRate },
    from: { ...started(network, 2, seed), ...vectors },
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    ...(options.progress === undefined ? {} : { progress: options.progress }),
  });
  return {
    trained: more,
    trainable,
    frozen: network.parameters - trainable,
    seconds: (performance.now() - before) / 1000,
  };
}
