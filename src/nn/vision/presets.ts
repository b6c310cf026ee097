/** @file Networks for images that are known well: ready to train, with their numbers of parameters. */
import { checkChoice, checkNames, checkNumber } from "../../core/index.ts";
import type { Images } from "../../dataset/index.ts";
import { fail } from "../errors.ts";
import { flatten, reshape } from "../layers/arrangement.ts";
import { conv2d, convTranspose2d, type Image } from "../layers/convolution.ts";
import { dense } from "../layers/dense.ts";
import { globalAveragePool, maxPool2d, upsample2d } from "../layers/pooling.ts";
import { batchNorm, dropout } from "../layers/regularisation.ts";
import { input, type Network } from "../network.ts";

const relu = { activation: "relu" } as const;
const same = { padding: "same", ...relu } as const;

/** Convolutions of so many filters, each halved by pooling. */
function pooled(shape: Image, filters: readonly number[], size = 3): Network<Image, Image> {
  let network: Network<Image, Image> = input(shape) as Network<Image, Image>;
  for (const count of filters)
    network = network.add(conv2d(count, { size, ...relu })).add(maxPool2d()) as Network<
      Image,
      Image
    >;
  return network;
}

const digit: Image = [1, 28, 28];
const scene: Image = [3, 32, 32];

/** Networks by name: what each is for, and how it is made for images of a shape and a number of classes. */
const makers = {
  mlp: (shape: Image, classes: number) =>
    input(shape).add(flatten()).add(dense(128, relu)).add(dense(classes)),
  cnn: (shape: Image, classes: number) =>
    pooled(shape, [8, 16]).add(flatten()).add(dense(32, relu)).add(dense(classes)),
  pipelineCnn: (shape: Image, classes: number) =>
    pooled(shape, [8, 16])
      .add(flatten())
      .add(dense(128, relu))
      .add(dropout(0.5))
      .add(dense(classes)),
  rolloutA: (shape: Image, classes: number) =>
    pooled(shape, [16])
      .add(conv2d(32, relu))
      .add(flatten())
      .add(dense(64, relu))
      .add(dense(classes)),
  rolloutB: (shape: Image, classes: number) =>
    pooled(shape, [24], 5)
      .add(flatten())
      .add(dense(48, relu))
      .add(dropout(0.2))
      .add(dense(classes)),
  backbone: (shape: Image, classes: number) => backboneLayers(shape).add(dense(classes)),
  autoencoder: (shape: Image) => autoencoderFor(shape),
} as const;

/** The name of a network of {@link imageNetwork}. */
export type ImageNetworkName = keyof typeof makers;
/** Names of all networks of {@link imageNetwork}. */
export const imageNetworkNames = Object.keys(makers) as readonly ImageNetworkName[];

/** What {@link imageNetwork} is made for. */
export interface ImageNetworkOptions {
  /** Channels, rows and columns. Default [1, 28, 28]. */
  readonly shape?: Images["shape"];
  /** Default 10. The autoencoder has none. */
  readonly classes?: number;
}

/**
 * A network for images by its name. `mlp` is one hidden layer of 128; `cnn` two convolutions of 8 and 16; `pipelineCnn` the same with 128
 * units and dropout; `rolloutA` (16 and 32) and `rolloutB` (24 of 5 × 5) two that are compared; `backbone` three convolutions of 16, 32 and 64 with
 * a mean of each channel; `autoencoder` gives the image again through ten numbers.
 *
 * @throws `tensor/mismatch-input`, `nn/mismatch-layer` where images are too small, or not of sides that four divides for the autoencoder
 * @example
 * ```ts
 * imageNetwork("cnn").parameters // => 14410
 * imageNetwork("mlp", { shape: [3, 32, 32] }).parameters // => 394634
 * ```
 */
export function imageNetwork(name: ImageNetworkName, options: ImageNetworkOptions = {}): Network {
  checkNames("imageNetwork", options, ["shape", "classes"]);
  checkChoice("imageNetwork", { name }, imageNetworkNames);
  const { shape = name === "backbone" ? scene : digit, classes = 10 } = options;
  checkNumber("imageNetwork", { classes }, { min: 2, integer: true });
  return makers[name](shape, classes);
}

/** What finds features: three convolutions, the mean of each of their 64 channels. */
export function backboneLayers(shape: Image): Network<Image, readonly [number]> {
  return input(shape)
    .add(conv2d(16, same))
    .add(maxPool2d())
    .add(conv2d(32, same))
    .add(maxPool2d())
    .add(conv2d(64, same))
    .add(globalAveragePool()) as unknown as Network<Image, readonly [number]>;
}

/** An image through ten numbers and back. Its last layer gives logits: train it with "binaryCrossEntropy". */
function autoencoderFor([channels, height, width]: Image): Network {
  const [rows, columns] = [Math.floor(height / 4), Math.floor(width / 4)];
  if (rows * 4 !== height || columns * 4 !== width)
    fail("nn/mismatch-layer", {
      layer: "autoencoder",
      expected: "images of rows and columns that 4 divides",
      got: `[${channels}, ${height}, ${width}]`,
    });
  return input([channels, height, width])
    .add(conv2d(16, same))
    .add(maxPool2d())
    .add(conv2d(8, same))
    .add(maxPool2d())
    .add(flatten())
    .add(dense(10, relu))
    .add(dense(8 * rows * columns, relu))
    .add(reshape([8, rows, columns]))
    .add(convTranspose2d(8, same))
    .add(batchNorm())
    .add(upsample2d())
    .add(convTranspose2d(16, same))
    .add(batchNorm())
    .add(upsample2d())
    .add(conv2d(channels, { padding: "same" }));
}
