/** @file `millrace train`: trains a network on images, and keeps what came of it as a run. */
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { type Progress, parseJson } from "../core/index.ts";
import { f1, likeliest, accuracy as shareRight } from "../metric/index.ts";
import {
  imageNetwork,
  imageNetworkNames,
  type Network,
  type NetworkModel,
  networkFrom,
  networkModel,
  networkRows,
  specsOf,
  train as trainNetwork,
} from "../nn/index.ts";
import { learningChart, renderSvg } from "../plot/index.ts";
import { folderBytes } from "../store/index.ts";
import { openWorkspace } from "../workspace/index.ts";
import { command, type Surroundings } from "./command.ts";
import { fail } from "./errors.ts";
import { epochWords } from "./networks/epoch-words.ts";
import {
  type ImageSource,
  imageArgument,
  imageOptions,
  imagesOf,
} from "./networks/image-source.ts";
import {
  firstImage,
  keepNetwork,
  keptLines,
  registerOption,
  withoutAbsent,
} from "./networks/keep-network.ts";
import {
  deviceOptions,
  epochsOption,
  optimiserOptions,
  type TrainingValues,
  trainingOptions,
} from "./networks/training-options.ts";
import { columns, number } from "./text.ts";
import { dir } from "./workspace-folder.ts";

const networks = imageNetworkNames.filter((name) => name !== "autoencoder");

export const train = command({
  name: "train",
  summary: "Train a network on images: digits and scenes that are drawn, MNIST, or files.",
  about: [
    "The images to learn from are split: a share of them (--validation) is not learned from and judges each epoch. Training stops when the",
    "validation loss has not improved for --patience epochs, and keeps the weights of the best epoch. Accuracy, F1 and loss are then measured on a",
    "separate set of test images. Every training leaves a run with its curves, its model and an ONNX file, which Python's MLflow and ONNX Runtime",
    "open; --register makes a version of it, which serve answers with. --checkpoint keeps the state after each epoch: the same command goes on",
    "from there. The guide's page docs/guide/10-nn.md lists the layers that --layers takes, with their options.",
  ],
  arguments: { images: imageArgument },
  options: {
    network: {
      type: "string",
      choices: networks,
      default: "cnn",
      value: "NAME",
      help: "a ready-made network",
    },
    layers: {
      type: "string",
      value: "FILE.json",
      help: 'layers of your own, in place of --network: [{"kind": "flatten", "options": {}}, {"kind": "dense", "options": {"units": 10}}]',
    },
    epochs: epochsOption,
    batchRows: {
      type: "number",
      default: 32,
      min: 1,
      whole: true,
      value: "N",
      help: "batch size: images of a step",
    },
    ...optimiserOptions,
    validation: {
      type: "number",
      default: 0.2,
      min: 0.001,
      max: 0.9,
      value: "SHARE",
      help: "of the images to learn from, held out to judge each epoch",
    },
    patience: {
      type: "number",
      default: 3,
      min: 1,
      whole: true,
      value: "N",
      help: "epochs without a lower validation loss, after which it stops",
    },
    shift: {
      type: "number",
      default: 0,
      min: 0,
      value: "PIXELS",
      help: "augmentation: move training images by up to so many pixels",
    },
    rotate: {
      type: "number",
      default: 0,
      min: 0,
      max: 180,
      value: "DEGREES",
      help: "augmentation: turn them by up to so many degrees",
    },
    ...imageOptions,
    seed: {
      type: "number",
      default: 0,
      whole: true,
      value: "N",
      help: "of the images that are drawn, first weights and batches",
    },
    ...deviceOptions,
    checkpoint: {
      type: "string",
      value: "FILE",
      help: "write the state after each epoch, and go on from it where the file is there already",
    },
    register: registerOption,
    out: { type: "string", value: "FOLDER", help: "write the curves of the training, as SVG" },
    dir,
  },
  examples: [
    "train digits --register digits",
    "train digits --rows 2000 --epochs 3 --network mlp",
    "train mnist --network mlp --epochs 50 --register mnist",
    "train digits --optimiser adamw --weight-decay 0.05 --schedule cosine --clip-norm 1",
    "train mnist --optimiser momentum --momentum 0.9 --learning-rate 0.01 --provider cuda --threads 2",
    "train photos --network rolloutA --shift 2 --rotate 10 --out pictures",
  ],
  run: async ({ images: source, ...values }, around) => {
    const images = await around.reporter.stage(
      `images of ${source}`,
      () => imagesOf({ command: "train", source, ...values, signal: around.signal }),
      ({ train, test }) =>
        `${number(train.rows)} to learn from, ${number(test.rows)} to test, ${train.classes.length} classes`,
    );
    const network = await networkOf(values, images);
    await using workspace = await openWorkspace(values.dir); // before the work: what cannot be kept is not trained
    const trained = await around.reporter.stage(
      `train ${values.layers ?? values.network}`,
      (progress) => trainedOn(network, images, { ...values, progress, around }),
      ({ history }) =>
        `${number(history.length)} epochs of ${number(network.parameters)} parameters`,
    );
    const model = networkModel(trained, {
      input: "image",
      bytes: true,
      output: "class",
      classes: images.train.classes,
    });
    const scores = await scoresOf(model, images);
    const svg = await curves(model);
    const { checkpoint: _, out, dir: __, register, ...params } = values;
    const kept = await keepNetwork(workspace, {
      ...{
        experiment: `train ${images.name}`,
        name: values.layers ?? values.network,
        scores,
        model,
        register,
      },
      params: { images: images.name, parameters: network.parameters, ...withoutAbsent(params) },
      history: trained.history,
      inputExample: { image: firstImage(images.test) },
      files: { "figures/training.svg": svg },
    });
    if (out !== undefined) await folderBytes(resolve(out)).put("training.svg", svg);
    const layers = trained.layers.map(({ name, shape, parameters, kept: moments }) => ({
      name,
      shape,
      parameters,
      kept: moments,
    }));
    return {
      images: images.name,
      layers,
      parameters: network.parameters,
      history: trained.history,
      device: trained.device,
      scores,
      ...kept,
      picture: out === undefined ? null : resolve(join(out, "training.svg")),
    };
  },
  render: ({ layers, parameters, scores, picture, device, ...kept }, { width }) => [
    ...columns(
      [
        ["layer", "output", "parameters"],
        ...layers.map(({ name, shape, parameters: count }) => [
          name,
          `[${shape.join(", ")}]`,
          number(count),
        ]),
      ],
      { right: [2], width },
    ),
    `parameters: ${number(parameters)}`,
    "",
    `test: accuracy ${percent(scores.accuracy)}, weighted F1 ${scores.f1.toFixed(4)}, loss ${scores.test_loss.toFixed(4)}`,
    ...(device?.fallback ? [`ran on ${device.provider}, since ${device.fallback}`] : []),
    ...keptLines(kept),
    ...(picture === null ? [] : [`picture: ${picture}`]),
  ],
});

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** The network by name, or of layers in a file. */
async function networkOf(
  {
    network,
    layers,
  }: { readonly network: (typeof networks)[number]; readonly layers: string | undefined },
  { train: { shape, classes } }: ImageSource,
): Promise<Network> {
  if (layers === undefined) return imageNetwork(network, { shape, classes: classes.length });
  const text = await readFile(layers, "utf8").catch(() =>
    fail("cli/mismatch-option", {
      command: "train",
      option: "layers",
      expected: "a file that can be read",
      got: layers,
    }),
  );
  const specs = specsOf(parseJson(text, layers));
  if (specs === undefined)
    return fail("cli/mismatch-option", {
      command: "train",
      option: "layers",
      expected: "a file with a list of {kind, options}",
      got: layers,
    });
  return networkFrom(shape, specs);
}

