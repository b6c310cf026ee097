/** @file `millrace transfer`: a head on a frozen backbone, beside the same network trained from scratch. */
import { readFile } from "node:fs/promises";
import type { Images } from "../dataset/index.ts";
import { type Backbone, importOnnx, networkModel, onnxBackbone } from "../nn/index.ts";
import { openWorkspace } from "../workspace/index.ts";
import { command } from "./command.ts";
import { fail } from "./errors.ts";
import { percent, writeFigures } from "./networks/figure-files.ts";
import { imageArgument, imageOptions, imagesOf } from "./networks/image-source.ts";
import {
  firstImage,
  keepNetwork,
  keptLines,
  registerOption,
  withoutAbsent,
} from "./networks/keep-network.ts";
import {
  frozenWay,
  scratchWay,
  tunedWay,
  type Way,
  type WaysTask,
  waysFigure,
} from "./networks/transfer-ways.ts";
import { columns, number } from "./text.ts";
import { dir } from "./workspace-folder.ts";

export const transfer = command({
  name: "transfer",
  summary: "Transfer learning: few images on a pretrained backbone, beside training from scratch.",
  about: [
    "The backbone that Millrace brings was trained on patterns (colour images of 32 × 32). Its weights stay as they are: it runs over the images once, and a",
    "small head is trained on its features. With --fine-tune the last layers are trained too. Both are held against the same layers trained from",
    "scratch on the same images, with the time that each took. All of it is kept as a run; --register makes a version of the network",
    "(the fine-tuned one, where there is one), which serve answers with.",
  ],
  arguments: { images: imageArgument },
  options: {
    backbone: {
      type: "string",
      value: "FILE.onnx",
      help: "an ONNX model of your own for images of this shape, in place of the backbone that Millrace brings",
    },
    tensor: {
      type: "string",
      value: "NAME",
      help: "of --backbone: the tensor with the features; the first output if not given",
    },
    epochs: {
      type: "number",
      default: 30,
      min: 1,
      max: 10_000,
      whole: true,
      value: "N",
      help: "of the head, at most",
    },
    fineTune: {
      type: "number",
      min: 1,
      max: 7,
      whole: true,
      value: "LAYER",
      help: "train the layers from this one on, too: 5 is the last convolution, 1 all",
    },
    scratchEpochs: {
      type: "number",
      default: 10,
      min: 0,
      max: 10_000,
      whole: true,
      value: "N",
      help: "of the network from scratch; 0 leaves it out",
    },
    ...imageOptions,
    seed: { type: "number", default: 0, whole: true, value: "N", help: "where chance starts" },
    register: registerOption,
    out: { type: "string", value: "FOLDER", help: "write the figure, as SVG" },
    dir,
  },
  examples: [
    "transfer scenes --rows 400 --register scenes",
    "transfer scenes --rows 2000 --fine-tune 5 --out figures",
    "transfer photos --backbone resnet.onnx --tensor pooled --scratch-epochs 0",
  ],
  run: async ({ images: source, dir, out, register, fineTune: layer, ...values }, around) => {
    const { backbone: file, tensor, epochs, scratchEpochs, seed } = values;
    if (register !== undefined && file !== undefined)
      fail("cli/conflict-options", { command: "transfer", options: ["register", "backbone"] });
    const asked = { ...values, source, signal: around.signal };
    const images = await imagesOf({ command: "transfer", ...asked });
    const { train, test } = images;
    const backbone = file === undefined ? undefined : await backboneOf(file, { train, tensor });
    const task: WaysTask = { images, around, seed, epochs, scratchEpochs, backbone };
    const frozen = await frozenWay(task);
    const tuned = layer === undefined ? [] : [await tunedWay(task, frozen, layer)];
    const scratch = scratchEpochs === 0 ? [] : [await scratchWay(task)];
    const ways = [frozen, ...tuned, ...scratch];
    const svg = await waysFigure(ways, train);
    const figures = await writeFigures(out, { transfer: svg });
    const kept = tuned[0] ?? frozen;
    await using workspace = await openWorkspace(dir);
    const params = {
      images: images.name,
      rows: train.rows,
      epochs,
      scratchEpochs,
      seed,
      fineTune: layer,
      backbone: file,
      tensor,
    };
    const { classes } = train;
    const labelling = { input: "image", bytes: true, output: "class", classes };
    const { runId, version } = await keepNetwork(workspace, {
      ...{ experiment: `transfer ${images.name}`, name: kept.way, register },
      params: withoutAbsent({ ...params, trainable: kept.trainable, frozen: kept.frozen }),
      scores: {
        ...{ accuracy: kept.accuracy, seconds: kept.seconds },
        ...{ frozen_accuracy: frozen.accuracy, frozen_seconds: frozen.seconds },
        features_seconds: frozen.before,
        ...Object.fromEntries(
          scratch.flatMap(({ accuracy, seconds }) => [
            ["scratch_accuracy", accuracy],
            ["scratch_seconds", seconds],
          ]),
        ),
      },
      history: kept.history,
      beside: {
        ...(tuned.length === 0 ? {} : { frozen: frozen.history }),
        ...(scratch[0] === undefined ? {} : { scratch: scratch[0].history }),
      },
      model: kept.trained === undefined ? undefined : networkModel(kept.trained, labelling),
      inputExample: { image: firstImage(test) },
      files: { "figures/transfer.svg": Buffer.from(svg) },
    });
    const rows: readonly Way[] = ways.map(
      ({ history: _, trained: __, before: ___, ...way }): Way => way,
    );
    return {
      images: source,
      learned: train.rows,
      judged: test.rows,
      rows,
      runId,
      version,
      figures,
    };
  },
  render: ({ images, learned, judged, rows, figures, ...kept }, { width }) => [
    `${number(learned)} images of ${images} to learn from, ${number(judged)} to judge by`,
    ...columns(
      [
        ["way", "trainable", "frozen", "seconds", "accuracy"],
        ...rows.map((one) => [
          one.way,
          number(one.trainable),
          number(one.frozen),
          one.seconds.toFixed(1),
          percent(one.accuracy),
        ]),
      ],
      { right: [1, 2, 3, 4], width },
    ),
    ...keptLines(kept),
    ...figures.map((path) => `figure: ${path}`),
  ],
});

/** A model of the user's own as a backbone. */
async function backboneOf(
  file: string,
  { train, tensor }: { readonly train: Images; readonly tensor: string | undefined },
): Promise<Backbone> {
  const bytes = await readFile(file).catch(() =>
    fail("cli/mismatch-option", {
      ...{ command: "transfer", option: "backbone" },
      ...{ expected: "a file that can be read", got: file },
    }),
  );
  const { shape } = train;
  return onnxBackbone(await importOnnx(bytes), {
    shape,
    ...(tensor === undefined ? {} : { tensor }),
  });
}
