/** @file Forecasters by name, each told of the season and the holidays in its own words. */
import { checkChoice, checkNames, formatLiteral } from "../core/index.ts";
import { autoArima } from "./arima/auto-arima.ts";
import { type BoostedForecastOptions, boostedForecast } from "./boosted/boosted-forecast.ts";
import type { CalendarFeatureOptions } from "./calendar/index.ts";
import type { Forecaster } from "./forecaster.ts";
import { calendarRegression } from "./regression/calendar-regression.ts";
import { movingAverage } from "./simple/moving-average.ts";
import { naive, naiveDrift, seasonalNaive } from "./simple/naive.ts";
import { autoSmoothing } from "./smoothing/smoothing.ts";

/** The names, simple forecasters first. */
export const forecasterNames = [
  "naive",
  "seasonal-naive",
  "drift",
  "moving-average",
  "smoothing",
  "arima",
  "calendar",
  "boosted",
] as const;

/** The name of a forecaster. */
export type ForecasterName = (typeof forecasterNames)[number];

/** What is known of the series, and of it what a forecaster can use. */
export interface ForecasterFacts {
  /** Steps of a season, ≥ 1; 1: there is none. Default: by frequency. */
  readonly season?: number | undefined;
  readonly holidays?: CalendarFeatureOptions["holidays"] | undefined;
  /** More options of boosting. */
  readonly boosted?: BoostedForecastOptions | undefined;
}

/** A forecaster, and the expression that makes it in a program. */
export interface NamedForecaster {
  readonly forecaster: Forecaster;
  /** The function that makes it: "seasonalNaive". */
  readonly maker: string;
  /** `seasonalNaive({ season: 7 })`. */
  readonly code: string;
}

/**
 * The forecaster of a name, as the command line and a search know it.
 *
 * @param facts - See {@link ForecasterFacts}.
 * @throws `option/out-of-range`, `option/unknown-name`, and what the forecaster throws of its options
 * @example
 * ```ts
 * namedForecaster("smoothing", { season: 7, holidays: "us" }).code // => "autoSmoothing({ period: 7 })"
 * ```
 */
export function namedForecaster(
  name: ForecasterName,
  facts: ForecasterFacts = {},
): NamedForecaster {
  checkChoice("namedForecaster", { name }, forecasterNames);
  checkNames("namedForecaster", facts, ["season", "holidays", "boosted"]);
  const { season, holidays, boosted = {} } = facts;
  const ofSeason = season === undefined ? {} : { season };
  const ofHolidays = holidays === undefined ? {} : { holidays };
  switch (name) {
    case "naive":
      return named("naive", naive, {});
    case "seasonal-naive":
      return named("seasonalNaive", seasonalNaive, ofSeason);
    case "drift":
      return named("naiveDrift", naiveDrift, {});
    case "moving-average":
      return named("movingAverage", movingAverage, season === undefined ? {} : { window: season });
    case "smoothing":
      return named("autoSmoothing", autoSmoothing, seasonalOf(season));
    case "arima":
      return named("autoArima", autoArima, seasonalOf(season));
    case "calendar":
      return named("calendarRegression", calendarRegression, ofHolidays);
    case "boosted":
      return named("boostedForecast", boostedForecast, { ...ofSeason, ...ofHolidays, ...boosted });
  }
}

/** A forecaster of a maker and the options that are said; the forecaster has them as plain data. */
function named<O extends object>(
  maker: string,
  make: (options: O) => Forecaster,
  options: O,
): NamedForecaster {
  const forecaster = make(options);
  const said = Object.entries(forecaster.options).filter(([name]) => name in options);
  const text = said.length === 0 ? "" : formatLiteral(Object.fromEntries(said));
  return { forecaster, maker, code: `${maker}(${text})` };
}

/** The season as smoothing and ARIMA are told of it. */
function seasonalOf(season: number | undefined) {
  if (season === undefined) return {};
  return season < 2 ? { seasonal: false } : { period: season };
}
