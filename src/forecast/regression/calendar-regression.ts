/** @file Regression on the calendar: trend, waves, weekdays, months and holidays. */
import { checkNames, studentQuantile } from "../../core/index.ts";
import type { Json } from "../../flow.ts";
import { fitColumns, leverageOf } from "../../tensor/index.ts";
import {
  type CalendarFeatureOptions,
  type CalendarPlan,
  calendarColumns,
  calendarNames,
  calendarPlan,
  checkCalendar,
} from "../calendar/calendar-features.ts";
import type { Grid } from "../calendar/grid.ts";
import type { HolidayRule } from "../calendar/holiday-rules.ts";
import { fail } from "../errors.ts";
import { damaged, type Fields } from "../fields.ts";
import { type Family, type Forecaster, forecaster, type SeriesPlace } from "../forecaster.ts";
import type { Outlook } from "../outlook.ts";

interface RegressionParams {
  readonly plan: CalendarPlan;
  /** Names of the kept columns; the first is "constant". */
  readonly names: readonly string[];
  /** Places of the kept columns among all, shape [k]. */
  readonly kept: Float64Array;
  /** Of the kept columns, shape [k]. */
  readonly weights: Float64Array;
  /** R of the kept columns, shape [k, k]. */
  readonly triangle: Float64Array;
  readonly deviation: number;
  /** Values less weights. */
  readonly degrees: number;
}

export const regressionFamily: Family<RegressionParams> = {
  kind: "calendar-regression",
  read: (fields) => ({
    plan: readPlan(fields.fields("plan")),
    names: fields.texts("names"),
    kept: fields.array("kept", Float64Array),
    weights: fields.array("weights", Float64Array),
    triangle: fields.array("triangle", Float64Array),
    deviation: fields.number("deviation"),
    degrees: fields.number("degrees"),
  }),
  outlook: (params, horizon, place) => lookAhead(params, horizon, place),
  summary: ({ names, weights, deviation, degrees }) => ({
    ...Object.fromEntries(names.map((name, i): [string, Json] => [name, weights[i] ?? 0])),
    deviation,
    degrees,
  }),
};

/** Reads a plan as it was stored. */
export function readPlan(fields: Fields): CalendarPlan {
  return {
    trend: fields.boolean("trend"),
    waves: fields.list("waves").map((wave) => ({
      period: wave.number("period"),
      pairs: wave.number("pairs"),
    })),
    hour: fields.boolean("hour"),
    weekday: fields.boolean("weekday"),
    month: fields.boolean("month"),
    holidays: fields.list("holidays").map(readRule),
  };
}

function readRule(rule: Fields): HolidayRule {
  const on = rule.fields("on");
  const optional = <T>(name: string, read: () => T) => (rule.has(name) ? { [name]: read() } : {});
  return {
    name: rule.text("name"),
    on: readDay(on),
    ...optional("from", () => rule.number("from")),
    ...optional("until", () => rule.number("until")),
    ...optional("except", () => {
      const years = rule.value["except"];
      return Array.isArray(years) ? years.map(Number) : damaged("except", "a list", typeof years);
    }),
    ...optional("observed", () => {
      const found = (["nearest", "monday", "next"] as const).find(
        (one) => one === rule.value["observed"],
      );
      return found ?? damaged("observed", "nearest, monday or next", rule.text("observed"));
    }),
  };
}

function readDay(on: Fields): HolidayRule["on"] {
  if (on.has("date")) return { date: on.text("date") };
  if (on.has("easter")) return { easter: on.number("easter") };
  const month = on.number("month");
  if (on.has("day")) return { month, day: on.number("day") };
  const nth = ([1, 2, 3, 4, -1] as const).find((one) => one === on.value["nth"]);
  return {
    month,
    weekday: on.number("weekday"),
    nth: nth ?? damaged("nth", "1 to 4 or -1", "another"),
  };
}

/** The constant, then the calendar's columns. */
function columnsOf(
  place: SeriesPlace,
  plan: CalendarPlan,
  span: { readonly from: number; readonly to: number },
) {
  const constant = { name: "constant", values: new Float64Array(span.to - span.from).fill(1) };
  return [constant, ...calendarColumns(place, plan, span)];
}

