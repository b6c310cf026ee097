/** @file Rolling-origin backtests: what would have been forecast then, beside what came. */
import {
  callUser,
  checkNames,
  checkNumber,
  count,
  isMillraceError,
  type LongWork,
} from "../../core/index.ts";
import { timeOf } from "../calendar/grid.ts";
import { fail } from "../errors.ts";
import { checkSeries, type Forecaster, seasonOf } from "../forecaster.ts";
import { type Series, seriesPart } from "../series/series.ts";
import { changesOf, naive, seasonalNaive } from "../simple/naive.ts";
import { type ForecastScores, type JudgedStep, scoresOf } from "./scores.ts";

/** What is compared, how far ahead, and from where. */
export interface BacktestOptions extends LongWork {
  /** By name. The naive forecasts are added as `naive` and `seasonal-naive`. */
  readonly forecasters: Readonly<Record<string, Forecaster>>;
  /** Steps ahead, ≥ 1. */
  readonly horizon: number;
  /** Moments from which is forecast, ≥ 1: the last ones there are. Default 5. */
  readonly origins?: number;
  /** Steps from origin to origin, ≥ 1. Default: the horizon, so that each value is judged once. */
  readonly step?: number;
  /** How many of the last values are learned from, ≥ 2; all of them when absent. */
  readonly window?: number;
  /** Values before the first origin, ≥ 2. Default: two seasons and one value, or 10 without a season. */
  readonly initial?: number;
  /** Of the intervals. Default 0.8 and 0.95. */
  readonly levels?: readonly number[];
  /** Steps of a season, ≥ 1, for the baseline and mase. Default: by frequency. */
  readonly season?: number;
  /** Asked after each origin of a forecaster; true ends it there, without scores. */
  readonly shouldStop?: (seen: JudgedOrigin) => boolean;
}

/** How one forecaster did from one origin. */
export interface JudgedOrigin {
  readonly name: string;
  /** 0 for the oldest. */
  readonly origin: number;
  /** Of this origin alone; null where all of its values were filled. */
  readonly scores: ForecastScores | null;
}

/** How one forecaster did. */
export interface BacktestEntry {
  readonly name: string;
  readonly isBaseline: boolean;
  /** Null where it could not forecast from some origin. */
  readonly scores: ForecastScores | null;
  /** By step ahead: [0] of the first; null where no value of the step was judged. */
  readonly bySteps: readonly (ForecastScores | null)[];
  /** rmse over that of the better baseline: below 1 is better. Null without scores. */
  readonly skill: number | null;
  /** Why it could not forecast. */
  readonly failure: string | null;
  /** Every value that was judged, by origin. */
  readonly judged: readonly JudgedStep[];
}

/** What a backtest found. */
export interface BacktestReport {
  readonly id: string;
  readonly horizon: number;
  readonly season: number;
  /** The last moments that were known, oldest first. */
  readonly origins: readonly Date[];
  readonly levels: readonly number[];
  /** Smallest rmse first; those without scores last. */
  readonly entries: readonly BacktestEntry[];
}

const names = [
  "forecasters",
  "horizon",
  "origins",
  "step",
  "window",
  "initial",
  "levels",
  "season",
  "shouldStop",
  "signal",
  "progress",
];

/**
 * Forecasts from past moments with what was known then, and compares with what came. A model is fitted
 * anew at each origin, on all values before it or on a window of the last ones. Nothing leaks: a value
 * after an origin changes no forecast from it, not even through holes that were filled by
 * interpolation, and filled values are not judged. The naive forecasts always stand beside.
 *
 * @param series - One series.
 * @param options - See {@link BacktestOptions}.
 * @throws `option/out-of-range`, `option/unknown-name`, `forecast/missing-history` where there is no
 *   origin, `user/failed` where shouldStop throws, or the signal's reason
 * @example
 * ```ts
 * const times = Array.from({ length: 60 }, (_, i) => new Date(Date.UTC(2026, 0, 1 + i)));
 * const sales = series({ times, values: times.map((_, i) => 50 + i + [9, 0, 0, 0, 0, 5, 9][i % 7]) });
 * const { entries } = await backtest(sales, { forecasters: { smooth: holtWinters() }, horizon: 7, origins: 3 });
 * entries.map(({ name }) => name) // => ["smooth", "seasonal-naive", "naive"]
 * ```
 * @see Tashman, International Journal of Forecasting 16(4), 2000.
 */
export async function backtest(series: Series, options: BacktestOptions): Promise<BacktestReport> {
  const plan = planOf(series, options);
  const { signal, progress, shouldStop } = options;
  const total = plan.forecasters.length * plan.origins.length;
  const entries: BacktestEntry[] = [];
  for (const [name, forecaster] of plan.forecasters) {
    const past = entries.length * plan.origins.length;
    const judged: JudgedStep[] = [];
    let failure: string | null = null;
    for (const [i, origin] of plan.origins.entries()) {
      if (failure === null) {
        signal?.throwIfAborted();
        const found = await judge(series, plan, { forecaster, origin, signal });
        if (typeof found !== "string") judged.push(...found);
        failure =
          typeof found === "string"
            ? found
            : await ended(found, plan, { name, origin: i, shouldStop });
      }
      progress?.({ done: past + i + 1, total });
    }
    entries.push(entryOf(name, plan, { judged, failure }));
  }
  const { horizon, season, levels } = plan;
  const origins = plan.origins.map((origin) => new Date(timeOf(series, origin - 1)));
  return { id: series.id, horizon, season, origins, levels, entries: ranked(entries) };
}

