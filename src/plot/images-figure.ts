/** @file Figures of images: a grid of pictures, heat maps and bars, each with a title, as SVG and PNG. */
import { checkChoice, checkNames, checkNumber } from "../core/index.ts";
import { checkSome } from "./checks.ts";
import { fail } from "./errors.ts";
import { label } from "./spec.ts";
import { figureColours, type Theme, themes } from "./theme.ts";

/** A picture: grey or red, green and blue, channel by channel. */
export interface PicturePanel {
  readonly kind: "picture";
  readonly title: string;
  /** Channels (1 or 3), rows, columns. */
  readonly shape: readonly [number, number, number];
  /** Bytes, or numbers from 0 to 1, [c, h, w]. */
  readonly values: Uint8Array | Float32Array;
}

/** A map of numbers, coloured from its least to its largest. */
export interface HeatPanel {
  readonly kind: "heat";
  readonly title: string;
  /** Rows, columns. */
  readonly shape: readonly [number, number];
  readonly values: Float32Array;
}

/** Shares of names as bars. */
export interface BarsPanel {
  readonly kind: "bars";
  readonly title: string;
  readonly names: readonly string[];
  /** 0 to 1. */
  readonly values: readonly number[];
  /** The number of the bar that is marked: the true one. */
  readonly marked?: number;
}

export type ImagesPanel = PicturePanel | HeatPanel | BarsPanel;

/** How a figure of images is drawn. */
export interface ImagesFigureOptions {
  readonly title?: string;
  readonly subtitle?: string;
  /** Panels beside each other, ≥ 1. Default 5. */
  readonly columns?: number;
  /** Units that a panel is wide and high, 32 to 512. Default 112. */
  readonly side?: number;
  /** Default "light". */
  readonly theme?: Theme;
}

/**
 * Draws pictures, heat maps and bars side by side, each with its title; pixels stay sharp. A heat map has its least and largest number below it.
 *
 * @param panels - At most 400, in the order of reading.
 * @param options - See {@link ImagesFigureOptions}.
 * @returns SVG text, which carries its pictures; the same text for the same panels.
 * @throws `plot/missing-data`, `plot/out-of-range-count`, `plot/mismatch-lengths`, `option/out-of-range`, `option/unknown-name`
 * @example
 * ```ts
 * const grey = Uint8Array.of(0, 255, 255, 0);
 * (await imagesFigure([{ kind: "picture", title: "a", shape: [1, 2, 2], values: grey }])).startsWith("<svg") // => true
 * ```
 */
export async function imagesFigure(
  panels: readonly ImagesPanel[],
  options: ImagesFigureOptions = {},
): Promise<string> {
  return figureOf(panels, options, 'style="image-rendering:pixelated"');
}

