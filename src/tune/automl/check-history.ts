/** @file What is looked at in a series before anything is learned of it. */
import { count, quantileOf } from "../../core/index.ts";
import { leastHistory, type Series, timeOf } from "../../forecast/index.ts";
import { fail } from "../errors.ts";
import { meanOf } from "../mean.ts";
import type { DataCheck } from "./check-data.ts";
import { runningMeans, runningMedians } from "./running.ts";

/** What is going to be done with the series. */
export interface HistoryPlan {
  /** Steps of a season, 1 where there is none. */
  readonly season: number;
  readonly horizon: number;
  readonly origins: number;
}

const farOff = 6; // robust deviations from its neighbours that make a value an outlier

/**
 * Looks at the values that are learned from: how many there are, whether they change, which were filled, signs, outliers,
 * season and trend. O(n·log n). Throws `tune/failed-checks` where they are too few to be judged.
 */
export function checkHistory(series: Series, plan: HistoryPlan): readonly DataCheck[] {
  const { values } = series;
  const length = lengthChecks(series, plan);
  if (values.every((value) => value === values[0]))
    return [
      ...length,
      told(
        "constant",
        "warning",
        `all values are ${values[0]}: the naive forecast is as good as any`,
      ),
    ];
  const residuals = residualsOf(values, plan.season);
  const far = outliersOf(values, residuals);
  const usual = values.slice();
  for (const i of far) usual[i] = (values[i] ?? 0) - (residuals[i] ?? 0);
  return [
    ...length,
    ...holeChecks(series),
    ...signChecks(series),
    ...outlierChecks(series, far),
    ...seasonChecks({ ...series, values: usual }, plan.season),
    ...trendChecks(usual, plan.season),
  ];
}

/**
 * Refuses a series that has no mean absolute scaled error from any origin: nothing changes from season to season before
 * the last one. Throws `tune/missing-scale`.
 */
export function checkScale(
  { id, values }: Series,
  { season, horizon }: Pick<HistoryPlan, "season" | "horizon">,
): void {
  const known = values.subarray(0, Math.max(0, values.length - horizon));
  if (known.some((value, i) => i >= season && value !== known[i - season])) return;
  fail("tune/missing-scale", { at: "autoForecast", of: nameOf(id), season });
}

const nameOf = (id: string): string => (id === "" ? "the series" : `series ${JSON.stringify(id)}`);

const told = (
  check: DataCheck["check"],
  severity: DataCheck["severity"],
  message: string,
): DataCheck => ({ check, severity, message });

function lengthChecks(
  { id, frequency, values }: Series,
  { season, horizon, origins }: HistoryPlan,
): readonly DataCheck[] {
  const room = values.length - leastHistory(season);
  if (room < horizon) {
    const before =
      season > 1 ? `two seasons of ${count(season, frequency)} and one value` : "10 values";
    const reason = `${count(values.length, "value")} to learn from; expected at least ${leastHistory(season) + horizon}: ${before}, and the horizon. Take a shorter horizon, test or season`;
    return fail("tune/failed-checks", { at: "autoForecast", of: nameOf(id), reasons: [reason] });
  }
  const found = Math.floor(room / horizon);
  if (found >= origins) return [];
  return [
    told(
      "length",
      "warning",
      `there are values for ${count(found, "origin")} of ${origins}: scores are means of few forecasts`,
    ),
  ];
}

function holeChecks({ filled, values, missing }: Series): readonly DataCheck[] {
  if (filled.length === 0) return [];
  const share = filled.length / values.length;
  return [
    told(
      "holes",
      share > 0.05 ? "warning" : "info",
      `${count(filled.length, "value")} of ${values.length} were not there and are filled (${missing}): they are learned from, and not judged`,
    ),
  ];
}

function signChecks({ values }: Series): readonly DataCheck[] {
  const low = values.filter((value) => value <= 0).length;
  if (low === 0) return [];
  return [
    told(
      "signs",
      "info",
      `${count(low, "value")} at or below 0: smoothing with errors or seasons that multiply is left out`,
    ),
  ];
}

