/** @file Pictures as inline SVG: bars, shares, trends and the heat map of correlations. */
import type { Correlations } from "../profile/profile.ts";
import { visible } from "../profile/words.ts";
import { type Html, html, nothing } from "./html.ts";

/** Sides of a heat map's cells, by up to how many columns it has, and the space for their names. */
const cellSizes = [
  [6, 44],
  [16, 32],
  [Number.POSITIVE_INFINITY, 22],
] as const;
const nameSpace = 160;
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

/** Values as bars side by side, oldest first, the last one in colour and the highest filling the height. */
export function valueChart(values: readonly number[], says: string): Html {
  const top = Math.max(...values);
  const step = 100 / Math.max(12, values.length);
  const first = 100 - step * values.length;
  const drawn = values.map((value, i) => {
    const height = Math.max(1, top > 0 ? (28 * value) / top : 0);
    return bar(first + i * step, step * 0.8, { floor: 28, height });
  });
  return html`<svg viewBox="0 0 100 28" preserveAspectRatio="none" role="img" aria-label="${says}"><path class="was" d="${drawn.slice(0, -1).join("")}"/><path class="fill" d="${drawn.at(-1) ?? ""}"/></svg>`;
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

/** One bar per result, oldest first: the share that passed, and above it what failed in the verdict's colour. */
export function trendChart(
  results: readonly { readonly share: number; readonly tone: "good" | "warn" | "bad" }[],
  says: string,
): Html {
  const step = 100 / Math.max(12, results.length);
  const first = 100 - step * results.length;
  const piece = (i: number, from: number, to: number): string =>
    to <= from
      ? ""
      : bar(first + i * step, step * 0.8, { floor: 28 * (1 - from), height: 28 * (to - from) });
  const paths = (["good", "warn", "bad"] as const).map((tone) => {
    const bars = results.map((result, i) => {
      // A failure is seen, however small its share.
      const top = result.tone === "good" ? 1 : Math.min(result.share, 0.9);
      if (tone === "good") return piece(i, 0, top);
      return result.tone === tone ? piece(i, top, 1) : "";
    });
    const d = bars.join("");
    return d === "" ? nothing : html`<path class="fill-${tone}" d="${d}"/>`;
  });
  return html`<svg viewBox="0 0 100 28" preserveAspectRatio="none" role="img" aria-label="${says}">${paths}</svg>`;
}

/** One bar per result, oldest first: its height is the share of failed rows, by the largest of them. */
export function failChart(
  results: readonly { readonly share: number; readonly tone: "good" | "warn" | "bad" }[],
  says: string,
): Html {
  const top = Math.max(...results.map(({ share }) => share));
  const step = 100 / Math.max(12, results.length);
  const first = 100 - step * results.length;
  const paths = (["good", "warn", "bad"] as const).map((tone) => {
    const d = results.map((result, i) => {
      const height = top === 0 ? 1.5 : Math.max(1.5, (20 * result.share) / top);
      return result.tone === tone ? bar(first + i * step, step * 0.75, { floor: 20, height }) : "";
    });
    return d.join("") === "" ? nothing : html`<path class="fill-${tone}" d="${d.join("")}"/>`;
  });
  return html`<svg class="fails" viewBox="0 0 100 20" preserveAspectRatio="none" role="img" aria-label="${says}">${paths}</svg>`;
}

/** Two shares as bars below one another, by a common largest share. */
export function pairBars(before: number, now: number, top: number): Html {
  const wide = (share: number): string =>
    fixed(share === 0 ? 0 : Math.max(0.7, (100 * share) / top));
  return html`<svg viewBox="0 0 100 14" preserveAspectRatio="none" aria-hidden="true"><rect class="track" width="100" height="14"/><rect class="was" y="1" width="${wide(before)}" height="5.5"/><rect class="fill" y="7.5" width="${wide(now)}" height="5.5"/></svg>`;
}

/**
 * Correlations as a square of cells: blue above 0, brown below, the stronger the fuller. Columns
 * bear numbers, which the names on the left explain.
 */
export function heatMap({ columns, values }: Correlations): Html {
  const n = columns.length;
  const cellSize = cellSizes.find(([most]) => n <= most)?.[1] ?? 22;
  const rowAt = (i: number): number => (i + 1.5) * cellSize + 4;
  const middle = (j: number): number => nameSpace + j * cellSize + (cellSize - 1) / 2;
  const size = { width: nameSpace + n * cellSize, height: (n + 1) * cellSize };
  const names = columns.map(
    (name, i) =>
      html`<text x="0" y="${rowAt(i)}">${i + 1} ${visible(name, 20)}</text><text class="n" x="${middle(i)}" y="${cellSize / 2 + 4}">${i + 1}</text>`,
  );
  const cells = values.flatMap((line, i) =>
    line.map((r, j) => {
      const place = html`x="${nameSpace + j * cellSize}" y="${(i + 1) * cellSize}" width="${cellSize - 1}" height="${cellSize - 1}"`;
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
