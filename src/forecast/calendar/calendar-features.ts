/** @file What the calendar says of each step: trend, waves, hour, weekday, month and holidays. */
import { checkChoice, checkNames, checkNumber } from "../../core/index.ts";
import type { SeriesPlace } from "../forecaster.ts";
import { type Grid, timeOf } from "./grid.ts";
import { type HolidayRule, holidayRules, type Region } from "./holiday-rules.ts";
import { holidays } from "./holidays.ts";

/** Sines and cosines of a period: pairs k = 1 … with sin and cos of 2π·k·t/period. */
export interface Waves {
  /** Steps, above 1; 365.25 is a year of days. */
  readonly period: number;
  /** ≥ 1, at most half of the period. */
  readonly pairs: number;
}

/** Which features of the calendar are taken. */
export interface CalendarFeatureOptions {
  /** A straight line through time. Default true. */
  readonly trend?: boolean;
  /** Smooth seasons. Default none. */
  readonly waves?: readonly Waves[];
  /** The hour of the day, of hours only. Default true there. */
  readonly hour?: boolean;
  /** The day of the week, of hours and days only. Default true there. */
  readonly weekday?: boolean;
  /** The month, of all but years. Default true of months and quarters. */
  readonly month?: boolean;
  /** Holidays, each with an effect of its own: a region, or rules. Default none. */
  readonly holidays?: Region | readonly HolidayRule[];
}

/** The same with every default in its place, for one frequency. */
export type CalendarPlan = Required<Omit<CalendarFeatureOptions, "holidays">> & {
  readonly holidays: readonly HolidayRule[];
};

export const calendarNames = ["trend", "waves", "hour", "weekday", "month", "holidays"];

/** Checks options of the calendar. Throws `option/unknown-name`, `option/out-of-range`. */
export function checkCalendar(at: string, options: CalendarFeatureOptions): void {
  for (const { period, pairs, ...more } of options.waves ?? []) {
    checkNames(`${at}: waves`, more, []);
    checkNumber(at, { "period of waves": period }, { above: 1 });
    checkNumber(at, { "pairs of waves": pairs }, { min: 1, max: period / 2, integer: true });
  }
  const region = options.holidays;
  if (typeof region === "string") checkChoice(at, { holidays: region }, Object.keys(holidayRules));
  else if (region !== undefined) holidays({ rules: region, from: 2000 });
}

/** Fills in what is not said, for the frequency of a series. */
export function calendarPlan({ frequency }: Grid, options: CalendarFeatureOptions): CalendarPlan {
  const isHour = frequency === "hour";
  const isDay = isHour || frequency === "day";
  const { trend = true, waves = [], hour = true, weekday = true } = options;
  const { month = frequency === "month" || frequency === "quarter" } = options;
  const given = options.holidays ?? [];
  const rules = typeof given === "string" ? holidayRules[given] : given;
  return {
    trend,
    waves,
    hour: hour && isHour,
    weekday: weekday && isDay,
    month: month && frequency !== "year",
    holidays: rules,
  };
}

/** A feature of each step. */
export interface CalendarColumn {
  readonly name: string;
  /** Shape [t]. */
  readonly values: Float64Array;
}

/**
 * The features of the steps from one place to another. Of hours and days a holiday is 1 on its day; of
 * longer steps, the number of its days in them. The time of a step is its beginning, unless all
 * steps end their month: then it is its end. O(t·features).
 */
export function calendarColumns(
  place: SeriesPlace,
  plan: CalendarPlan,
  { from, to }: { readonly from: number; readonly to: number },
): readonly CalendarColumn[] {
  const times = Float64Array.from({ length: to - from }, (_, i) => timeOf(place, from + i));
  const at = times.map((_, i) => from + i);
  const columns: CalendarColumn[] = [];
  const add = (name: string, values: Float64Array): void => {
    columns.push({ name, values });
  };
  const each = (name: string, count: number, of: (time: Date) => number): void => {
    const numbers = Array.from(times, (ms) => of(new Date(ms)));
    for (let k = 0; k < count; k++)
      add(
        `${name} ${k}`,
        Float64Array.from(numbers, (n) => (n === k ? 1 : 0)),
      );
  };
  if (plan.trend)
    add(
      "trend",
      at.map((t) => t / place.length),
    );
  for (const { period, pairs } of plan.waves)
    for (let k = 1; k <= pairs; k++) {
      const angle = (2 * Math.PI * k) / period;
      add(
        `sin ${k}/${period}`,
        at.map((t) => Math.sin(angle * t)),
      );
      add(
        `cos ${k}/${period}`,
        at.map((t) => Math.cos(angle * t)),
      );
    }
  if (plan.hour) each("hour", 24, (time) => time.getUTCHours());
  if (plan.weekday) each("weekday", 7, (time) => time.getUTCDay());
  if (plan.month) each("month", 12, (time) => time.getUTCMonth());
  columns.push(...holidayColumns(place, plan, { from, to }));
  return columns;
}

const dayMs = 86_400_000;

/** One column per name of a holiday, in the order of the rules. */
function holidayColumns(
  place: SeriesPlace,
  { holidays: rules }: CalendarPlan,
  { from, to }: { readonly from: number; readonly to: number },
): readonly CalendarColumn[] {
  if (rules.length === 0 || to <= from) return [];
  const names = [...new Set(rules.map(({ name }) => name))];
  const columns = new Map(names.map((name) => [name, new Float64Array(to - from)]));
  const year = (i: number): number => new Date(timeOf(place, i)).getUTCFullYear();
  const found = holidays({ rules, from: year(from - 1), until: year(to) });
  const days = found.map(({ date, name }) => ({ name, startMs: Date.parse(date) }));
  let first = 0;
  for (let i = from; i < to; i++) {
    const [startMs, endMs] = spanOf(place, i);
    while ((days[first]?.startMs ?? Infinity) + dayMs <= startMs) first += 1;
    for (let k = first; (days[k]?.startMs ?? Infinity) < endMs; k++) {
      const column = columns.get(days[k]?.name ?? "");
      if (column !== undefined) column[i - from] = (column[i - from] ?? 0) + 1;
    }
  }
  return names.map((name) => ({ name, values: columns.get(name) ?? new Float64Array(0) }));
}

/** From when to when a step is. */
function spanOf(place: Grid, i: number): readonly [startMs: number, endMs: number] {
  const isEnd = place.monthDay === 31 && !["hour", "day", "week"].includes(place.frequency);
  if (isEnd) return [timeOf(place, i - 1) + dayMs, timeOf(place, i) + dayMs];
  return [timeOf(place, i), timeOf(place, i + 1)];
}
