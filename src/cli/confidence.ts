/** @file `millrace confidence`: how sure a network is of images, and who should look at which. */
import { confidenceReport } from "../nn/index.ts";
import { calibrationChart, imagesFigure, renderSvg } from "../plot/index.ts";
import { openWorkspace } from "../workspace/index.ts";
import { command } from "./command.ts";
import { percent, picture, writeFigures } from "./networks/figure-files.ts";
import { imageArgument, imageOptions, imagesOf } from "./networks/image-source.ts";
import { networkArgument, networkWords, openNetwork } from "./networks/open-network.ts";
import { columns, number } from "./text.ts";
import { dir } from "./workspace-folder.ts";

export const confidence = command({
  name: "confidence",
  summary:
    "How sure a network is of images: accepted, reviewed, rejected, and whether it comes true.",
  about: [
    "Each image is routed by the probability of its likeliest class: accepted from --accept on, rejected below --reject, else",
    "reviewed by a person. Shown are the accuracy of each band, the reliability table with its calibration error, and for each class the",
    "image that the network was least sure of. --out draws the reliability, and the most ambiguous images beside their probabilities.",
  ],
  arguments: { network: networkArgument, images: imageArgument },
  options: {
    accept: {
      type: "number",
      default: 0.9,
      min: 0,
      max: 1,
      value: "P",
      help: "from which probability on an answer is believed",
    },
    reject: {
      type: "number",
      default: 0.5,
      min: 0,
      max: 1,
      value: "P",
      help: "below which it is refused",
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
    ...imageOptions,
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
    const opened = await openNetwork(workspace, "confidence", name);
    const { test } = await imagesOf({
      command: "confidence",
      source,
      ...values,
      signal: around.signal,
    });
    const report = await around.reporter.stage(
      `ask about ${number(test.rows)} images`,
      () => confidenceReport(opened.model.trained, test, { accept, reject, bins }),
      () => null,
    );
    const { answers: _, tops: __, routes: ___, ...told } = report;
    const panels = told.ambiguous
      .slice(0, 20)
      .flatMap(({ class: own, row, answer, probabilities }) => [
        picture(test, row, `${own}, taken for ${answer}`),
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
                title: "Confidence and what came true",
                subtitle,
              }),
            ),
            ambiguous: await imagesFigure(panels, {
              title: "The most ambiguous image of each class",
              subtitle: "its own class in the second colour",
              columns: 6,
            }),
          });
    return { network: networkWords(opened), images: source, ...told, figures: files };
  },
  render: ({ network, images, rows, accuracy, bands, reliability, calibrationError, ambiguous, figures }, { width }) => [
    `${network} on ${number(rows)} images of ${images}: ${percent(accuracy)} right`,
    "",
    ...columns([["band", "images", "share", "right"], ...bands.map((one) => [one.band, number(one.rows), percent(one.share), one.accuracy === null ? "–" : percent(one.accuracy)])], { right: [1, 2, 3], width }),
    "",
    ...columns([["confidence", "came true", "images"], ...reliability.map(({ given, observed, rows: n }) => [given.toFixed(3), observed.toFixed(3), number(n)])], { right: [0, 1, 2], width }),
    `calibration error: ${calibrationError.toFixed(4)}`,
    "",
    ...columns([["class", "most ambiguous image", "taken for", "with"], ...ambiguous.map((one) => [one.class, `${one.row}`, one.answer, percent(one.top)])], { right: [1, 3], width }),
    ...figures.map((path) => `figure: ${path}`),
  ], // biome-ignore format: one list
});
