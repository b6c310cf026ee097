/** @file The box chart: how values spread, group by group, as boxes or violins. */
import { checkChoice, quantileOf } from "../core/index.ts";
import type { Json } from "../flow.ts";
import { checkNumbers, namesLayer, numbers, plain, rangeOf, roomy, thinned } from "./axes.ts";
import { checkLabels, checkSome } from "./checks.ts";
import { fail } from "./errors.ts";
import { type ChartOptions, type ChartSpec, chartSpec, checkChartOptions, titled } from "./spec.ts";

/** Values of one group, shape [n]. */
export interface BoxGroup {
  readonly name: string;
  readonly values: ArrayLike<number>;
}

/** Options of {@link boxChart}. */
export interface BoxChartOptions extends ChartOptions {
  /** What the values are. Default "value". */
  readonly label?: string;
  readonly unit?: string;
  /** A box alone, or one in the outline of the density. Default "box". */
  readonly show?: "box" | "violin";
}

const mostGroups = 30;
const mostOutliers = 100;

/**
 * Describes values of groups side by side: boxes from the lower to the upper quartile with the median, whiskers to the last value within 1.5
 * times their distance, values beyond as dots (at most 100 a group); or the same in the outline of a kernel density. O(n·log n).
 *
 * @param groups - One to thirty groups.
 * @throws `plot/missing-data`, `plot/out-of-range-value`, `plot/out-of-range-count`, `plot/duplicate-name`, `option/out-of-range`
 * @example
 * ```ts
 * boxChart([{ name: "stays", values: [1, 2, 3] }, { name: "leaves", values: [2, 4, 9] }], { show: "violin" })["width"] // => 440
 * ```
 * @see Tukey, Exploratory Data Analysis, 1977; Silverman's bandwidth 0.9·min(s, iqr/1.34)·n^(−1/5).
 */
export function boxChart(groups: readonly BoxGroup[], options: BoxChartOptions = {}): ChartSpec {
  const at = "boxChart";
  checkChartOptions(at, options, ["label", "unit", "show"]);
  const show = checkChoice(at, { show: options.show ?? "box" }, ["box", "violin"]);
  checkSome(at, "group", groups.length);
  if (groups.length > mostGroups)
    fail("plot/out-of-range-count", { at, what: "groups", most: mostGroups, got: groups.length });
  const names = checkLabels(
    at,
    groups.map(({ name }) => name),
  );
  for (const { name, values } of groups)
    checkNumbers(`${at}: group ${JSON.stringify(name)}`, "value", values);
  const boxes = groups.map(({ values }, y) => boxOf(Float64Array.from(values).sort(), y));
  const { label: what = "value", unit, title = "Values by group", subtitle } = options;
  const x = numbers("x", titled(what, unit), roomy(rangeOf(...groups.map(({ values }) => values))));
  const scale = { domain: [groups.length - 0.4, -0.6], nice: false };
  const y = { field: "y", type: "quantitative", scale, axis: null };
  const half = show === "box" ? 0.26 : 0.09;
  const rows = boxes.map(({ sorted: _, outliers: __, ...box }) => ({
    ...box,
    top: box.y - half,
    bottom: box.y + half,
  }));
  const data = { values: rows };
  const ends = { y: { ...y, field: "top" }, y2: { field: "bottom" } };
  const dots = boxes.flatMap(({ outliers, y: row }) =>
    outliers.map((value) => ({ x: value, y: row })),
  );
  const layer: Json[] = [
    ...(show === "violin" ? boxes.map(({ sorted, y: row }) => violinOf(sorted, { row, x, y })) : []),
    { data, mark: { type: "rule", style: "joint" }, encoding: { x: { ...x, field: "low" }, x2: { field: "high" }, y } },
    { data, mark: { type: "rect", style: "box" }, encoding: { x: { ...x, field: "q1" }, x2: { field: "q3" }, ...ends } },
    { data, mark: { type: "rule", style: "middle" }, encoding: { x: { ...x, field: "median" }, ...ends } },
    ...(show === "box" && dots.length > 0 ? [{ data: { values: dots }, mark: { type: "circle", style: "dot", size: 20 }, encoding: { x, y: plain("y") } }] : []),
    namesLayer(names),
  ]; // biome-ignore format: layers
  return chartSpec({ title, subtitle, width: 440, height: 44 * groups.length + 10, layer });
}

interface Box {
  readonly y: number;
  readonly sorted: Float64Array;
  readonly q1: number;
  readonly median: number;
  readonly q3: number;
  readonly low: number;
  readonly high: number;
  readonly outliers: readonly number[];
}

/** Quartiles between two values by a straight line; whiskers end at values. */
function boxOf(sorted: Float64Array, y: number): Box {
  const [q1, median, q3] = [0.25, 0.5, 0.75].map((share) => quantileOf(sorted, share));
  const reach = 1.5 * ((q3 ?? 0) - (q1 ?? 0));
  const inside = sorted.filter((v) => v >= (q1 ?? 0) - reach && v <= (q3 ?? 0) + reach);
  const beyond = sorted.filter((v) => v < (inside[0] ?? 0) || v > (inside.at(-1) ?? 0));
  const outliers = thinned(beyond.length, mostOutliers).map((i) => beyond[i] ?? 0);
  return {
    y,
    sorted,
    q1: q1 ?? 0,
    median: median ?? 0,
    q3: q3 ?? 0,
    low: inside[0] ?? 0,
    high: inside.at(-1) ?? 0,
    outliers,
  };
}

const densityPoints = 64;

/** The outline of a kernel density, as high as a group has room at its peak. */
function violinOf(
  sorted: Float64Array,
  {
    row,
    x,
    y,
  }: {
    readonly row: number;
    readonly x: { readonly [name: string]: Json };
    readonly y: { readonly [name: string]: Json };
  },
): Json {
  const n = sorted.length;
  const mean = sorted.reduce((sum, v) => sum + v, 0) / n;
  const deviation = Math.sqrt(sorted.reduce((sum, v) => sum + (v - mean) ** 2, 0) / n);
  const spread = (quantileOf(sorted, 0.75) - quantileOf(sorted, 0.25)) / 1.34;
  const narrow = Math.min(deviation, spread > 0 ? spread : deviation);
  const [low = 0, high = low] = [sorted[0], sorted.at(-1)];
  const bandwidth = 0.9 * narrow * n ** -0.2 || Math.abs(low) * 0.01 || 0.01;
  const at = Array.from(
    { length: densityPoints },
    (_, i) => low + ((high - low) * i) / (densityPoints - 1),
  );
  const some = thinned(n, 2000).map((i) => sorted[i] ?? 0);
  const heights = at.map((v) =>
    some.reduce((sum, one) => sum + Math.exp(-0.5 * ((v - one) / bandwidth) ** 2), 0),
  );
  const peak = Math.max(...heights);
  const values = at.map((v, i) => {
    const half = (0.4 * (heights[i] ?? 0)) / peak;
    return { x: v, top: row - half, bottom: row + half };
  });
  const encoding = { x, y: { ...y, field: "top" }, y2: { field: "bottom" } };
  return {
    data: { values },
    mark: { type: "area", style: "violin", orient: "vertical" },
    encoding,
  };
}
