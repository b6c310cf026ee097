/** @file Exponential smoothing: simple, Holt's, Holt-Winters', and the choice among them. */
import { setImmediate } from "node:timers/promises";
import { checkChoice, checkNames, checkNumber } from "../../core/index.ts";
import type { Json } from "../../flow.ts";
import type { SmoothSeason } from "../../tensor/index.ts";
import {
  checkPositive,
  type Family,
  type Forecaster,
  forecaster,
  type Lesson,
  seasonOf,
} from "../forecaster.ts";
import type { Series } from "../series/series.ts";
import { estimateSmoothing, type SmoothingFit } from "./estimate.ts";
import { nameOf, type SmoothingForm, type SmoothingTrend } from "./form.ts";
import { smoothingOutlook } from "./smoothing-outlook.ts";

/** Options of {@link smoothing}. */
export interface SmoothingOptions {
  /** Whether errors are of one size, or in proportion to the values. Default "additive". */
  readonly error?: "additive" | "multiplicative";
  /** "additive" is Holt's line; "damped" flattens. Default "none". */
  readonly trend?: SmoothingTrend;
  /** Default "none". */
  readonly season?: SmoothSeason;
  /** Steps of a season, ≥ 2. Default: 24 hours, 7 days, 52 weeks, 12 months, 4 quarters. */
  readonly period?: number;
  /** Of the paths that are drawn for the intervals of a multiplied season. Default 0. */
  readonly seed?: number;
}

interface SmoothingParams {
  readonly form: SmoothingForm;
  readonly fit: SmoothingFit;
  readonly seed: number;
}

const errors = ["additive", "multiplicative"] as const;
const trends = ["none", "additive", "damped"] as const;
const seasonKinds = ["none", "additive", "multiplicative"] as const;

export const smoothingFamily: Family<SmoothingParams> = {
  kind: "smoothing",
  read: (fields) => {
    const [form, fit] = [fields.fields("form"), fields.fields("fit")];
    const at = "forecastModelFromState";
    return {
      form: {
        error: checkChoice(at, { error: form.text("error") }, errors),
        trend: checkChoice(at, { trend: form.text("trend") }, trends),
        season: checkChoice(at, { season: form.text("season") }, seasonKinds),
        period: form.number("period"),
      },
      fit: {
        parameters: fit.array("parameters", Float64Array),
        level: fit.number("level"),
        slope: fit.number("slope"),
        season: fit.array("season", Float64Array),
        deviation: fit.number("deviation"),
        logLikelihood: fit.number("logLikelihood"),
        aicc: fit.number("aicc"),
      },
      seed: fields.number("seed"),
    };
  },
  outlook: ({ form, fit, seed }, horizon) => smoothingOutlook(form, fit, { horizon, seed }),
  summary: ({ form, fit }) => {
    const [alpha = 0, beta = 0, gamma = 0, phi = 1] = fit.parameters;
    const told: Record<string, Json> = { model: nameOf(form), alpha };
    if (form.trend !== "none") told["beta"] = beta;
    if (form.season !== "none") told["gamma"] = gamma;
    if (form.trend === "damped") told["phi"] = phi;
    const { deviation, logLikelihood, aicc } = fit;
    return { ...told, deviation, logLikelihood, aicc };
  },
};

/**
 * Exponential smoothing as a state space model ETS(error, trend, season): simple smoothing, Holt's
 * line, damped or not, and Holt-Winters' with an added or multiplied season. Weights, damping and
 * first states are those of greatest likelihood. Bounds come from a formula, or, where the season is
 * multiplied, from 5000 drawn paths. O(n) an evaluation, some hundred of them.
 *
 * @param options - See {@link SmoothingOptions}.
 * @returns A forecaster; with a season it needs two of them, else 3 values.
 * @throws `option/out-of-range`, `option/unknown-name`; on fitting also `forecast/out-of-range-value`
 *   for values at or below 0 where something multiplies
 * @example
 * ```ts
 * const times = Array.from({ length: 12 }, (_, i) => new Date(Date.UTC(2026, 0, 1 + i)));
 * const model = await smoothing({ trend: "additive" }).fit(series({ times, values: times.map((_, i) => 5 + 2 * i) }));
 * model.forecast({ horizon: 2 }).mean.map(Math.round) // => Float64Array.of(29, 31)
 * ```
 * @see Hyndman, Koehler, Ord & Snyder, Forecasting with Exponential Smoothing, 2008. Peers:
 *   statsmodels `ETSModel`, statsforecast `AutoETS`. A multiplied trend is left out, as R's `ets` does.
 */
