/** @file Forecasts by boosted trees on lags, rolling windows, the calendar and holidays. */
import { checkChoice, checkNames, checkNumber, hashOf } from "../../core/index.ts";
import type { Predictor } from "../../flow.ts";
import {
  boost,
  type PredictorState,
  predictorFromState,
  predictorState,
} from "../../model/index.ts";
import { matrix } from "../../tensor/index.ts";
import {
  type CalendarColumn,
  type CalendarFeatureOptions,
  type CalendarPlan,
  calendarColumns,
  calendarNames,
  calendarPlan,
  checkCalendar,
} from "../calendar/calendar-features.ts";
import type { Grid } from "../calendar/grid.ts";
import { fail } from "../errors.ts";
import { damaged, type Fields } from "../fields.ts";
import {
  type Family,
  type Forecaster,
  forecaster,
  type Lesson,
  type SeriesPlace,
  seasonOf,
} from "../forecaster.ts";
import { calendarJson, readPlan } from "../regression/calendar-regression.ts";
import { conformalOutlook, type PastErrors } from "./conformal.ts";
import {
  depthOf,
  featureNames,
  lessonsOf,
  levelAt,
  type Past,
  type PastPlan,
  rowOf,
} from "./step-features.ts";

/** Options of {@link boostedForecast}. */
export interface BoostedForecastOptions extends Omit<CalendarFeatureOptions, "trend"> {
  /** Steps back that are features, each ≥ 1. Default 1, 2, 3, a season, and a season and one. */
  readonly lags?: readonly number[];
  /** Lengths of windows whose mean and deviation are features, each ≥ 2. Default two seasons, or 6 steps. */
  readonly windows?: readonly number[];
  /**
   * `recursive`: one model of the next step, which goes on from its own forecasts. `direct`: a model for each step of
   * `horizon`. Default "recursive".
   */
  readonly strategy?: "recursive" | "direct";
  /** Of `direct`: the most steps ahead, 1 to 200. Default 12. */
  readonly horizon?: number;
  /** Steps of a season, ≥ 1. Default: by frequency. */
  readonly season?: number;
  /** Number of trees of a model, ≥ 1. Default 150. */
  readonly trees?: number;
  /** Levels of splits of a tree, 1 to 16. Default 4. */
  readonly depth?: number;
  /** Above 0, at most 1. Default 0.08. */
  readonly learningRate?: number;
  /** Chooses samples. Default 0. */
  readonly seed?: number;
}

interface BoostedParams {
  readonly strategy: "recursive" | "direct";
  readonly past: PastPlan;
  readonly calendar: CalendarPlan;
  /** One, or one per step. */
  readonly predictors: readonly PredictorState[];
  /** The last values, as many as features look at. */
  readonly tail: Float64Array;
  /** Sizes of errors on values that were not learned from, by step. */
  readonly errors: PastErrors;
}

export const boostedFamily: Family<BoostedParams> = {
  kind: "boosted-forecast",
  read: (fields) => ({
    strategy: checkChoice(
      "forecastModelFromState",
      { strategy: fields.text("strategy") },
      strategies,
    ),
    past: readPast(fields.fields("past")),
    calendar: readPlan(fields.fields("calendar")),
    predictors: listOf(fields, "predictors").map((state) =>
      predictorState(predictorFromState(state)),
    ),
    tail: fields.array("tail", Float64Array),
    errors: listOf(fields, "errors").map((sizes) =>
      sizes instanceof Float64Array ? sizes : damaged("errors", "Float64Arrays", typeof sizes),
    ),
  }),
  outlook: (params, horizon, place) => {
    const { strategy, predictors, errors } = params;
    if (strategy === "direct" && horizon > predictors.length)
      fail("forecast/out-of-range-horizon", { most: predictors.length, got: horizon });
    return conformalOutlook(ahead(params, horizon, place), errors);
  },
  summary: ({ strategy, past, predictors, errors }) => ({
    strategy,
    lags: past.lags,
    windows: past.windows,
    models: predictors.length,
    calibrated: errors[0]?.length ?? 0,
  }),
};

const strategies = ["recursive", "direct"] as const;

function listOf(fields: Fields, name: string): readonly unknown[] {
  const got = fields.value[name];
  return Array.isArray(got) ? got : damaged(name, "a list", typeof got);
}

function readPast(fields: Fields): PastPlan {
  const numbers = (name: string) =>
    listOf(fields, name).map((one) =>
      typeof one === "number" ? one : damaged(name, "numbers", typeof one),
    );
  return {
    lags: numbers("lags"),
    windows: numbers("windows"),
    level: fields.number("level"),
    unit: fields.number("unit"),
  };
}