function lookAhead(params: RegressionParams, horizon: number, place: SeriesPlace): Outlook {
  const { plan, kept, weights, triangle, deviation, degrees } = params;
  const columns = columnsOf(place, plan, { from: place.length, to: place.length + horizon });
  const rows = Array.from({ length: horizon }, (_, i) =>
    Float64Array.from(kept, (j) => columns[j]?.values[i] ?? 0),
  ); // [t] of [k]
  const mean = Float64Array.from(rows, (row) =>
    row.reduce((sum, x, j) => sum + x * (weights[j] ?? 0), 0),
  );
  const spread = rows.map((row) => deviation * Math.sqrt(1 + leverageOf(triangle, row)));
  return {
    mean,
    bounds: (level) => {
      const t = studentQuantile(1 - level, Math.max(1, degrees));
      const at = (sign: number) => mean.map((value, i) => value + sign * t * (spread[i] ?? 0));
      return { lower: at(-1), upper: at(1) };
    },
  };
}

/**
 * Least squares on what the calendar says of each step: a line through time, waves, the hour, the
 * weekday, the month, and an effect for each holiday. A column that others add up to, such as a holiday
 * that the history never had, is left out. Bounds are Student's, with the uncertainty of the weights,
 * and take errors as independent: where they are not, they are too narrow. O(n·d²).
 *
 * @param options - See {@link CalendarFeatureOptions}.
 * @returns A forecaster; it needs 4 values, and more than there are columns that do not depend on others.
 * @throws `option/out-of-range`, `option/unknown-name`, `forecast/mismatch-rule`
 * @example
 * ```ts
 * const times = Array.from({ length: 28 }, (_, i) => new Date(Date.UTC(2026, 0, 1 + i)));
 * const values = times.map((time, i) => i + (time.getUTCDay() === 0 ? 10 : 0));
 * const model = await calendarRegression().fit(series({ times, values }));
 * model.forecast({ horizon: 4 }).mean // => Float64Array.of(28, 29, 30, 41)
 * ```
 * @see Hyndman & Athanasopoulos, Forecasting: Principles and Practice, 3rd edition, 7.4. Peer:
 *   statsmodels `OLS` with `get_prediction`.
 */
export function calendarRegression(options: CalendarFeatureOptions = {}): Forecaster {
  const at = "calendarRegression";
  checkNames(at, options, calendarNames);
  checkCalendar(at, options);
  return forecaster({
    name: "calendar-regression",
    options: calendarJson(options),
    family: regressionFamily,
    least: () => [4, "a line and its deviation"],
    learn: ({ series, values }) => {
      const plan = calendarPlan(series, options);
      const place = { ...placeOfSeries(series), length: values.length };
      const columns = columnsOf(place, plan, { from: 0, to: values.length });
      const fit = fitColumns(
        columns.map((column) => column.values),
        values,
      );
      const kept = Float64Array.from(fit.kept);
      const degrees = values.length - kept.length;
      if (degrees < 1) {
        const why = "one more than columns that do not depend on others";
        fail("forecast/missing-history", {
          at,
          id: series.id,
          expected: kept.length + 1,
          got: values.length,
          why,
        });
      }
      return {
        plan,
        names: Array.from(kept, (j) => columns[j]?.name ?? ""),
        kept,
        weights: Float64Array.from(kept, (j) => fit.weights[j] ?? 0),
        triangle: fit.triangle,
        deviation: Math.sqrt(fit.squares / Math.max(1, degrees)),
        degrees,
      };
    },
  });
}

const placeOfSeries = ({
  id = "",
  frequency,
  startMs,
  monthDay,
}: Grid & { readonly id?: string }) => ({ id, frequency, startMs, monthDay });

/** Options as plain JSON, without what is not said. */
export function calendarJson(options: CalendarFeatureOptions): Readonly<Record<string, Json>> {
  const entries = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries.map(([name, value]): [string, Json] => [name, value]));
}
