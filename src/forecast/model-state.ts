/** @file A forecasting model back from plain data, without changing a bit of what it forecasts. */
import { checkChoice } from "../core/index.ts";
import { arimaFamily } from "./arima/arima.ts";
import { boostedFamily } from "./boosted/boosted-forecast.ts";
import { frequencies } from "./calendar/grid.ts";
import { fail } from "./errors.ts";
import { type Fields, fieldsOf } from "./fields.ts";
import { type Family, type ForecastModel, forecastFormat, modelOf, type SeriesPlace } from "./forecaster.ts"; // biome-ignore format: one line
import { regressionFamily } from "./regression/calendar-regression.ts";
import { averageFamily } from "./simple/moving-average.ts";
import { lineFamily, naiveFamily, seasonFamily } from "./simple/naive.ts";
import { smoothingFamily } from "./smoothing/smoothing.ts";

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
  if (written > forecastFormat)
    fail("forecast/unsupported-format", { kind, got: written, known: forecastFormat });
  const read = readers.get(kind);
  if (read === undefined)
    return fail("forecast/unknown-kind", { got: kind, known: [...readers.keys()] });
  const place = state.fields("series");
  const frequency = checkChoice("forecastModelFromState", { frequency: place.text("frequency") }, frequencies); // biome-ignore format: one line
  return read(state.fields("params"), {
    id: place.text("id"),
    frequency,
    startMs: place.number("startMs"),
    monthDay: place.number("monthDay"),
    length: place.number("length"),
  });
}