/** Why a forecaster goes no further; null where it does. */
async function ended(
  found: readonly JudgedStep[],
  { levels, origins }: Plan,
  {
    shouldStop,
    ...seen
  }: Omit<JudgedOrigin, "scores"> & {
    readonly shouldStop: BacktestOptions["shouldStop"] | undefined;
  },
): Promise<string | null> {
  if (shouldStop === undefined) return null;
  const scores = found.length === 0 ? null : scoresOf(found, levels);
  const isOver = await callUser("backtest: shouldStop", () => shouldStop({ ...seen, scores }));
  if (isOver !== true) return null;
  return `it was ended after ${count(seen.origin + 1, "origin")} of ${origins.length}`;
}

/** Options that were checked, and the origins: how many values were known. */
interface Plan {
  readonly forecasters: readonly (readonly [string, Forecaster])[];
  readonly baselines: readonly string[];
  readonly horizon: number;
  readonly window: number | undefined;
  readonly levels: readonly number[];
  readonly season: number;
  readonly origins: readonly number[];
}

/** The values before the first origin: two seasons and one value, or 10 without a season. */
export const leastHistory = (season: number): number => (season > 1 ? 2 * season + 1 : 10);

function planOf(series: Series, options: BacktestOptions): Plan {
  const at = "backtest";
  checkNames(at, options, names);
  checkSeries(at, series);
  const { horizon, origins: most = 5, step = horizon, window, levels = [0.8, 0.95] } = options;
  const season = seasonOf(series, options.season);
  const { initial = leastHistory(season) } = options;
  const whole = { horizon, origins: most, step, season, initial, window: window ?? 2 };
  const least = { horizon: 1, origins: 1, step: 1, season: 1, initial: 2, window: 2 };
  for (const [name, value] of Object.entries(whole))
    checkNumber(at, { [name]: value }, { min: least[name as keyof typeof least], integer: true });
  for (const level of levels) checkNumber(at, { level }, { above: 0, below: 1 });
  const n = series.values.length;
  const all = Array.from({ length: most }, (_, i) => n - horizon - (most - 1 - i) * step);
  const origins = all.filter((origin) => origin >= initial);
  if (origins.length === 0) {
    const why = "those before the first origin, and the horizon";
    fail("forecast/missing-history", {
      at,
      id: series.id,
      expected: initial + horizon,
      got: n,
      why,
    });
  }
  const seasonal = season > 1 ? { "seasonal-naive": seasonalNaive({ season }) } : {};
  const baselines = { naive: naive(), ...seasonal };
  const forecasters = Object.entries({ ...baselines, ...options.forecasters });
  return {
    forecasters,
    baselines: Object.keys(baselines),
    horizon,
    window,
    levels,
    season,
    origins,
  };
}

interface Trial {
  readonly forecaster: Forecaster;
  readonly origin: number;
  readonly signal: AbortSignal | undefined;
}

/** The values after an origin, judged; or why there is no forecast. */
async function judge(
  series: Series,
  { window, horizon, levels, season }: Plan,
  { forecaster, origin, signal }: Trial,
): Promise<readonly JudgedStep[] | string> {
  const known = seriesPart(series, window === undefined ? 0 : origin - window, origin);
  const found = await forecaster
    .fit(known, signal === undefined ? {} : { signal })
    .then((model) => model.forecast({ horizon, levels }))
    .catch(reason);
  if (typeof found === "string") return found;
  const { mean, intervals } = found;
  const changes = changesOf(known.values, Math.min(season, known.values.length - 1));
  const scale =
    changes.reduce((sum, change) => sum + Math.abs(change), 0) / Math.max(1, changes.length);
  const filled = new Set(series.filled);
  return Array.from(mean.keys())
    .filter((i) => !filled.has(origin + i))
    .map((i) => {
      const actual = series.values[origin + i] ?? Number.NaN;
      const within = intervals.map(({ lower, upper }) => {
        const [low = 0, high = 0] = [lower[i], upper[i]];
        return { held: low <= actual && actual <= high, width: high - low };
      });
      return { step: i + 1, actual, forecast: mean[i] ?? Number.NaN, scale, within };
    });
}

/** What a forecaster says that cannot take a series; what else goes wrong is thrown. */
function reason(error: unknown): string {
  if (isMillraceError(error) && error.kind === "caller" && error.code !== "user/failed")
    return error.message;
  throw error;
}

function entryOf(
  name: string,
  { levels, horizon, baselines }: Plan,
  { judged, failure }: { readonly judged: readonly JudgedStep[]; readonly failure: string | null },
): BacktestEntry {
  const scored = (some: readonly JudgedStep[]): ForecastScores | null =>
    failure !== null || some.length === 0 ? null : scoresOf(some, levels);
  const bySteps = Array.from({ length: horizon }, (_, i) =>
    scored(judged.filter(({ step }) => step === i + 1)),
  );
  const isBaseline = baselines.includes(name);
  return { name, isBaseline, scores: scored(judged), bySteps, skill: null, failure, judged };
}

function ranked(entries: readonly BacktestEntry[]): readonly BacktestEntry[] {
  const errors = entries.flatMap(({ isBaseline, scores }) =>
    isBaseline && scores !== null ? [scores.rmse] : [],
  );
  const base = Math.min(...errors);
  const skillOf = ({ scores }: BacktestEntry): number | null =>
    scores === null || !(base > 0 && base < Infinity) ? null : scores.rmse / base;
  const error = ({ scores }: BacktestEntry): number => scores?.rmse ?? Infinity;
  return entries
    .map((entry) => ({ ...entry, skill: skillOf(entry) }))
    .sort((a, b) => (error(a) === error(b) ? 0 : error(a) - error(b)));
}
