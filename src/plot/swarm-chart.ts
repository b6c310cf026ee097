/** @file The swarm chart: Shapley values of many rows, feature by feature. */
import type { Json } from "../flow.ts";
import { namesLayer, numbers, rangeOf, roomy, someOf, thinned } from "./axes.ts";
import { checkLabels, checkLength, checkSome, checkValue } from "./checks.ts";
import { type ChartOptions, type ChartSpec, chartSpec, checkChartOptions } from "./spec.ts";

/** Shapley values of n rows and d features, and the features' values; both row by row, shape [n, d]. */
export interface ShapleyRows {
  readonly names: readonly string[];
  readonly contributions: ArrayLike<number>;
  readonly values: ArrayLike<number>;
}

const mostFeatures = 15;
const mostRows = 400;
const bins = 60;

/**
 * Describes Shapley values as a swarm: a line of dots for each feature, those of the largest mean size first, a dot for each row, right where it
 * raises the prediction, coloured by whether the feature's value is low or high (its rank; missing ones are left out). Of more than 15 features and 400 rows the
 * first 15 and 400 spread evenly are drawn. O(d·n·log n).
 *
 * @param rows - Contributions and values; see {@link ShapleyRows}.
 * @throws `plot/missing-data`, `plot/mismatch-lengths`, `plot/out-of-range-value`, `plot/duplicate-name`
 * @example
 * ```ts
 * swarmChart({ names: ["age", "city"], contributions: [0.2, 0, -0.1, 0.1], values: [70, 1, 20, 0] })["width"] // => 420
 * ```
 * @see Lundberg & Lee, NeurIPS 2017.
 */
export function swarmChart(rows: ShapleyRows, options: ChartOptions = {}): ChartSpec {
  const at = "swarmChart";
  checkChartOptions(at, options);
  const d = rows.names.length;
  checkSome(at, "feature", d);
  const names = checkLabels(at, rows.names);
  const n = Math.ceil(rows.contributions.length / d);
  checkSome(at, "row", n);
  checkLength(at, "contributions", [n * d, rows.contributions.length]);
  checkLength(at, "values", [n * d, rows.values.length]);
  const columns = names.map((name, j) => columnOf(rows, { name, j, d, n }));
  const size = ({ contributions }: Column): number =>
    contributions.reduce((sum, v) => sum + Math.abs(v), 0);
  const sorted = columns.toSorted((a, b) => size(b) - size(a));
  const shown = sorted.slice(0, mostFeatures);
  const places = thinned(n, mostRows);
  const range = roomy(rangeOf(...shown.map(({ contributions }) => contributions), [0]));
  const dots = shown.flatMap((column, row) => dotsOf(column, { row, places, range }));
  const count = shown.length;
  const { title = "Shapley values", subtitle = someOf(places.length, n, "rows") } = options;
  const y = {
    field: "y",
    type: "quantitative",
    scale: { domain: [count - 0.4, -0.6], nice: false },
    axis: null,
  };
  const x = numbers("x", "effect on the prediction", range);
  const legend = {
    title: "value",
    format: ".0%",
    tickCount: 2,
    gradientLength: 90,
    values: [0, 1],
    labelExpr: "datum.value < 0.5 ? 'low' : 'high'",
  };
  const color = {
    field: "rank",
    type: "quantitative",
    scale: { domain: [0, 1], range: "ordinal" },
    legend,
  };
  const layer: Json[] = [
    { data: { values: [{ x: 0 }] }, mark: { type: "rule", style: "threshold" }, encoding: { x: { ...x, field: "x" } } },
    { data: { values: dots }, mark: { type: "circle", size: 16, opacity: 0.85 }, encoding: { x, y, color } },
    namesLayer(shown.map(({ name }) => name)),
  ]; // biome-ignore format: layers
  return chartSpec({ title, subtitle, width: 420, height: 34 * count + 10, layer });
}

interface Column {
  readonly name: string;
  readonly contributions: Float64Array;
  /** The rank of each value, 0 to 1; NaN where it is missing. */
  readonly ranks: Float64Array;
}

function columnOf(
  { contributions, values }: ShapleyRows,
  {
    name,
    j,
    d,
    n,
  }: { readonly name: string; readonly j: number; readonly d: number; readonly n: number },
): Column {
  const own = Float64Array.from({ length: n }, (_, i) => contributions[i * d + j] ?? Number.NaN);
  for (const [i, value] of own.entries())
    checkValue("swarmChart", {
      [`the contribution of ${JSON.stringify(name)} in row ${i}`]: value,
    });
  const given = Float64Array.from({ length: n }, (_, i) => values[i * d + j] ?? Number.NaN);
  const known = given.filter((v) => !Number.isNaN(v)).sort();
  const ranks = given.map((v) => (Number.isNaN(v) ? v : rankOf(known, v)));
  return { name, contributions: own, ranks };
}

/** The middle of the places of a value among sorted ones, 0 to 1; of one distinct value a half. O(log n). */
function rankOf(sorted: Float64Array, value: number): number {
  const first = placesBefore(sorted, (other) => other < value);
  const last = placesBefore(sorted, (other) => other <= value) - 1;
  const [lowest, highest] = [sorted[0], sorted.at(-1)];
  return lowest === highest ? 0.5 : (first + last) / 2 / (sorted.length - 1);
}

/** How many sorted values come before the first that is not such. */
function placesBefore(sorted: Float64Array, isSuch: (value: number) => boolean): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isSuch(sorted[middle] ?? Number.NaN)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Dots of a feature: those that would hide each other are stacked to both sides of the feature's line. */
function dotsOf(
  { contributions, ranks }: Column,
  of: {
    readonly row: number;
    readonly places: readonly number[];
    readonly range: readonly [number, number];
  },
): Json[] {
  const width = (of.range[1] - of.range[0]) / bins;
  const held = new Map<number, number>();
  const known = of.places.filter((i) => !Number.isNaN(ranks[i] ?? Number.NaN));
  const binOf = (i: number): number => Math.floor(((contributions[i] ?? 0) - of.range[0]) / width);
  for (const i of known) held.set(binOf(i), (held.get(binOf(i)) ?? 0) + 1);
  const most = Math.max(8, ...held.values());
  const placed = new Map<number, number>();
  return known.map((i) => {
    const k = placed.get(binOf(i)) ?? 0;
    placed.set(binOf(i), k + 1);
    const offset = (k % 2 === 0 ? 1 : -1) * Math.ceil(k / 2);
    return { x: contributions[i] ?? 0, y: of.row + (0.8 * offset) / most, rank: ranks[i] ?? 0 };
  });
}
