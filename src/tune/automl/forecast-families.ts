/** @file The families of forecasters that are tried: what each asks of a trial, and how a program writes it. */
import { formatLiteral } from "../../core/index.ts";
import {
  autoArima,
  autoSmoothing,
  boostedForecast,
  type CalendarFeatureOptions,
  calendarRegression,
  type Forecaster,
  naive,
  naiveDrift,
  seasonalNaive,
} from "../../forecast/index.ts";
import type { Asking } from "./leaderboard.ts";

/** The names of the families. */
export type ForecastFamilyName = "naive" | "seasonal-naive" | "drift" | "smoothing" | "calendar" | "arima" | "boosted"; // biome-ignore format: one line

/** A forecaster, and the expression that makes it in a program. */
export interface ForecastCandidate {
  readonly forecaster: Forecaster;
  /** The function that makes it: "seasonalNaive". */
  readonly maker: string;
  /** `seasonalNaive({ season: 7 })`. */
  readonly code: string;
}

/** What is known of the series when candidates are made. */
export interface ForecastFacts {
  /** Steps of a season as asked for; undefined: by frequency. */
  readonly season: number | undefined;
  readonly holidays: CalendarFeatureOptions["holidays"];
  readonly seed: number;
}

/** Forecasters of one kind. */
export interface ForecastFamily {
  readonly name: ForecastFamilyName;
  /** Which params are tried first; none where there is nothing to search. */
  readonly first: Readonly<Record<string, number>>;
  ask(trial: Asking, facts: ForecastFacts): ForecastCandidate;
}

/** A candidate of a maker and the options that are said; the forecaster has them as plain data. */
function candidate<O extends object>(
  maker: string,
  make: (options: O) => Forecaster,
  options: O,
): ForecastCandidate {
  const forecaster = make(options);
  const said = Object.entries(forecaster.options).filter(([name]) => name in options);
  const text = said.length === 0 ? "" : formatLiteral(Object.fromEntries(said));
  return { forecaster, maker, code: `${maker}(${text})` };
}

/** The season as smoothing and ARIMA are told of it. */
function seasonalOf({ season }: ForecastFacts) {
  if (season === undefined) return {};
  return season < 2 ? { seasonal: false } : { period: season };
}

const withSeason = ({ season }: ForecastFacts) => (season === undefined ? {} : { season });

const withHolidays = ({ holidays }: ForecastFacts) => (holidays === undefined ? {} : { holidays });

/** The families, cheap ones first: what has no params is tried once, the rest of the budget is the last one's. */
export const forecastFamilies: readonly ForecastFamily[] = [
  { name: "naive", first: {}, ask: () => candidate("naive", naive, {}) },
  {
    name: "seasonal-naive",
    first: {},
    ask: (_, facts) => candidate("seasonalNaive", seasonalNaive, withSeason(facts)),
  },
  { name: "drift", first: {}, ask: () => candidate("naiveDrift", naiveDrift, {}) },
  {
    name: "smoothing",
    first: {},
    ask: (_, facts) => candidate("autoSmoothing", autoSmoothing, seasonalOf(facts)),
  },
  {
    name: "calendar",
    first: {},
    ask: (_, facts) => candidate("calendarRegression", calendarRegression, withHolidays(facts)),
  },
  {
    name: "arima",
    first: {},
    ask: (_, facts) => candidate("autoArima", autoArima, seasonalOf(facts)),
  },
  {
    name: "boosted",
    first: { "boosted trees": 150, "boosted depth": 4, "boosted rate": 0.08 },
    ask: (trial, facts) =>
      candidate("boostedForecast", boostedForecast, {
        ...withSeason(facts),
        ...withHolidays(facts),
        trees: trial.int("boosted trees", 50, 400, { step: 50 }),
        depth: trial.int("boosted depth", 2, 8),
        learningRate: trial.float("boosted rate", 0.01, 0.3, { log: true }),
        seed: facts.seed,
      }),
  },
];
