/** @file A series: one number per hour, day, … year, without a hole. */
import { checkChoice, checkNames } from "../../core/index.ts";
import {
  detectFrequency,
  type Frequency,
  frequencies,
  type Grid,
  gridOf,
  gridsFrom,
  offGrid,
  placeOf,
  timeOf,
} from "../calendar/grid.ts";
import { fail } from "../errors.ts";

/** What is done with times that have no value, between the first and the last that have one. */
export type MissingTimes = "error" | "interpolate" | "previous" | "zero";

const policies = ["error", "interpolate", "previous", "zero"] as const;

/** How a series is made of times and values. */
export interface SeriesOptions {
  /** The step. When absent, the coarsest one that all times fit. */
  readonly frequency?: Frequency;
  /**
   * Times without a value: refuse them ("error", the default), a line between the neighbours
   * ("interpolate"), the value before ("previous"), or 0 ("zero": no row means nothing was sold).
   */
  readonly missing?: MissingTimes;
}

/** What {@link series} takes. */
export interface SeriesInput extends SeriesOptions {
  /** In any order, each once. */
  readonly times: readonly Date[];
  /** One per time; NaN and null are missing. */
  readonly values: ArrayLike<number | null>;
  /** The name of the series. Default "". */
  readonly id?: string;
}

/** Regular times, and a number for each; plain data. */
export interface Series extends Grid {
  /** "" where there is only one. */
  readonly id: string;
  /** Shape [n], all finite. */
  readonly values: Float64Array;
  /** The places that were filled, rising; they are not judged by a backtest. */
  readonly filled: Uint32Array;
  /** How they were filled. */
  readonly missing: MissingTimes;
}

/**
 * A series of times and values, in UTC. It begins with the first value that is there and ends with
 * the last. Calendar months count as one step each; days that end their month all do. O(n·log n).
 *
 * @param input - Times, values, and how holes are handled; see {@link SeriesInput}.
 * @returns The series, its rows in order.
 * @throws `option/unknown-name`, `option/out-of-range`, `forecast/mismatch-length`,
 *   `forecast/out-of-range-time`, `forecast/out-of-range-value`, `forecast/missing-values`,
 *   `forecast/duplicate-time`, `forecast/unknown-frequency`, `forecast/mismatch-frequency`,
 *   `forecast/missing-dates`
 * @example
 * ```ts
 * const times = ["2024-01-31", "2024-02-29", "2024-04-30"].map((day) => new Date(day));
 * const sold = series({ times, values: [10, 20, 40], missing: "interpolate" });
 * sold.frequency // => "month"
 * sold.values // => Float64Array.of(10, 20, 30, 40)
 * ```
 */
export function series(input: SeriesInput): Series {
  checkNames("series", input, ["times", "values", "id", "frequency", "missing"]);
  const { times, values, id = "", ...options } = input;
  if (times.length !== values.length)
    fail("forecast/mismatch-length", { at: "series", times: times.length, got: values.length });
  const timesMs = Float64Array.from(times, (time, row) =>
    time instanceof Date && !Number.isNaN(time.getTime())
      ? time.getTime()
      : fail("forecast/out-of-range-time", { at: "series", row, got: time }),
  );
  const rows = { id, timesMs, values: Float64Array.from(values, (value) => value ?? Number.NaN) };
  return (
    seriesOfRows("series", [rows], options)[0] ?? fail("forecast/missing-series", { at: "series" })
  );
}

/** The rows of one series, in any order. */
export interface SeriesRows {
  readonly id: string;
  readonly timesMs: Float64Array;
  readonly values: Float64Array;
}

/** Series of one frequency: all of them are looked at to find it. */
export function seriesOfRows(
  at: string,
  all: readonly SeriesRows[],
  options: SeriesOptions,
): readonly Series[] {
  const { missing = "error", frequency: declared } = options;
  checkChoice(at, { missing }, policies);
  if (declared !== undefined) checkChoice(at, { frequency: declared }, frequencies);
  const sorted = all.map((rows) => inOrder(at, rows));
  const frequency = declared ?? detectFrequency(sorted.map(({ timesMs }) => timesMs));
  return sorted.map((rows) => {
    const { id, timesMs } = rows;
    if (frequency === undefined)
      return fail("forecast/unknown-frequency", {
        at,
        id,
        rows: timesMs.length,
        known: frequencies,
      });
    const grid = gridOf(frequency, timesMs) ?? failGrid(at, id, { frequency, timesMs });
    return filled(at, { ...rows, grid, missing });
  });
}

