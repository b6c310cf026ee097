/** @file AutoML of a series: the best forecaster under a budget, judged on the past, with a leaderboard and a program of it. */
import {
  checkChoice,
  checkNames,
  checkNumber,
  hashOfJson,
  isMillraceError,
  type LongWork,
} from "../../core/index.ts";
import {
  type BacktestReport,
  backtest,
  type CalendarFeatureOptions,
  checkSeries,
  type ForecastMetric,
  type Series,
  type ServedForecast,
  type ServedForecastOptions,
  seasonOf,
  seriesHead,
  servedForecast,
} from "../../forecast/index.ts";
import { fail } from "../errors.ts";
import { medianPruner } from "../pruner/percentile.ts";
import { tpe } from "../sampler/tpe.ts";
import { openStudy } from "../study/study.ts";
import type { AutoMlOptions } from "./auto-ml.ts";
import type { DataCheck } from "./check-data.ts";
import { checkHistory, checkScale } from "./check-history.ts";
import { familySampler } from "./family-sampler.ts";
import {
  type ForecastFamily,
  type ForecastFamilyName,
  forecastFamilies,
} from "./forecast-families.ts";
import { type ForecastEntry, tryForecasters } from "./try-forecasters.ts";

type Kept = "trials" | "timeMs" | "seed" | "records" | "tracking" | "testLog" | "again";

/** Options of {@link autoForecast}. */
export interface AutoForecastOptions extends Pick<AutoMlOptions, Kept>, ServedForecastOptions {
  /** Steps ahead, ≥ 1. */
  readonly horizon: number;
  /** How many of the last values judge in the end, ≥ 0; 0: none. Default: the horizon. */
  readonly test?: number;
  /** Moments from which each candidate forecasts, 1 to 1000. Default 5. */
  readonly origins?: number;
  /** Steps of a season, ≥ 1. Default: by frequency. */
  readonly season?: number;
  /** That calendar and boosted forecasters know: a region, or rules. */
  readonly holidays?: CalendarFeatureOptions["holidays"];
  /** By what candidates are compared, "mase" over the origins before which something changed. Default "rmse". */
  readonly metric?: ForecastMetric;
  /** Which families. Default all that know the season; the naive ones always take part. */
  readonly families?: readonly ForecastFamilyName[];
  /**
   * The name of the study, and of who scores test values. Default "forecast " and the id of the series. In records a few
   * digits of what is searched follow it.
   */
  readonly name?: string;
}

/** What was found of a series. */
export interface AutoForecastResult {
  readonly checks: readonly DataCheck[];
  readonly metric: ForecastMetric;
  /** Every trial, the best first. */
  readonly leaderboard: readonly ForecastEntry[];
  readonly best: ForecastEntry;
  /** The best candidate, learned from all values; its `forecast` has bounds. */
  readonly model: ServedForecast;
  /** The winner beside the naive forecasts, from before the last values; null where none were set aside, or they were not scored. */
  readonly test: BacktestReport | null;
  /** Why the last values were not scored: the test log has another winner of this search, and there is no `again`. Null where they were. */
  readonly untested: string | null;
  /** What a program needs to make the same model again. */
  readonly recipe: AutoForecastRecipe;
}

/** Everything that decides the model, as text. */
export interface AutoForecastRecipe extends Pick<Series, "id" | "frequency" | "missing"> {
  readonly time: string;
  readonly value: string;
  readonly test: number;
  readonly season: number;
  /** The function that makes the forecaster, and the call of it. */
  readonly maker: string;
  readonly code: string;
  readonly modelHash: string;
}

const at = "autoForecast";
const metrics = ["rmse", "mae", "smape", "mase"] as const;
const known = [
  ...["horizon", "test", "origins", "season", "holidays", "metric", "families", "time", "value"],
  ...["name", "trials", "timeMs", "seed", "records", "tracking", "testLog", "again"],
];

/**
 * Searches forecasters for the one that tells the next values of a series best, under a budget of trials and time. The last
 * values are set aside before anything is looked at. Then the rest is checked, and each family is judged by forecasts from past
 * origins, the naive ones first; what is left of the budget searches the params of boosting (TPE, with a median pruner between origins).
 * The winner is scored once on what was set aside, beside the naive forecasts, and learns from all values; another winner of a
 * search that goes on is not scored without `again`, and `untested` says so. With a budget
 * of trials alone the same series and seed give the same bytes. Several series are searched one by one.
 *
 * @param series - One series.
 * @param options - See {@link AutoForecastOptions}.
 * @param work - Progress in trials; the signal stops the search.
 * @returns The leaderboard, the model, its test scores, and the recipe from which {@link formatAutoForecast} writes a program.
 * @throws `tune/failed-checks` of a series that is too short, `tune/missing-scale` by MASE of one that repeats its season, `tune/missing-family`, `option/out-of-range`, `option/unknown-name`,
 * `forecast/out-of-range-value`, `forecast/mismatch-argument`, `tune/missing-best` where the time was over before a trial was, and what studies throw
 * @example
 * ```ts
 * const times = Array.from({ length: 90 }, (_, i) => new Date(Date.UTC(2026, 0, 1 + i)));
 * const sold = series({ times, values: times.map((_, i) => i + [50, 20, 20, 20, 20, 40, 60][i % 7]) });
 * const found = await autoForecast(sold, { horizon: 7, families: ["drift", "smoothing"] });
 * found.best.family // => "smoothing"
 * found.leaderboard.length // => 4
 * found.model.predict({ time: new Date("2026-04-01") }).value > 150 // => true
 * ```
 * @see Peer: Databricks AutoML for forecasting.
 */
