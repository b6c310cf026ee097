import { describe, expect, test } from "vitest";
import { themeConfig, themes } from "./theme.ts";

/** Relative luminance of "#rrggbb", 0 to 1 (WCAG 2.2). */
function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const c = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one: string, other: string): number {
  const [a, b] = [luminance(one), luminance(other)];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

interface Config {
  readonly background: string;
  readonly range: { readonly category: readonly string[]; readonly heatmap: readonly string[] };
  readonly style: Readonly<Record<string, { readonly color?: string }>>;
  readonly axis: { readonly labelColor: string; readonly titleColor: string };
}

describe("themeConfig", () => {
  test.each(themes)("sets readable text in the %s theme", (theme) => {
    const { background, axis, style } = themeConfig(theme) as unknown as Config;
    const words = [axis.labelColor, axis.titleColor, style["value"]?.color ?? ""];
    for (const colour of [...words, style["moment-label"]?.color ?? ""])
      expect(contrast(colour, background), colour).toBeGreaterThan(4.5);
  });

  test.each(themes)("sets text that is readable on every cell in the %s theme", (theme) => {
    const { range, style } = themeConfig(theme) as unknown as Config;
    const [low = "", middle = "", high = ""] = range.heatmap;
    const onLow = style["cell-count-low"]?.color ?? "";
    const onHigh = style["cell-share-high"]?.color ?? "";
    for (const cell of [low, middle]) expect(contrast(onLow, cell)).toBeGreaterThan(4.5);
    for (const cell of [middle, high]) expect(contrast(onHigh, cell)).toBeGreaterThan(4.5);
  });

  test.each(themes)("draws curves and levels that stand out in the %s theme", (theme) => {
    const { background, range, style } = themeConfig(theme) as unknown as Config;
    for (const colour of range.category)
      expect(contrast(colour, background), colour).toBeGreaterThan(2.8);
    for (const level of ["none", "moderate", "severe"])
      expect(contrast(style[`level-${level}`]?.color ?? "", background)).toBeGreaterThan(2.4);
  });
});
