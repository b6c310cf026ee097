/** @file Draws chart specs as SVG and PNG; the drawing engine is loaded with the first chart. */
import { checkChoice, checkNames, checkNumber } from "../core/index.ts";
import { fail } from "./errors.ts";
import type { ChartSpec } from "./spec.ts";
import { type Theme, themeConfig, themes } from "./theme.ts";

/** How a chart is drawn. */
export interface SvgOptions {
  /** Default "light". */
  readonly theme?: Theme;
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
  checkNames("renderSvg", options, ["theme"]);
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
  checkNames("renderPng", options, ["theme", "scale"]);
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
  const { drawSvg, fontFiles } = await import("./adapter/vega.ts");
  const { svg, problems } = await drawSvg(spec, themeConfig(theme));
  if (problems.length > 0) fail("plot/unsupported-spec", { at, reasons: problems });
  return { svg, fontFiles };
}