/** The calendar's columns, and one of all holidays: each alone has few days to learn from. */
function columnsOf(
  place: SeriesPlace,
  plan: CalendarPlan,
  span: { readonly from: number; readonly to: number },
): readonly CalendarColumn[] {
  const columns = calendarColumns(place, plan, span);
  const names = new Set(plan.holidays.map(({ name }) => name));
  const [first, ...rest] = columns.filter(({ name }) => names.has(name));
  if (first === undefined) return columns;
  const any = first.values.map((value, i) =>
    rest.reduce((sum, { values }) => sum + (values[i] ?? 0), value),
  );
  return [...columns, { name: "holiday", values: any }];
}

/** The steps after the tail, whose calendar is that of the steps after the history. */
function ahead(params: BoostedParams, horizon: number, place: SeriesPlace): Float64Array {
  const { past: plan, calendar, tail, strategy } = params;
  const from = place.length - tail.length;
  const columns = columnsOf(place, calendar, { from, to: place.length + horizon });
  const predictors = params.predictors.map(predictorFromState);
  const last = tail.length - 1;
  return path(
    { values: [...tail], calendar: columns, plan },
    { last, horizon, strategy, predictors },
  );
}

interface Steps {
  /** The place of the last known value. */
  readonly last: number;
  readonly horizon: number;
  readonly strategy: "recursive" | "direct";
  readonly predictors: readonly Predictor[];
}

/** The steps from a place on; of the values after it none is read. */
function path(past: Past, { last, horizon, strategy, predictors }: Steps): Float64Array {
  const { plan } = past;
  const told = (values: ArrayLike<number>, at: number, step: number): number => {
    const row = matrix([rowOf({ ...past, values }, at, step)]);
    const [off = 0] = predictors[step - 1]?.predict(row) ?? [];
    return levelAt(values, at, plan.level) + plan.unit * off;
  };
  if (strategy === "direct")
    return Float64Array.from({ length: horizon }, (_, i) => told(past.values, last, i + 1));
  const values = Array.from(past.values).slice(0, last + 1);
  for (let i = 0; i < horizon; i++) values.push(told(values, last + i, 1));
  return Float64Array.from(values.slice(last + 1));
}

/**
 * Boosted trees on the past and the calendar: lags, means and deviations of windows, the hour, weekday and
 * month, and holidays, each and all together. Everything is told as what it is off the mean of the last season, so that the forecast
 * moves with the level of the series; a trend beyond that is not followed. Bounds are conformal: sizes of
 * errors on the last quarter of the history by models that did not learn from it. O(models·n·features·trees).
 *
 * @param options - See {@link BoostedForecastOptions}.
 * @returns A forecaster; it needs what its features look at, and 9 values more, with `direct` 8 and the horizon.
 * @throws `option/out-of-range`, `option/unknown-name`, `forecast/mismatch-rule`; `forecast/out-of-range-horizon`
 *   of a `direct` model that is asked for more steps than it has
 * @example
 * ```ts
 * const times = Array.from({ length: 90 }, (_, i) => new Date(Date.UTC(2026, 0, 1 + i)));
 * const values = times.map((_, i) => [50, 20, 20, 20, 20, 40, 60][i % 7] ?? 0);
 * const model = await boostedForecast().fit(series({ times, values }));
 * model.forecast({ horizon: 3 }).mean.map(Math.round) // => Float64Array.of(60, 50, 20)
 * ```
 * @see Hyndman & Athanasopoulos, Forecasting: Principles and Practice, 3rd edition, 13; Taieb & Hyndman,
 *   International Journal of Forecasting 30(2), 2014, for the strategies.
 */
