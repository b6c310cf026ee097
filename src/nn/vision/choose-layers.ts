/** @file Which layers, activation and loss a task asks for. */
import { checkChoice } from "../../core/index.ts";
import type { ActivationName } from "../layers/activation.ts";
import type { LossName } from "../train/loss.ts";

/** What a network may be for. */
export const networkTasks = [
  "one of two",
  "one of many",
  "several at once",
  "number",
  "image to image",
  "anomaly",
  "sequence to one",
  "next token",
] as const;
export type NetworkTask = (typeof networkTasks)[number];

/** What suits a task. */
export interface LayerChoice {
  readonly task: NetworkTask;
  /** Layers from the first to the last, as words. */
  readonly layers: readonly string[];
  /** Of the layers between. */
  readonly hidden: ActivationName;
  /** What the last layer gives, and what `predict` makes of it. */
  readonly output: string;
  readonly loss: LossName;
  readonly why: string;
}

const choices: Readonly<Record<NetworkTask, Omit<LayerChoice, "task">>> = {
  "one of two": {
    layers: ["dense", "dropout", "dense(1)"],
    ...{
      hidden: "relu",
      output: "one logit; predict gives its sigmoid",
      loss: "binaryCrossEntropy",
    },
    why: "a probability of one thing",
  },
  "one of many": {
    layers: [
      "conv2d and maxPool2d for images",
      "flatten or globalAveragePool",
      "dense",
      "dense(classes)",
    ],
    ...{
      hidden: "relu",
      output: "a logit for each class; predict gives their softmax",
      loss: "crossEntropy",
    },
    why: "exactly one class is right, so that probabilities sum to 1",
  },
  "several at once": {
    layers: ["conv2d and maxPool2d for images", "dense", "dense(labels)"],
    ...{
      hidden: "relu",
      output: "a logit for each label; predict gives each one's sigmoid",
      loss: "binaryCrossEntropy",
    },
    why: "each label is a question of its own",
  },
  number: {
    layers: ["dense", "dense", "dense(1)"],
    ...{ hidden: "relu", output: "the number itself", loss: "squared" },
    why: 'squares for errors like noise; "huber" or "absolute" where some labels are far out',
  },
  "image to image": {
    layers: [
      "conv2d and maxPool2d",
      "convTranspose2d or upsample2d",
      "batchNorm",
      "conv2d(channels)",
    ],
    ...{
      hidden: "relu",
      output: "a logit for each pixel; predict gives its sigmoid",
      loss: "binaryCrossEntropy",
    },
    why: "pixels from 0 to 1 are shares, and small details must come back",
  },
  anomaly: {
    layers: ["an autoencoder: conv2d and maxPool2d down to few numbers, and back"],
    ...{ hidden: "relu", output: "the image again", loss: "binaryCrossEntropy" },
    why: "only what is normal is known; what cannot be drawn again is not normal",
  },
  "sequence to one": {
    layers: ["embedding", "lstm or gru", "dense(classes)"],
    ...{
      hidden: "tanh",
      output: "a logit for each class; predict gives their softmax",
      loss: "crossEntropy",
    },
    why: "gates keep what came long before; clip the gradient",
  },
  "next token": {
    layers: [
      "embedding",
      "placeEmbedding",
      "residual attention and stepDense, repeated",
      "layerNorm",
      "stepDense(codes)",
    ],
    ...{
      hidden: "gelu",
      output: "logits for every step; predict gives their softmax",
      loss: "crossEntropy",
    },
    why: "a causal mask lets every step learn at once",
  },
};

/**
 * What suits a task: layers, activation, output and loss.
 *
 * @throws `option/out-of-range` for another task
 * @example
 * ```ts
 * chooseLayers("several at once").loss // => "binaryCrossEntropy"
 * ```
 */
export function chooseLayers(task: NetworkTask): LayerChoice {
  checkChoice("chooseLayers", { task }, networkTasks);
  return { task, ...choices[task] };
}
