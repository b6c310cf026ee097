/** @file Rows on their way into a table: checked, and handed on as a SELECT of exactly its columns. */
import { quote } from "../core/index.ts";
import type { Cell, ColumnKind } from "../flow.ts";
import type { Engine, EngineColumn } from "./adapter/duckdb.ts";
import { fail } from "./errors.ts";
import type { Frame } from "./frame.ts";
import { originOf, type RowOrigin, unknownOrigin } from "./lineage/origin.ts";
import type { Columns, Row, Schema } from "./schema.ts";
import { quoteName } from "./sql-text.ts";

/** Rows to write: typed objects, or a frame of the same columns. */
export type RowSource<C extends Columns> = readonly Row<C>[] | Frame<C>;

/** What rows are checked against. */
export interface Target<C extends Columns> {
  readonly name: string;
  readonly schema: Schema<C>;
  readonly engine: Engine;
}

/** Rows in memory as something that a table's rows come from. */
const inMemory = { kind: "rows" } as const;

/** Where the rows of a source come from. */
export function originOfRows<C extends Columns>(
  source: RowSource<C>,
  schema: Schema<C>,
): RowOrigin {
  const names = Object.keys(schema.columns);
  if (!("sql" in source)) return originOf(inMemory, names);
  return source.origin ?? unknownOrigin(names);
}

/**
 * Hands the work a SELECT of exactly the schema's columns.
 *
 * @throws `table/mismatch-columns`, `table/mismatch-value`
 */
export async function withSource<C extends Columns, T>(
  { name, schema, engine }: Target<C>,
  source: RowSource<C>,
  work: (sql: string) => Promise<T>,
): Promise<T> {
  const names = Object.keys(schema.columns);
  const select = names.map(quoteName).join(", ");
  if ("sql" in source) {
    checkNames(name, names, Object.keys(source.schema.columns));
    return work(`SELECT ${select} FROM (${source.sql})`);
  }
  for (const row of source) checkNames(name, names, Object.keys(row as object));
  const columns = names.map((column) => ({
    name: column,
    kind: schema.columns[column]?.kind ?? "text",
  }));
  const rows = (source as readonly Readonly<Record<string, Cell>>[]).map((row) =>
    columns.map((column) => checkCell(name, column, row[column.name] ?? null)),
  );
  return engine.withRows({ columns, cells: rows }, (table) =>
    work(`SELECT ${select} FROM ${table}`),
  );
}

const fits: Readonly<Record<ColumnKind, (cell: Cell) => boolean>> = {
  text: (cell) => typeof cell === "string" && cell.isWellFormed(),
  category: (cell) => typeof cell === "string" && cell.isWellFormed(),
  int: (cell) => Number.isSafeInteger(cell),
  float: (cell) => typeof cell === "number",
  bool: (cell) => typeof cell === "boolean",
  timestamp: (cell) => cell instanceof Date && !Number.isNaN(cell.getTime()),
};

/** Why a cell of untyped code is not of its column's kind; undefined when it is. */
export function cellFault({ name, kind }: EngineColumn, cell: Cell): string | undefined {
  if (cell === null || fits[kind](cell)) return undefined;
  const held = `column ${quote(name)} holds ${kind}, got ${typeof cell} ${String(cell)}`;
  if (kind !== "timestamp" || cell instanceof Date) return held;
  return `${held}; pass a Date, such as new Date("2026-01-31T09:00:00Z")`;
}

function checkCell(table: string, column: EngineColumn, cell: Cell): Cell {
  const reason = cellFault(column, cell);
  return reason === undefined ? cell : fail("table/mismatch-value", { name: table, reason });
}

/** Both lists name the same columns. Throws `table/mismatch-columns`. */
export function checkNames(
  table: string,
  expected: readonly string[],
  given: readonly string[],
): void {
  const missing = expected.filter((name) => !given.includes(name));
  const extra = given.filter((name) => !expected.includes(name));
  if (missing.length > 0 || extra.length > 0)
    fail("table/mismatch-columns", { name: table, missing, extra });
}
