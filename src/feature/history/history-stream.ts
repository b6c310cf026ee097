/** @file Histories of entities row by row, as rows come. */
import type { Cells } from "../../flow.ts";
import { toRow } from "../../table/index.ts";
import { fail } from "../errors.ts";
import type { HistoryKeys } from "./history-sql.ts";
import type { HistoryMeasure, RollingStatistic } from "./measures.ts";

/** Takes rows as they come and tells their history; memory grows with entities, not with rows. */
export interface HistoryStream {
  /**
   * The measures of a row, told of the rows of its entity before it; then it is one of those.
   *
   * @throws `feature/conflict-order` for a row that is not after the one before it of its entity,
   * `feature/mismatch-moment`, `table/mismatch-type`
   */
  push(row: Cells): Readonly<Record<string, number | null>>;
}

/** One earlier row: its moment, and the number of each measure. */
interface Past {
  readonly ms: number;
  readonly values: readonly (number | null)[];
}

/** A stream of the measures by name. */
export function historyStream(
  measures: readonly (readonly [string, HistoryMeasure])[],
  { entity, time }: HistoryKeys,
): HistoryStream {
  const numbers = measures.map(([, { of }]) => toRow(of));
  const pasts = new Map<string, Past[]>();
  const keepRows = Math.max(0, ...measures.map(([, measure]) => rowsNeeded(measure)));
  const keepMs = Math.max(0, ...measures.map(([, measure]) => msNeeded(measure)));
  return {
    push: (row) => {
      const key = JSON.stringify(entity.map((name) => row[name] ?? null));
      const moment = row[time];
      if (!(moment instanceof Date) || Number.isNaN(moment.getTime()))
        return fail("feature/mismatch-moment", { column: time, got: moment ?? null });
      const ms = moment.getTime();
      const past = pasts.get(key) ?? [];
      const last = past.at(-1);
      if (last !== undefined && ms <= last.ms)
        fail("feature/conflict-order", { entity: key, got: moment, last: new Date(last.ms) });
      const values = numbers.map((number) => numberOf(number(row)));
      const told = measures.map(([name, measure], i) => {
        const now = values[i] ?? null;
        return [name, tell(measure, { past, at: i, ms, now })] as const;
      });
      past.push({ ms, values });
      const first = past.findIndex(
        (one, i) => one.ms >= ms - keepMs || i >= past.length - keepRows,
      );
      pasts.set(key, first > 0 ? past.slice(first) : past);
      return Object.fromEntries(told);
    },
  };
}

const numberOf = (value: unknown): number | null => (typeof value === "number" ? value : null);

const rowsNeeded = (measure: HistoryMeasure): number => {
  if (measure.tells === "rolling") return "rows" in measure.window ? measure.window.rows : 1;
  return measure.tells === "delta" && measure.past ? measure.rows + 1 : measure.rows;
};
const msNeeded = (measure: HistoryMeasure): number =>
  measure.tells === "rolling" && "ms" in measure.window ? measure.window.ms : 0;

interface Told {
  readonly past: readonly Past[];
  /** The place of the measure's number in a past row. */
  readonly at: number;
  readonly ms: number;
  readonly now: number | null;
}

function tell(measure: HistoryMeasure, { past, at, ms, now }: Told): number | null {
  const before = (rows: number): number | null => past.at(-rows)?.values[at] ?? null;
  if (measure.tells === "lag") return before(measure.rows);
  if (measure.tells === "delta") {
    const [end, start] = measure.past
      ? [before(1), before(measure.rows + 1)]
      : [now, before(measure.rows)];
    const change = end === null || start === null ? Number.NaN : end - start;
    return Number.isNaN(change) ? null : change;
  }
  const { window, statistic, least } = measure;
  const rows =
    "rows" in window
      ? past.slice(-window.rows)
      : past.filter((one) => one.ms >= ms - window.ms && one.ms < ms);
  const numbers = rows
    .map(({ values }) => values[at] ?? null)
    .filter((value) => value !== null)
    .filter(Number.isFinite);
  if (statistic === "count") return numbers.length >= least || least === 1 ? numbers.length : null;
  return numbers.length < least ? null : statisticOf(statistic, numbers);
}

function statisticOf(
  statistic: Exclude<RollingStatistic, "count">,
  numbers: readonly number[],
): number | null {
  if (statistic === "min") return Math.min(...numbers) + 0; // -0 is 0
  if (statistic === "max") return Math.max(...numbers) + 0;
  const sum = numbers.reduce((total, number) => total + number, 0);
  if (statistic === "sum") return sum;
  const mean = sum / numbers.length;
  if (statistic === "mean") return Number.isNaN(mean) ? null : mean;
  if (numbers.length < 2) return null;
  const squares = numbers.reduce((total, number) => total + (number - mean) * (number - mean), 0);
  return Number.isFinite(squares) ? Math.sqrt(squares / (numbers.length - 1)) : null;
}
