/** @file Draws chart specs as SVG and PNG; the drawing engine is loaded with the first chart. */
import { checkChoice, checkNames, checkNumber } from "../core/index.ts";
import type { Json } from "../flow.ts";
import { fail } from "./errors.ts";
import type { ChartSpec } from "./spec.ts";
import { narrowConfig, type Theme, themeConfig, themes } from "./theme.ts";

/** How a chart is drawn. */
export interface SvgOptions {
  /** Default "light". */
  readonly theme?: Theme;
  /**
   * The most that the picture may be wide, in units, at least 240: a wider chart is drawn narrower, with its text as large as before and
   * its legend below. Default: as the chart is described.
   */
  readonly widthPx?: number;
}

/** How a chart is drawn as pixels. */
export interface PngOptions extends SvgOptions {
  /** Pixels per unit, above 0, at most 8. Default 2. */
  readonly scale?: number;
}

/**
 * Draws a chart as SVG. The same spec and theme give the same text on every machine. Draw only
 * specs that the chart functions made: a Vega-Lite spec can hold expressions, which are evaluated.
 * The first call loads Vega (about 0.3 s); a chart then takes some 10 ms.
 *
 * @throws `plot/unsupported-spec` when it is not a Vega-Lite spec or its data are elsewhere;
 * `option/out-of-range` for another theme.
 * @example
 * ```ts
 * const spec = importancesChart([{ name: "tenure", share: 1 }]);
 * (await renderSvg(spec, { theme: "dark" })).startsWith("<svg") // => true
 * ```
 */
export async function renderSvg(spec: ChartSpec, options: SvgOptions = {}): Promise<string> {
  checkNames("renderSvg", options, ["theme", "widthPx"]);
  return (await draw("renderSvg", spec, options)).svg;
}

/**
 * Draws a chart as PNG with the bundled font (DejaVu Sans Condensed: Latin, Greek, Cyrillic and
 * more; characters it lacks are drawn as boxes). No font of the machine is used.
 * The same spec gives the same bytes.
 *
 * @throws as {@link renderSvg}, and `option/out-of-range` for another scale.
 * @example
 * ```ts
 * const png = await renderPng(importancesChart([{ name: "tenure", share: 1 }]), { scale: 1 });
 * [...png.subarray(1, 4)].map((byte) => String.fromCharCode(byte)).join("") // => "PNG"
 * ```
 */
export async function renderPng(spec: ChartSpec, options: PngOptions = {}): Promise<Uint8Array> {
  checkNames("renderPng", options, ["theme", "scale", "widthPx"]);
  const { scale = 2 } = options;
  checkNumber("renderPng", { scale }, { above: 0, max: 8 });
  const { svg, fontFiles } = await draw("renderPng", spec, options);
  const { drawPng } = await import("./adapter/resvg.ts");
  return drawPng(svg, { scale, fontFiles });
}

interface SvgAndFonts {
  readonly svg: string;
  readonly fontFiles: readonly string[];
}

async function draw(at: string, spec: ChartSpec, options: SvgOptions): Promise<SvgAndFonts> {
  const theme = checkChoice(at, { theme: options.theme ?? "light" }, themes);
  if (typeof spec !== "object" || spec === null)
    return fail("plot/unsupported-spec", { at, reasons: [String(spec)] });
  const { widthPx } = options;
  if (widthPx !== undefined) checkNumber(at, { widthPx }, { min: 240 });
  const { drawSvg, fontFiles } = await import("./adapter/vega.ts");
  const drawn = async (one: ChartSpec, config: ReturnType<typeof themeConfig>): Promise<string> => {
    const { svg, problems } = await drawSvg(one, config);
    if (problems.length > 0) fail("plot/unsupported-spec", { at, reasons: problems });
    return svg;
  };
  const svg = await drawn(spec, themeConfig(theme));
  if (widthPx === undefined || widthOf(svg) <= widthPx) return { svg, fontFiles };
  return { svg: await narrowed(spec, { theme, widthPx, drawn }), fontFiles };
}

/** How often a chart is drawn again until it is narrow enough. */
const tries = 4;

interface Narrow {
  readonly theme: Theme;
  readonly widthPx: number;
  readonly drawn: (spec: ChartSpec, config: ReturnType<typeof themeConfig>) => Promise<string>;
}

/** Takes from the plotting area what is too wide; legends without a place of their own go below. */
async function narrowed(spec: ChartSpec, { theme, widthPx, drawn }: Narrow): Promise<string> {
  const config = narrowConfig(theme, widthPx);
  let [narrow, svg] = [spec, await drawn(spec, config)];
  for (let i = 0; i < tries && widthOf(svg) > widthPx; i++) {
    const width = narrow["width"];
    const over = widthOf(svg) - widthPx;
    if (typeof width === "number") narrow = { ...narrow, width: Math.max(100, width - over) };
    else
      narrow = {
        ...narrow,
        width: { step: await stepFor({ narrow, svg, widthPx }, (one) => drawn(one, config)) },
      };
    svg = await drawn(narrow, config);
  }
  return svg;
}

/** The step that makes a chart of cells as wide as wanted: its width grows evenly with the step. */
async function stepFor(
  {
    narrow,
    svg,
    widthPx,
  }: { readonly narrow: ChartSpec; readonly svg: string; readonly widthPx: number },
  draw: (spec: ChartSpec) => Promise<string>,
): Promise<number> {
  const step = stepOf(narrow["width"]);
  const half = widthOf(await draw({ ...narrow, width: { step: step / 2 } }));
  const cells = (widthOf(svg) - half) / (step / 2);
  return Math.max(1, step - (widthOf(svg) - widthPx) / Math.max(cells, 1) - 0.01);
}

function stepOf(width: Json | undefined): number {
  if (typeof width !== "object" || width === null || Array.isArray(width)) return 20;
  const step = Object.entries(width).find(([name]) => name === "step")?.[1];
  return typeof step === "number" ? step : 20;
}

/** The width that an SVG says it has. */
function widthOf(svg: string): number {
  return Number(/<svg[^>]* width="([\d.]+)"/.exec(svg)?.[1] ?? 0);
}
