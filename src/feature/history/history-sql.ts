/** @file Histories of entities as SQL windows. */
import { quoteName, toSql } from "../../table/index.ts";
import type { HistoryMeasure, RollingStatistic } from "./measures.ts";

/** Whose history, and in which order. */
export interface HistoryKeys {
  readonly entity: readonly string[];
  readonly time: string;
}

/** A measure in two steps: what is gathered of the rows before, and the number that is made of it. */
interface Told {
  /** SQL of a window. */
  readonly gathered: string;
  /** SQL of the number, given the columns of what was gathered, and of the mean where it is a list. */
  readonly number: (gathered: string, mean: string) => string;
  readonly isList: boolean;
}

/** The rows of the source with the measures as more columns. */
export function historySql(
  sql: string,
  columns: readonly string[],
  {
    measures,
    keys,
  }: {
    readonly measures: readonly (readonly [string, HistoryMeasure])[];
    readonly keys: HistoryKeys;
  },
): string {
  const told = measures.map(([name, measure]) => ({ name, ...toldOf(measure, keys) }));
  // measures over the same list gather it once
  const gathered = [...new Map(told.map((one) => [one.gathered, one.isList]))];
  const helper = (letter: string, one: { readonly gathered: string }): string =>
    quoteName(`history ${letter}${gathered.findIndex(([own]) => own === one.gathered)}`);
  const windows = gathered.map(([own]) => `${own} AS ${helper("g", { gathered: own })}`);
  const means = gathered.flatMap(([own, isList]) => {
    const list = helper("g", { gathered: own });
    return isList ? [`list_sum(${list}) / len(${list}) AS ${helper("m", { gathered: own })}`] : [];
  });
  const numbers = told.map(
    (one) => `${one.number(helper("g", one), helper("m", one))} AS ${quoteName(one.name)}`,
  );
  const inner = `SELECT *, ${windows.join(", ")} FROM (${sql})`;
  const mid = means.length === 0 ? inner : `SELECT *, ${means.join(", ")} FROM (${inner})`;
  return `SELECT ${[...columns.map(quoteName), ...numbers].join(", ")} FROM (${mid})`;
}

function toldOf(measure: HistoryMeasure, { entity, time }: HistoryKeys): Told {
  const x = toSql(measure.of);
  const by = `PARTITION BY ${entity.map(quoteName).join(", ")} ORDER BY ${quoteName(time)}`;
  const before = (rows: number): string => `lag(${x}, ${rows}) OVER (${by})`;
  const asItIs = (gathered: string): Told => ({ gathered, number: (own) => own, isList: false });
  if (measure.tells === "lag") return asItIs(before(measure.rows));
  if (measure.tells === "delta") {
    const now = measure.past ? before(1) : x;
    return asItIs(notNan(`(${now} - ${before(measure.rows + (measure.past ? 1 : 0))})`));
  }
  const { statistic, window, least } = measure;
  const frame =
    "rows" in window
      ? `ROWS BETWEEN ${window.rows} PRECEDING AND 1 PRECEDING`
      : `RANGE BETWEEN to_milliseconds(${window.ms}) PRECEDING AND to_microseconds(1) PRECEDING`;
  const over = (aggregate: string, of: string): string =>
    `${aggregate}(${of}) FILTER (WHERE isfinite(${x})) OVER (${by} ${frame})`;
  if (statistic === "count" && least === 1) return asItIs(`CAST(${over("count", x)} AS DOUBLE)`);
  if (statistic === "min" || statistic === "max" || statistic === "count") {
    const value = `CAST(${over(statistic, `CASE WHEN ${x} = 0 THEN 0 ELSE ${x} END`)} AS DOUBLE)`; // -0 is 0
    return asItIs(`CASE WHEN ${over("count", x)} >= ${least} THEN ${value} END`);
  }
  return {
    gathered: over("list", x),
    number: (list, mean) =>
      `CASE WHEN len(${list}) >= ${least} THEN ${summedSql[statistic](list, mean)} END`,
    isList: true,
  };
}

/** Sums are those of the numbers one by one, first to last, as a stream has them; the engine's own sums of windows are in another order. */
const summedSql: Readonly<
  Record<Exclude<RollingStatistic, "min" | "max" | "count">, (list: string, mean: string) => string>
> = {
  sum: (list) => `list_sum(${list})`,
  mean: (_, mean) => notNan(mean),
  std: (list, mean) => {
    const squares = `list_sum(list_transform(${list}, lambda v : (v - ${mean}) * (v - ${mean})))`;
    return `CASE WHEN len(${list}) > 1 AND isfinite(${squares}) THEN sqrt(${squares} / (len(${list}) - 1)) END`;
  },
};

const notNan = (sql: string): string => `nullif(${sql}, 'nan'::DOUBLE)`;

/** Rows of an entity at one moment: of which it cannot be said which is before the other. */
export function tiesSql(sql: string, { entity, time }: HistoryKeys): string {
  const names = [...entity, time].map(quoteName).join(", ");
  return `SELECT ${names}, count(*) AS n FROM (${sql}) GROUP BY ALL HAVING count(*) > 1 ORDER BY ALL LIMIT 1`;
}
