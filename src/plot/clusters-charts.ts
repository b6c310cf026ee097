/** @file Charts for choosing a number of clusters: measures by number, and the silhouettes of every row. */
import type { Json } from "../flow.ts";
import { checkNumbers, numbers, plain, rangeOf, roomy, straight, thinned } from "./axes.ts";
import { checkLength, checkSome, checkValue } from "./checks.ts";
import { type ChartOptions, type ChartSpec, chartSpec, checkChartOptions, label } from "./spec.ts";

/** What was measured of so many clusters. */
export interface ClusterCount {
  readonly clusters: number;
  readonly value: number;
}

/** Options of {@link elbowChart}. */
export interface ElbowChartOptions extends ChartOptions {
  /** What was measured: "sum of squares", "silhouette". */
  readonly measure: string;
  /** The number that was chosen, to be marked. */
  readonly chosen?: number;
}

/**
 * Describes a measure by the number of clusters, with the chosen one marked: the bend of a sum of squares, the top of a silhouette.
 *
 * @param counts - One for each number of clusters, in any order.
 * @param options - What was measured; see {@link ElbowChartOptions}.
 * @throws `plot/missing-data`, `plot/out-of-range-value`
 * @example
 * ```ts
 * elbowChart([{ clusters: 2, value: 0.68 }, { clusters: 3, value: 0.55 }], { measure: "silhouette", chosen: 2 })["width"] // => 440
 * ```
 */
export function elbowChart(counts: readonly ClusterCount[], options: ElbowChartOptions): ChartSpec {
  const at = "elbowChart";
  checkChartOptions(at, options, ["measure", "chosen"]);
  checkSome(at, "number of clusters", counts.length);
  for (const { clusters, value } of counts) {
    checkValue(at, { clusters }, { min: 1 });
    checkValue(at, { value });
  }
  const {
    measure,
    chosen,
    subtitle,
    title = `${measure.slice(0, 1).toUpperCase()}${measure.slice(1)} by number of clusters`,
  } = options;
  const rows = counts
    .toSorted((a, b) => a.clusters - b.clusters)
    .map(({ clusters, value }) => ({ x: clusters, y: value }));
  const [from, to] = rangeOf(rows.map(({ x }) => x));
  const across = [from - 0.3, to + 0.3] as const;
  const ticks = { values: rows.map(({ x }) => x), format: "d" };
  const wide = numbers("x", "number of clusters", across);
  const x = { ...wide, axis: { ...ticks, title: "number of clusters", grid: false } };
  const y = numbers("y", measure, roomy(rangeOf(rows.map((row) => row.y))));
  const data = { values: rows };
  const found = rows.filter((row) => row.x === chosen);
  const layer: Json[] = [
    { data, mark: { type: "line", style: "measured" }, encoding: { x, y } },
    { data, mark: { type: "circle", style: "measured-point", size: 50, opacity: 1 }, encoding: { x, y } },
    ...(found.length === 0 ? [] : [
      { data: { values: found }, mark: { type: "rule", style: "threshold" }, encoding: { x } },
      { data: { values: found.map((row) => ({ ...row, text: `chosen: ${row.x}` })) }, mark: { type: "text", style: "threshold-label", baseline: "top", align: row0(found) > (from + to) / 2 ? "right" : "left", dx: row0(found) > (from + to) / 2 ? -6 : 6 }, encoding: { x, y: { value: 2 }, text: { field: "text", type: "nominal" } } },
    ]),
  ]; // biome-ignore format: layers
  return chartSpec({ title, subtitle, width: 440, height: 260, layer });
}

const row0 = (rows: readonly { readonly x: number }[]): number => rows[0]?.x ?? 0;

const mostBars = 300;

/**
 * Describes the silhouette of every row, grouped by cluster and sorted within, with the line of the mean: bars below 0 are rows nearer to another
 * cluster. Of more than 300 rows 300 are drawn, spread evenly.
 *
 * @param silhouettes - Shape [n], −1 to 1.
 * @param clusters - The cluster of each row, shape [n].
 * @throws `plot/missing-data`, `plot/mismatch-lengths`, `plot/out-of-range-value`
 * @example
 * ```ts
 * silhouetteChart([0.7, 0.6, 0.2], [0, 0, 1])["width"] // => 440
 * ```
 * @see Rousseeuw, Journal of Computational and Applied Mathematics 20, 1987.
 */
export function silhouetteChart(
  silhouettes: ArrayLike<number>,
  clusters: ArrayLike<number>,
  options: ChartOptions = {},
): ChartSpec {
  const at = "silhouetteChart";
  checkChartOptions(at, options);
  checkNumbers(at, "silhouette", silhouettes);
  checkLength(at, "clusters", [silhouettes.length, clusters.length]);
  checkNumbers(at, "cluster", clusters);
  const all = Array.from(silhouettes, (value, i) => ({ value, cluster: clusters[i] ?? 0 }));
  for (const { value } of all) checkValue(at, { silhouette: value }, { min: -1, max: 1 });
  const sorted = all.toSorted((a, b) => a.cluster - b.cluster || b.value - a.value);
  const shown = thinned(sorted.length, mostBars).flatMap((i) => sorted[i] ?? []);
  const mean = all.reduce((sum, { value }) => sum + value, 0) / all.length;
  const gap = Math.max(1, Math.round(shown.length / 40));
  let [row, last] = [0, shown[0]?.cluster];
  const bars = shown.map(({ value, cluster }) => {
    if (cluster !== last) row += gap;
    last = cluster;
    row += 1;
    return { value, zero: 0, top: row - 1, bottom: row, cluster: `cluster ${cluster}` };
  });
  const names = [...new Set(bars.map(({ cluster }) => cluster))];
  const { title = "Silhouettes", subtitle = `mean ${mean.toFixed(3)}` } = options;
  const low = Math.min(0, rangeOf(silhouettes)[0]);
  const x = numbers("zero", "silhouette", [low - 0.02, 1]);
  const y = {
    field: "top",
    type: "quantitative",
    scale: { domain: [row, 0], nice: false },
    axis: null,
  };
  const color = {
    field: "cluster",
    type: "nominal",
    sort: null,
    scale: { domain: names },
    legend: names.length > 12 ? null : { title: null },
  };
  const layer: Json[] = [
    { data: { values: bars }, mark: { type: "rect" }, encoding: { x, x2: { field: "value" }, y, y2: { field: "bottom" }, color } },
    straight([mean, 0], [mean, row]),
  ]; // biome-ignore format: layers
  const height = row * Math.max(1, Math.min(24, Math.floor(320 / row))); // whole pixels for each bar
  return chartSpec({
    title: label(title),
    subtitle,
    width: 440,
    height,
    layer: [
      ...layer,
      {
        data: { values: [{ x: 0 }] },
        mark: { type: "rule", style: "joint" },
        encoding: { x: plain("x") },
      },
    ],
  });
}
