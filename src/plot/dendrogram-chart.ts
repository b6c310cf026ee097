/** @file The dendrogram: in which order, and from how far, rows join to clusters. */
import type { Json } from "../flow.ts";
import { numbers, plain, straight } from "./axes.ts";
import { checkLength, checkSome, checkValue } from "./checks.ts";
import { fail } from "./errors.ts";
import { type ChartOptions, type ChartSpec, chartSpec, checkChartOptions, label } from "./spec.ts";

/** Joins of n rows: join i makes cluster n + i of two earlier ones; rows are 0 … n − 1. Shape [n − 1]. */
export interface DendrogramJoins {
  readonly left: ArrayLike<number>;
  readonly right: ArrayLike<number>;
  readonly heights: ArrayLike<number>;
}

/** Options of {@link dendrogramChart}. */
export interface DendrogramChartOptions extends ChartOptions {
  /** The rows' names, shape [n]; drawn for up to 40 rows. */
  readonly names?: readonly string[];
  /** A height to mark with a line: where clusters are cut. */
  readonly cut?: number;
}

const mostRows = 2000;
const mostNames = 40;

/**
 * Describes joins as a tree: rows below, in an order in which no lines cross, joins at their height. O(n).
 *
 * @param joins - As `agglomerative` and SciPy's `linkage` number them.
 * @throws `plot/missing-data`, `plot/mismatch-lengths`, `plot/out-of-range-value`, `plot/out-of-range-count`
 * @example
 * ```ts
 * dendrogramChart({ left: [0, 2], right: [1, 3], heights: [1, 2.5] }, { names: ["a", "b", "c"] })["width"] // => 480
 * ```
 * @see Peer: SciPy `dendrogram`.
 */
export function dendrogramChart(
  joins: DendrogramJoins,
  options: DendrogramChartOptions = {},
): ChartSpec {
  const at = "dendrogramChart";
  checkChartOptions(at, options, ["names", "cut"]);
  const { names, cut, title = "Dendrogram", subtitle } = options;
  const n = joins.heights.length + 1;
  checkSome(at, "join", joins.heights.length);
  if (n > mostRows) fail("plot/out-of-range-count", { at, what: "rows", most: mostRows, got: n });
  checkJoins(at, joins);
  if (names !== undefined) checkLength(at, "names", [n, names.length]);
  if (cut !== undefined) checkValue(at, { cut }, { min: 0 });
  const order = orderOf(joins, n);
  const lines = linesOf(joins, order);
  const top = Math.max(...Array.from(joins.heights), cut ?? 0) || 1;
  const domain = [-0.5, n - 0.5] as const;
  const x = { field: "x", type: "quantitative", scale: { domain, nice: false }, axis: null };
  const y = numbers("y", "distance of what is joined", [0, top * 1.05]);
  const mark = { type: "line", style: "joint", strokeJoin: "miter" };
  const place = { field: "order", type: "quantitative" };
  const layer: Json[] = [
    {
      data: { values: lines },
      mark,
      encoding: { x, y, detail: { field: "join", type: "nominal" }, order: place },
    },
  ];
  if (cut !== undefined) layer.push(straight([-0.5, cut], [n - 0.5, cut]));
  if (n <= mostNames) {
    const values = order.map((row, i) => ({ x: i, text: label(names?.[row] ?? `${row}`) }));
    const text = { field: "text", type: "nominal" };
    const below = {
      type: "text",
      style: "name",
      angle: -90,
      align: "right",
      baseline: "middle",
      dx: -6,
      limit: 110,
    };
    layer.push({
      data: { values },
      mark: below,
      encoding: { x: plain("x"), y: { value: 280 }, text },
    });
  }
  return chartSpec({ title, subtitle, width: 480, height: 280, layer });
}

/** Each join is of two clusters that are there already and not joined yet. */
function checkJoins(at: string, { left, right, heights }: DendrogramJoins): void {
  const m = heights.length;
  checkLength(at, "left", [m, left.length]);
  checkLength(at, "right", [m, right.length]);
  const joined = new Set<number>();
  for (let i = 0; i < m; i++) {
    checkValue(at, { [`heights[${i}]`]: heights[i] ?? Number.NaN }, { min: 0 });
    for (const [side, cluster] of [
      ["left", left[i]],
      ["right", right[i]],
    ] as const) {
      checkValue(at, { [`${side}[${i}]`]: cluster ?? Number.NaN }, { min: 0, max: m + i });
      const expected = "a row or an earlier join that is not joined yet";
      if (!Number.isInteger(cluster) || joined.has(cluster ?? -1))
        fail("plot/out-of-range-value", { at, what: `${side}[${i}]`, expected, got: cluster });
      joined.add(cluster ?? -1);
    }
  }
}

/** The rows from left to right. */
function orderOf({ left, right }: DendrogramJoins, n: number): readonly number[] {
  const order: number[] = [];
  const open = [2 * n - 2];
  while (open.length > 0) {
    const cluster = open.pop() ?? 0;
    if (cluster < n) order.push(cluster);
    else open.push(right[cluster - n] ?? 0, left[cluster - n] ?? 0);
  }
  return order;
}

/** Four corners for each join: up from the left, across, down to the right. */
function linesOf({ left, right, heights }: DendrogramJoins, order: readonly number[]): Json[] {
  const n = order.length;
  const place = new Float64Array(2 * n - 1);
  for (const [i, row] of order.entries()) place[row] = i;
  return Array.from(heights, (height, i) => {
    const [a, b] = [left[i] ?? 0, right[i] ?? 0];
    const [from, to] = [place[a] ?? 0, place[b] ?? 0];
    const base = (cluster: number): number => (cluster < n ? 0 : (heights[cluster - n] ?? 0));
    place[n + i] = (from + to) / 2;
    return [
      [from, base(a)],
      [from, height],
      [to, height],
      [to, base(b)],
    ].map(([x = 0, y = 0], corner) => ({ join: i, x, y, order: corner }));
  }).flat();
}
