/** @file Charts of a search: its history, slices of it, the landscape of two params, all params at once, a front. */
import { checkChoice, checkNumber } from "../core/index.ts";
import type { Json } from "../flow.ts";
import { checkSome, checkValue } from "./checks.ts";
import { fail } from "./errors.ts";
import {
  axisOf,
  checkPoints,
  metricEncoding,
  onAxis,
  paramEncoding,
  placeOn,
  pointsWith,
  rampEncoding,
  type SearchPoint,
} from "./search-points.ts";
import { type ChartOptions, type ChartSpec, chartSpec, checkChartOptions, label } from "./spec.ts";

/** What is measured, and which way is better. */
export interface SearchHistoryOptions extends ChartOptions {
  readonly metric: string;
  readonly direction: "minimise" | "maximise";
  /** The numbers of trials that failed: crosses at the bottom. Default none. */
  readonly failed?: readonly number[];
  /** How many trials there are, those without a value too: the axis has them all. Default up to the last that is drawn. */
  readonly trials?: number;
}

/**
 * Describes what each trial of a search came to, in their order, with the best so far as a line: the best of those that keep
 * the constraints. Trials that break one are rings; those that failed are crosses at the bottom, where `failed` names them.
 *
 * @throws `plot/missing-data`, `plot/out-of-range-value`, `plot/out-of-range-count`
 * @example
 * ```ts
 * const points = [0.4, 0.6, 0.5].map((value, number) => ({ number, value, params: {} }));
 * searchHistoryChart(points, { metric: "auc", direction: "maximise" })["width"] // => 560
 * ```
 */
export function searchHistoryChart(
  points: readonly SearchPoint[],
  options: SearchHistoryOptions,
): ChartSpec {
  const at = "searchHistoryChart";
  checkChartOptions(at, options, ["metric", "direction", "failed", "trials"]);
  checkPoints(at, points);
  const { metric, direction, title = "History of the search", subtitle } = options;
  checkChoice(at, { direction }, ["minimise", "maximise"]);
  const { failed = [], trials = 0 } = options;
  for (const number of failed) checkValue(at, { number }, { min: 0 });
  checkNumber(at, { trials }, { min: 0, integer: true });
  const sorted = [...points].sort((a, b) => a.number - b.number);
  const better = direction === "minimise" ? Math.min : Math.max;
  let best: number | null = null;
  const rows = sorted.map(({ number, value, isFeasible = true }) => {
    if (isFeasible) best = better(best ?? value, value);
    return { number, value, best, isFeasible };
  });
  const values = rows.map(({ value }) => value);
  const last = Math.max(trials - 1, ...failed, ...rows.map(({ number }) => number));
  const first = Math.min(trials > 0 ? 0 : last, ...failed, ...rows.map(({ number }) => number));
  const scale = { nice: false, zero: false, domain: [first, last] };
  const x = {
    field: "number",
    type: "quantitative",
    scale,
    axis: { title: "trial", grid: false, tickMinStep: 1 },
  };
  const [y, yBest] = ["value", "best"].map((field) => metricEncoding(metric, field, values));
  const line = { type: "line", style: "measured", interpolate: "step-after" };
  const point = { type: "point", size: 26, opacity: 0.7, style: "level-none" };
  const shown = rows.map(({ isFeasible: _, ...row }) => row);
  const cross = { type: "point", shape: "cross", filled: true, size: 30, style: "level-severe" };
  const crosses = failed.map((number) => ({ number, state: "failed" }));
  const rowsThat = (keep: boolean) => shown.filter((_, i) => rows[i]?.isFeasible === keep);
  const layer: Json[] = [
    ...layerOf(rowsThat(true), { mark: { ...point, filled: true }, encoding: { x, y: y ?? null } }),
    ...layerOf(rowsThat(false), {
      mark: { ...point, filled: false },
      encoding: { x, y: y ?? null },
    }),
    ...layerOf(crosses, { mark: cross, encoding: { x, y: { value: 236 } } }),
    ...layerOf(
      shown.filter((row) => row.best !== null),
      { mark: line, encoding: { x, y: yBest ?? null } },
    ),
  ];
  return chartSpec({ title, subtitle, width: 560, height: 240, layer });
}

