/** @file Regular times in UTC: every hour, day, week, month, quarter or year from a first one. */

/** The step of a series. */
export type Frequency = "hour" | "day" | "week" | "month" | "quarter" | "year";

/** The frequencies, from fine to coarse. */
export const frequencies = [
  "hour",
  "day",
  "week",
  "month",
  "quarter",
  "year",
] as const satisfies readonly Frequency[];

/** Regular times: the first one, and the step to the next. */
export interface Grid {
  readonly frequency: Frequency;
  /** Milliseconds in UTC. */
  readonly startMs: number;
  /**
   * Of months, quarters and years: the day of the month, 1 to 31. A shorter month has its last day
   * instead, so that 31 is the end of every month.
   */
  readonly monthDay: number;
}

const hourMs = 3_600_000;
const stepMs = { hour: hourMs, day: 24 * hourMs, week: 168 * hourMs } as const;
const stepMonths = { month: 1, quarter: 3, year: 12 } as const;

/** Steps of a season, by frequency: a day of hours, a week of days, a year of weeks, months and quarters. */
export const seasons: Readonly<Record<Frequency, number>> = {
  hour: 24,
  day: 7,
  week: 52,
  month: 12,
  quarter: 4,
  year: 1,
};

/** Days of a month; months past December belong to later years. */
const daysOf = (year: number, month: number): number =>
  new Date(Date.UTC(year, month + 1, 0)).getUTCDate();

/**
 * Time number i of a grid; numbers below 0 are times before the first. Months are calendar months.
 *
 * @returns Milliseconds in UTC.
 * @example
 * ```ts
 * const ends = { frequency: "month", startMs: Date.UTC(2024, 0, 31), monthDay: 31 } as const;
 * new Date(timeOf(ends, 1)).toISOString() // => "2024-02-29T00:00:00.000Z"
 * ```
 */
export function timeOf({ frequency, startMs, monthDay }: Grid, i: number): number {
  if (frequency === "hour" || frequency === "day" || frequency === "week")
    return startMs + i * stepMs[frequency];
  const start = new Date(startMs);
  const months = start.getUTCMonth() + i * stepMonths[frequency];
  const [year, month] = [
    start.getUTCFullYear() + Math.floor(months / 12),
    ((months % 12) + 12) % 12,
  ];
  const day = Math.min(monthDay, daysOf(year, month));
  return Date.UTC(year, month, day) + (((startMs % stepMs.day) + stepMs.day) % stepMs.day);
}

/** The number of a time of a grid; undefined where the grid does not have it. */
export function placeOf(grid: Grid, atMs: number): number | undefined {
  const { frequency, startMs } = grid;
  if (frequency === "hour" || frequency === "day" || frequency === "week") {
    const place = (atMs - startMs) / stepMs[frequency];
    return Number.isInteger(place) ? place : undefined;
  }
  const [start, at] = [new Date(startMs), new Date(atMs)];
  const years = at.getUTCFullYear() - start.getUTCFullYear();
  const months = 12 * years + at.getUTCMonth() - start.getUTCMonth();
  const place = months / stepMonths[frequency];
  return Number.isInteger(place) && timeOf(grid, place) === atMs ? place : undefined;
}

/**
 * The grids of a frequency that begin at a time. Of months there are two where it is the last day of
 * its month: on that day, and at the end of every month.
 */
export function gridsFrom(frequency: Frequency, startMs: number): readonly Grid[] {
  const at = new Date(startMs);
  const [day, last] = [at.getUTCDate(), daysOf(at.getUTCFullYear(), at.getUTCMonth())];
  if (!(frequency in stepMonths)) return [{ frequency, startMs, monthDay: day }];
  const days = day === last ? [31, day] : [day];
  return [...new Set(days)].map((monthDay) => ({ frequency, startMs, monthDay }));
}

/** The grid of a frequency that has all of these rising times; undefined where there is none. */
export function gridOf(frequency: Frequency, times: ArrayLike<number>): Grid | undefined {
  return gridsFrom(frequency, times[0] ?? 0).find((grid) => offGrid(grid, times) === undefined);
}

/** The first of some times that a grid does not have. */
export function offGrid(grid: Grid, times: ArrayLike<number>): number | undefined {
  for (let i = 0; i < times.length; i++) {
    const atMs = times[i] ?? Number.NaN;
    if (placeOf(grid, atMs) === undefined) return atMs;
  }
  return undefined;
}

/** The coarsest frequency that all lists of rising times fit; undefined where none does. */
export function detectFrequency(all: readonly ArrayLike<number>[]): Frequency | undefined {
  const told = all.filter((times) => times.length > 1);
  if (told.length === 0) return undefined;
  return frequencies.findLast((frequency) =>
    told.every((times) => gridOf(frequency, times) !== undefined),
  );
}
