/** @file Mean, spread and quantiles of columns, window after window of time. */
import { checkNames, checkNumber } from "../../core/index.ts";
import { quoteName } from "../../table/index.ts";
import type { TableView } from "../columns.ts";
import { fail } from "../errors.ts";

/** Options of {@link rollingStatistics}. */
export interface RollingStatisticsOptions {
  readonly rows: TableView;
  /** The timestamp column. */
  readonly time: string;
  /** Columns of numbers. Default: all but keys. */
  readonly columns?: readonly string[];
  /** The width of a window in milliseconds; windows begin at multiples of it since 1970 in UTC. */
  readonly windowMs: number;
}

/** A column in a window. Statistics are null when it has no number there. */
export interface WindowStatistics {
  readonly column: string;
  /** The first moment of the window, in milliseconds since 1970. */
  readonly fromMs: number;
  readonly rows: number;
  readonly missing: number;
  readonly mean: number | null;
  /** Of the population. */
  readonly std: number | null;
  /** The quantiles 0, 0.25, 0.5, 0.75 and 1, which are values of the column. */
  readonly quantiles: readonly number[] | null;
}

/**
 * Statistics of columns in the windows in which there are rows, by column, then by time. Infinite
 * numbers count as missing. One scan.
 *
 * @throws `monitor/unknown-column`, `monitor/mismatch-column`, `monitor/missing-columns`,
 * `option/out-of-range`, `option/unknown-name`
 * @example
 * ```ts
 * await using lake = await openLake("./lake");
 * const loads = schema("loads", { at: timestamp(), load: float() });
 * const sql = "SELECT TIMESTAMPTZ '2026-01-01' + to_hours(i) AS at, i::DOUBLE AS load FROM range(48) t(i)";
 * const rows = frame({ engine: lake.engine, schema: loads, sql });
 * const days = await rollingStatistics({ rows, time: "at", windowMs: 86_400_000 });
 * days.map(({ mean }) => mean) // => [11.5, 35.5]
 * ```
 */
export async function rollingStatistics(
  options: RollingStatisticsOptions,
): Promise<readonly WindowStatistics[]> {
  const at = "rollingStatistics";
  checkNames(at, options, ["rows", "time", "columns", "windowMs"]);
  const { rows, time, windowMs } = options;
  checkNumber(at, { windowMs }, { min: 1, integer: true });
  const columns = columnsOf(at, options);
  const window = `CAST(floor(epoch_ms(${quoteName(time)}) / ${windowMs}) AS BIGINT) * ${windowMs}`;
  const selects = columns.flatMap((name, i) => {
    const x = `CASE WHEN isfinite(CAST(${quoteName(name)} AS DOUBLE)) THEN CAST(${quoteName(name)} AS DOUBLE) END`;
    return [
      `count(${x}) AS n${i}`,
      `avg(${x}) AS mean${i}`,
      `stddev_pop(${x}) AS std${i}`,
      `to_json(quantile_disc(${x}, [0, 0.25, 0.5, 0.75, 1]))::VARCHAR AS q${i}`,
    ];
  });
  const found = await rows.engine.query(`
    SELECT ${window} AS w, count(*) AS rows, ${selects.join(", ")} FROM (${rows.sql})
    WHERE ${quoteName(time)} IS NOT NULL GROUP BY 1 ORDER BY 1`);
  return columns.flatMap((column, i) =>
    found.map((row): WindowStatistics => {
      const [all, there] = [Number(row["rows"]), Number(row[`n${i}`])];
      const number = (name: string): number | null =>
        there === 0 || typeof row[name] !== "number" ? null : row[name];
      return {
        column,
        fromMs: Number(row["w"]),
        rows: all,
        missing: all - there,
        mean: number(`mean${i}`),
        std: number(`std${i}`),
        quantiles: there === 0 ? null : JSON.parse(String(row[`q${i}`])),
      };
    }),
  );
}

function columnsOf(at: string, options: RollingStatisticsOptions): readonly string[] {
  const { rows, time, columns: chosen } = options;
  const known = rows.schema.columns;
  const kindOf = (column: string) =>
    known[column]?.kind ??
    fail("monitor/unknown-column", { at, which: "given", column, columns: Object.keys(known) });
  const kind = kindOf(time);
  if (kind !== "timestamp")
    fail("monitor/mismatch-column", { at, column: time, expected: "a timestamp", got: kind });
  const isNumber = (column: string): boolean => ["int", "float"].includes(kindOf(column));
  for (const column of chosen ?? [])
    if (!isNumber(column))
      fail("monitor/mismatch-column", { at, column, expected: "numbers", got: kindOf(column) });
  const columns =
    chosen ?? Object.keys(known).filter((name) => isNumber(name) && known[name]?.key !== true);
  if (columns.length === 0)
    fail("monitor/missing-columns", { at, reference: Object.keys(known), current: [] });
  return columns;
}
