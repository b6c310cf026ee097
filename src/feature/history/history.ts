/** @file What came before each row of an entity: one definition for tables and for streams. */
import { checkNames } from "../../core/index.ts";
import {
  type AnyRows,
  type CellsOf,
  type Column,
  type Columns,
  cells,
  checkFrame,
  type Frame,
  float,
  frame,
  narrowed,
  quoteName,
  type RowOrigin,
  type Schema,
  schema,
} from "../../table/index.ts";
import { fail } from "../errors.ts";
import { historySql, tiesSql } from "./history-sql.ts";
import { type HistoryStream, historyStream } from "./history-stream.ts";
import type { HistoryMeasure } from "./measures.ts";

/** Whose history is told, and in which order. */
export interface EntityHistoryOptions<N extends string = string> {
  /** The columns of whom a row is about. */
  readonly entity: N | readonly N[];
  /** The column of the row's moment. */
  readonly time: N;
}

/** The columns of numbers, nullable, that measures become. */
export type HistoryColumns<M> = {
  readonly [N in keyof M & string]: Column<number | null, "float">;
};

/** A definition of what is told of the rows before. */
export interface EntityHistory<C extends Columns, M> {
  /** The columns that are added. */
  readonly names: readonly (keyof M & string)[];
  /**
   * The rows with the measures as more columns, by SQL. Rows are split after: on one side of a split the
   * history would begin anew, and as it is closed on the past nothing of the test side gets into training.
   *
   * @throws `feature/conflict-divided-rows` for one side of a split, `feature/duplicate-moments` when two rows of an entity have one moment,
   * `feature/missing-moments`
   */
  apply(rows: Frame<C>): Promise<Frame<C & HistoryColumns<M>>>;
  /** An empty stream, which gives rows that come in order what `apply` gives them in a table. */
  stream(): HistoryStream;
}

/**
 * Tells of each row what the rows of its entity before it were: closed on the past, so that no later
 * row, nor another of the same moment, ever changes a number.
 *
 * @param from - The schema of the rows.
 * @param options - Whose history, and in which order.
 * @param define - Gets the columns as expressions, gives measures by name.
 * @returns The definition, for tables (`apply`) and for streams (`stream`).
 * @throws `feature/unknown-column`, `feature/missing-features`, `feature/duplicate-names`,
 * `feature/mismatch-time`, `option/unknown-name`
 * @example
 * ```ts
 * const engine = await openEngine();
 * const sales = schema("sales", { shop: text(), day: timestamp(), sold: int() });
 * const recent = history(sales, { entity: "shop", time: "day" }, (c) => ({
 *   before: lag(c.sold),
 *   week: rolling(c.sold, "mean", { days: 7 }),
 *   change: delta(c.sold),
 * }));
 * const sql = "SELECT 'a' AS shop, TIMESTAMPTZ '2026-01-01' + to_days(i) AS day, i * i AS sold FROM range(3) t(i)";
 * const rows = await (await recent.apply(frame({ engine, schema: sales, sql }))).rows();
 * rows.map(({ before, week, change }) => [before, week, change]) // => [[null, null, null], [0, 0, 1], [1, 0.5, 3]]
 * await engine.close();
 * ```
 * @see pandas `groupby().shift()`, `rolling(closed="left")`, `diff()`; Spark `Window.rowsBetween`.
 */
export function history<C extends Columns, M extends Readonly<Record<string, HistoryMeasure>>>(
  from: Schema<C>,
  options: EntityHistoryOptions<keyof C & string>,
  define: (columns: CellsOf<C>) => M,
): EntityHistory<C, M> {
  checkNames("history", options, ["entity", "time"]);
  const { entity, time } = options;
  const keys = { entity: typeof entity === "string" ? [entity] : [...entity], time };
  const columns = Object.keys(from.columns);
  for (const column of [...keys.entity, time])
    if (!columns.includes(column))
      fail("feature/unknown-column", { at: "history", column, columns });
  const kind = from.columns[time]?.kind ?? "missing";
  if (kind !== "timestamp") fail("feature/mismatch-time", { at: "history", column: time, kind });
  const measures = Object.entries<HistoryMeasure>(define(cells(from)));
  if (measures.length === 0 || keys.entity.length === 0)
    fail("feature/missing-features", { at: "history" });
  for (const [name] of measures)
    if (columns.includes(name)) fail("feature/duplicate-names", { at: "history", name });
  const added = Object.fromEntries(
    measures.map(([name]) => [name, float({ nullable: true })]),
  ) as HistoryColumns<M>;
  return {
    names: measures.map(([name]) => name),
    stream: () => historyStream(measures, keys),
    apply: async (rows) => {
      checkFrame("history, apply", rows);
      if (rows.part !== undefined) fail("feature/conflict-divided-rows", { part: rows.part });
      await checkMoments(rows, keys);
      const whole = { ...rows.schema.columns, ...added };
      return frame({
        engine: rows.engine,
        schema: schema(rows.schema.name, whole),
        sql: historySql(rows.sql, Object.keys(rows.schema.columns), { measures, keys }),
        origin: rows.origin && originWith(rows.origin, measures, [...keys.entity, time]),
      });
    },
  };
}

async function checkMoments(
  rows: AnyRows,
  keys: { readonly entity: readonly string[]; readonly time: string },
): Promise<void> {
  const { time } = keys;
  const [counted] = await rows.engine.query(
    `SELECT count(*) - count(${quoteName(time)}) AS n FROM (${rows.sql})`,
  );
  const missing = Number(counted?.["n"]);
  if (missing > 0) fail("feature/missing-moments", { at: "history", column: time, rows: missing });
  const [tie] = await rows.engine.query(tiesSql(rows.sql, keys));
  if (tie === undefined) return;
  const entity = keys.entity.map((name) => String(tie[name])).join(", ");
  fail("feature/duplicate-moments", { entity, moment: String(tie[time]), rows: Number(tie["n"]) });
}

/** Measures come from the columns they read, of rows that the keys decide. */
function originWith(
  origin: RowOrigin,
  measures: readonly (readonly [string, HistoryMeasure])[],
  keys: readonly string[],
): RowOrigin {
  const made = measures.map(([name, { of }]) => {
    const parts = [...of.reads, ...keys].map(
      (column) => origin.columns.get(column) ?? { from: [], unknown: true },
    );
    const from = parts.flatMap((part) => part.from);
    return [name, { from, unknown: parts.some((part) => part.unknown) }] as const;
  });
  return narrowed({ ...origin, columns: new Map([...origin.columns, ...made]) }, []);
}
