/** @file A lazy, typed relation: a SELECT over the engine, and the types of its rows. */

import { hashOf } from "../core/index.ts";
import type { Hash } from "../flow.ts";
import type { Engine } from "./adapter/duckdb.ts";
import type { TakeDoubles } from "./adapter/duckdb-doubles.ts";
import { type BoolExpr, type CellsOf, cells, type ExprNode, toSql } from "./expr/index.ts";
import { narrowed, type RowOrigin } from "./lineage/origin.ts";
import type { Columns, Row, Schema } from "./schema.ts";
import { quoteName } from "./sql-text.ts";

/** Rows of any columns, for work that finds out at run time which there are. */
export interface AnyRows {
  readonly schema: Schema;
  readonly engine: Engine;
  /** A SELECT of exactly the schema's columns. */
  readonly sql: string;
  /** Where the rows come from; absent where nobody knows. A write records it. */
  readonly origin?: RowOrigin;
  /** Columns whose times had no zone in the query that gave them, and are taken as UTC. */
  readonly localTimes?: readonly string[];
}

/** What the rows of a split are for: to learn from, to choose by, to judge by in the end. */
export type FramePart = "train" | "validation" | "test";

/** Whether rows were set aside, so that nothing may learn from them. */
export const isHeldOut = ({ part }: { readonly part?: FramePart | undefined }): boolean =>
  part === "validation" || part === "test";

/** Rows that are known by the query that makes them. Nothing is read until it is asked for. */
export interface Frame<C extends Columns = Columns> extends AnyRows {
  readonly schema: Schema<C>;
  /** Set by `split` and `frameFolds`: what these rows may be used for. */
  readonly part?: FramePart;
  /** The SELECTs that `split` divided, from the whole to this part: what was fitted on one of them knows the test rows. */
  readonly dividedFrom?: readonly string[];
  /** All rows; whole numbers past 2^53 are refused, not rounded. */
  rows(): Promise<readonly Row<C>[]>;
  count(): Promise<number>;
  /** The rows for which the condition is true (not false, not missing). */
  where(condition: (columns: CellsOf<C>) => BoolExpr): Frame<C>;
  /** One array per SQL expression, in row order; a missing value is NaN. */
  numbers(expressions: readonly string[]): Promise<Float64Array<ArrayBuffer>[]>;
  /** The same some thousand rows at a time, in row order. */
  takeNumbers(expressions: readonly string[], how: TakeDoubles): Promise<void>;
  /** The values of a SQL expression as text, in row order. */
  texts(expression: string): Promise<readonly (string | null)[]>;
  /** The hash of the schema's columns and all rows in order, leaving some columns out. */
  hash(without?: readonly string[]): Promise<Hash>;
}

/** What a frame is made of. */
export interface FrameSource<C extends Columns> {
  readonly engine: Engine;
  readonly schema: Schema<C>;
  /** A SELECT of exactly the schema's columns, or what makes it when it is first asked for. */
  readonly sql: string | (() => string);
  readonly part?: FramePart;
  /** The SELECTs that were divided, from the whole to this part. */
  readonly dividedFrom?: readonly string[];
  /** A SELECT that may leave out rows which do not meet the conditions: a table skips files by it. */
  readonly narrow?: ((conditions: readonly ExprNode[]) => string) | undefined;
  /** What must stay as it is while anybody holds the frame: a table's lease on its files. */
  readonly keep?: unknown;
  /** Where the rows come from, of the schema's columns; unknown when it is not said. */
  readonly origin?: RowOrigin | undefined;
  /** Columns whose times had no zone in the query, and are taken as UTC. */
  readonly localTimes?: readonly string[] | undefined;
}

/** Makes a frame from a SELECT whose columns are the schema's. */
export function frame<C extends Columns>(source: FrameSource<C>): Frame<C> {
  const { engine, schema } = source;
  const names = Object.keys(schema.columns);
  const part = source.part === undefined ? {} : { part: source.part };
  let made = typeof source.sql === "string" ? source.sql : undefined;
  const sql = (): string => {
    made ??= typeof source.sql === "string" ? source.sql : source.sql();
    return made;
  };
  return {
    engine,
    schema,
    get sql() {
      return sql();
    },
    ...part,
    ...(source.dividedFrom === undefined ? {} : { dividedFrom: source.dividedFrom }),
    ...(source.origin === undefined ? {} : { origin: source.origin }),
    ...(source.localTimes === undefined ? {} : { localTimes: source.localTimes }),
    rows: async () => (await engine.query(sql())) as readonly Row<C>[],
    count: async () => {
      const [row] = await engine.query(`SELECT count(*) AS n FROM (${sql()})`);
      return Number(row?.["n"]);
    },
    where: (condition) => {
      const chosen = condition(cells(schema));
      const rows = source.narrow?.([chosen.node]) ?? sql();
      return frame({
        ...source,
        sql: `SELECT * FROM (${rows}) WHERE ${toSql(chosen)}`,
        narrow: source.narrow && narrowBy(source.narrow, chosen),
        origin: source.origin && narrowed(source.origin, chosen.reads),
      });
    },
    numbers: async (expressions) =>
      expressions.length === 0 ? [] : engine.doubles(numbersSql(expressions, sql())),
    takeNumbers: async (expressions, how) => {
      if (expressions.length > 0) await engine.takeDoubles(numbersSql(expressions, sql()), how);
    },
    texts: async (expression) => {
      const rows = await engine.query(`SELECT (${expression})::VARCHAR AS t FROM (${sql()})`);
      return rows.map((row) => row["t"] as string | null);
    },
    hash: async (without = []) => {
      const kept = names.filter((name) => !without.includes(name));
      return hashRows(engine, { sql: sql(), kept });
    },
  };
}

function numbersSql(expressions: readonly string[], rows: string): string {
  const select = expressions.map((e, i) => `(${e})::DOUBLE AS c${i}`);
  return `SELECT ${select.join(", ")} FROM (${rows})`;
}

/** Narrows by a condition that holds for all rows, and by those that come. */
const narrowBy =
  (narrow: NonNullable<FrameSource<Columns>["narrow"]>, chosen: BoolExpr) =>
  (conditions: readonly ExprNode[]): string =>
    `SELECT * FROM (${narrow([chosen.node, ...conditions])}) WHERE ${toSql(chosen)}`;

/** Hashes rows in order: each row is written as one JSON list, and the lists are hashed. */
async function hashRows(
  engine: Engine,
  { sql, kept }: { sql: string; kept: readonly string[] },
): Promise<Hash> {
  const cellsSql = kept.map((name) => `to_json(${quoteName(name)})`).join(", ");
  const rows = await engine.query(`SELECT json_array(${cellsSql})::VARCHAR AS r FROM (${sql})`);
  return hashOf(`${JSON.stringify(kept)}\n${rows.map((row) => row["r"]).join("\n")}`);
}