/** Sorts rows by time, without the missing values; refuses two of a time and what is infinite. */
function inOrder(at: string, { id, timesMs, values }: SeriesRows): SeriesRows {
  const infinite = values.findIndex((value) => Math.abs(value) === Infinity);
  if (infinite >= 0) {
    const [time, got] = [isoOf(timesMs[infinite]), values[infinite] ?? 0];
    fail("forecast/out-of-range-value", { at, id, time, expected: "a finite number", got });
  }
  const order = Array.from(timesMs.keys()).sort((a, b) => (timesMs[a] ?? 0) - (timesMs[b] ?? 0));
  const again = order.filter((row, i) => i > 0 && timesMs[row] === timesMs[order[i - 1] ?? 0]);
  if (again.length > 0)
    fail("forecast/duplicate-time", {
      at,
      id,
      time: isoOf(timesMs[again[0] ?? 0]),
      rows: again.length,
    });
  const kept = order.filter((row) => !Number.isNaN(values[row]));
  if (kept.length === 0) fail("forecast/missing-values", { at, id, rows: values.length });
  const pick = (from: Float64Array) => Float64Array.from(kept, (row) => from[row] ?? Number.NaN);
  return { id, timesMs: pick(timesMs), values: pick(values) };
}

function failGrid(
  at: string,
  id: string,
  { frequency, timesMs }: { readonly frequency: Frequency; readonly timesMs: Float64Array },
): never {
  const [startMs = 0] = timesMs;
  const [grid = { frequency, startMs, monthDay: 1 }] = gridsFrom(frequency, startMs);
  const time = isoOf(offGrid(grid, timesMs));
  return fail("forecast/mismatch-frequency", { at, id, time, frequency, start: isoOf(startMs) });
}

/** Puts values in their places, and does what the policy says with places that have none. */
function filled(
  at: string,
  {
    id,
    timesMs,
    values,
    grid,
    missing,
  }: SeriesRows & { readonly grid: Grid; readonly missing: MissingTimes },
): Series {
  const places = Array.from(timesMs, (atMs) => placeOf(grid, atMs) ?? 0);
  const whole = new Float64Array((places.at(-1) ?? 0) + 1).fill(Number.NaN); // [n]
  for (const [row, place] of places.entries()) whole[place] = values[row] ?? Number.NaN;
  const holes = Uint32Array.from(
    Array.from(whole.keys()).filter((place) => Number.isNaN(whole[place])),
  );
  if (holes.length > 0 && missing === "error") {
    const times = Array.from(holes.subarray(0, 11), (place) => isoOf(timeOf(grid, place)));
    const { frequency } = grid;
    fail("forecast/missing-dates", { at, id, missing: holes.length, frequency, times });
  }
  fill(whole, holes, missing);
  return { id, ...grid, values: whole, filled: holes, missing };
}

/** Puts values into holes, given rising: each is looked at once. O(n). */
function fill(values: Float64Array, holes: Uint32Array, missing: MissingTimes): void {
  let next = 0; // the first value after a hole
  for (const place of holes) {
    const before = values[place - 1] ?? 0;
    if (missing === "zero") values[place] = 0;
    else if (missing === "previous") values[place] = before;
    else {
      next = Math.max(next, place + 1);
      while (Number.isNaN(values[next])) next += 1;
      values[place] = before + ((values[next] ?? before) - before) / (next - place + 1);
    }
  }
}

/**
 * The first n values of a series, as they were known then: holes that were interpolated towards a
 * value after them have the value before them instead.
 */
export function seriesHead(whole: Series, n: number): Series {
  const values = whole.values.slice(0, n);
  const holes = whole.filled.filter((place) => place < n);
  if (whole.missing === "interpolate") {
    let [first, last] = [n, holes.length - 1];
    for (; last >= 0 && holes[last] === first - 1; last--) first -= 1;
    values.fill(values[first - 1] ?? 0, first);
  }
  return { ...whole, values, filled: holes };
}

/** The values of a series from one place to another, the later ones as they were known at its end. */
export function seriesPart(whole: Series, from: number, to: number): Series {
  const head = seriesHead(whole, to);
  const start = Math.max(0, from);
  return {
    ...head,
    startMs: timeOf(whole, start),
    values: head.values.slice(start),
    filled: head.filled.filter((place) => place >= start).map((place) => place - start),
  };
}

/** A moment as errors show it: a day alone where it begins one. */
export function isoOf(atMs: number | undefined): string {
  const text = new Date(atMs ?? 0).toISOString();
  return text.endsWith("T00:00:00.000Z") ? text.slice(0, 10) : text.replace(".000Z", "Z");
}