/** Places of values that are far from what their neighbours and their place in the season say. */
function outliersOf(values: Float64Array, residuals: Float64Array): readonly number[] {
  const sizes = residuals.map(Math.abs).sort();
  const sorted = values.slice().sort();
  const spread = quantileOf(sorted, 0.9) - quantileOf(sorted, 0.1);
  const scale = Math.max(
    1.4826 * quantileOf(sizes, 0.5),
    quantileOf(sizes, 0.9) / 1.645,
    spread / 100,
  );
  return Array.from(residuals.keys()).filter((i) => Math.abs(residuals[i] ?? 0) > farOff * scale);
}

function outlierChecks(series: Series, places: readonly number[]): readonly DataCheck[] {
  const [first] = places;
  if (first === undefined) return [];
  const when = new Date(timeOf(series, first)).toISOString().slice(0, 10);
  return [
    told(
      "outliers",
      "warning",
      `${count(places.length, "value")} far from ${places.length === 1 ? "its" : "their"} neighbours, such as ${series.values[first]} of ${when}: if it is an error, correct it; if it comes again, tell the models when (holidays)`,
    ),
  ];
}

/** Whether places of a season differ by more than chance: F of a one-way analysis of variance on what is off the trend. */
function seasonChecks({ values, frequency }: Series, season: number): readonly DataCheck[] {
  if (season < 2) return [];
  const off = offTrend(values, season);
  const means = placeMeans(off, season, meanOf);
  const all = meanOf(off);
  let [between, within] = [0, 0];
  for (const [i, value] of off.entries()) {
    const mean = means[i % season] ?? 0;
    between += (mean - all) ** 2;
    within += (value - mean) ** 2;
  }
  const f = between / (season - 1) / (within / Math.max(1, off.length - season));
  if (Number.isNaN(f) || f > 1 + 3 * Math.sqrt(2 / (season - 1))) return [];
  return [
    told(
      "season",
      "info",
      `no season of ${count(season, frequency)} shows: its places differ by no more than chance`,
    ),
  ];
}

/** Whether the means of seasons follow a line. */
function trendChecks(values: Float64Array, season: number): readonly DataCheck[] {
  const width = Math.max(season, Math.ceil(values.length / 50));
  const blocks = Array.from({ length: Math.floor(values.length / width) }, (_, i) =>
    meanOf(values.subarray(i * width, (i + 1) * width)),
  );
  if (blocks.length < 4) return [];
  const r = correlationWithTime(blocks);
  if (!(Math.abs(r) > 0.8)) return [];
  return [
    told(
      "trend",
      "info",
      `values ${r > 0 ? "rise" : "fall"} over time: forecasts without a trend will lag behind`,
    ),
  ];
}

function correlationWithTime(values: readonly number[]): number {
  const [middle, mean] = [(values.length - 1) / 2, meanOf(values)];
  let [xy, xx, yy] = [0, 0, 0];
  for (const [i, value] of values.entries()) {
    xy += (i - middle) * (value - mean);
    xx += (i - middle) ** 2;
    yy += (value - mean) ** 2;
  }
  return xy / Math.sqrt(xx * yy);
}

const medianOf = (values: ArrayLike<number>): number =>
  quantileOf(Float64Array.from(values).sort(), 0.5);

/** Each value less the mean of the season around it, shape [n]. */
function offTrend(values: Float64Array, season: number): Float64Array {
  const around = runningMeans(values, Math.max(1, Math.floor(season / 2)));
  return values.map((value, i) => value - (around[i] ?? 0));
}

/** The mean, or another middle, of each place of a season, shape [m]. */
function placeMeans(
  values: Float64Array,
  season: number,
  middle: (values: ArrayLike<number>) => number,
): readonly number[] {
  const places = Array.from({ length: season }, (): number[] => []);
  for (const [i, value] of values.entries()) places[i % season]?.push(value);
  return places.map(middle);
}

/** Each value less the median around it and the median of its place in a season, shape [n]. */
function residualsOf(values: Float64Array, season: number): Float64Array {
  const around = runningMedians(values, Math.max(3, Math.floor(season / 2)));
  const off = values.map((value, i) => value - (around[i] ?? 0));
  const places = placeMeans(off, season, medianOf);
  return off.map((value, i) => value - (places[i % season] ?? 0));
}