interface Training extends TrainingValues {
  readonly epochs: number;
  readonly batchRows: number;
  readonly validation: number;
  readonly patience: number;
  readonly shift: number;
  readonly rotate: number;
  readonly seed: number;
  readonly checkpoint: string | undefined;
  readonly progress: Progress;
  readonly around: Surroundings;
}

function trainedOn(network: Network, { train: images }: ImageSource, asked: Training) {
  const { epochs, batchRows, validation, seed, patience, shift, rotate } = asked;
  const { checkpoint, progress, around } = asked;
  return trainNetwork(network, networkRows(images), {
    ...trainingOptions("train", asked),
    ...{ loss: "crossEntropy", epochs, batchRows, validation, seed, progress },
    signal: around.signal,
    stopping: { patience, restoreBest: true },
    ...(shift > 0 || rotate > 0 ? { augment: { shift, rotate } } : {}),
    ...(checkpoint === undefined ? {} : { checkpoint }),
    onEpoch: (epoch) => around.reporter.note(epochWords(epoch)),
  });
}

/** How well the network predicts images that it has not seen. */
async function scoresOf(model: NetworkModel, { test }: ImageSource) {
  const { trained } = model;
  const classes = test.classes.length;
  const told = Float64Array.from(await trained.predict(test.pixels));
  const [y, answers] = [Float64Array.from(test.labels), likeliest(told, classes)];
  const { loss } = await trained.evaluate(networkRows(test));
  return {
    accuracy: shareRight(y, answers),
    f1: f1(y, answers, { average: "weighted" }),
    test_loss: loss,
  };
}

/** The curves of a training as SVG. */
async function curves({ trained: { history } }: NetworkModel): Promise<Uint8Array> {
  const validation = history.map(({ validationLoss }) => validationLoss ?? Number.NaN);
  const best = history[validation.indexOf(Math.min(...validation))]?.epoch;
  const lines = { train: history.map(({ loss }) => loss), validation };
  const spec = learningChart(
    lines,
    { metric: "loss", over: "epoch", ...(best === undefined ? {} : { best }) },
    history.map(({ epoch }) => epoch),
  );
  return Buffer.from(await renderSvg(spec));
}
