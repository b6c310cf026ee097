/** @file Parts of a moment: year, month, hour and others, of the Gregorian calendar in UTC. */
import { isRecord } from "../../../core/index.ts";
import { type OperationFamily, one } from "./operation.ts";

const dayMs = 86_400_000;
const mod = (a: number, n: number): number => a - Math.floor(a / n) * n;
const day = (ms: number): number => Math.floor(ms / dayMs);

/** How each part is computed from milliseconds, and what DuckDB calls it. */
const parts = {
  year: { sql: "date_part('year', T)", row: (ms: number) => new Date(ms).getUTCFullYear() },
  quarter: {
    sql: "date_part('quarter', T)",
    row: (ms: number) => Math.floor(new Date(ms).getUTCMonth() / 3) + 1,
  },
  month: { sql: "date_part('month', T)", row: (ms: number) => new Date(ms).getUTCMonth() + 1 },
  week: { sql: "date_part('week', T)", row: isoWeek },
  day: { sql: "date_part('day', T)", row: (ms: number) => new Date(ms).getUTCDate() },
  dayOfYear: { sql: "date_part('doy', T)", row: dayOfYear },
  weekday: { sql: "(date_part('isodow', T) - 1)", row: (ms: number) => mod(day(ms) + 3, 7) },
  hour: {
    sql: "date_part('hour', T)",
    row: (ms: number) => Math.floor(mod(ms, dayMs) / 3_600_000),
  },
  minute: {
    sql: "date_part('minute', T)",
    row: (ms: number) => Math.floor(mod(ms, 3_600_000) / 60_000),
  },
  second: {
    sql: "floor(date_part('second', T))",
    row: (ms: number) => Math.floor(mod(ms, 60_000) / 1000),
  },
} as const;

/**
 * A part of a moment: `month` 1 to 12, `quarter` 1 to 4, `week` 1 to 53 (ISO 8601), `day` 1 to 31,
 * `dayOfYear` 1 to 366, `weekday` 0 (Monday) to 6, `hour` 0 to 23, `minute` and `second` 0 to 59.
 */
export type DatePart = keyof typeof parts;

/** The parts there are. */
export const dateParts = Object.keys(parts) as readonly DatePart[];

/** `datePart`: a moment as one of its parts. */
export const datePart: OperationFamily = {
  of: (params) => {
    if (!isPart(params)) return null;
    const { sql, row } = parts[params.part];
    return {
      kind: (args) => (one(args, "timestamp") ? "number" : null),
      sql: (a = "") =>
        `CAST(${sql.replace("T", `make_timestamp(CAST(${a} AS BIGINT) * 1000)`)} AS DOUBLE)`,
      row: (a = null) => (typeof a === "number" ? row(a) : null),
    };
  },
};

/** Whether these are the parameters of `datePart`. */
export function isPart(params: unknown): params is { readonly part: DatePart } {
  return isRecord(params) && dateParts.some((part) => part === params["part"]);
}

function dayOfYear(ms: number): number {
  const start = new Date(ms);
  start.setUTCMonth(0, 1);
  return day(ms) - day(start.getTime()) + 1;
}

/** The week of the year to which the Thursday of this week belongs. */
function isoWeek(ms: number): number {
  const thursday = day(ms) - mod(day(ms) + 3, 7) + 3;
  return Math.floor((dayOfYear(thursday * dayMs) - 1) / 7) + 1;
}
