/** @file The time chart: a metric by hour, with an optional marked moment. */
import { checkNames } from "../core/index.ts";
import type { Json } from "../flow.ts";
import { checkSome, checkValue } from "./checks.ts";
import {
  type ChartOptions,
  type ChartSpec,
  chartSpec,
  checkChartOptions,
  label,
  titled,
} from "./spec.ts";

/** A metric at a time. */
export interface TimePoint {
  /** Milliseconds since 1970 in UTC. */
  readonly atMs: number;
  /** null where nothing was measured: the line is broken there. */
  readonly value: number | null;
}

/** What the chart shows besides its points. */
export interface TimeChartOptions extends ChartOptions {
  /** The metric's name: "accuracy". */
  readonly metric: string;
  /** The metric's unit: "ms". */
  readonly unit?: string;
  /** A moment to mark with a line: a deployment, an attack. */
  readonly moment?: { readonly atMs: number; readonly label: string };
}

const hourMs = 3_600_000;
/** The last millisecond that a Date can hold. */
const span = { min: -8.64e15, max: 8.64e15 };

/**
 * Describes a metric over time, in UTC. The value axis fits the values and need not start at 0.
 *
 * @param points - In any order.
 * @throws `plot/missing-data` when no point has a value; `plot/out-of-range-value`
 * @example
 * ```ts
 * timeChart([{ atMs: 0, value: 0.9 }, { atMs: 3_600_000, value: 0.8 }], { metric: "accuracy" })["width"] // => 560
 * ```
 */
export function timeChart(points: readonly TimePoint[], options: TimeChartOptions): ChartSpec {
  checkChartOptions("timeChart", options, ["metric", "unit", "moment"]);
  const { metric, unit, moment, title = `${capital(metric)} over time`, subtitle } = options;
  const values = checkPoints(points, moment);
  const rows = points.map(({ atMs, value }) => ({ at: atMs, value })).sort((a, b) => a.at - b.at);
  const times = [...rows.map(({ at }) => at), ...(moment === undefined ? [] : [moment.atMs])];
  const x = timeAxis(Math.min(...times), Math.max(...times));
  const y = valueAxis(values, titled(metric, unit));
  const layer = [...lineOf(rows, { x, y }), ...momentOf(moment, times, x)];
  return chartSpec({ title, subtitle, width: 560, height: 240, layer });
}

function checkPoints(
  points: readonly TimePoint[],
  moment: TimeChartOptions["moment"],
): readonly number[] {
  const at = "timeChart";
  for (const [i, { atMs, value }] of points.entries()) {
    checkValue(at, { [`points[${i}].atMs`]: atMs }, span);
    if (value !== null) checkValue(at, { [`points[${i}].value`]: value });
  }
  if (moment !== undefined) {
    checkNames(`${at}: moment`, moment, ["atMs", "label"]);
    checkValue(at, { "moment.atMs": moment.atMs }, span);
  }
  const values = points.flatMap(({ value }) => (value === null ? [] : [value]));
  checkSome(at, "point with a value", values.length);
  return values;
}

const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

/** Hours as 06:00, midnights as their day, months where years are shown; at least two hours. */
function timeAxis(first: number, last: number): Json {
  const widen = first === last ? hourMs : 0;
  const domain = [first - widen, last + widen];
  const midnight = "utchours(datum.value) == 0 && utcminutes(datum.value) == 0";
  const short = `utcFormat(datum.value, ${midnight} ? '%d %b' : '%H:%M')`;
  const labelExpr = last - first > 300 * 24 * hourMs ? "utcFormat(datum.value, '%b %Y')" : short;
  const years = [...new Set([first, last].map((at) => new Date(at).getUTCFullYear()))];
  const title = `time (UTC, ${years.join("–")})`;
  const axis = { title, labelExpr, tickCount: 8, grid: false, labelOverlap: true };
  return { field: "at", type: "temporal", scale: { type: "utc", domain }, axis };
}

function valueAxis(values: readonly number[], title: string): Json {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const room = high > low ? 0.08 * (high - low) : Math.abs(high) * 0.1 || 1;
  const scale = { domain: [low - room, high + room], nice: true, zero: false };
  return {
    field: "value",
    type: "quantitative",
    scale,
    axis: { title, tickCount: 6, domain: false },
  };
}

function lineOf(rows: readonly Json[], { x, y }: { x: Json; y: Json }): Json[] {
  const data = { values: rows };
  const thin = rows.length > 200 ? { strokeWidth: 1.2 } : {};
  const line = { type: "line", style: "measured", ...thin };
  const size = rows.length > 80 ? 0 : 28;
  const point = { type: "point", filled: true, opacity: 1, size, style: "measured-point" };
  const layers: Json[] = [{ data, mark: line, encoding: { x, y } }];
  // Points show lone hours between gaps, so few of them are always drawn.
  if (size > 0 || rows.length === 1) layers.push({ data, mark: point, encoding: { x, y } });
  return layers;
}

/** The label stands where there is room: left of the line in the right half, else right of it. */
function momentOf(
  moment: TimeChartOptions["moment"],
  times: readonly number[],
  x: Json,
): readonly Json[] {
  if (moment === undefined) return [];
  const data = { values: [{ at: moment.atMs, label: label(moment.label) }] };
  const middle = (Math.min(...times) + Math.max(...times)) / 2;
  const side = moment.atMs > middle ? { align: "right", dx: -6 } : { align: "left", dx: 6 };
  const mark = { type: "text", style: "moment-label", baseline: "top", limit: 270, ...side };
  const text = { field: "label", type: "nominal" };
  return [
    { data, mark: { type: "rule", style: "moment" }, encoding: { x } },
    { data, mark, encoding: { x, y: { value: 2 }, text } },
  ];
}
