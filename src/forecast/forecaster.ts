/** @file What every way to forecast offers, and the checks of series that all of them share. */
import { checkNames, checkNumber, type LongWork } from "../core/index.ts";
import type { Json } from "../flow.ts";
import { type Grid, seasons, timeOf } from "./calendar/grid.ts";
import { fail } from "./errors.ts";
import type { Fields } from "./fields.ts";
import type { Forecast } from "./forecast.ts";
import type { Outlook } from "./outlook.ts";
import { isoOf, type Series } from "./series/series.ts";

/** The format of {@link ForecastState}; it rises when older readers cannot read what is written. */
export const forecastFormat = 1;

/** A way to forecast, with its options: a series in, a model out. Fitting changes neither. */
export interface Forecaster {
  /** "naive", "arima". */
  readonly name: string;
  /** Every option that decides the result, defaults included. */
  readonly options: Readonly<Record<string, Json>>;
  /**
   * Learns from a series.
   *
   * @throws `forecast/missing-history`, `forecast/out-of-range-value`, or the signal's reason
   */
  fit(series: Series, work?: LongWork): Promise<ForecastModel>;
}

/** How far ahead, and which intervals. */
export interface ForecastOptions {
  /** Steps ahead, ≥ 1. */
  readonly horizon: number;
  /** Probabilities of the intervals, each above 0 and below 1. Default 0.8 and 0.95. */
  readonly levels?: readonly number[];
}

/** Where the series that a model learned from stood. */
export interface SeriesPlace extends Grid {
  readonly id: string;
  /** Values of the history, n; the first step ahead is time number n of the grid. */
  readonly length: number;
}

/** Everything that a model knows, as `formatJson` writes it. */
export interface ForecastState {
  readonly format: number;
  readonly kind: string;
  readonly series: SeriesPlace;
  readonly params: object;
}

/** What was learned from one series. */
export interface ForecastModel {
  readonly kind: string;
  readonly state: ForecastState;
  /** What people want to know of it: parameters, and how well it fits. */
  readonly summary: Readonly<Record<string, Json>>;
  /**
   * The steps after the end of the series. The same model and options give the same bytes.
   *
   * @throws `option/out-of-range`, `option/unknown-name`
   */
  forecast(options: ForecastOptions): Forecast;
}

/** How the models of one kind are read and asked. P is what they know. */
export interface Family<P extends object = object> {
  readonly kind: string;
  read(fields: Fields): P;
  outlook(params: P, horizon: number, place: SeriesPlace): Outlook;
  summary(params: P): Readonly<Record<string, Json>>;
}

/** A learner's view of the series. */
export interface Lesson {
  readonly series: Series;
  /** Shape [n], all finite. */
  readonly values: Float64Array;
  readonly work: LongWork;
}

/** What one way to forecast is made of. */
export interface ForecasterParts<P extends object> {
  readonly name: string;
  readonly options: Readonly<Record<string, Json>>;
  readonly family: Family<P>;
  /** The fewest values that it needs of a series, and why. */
  least(series: Series): readonly [values: number, why: string];
  /** Refuses values that it cannot take; all are finite. */
  check?(series: Series): void;
  learn(lesson: Lesson): P | Promise<P>;
}

/** A forecaster from its parts: its `fit` checks the series first. */
export function forecaster<P extends object>(parts: ForecasterParts<P>): Forecaster {
  const { name, options, family } = parts;
  const fit = async (series: Series, work: LongWork = {}): Promise<ForecastModel> => {
    work.signal?.throwIfAborted();
    checkSeries(name, series);
    const { id, frequency, startMs, monthDay, values } = series;
    const [expected, why] = parts.least(series);
    if (values.length < expected)
      fail("forecast/missing-history", { at: name, id, expected, got: values.length, why });
    parts.check?.(series);
    const params = await parts.learn({ series, values, work });
    const place = { id, frequency, startMs, monthDay, length: values.length };
    return modelOf(family, place, params);
  };
  return { name, options, fit };
}

/** The model of a family that knows some parameters: fitting and loading both come through here. */
export function modelOf<P extends object>(
  family: Family<P>,
  place: SeriesPlace,
  params: P,
): ForecastModel {
  const { kind } = family;
  return {
    kind,
    state: { format: forecastFormat, kind, series: place, params },
    summary: family.summary(params),
    forecast: (options) => {
      checkNames("forecast", options, ["horizon", "levels"]);
      const { horizon, levels = [0.8, 0.95] } = options;
      checkNumber("forecast", { horizon }, { min: 1, max: 100_000, integer: true });
      for (const level of levels) checkNumber("forecast", { level }, { above: 0, below: 1 });
      const { mean, bounds } = family.outlook(params, horizon, place);
      const { id, frequency, length } = place;
      const times = Array.from({ length: horizon }, (_, i) => new Date(timeOf(place, length + i)));
      const intervals = levels.map((level) => ({ level, ...bounds(level) }));
      return { id, model: kind, frequency, times, mean, intervals };
    },
  };
}

/** Refuses what `series` would not have made, for programs that make their series themselves. */
export function checkSeries(at: string, series: Series): void {
  if (!(series?.values instanceof Float64Array)) {
    const got = Array.isArray(series) ? `an array of ${series.length}` : typeof series;
    fail("forecast/mismatch-argument", { at, got });
  }
  const { id, values } = series;
  if (values.length === 0) fail("forecast/missing-values", { at, id, rows: 0 });
  const odd = values.findIndex((value) => !Number.isFinite(value));
  if (odd < 0) return;
  const [time, got] = [isoOf(timeOf(series, odd)), values[odd] ?? Number.NaN];
  fail("forecast/out-of-range-value", { at, id, time, expected: "a finite number", got });
}

/** Refuses values below or at zero. Throws `forecast/out-of-range-value`. */
export function checkPositive(at: string, series: Series, what: string): void {
  const low = series.values.findIndex((value) => !(value > 0));
  if (low < 0) return;
  const [time, got] = [isoOf(timeOf(series, low)), series.values[low] ?? 0];
  const expected = `numbers above 0, because ${what} multiplies; take the additive form`;
  fail("forecast/out-of-range-value", { at, id: series.id, time, expected, got });
}

/** The steps of a season: as the option says, or as the frequency has it. */
export const seasonOf = (series: Grid, season: number | undefined): number =>
  season ?? seasons[series.frequency];

/** Standard deviation of residuals: √(Σe²/(n − lost)), 0 where nothing is left. */
export function deviationOf(residuals: Float64Array, lost = 0): number {
  const degrees = residuals.length - lost;
  return degrees > 0 ? Math.sqrt(residuals.reduce((sum, e) => sum + e * e, 0) / degrees) : 0;
}
