/** @file Light and dark: every colour, size and font of the charts, as a Vega-Lite config. */
import type { Json } from "../flow.ts";

/** The two looks of a chart. */
export type Theme = "light" | "dark";

/** The names of the themes. */
export const themes = ["light", "dark"] as const satisfies readonly Theme[];

interface Colours {
  readonly paper: string;
  readonly ink: string;
  readonly quiet: string;
  readonly grid: string;
  readonly line: string;
  readonly curves: readonly string[];
  /** From a share of 0 to a share of 1; the middle one has luminance 0.18. */
  readonly ramp: readonly string[];
  /** From −1 over 0 to 1. */
  readonly diverging: readonly string[];
  /** From a low to a high value, each to be seen on the paper. */
  readonly lowHigh: readonly string[];
  readonly onLow: string;
  readonly onHigh: string;
  readonly levels: { readonly none: string; readonly moderate: string; readonly severe: string };
}

// Curves after Okabe & Ito's palette (2008), each shifted to stand out from its paper.
const colours: Readonly<Record<Theme, Colours>> = {
  light: {
    paper: "#ffffff",
    ink: "#1b2027",
    quiet: "#59636e",
    grid: "#e6eaee",
    line: "#8c96a1",
    curves: [
      "#0072b2",
      "#d55e00",
      "#008f68",
      "#b0569a",
      "#a87900",
      "#3f9fd6",
      "#4d5661",
      "#8a3b12",
    ],
    ramp: ["#eff5fa", "#4679a8", "#08406e"],
    diverging: ["#a63603", "#e6855b", "#f4f5f7", "#4679a8", "#08406e"],
    lowHigh: ["#1f78b4", "#8c6bb1", "#d7301f"],
    onLow: "#000000",
    onHigh: "#ffffff",
    levels: { none: "#93a0ad", moderate: "#d99000", severe: "#c63d08" },
  },
  dark: {
    paper: "#12161b",
    ink: "#e8ecf0",
    quiet: "#a3adb8",
    grid: "#272e36",
    line: "#6f7a86",
    curves: [
      "#56b4e9",
      "#f5894a",
      "#2fc79b",
      "#e59bcd",
      "#e6b93a",
      "#2f86c5",
      "#c3ccd6",
      "#c2703f",
    ],
    ramp: ["#1d2731", "#3a7ba6", "#b5defa"],
    diverging: ["#ffb48a", "#c2551d", "#1d2731", "#3a7ba6", "#b5defa"],
    lowHigh: ["#56b4e9", "#b79ad6", "#ff7a5c"],
    onLow: "#ffffff",
    onHigh: "#000000",
    levels: { none: "#6f7c89", moderate: "#e6b93a", severe: "#ff7a45" },
  },
};

/** The bundled font first; the others have its widths where it is not installed. */
const font = "DejaVu Sans Condensed, DejaVu Sans, Helvetica, Arial, sans-serif";

/**
 * The Vega-Lite config of a theme, for a page that draws the specs itself. Roles that a spec names
 * by `style` (such as "threshold" or "level-severe") get their colours here.
 *
 * @example
 * ```ts
 * themeConfig("dark")["background"] // => "#12161b"
 * ```
 */
export function themeConfig(theme: Theme): Readonly<Record<string, Json>> {
  const c = colours[theme];
  const [accent = c.ink] = c.curves;
  return {
    background: c.paper,
    padding: 16,
    font,
    view: { stroke: null },
    title: titleConfig(c),
    axis: axisConfig(c),
    legend: legendConfig(c),
    range: {
      ...{ category: c.curves, heatmap: c.ramp, ramp: c.ramp },
      ...{ diverging: c.diverging, ordinal: c.lowHigh },
    },
    text: { fontSize: 11, color: c.ink },
    bar: { color: accent },
    line: { strokeWidth: 2, strokeCap: "round", strokeJoin: "round" },
    style: styleConfig(c, accent),
  };
}

/** The colours that a figure drawn without Vega takes from a theme. */
export function figureColours(theme: Theme) {
  const { paper, ink, quiet, line, ramp, curves } = colours[theme];
  const [accent = ink, second = ink] = curves;
  return { paper, ink, quiet, line, ramp, accent, second, font };
}

/** The config of a theme for pictures of so many units at most: cut titles, legends below. */
export function narrowConfig(theme: Theme, widthPx: number): Readonly<Record<string, Json>> {
  const c = colours[theme];
  const legend = {
    ...legendConfig(c),
    orient: "bottom",
    columns: 2,
    gradientDirection: "horizontal",
  };
  return { ...themeConfig(theme), title: { ...titleConfig(c), limit: widthPx - 32 }, legend };
}

function titleConfig(c: Colours): { readonly [name: string]: Json } {
  const text = { color: c.ink, fontSize: 15, fontWeight: "bold" };
  const below = { subtitleColor: c.quiet, subtitleFontSize: 12, subtitlePadding: 5 };
  return { ...text, ...below, anchor: "start", frame: "bounds", offset: 14, limit: 560 };
}

function axisConfig(c: Colours): Json {
  const words = { labelColor: c.quiet, labelFontSize: 11, titleColor: c.ink, titleFontSize: 12 };
  const lines = { gridColor: c.grid, tickColor: c.line, domainColor: c.line, tickSize: 4 };
  return {
    ...words,
    ...lines,
    titleFontWeight: "normal",
    titlePadding: 10,
    labelPadding: 4,
    labelFlush: false,
  };
}

function legendConfig(c: Colours): { readonly [name: string]: Json } {
  const words = { labelColor: c.ink, labelFontSize: 12, titleColor: c.ink, titleFontSize: 12 };
  const symbols = { symbolStrokeWidth: 2.5, symbolSize: 140, rowPadding: 4 };
  return { ...words, ...symbols, titleFontWeight: "normal", fillColor: c.paper, padding: 6 };
}

function styleConfig(c: Colours, accent: string): Json {
  const second = c.curves[1] ?? accent;
  const cell = { fontSize: 14, fontWeight: "bold" };
  return {
    cell: { stroke: c.paper, strokeWidth: 2 },
    "cell-count-low": { ...cell, color: c.onLow },
    "cell-count-high": { ...cell, color: c.onHigh },
    "cell-share-low": { color: c.onLow },
    "cell-share-high": { color: c.onHigh },
    value: { color: c.ink, fontSize: 11 },
    threshold: { color: c.quiet, strokeDash: [4, 3], strokeWidth: 1 },
    "threshold-label": { color: c.quiet, fontSize: 11 },
    moment: { color: c.levels.severe, strokeWidth: 1.5 },
    "moment-label": { color: c.levels.severe, fontSize: 12, fontWeight: "bold" },
    measured: { color: accent },
    "measured-point": { color: accent, stroke: c.paper, strokeWidth: 1 },
    band: { color: accent, fillOpacity: 0.18 },
    second: { color: second },
    faint: { color: c.line, strokeOpacity: 0.35, strokeWidth: 1 },
    dot: { color: accent, fillOpacity: 0.45, strokeWidth: 0 },
    box: { color: accent, fillOpacity: 0.35 },
    violin: { color: accent, fillOpacity: 0.2 },
    middle: { color: c.ink, strokeWidth: 2 },
    joint: { color: c.quiet, strokeWidth: 1.2 },
    name: { color: c.ink, fontSize: 11 },
    up: { color: c.lowHigh[2] ?? c.ink },
    down: { color: c.lowHigh[0] ?? c.ink },
    "level-none": { color: c.levels.none },
    "level-moderate": { color: c.levels.moderate },
    "level-severe": { color: c.levels.severe },
  };
}
