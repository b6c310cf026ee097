/** @file `millrace anomalies`: an autoencoder learns normal images, and detects those that are not. */
import { imagesOfClasses } from "../dataset/index.ts";
import { fitAnomalies } from "../nn/index.ts";
import { histogramChart, imagesFigure, renderSvg } from "../plot/index.ts";
import { command } from "./command.ts";
import { fail } from "./errors.ts";
import { drawn, percent, picture, writeFigures } from "./networks/figure-files.ts";
import { imageArgument, imageOptions, imagesOf } from "./networks/image-source.ts";
import { namesOf } from "./options.ts";
import { columns, number } from "./text.ts";

export const anomalies = command({
  name: "anomalies",
  summary: "Learn what normal images look like, and detect anomalies.",
  about: [
    "An autoencoder is trained on images of the --normal classes alone. What it cannot reconstruct is an anomaly: its error is above the mean of",
    "normal images that were not learned from plus --k standard deviations, or above --percentile of them. Precision, recall and ROC AUC are",
    "measured on test images of all classes. --out draws images beside their reconstruction and the difference, and the errors of both kinds.",
  ],
  arguments: { images: imageArgument },
  options: {
    normal: {
      type: "string",
      many: true,
      value: "A,B",
      help: "the classes that are normal; the first half if not given, of digits 0,3,6,8,9",
    },
    k: {
      type: "number",
      default: 2,
      min: 0,
      max: 100,
      value: "N",
      help: "threshold: standard deviations above the mean error",
    },
    percentile: {
      type: "number",
      min: 0.01,
      max: 0.999,
      value: "SHARE",
      help: "threshold in place of --k: the share of normal images that are below it",
    },
    epochs: {
      type: "number",
      default: 10,
      min: 1,
      max: 10_000,
      whole: true,
      value: "N",
      help: "passes over the images to learn from, at most",
    },
    learningRate: {
      type: "number",
      default: 0.003,
      min: 0,
      value: "N",
      help: "step size of the optimiser",
    },
    ...imageOptions,
    seed: { type: "number", default: 0, whole: true, value: "N", help: "where chance starts" },
    out: { type: "string", value: "FOLDER", help: "write the figures, as SVG" },
  },
  examples: [
    "anomalies digits --rows 4000 --out figures",
    "anomalies parts --normal sound --percentile 0.99",
  ],
  run: async (
    { images: source, normal, k, percentile, epochs, learningRate, out, ...values },
    around,
  ) => {
    const { train, test } = await imagesOf({
      command: "anomalies",
      source,
      ...values,
      signal: around.signal,
    });
    const normals = normalOf(train.classes, namesOf(normal));
    const others = train.classes.filter((name) => !normals.includes(name));
    if (others.length === 0)
      fail("cli/mismatch-option", {
        command: "anomalies",
        option: "normal",
        expected: `fewer than all of ${train.classes.join(", ")}`,
        got: normals.join(","),
      });
    const learned = imagesOfClasses(train, normals);
    const detector = await around.reporter.stage(
      `learn ${number(learned.rows)} normal images`,
      (progress) =>
        fitAnomalies(learned, {
          k,
          epochs,
          learningRate,
          seed: values.seed,
          signal: around.signal,
          progress,
          ...(percentile === undefined ? {} : { percentile }),
        }),
      ({ trained }) =>
        `${trained.history.length} epochs of ${number(trained.network.parameters)} parameters`,
    );
    const [sound, odd] = [imagesOfClasses(test, normals), imagesOfClasses(test, others)];
    const scores = await detector.judge(sound, odd);
    const shown = await Promise.all(
      [0, 1, 2].flatMap((row) =>
        [
          { of: sound, row, what: "normal" },
          { of: odd, row, what: "other" },
        ]
          .filter(({ of }) => row < of.rows)
          .map(async ({ of, what }) => ({ of, row, what, ...(await detector.show(of, row)) })),
      ),
    );
    const panels = shown.flatMap(
      ({ of, row, what, reconstruction, difference, error, isAnomaly }) => [
        picture(of, row, `${what}: ${of.classes[of.labels[row] ?? 0]}`),
        drawn(of, reconstruction, "reconstruction"),
        {
          kind: "heat",
          title: `${error.toFixed(4)}${isAnomaly ? ", anomaly" : ""}`,
          shape: [of.shape[1], of.shape[2]],
          values: difference.subarray(0, of.shape[1] * of.shape[2]),
        } as const,
      ],
    );
    const figures =
      out === undefined
        ? []
        : await writeFigures(out, {
            anomalies: await imagesFigure(panels, {
              title: "Normal images and others, reconstructed",
              subtitle: `error above ${detector.threshold.toFixed(4)}: anomaly`,
              columns: 6,
            }),
            errors: await renderSvg(
              histogramChart(
                { training: await detector.errors(sound), now: await detector.errors(odd) },
                {
                  column: "error",
                  names: ["normal", "others"],
                  title: "Errors of normal images and of others",
                },
              ),
            ),
          });
    return {
      images: source,
      normals,
      others,
      learned: learned.rows,
      parameters: detector.trained.network.parameters,
      threshold: detector.threshold,
      mean: detector.mean,
      deviation: detector.deviation,
      ...scores,
      figures,
    };
  },
  render: ({ normals, others, threshold, mean, deviation, precision, recall, f1, rocAuc, falseAlarms, normalError, anomalyError, figures }, { width }) => [
    `normal: ${normals.join(", ")}; others: ${others.join(", ")}`,
    `threshold: ${threshold.toFixed(5)} (errors of normal images: mean ${mean.toFixed(5)}, deviation ${deviation.toFixed(5)})`,
    ...columns([["precision", "recall", "F1", "ROC AUC", "false alarms", "mean error of normal", "of others"], [percent(precision), percent(recall), f1.toFixed(4), rocAuc.toFixed(4), percent(falseAlarms), normalError.toFixed(5), anomalyError.toFixed(5)]], { right: [0, 1, 2, 3, 4, 5, 6], width }),
    ...figures.map((path) => `figure: ${path}`),
  ], // biome-ignore format: one list
});

const round = ["0", "3", "6", "8", "9"];

/** The normal classes: those asked for, the round digits, or the first half. */
function normalOf(classes: readonly string[], asked: readonly string[]): readonly string[] {
  if (asked.length > 0) return asked;
  const isDigits = classes.join() === "0,1,2,3,4,5,6,7,8,9";
  return isDigits ? round : classes.slice(0, Math.ceil(classes.length / 2));
}
