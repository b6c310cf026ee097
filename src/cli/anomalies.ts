/** @file `millrace anomalies`: an autoencoder learns normal images, and detects those that are not. */
import { imagesOfClasses } from "../dataset/index.ts";
import { type AnomalyScores, anomalyErrors, anomalyModel, fitAnomalies } from "../nn/index.ts";
import { openWorkspace } from "../workspace/index.ts";
import { command } from "./command.ts";
import { fail } from "./errors.ts";
import { anomalyFigures } from "./networks/anomaly-figures.ts";
import { percent, writeFigures } from "./networks/figure-files.ts";
import { imageArgument, imageOptions, imagesOf } from "./networks/image-source.ts";
import {
  firstImage,
  keepNetwork,
  keptLines,
  registerOption,
  withoutAbsent,
} from "./networks/keep-network.ts";
import { epochsOption } from "./networks/training-options.ts";
import { namesOf } from "./options.ts";
import { columns, number } from "./text.ts";
import { dir } from "./workspace-folder.ts";

export const anomalies = command({
  name: "anomalies",
  summary: "Learn what normal images look like, and detect anomalies.",
  about: [
    "An autoencoder is trained on images of the --normal classes alone. What it cannot reconstruct is an anomaly: its error is above the mean of",
    "normal images that were not learned from plus --k standard deviations, or above --percentile of them. Precision, recall and ROC AUC are",
    "measured on test images of all classes. --out draws images beside their reconstruction and the difference, and the errors of both kinds. All of it is kept as a run; --register makes",
    "a version of the detector: serve answers with the error of an image, and whether it is an anomaly.",
  ],
  arguments: { images: imageArgument },
  options: {
    normal: {
      type: "string",
      many: true,
      value: "A,B",
      help: "the classes that are normal; the first half if not given, of digits 0,3,6,8,9",
    },
    error: {
      type: "string",
      choices: anomalyErrors,
      default: "relative",
      help: "squared: the mean square of what differs; relative: that by the image's own mean square",
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
    epochs: epochsOption,
    learningRate: {
      type: "number",
      default: 0.003,
      min: 0,
      value: "N",
      help: "step size of the optimiser",
    },
    ...imageOptions,
    seed: { type: "number", default: 0, whole: true, value: "N", help: "where chance starts" },
    register: registerOption,
    out: { type: "string", value: "FOLDER", help: "write the figures, as SVG" },
    dir,
  },
  examples: [
    "anomalies digits --rows 4000 --register odd --out figures",
    "anomalies parts --normal sound --percentile 0.99",
  ],
  run: async ({ images: source, normal, out, dir, register, ...values }, around) => {
    const { k, percentile, error, epochs, learningRate, seed } = values;
    const { signal } = around;
    const { train, test, name } = await imagesOf({
      command: "anomalies",
      source,
      ...values,
      signal,
    });
    const normals = normalOf(train.classes, namesOf(normal));
    const others = train.classes.filter((one) => !normals.includes(one));
    if (others.length === 0)
      fail("cli/mismatch-option", {
        ...{ command: "anomalies", option: "normal", got: normals.join(",") },
        expected: `fewer than all of ${train.classes.join(", ")}`,
      });
    const learned = imagesOfClasses(train, normals);
    const detector = await around.reporter.stage(
      `learn ${number(learned.rows)} normal images`,
      (progress) =>
        fitAnomalies(learned, {
          ...{ k, error, epochs, learningRate, seed, signal, progress },
          ...(percentile === undefined ? {} : { percentile }),
        }),
      ({ trained }) =>
        `${trained.history.length} epochs of ${number(trained.network.parameters)} parameters`,
    );
    const [sound, odd] = [imagesOfClasses(test, normals), imagesOfClasses(test, others)];
    const scores = await detector.judge(sound, odd);
    const drawings = await anomalyFigures(detector, sound, odd);
    const figures = await writeFigures(out, drawings);
    const { trained, threshold, mean, deviation } = detector;
    const { parameters } = trained.network;
    const asked = {
      images: name,
      normal: normals.join(),
      k,
      percentile,
      error,
      epochs,
      learningRate,
      seed,
    };
    await using workspace = await openWorkspace(dir);
    const { runId, version } = await keepNetwork(workspace, {
      ...{ experiment: `anomalies ${name}`, name: "autoencoder", register },
      params: withoutAbsent({ ...asked, rows: learned.rows, parameters }),
      scores: { threshold, mean, deviation, ...namedScores(scores) },
      history: trained.history,
      model: anomalyModel(detector),
      inputExample: { image: firstImage(test) },
      files: Object.fromEntries(
        Object.entries(drawings).map(([file, svg]) => [`figures/${file}.svg`, Buffer.from(svg)]),
      ),
    });
    const kept = { runId, version, figures };
    const told = { learned: learned.rows, parameters, error, threshold, mean, deviation };
    return { images: source, normals, others, ...told, ...scores, ...kept };
  },
  render: (
    {
      normals,
      others,
      threshold,
      mean,
      deviation,
      precision,
      recall,
      f1,
      rocAuc,
      falseAlarms,
      normalError,
      anomalyError,
      figures,
      ...kept
    },
    { width },
  ) => [
    `normal: ${normals.join(", ")}; others: ${others.join(", ")}`,
    `threshold: ${threshold.toFixed(5)} (${kept.error} errors of normal images: mean ${mean.toFixed(5)}, deviation ${deviation.toFixed(5)})`,
    ...columns(
      [
        [
          "precision",
          "recall",
          "F1",
          "ROC AUC",
          "false alarms",
          "mean error of normal",
          "of others",
        ],
        [
          percent(precision),
          percent(recall),
          f1.toFixed(4),
          rocAuc.toFixed(4),
          percent(falseAlarms),
          normalError.toFixed(5),
          anomalyError.toFixed(5),
        ],
      ],
      { right: [0, 1, 2, 3, 4, 5, 6], width },
    ),
    ...keptLines(kept),
    ...figures.map((path) => `figure: ${path}`),
  ],
});

/** Scores by the names of metrics. */
const namedScores = (scores: AnomalyScores) => ({
  ...{ precision: scores.precision, recall: scores.recall, f1: scores.f1, auc: scores.rocAuc },
  false_alarms: scores.falseAlarms,
  ...{ normal_error: scores.normalError, anomaly_error: scores.anomalyError },
});

const round = ["0", "3", "6", "8", "9"];

/** The normal classes: those asked for, the round digits, or the first half. */
function normalOf(classes: readonly string[], asked: readonly string[]): readonly string[] {
  if (asked.length > 0) return asked;
  const isDigits = classes.join() === "0,1,2,3,4,5,6,7,8,9";
  return isDigits ? round : classes.slice(0, Math.ceil(classes.length / 2));
}