/** A layer of some rows; none where there is no row, of which no scale could be made. */
const layerOf = (
  values: readonly Json[],
  part: { readonly [key: string]: Json },
): readonly Json[] => (values.length === 0 ? [] : [{ data: { values }, ...part }]);

/** Which param is looked at. */
export interface SliceOptions extends ChartOptions {
  readonly metric: string;
  readonly param: string;
}

/**
 * Describes what trials came to by one of their params; later trials are darker, so that it shows where
 * the search went. Trials without the param are left out.
 *
 * @throws `plot/missing-data`, `plot/out-of-range-value`, `plot/out-of-range-count`
 * @example
 * ```ts
 * const points = [1, 2, 3].map((depth, number) => ({ number, value: depth, params: { depth } }));
 * sliceChart(points, { metric: "rmse", param: "depth" })["height"] // => 260
 * ```
 */
export function sliceChart(points: readonly SearchPoint[], options: SliceOptions): ChartSpec {
  const at = "sliceChart";
  checkChartOptions(at, options, ["metric", "param"]);
  checkPoints(at, points);
  const { metric, param, title = `${metric} by ${param}`, subtitle } = options;
  const having = pointsWith(at, points, [param]);
  const axis = axisOf(having, param);
  const rows = having.map(({ number, value, params }) => ({
    ...{ number, value },
    param: onAxis(axis, params[param]),
  }));
  const y = metricEncoding(
    metric,
    "value",
    rows.map(({ value }) => value),
  );
  const encoding = { x: paramEncoding(axis, "param"), y, color: rampEncoding("number", "trial") };
  const mark = { type: "point", filled: true, size: 42, opacity: 0.85 };
  const layer = [{ data: { values: rows }, mark, encoding }];
  return chartSpec({ title, subtitle, width: 380, height: 260, layer });
}

/** Which two params are looked at. */
export interface ContourOptions extends ChartOptions {
  readonly metric: string;
  readonly x: string;
  readonly y: string;
}

/** Cells of the landscape along a number. */
const contourCells = 32;

/**
 * Describes the landscape over two params: each cell has the mean of the trials, weighted by the inverse
 * fourth power of their distance, and the trials are points on it. O(n·1024).
 *
 * @throws `plot/missing-data`, `plot/out-of-range-value`, `plot/out-of-range-count`
 * @example
 * ```ts
 * const points = [1, 2, 3].map((d, number) => ({ number, value: d, params: { d, rate: 1 / d } }));
 * contourChart(points, { metric: "rmse", x: "d", y: "rate" })["width"] // => 380
 * ```
 */
export function contourChart(points: readonly SearchPoint[], options: ContourOptions): ChartSpec {
  const at = "contourChart";
  checkChartOptions(at, options, ["metric", "x", "y"]);
  checkPoints(at, points);
  const { metric, title = `${metric} by ${options.x} and ${options.y}`, subtitle } = options;
  const having = pointsWith(at, points, [options.x, options.y]);
  const [xAxis, yAxis] = [axisOf(having, options.x), axisOf(having, options.y)];
  const places = having.map(({ params, value }) => ({
    ...{ x: placeOn(xAxis, params[options.x]), y: placeOn(yAxis, params[options.y]), value },
  }));
  const cells = grid(xAxis.choices?.length ?? 0, yAxis.choices?.length ?? 0).map((cell) => ({
    ...cell,
    value: weightedMean(places, (cell.x + cell.x2) / 2, (cell.y + cell.y2) / 2),
  }));
  const placeAxis = (name: string) => ({
    title: label(name),
    labels: false,
    ticks: false,
    grid: false,
  });
  const scale = { domain: [-0.02, 1.02], nice: false };
  const quantity = (field: string, name: string): Json => ({
    field,
    type: "quantitative",
    scale,
    axis: placeAxis(name),
  });
  const [x, y] = [quantity("x", options.x), quantity("y", options.y)];
  const color = rampEncoding("value", metric);
  const layer: Json[] = [
    {
      data: { values: cells },
      mark: { type: "rect" },
      encoding: { x, y, x2: { field: "x2" }, y2: { field: "y2" }, color },
    },
    {
      data: { values: places },
      mark: { type: "point", filled: true, size: 22, style: "measured-point" },
      encoding: { x, y },
    },
    ...ends(xAxis, "x"),
    ...ends(yAxis, "y"),
  ];
  return chartSpec({ title, subtitle, width: 380, height: 320, layer });
}

