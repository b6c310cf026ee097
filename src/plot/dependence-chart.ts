/** @file The dependence chart: what a model predicts as one feature changes. */
import type { Json } from "../flow.ts";
import { checkNumbers, numbers, plain, rangeOf, roomy } from "./axes.ts";
import { checkLabels, checkLength, checkSome } from "./checks.ts";
import { type ChartOptions, type ChartSpec, chartSpec, checkChartOptions, titled } from "./spec.ts";

/** Mean predictions at values of a feature; lists of shape [g]. */
export interface Dependence {
  /** Numbers, or the names of categories. */
  readonly values: ArrayLike<number> | readonly string[];
  readonly mean: ArrayLike<number>;
  /** The ends of a band: a standard deviation, or a share of the rows. */
  readonly low?: ArrayLike<number>;
  readonly high?: ArrayLike<number>;
  /** Single rows, each of shape [g]: faint lines behind the mean. At most 100 are drawn. */
  readonly rows?: readonly ArrayLike<number>[];
}

/** Options of {@link dependenceChart}. */
export interface DependenceChartOptions extends ChartOptions {
  readonly feature: string;
  readonly unit?: string;
  /** What is predicted. Default "prediction". */
  readonly predicted?: string;
}

/**
 * Describes the partial dependence on a feature: a line with a band over numbers, points with bars over categories, single rows behind them.
 *
 * @param dependence - Means, and optionally a band and single rows.
 * @param options - The names of the axes; see {@link DependenceChartOptions}.
 * @throws `plot/missing-data`, `plot/mismatch-lengths`, `plot/out-of-range-value`, `plot/duplicate-name`
 * @example
 * ```ts
 * dependenceChart({ values: [1, 2, 3], mean: [0.1, 0.3, 0.2] }, { feature: "tenure" })["width"] // => 440
 * ```
 * @see Friedman, Annals of Statistics 29(5), 2001; Goldstein et al., JCGS 24(1), 2015 for single rows.
 */
export function dependenceChart(
  dependence: Dependence,
  options: DependenceChartOptions,
): ChartSpec {
  const at = "dependenceChart";
  checkChartOptions(at, options, ["feature", "unit", "predicted"]);
  const { values, mean, low, high, rows = [] } = dependence;
  const { feature, unit, predicted = "prediction", subtitle } = options;
  const { title = `Dependence on ${feature}` } = options;
  checkSome(at, "value", values.length);
  const lists = [mean, ...(low === undefined ? [] : [low]), ...(high === undefined ? [] : [high])];
  for (const list of [...lists, ...rows]) {
    checkLength(at, "a list of predictions", [values.length, list.length]);
    checkNumbers(at, "prediction", list);
  }
  const shownRows = rows.slice(0, 100);
  const height = numbers("y", predicted, roomy(rangeOf(...lists, ...shownRows)));
  const isNamed = typeof values[0] === "string";
  const places: Json[] = isNamed
    ? [...checkLabels(at, Array.from(values, String))]
    : Array.from(values, Number);
  if (!isNamed) checkNumbers(at, "value", Array.from(values, Number));
  const x: Json = isNamed
    ? { field: "x", type: "nominal", sort: null, axis: { title: titled(feature, unit), labelAngle: places.length > 5 ? -40 : 0, labelLimit: 120 } }
    : numbers("x", titled(feature, unit), widened(rangeOf(Array.from(values, Number)))); // biome-ignore format: two axes
  const band = Array.from(mean, (y, i) => ({
    x: places[i] ?? 0,
    y,
    low: low?.[i] ?? y,
    high: high?.[i] ?? y,
  }));
  const ends = { x, y: { ...height, field: "low" }, y2: { field: "high" } };
  const data = { values: band };
  const single: Json[] = shownRows.map((row) => ({
    data: { values: Array.from(row, (y, i) => ({ x: places[i] ?? 0, y })) },
    mark: { type: "line", style: "faint" },
    encoding: { x, y: plain("y") },
  }));
  const layer: Json[] = isNamed
    ? [
        { data, mark: { type: "rule", style: "middle" }, encoding: ends },
        { data, mark: { type: "point", filled: true, size: 70, opacity: 1, style: "measured-point" }, encoding: { x, y: height } },
      ]
    : [
        { data, mark: { type: "area", style: "band" }, encoding: ends },
        ...single,
        { data, mark: { type: "line", style: "measured" }, encoding: { x, y: height } },
      ]; // biome-ignore format: layers
  return chartSpec({ title, subtitle, width: 440, height: 280, layer });
}

function widened(range: readonly [number, number]): readonly [number, number] {
  return range[0] < range[1] ? range : roomy(range);
}
