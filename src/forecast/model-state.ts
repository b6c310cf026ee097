/** @file A forecasting model back from plain data, without changing a bit of what it forecasts. */
import { list, quote } from "../core/index.ts";
import { arimaFamily } from "./arima/arima.ts";
import { boostedFamily } from "./boosted/boosted-forecast.ts";
import { frequencies } from "./calendar/grid.ts";
import { fail } from "./errors.ts";
import { damaged, type Fields, fieldsOf } from "./fields.ts";
import {
  type Family,
  type ForecastModel,
  forecastFormat,
  modelOf,
  type SeriesPlace,
} from "./forecaster.ts";
import { regressionFamily } from "./regression/calendar-regression.ts";
import { averageFamily } from "./simple/moving-average.ts";
import { lineFamily, naiveFamily, seasonFamily } from "./simple/naive.ts";
import { smoothingFamily } from "./smoothing/smoothing.ts";

/** The farthest time from 1970 that a Date can hold, in milliseconds. */
const farthestMs = 8.64e15;

type Reader = (params: Fields, place: SeriesPlace) => ForecastModel;

const reader =
  <P extends object>(family: Family<P>): Reader =>
  (params, place) =>
    modelOf(family, place, family.read(params));

const readers: ReadonlyMap<string, Reader> = new Map([
  [naiveFamily.kind, reader(naiveFamily)],
  [lineFamily.kind, reader(lineFamily)],
  [seasonFamily.kind, reader(seasonFamily)],
  [averageFamily.kind, reader(averageFamily)],
  [smoothingFamily.kind, reader(smoothingFamily)],
  [arimaFamily.kind, reader(arimaFamily)],
  [regressionFamily.kind, reader(regressionFamily)],
  [boostedFamily.kind, reader(boostedFamily)],
]);

/**
 * The model of a state: `formatJson(model.state)` written, `parseJson` read. It forecasts the same
 * bits as the one that was stored.
 *
 * @param value - What `parseJson` read.
 * @throws `forecast/unsupported-format` for a newer format, `forecast/unknown-kind`,
 *   `forecast/corrupt-state`
 * @example
 * ```ts
 * const times = [1, 2, 3].map((day) => new Date(Date.UTC(2026, 0, day)));
 * const model = await naive().fit(series({ times, values: [1, 3, 2] }));
 * const read = forecastModelFromState(parseJson(formatJson(model.state)));
 * read.forecast({ horizon: 1 }).mean // => Float64Array.of(2)
 * ```
 */
export function forecastModelFromState(value: unknown): ForecastModel {
  const state = fieldsOf(value, "the state");
  const [kind, written] = [state.text("kind"), state.number("format")];
  if (!isWhole(written, 1)) damaged("format", "a whole number from 1", `${written}`);
  if (written > forecastFormat)
    fail("forecast/unsupported-format", { kind, got: written, known: forecastFormat });
  const read = readers.get(kind);
  if (read === undefined)
    return fail("forecast/unknown-kind", { got: kind, known: [...readers.keys()] });
  return read(state.fields("params"), placeOf(state.fields("series")));
}

const isWhole = (value: number, least: number, most = Infinity): boolean =>
  Number.isSafeInteger(value) && value >= least && value <= most;

/** Where the series stood. Throws `forecast/corrupt-state`. */
function placeOf(fields: Fields): SeriesPlace {
  const whole = (field: string, least: number, most?: number): number => {
    const value = fields.number(field);
    if (isWhole(value, least, most)) return value;
    const end = most === undefined ? "" : ` to ${most}`;
    return damaged(`series.${field}`, `a whole number from ${least}${end}`, `${value}`);
  };
  const told = fields.text("frequency");
  const [frequency = damaged("series.frequency", `one of ${list(frequencies)}`, quote(told))] =
    frequencies.filter((one) => one === told);
  return {
    ...{ id: fields.text("id"), frequency },
    startMs: whole("startMs", -farthestMs, farthestMs),
    monthDay: whole("monthDay", 1, 31),
    length: whole("length", 1),
  };
}
