/** @file The scatter chart: rows as dots on two axes, coloured by class: components, embeddings, clusters. */
import type { Json } from "../flow.ts";
import { checkNumbers, numbers, rangeOf, roomy, someOf, thinned } from "./axes.ts";
import { checkLength } from "./checks.ts";
import { fail } from "./errors.ts";
import { type ChartOptions, type ChartSpec, chartSpec, checkChartOptions, label } from "./spec.ts";

/** Rows on two axes; lists of shape [n]. */
export interface ScatterRows {
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  /** The class, cluster or group of each row. */
  readonly classes?: readonly (string | number)[];
}

/** Options of {@link scatterChart}. */
export interface ScatterChartOptions extends ChartOptions {
  /** The axes' names. Default "component 1" and "component 2". */
  readonly axes?: readonly [string, string];
  /** Points to mark by name: centres of clusters. */
  readonly marks?: readonly { readonly x: number; readonly y: number; readonly name: string }[];
}

const mostDots = 3000;
const mostClasses = 8;

/**
 * Describes rows as dots on two axes, coloured by class, with marked points. Of more than 3,000 rows 3,000 are drawn, spread evenly; of more than 8
 * classes the 7 largest have colours of their own.
 *
 * @param rows - Places, and optionally classes.
 * @throws `plot/missing-data`, `plot/mismatch-lengths`, `plot/out-of-range-value`
 * @example
 * ```ts
 * scatterChart({ x: [0, 1, 2], y: [1, 0, 3], classes: ["a", "b", "a"] })["width"] // => 420
 * ```
 */
export function scatterChart(rows: ScatterRows, options: ScatterChartOptions = {}): ChartSpec {
  const at = "scatterChart";
  checkChartOptions(at, options, ["axes", "marks"]);
  checkNumbers(at, "x", rows.x);
  checkLength(at, "y", [rows.x.length, rows.y.length]);
  checkNumbers(at, "y", rows.y);
  if (rows.classes !== undefined) checkLength(at, "classes", [rows.x.length, rows.classes.length]);
  const { axes = ["component 1", "component 2"], marks = [], title = "Rows on two axes" } = options;
  for (const { x, y, name } of marks)
    if (!Number.isFinite(x) || !Number.isFinite(y))
      fail("plot/out-of-range-value", {
        at,
        what: `mark ${JSON.stringify(name)}`,
        expected: "finite numbers",
        got: `${x}, ${y}`,
      });
  const shown = thinned(rows.x.length, mostDots);
  const { subtitle = someOf(shown.length, rows.x.length, "rows") } = options;
  const names = rows.classes?.map((name) => label(`${name}`)) ?? [];
  const keys = keysOf(names);
  const others = "others";
  const values = shown.map((i) => ({
    x: rows.x[i] ?? 0,
    y: rows.y[i] ?? 0,
    ...(keys.length === 0
      ? {}
      : { class: keys.includes(names[i] ?? "") ? (names[i] ?? "") : others }),
  }));
  const x = numbers(
    "x",
    axes[0],
    roomy(
      rangeOf(
        rows.x,
        marks.map((mark) => mark.x),
      ),
    ),
  );
  const y = numbers(
    "y",
    axes[1],
    roomy(
      rangeOf(
        rows.y,
        marks.map((mark) => mark.y),
      ),
    ),
  );
  const domain = keys.length < new Set(names).size ? [...keys, others] : keys;
  const color = {
    field: "class",
    type: "nominal",
    sort: null,
    scale: { domain },
    legend: {
      title: null,
      symbolType: "circle",
      symbolStrokeWidth: 0,
      symbolOpacity: 1,
      labelLimit: 200,
    },
  };
  const size = values.length > 1000 ? 10 : values.length > 200 ? 18 : 36;
  const data = { values: marks.map((mark) => ({ x: mark.x, y: mark.y, text: label(mark.name) })) };
  const text = { field: "text", type: "nominal" };
  const layer: Json[] = [
    { data: { values }, mark: { type: "circle", style: "dot", size, ...(keys.length === 0 ? {} : { fillOpacity: 0.75 }) }, encoding: { x, y, ...(keys.length === 0 ? {} : { color }) } },
    ...(marks.length === 0 ? [] : [
      { data, mark: { type: "point", shape: "cross", filled: true, size: 130, opacity: 1, style: "middle" }, encoding: { x, y } },
      { data, mark: { type: "text", style: "name", dy: -14, fontWeight: "bold" }, encoding: { x, y, text } },
    ]),
  ]; // biome-ignore format: layers
  return chartSpec({ title, subtitle, width: 420, height: 380, layer });
}

/** The names with colours of their own, in the order in which they are first seen. */
function keysOf(names: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  const all = [...counts.keys()];
  if (all.length <= mostClasses) return all;
  const largest = new Set(
    all.toSorted((a, b) => (counts.get(b) ?? 0) - (counts.get(a) ?? 0)).slice(0, mostClasses - 1),
  );
  return all.filter((name) => largest.has(name));
}
