/** @file The ways to learn few images that are held against each other: a head on a frozen backbone, more of it, and all of it from scratch. */
import type { Images } from "../../dataset/index.ts";
import {
  type Backbone,
  confidenceReport,
  fineTune,
  imageNetwork,
  type NetworkEpoch,
  networkRows,
  type TrainedNetwork,
  train as trainNetwork,
  transferLearn,
} from "../../nn/index.ts";
import { learningChart, renderSvg } from "../../plot/index.ts";
import type { Surroundings } from "../command.ts";
import { fail } from "../errors.ts";
import type { ImageSource } from "./image-source.ts";

/** One way, and what came of it. */
export interface Way {
  readonly way: string;
  readonly trainable: number;
  readonly frozen: number;
  /** All of it, features included. */
  readonly seconds: number;
  /** The share of other images that it tells. */
  readonly accuracy: number;
}

/** A way with its training. */
export interface Learned extends Way {
  /** What it took before the first epoch. */
  readonly before: number;
  readonly history: readonly NetworkEpoch[];
  /** Undefined where the backbone is a file of the user's own. */
  readonly trained: TrainedNetwork | undefined;
}

/** What the ways are given. */
export interface WaysTask {
  readonly images: ImageSource;
  readonly around: Surroundings;
  readonly seed: number;
  readonly epochs: number;
  readonly scratchEpochs: number;
  readonly backbone: Backbone | undefined;
}

/** A head on the features of a frozen backbone. */
export async function frozenWay(task: WaysTask): Promise<Learned> {
  const { images, around, seed, epochs, backbone } = task;
  const model = await around.reporter.stage(
    "head on frozen features",
    (progress) =>
      transferLearn(images.train, {
        ...(backbone === undefined ? {} : { backbone }),
        ...{ epochs, seed, signal: around.signal, progress },
      }),
    ({ seconds }) => `features ${seconds.features.toFixed(1)} s, head ${seconds.head.toFixed(1)} s`,
  );
  const { seconds, trainable, frozen, head, whole } = model;
  return {
    ...{ way: "frozen backbone", trainable, frozen, before: seconds.features },
    ...{ seconds: seconds.features + seconds.head, history: head.history, trained: whole },
    accuracy: (await confidenceReport(model, images.test)).accuracy,
  };
}

/** The layers from one on trained further. @throws `cli/mismatch-option` where the backbone has none */
export async function tunedWay(task: WaysTask, first: Learned, layer: number): Promise<Learned> {
  const { images, around, seed } = task;
  const whole =
    first.trained ??
    fail("cli/mismatch-option", {
      ...{ command: "transfer", option: "fineTune" },
      ...{ expected: "a backbone with layers", got: "one without" },
    });
  const { trained, trainable, frozen, seconds } = await around.reporter.stage(
    `layers from ${layer} on`,
    (progress) =>
      fineTune(whole, images.train, { fromLayer: layer, seed, signal: around.signal, progress }),
    () => null,
  );
  return {
    ...{ way: `fine-tuned from layer ${layer}`, trainable, frozen, seconds, trained },
    ...{ before: 0, history: trained.history },
    accuracy: (await confidenceReport(trained, images.test)).accuracy,
  };
}

/** The same layers from scratch. */
export async function scratchWay(task: WaysTask): Promise<Learned> {
  const { images, around, seed, scratchEpochs: epochs } = task;
  const { shape, classes } = images.train;
  const network = imageNetwork("backbone", { shape, classes: classes.length });
  const before = performance.now();
  const trained = await around.reporter.stage(
    "from scratch",
    (progress) =>
      trainNetwork(network, networkRows(images.train), {
        ...{ loss: "crossEntropy", epochs, validation: 0.2, seed },
        ...{ signal: around.signal, progress },
      }),
    () => null,
  );
  return {
    ...{ way: "from scratch", trainable: network.parameters, frozen: 0, before: 0 },
    ...{ seconds: (performance.now() - before) / 1000, history: trained.history, trained },
    accuracy: (await confidenceReport(trained, images.test)).accuracy,
  };
}

/** What each way tells of the images that judge its epochs, by the seconds it took so far. */
export function waysFigure(ways: readonly Learned[], images: Images): Promise<string> {
  const curve = ({ history }: Learned) =>
    history.map(({ validationAccuracy }) => validationAccuracy ?? Number.NaN);
  const seconds = ({ before, history }: Learned): readonly number[] =>
    history.map((_, i) => history.slice(0, i + 1).reduce((sum, one) => sum + one.seconds, before));
  const by = <T>(of: (way: Learned) => T) =>
    Object.fromEntries(ways.map((one) => [one.way, of(one)] as const));
  const subtitle = `${images.rows.toLocaleString("en-US")} images; a point is an epoch`;
  const title = "Learning few images";
  const options = { metric: "right, of images that judge", over: "seconds", title, subtitle };
  return renderSvg(learningChart(by(curve), options, by(seconds)));
}
