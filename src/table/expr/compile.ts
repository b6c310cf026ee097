/** @file The two targets of an expression: SQL for a whole table, a function for one row. */
import { invariant } from "../../core/index.ts";
import type { Cell, Cells, ColumnKind } from "../../flow.ts";
import { quoteName, quoteText } from "../sql-text.ts";
import { fail } from "./errors.ts";
import type { ColumnNode, ExprNode, LiteralNode, Value } from "./node.ts";
import { nanSql, type Operation, operations } from "./operations.ts";

/** What can be compiled: an expression, or the plain node inside one. */
export interface Compilable {
  readonly node: ExprNode;
}

/**
 * The expression in DuckDB's SQL, over columns quoted by name. Numbers are DOUBLE and never NaN, a
 * timestamp is its milliseconds since 1970 as DOUBLE, missing is NULL.
 *
 * @returns SQL that may stand wherever a value may.
 * @example
 * ```ts
 * const people = schema("people", { age: int({ nullable: true }) });
 * toSql(cells(people).age.isAtLeast(18)) // => `('18'::DOUBLE <= CAST("age" AS DOUBLE))`
 * ```
 */
export function toSql(expr: Compilable): string {
  return nodeSql(expr.node);
}

/**
 * The expression as a function of one row, equal to {@link toSql} on every row (a law in the
 * tests). Below a microsecond a row.
 *
 * @returns A function that throws `table/mismatch-type` when a cell it reads is of another type.
 * @example
 * ```ts
 * const people = schema("people", { age: int({ nullable: true }) });
 * const adult = toRow(cells(people).age.isAtLeast(18));
 * adult({ age: 40 }) // => true
 * adult({ age: null }) // => null
 * ```
 */
export function toRow(expr: Compilable): (row: Cells) => Value {
  return nodeRow(expr.node);
}

/**
 * NaN becomes missing where it leaves the arithmetic, once: the engine writes `nullif` out as its
 * operand twice, so that doing it at every step would double the text with each.
 */
function nodeSql(node: ExprNode, inArithmetic = false): string {
  if (node.op === "column") return columnSql(node);
  if (node.op === "literal") return literalSql(node);
  const { sql, mayBeNan = false } = operationOf(node.operation);
  const text = sql(...node.args.map((arg) => nodeSql(arg, mayBeNan)));
  return mayBeNan && !inArithmetic ? `nullif(${text}, ${nanSql})` : text;
}

function columnSql({ name, kind }: ColumnNode): string {
  const column = quoteName(name);
  if (kind === "int") return `CAST(${column} AS DOUBLE)`;
  if (kind === "float") return `nullif(CAST(${column} AS DOUBLE), ${nanSql})`;
  return kind === "timestamp" ? `CAST(epoch_ms(${column}) AS DOUBLE)` : column;
}

/** A number is written in its shortest exact form, so that it is not read as a DECIMAL. */
function literalSql({ value }: LiteralNode): string {
  if (typeof value === "string") return quoteText(value);
  if (typeof value === "boolean") return String(value);
  return `'${value}'::DOUBLE`;
}

function nodeRow(node: ExprNode): (row: Cells) => Value {
  if (node.op === "literal") return () => node.value;
  if (node.op === "column") {
    const read = readers[node.kind];
    return (row) => read(row[node.name], node.name);
  }
  const { row: apply } = operationOf(node.operation);
  const args = node.args.map(nodeRow);
  const [first, second] = args;
  if (args.length === 2 && first !== undefined && second !== undefined)
    return (row) => apply(first(row), second(row)); // the common case, without an array a row
  return (row) => apply(...args.map((arg) => arg(row)));
}

function operationOf(name: string): Operation {
  const operation = operations.get(name);
  invariant(operation, `the operation ${JSON.stringify(name)} of a checked expression is known`);
  return operation;
}

type Reader = (cell: Cell | undefined, column: string) => Value;

const number = (cell: number): number | null => (Number.isNaN(cell) ? null : cell);
const mismatch = (column: string, expected: string, got: unknown): never =>
  fail("table/mismatch-type", { column, expected, got });
const text: Reader = (cell, column) =>
  typeof cell === "string" || cell === null ? cell : mismatch(column, "text", cell);

/** How a cell of each kind of column is read: checked, a NaN as null, a moment as milliseconds. */
const readers: Readonly<Record<ColumnKind, Reader>> = {
  text,
  category: text,
  bool: (cell, column) =>
    typeof cell === "boolean" || cell === null ? cell : mismatch(column, "true or false", cell),
  float: (cell, column) => {
    if (cell === null) return null;
    return typeof cell === "number" ? number(cell) : mismatch(column, "a number", cell);
  },
  int: (cell, column) => {
    if (cell === null || Number.isNaN(cell)) return null;
    const whole = typeof cell === "number" && Number.isInteger(cell);
    return whole ? cell : mismatch(column, "a whole number", cell);
  },
  timestamp: (cell, column) => {
    if (cell === null) return null;
    const moment = cell instanceof Date ? number(cell.getTime()) : null;
    return moment ?? mismatch(column, "a valid Date", cell);
  },
};
