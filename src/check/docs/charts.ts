/** @file Pictures as inline SVG: bars, shares, trends and the heat map of correlations. */
import type { Correlations } from "../profile/profile.ts";
import { visible } from "../profile/words.ts";
import { type Html, html, nothing } from "./html.ts";

/** Width of a heat map's cell and of the names before it, in its own units. */
const cellSize = 22;
const nameSpace = 130;
/** Heat maps of up to so many columns write the numbers into the cells. */
const numbered = 16;

/** Counts as bars side by side, the highest filling the height; 100 units wide, 40 high. */
export function barChart(counts: readonly number[], says: string): Html {
  const top = Math.max(1, ...counts);
  const step = 100 / Math.max(1, counts.length);
  const gap = counts.length > 60 ? 0 : step * 0.1;
  const bars = counts.map((n, i) => {
    const height = n === 0 ? 0 : Math.max(0.8, (40 * n) / top);
    return height === 0 ? "" : bar(i * step + gap / 2, step - gap, { floor: 40, height });
  });
  return html`<svg viewBox="0 0 100 40" preserveAspectRatio="none" role="img" aria-label="${says}"><path class="fill" d="${bars.join("")}"/></svg>`;
}

/** A share as a bar in its track; marks are shares too. */
export function shareBar(
  share: number,
  tone: "fill" | "fill-good" | "fill-warn" | "fill-bad",
  marks: readonly number[] = [],
): Html {
  const wide = Math.min(1, Math.max(0, share)) * 100;
  const seen = share > 0 ? Math.max(0.7, wide) : 0;
  const lines = marks.map(
    (at) =>
      html`<line class="mark" x1="${fixed(at * 100)}" x2="${fixed(at * 100)}" y1="0" y2="12"/>`,
  );
  return html`<svg viewBox="0 0 100 12" preserveAspectRatio="none" aria-hidden="true"><rect class="track" width="100" height="12"/><rect class="${tone}" y="1" width="${fixed(seen)}" height="10"/>${lines}</svg>`;
}

/** One bar per result, oldest first: its height is the share that passed, its colour the verdict. */
export function trendChart(
  results: readonly { readonly share: number; readonly tone: "good" | "warn" | "bad" }[],
  says: string,
): Html {
  const step = 100 / Math.max(12, results.length);
  const first = 100 - step * results.length;
  const paths = (["good", "warn", "bad"] as const).map((tone) => {
    const bars = results.map((result, i) => {
      const height = Math.max(2, 28 * result.share);
      return result.tone === tone ? bar(first + i * step, step * 0.8, { floor: 28, height }) : "";
    });
    const d = bars.join("");
    return d === "" ? nothing : html`<path class="fill-${tone}" d="${d}"/>`;
  });
  return html`<svg viewBox="0 0 100 28" preserveAspectRatio="none" role="img" aria-label="${says}">${paths}</svg>`;
}

/**
 * Correlations as a square of cells: blue above 0, brown below, the stronger the fuller. Columns
 * bear numbers, which the names on the left explain.
 */
export function heatMap({ columns, values }: Correlations): Html {
  const n = columns.length;
  const size = { width: nameSpace + n * cellSize, height: (n + 1) * cellSize };
  const names = columns.map(
    (name, i) =>
      html`<text x="0" y="${rowAt(i)}">${i + 1} ${visible(name, 20)}</text><text class="n" x="${middle(i)}" y="15">${i + 1}</text>`,
  );
  const cells = values.flatMap((line, i) =>
    line.map((r, j) => {
      const place = html`x="${nameSpace + j * cellSize}" y="${(i + 1) * cellSize}" width="21" height="21"`;
      if (r === null) return html`<rect class="track" ${place}/>`;
      const tone = r < 0 ? "neg" : "pos";
      const cell = html`<rect class="${tone}" fill-opacity="${fixed(0.06 + Math.abs(r) * 0.74)}" ${place}/>`;
      return n > numbered
        ? cell
        : html`${cell}<text class="v" x="${middle(j)}" y="${rowAt(i)}">${shortShare(r)}</text>`;
    }),
  );
  return html`<div class="heat"><svg viewBox="0 0 ${size.width} ${size.height}" width="${size.width}" height="${size.height}" role="img" aria-label="Correlations of ${n} columns; the strongest are listed below">${names}${cells}</svg></div>`;
}

const rowAt = (i: number): number => (i + 1) * cellSize + 15;
const middle = (j: number): number => nameSpace + j * cellSize + 10.5;

/** A number of two digits without the zero before the point: −.42. */
const shortShare = (r: number): string =>
  Math.abs(r) >= 0.995 ? String(Math.round(r)) : r.toFixed(2).replace("0.", ".");

/** Three digits after the point, no zeros at the end. */
const fixed = (value: number): string => String(Number(value.toFixed(3)));

/** A bar as a path: from `x` on, so wide, from the floor up. */
function bar(
  x: number,
  width: number,
  rise: { readonly floor: number; readonly height: number },
): string {
  const { floor, height } = rise;
  return `M${fixed(x)} ${fixed(floor)}v${fixed(-height)}h${fixed(width)}v${fixed(height)}z`;
}