/** The figure; `sharp` is what keeps the pixels of an enlarged picture sharp, in the words of who draws it. */
async function figureOf(
  panels: readonly ImagesPanel[],
  options: ImagesFigureOptions,
  sharp: string,
): Promise<string> {
  const at = "imagesFigure";
  checkNames(at, options, ["title", "subtitle", "columns", "side", "theme"]);
  const { title = "", subtitle = "", columns = 5, side = 112, theme = "light" } = options;
  checkNumber(at, { columns }, { min: 1, integer: true });
  checkNumber(at, { side }, { min: 32, max: 512 });
  checkChoice(at, { theme }, themes);
  checkSome(at, "panel", panels.length);
  if (panels.length > 400)
    fail("plot/out-of-range-count", { at, what: "panels", most: 400, got: panels.length });
  const { encodePng } = await import("./adapter/png.ts");
  const look = { ...figureColours(theme), side, sharp, encodePng };
  const across = Math.min(columns, panels.length);
  const head = 16 + (title === "" ? 0 : 26) + (subtitle === "" ? 0 : 20);
  const [cell, row] = [side + 16, side + 38];
  const width = Math.max(
    32 + across * cell - 16,
    title === "" ? 0 : 32 + 8.5 * title.length,
    32 + 6.2 * subtitle.length,
  );
  const height = head + Math.ceil(panels.length / across) * row + 8;
  const text = (style: string, words: string): string => `<text ${style}>${escaped(words)}</text>`;
  const drawn = panels.map((panel, i) => {
    const [x, y] = [16 + (i % across) * cell, head + Math.floor(i / across) * row];
    const own = text(`y="11" font-size="11" fill="${look.ink}"`, cut(panel.title, side));
    return `<g transform="translate(${x} ${y})">${own}<g transform="translate(0 17)">${bodyOf(panel, look)}</g></g>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="${Math.ceil(width)}" height="${height}" viewBox="0 0 ${Math.ceil(width)} ${height}" font-family="${look.font}">`,
    `<rect width="100%" height="100%" fill="${look.paper}"/>`,
    ...(title === ""
      ? []
      : [text(`x="16" y="31" font-size="15" font-weight="bold" fill="${look.ink}"`, title)]),
    ...(subtitle === ""
      ? []
      : [
          text(
            `x="16" y="${title === "" ? 28 : 50}" font-size="12" fill="${look.quiet}"`,
            subtitle,
          ),
        ]),
    ...drawn,
    "</svg>",
  ].join("\n");
}

/**
 * Draws the same figure as PNG, with the bundled font.
 *
 * @param scale - Pixels per unit, above 0, at most 8. Default 2.
 * @throws as {@link imagesFigure}
 */
export async function imagesFigurePng(
  panels: readonly ImagesPanel[],
  options: ImagesFigureOptions = {},
  scale = 2,
): Promise<Uint8Array> {
  checkNumber("imagesFigurePng", { scale }, { above: 0, max: 8 });
  const { drawPng } = await import("./adapter/resvg.ts");
  const { fontFiles } = await import("./adapter/vega.ts");
  const svg = await figureOf(panels, options, 'image-rendering="optimizeSpeed"'); // resvg's word
  return drawPng(svg, { scale, fontFiles });
}

type Look = ReturnType<typeof figureColours> & {
  readonly side: number;
  readonly sharp: string;
  readonly encodePng: typeof import("./adapter/png.ts").encodePng;
};

function bodyOf(panel: ImagesPanel, look: Look): string {
  if (panel.kind === "bars") return barsOf(panel, look);
  const [rows, columns] = panel.kind === "heat" ? panel.shape : [panel.shape[1], panel.shape[2]];
  const channels = panel.kind === "heat" ? 1 : panel.shape[0];
  const size = channels * rows * columns;
  if (panel.values.length !== size || (channels !== 1 && channels !== 3))
    fail("plot/mismatch-lengths", {
      at: "imagesFigure",
      what: `panel "${panel.title}"`,
      expected: size,
      got: panel.values.length,
    });
  const range = panel.kind === "heat" ? rangeOf(panel.values) : undefined;
  const bytes = panel.kind === "heat" ? heated(panel.values, look.ramp) : interleaved(panel);
  const shown = panel.kind === "heat" ? 3 : channels === 1 ? 1 : 3;
  const picture = pictureOf(bytes, { rows, columns, channels: shown }, look);
  if (range === undefined) return picture;
  const ends = range.map(short);
  const [low = "", high = ""] = ends;
  return `${picture}<text x="0" y="${look.side + 11}" font-size="9" fill="${look.quiet}">${low}</text><text x="${look.side}" y="${look.side + 11}" font-size="9" text-anchor="end" fill="${look.quiet}">${high}</text>${legendOf(look, ends)}`;
}

/** A number in two digits and few letters: 0.25, 5.7e-5, 12000 as 1.2e+4. */
function short(value: number): string {
  const size = Math.abs(value);
  const isPlain = size === 0 || (size >= 0.001 && size < 10_000);
  return isPlain ? `${Number(value.toPrecision(2))}` : value.toExponential(1);
}

/** From least to largest, as wide as the two numbers leave room; none where that is too little. */
function legendOf({ ramp, side }: Look, ends: readonly string[]): string {
  const steps = 16;
  const gap = Math.max(32, 4 + 6 * Math.max(...ends.map(({ length }) => length)));
  const wide = (side - 2 * gap) / steps;
  if (wide < 1) return "";
  return Array.from(
    { length: steps },
    (_, i) =>
      `<rect x="${(gap + i * wide).toFixed(1)}" y="${side + 5}" width="${(wide + 0.2).toFixed(1)}" height="5" fill="rgb(${mixed(ramp, i / (steps - 1)).join()})"/>`,
  ).join("");
}

interface PictureSize {
  readonly rows: number;
  readonly columns: number;
  readonly channels: 1 | 3;
}

/** A picture in the panel's square, pixel by pixel as it is; one that is enlarged stays sharp. */
function pictureOf(
  bytes: Uint8Array,
  { rows, columns, channels }: PictureSize,
  { side, sharp, encodePng }: Look,
): string {
  const png = encodePng(bytes, { width: columns, height: rows, channels });
  const scale = side / Math.max(rows, columns);
  const drawing = scale > 1 ? ` ${sharp}` : "";
  return `<image width="${columns * scale}" height="${rows * scale}"${drawing} xlink:href="data:image/png;base64,${Buffer.from(png).toString("base64")}"/>`;
}

function interleaved({ shape: [channels, rows, columns], values }: PicturePanel): Uint8Array {
  const scale = values instanceof Float32Array ? 255 : 1;
  const plane = rows * columns;
  return Uint8Array.from({ length: values.length }, (_, i) =>
    Math.max(
      0,
      Math.min(
        255,
        Math.round(scale * (values[(i % channels) * plane + Math.floor(i / channels)] ?? 0)),
      ),
    ),
  );
}

function heated(values: Float32Array, ramp: readonly string[]): Uint8Array {
  const [low, high] = rangeOf(values);
  const bytes = new Uint8Array(3 * values.length);
  for (const [i, value] of values.entries())
    bytes.set(mixed(ramp, high > low ? (value - low) / (high - low) : 0), 3 * i);
  return bytes;
}

/** The colour at a share of a ramp. */
function mixed(ramp: readonly string[], share: number): readonly number[] {
  const at = Math.max(0, Math.min(1, share)) * (ramp.length - 1);
  const from = Math.min(ramp.length - 2, Math.floor(at));
  const part = (colour: string | undefined, c: number): number =>
    Number.parseInt((colour ?? "#000000").slice(1 + 2 * c, 3 + 2 * c), 16);
  return [0, 1, 2].map((c) =>
    Math.round(part(ramp[from], c) + (at - from) * (part(ramp[from + 1], c) - part(ramp[from], c))),
  );
}

function rangeOf(values: Float32Array): readonly [number, number] {
  return [
    values.reduce((a, b) => Math.min(a, b), Infinity),
    values.reduce((a, b) => Math.max(a, b), -Infinity),
  ];
}

function barsOf({ names, values, marked, title }: BarsPanel, look: Look): string {
  if (names.length !== values.length || names.length === 0)
    fail("plot/mismatch-lengths", {
      at: "imagesFigure",
      what: `panel "${title}"`,
      expected: names.length,
      got: values.length,
    });
  const step = look.side / names.length;
  const size = Math.max(5, Math.min(9, step - 1));
  const gap = Math.min(
    0.45 * look.side,
    4 + 0.56 * size * Math.max(...names.map((name) => name.length)),
  );
  const wide = look.side - gap;
  return names
    .map((name, i) => {
      const y = i * step;
      const colour = i === marked ? look.second : look.accent;
      const bar = `<rect x="${gap}" y="${(y + 0.15 * step).toFixed(1)}" width="${(wide * Math.max(0, Math.min(1, values[i] ?? 0))).toFixed(1)}" height="${(0.7 * step).toFixed(1)}" fill="${colour}"/>`;
      return `${bar}<text x="${gap - 4}" y="${(y + 0.5 * step + 0.35 * size).toFixed(1)}" font-size="${size}" text-anchor="end" fill="${look.ink}">${escaped(cut(name, gap - 4, size))}</text>`;
    })
    .concat(`<line x1="${gap}" x2="${gap}" y1="0" y2="${look.side}" stroke="${look.line}"/>`)
    .join("");
}

/** A text that fits a width, by the mean width of letters. */
function cut(text: string, width: number, size = 11): string {
  const most = Math.max(2, Math.floor(width / (0.52 * size)));
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}

const escaped = (text: string): string =>
  label(text).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