export async function autoForecast(
  series: Series,
  options: AutoForecastOptions,
  work: LongWork = {},
): Promise<AutoForecastResult> {
  checkNames(at, options, known);
  checkSeries(at, series);
  const {
    horizon,
    test = horizon,
    origins = 5,
    season: asked,
    seed = 0,
    metric = "rmse",
  } = options;
  const { trials = 40, timeMs = 300_000, holidays, name = nameOf(series) } = options;
  checkNumber(at, { horizon }, { min: 1, max: 10_000, integer: true });
  checkNumber(at, { test }, { min: 0, integer: true });
  checkNumber(at, { origins }, { min: 1, max: 1000, integer: true });
  checkNumber(at, { seed });
  checkChoice(at, { metric }, metrics);
  if (asked !== undefined) checkNumber(at, { season: asked }, { min: 1, integer: true });
  const season = seasonOf(series, asked);
  const train = seriesHead(series, Math.max(0, series.values.length - test));
  const checks = checkHistory(train, { season, horizon, origins });
  if (metric === "mase") checkScale(train, { season, horizon });
  const families = familiesFor(season, options.families);
  const facts = { season: asked, holidays, seed };
  const parts = { train, families, facts, metric, horizon, origins, season };
  const question = hashOfJson({
    ...parts,
    families: families.map((family) => family.name),
    facts: { ...facts, holidays: holidays ?? null, season },
  });
  await using study = await openStudy({
    ...{ name: `${name} #${question.slice(-8)}`, metric, direction: "minimise", seed },
    sampler: familySampler(tpe({ startupTrials: families.length + 6 }), families),
    pruner: medianPruner({ startupTrials: 8 }),
    ...(options.records === undefined ? {} : { records: options.records }),
    ...(options.tracking === undefined ? {} : { tracking: options.tracking }),
  });
  const leaderboard = await tryForecasters(study, parts, { ...work, trials, timeMs });
  const [best] = leaderboard;
  if (best === undefined || best.score === null || best.candidate === null)
    return fail("tune/missing-best", { study: name, complete: 0 });
  const { forecaster, maker, code } = best.candidate;
  const { time = "time", value = "value" } = options;
  const signal = work.signal === undefined ? {} : { signal: work.signal };
  const model = servedForecast(await forecaster.fit(series, signal), { time, value });
  const held = { name, family: best.family, forecaster, model, test, season, ...signal };
  const { id, frequency, missing } = series;
  return {
    ...{ checks, metric, leaderboard, best, model },
    ...(await testScores(series, held, options)),
    recipe: {
      id,
      frequency,
      missing,
      time,
      value,
      test,
      season,
      maker,
      code,
      modelHash: model.hash,
    },
  };
}

const nameOf = ({ id }: Series): string => (id === "" ? "forecast" : `forecast ${id}`);

/** The families that are tried, the naive ones always. Throws `tune/missing-family`. */
function familiesFor(
  season: number,
  asked: readonly ForecastFamilyName[] | undefined,
): readonly ForecastFamily[] {
  const able = forecastFamilies.filter(({ name }) => season > 1 || name !== "seasonal-naive");
  const names = able.map(({ name }) => name);
  const odd = asked?.find((name) => !names.includes(name));
  if (odd !== undefined || asked?.length === 0)
    fail("tune/missing-family", { at, family: odd ?? "none", task: "forecasting", known: names });
  const baselines: readonly ForecastFamilyName[] = ["naive", "seasonal-naive"];
  return asked === undefined
    ? able
    : able.filter(({ name }) => asked.includes(name) || baselines.includes(name));
}

interface Held extends Pick<LongWork, "signal"> {
  readonly name: string;
  readonly family: string;
  readonly forecaster: NonNullable<ForecastEntry["candidate"]>["forecaster"];
  readonly model: ServedForecast;
  readonly test: number;
  readonly season: number;
}

/**
 * The winner on the values that were set aside, forecast from the last one before them. Where they were scored before it says
 * so in place of the scores: that a search goes on is no reason to lose what it found.
 */
async function testScores(
  series: Series,
  { name, family, forecaster, model, test, season, ...work }: Held,
  { testLog, again }: Pick<AutoForecastOptions, "testLog" | "again">,
): Promise<Pick<AutoForecastResult, "test" | "untested">> {
  if (test === 0) return { test: null, untested: null };
  const values = series.values.slice(series.values.length - test);
  const rows = hashOfJson({ ...series, values, filled: null });
  try {
    await testLog?.enter({ study: name, rows, model: model.hash, again: again ?? null });
  } catch (error) {
    if (!isMillraceError(error, "run/conflict-test-rows")) throw error;
    return { test: null, untested: error.message };
  }
  const forecasters = { [family]: forecaster };
  const plan = { forecasters, horizon: test, origins: 1, initial: 2, season, ...work };
  return { test: await backtest(series, plan), untested: null };
}
