/** @file The points of a search as charts take them: params with values of any kind, and axes for them. */
import type { Json } from "../flow.ts";
import { checkSome, checkValue } from "./checks.ts";
import { fail } from "./errors.ts";
import { label } from "./spec.ts";

/** One trial of a search: its params, and what it came to. */
export interface SearchPoint {
  /** Counts from 0. */
  readonly number: number;
  readonly value: number;
  readonly params: Readonly<Record<string, string | number | boolean | null>>;
  /** Whether it keeps all constraints; one that does not is never the best. Default true. */
  readonly isFeasible?: boolean;
}

/** A param as an axis: a number line, or choices. */
export interface ParamAxis {
  readonly name: string;
  /** The choices, as texts; null for numbers. */
  readonly choices: readonly string[] | null;
  readonly log: boolean;
  readonly low: number;
  readonly high: number;
}

/** The most points of a chart. */
const mostPoints = 10_000;

/** Checks points: some, not too many, with finite values. */
export function checkPoints(at: string, points: readonly SearchPoint[]): void {
  checkSome(at, "trial", points.length);
  if (points.length > mostPoints)
    fail("plot/out-of-range-count", { at, what: "trials", most: mostPoints, got: points.length });
  for (const { number, value } of points) {
    checkValue(at, { number }, { min: 0 });
    checkValue(`${at}: trial ${number}`, { value });
  }
}

/** The points that have all of some params. Throws `plot/missing-data` where there is none. */
export function pointsWith(
  at: string,
  points: readonly SearchPoint[],
  params: readonly string[],
): readonly SearchPoint[] {
  const having = points.filter((point) => params.every((name) => name in point.params));
  checkSome(
    at,
    `trial with ${params.map((name) => JSON.stringify(name)).join(" and ")}`,
    having.length,
  );
  return having;
}

/** The axis of a param: choices where a value is no number; log where it spans more than two powers of ten. */
export function axisOf(points: readonly SearchPoint[], name: string): ParamAxis {
  const values = points.map(({ params }) => params[name] ?? null);
  const numbers = values.filter((value) => typeof value === "number");
  if (numbers.length < values.length) {
    const choices = [...new Set(values.map((value) => label(String(value))))].sort();
    return { name, choices, log: false, low: 0, high: Math.max(1, choices.length - 1) };
  }
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
  return { name, choices: null, log: low > 0 && high / low > 100, low, high };
}

/** Where a value lies on its axis, 0 to 1. */
export function placeOn(axis: ParamAxis, value: SearchPoint["params"][string] | undefined): number {
  const { choices, log, low, high } = axis;
  const at = choices === null ? Number(value) : choices.indexOf(label(String(value)));
  if (!(high > low)) return 0.5;
  return log ? Math.log(at / low) / Math.log(high / low) : (at - low) / (high - low);
}

/** A value as its axis holds it: a number, or the text of a choice. */
export const onAxis = (axis: ParamAxis, value: SearchPoint["params"][string] | undefined): Json =>
  axis.choices === null ? Number(value) : label(String(value));

/** The encoding of a param along x or y. */
export function paramEncoding({ name, choices, log, low, high }: ParamAxis, field: string): Json {
  const title = label(name);
  if (choices !== null)
    return {
      field,
      type: "nominal",
      scale: { domain: choices },
      axis: { title, grid: false, labelAngle: 0 },
    };
  const room = log ? 0 : 0.03 * (high - low) || Math.abs(high) * 0.1 || 1;
  const domain = log ? [low / 1.1, high * 1.1] : [low - room, high + room];
  const scale = log
    ? { type: "log", domain }
    : { type: "linear", domain, nice: false, zero: false };
  return { field, type: "quantitative", scale, axis: { title, tickCount: 6, grid: false } };
}

/** The encoding of a metric along an axis that fits the values. */
export function metricEncoding(metric: string, field: string, values: readonly number[]): Json {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const room = 0.05 * (high - low) || Math.abs(high) * 0.1 || 1;
  const scale = { domain: [low - room, high + room], nice: true, zero: false };
  return {
    field,
    type: "quantitative",
    scale,
    axis: { title: label(metric), tickCount: 6, domain: false },
  };
}

/** The encoding of a number as a colour of the theme's ramp. */
export const rampEncoding = (field: string, title: string): Json => ({
  ...{ field, type: "quantitative", scale: { zero: false } },
  legend: { title: label(title), gradientLength: 120 },
});