export function smoothing(options: SmoothingOptions = {}): Forecaster {
  const at = "smoothing";
  checkNames(at, options, ["error", "trend", "season", "period", "seed"]);
  const { error = "additive", trend = "none", season = "none", period, seed = 0 } = options;
  checkChoice(at, { error }, errors);
  checkChoice(at, { trend }, trends);
  checkChoice(at, { season }, seasonKinds);
  checkNumber(at, { seed });
  if (period !== undefined) checkNumber(at, { period }, { min: 2, max: 1000, integer: true });
  const formOf = (series: Series): SmoothingForm => {
    const m = season === "none" ? 1 : seasonOf(series, period);
    return { error, trend, season: m === 1 ? "none" : season, period: m };
  };
  return forecaster({
    name: at,
    options: { error, trend, season, ...(period === undefined ? {} : { period }), seed },
    family: smoothingFamily,
    least: (series) =>
      season === "none"
        ? [3, "level and deviation"]
        : [Math.max(3, 2 * formOf(series).period), "two seasons"],
    check: (series) => {
      if (error === "multiplicative") checkPositive(at, series, "the error");
      if (season === "multiplicative") checkPositive(at, series, "the season");
    },
    learn: ({ series, values }) => {
      const form = formOf(series);
      return { form, fit: estimateSmoothing(values, form), seed };
    },
  });
}

/** Options of {@link holtWinters}. */
export interface HoltWintersOptions extends Pick<SmoothingOptions, "period" | "seed"> {
  /** Default "additive". */
  readonly season?: "additive" | "multiplicative";
  /** Whether the trend flattens. Default false. */
  readonly damped?: boolean;
}

/**
 * Holt-Winters' smoothing with a level, a slope and a season: {@link smoothing} by its best-known name.
 *
 * @param options - See {@link HoltWintersOptions}.
 * @throws as {@link smoothing}
 * @example
 * ```ts
 * holtWinters({ season: "multiplicative" }).options["season"] // => "multiplicative"
 * ```
 * @see Winters, Management Science 6(3), 1960. Peer: statsmodels `ExponentialSmoothing`.
 */
export function holtWinters(options: HoltWintersOptions = {}): Forecaster {
  checkNames("holtWinters", options, ["season", "damped", "period", "seed"]);
  const { season = "additive", damped = false, ...more } = options;
  return smoothing({ ...more, season, trend: damped ? "damped" : "additive" });
}

/** Options of {@link autoSmoothing}. */
export interface AutoSmoothingOptions extends Pick<SmoothingOptions, "period" | "seed"> {
  /** Whether a season may be found. Default true. */
  readonly seasonal?: boolean;
}

/** The longest season whose first states are looked for; longer ones are left out. */
const longestSeason = 60;

/**
 * The exponential smoothing with the smallest AICc: of additive and multiplicative errors, no trend,
 * a line and a damped one, no season, an added and a multiplied one. Multiplication is tried only
 * where all values are above 0, a season only where two of at most 60 steps are there; an additive
 * error with a multiplied season is left out, for its variance has no bound.
 *
 * @param options - See {@link AutoSmoothingOptions}.
 * @returns A forecaster; it needs 3 values. Its models are of the kind "smoothing".
 * @throws `option/out-of-range`, `option/unknown-name`
 * @example
 * ```ts
 * const times = Array.from({ length: 28 }, (_, i) => new Date(Date.UTC(2026, 0, 1 + i)));
 * const values = times.map((_, i) => [9, 4, 4, 5, 4, 8, 9][i % 7] ?? 0);
 * const model = await autoSmoothing().fit(series({ times, values }));
 * model.forecast({ horizon: 3 }).mean.map(Math.round) // => Float64Array.of(9, 4, 4)
 * ```
 * @see Hyndman & Athanasopoulos, Forecasting: Principles and Practice, 3rd edition, 8.6. Peer:
 *   statsforecast `AutoETS`.
 */
export function autoSmoothing(options: AutoSmoothingOptions = {}): Forecaster {
  const at = "autoSmoothing";
  checkNames(at, options, ["period", "seed", "seasonal"]);
  const { period, seed = 0, seasonal = true } = options;
  checkNumber(at, { seed });
  if (period !== undefined) checkNumber(at, { period }, { min: 2, max: 1000, integer: true });
  return forecaster({
    name: "auto-smoothing",
    options: { ...(period === undefined ? {} : { period }), seed, seasonal },
    family: smoothingFamily,
    least: () => [3, "level and deviation"],
    learn: async (lesson) => {
      const m = seasonal ? seasonOf(lesson.series, period) : 1;
      return { ...(await bestOf(lesson, m)), seed };
    },
  });
}

async function bestOf({ values, work }: Lesson, m: number) {
  const forms = candidates(values, m);
  const fits: { readonly form: SmoothingForm; readonly fit: SmoothingFit }[] = [];
  for (const form of forms) {
    work.signal?.throwIfAborted();
    fits.push({ form, fit: estimateSmoothing(values, form) });
    work.progress?.({ done: fits.length, total: forms.length });
    await setImmediate(); // others get a turn
  }
  return fits.reduce((best, next) => (next.fit.aicc < best.fit.aicc ? next : best));
}

/** Simple models first: of equal ones the simplest is kept. */
function candidates(values: Float64Array, m: number): readonly SmoothingForm[] {
  const isPositive = values.every((value) => value > 0);
  const isSeasonal = m > 1 && m <= longestSeason && values.length >= 2 * m;
  const seasons = isSeasonal ? seasonKinds : (["none"] as const);
  return seasons.flatMap((season) =>
    trends.flatMap((trend) =>
      errors
        .filter((error) => isPositive || (error === "additive" && season !== "multiplicative"))
        .filter((error) => error === "multiplicative" || season !== "multiplicative")
        .map((error) => ({ error, trend, season, period: season === "none" ? 1 : m })),
    ),
  );
}
