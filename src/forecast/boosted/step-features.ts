/** @file What is known at a moment, as features of a step ahead: lags, rolling windows, the calendar. */
import { matrix } from "../../tensor/index.ts";
import type { CalendarColumn } from "../calendar/calendar-features.ts";

/** Which of the past is looked at. */
export interface PastPlan {
  /** Steps back: 1 is the last value. */
  readonly lags: readonly number[];
  /** Lengths of the windows whose mean and deviation are taken. */
  readonly windows: readonly number[];
  /** Values whose mean is the level; everything is told as what is off it. */
  readonly level: number;
  /** One unit of the series: features and targets are in it. */
  readonly unit: number;
}

/** How many values before a step its features look at. */
export const depthOf = ({ lags, windows, level }: Omit<PastPlan, "unit">): number =>
  Math.max(...lags, ...windows, level);

/** The level at a place: the mean of the values up to it. */
export function levelAt(values: ArrayLike<number>, last: number, length: number): number {
  let sum = 0;
  for (let i = last - length + 1; i <= last; i++) sum += values[i] ?? 0;
  return sum / length;
}

/** The features of a step, `last` being the place of the last known value: nothing after it is read. */
export function pastRow(values: ArrayLike<number>, last: number, plan: PastPlan): number[] {
  const level = levelAt(values, last, plan.level);
  const row = plan.lags.map((lag) => ((values[last + 1 - lag] ?? 0) - level) / plan.unit);
  for (const length of plan.windows) {
    const mean = levelAt(values, last, length);
    let squares = 0;
    for (let i = last - length + 1; i <= last; i++) squares += ((values[i] ?? 0) - mean) ** 2;
    row.push((mean - level) / plan.unit, Math.sqrt(squares / length) / plan.unit);
  }
  return row;
}

/** The names of the features, in their order. */
export function featureNames(plan: PastPlan, calendar: readonly CalendarColumn[]): string[] {
  const lags = plan.lags.map((lag) => `lag ${lag}`);
  const windows = plan.windows.flatMap((length) => [`mean of ${length}`, `deviation of ${length}`]);
  return [...lags, ...windows, ...calendar.map(({ name }) => name)];
}

/** Values, the calendar of their steps, and how both are looked at. */
export interface Past {
  readonly values: ArrayLike<number>;
  /** Of the same places as the values, and of the steps ahead. */
  readonly calendar: readonly CalendarColumn[];
  readonly plan: PastPlan;
}

/** The row of features of the step `ahead` after the last known value. */
export const rowOf = ({ values, calendar, plan }: Past, last: number, ahead: number): number[] => [
  ...pastRow(values, last, plan),
  ...calendar.map((column) => column.values[last + ahead] ?? 0),
];

/** Rows and targets of a step ahead, for every place whose target is before `until`. */
export function lessonsOf(past: Past, ahead: number, until: number) {
  const { values, plan } = past;
  const first = depthOf(plan) - 1;
  const places = Array.from({ length: Math.max(0, until - ahead - first) }, (_, i) => first + i);
  const rows = places.map((last) => rowOf(past, last, ahead));
  const y = Float64Array.from(
    places,
    (last) => ((values[last + ahead] ?? 0) - levelAt(values, last, plan.level)) / plan.unit,
  );
  return { x: matrix(rows), y };
}
