/** @file Train and test rows before and after a moment: what comes later is never learned from. */
import { checkNames, checkNumber, hashOfJson } from "../core/index.ts";
import {
  type Columns,
  checkFrame,
  type Frame,
  frame,
  isHeldOut,
  narrowed,
  quoteName,
} from "../table/index.ts";
import { checkColumn } from "./check-column.ts";
import { fail } from "./errors.ts";
import type { Split } from "./split.ts";

/** Options of {@link splitByTime}. */
export interface SplitByTimeOptions<N extends string = string> {
  /** The column of moments. */
  readonly time: N;
  /** About which share of the rows, the latest, go to the test side; above 0, below 1. Default 0.2. */
  readonly test?: number;
  /**
   * Rows in so many milliseconds before the test side are on neither side, because what is said
   * of them may rest on it. Default 0.
   */
  readonly gapMs?: number;
}

/** A split by time, and where it is. */
export interface TimeSplit<C extends Columns> extends Split<C> {
  /** The first moment of the test side. */
  readonly from: Date;
}

/**
 * Splits rows at a moment: the test side has the rows from it on, the training side those before it (less
 * the gap). Rows of one moment stay together. O(n) in the engine.
 *
 * @param rows - The rows to split.
 * @param options - The column of moments, the share of the test side, and the gap.
 * @returns Two frames, the fingerprint of the test side's moments, and the moment.
 * @throws `dataset/missing-column`, `dataset/unknown-column`, `dataset/mismatch-time`, `dataset/missing-time`,
 * `dataset/missing-moments`, `dataset/missing-rows`, `dataset/conflict-test-rows`, `option/out-of-range`, `option/unknown-name`
 * @example
 * ```ts
 * const engine = await openEngine();
 * const days = schema("days", { at: timestamp() });
 * const sql = "SELECT TIMESTAMPTZ '2026-01-01' + to_days(i::INT) AS at FROM range(10) t(i)";
 * const { train, test, from } = await splitByTime(frame({ engine, schema: days, sql }), { time: "at", test: 0.3 });
 * [await train.count(), await test.count()] // => [7, 3]
 * from.toISOString() // => "2026-01-08T00:00:00.000Z"
 * await engine.close();
 * ```
 * @see scikit-learn `TimeSeriesSplit`.
 */
export async function splitByTime<C extends Columns>(
  rows: Frame<C>,
  options: SplitByTimeOptions<keyof C & string>,
): Promise<TimeSplit<C>> {
  const at = "splitByTime";
  checkFrame(at, rows);
  checkNames(at, options, ["time", "test", "gapMs"]);
  const { time, test = 0.2, gapMs = 0 } = options;
  checkNumber(at, { test }, { above: 0, below: 1 });
  checkNumber(at, { gapMs }, { min: 0 });
  if (isHeldOut(rows)) fail("dataset/conflict-test-rows", {});
  const columns = Object.keys(rows.schema.columns);
  checkColumn(at, { time }, columns);
  const kind = rows.schema.columns[time]?.kind;
  if (kind === undefined) return fail("dataset/unknown-column", { at, column: time, columns });
  if (kind !== "timestamp") fail("dataset/mismatch-time", { column: time, kind });
  const start = await startOf(rows, time, test);
  const { engine, schema, sql } = rows;
  const origin = rows.origin && narrowed(rows.origin, [time]);
  const side = (condition: string): string =>
    `SELECT * FROM (${sql}) WHERE epoch_us(${quoteName(time)}) ${condition}`;
  const later = `>= ${start}`;
  const earlier = `< ${start - gapMs * 1000}`;
  const parts = { engine, schema, origin, dividedFrom: [...(rows.dividedFrom ?? []), sql] };
  const testRows = frame({ ...parts, sql: side(later), part: "test" });
  const trainRows = frame({ ...parts, sql: side(earlier), part: "train" });
  const moments = await testRows.texts(`epoch_us(${quoteName(time)})`);
  return {
    train: trainRows,
    test: testRows,
    fingerprint: hashOfJson(moments.filter((moment) => moment !== null).sort()),
    warnings: [],
    from: new Date(Math.floor(start / 1000)),
  };
}

/** The moment, in microseconds, from which on the share of the rows is nearest to what was asked. */
async function startOf(rows: Frame, time: string, share: number): Promise<number> {
  const t = `epoch_us(${quoteName(time)})`;
  const [counted] = await rows.engine.query(
    `SELECT count(*) AS n, count(*) - count(${quoteName(time)}) AS missing FROM (${rows.sql})`,
  );
  const [n, missing] = [Number(counted?.["n"]), Number(counted?.["missing"])];
  if (n === 0) fail("dataset/missing-rows", { at: "splitByTime" });
  if (missing > 0) fail("dataset/missing-time", { column: time, rows: missing });
  const [found] = await rows.engine.query(`
    SELECT t FROM (
      SELECT t, sum(n) OVER (ORDER BY t DESC) AS later FROM (
        SELECT ${t} AS t, count(*) AS n FROM (${rows.sql}) GROUP BY 1))
    WHERE later < ${n} ORDER BY abs(later - ${share * n}), t LIMIT 1`);
  const start = found?.["t"];
  return typeof start === "number"
    ? start
    : fail("dataset/missing-moments", { column: time, rows: n });
}
