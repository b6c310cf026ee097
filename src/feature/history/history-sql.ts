/** @file Histories of entities as SQL windows. */
import { quoteName, toSql } from "../../table/index.ts";
import type { HistoryMeasure, RollingStatistic } from "./measures.ts";

/** Whose history, and in which order. */
export interface HistoryKeys {
  readonly entity: readonly string[];
  readonly time: string;
}

const aggregates: Readonly<Record<RollingStatistic, string>> = {
  mean: "avg",
  sum: "sum",
  min: "min",
  max: "max",
  std: "stddev_samp",
  count: "count",
};

/** The expression of a measure over rows of the source. */
export function measureSql(measure: HistoryMeasure, { entity, time }: HistoryKeys): string {
  const x = toSql(measure.of);
  const by = `PARTITION BY ${entity.map(quoteName).join(", ")} ORDER BY ${quoteName(time)}`;
  const before = (rows: number): string => `lag(${x}, ${rows}) OVER (${by})`;
  if (measure.tells === "lag") return before(measure.rows);
  if (measure.tells === "delta") {
    const now = measure.past ? before(1) : x;
    return notNan(`(${now} - ${before(measure.rows + (measure.past ? 1 : 0))})`);
  }
  const { statistic, window, least } = measure;
  const finite = `CASE WHEN isfinite(${x}) THEN ${x} END`;
  const frame =
    "rows" in window
      ? `ROWS BETWEEN ${window.rows} PRECEDING AND 1 PRECEDING`
      : `RANGE BETWEEN to_milliseconds(${window.ms}) PRECEDING AND to_microseconds(1) PRECEDING`;
  const over = `OVER (${by} ${frame})`;
  const value = `CAST(${aggregates[statistic]}(${finite}) ${over} AS DOUBLE)`;
  if (statistic === "count" && least === 1) return value;
  return `CASE WHEN count(${finite}) ${over} >= ${least} THEN ${notNan(value)} END`;
}

const notNan = (sql: string): string => `nullif(${sql}, 'nan'::DOUBLE)`;

/** Rows of an entity at one moment: of which it cannot be said which is before the other. */
export function tiesSql(sql: string, { entity, time }: HistoryKeys): string {
  const names = [...entity, time].map(quoteName).join(", ");
  return `SELECT ${names}, count(*) AS n FROM (${sql}) GROUP BY ALL HAVING count(*) > 1 ORDER BY ALL LIMIT 1`;
}
