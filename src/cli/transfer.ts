/** @file `millrace transfer`: a head on a frozen backbone, beside the same network trained from scratch. */
import { readFile } from "node:fs/promises";
import type { Images } from "../dataset/index.ts";
import { type Backbone, confidenceReport, fineTune, imageNetwork, importOnnx, networkRows, onnxBackbone, train as trainNetwork, transferLearn } from "../nn/index.ts"; // biome-ignore format: a list
import { command } from "./command.ts";
import { fail } from "./errors.ts";
import { percent } from "./networks/figure-files.ts";
import { imageArgument, imageOptions, imagesOf } from "./networks/image-source.ts";
import { columns, number } from "./text.ts";

export const transfer = command({
  name: "transfer",
  summary: "Transfer learning: few images on a pretrained backbone, beside training from scratch.",
  about: [
    "The backbone that Millrace brings was trained on patterns (colour images of 32 × 32). Its weights stay as they are: it runs over the images once, and a",
    "small head is trained on its features. With --fine-tune the last layers are trained too. Both are held against the same layers trained from",
    "scratch on the same images, with the time that each took.",
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
  },
  examples: [
    "transfer scenes --rows 400",
    "transfer scenes --rows 2000 --fine-tune 5 --json",
    "transfer photos --backbone resnet.onnx --tensor pooled --scratch-epochs 0",
  ],
  run: async (
    { images: source, epochs, fineTune: layer, scratchEpochs, backbone: file, tensor, ...values },
    around,
  ) => {
    const { train, test } = await imagesOf({
      command: "transfer",
      source,
      ...values,
      signal: around.signal,
    });
    const { signal, reporter } = around;
    const { seed } = values;
    const backbone =
      file === undefined
        ? {}
        : { backbone: await backboneOf(file, { shape: train.shape, tensor }) };
    const model = await reporter.stage(
      "head on frozen features",
      (progress) => transferLearn(train, { ...backbone, epochs, seed, signal, progress }),
      ({ seconds }) =>
        `features ${seconds.features.toFixed(1)} s, head ${seconds.head.toFixed(1)} s`,
    );
    const { accuracy } = await confidenceReport(model, test);
    const rows = [
      {
        way: "frozen backbone",
        trainable: model.trainable,
        frozen: model.frozen,
        seconds: model.seconds.features + model.seconds.head,
        accuracy,
      },
    ];
    if (layer !== undefined) {
      const {
        whole = fail("cli/mismatch-option", {
          command: "transfer",
          option: "fineTune",
          expected: "a backbone with layers",
          got: "one without",
        }),
      } = model;
      const tuned = await reporter.stage(
        `layers from ${layer} on`,
        (progress) => fineTune(whole, train, { fromLayer: layer, seed, signal, progress }),
        () => null,
      );
      const report = await confidenceReport(tuned.trained, test);
      rows.push({
        way: `fine-tuned from layer ${layer}`,
        trainable: tuned.trainable,
        frozen: tuned.frozen,
        seconds: tuned.seconds,
        accuracy: report.accuracy,
      });
    }
    if (scratchEpochs > 0) {
      const network = imageNetwork("backbone", {
        shape: train.shape,
        classes: train.classes.length,
      });
      const before = performance.now();
      const alone = await reporter.stage(
        "from scratch",
        (progress) =>
          trainNetwork(network, networkRows(train), {
            loss: "crossEntropy",
            epochs: scratchEpochs,
            validation: 0.2,
            seed,
            signal,
            progress,
          }),
        () => null,
      );
      const seconds = (performance.now() - before) / 1000;
      const report = await confidenceReport(alone, test);
      rows.push({
        way: "from scratch",
        trainable: network.parameters,
        frozen: 0,
        seconds,
        accuracy: report.accuracy,
      });
    }
    return { images: source, learned: train.rows, judged: test.rows, rows };
  },
  render: ({ images, learned, judged, rows }, { width }) => [
    `${number(learned)} images of ${images} to learn from, ${number(judged)} to test`,
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
  ],
});

/** A model of the user's own as a backbone. */
async function backboneOf(
  file: string,
  { shape, tensor }: { readonly shape: Images["shape"]; readonly tensor: string | undefined },
): Promise<Backbone> {
  const bytes = await readFile(file).catch(() =>
    fail("cli/mismatch-option", {
      command: "transfer",
      option: "backbone",
      expected: "a file that can be read",
      got: file,
    }),
  );
  return onnxBackbone(await importOnnx(bytes), {
    shape,
    ...(tensor === undefined ? {} : { tensor }),
  });
}
