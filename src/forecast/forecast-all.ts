/** @file Many series, each with the model that was best on its own past. */
import { checkChoice, checkNames, isMillraceError } from "../core/index.ts";
import { type BacktestOptions, type BacktestReport, backtest } from "./backtest/backtest.ts";
import { fail } from "./errors.ts";
import type { Forecast } from "./forecast.ts";
import type { Forecaster, ForecastModel } from "./forecaster.ts";
import { namedForecaster } from "./named-forecaster.ts";
import type { Series } from "./series/series.ts";

/** The error that decides which model is best. */
export type ForecastMetric = "rmse" | "mae" | "smape" | "mase";

/** What {@link forecastAll} takes: as a backtest, and how the best is chosen. */
export interface ForecastAllOptions extends Omit<BacktestOptions, "forecasters" | "shouldStop"> {
  /** By name. Default: {@link defaultForecasters}. */
  readonly forecasters?: Readonly<Record<string, Forecaster>>;
  /** Default "rmse", which also decides where the metric has no value. */
  readonly metric?: ForecastMetric;
}

/** One series with the model that was chosen for it. */
export interface ForecastResult {
  readonly id: string;
  /** The name of the forecaster; null where none could take the series. */
  readonly chosen: string | null;
  readonly forecast: Forecast | null;
  readonly model: ForecastModel | null;
  /** Null where the series is too short for one. */
  readonly report: BacktestReport | null;
  /** Why there is no forecast, or no backtest. */
  readonly note: string | null;
}

/** The forecasters that are tried where none are named: the naive ones, smoothing and ARIMA by AICc. */
export function defaultForecasters(season?: number): Readonly<Record<string, Forecaster>> {
  const names = (["naive", "seasonal-naive", "drift", "smoothing", "arima"] as const).filter(
    (name) => season !== 1 || name !== "seasonal-naive",
  );
  return Object.fromEntries(
    names.map((name) => [name, namedForecaster(name, { season }).forecaster]),
  );
}

const metrics = ["rmse", "mae", "smape", "mase"] as const;

/**
 * Forecasts of many series: each is backtested, and the forecaster with the smallest error learns
 * from all of it. A series that is too short for a backtest has the first forecaster that takes it;
 * one that none takes is told with the reason, and stops nothing. The same series and options give
 * the same bytes, in any order of the series.
 *
 * @param all - At least one; ids must differ.
 * @param options - See {@link ForecastAllOptions}. Progress counts series.
 * @returns One result per series, in their order.
 * @throws `forecast/missing-series`, `forecast/duplicate-name`, `option/out-of-range`,
 *   `option/unknown-name`, or the signal's reason
 * @example
 * ```ts
 * const times = Array.from({ length: 40 }, (_, i) => new Date(Date.UTC(2026, 0, 1 + i)));
 * const shops = ["a", "b"].map((id, k) => series({ id, times, values: times.map((_, i) => i % 7 + k * i) }));
 * const forecasters = { naive: naive(), drift: naiveDrift(), "seasonal-naive": seasonalNaive() };
 * const results = await forecastAll(shops, { forecasters, horizon: 7 });
 * results.map(({ id, chosen }) => [id, chosen]) // => [["a", "seasonal-naive"], ["b", "drift"]]
 * ```
 */
export async function forecastAll(
  all: readonly Series[],
  options: ForecastAllOptions,
): Promise<readonly ForecastResult[]> {
  const at = "forecastAll";
  const { metric = "rmse", signal, progress, ...rest } = options;
  checkNames(at, options, [
    "forecasters",
    "metric",
    "horizon",
    "origins",
    "step",
    "window",
    "initial",
    "levels",
    "season",
    "signal",
    "progress",
  ]);
  checkChoice(at, { metric }, metrics);
  if (all.length === 0) fail("forecast/missing-series", { at });
  checkIds(at, all);
  const forecasters = options.forecasters ?? defaultForecasters(options.season);
  const work = signal === undefined ? {} : { signal };
  const results: ForecastResult[] = [];
  for (const series of all) {
    signal?.throwIfAborted();
    results.push(await forecastOne(series, { ...rest, ...work, forecasters, metric }));
    progress?.({ done: results.length, total: all.length });
  }
  return results;
}

function checkIds(at: string, all: readonly Series[]): void {
  const seen = new Set<string>();
  for (const { id } of all) {
    if (seen.has(id)) fail("forecast/duplicate-name", { at, name: id });
    seen.add(id);
  }
}

type One = ForecastAllOptions & {
  readonly forecasters: Readonly<Record<string, Forecaster>>;
  readonly metric: ForecastMetric;
};

async function forecastOne(series: Series, { metric, ...options }: One): Promise<ForecastResult> {
  const { forecasters, horizon, levels } = options;
  const tried = await backtest(series, options).catch(tooShort);
  const [report, short] = typeof tried === "string" ? [null, tried] : [tried, null];
  const order = report === null ? Object.keys(forecasters) : byError(report, metric);
  let note = short;
  for (const name of order.filter((name) => name in forecasters)) {
    const work = options.signal === undefined ? {} : { signal: options.signal };
    const ahead = { horizon, ...(levels === undefined ? {} : { levels }) };
    const made = await forecasters[name]
      ?.fit(series, work)
      .then((model) => ({ model, forecast: model.forecast(ahead) }))
      .catch(reasonOf);
    if (made === undefined || typeof made === "string") {
      note ??= made ?? null;
      continue;
    }
    const { model, forecast } = made;
    return { id: series.id, chosen: name, forecast, model, report, note: short };
  }
  return { id: series.id, chosen: null, forecast: null, model: null, report, note };
}

/** Names of those with scores, smallest error first. */
function byError({ entries }: BacktestReport, metric: ForecastMetric): readonly string[] {
  const errorOf = (entry: BacktestReport["entries"][number]): number =>
    entry.scores?.[metric] ?? entry.scores?.rmse ?? Infinity;
  return [...entries]
    .filter(({ scores }) => scores !== null)
    .sort((a, b) => errorOf(a) - errorOf(b))
    .map(({ name }) => name);
}

function tooShort(error: unknown): string {
  if (isMillraceError(error, "forecast/missing-history")) return error.message;
  throw error;
}

function reasonOf(error: unknown): string {
  if (isMillraceError(error) && error.code.startsWith("forecast/")) return error.message;
  throw error;
}
