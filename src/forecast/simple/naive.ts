/** @file The baselines: the last value, a line through the ends, the last season. */
import { checkNames, checkNumber } from "../../core/index.ts";
import { deviationOf, type Family, type Forecaster, forecaster, seasonOf } from "../forecaster.ts";
import { normalOutlook } from "../outlook.ts";

interface NaiveParams {
  readonly last: number;
  readonly deviation: number;
}

export const naiveFamily: Family<NaiveParams> = {
  kind: "naive",
  read: (fields) => ({ last: fields.number("last"), deviation: fields.number("deviation") }),
  outlook: ({ last, deviation }, horizon) =>
    normalOutlook(
      new Float64Array(horizon).fill(last),
      Float64Array.from({ length: horizon }, (_, i) => deviation * Math.sqrt(i + 1)),
    ),
  summary: ({ deviation }) => ({ deviation }),
};

/**
 * The naive forecast: every step is as the last value, ŷ = yₙ. Its deviation h steps ahead is σ·√h,
 * with σ² the mean square of the changes from value to value. The baseline of every other model.
 *
 * @returns A forecaster; it needs 2 values.
 * @example
 * ```ts
 * const times = [1, 2, 3].map((day) => new Date(Date.UTC(2026, 0, day)));
 * const model = await naive().fit(series({ times, values: [1, 3, 2] }));
 * model.forecast({ horizon: 2 }).mean // => Float64Array.of(2, 2)
 * ```
 * @see Hyndman & Athanasopoulos, Forecasting: Principles and Practice, 3rd edition, 5.2 and 5.5.
 *   Peer: statsforecast `Naive`.
 */
export function naive(options: Readonly<Record<never, never>> = {}): Forecaster {
  checkNames("naive", options, []);
  return forecaster({
    name: "naive",
    options: {},
    family: naiveFamily,
    least: () => [2, "one change, for the interval"],
    learn: ({ values }) => ({
      last: values.at(-1) ?? 0,
      deviation: deviationOf(changesOf(values, 1)),
    }),
  });
}

/** Each value less the one `lag` steps before it, shape [n − lag]. */
export const changesOf = (values: Float64Array, lag: number): Float64Array =>
  values.subarray(lag).map((value, i) => value - (values[i] ?? 0));

interface LineParams {
  readonly last: number;
  readonly slope: number;
  readonly deviation: number;
}

export const lineFamily: Family<LineParams> = {
  kind: "drift",
  read: (fields) => ({
    last: fields.number("last"),
    slope: fields.number("slope"),
    deviation: fields.number("deviation"),
  }),
  outlook: ({ last, slope, deviation }, horizon, { length }) => {
    const steps = Float64Array.from({ length: horizon }, (_, i) => i + 1);
    return normalOutlook(
      steps.map((h) => last + h * slope),
      steps.map((h) => deviation * Math.sqrt(h * (1 + h / (length - 1)))),
    );
  },
  summary: ({ slope, deviation }) => ({ slope, deviation }),
};

/**
 * The drift forecast: the line from the first value through the last goes on, ŷ = yₙ + h·(yₙ − y₁)/(n − 1).
 * Its deviation h steps ahead is σ·√(h·(1 + h/(n − 1))).
 *
 * @returns A forecaster; it needs 3 values.
 * @example
 * ```ts
 * const times = [1, 2, 3].map((day) => new Date(Date.UTC(2026, 0, day)));
 * const model = await naiveDrift().fit(series({ times, values: [1, 3, 5] }));
 * model.forecast({ horizon: 2 }).mean // => Float64Array.of(7, 9)
 * ```
 * @see Hyndman & Athanasopoulos, Forecasting: Principles and Practice, 3rd edition, 5.2 and 5.5.
 *   Peer: statsforecast `RandomWalkWithDrift`.
 */
export function naiveDrift(options: Readonly<Record<never, never>> = {}): Forecaster {
  checkNames("naiveDrift", options, []);
  return forecaster({
    name: "drift",
    options: {},
    family: lineFamily,
    least: () => [3, "two changes, for the interval"],
    learn: ({ values }) => {
      const [first = 0, last = 0] = [values[0], values.at(-1)];
      const slope = (last - first) / (values.length - 1);
      const residuals = changesOf(values, 1).map((change) => change - slope);
      return { last, slope, deviation: deviationOf(residuals, 1) };
    },
  });
}

interface SeasonParams {
  /** The last season, shape [m]. */
  readonly season: Float64Array;
  readonly deviation: number;
}

export const seasonFamily: Family<SeasonParams> = {
  kind: "seasonal-naive",
  read: (fields) => ({
    season: fields.array("season", Float64Array),
    deviation: fields.number("deviation"),
  }),
  outlook: ({ season, deviation }, horizon) => {
    const steps = Float64Array.from({ length: horizon }, (_, i) => i);
    return normalOutlook(
      steps.map((i) => season[i % season.length] ?? 0),
      steps.map((i) => deviation * Math.sqrt(Math.floor(i / season.length) + 1)),
    );
  },
  summary: ({ season, deviation }) => ({ season: season.length, deviation }),
};

/** Options of {@link seasonalNaive}. */
export interface SeasonalNaiveOptions {
  /** Steps of a season, ≥ 1. Default: 24 hours, 7 days, 52 weeks, 12 months, 4 quarters, 1 year. */
  readonly season?: number;
}

/**
 * The seasonal naive forecast: every step is as one season before. Its deviation is σ·√(seasons
 * ahead), with σ² the mean square of the changes from season to season.
 *
 * @param options - See {@link SeasonalNaiveOptions}.
 * @returns A forecaster; it needs a season and one value.
 * @throws `option/out-of-range`, `option/unknown-name`
 * @example
 * ```ts
 * const times = [1, 2, 3, 4].map((day) => new Date(Date.UTC(2026, 0, day)));
 * const model = await seasonalNaive({ season: 2 }).fit(series({ times, values: [1, 9, 2, 8] }));
 * model.forecast({ horizon: 3 }).mean // => Float64Array.of(2, 8, 2)
 * ```
 * @see Hyndman & Athanasopoulos, Forecasting: Principles and Practice, 3rd edition, 5.2 and 5.5.
 *   Peer: statsforecast `SeasonalNaive`.
 */
export function seasonalNaive(options: SeasonalNaiveOptions = {}): Forecaster {
  checkNames("seasonalNaive", options, ["season"]);
  const { season } = options;
  if (season !== undefined) checkNumber("seasonalNaive", { season }, { min: 1, integer: true });
  return forecaster({
    name: "seasonal-naive",
    options: season === undefined ? {} : { season },
    family: seasonFamily,
    least: (series) => [seasonOf(series, season) + 1, "a season and one value"],
    learn: ({ series, values }) => {
      const m = seasonOf(series, season);
      return { season: values.slice(-m), deviation: deviationOf(changesOf(values, m)) };
    },
  });
}