interface Cell {
  readonly x: number;
  readonly x2: number;
  readonly y: number;
  readonly y2: number;
}

/** Cells that cover the square; of choices, one for each. */
function grid(xChoices: number, yChoices: number): readonly Cell[] {
  const edges = (choices: number): readonly (readonly [number, number])[] => {
    if (choices === 0)
      return Array.from(
        { length: contourCells },
        (_, i) => [i / contourCells, (i + 1) / contourCells] as const,
      );
    const gap = 1 / Math.max(1, choices - 1);
    return Array.from(
      { length: choices },
      (_, i) => [Math.max(0, (i - 0.5) * gap), Math.min(1, (i + 0.5) * gap)] as const,
    );
  };
  return edges(xChoices).flatMap(([x, x2]) => edges(yChoices).map(([y, y2]) => ({ x, x2, y, y2 })));
}

function weightedMean(
  places: readonly { readonly x: number; readonly y: number; readonly value: number }[],
  x: number,
  y: number,
): number {
  let [sum, weights] = [0, 0];
  for (const place of places) {
    const weight = 1 / ((place.x - x) ** 2 + (place.y - y) ** 2 + 1e-4) ** 2;
    sum += weight * place.value;
    weights += weight;
  }
  return sum / weights;
}

/** The values at the ends of an axis of places, or its choices. */
function ends(axis: ReturnType<typeof axisOf>, along: "x" | "y"): Json[] {
  const { choices, low, high } = axis;
  const texts = choices ?? [low, high].map((value) => String(Number(value.toPrecision(3))));
  const last = Math.max(1, texts.length - 1);
  const rows = texts.map((text, i) => ({ text, at: choices?.length === 1 ? 0.5 : i / last }));
  const scale = { domain: [-0.02, 1.02], nice: false };
  const at = { field: "at", type: "quantitative", scale };
  const isX = along === "x";
  const mark = {
    type: "text",
    style: "threshold-label",
    ...(isX ? { dy: 10, baseline: "middle" } : { dx: -6, align: "right" }),
  };
  const encoding = isX ? { x: at, y: { value: 320 } } : { y: at, x: { value: 0 } };
  return [
    {
      data: { values: rows },
      mark,
      encoding: { ...encoding, text: { field: "text", type: "nominal" } },
    },
  ];
}

/** Which params are looked at. */
export interface ParallelOptions extends ChartOptions {
  readonly metric: string;
  /** In the order of the axes; at least two. Default: those that all trials have, by name. */
  readonly params?: readonly string[];
}

/**
 * Describes trials as lines across their params, an axis each, coloured by what they came to.
 *
 * @throws `plot/missing-data`, `plot/out-of-range-value`, `plot/out-of-range-count`, `option/out-of-range`;
 * `plot/missing-params` where none are named and all trials share fewer than two
 * @example
 * ```ts
 * const points = [1, 2, 3].map((d, number) => ({ number, value: d, params: { d, rate: 1 / d } }));
 * parallelChart(points, { metric: "rmse" })["height"] // => 280
 * ```
 * @see Inselberg, The Visual Computer 1, 1985.
 */
