/** @file `millrace maps`: what the filters of a network see in an image, which of them are dead, and which pixels decide. */
import { deadFilters, type FeatureMaps, featureMaps, gradCam, saliency } from "../nn/index.ts";
import { type ImagesPanel, imagesFigure } from "../plot/index.ts";
import { openWorkspace } from "../workspace/index.ts";
import { command } from "./command.ts";
import { fail } from "./errors.ts";
import { bytesOf, percent, picture, writeFigures } from "./networks/figure-files.ts";
import { imageArgument, judgedOptions } from "./networks/image-source.ts";
import { judgedImages } from "./networks/judged-images.ts";
import { networkArgument, networkWords, openImageNetwork } from "./networks/open-network.ts";
import { columns } from "./text.ts";
import { dir } from "./workspace-folder.ts";

export const maps = command({
  name: "maps",
  summary: "Feature maps of an image, dead filters, and which pixels decide: saliency, Grad-CAM.",
  about: [
    "Every convolution (or the one of --layer) is asked about one image, the first of --class, or the one of --image. A filter is dead when",
    "it gives the same number for all images that are tried. --out draws the maps of each layer, and the image beside its",
    "saliency (the gradient of the predicted class by each pixel) and Grad-CAM (where the last convolution found evidence for it).",
  ],
  arguments: { network: networkArgument, images: imageArgument },
  options: {
    layer: {
      type: "string",
      value: "LAYER",
      help: 'a convolution by its name or number, such as "3 conv2d" or 3; all if not given',
    },
    image: {
      type: "number",
      min: 0,
      whole: true,
      value: "N",
      help: "the number of the image; the first if not given",
    },
    class: { type: "string", value: "CLASS", help: "the first image of this class" },
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
    "maps digits digits --class 0 --out figures",
    "maps mnist/2 mnist --layer 3 --image 7",
  ],
  run: async (
    { network: name, images: source, layer, image, class: wanted, out, ...values },
    around,
  ) => {
    await using workspace = await openWorkspace(values.dir, { create: false });
    const opened = await openImageNetwork(workspace, "maps", name);
    const { trained } = opened.model;
    const test = await judgedImages({ command: "maps", source, ...values, signal: around.signal }, [
      opened,
    ]);
    const row = rowOf(test, { image, wanted });
    const bytes = bytesOf(test, row);
    const layers = trained.network.layers
      .filter(({ kind, shape }) => /^conv/.test(kind) && shape.length === 3)
      .map((one) => one.name);
    const seen = await Promise.all(
      (layer === undefined ? layers : [layer]).map((one) => featureMaps(trained, bytes, one)),
    );
    const [pixels, cam] = [
      await saliency(trained, bytes),
      layers.length === 0 ? undefined : await gradCam(trained, bytes),
    ];
    const dead = await deadFilters(trained, {
      pixels: test.pixels.subarray(0, 500 * bytes.length),
    });
    const told = await trained.predict(bytes);
    const own = test.classes[test.labels[row] ?? 0] ?? "";
    const answer = {
      class: test.classes[pixels.class] ?? `${pixels.class}`,
      top: told[pixels.class] ?? 0,
    };
    const shown = picture(test, row, `class ${own}`);
    const heats: readonly ImagesPanel[] = [
      shown,
      {
        kind: "heat",
        title: `saliency of ${answer.class}`,
        shape: pixels.shape,
        values: pixels.map,
      },
      ...(cam === undefined
        ? []
        : [{ kind: "heat", title: "Grad-CAM", shape: cam.shape, values: cam.map } as const]),
    ];
    const grids = await Promise.all(
      seen.map(async (maps) => [fileOf(maps.layer), await gridOf(maps, shown)] as const),
    );
    const figures = await writeFigures(out, {
      saliency: await imagesFigure(heats, {
        title: `Prediction ${answer.class}, ${percent(answer.top)}`,
        side: 168,
      }),
      ...Object.fromEntries(grids),
    });
    const ranges = seen.map(({ layer: of, shape, maps: numbers }) => ({
      layer: of,
      shape,
      active: numbers.filter((value) => value > 0).length / numbers.length,
    }));
    return {
      network: networkWords(opened),
      image: row,
      class: own,
      answer,
      layers: ranges,
      dead,
      figures,
    };
  },
  render: ({ network, image, class: own, answer, layers, dead, figures }, { width }) => [
    `${network}: image ${image}, class ${own}, prediction ${answer.class} with ${percent(answer.top)}`,
    "",
    ...columns(
      [
        ["convolution", "feature maps", "above 0"],
        ...layers.map(({ layer, shape, active }) => [
          layer,
          `[${shape.join(", ")}]`,
          percent(active),
        ]),
      ],
      { right: [2], width },
    ),
    "",
    ...columns(
      [
        ["layer", "filters or units", "dead"],
        ...dead.map((one) => [
          one.layer,
          `${one.units}`,
          one.dead.length === 0
            ? "none"
            : `${one.dead.length}: ${one.dead.slice(0, 12).join(", ")}`,
        ]),
      ],
      { right: [1], width },
    ),
    ...figures.map((path) => `figure: ${path}`),
  ],
});

/** The number of the image that is asked for. */
function rowOf(
  {
    rows,
    labels,
    classes,
  }: { readonly rows: number; readonly labels: Int32Array; readonly classes: readonly string[] },
  { image, wanted }: { readonly image: number | undefined; readonly wanted: string | undefined },
): number {
  if (wanted === undefined) {
    const row = image ?? 0;
    if (row >= rows)
      fail("cli/mismatch-option", {
        command: "maps",
        option: "image",
        expected: `a number from 0 to ${rows - 1}`,
        got: `${row}`,
      });
    return row;
  }
  const row = labels.indexOf(classes.indexOf(wanted));
  if (row < 0)
    fail("cli/mismatch-option", {
      command: "maps",
      option: "class",
      expected: `one of ${classes.join(", ")}`,
      got: wanted,
    });
  return row;
}

const fileOf = (layer: string): string => `maps-${layer.replaceAll(/[^a-z0-9]+/gi, "-")}`;

/** The image, and what each filter of a layer sees in it. */
function gridOf({ layer, shape, maps }: FeatureMaps, shown: ImagesPanel): Promise<string> {
  const [filters, rows, wide] = shape;
  const heats = Array.from(
    { length: Math.min(filters, 96) },
    (_, i): ImagesPanel => ({
      kind: "heat",
      title: `filter ${i}`,
      shape: [rows, wide],
      values: maps.subarray(i * rows * wide, (i + 1) * rows * wide),
    }),
  );
  return imagesFigure([shown, ...heats], {
    title: `Feature maps of ${layer}`,
    columns: 8,
    side: 96,
  });
}
