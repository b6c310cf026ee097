/** @file What an update sets: expressions and cells by column, as SQL of exactly the column's type. */
import { list, quote } from "../core/index.ts";
import type { Cell, ColumnKind } from "../flow.ts";
import { duckTypes } from "./adapter/duckdb.ts";
import { fail } from "./errors.ts";
import { type Expr, type ExprKind, toSql } from "./expr/index.ts";
import type { CellOf, Columns, Schema } from "./schema.ts";
import { cellFault } from "./source.ts";
import { quoteName, quoteText } from "./sql-text.ts";

/** The expressions that a column of each kind takes. */
interface ExprFor {
  readonly text: Expr<"text" | "category">;
  readonly category: Expr<"text" | "category">;
  readonly int: Expr<"number">;
  readonly float: Expr<"number">;
  readonly bool: Expr<"bool">;
  readonly timestamp: Expr<"timestamp">;
}

/** Values by column: a cell, or an expression of the column's kind. */
export type Assignments<C extends Columns> = {
  readonly [N in keyof C & string]?: CellOf<C[N]> | ExprFor[C[N]["kind"]];
};

const takes: Readonly<Record<ColumnKind, readonly ExprKind[]>> = {
  text: ["text", "category"],
  category: ["text", "category"],
  int: ["number"],
  float: ["number"],
  bool: ["bool"],
  timestamp: ["timestamp"],
};

/**
 * The values as SQL by column. A number with a fraction is refused in a column of whole numbers when
 * the SQL runs.
 *
 * @throws `table/unknown-column`, `table/mismatch-value`
 */
export function assignSql(
  at: string,
  schema: Schema,
  set: Readonly<Record<string, unknown>>,
): ReadonlyMap<string, string> {
  const columns = Object.keys(schema.columns);
  const sql = new Map<string, string>();
  for (const [column, value] of Object.entries(set)) {
    const kind = schema.columns[column]?.kind;
    if (kind === undefined) return fail("table/unknown-column", { at, column, columns });
    if (value === undefined) continue;
    sql.set(
      column,
      isExpr(value) ? exprSql(at, { column, kind }, value) : cellSql(at, { column, kind }, value),
    );
  }
  return sql;
}

/** The columns that each value is made of; a cell is made of none. */
export const readsOfAssigned = (
  set: Readonly<Record<string, unknown>>,
): ReadonlyMap<string, readonly string[]> =>
  new Map(
    Object.entries(set)
      .filter(([, value]) => value !== undefined)
      .map(([column, value]) => [column, isExpr(value) ? value.reads : []]),
  );

interface Target {
  readonly column: string;
  readonly kind: ColumnKind;
}

const isExpr = (value: unknown): value is Expr =>
  typeof value === "object" && value !== null && "node" in value && "reads" in value;

function exprSql(at: string, { column, kind }: Target, value: Expr): string {
  if (!takes[kind].includes(value.kind)) {
    const reason = `column ${quote(column)} holds ${kind}, got an expression of ${value.kind}; expected ${list(takes[kind])}`;
    fail("table/mismatch-value", { name: at, reason });
  }
  const { node } = value;
  const type = duckTypes[kind];
  // A column as it is keeps what a double or a millisecond could not hold.
  if (node.op === "column" && node.kind === kind) return `CAST(${quoteName(node.name)} AS ${type})`;
  const sql = toSql(value);
  if (kind === "timestamp") return `make_timestamptz(CAST(round(${sql} * 1000) AS BIGINT))`;
  if (kind !== "int") return `CAST(${sql} AS ${type})`;
  const wrong = quoteText(`Conversion Error: a number with a fraction for column ${quote(column)}`);
  return `CAST(CASE WHEN ${sql} = trunc(${sql}) OR ${sql} IS NULL THEN ${sql} ELSE error(${wrong}) END AS BIGINT)`;
}

function cellSql(at: string, { column, kind }: Target, value: unknown): string {
  const reason = cellFault({ name: column, kind }, value as Cell);
  if (reason !== undefined) fail("table/mismatch-value", { name: at, reason });
  const type = duckTypes[kind];
  if (value === null) return `CAST(NULL AS ${type})`;
  if (value instanceof Date) return `make_timestamptz(${value.getTime() * 1000})`;
  return `CAST(${quoteText(String(value))} AS ${type})`;
}
