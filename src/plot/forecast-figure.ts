/** @file The forecast figure: what was, what is expected, and within which bounds. */
import { checkNames } from "../core/index.ts";
import type { Json } from "../flow.ts";
import { checkLength, checkSome, checkValue } from "./checks.ts";
import {
  type ChartOptions,
  type ChartSpec,
  chartSpec,
  checkChartOptions,
  percent,
  titled,
} from "./spec.ts";

/** A value at a moment. */
export interface MomentValue {
  /** Milliseconds since 1970 in UTC. */
  readonly atMs: number;
  readonly value: number;
}

/** Bounds of each expected value. */
export interface Band {
  /** The share of values that it should hold, above 0 and below 1. */
  readonly level: number;
  /** One per expected value. */
  readonly lower: ArrayLike<number>;
  readonly upper: ArrayLike<number>;
}

/** What the figure shows. */
export interface ForecastFigureData {
  /** By rising time. */
  readonly history: readonly MomentValue[];
  /** By rising time. */
  readonly expected: readonly MomentValue[];
  readonly bands?: readonly Band[];
  /** What came after all, beside what was expected. */
  readonly came?: readonly MomentValue[];
}

/** What the figure is called. */
export interface ForecastFigureOptions extends ChartOptions {
  /** The name of the values: "rentals". Default "value". */
  readonly measure?: string;
  /** Their unit: "EUR". */
  readonly unit?: string;
}

/** The last millisecond that a Date can hold. */
const span = { min: -8.64e15, max: 8.64e15 };
const dayMs = 86_400_000;

/**
 * Describes a forecast: the history as a line, what is expected as a dashed one, its bounds as bands,
 * the widest palest, and, where it is known, what came as points. The value axis fits the values.
 *
 * @param data - See {@link ForecastFigureData}.
 * @param options - See {@link ForecastFigureOptions}.
 * @throws `plot/missing-data`, `plot/mismatch-lengths`, `plot/out-of-range-value`, `option/unknown-name`
 * @example
 * ```ts
 * const history = [{ atMs: 0, value: 3 }, { atMs: 3_600_000, value: 4 }];
 * const expected = [{ atMs: 7_200_000, value: 5 }];
 * forecastFigure({ history, expected, bands: [{ level: 0.8, lower: [4], upper: [6] }] })["width"] // => 560
 * ```
 */
export function forecastFigure(
  data: ForecastFigureData,
  options: ForecastFigureOptions = {},
): ChartSpec {
  checkChartOptions("forecastFigure", options, ["measure", "unit"]);
  checkData(data);
  const { measure = "value", unit, title = `Forecast of ${measure}`, subtitle } = options;
  const { history, expected, bands = [], came = [] } = data;
  const all = [...history, ...expected, ...came];
  const ends = bands.flatMap(({ lower, upper }) => [...Array.from(lower), ...Array.from(upper)]);
  const x = timeAxis(all.map(({ atMs }) => atMs));
  const y = valueAxis([...all.map(({ value }) => value), ...ends], titled(measure, unit));
  const wide = [...bands].sort((a, b) => b.level - a.level);
  const layer = [
    ...wide.map((band) => bandOf(band, data, { x, y })),
    lineOf(history, { type: "line", style: "measured", strokeWidth: 1.4 }, { x, y }),
    lineOf(
      joined(history, expected),
      { type: "line", style: "measured", strokeDash: [5, 3] },
      { x, y },
    ),
    ...(came.length === 0
      ? []
      : [lineOf(came, { type: "point", style: "moment-label", filled: true, size: 22 }, { x, y })]),
  ];
  const levels =
    bands.length === 0
      ? undefined
      : `bounds of ${bands.map(({ level }) => percent(level, 0)).join(" and ")}`;
  return chartSpec({ title, subtitle: subtitle ?? levels, width: 560, height: 260, layer });
}

function checkData({ history, expected, bands = [], came = [] }: ForecastFigureData): void {
  const at = "forecastFigure";
  checkSome(at, "value of the history", history.length);
  checkSome(at, "expected value", expected.length);
  for (const [name, list] of Object.entries({ history, expected, came }))
    for (const [i, { atMs, value, ...more }] of list.entries()) {
      checkNames(`${at}: ${name}[${i}]`, more, []);
      checkValue(at, { [`${name}[${i}].atMs`]: atMs }, span);
      checkValue(at, { [`${name}[${i}].value`]: value });
    }
  for (const [k, { level, lower, upper }] of bands.entries()) {
    checkValue(at, { [`bands[${k}].level`]: level }, { min: 0, max: 1 });
    for (const [name, bounds] of Object.entries({ lower, upper })) {
      checkLength(at, `bands[${k}].${name}`, [expected.length, bounds.length]);
      for (let i = 0; i < bounds.length; i++)
        checkValue(at, { [`bands[${k}].${name}[${i}]`]: bounds[i] ?? Number.NaN });
    }
  }
}

/** The last known value and what is expected after it, so that the line is whole. */
function joined(history: readonly MomentValue[], expected: readonly MomentValue[]) {
  return [...history.slice(-1), ...expected];
}

interface Axes {
  readonly x: Json;
  readonly y: Json;
}

function bandOf(
  { lower, upper, level }: Band,
  { history, expected }: ForecastFigureData,
  { x, y }: Axes,
): Json {
  const rows = expected.map(({ atMs }, i) => ({
    at: atMs,
    value: lower[i] ?? 0,
    upper: upper[i] ?? 0,
  }));
  const start = history.slice(-1).map(({ atMs, value }) => ({ at: atMs, value, upper: value }));
  // The wider a band is, the paler: its level says how wide.
  const opacity = 0.14 + 0.24 * (1 - level);
  const mark = { type: "area", style: "measured", opacity, line: false };
  return {
    data: { values: [...start, ...rows] },
    mark,
    encoding: { x, y, y2: { field: "upper" } },
  };
}

function lineOf(points: readonly MomentValue[], mark: Json, { x, y }: Axes): Json {
  const values = points.map(({ atMs, value }) => ({ at: atMs, value }));
  return { data: { values }, mark, encoding: { x, y } };
}

/** Years where there are several, else months, days or hours. */
function timeAxis(times: readonly number[]): Json {
  const [first, last] = times.reduce(
    ([low, high], at) => [Math.min(low, at), Math.max(high, at)],
    [Infinity, -Infinity],
  );
  const length = last - first;
  const form =
    length > 1500 * dayMs
      ? "%Y"
      : length > 120 * dayMs
        ? "%b %Y"
        : length > 3 * dayMs
          ? "%d %b"
          : "%d %b %H:%M";
  const domain = length > 0 ? [first, last] : [first - dayMs, last + dayMs];
  const axis = {
    title: "time (UTC)",
    labelExpr: `utcFormat(datum.value, '${form}')`,
    tickCount: 7,
    grid: false,
    labelOverlap: true,
  };
  return { field: "at", type: "temporal", scale: { type: "utc", domain }, axis };
}

function valueAxis(values: readonly number[], title: string): Json {
  const [low, high] = values.reduce(
    ([l, h], v) => [Math.min(l, v), Math.max(h, v)],
    [Infinity, -Infinity],
  );
  const room = high > low ? 0.05 * (high - low) : Math.abs(high) * 0.1 || 1;
  const scale = { domain: [low - room, high + room], nice: true, zero: false };
  const axis = { title, tickCount: 6, domain: false };
  return { field: "value", type: "quantitative", scale, axis };
}
