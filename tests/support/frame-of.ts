/** @file A frame of a few typed rows, for tests of what works on frames. */
import type { Cell, Cells, ColumnKind } from "../../src/flow.ts";
import { duckTypes } from "../../src/table/adapter/duckdb.ts";
import {
  type Columns,
  type Engine,
  type Frame,
  frame,
  quoteName,
  quoteText,
  type Schema,
} from "../../src/table/index.ts";

/** The rows as a query that holds them. Columns that a row leaves out are missing. */
export function frameOf<C extends Columns>(
  engine: Engine,
  schema: Schema<C>,
  rows: readonly Cells[],
): Frame<C> {
  const columns = Object.entries(schema.columns);
  const select = (row: Cells, more = "") =>
    `SELECT ${columns.map(([name, { kind }]) => `${cellSql(row[name] ?? null, kind)} AS ${quoteName(name)}`).join(", ")}${more}`;
  const sql =
    rows.length === 0
      ? select({}, " WHERE false")
      : rows.map((row) => select(row)).join(" UNION ALL ");
  return frame({ engine, schema, sql });
}

function cellSql(cell: Cell, kind: ColumnKind): string {
  const type = duckTypes[kind];
  if (cell === null) return `NULL::${type}`;
  if (cell instanceof Date) return `to_timestamp(${cell.getTime() / 1000})`;
  return `${quoteText(Object.is(cell, -0) ? "-0" : String(cell))}::${type}`;
}