export function parallelChart(points: readonly SearchPoint[], options: ParallelOptions): ChartSpec {
  const at = "parallelChart";
  checkChartOptions(at, options, ["metric", "params"]);
  checkPoints(at, points);
  const shared = Object.keys(points[0]?.params ?? {}).sort();
  const common = shared.filter((name) => points.every(({ params }) => name in params));
  const { metric, params = common, title = `${metric} by all params`, subtitle } = options;
  if (options.params === undefined && common.length < 2)
    fail("plot/missing-params", {
      at,
      common,
      known: [...new Set(points.flatMap((point) => Object.keys(point.params)))].sort(),
    });
  checkNumber(at, { params: params.length }, { min: 2 });
  const having = pointsWith(at, points, params);
  const axes = params.map((name) => axisOf(having, name));
  const names = params.map(label);
  const rows = having.flatMap(({ number, value, params: own }) =>
    axes.map((axis, i) => ({
      number,
      value,
      axis: names[i] ?? "",
      at: placeOn(axis, own[axis.name]),
    })),
  );
  const x = {
    field: "axis",
    type: "nominal",
    scale: { type: "point", domain: names, padding: 0.3 },
    axis: { title: null, labelAngle: 0, ticks: false, domain: false, grid: true },
  };
  const y = { field: "at", type: "quantitative", scale: { domain: [0, 1] }, axis: null };
  const order = { field: "axis", type: "nominal", sort: names };
  const color = rampEncoding("value", metric);
  const detail = { field: "number", type: "nominal" };
  const marks = axes.flatMap((axis, i) => marksOf(axis, names[i] ?? ""));
  const text = { field: "text", type: "nominal" };
  const layer: Json[] = [
    {
      data: { values: rows },
      mark: { type: "line", strokeWidth: 1.2, opacity: 0.6 },
      encoding: { x, y, color, detail, order },
    },
    {
      data: { values: marks },
      mark: { type: "text", style: "value", align: "left", dx: 4 },
      encoding: { x, y, text },
    },
  ];
  return chartSpec({ title, subtitle, width: { step: 110 }, height: 280, layer });
}

/** What stands beside an axis: its ends, or its choices. */
function marksOf(axis: ReturnType<typeof axisOf>, name: string): Json[] {
  const { choices, low, high } = axis;
  if (choices === null)
    return [low, high].map((value, i) => ({
      axis: name,
      at: low === high ? 0.5 : i,
      text: String(Number(value.toPrecision(3))),
    }));
  return choices.map((text) => ({ axis: name, at: placeOn(axis, text), text }));
}

/** One trial of a search for two things at once. */
export interface FrontPoint {
  readonly values: readonly [number, number];
  /** Whether no other trial is better in both. */
  readonly isFront: boolean;
}

/** What is measured. */
export interface FrontOptions extends ChartOptions {
  readonly metrics: readonly [string, string];
  /** Which way each is better. Default both "minimise". */
  readonly directions?: readonly [FrontDirection, FrontDirection];
}

type FrontDirection = "minimise" | "maximise";

/**
 * Describes the trials of a search for two things at once, those on the Pareto front marked and joined: between two of
 * them the line is at what the search has reached, by the direction of each metric.
 *
 * @throws `plot/missing-data`, `plot/out-of-range-value`, `option/out-of-range`
 * @example
 * ```ts
 * frontChart([{ values: [1, 2], isFront: true }], { metrics: ["size", "auc"] })["height"] // => 320
 * ```
 */
export function frontChart(points: readonly FrontPoint[], options: FrontOptions): ChartSpec {
  const at = "frontChart";
  checkChartOptions(at, options, ["metrics", "directions"]);
  checkSome(at, "trial", points.length);
  const rows = points.map(({ values: [x, y], isFront }) => ({ x, y, isFront }));
  for (const { x, y } of rows) {
    checkValue(at, { x });
    checkValue(at, { y });
  }
  const { metrics, directions = ["minimise", "minimise"] } = options;
  const { title = `${metrics[0]} and ${metrics[1]}`, subtitle } = options;
  for (const direction of directions) checkChoice(at, { direction }, ["minimise", "maximise"]);
  // where x is to be large, a point's y is reached by all x below it
  const interpolate = directions[0] === "minimise" ? "step-after" : "step-before";
  const xs = rows.map(({ x }) => x);
  const ys = rows.map(({ y }) => y);
  const encoding = {
    x: metricEncoding(metrics[0], "x", xs),
    y: metricEncoding(metrics[1], "y", ys),
  };
  const front = rows.filter(({ isFront }) => isFront).sort((a, b) => a.x - b.x);
  const point = { type: "point", filled: true };
  const layer: Json[] = [
    ...layerOf(
      rows.filter(({ isFront }) => !isFront),
      { mark: { ...point, size: 26, style: "level-none" }, encoding },
    ),
    ...layerOf(front, {
      mark: { type: "line", style: "measured", interpolate, strokeWidth: 1 },
      encoding,
    }),
    ...layerOf(front, { mark: { ...point, size: 46, style: "measured-point" }, encoding }),
  ];
  return chartSpec({ title, subtitle, width: 380, height: 320, layer });
}
