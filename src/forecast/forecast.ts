/** @file A forecast: the steps after the end of a series, and its rows as a table. */
import {
  type Column,
  type Columns,
  float,
  int,
  type Schema,
  schema,
  text,
  timestamp,
} from "../table/index.ts";
import type { Frequency } from "./calendar/grid.ts";

/** Bounds of each step that should hold its value with a probability. */
export interface Interval {
  /** The probability, above 0 and below 1. */
  readonly level: number;
  /** Shape [t]. */
  readonly lower: Float64Array;
  /** Shape [t]. */
  readonly upper: Float64Array;
}

/** What a model expects of the steps after the end of its series. */
export interface Forecast {
  /** Of the series; "" where there is only one. */
  readonly id: string;
  /** The kind of the model. */
  readonly model: string;
  readonly frequency: Frequency;
  /** The moments of the steps, shape [t]. */
  readonly times: readonly Date[];
  /** Shape [t], in the unit of the series. */
  readonly mean: Float64Array;
  /** By level, as they were asked for. */
  readonly intervals: readonly Interval[];
}

/** A step of a forecast as a row: bounds by level in percent, `lower80` and `upper80`. */
export interface ForecastRow {
  readonly series: string;
  readonly time: Date;
  /** 1 for the first step after the history. */
  readonly step: number;
  readonly model: string;
  readonly forecast: number;
  readonly [bound: string]: string | number | Date;
}

/** 0.8 as it stands in the name of a column: "80"; 0.975 is "97_5". */
const percentOf = (level: number): string =>
  `${Number((100 * level).toFixed(6))}`.replace(".", "_");

/**
 * Forecasts as rows, in their order.
 *
 * @example
 * ```ts
 * const times = [1, 2, 3].map((day) => new Date(Date.UTC(2026, 0, day)));
 * const model = await naive().fit(series({ times, values: [1, 3, 2] }));
 * const [row] = forecastRows([model.forecast({ horizon: 1 })]);
 * Object.keys(row ?? {}).join() // => "series,time,step,model,forecast,lower80,upper80,lower95,upper95"
 * ```
 */
export function forecastRows(forecasts: readonly Forecast[]): readonly ForecastRow[] {
  return forecasts.flatMap(({ id, model, times, mean, intervals }) =>
    times.map((time, i) => {
      const bounds = intervals.flatMap(({ level, lower, upper }) => [
        [`lower${percentOf(level)}`, lower[i] ?? Number.NaN] as const,
        [`upper${percentOf(level)}`, upper[i] ?? Number.NaN] as const,
      ]);
      const forecast = mean[i] ?? Number.NaN;
      return { series: id, time, step: i + 1, model, forecast, ...Object.fromEntries(bounds) };
    }),
  );
}

/**
 * The schema of {@link forecastRows}, for a table of forecasts.
 *
 * @param name - Of the schema.
 * @param levels - Of the intervals. Default 0.8 and 0.95.
 * @throws what {@link schema} throws of a name
 * @example
 * ```ts
 * Object.keys(forecastSchema("forecasts", [0.9]).columns).length // => 7
 * ```
 */
export function forecastSchema(name: string, levels: readonly number[] = [0.8, 0.95]): Schema {
  const bounds: Columns = Object.fromEntries(
    levels.flatMap((level): [string, Column][] => [
      [`lower${percentOf(level)}`, float()],
      [`upper${percentOf(level)}`, float()],
    ]),
  );
  return schema(name, {
    series: text(),
    time: timestamp(),
    step: int({ min: 1 }),
    model: text(),
    forecast: float(),
    ...bounds,
  });
}
