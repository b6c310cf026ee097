/** @file The series of a frame: rows of a time, a value and, of many series, an id. */
import { checkNames, failWith } from "../../core/index.ts";
import { type Columns, checkFrame, type Frame, quoteName, tableErrors } from "../../table/index.ts";
import { fail } from "../errors.ts";
import { type Series, type SeriesOptions, type SeriesRows, seriesOfRows } from "./series.ts";

const failTable = failWith(tableErrors);

/** Which columns of a frame make its series. */
export interface SeriesColumns<Name extends string = string> extends SeriesOptions {
  /** A timestamp column. */
  readonly time: Name;
  /** A column of numbers. */
  readonly value: Name;
  /** Which series a row belongs to; without it all rows are of one. */
  readonly id?: Name;
}

/**
 * The series of a frame, by id. All have one frequency; each has its own first and last time.
 *
 * @param rows - Read once.
 * @param columns - Time, value, id, and how holes are handled.
 * @returns One series per id, sorted by id.
 * @throws as {@link series}; also `table/unknown-column`, `forecast/mismatch-kind`,
 *   `forecast/missing-time`, `forecast/missing-series`
 * @example
 * ```ts
 * await using lake = await openLake("./lake");
 * const sales = lake.table("shop.sales", schema("sales", { day: timestamp(), shop: text(), sold: int() }));
 * const day = (n: number) => new Date(Date.UTC(2026, 0, n));
 * await sales.append([1, 2, 3].flatMap((n) => ["a", "b"].map((shop) => ({ day: day(n), shop, sold: n }))));
 * const all = await seriesOf(await sales.read(), { time: "day", value: "sold", id: "shop" });
 * all.map(({ id, values }) => [id, values.length]) // => [["a", 3], ["b", 3]]
 * ```
 */
export async function seriesOf<C extends Columns>(
  rows: Frame<C>,
  columns: SeriesColumns<keyof C & string>,
): Promise<readonly Series[]> {
  const at = "seriesOf";
  checkNames(at, columns, ["time", "value", "id", "frequency", "missing"]);
  const { time, value, id, ...options } = columns;
  checkKind(rows, time, ["timestamp"]);
  checkKind(rows, value, ["int", "float"]);
  if (id !== undefined) checkKind(rows, id, ["text", "category", "int", "bool"]);
  const name = id === undefined ? "''" : `${quoteName(id)}::VARCHAR`;
  const found = await rows.engine.query(
    `SELECT DISTINCT ${name} AS id FROM (${rows.sql}) ORDER BY id NULLS LAST`,
  );
  const ids = found.map((row) => row["id"]);
  const [times = [], values = [], numbers = []] = await rows.numbers([
    `epoch_ms(${quoteName(time)})`,
    quoteName(value),
    `dense_rank() OVER (ORDER BY ${name} NULLS LAST) - 1`,
  ]);
  checkWhole(times, "a time");
  if (ids.at(-1) === null)
    checkWhole(
      Array.from(numbers, (n) => (n === ids.length - 1 ? Number.NaN : n)),
      "an id",
    );
  if (ids.length === 0) fail("forecast/missing-series", { at });
  return seriesOfRows(at, parted(ids.map(String), { times, values, numbers }), options);
}

interface Rows {
  readonly times: ArrayLike<number>;
  readonly values: ArrayLike<number>;
  /** Of the series of each row. */
  readonly numbers: ArrayLike<number>;
}

function parted(ids: readonly string[], { times, values, numbers }: Rows): readonly SeriesRows[] {
  const places = ids.map((): number[] => []);
  for (let row = 0; row < numbers.length; row++) places[numbers[row] ?? 0]?.push(row);
  return ids.map((id, i) => ({
    id,
    timesMs: Float64Array.from(places[i] ?? [], (row) => times[row] ?? Number.NaN),
    values: Float64Array.from(places[i] ?? [], (row) => values[row] ?? Number.NaN),
  }));
}

function checkWhole(numbers: ArrayLike<number>, what: string): void {
  const rows = Array.from(numbers).filter(Number.isNaN).length;
  if (rows > 0) fail("forecast/missing-time", { at: "seriesOf", rows, what });
}

function checkKind<C extends Columns>(
  rows: Frame<C>,
  column: string,
  kinds: readonly string[],
): void {
  const at = "seriesOf";
  checkFrame(at, rows);
  const names = Object.keys(rows.schema.columns);
  const kind = rows.schema.columns[column]?.kind;
  if (kind === undefined) failTable("table/unknown-column", { at, column, columns: names });
  else if (!kinds.includes(kind))
    fail("forecast/mismatch-kind", { at, column, expected: kinds.join(" or "), got: kind });
}
