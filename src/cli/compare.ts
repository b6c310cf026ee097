/** @file `millrace compare`: two networks side by side on one image. */
import { compareNetworks } from "../nn/index.ts";
import { imagesFigure } from "../plot/index.ts";
import { openWorkspace } from "../workspace/index.ts";
import { command } from "./command.ts";
import { percent, picture, writeFigures } from "./networks/figure-files.ts";
import { imageArgument, judgedOptions } from "./networks/image-source.ts";
import { judgedImages } from "./networks/judged-images.ts";
import { networkArgument, networkWords, openImageNetwork } from "./networks/open-network.ts";
import { columns, number } from "./text.ts";
import { dir } from "./workspace-folder.ts";

export const compare = command({
  name: "compare",
  summary: "Two networks side by side on one image, chosen by how sure the first is.",
  about: [
    "Of all images, or those of --class, the one is taken of which the first network is least sure, most sure, or any (--mode). --out draws it beside both predictions.",
  ],
  arguments: {
    first: { ...networkArgument, value: "FIRST" },
    second: { ...networkArgument, value: "SECOND" },
    images: imageArgument,
  },
  options: {
    mode: {
      type: "string",
      choices: ["lowest", "highest", "random"],
      default: "lowest",
      value: "MODE",
      help: "which image: by the confidence of the first network",
    },
    class: { type: "string", value: "CLASS", help: "only images of this class" },
    ...judgedOptions,
    seed: { type: "number", default: 0, whole: true, value: "N", help: "where chance starts" },
    out: { type: "string", value: "FOLDER", help: "write the figure, as SVG" },
    dir,
  },
  examples: [
    "compare digits/1 digits/2 digits",
    "compare mlp cnn mnist --class 6 --mode random --out figures",
  ],
  run: async ({ first, second, images: source, mode, class: wanted, out, ...values }, around) => {
    await using workspace = await openWorkspace(values.dir, { create: false });
    const [one, two] = [
      await openImageNetwork(workspace, "compare", first),
      await openImageNetwork(workspace, "compare", second),
    ];
    const test = await judgedImages(
      { command: "compare", source, ...values, signal: around.signal },
      [one, two],
    );
    const told = await around.reporter.stage(
      `predict ${number(test.rows)} images with both`,
      () =>
        compareNetworks([one.model.trained, two.model.trained], test, {
          mode,
          seed: values.seed,
          ...(wanted === undefined ? {} : { class: wanted }),
        }),
      () => null,
    );
    const bars = (title: string, values: readonly number[]) =>
      ({
        kind: "bars",
        title,
        names: test.classes,
        values,
        marked: test.classes.indexOf(told.class),
      }) as const;
    const panels = [
      picture(test, told.row, `class ${told.class}`),
      bars(first, told.first.probabilities),
      bars(second, told.second.probabilities),
    ];
    const figures = await writeFigures(out, {
      compare: await imagesFigure(panels, {
        title: `${first} beside ${second}`,
        subtitle: `predicted probabilities, the true class in the second colour; image of ${mode} confidence`,
        side: 180,
      }),
    });
    return { networks: [networkWords(one), networkWords(two)], ...told, figures };
  },
  render: ({ networks, row, class: own, first, second, rows, agreed, figures }, { width }) => [
    `image ${row}, class ${own}:`,
    ...columns(
      [
        ["network", "prediction", "probability", "right", "accuracy"],
        ...[first, second].map((one, i) => [
          networks[i] ?? "",
          one.answer,
          percent(one.top),
          one.isRight ? "yes" : "no",
          percent(one.accuracy),
        ]),
      ],
      { right: [2, 4], width },
    ),
    `they agree on ${number(agreed)} of ${number(rows)} images`,
    ...figures.map((path) => `figure: ${path}`),
  ],
});