export function boostedForecast(options: BoostedForecastOptions = {}): Forecaster {
  const at = "boostedForecast";
  const own = [
    "lags",
    "windows",
    "strategy",
    "horizon",
    "season",
    "trees",
    "depth",
    "learningRate",
    "seed",
  ];
  checkNames(at, options, [...calendarNames.filter((name) => name !== "trend"), ...own]);
  const { lags, windows, strategy = "recursive", horizon = 12, season, ...more } = options;
  const { trees = 150, depth = 4, learningRate = 0.08, seed = 0, ...calendar } = more;
  checkChoice(at, { strategy }, strategies);
  checkNumber(at, { horizon }, { min: 1, max: 200, integer: true });
  if (season !== undefined) checkNumber(at, { season }, { min: 1, integer: true });
  checkNumber(at, { depth }, { min: 1, max: 16, integer: true });
  for (const lag of lags ?? [])
    checkNumber(at, { "a lag": lag }, { min: 1, max: 1000, integer: true });
  for (const length of windows ?? [])
    checkNumber(at, { "a window": length }, { min: 2, max: 1000, integer: true });
  checkCalendar(at, calendar);
  const estimator = boost({ trees, depth, learningRate, seed, minChildWeight: 2, threads: 1 });
  const shapeOf = (grid: Grid) => {
    const m = seasonOf(grid, season);
    const level = m > 1 ? m : 3;
    const usual = [...new Set([1, 2, 3, level, level + 1])];
    return { lags: lags ?? usual, windows: windows ?? [m > 1 ? 2 * m : 6], level };
  };
  const steps = strategy === "direct" ? horizon : 1;
  const optional = Object.fromEntries(
    Object.entries({ lags, windows, season }).filter(([, value]) => value !== undefined),
  );
  return forecaster({
    name: "boosted-forecast",
    options: {
      ...calendarJson(calendar),
      ...optional,
      strategy,
      horizon,
      trees,
      depth,
      learningRate,
      seed,
    },
    family: boostedFamily,
    least: (series) => [
      depthOf(shapeOf(series)) + 8 + steps,
      "what its features look at, and values to learn and to be judged on",
    ],
    learn: async (lesson) => {
      const plan = calendarPlan(lesson.series, { ...calendar, trend: false });
      const place = { ...lesson.series, length: lesson.values.length };
      const columns = columnsOf(place, plan, { from: 0, to: lesson.values.length + steps });
      const past: Past = {
        values: lesson.values,
        calendar: columns,
        plan: { ...shapeOf(lesson.series), unit: unitOf(lesson.values) },
      };
      const learn = (until: number) => learnSteps(estimator, past, { steps, until, lesson });
      const held = Math.min(
        200,
        Math.max(4, Math.floor((lesson.values.length - depthOf(past.plan)) / 4)),
      );
      const errors = errorsOf(past, {
        predictors: await learn(lesson.values.length - held),
        strategy,
        held,
      });
      const predictors = (await learn(lesson.values.length)).map(predictorState);
      const tail = lesson.values.slice(lesson.values.length - depthOf(past.plan));
      return { strategy, past: past.plan, calendar: plan, predictors, tail, errors };
    },
  });
}

/** The size of what the series is off its mean; 1 of a constant. */
function unitOf(values: Float64Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const square = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return square > 0 ? Math.sqrt(square) : 1;
}

interface Learning {
  readonly steps: number;
  /** Targets are before this place. */
  readonly until: number;
  readonly lesson: Lesson;
}

async function learnSteps(
  estimator: ReturnType<typeof boost>,
  past: Past,
  { steps, until, lesson: { work } }: Learning,
): Promise<readonly Predictor[]> {
  const names = featureNames(past.plan, past.calendar);
  const predictors: Predictor[] = [];
  const { signal } = work;
  for (let step = 1; step <= steps; step++) {
    signal?.throwIfAborted();
    const { x, y } = lessonsOf(past, step, until);
    const source = hashOf(new Uint8Array(y.buffer, y.byteOffset, y.byteLength));
    const data = { x, y, names, source, task: { kind: "regression" } } as const;
    predictors.push(await estimator.learn(data, signal === undefined ? {} : { signal }));
  }
  return predictors;
}

interface Calibration {
  readonly predictors: readonly Predictor[];
  readonly strategy: "recursive" | "direct";
  /** How many of the last values were held out. */
  readonly held: number;
}

/** Sizes of errors by step, from each of the held-out places; of steps with at least half of them. */
function errorsOf(past: Past, { predictors, strategy, held }: Calibration): PastErrors {
  const n = past.values.length;
  const most = Math.max(1, Math.floor(held / 2));
  const known = strategy === "direct" ? Math.min(most, predictors.length) : most;
  const sizes = Array.from({ length: known }, (): number[] => []);
  for (let last = n - held - 1; last < n - 1; last++) {
    const horizon = Math.min(known, n - 1 - last);
    const told = path(past, { last, horizon, strategy, predictors });
    for (const [i, value] of told.entries())
      sizes[i]?.push(Math.abs(value - (past.values[last + 1 + i] ?? 0)));
  }
  return sizes.map((list) => Float64Array.from(list).sort());
}
