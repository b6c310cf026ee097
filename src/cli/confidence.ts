/** @file `millrace confidence`: how sure a network is of images, and who should look at which. */
import { confidenceReport } from "../nn/index.ts";
import { calibrationChart, imagesFigure, renderSvg } from "../plot/index.ts";
import { openWorkspace } from "../workspace/index.ts";
import { command } from "./command.ts";
import { percent, picture, writeFigures } from "./networks/figure-files.ts";
import { imageArgument, judgedOptions } from "./networks/image-source.ts";
import { judgedImages } from "./networks/judged-images.ts";
import { networkArgument, networkWords, openImageNetwork } from "./networks/open-network.ts";
import { columns, number } from "./text.ts";
import { dir } from "./workspace-folder.ts";

export const confidence = command({
  name: "confidence",
  summary: "How sure a network is of its predictions: accept, review, reject; and its calibration.",
  about: [
    "Each image is routed by the probability of its predicted class: accepted from --accept on, rejected below --reject, else",
    "reviewed by a person. Shown are the accuracy of each band, the reliability table with its expected calibration error, and for each class the",
    "image with the least sure prediction. --out draws the reliability curve, and the most ambiguous images beside their probabilities.",
  ],
  arguments: { network: networkArgument, images: imageArgument },
  options: {
    accept: {
      type: "number",
      default: 0.9,
      min: 0,
      max: 1,
      value: "P",
      help: "from which probability on a prediction is accepted",
    },
    reject: {
      type: "number",
      default: 0.5,
      min: 0,
      max: 1,
      value: "P",
      help: "below which it is rejected",
    },
    bins: {
      type: "number",
      default: 10,
      min: 1,
      max: 100,
      whole: true,
      value: "N",
      help: "of the reliability table",
    },
    ...judgedOptions,
    seed: {
      type: "number",
      default: 0,
      whole: true,
      value: "N",
      help: "where chance starts, of images that are drawn",
    },
    out: { type: "string", value: "FOLDER", help: "write the figures, as SVG" },
    dir,
  },
  examples: [
    "confidence digits digits",
    "confidence mnist@champion mnist --accept 0.95 --out figures",
  ],
  run: async ({ network: name, images: source, accept, reject, bins, out, ...values }, around) => {
    await using workspace = await openWorkspace(values.dir, { create: false });
    const opened = await openImageNetwork(workspace, "confidence", name);
    const test = await judgedImages(
      { command: "confidence", source, ...values, signal: around.signal },
      [opened],
    );
    const report = await around.reporter.stage(
      `predict ${number(test.rows)} images`,
      () => confidenceReport(opened.model.trained, test, { accept, reject, bins }),
      () => null,
    );
    const { answers: _, tops: __, routes: ___, ...told } = report;
    const panels = told.ambiguous
      .slice(0, 20)
      .flatMap(({ class: own, row, answer, probabilities }) => [
        picture(test, row, `${own}, predicted ${answer}`),
        {
          kind: "bars",
          title: "probabilities",
          names: test.classes,
          values: probabilities,
          marked: test.classes.indexOf(own),
        } as const,
      ]);
    const subtitle = `calibration error ${told.calibrationError.toFixed(3)}; larger points have more images`;
    const files =
      out === undefined
        ? []
        : await writeFigures(out, {
            reliability: await renderSvg(
              calibrationChart([{ name, bins: told.reliability }], {
                title: "Calibration: confidence and accuracy",
                subtitle,
              }),
            ),
            ambiguous: await imagesFigure(panels, {
              title: "The most ambiguous image of each class",
              subtitle: "bars are the predicted probabilities, the true class in the second colour",
              columns: 6,
            }),
          });
    return { network: networkWords(opened), images: source, ...told, figures: files };
  },
  render: (
    { network, images, rows, accuracy, bands, reliability, calibrationError, ambiguous, figures },
    { width },
  ) => [
    `${network} on ${number(rows)} images of ${images}: accuracy ${percent(accuracy)}`,
    "",
    ...columns(
      [
        ["band", "images", "share", "accuracy"],
        ...bands.map((one) => [
          one.band,
          number(one.rows),
          percent(one.share),
          one.accuracy === null ? "–" : percent(one.accuracy),
        ]),
      ],
      { right: [1, 2, 3], width },
    ),
    "",
    ...columns(
      [
        ["confidence", "accuracy", "images"],
        ...reliability.map(({ given, observed, rows: n }) => [
          given.toFixed(3),
          observed.toFixed(3),
          number(n),
        ]),
      ],
      { right: [0, 1, 2], width },
    ),
    `expected calibration error: ${calibrationError.toFixed(4)}`,
    "",
    ...columns(
      [
        ["class", "most ambiguous image", "prediction", "probability"],
        ...ambiguous.map((one) => [one.class, `${one.row}`, one.answer, percent(one.top)]),
      ],
      { right: [1, 3], width },
    ),
    ...figures.map((path) => `figure: ${path}`),
  ],
});
