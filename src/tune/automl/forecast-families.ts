/** @file The families of forecasters that are tried, and what each asks of a trial. */
import {
  type ForecasterFacts,
  type ForecasterName,
  type NamedForecaster,
  namedForecaster,
} from "../../forecast/index.ts";
import type { Asking } from "./leaderboard.ts";

/** The names of the families. */
export type ForecastFamilyName = Exclude<ForecasterName, "moving-average">;

/** A forecaster, and the expression that makes it in a program. */
export type ForecastCandidate = NamedForecaster;

/** What is known of the series when candidates are made. */
export interface ForecastFacts extends Pick<ForecasterFacts, "season" | "holidays"> {
  readonly seed: number;
}

/** Forecasters of one kind. */
export interface ForecastFamily {
  readonly name: ForecastFamilyName;
  /** Which params are tried first; none where there is nothing to search. */
  readonly first: Readonly<Record<string, number>>;
  ask(trial: Asking, facts: ForecastFacts): ForecastCandidate;
}

/** A family that is tried once, by its own rules. */
const plain = (name: ForecastFamilyName): ForecastFamily => ({
  name,
  first: {},
  ask: (_, { season, holidays }) => namedForecaster(name, { season, holidays }),
});

/** The families, cheap ones first: what has no params is tried once, the rest of the budget is the last one's. */
export const forecastFamilies: readonly ForecastFamily[] = [
  ...(["naive", "seasonal-naive", "drift", "smoothing", "calendar", "arima"] as const).map(plain),
  {
    name: "boosted",
    first: { "boosted trees": 150, "boosted depth": 4, "boosted rate": 0.08 },
    ask: (trial, { season, holidays, seed }) => {
      const boosted = {
        trees: trial.int("boosted trees", 50, 400, { step: 50 }),
        depth: trial.int("boosted depth", 2, 8),
        learningRate: trial.float("boosted rate", 0.01, 0.3, { log: true }),
        seed,
      };
      return namedForecaster("boosted", { season, holidays, boosted });
    },
  },
];
