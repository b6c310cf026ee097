/** @file The two targets of an expression: SQL for a whole table, a function for one row. */
import { invariant } from "../../core/index.ts";
import type { Cell, Cells, ColumnKind } from "../../flow.ts";
import { quoteName, quoteText } from "../sql-text.ts";
import { fail } from "./errors.ts";
import type { CallNode, ColumnNode, ExprNode, LiteralNode, Operand, Value } from "./node.ts";
import { findOperation } from "./operations/index.ts";
import { nanSql, numberSql, type Operation } from "./operations/operation.ts";

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
  const [only] = compileRows([expr.node], { number: 0 });
  invariant(only, "an expression compiles to a function");
  return (row) => scalar(only(row));
}

/**
 * The tokens of a text as a function of one row; null where the text is missing.
 *
 * @returns A function that throws as {@link toRow} does.
 * @example
 * ```ts
 * const notes = schema("notes", { note: text() });
 * toTokens(cells(notes).note.lower().tokens())({ note: "Slow, slow internet" }) // => ["slow", "slow", "internet"]
 * ```
 */
export function toTokens(expr: Compilable): (row: Cells) => readonly string[] | null {
  const [only] = compileRows([expr.node], { number: 0 });
  return (row) => {
    const tokens = only?.(row) ?? null;
    return isTokens(tokens) ? tokens : null;
  };
}

const isTokens = (value: Operand): value is readonly string[] => Array.isArray(value);

function scalar(value: Operand): Value {
  invariant(!isTokens(value), "tokens are read with toTokens");
  return value;
}

/**
 * Expressions as one function of a row: what is costly and stands in several of them, such as the
 * words of a text, is computed once a row.
 *
 * @returns A function that hands over each value with its place; throws as {@link toRow} does.
 * @example
 * ```ts
 * const people = schema("people", { age: int() });
 * const { age } = cells(people);
 * const values: unknown[] = [];
 * toRows([age, age.plus(1)])({ age: 40 }, (value, i) => { values[i] = value; });
 * values // => [40, 41]
 * ```
 */
export function toRows(
  exprs: readonly Compilable[],
): (row: Cells, take: (value: Value, index: number) => void) => void {
  const pass = { number: 0 };
  const all = compileRows(
    exprs.map(({ node }) => node),
    pass,
  );
  return (row, take) => {
    pass.number += 1;
    for (let i = 0; i < all.length; i++) take(scalar(all[i]?.(row) ?? null), i);
  };
}

/**
 * NaN becomes missing where it leaves the arithmetic, once: the engine writes `nullif` out as its
 * operand twice, so that doing it at every step would double the text with each.
 */
function nodeSql(node: ExprNode, inArithmetic = false): string {
  if (node.op === "column") return columnSql(node);
  if (node.op === "literal") return literalSql(node);
  const { sql, mayBeNan = false } = operationOf(node);
  const text = sql(...node.args.map((arg) => nodeSql(arg, mayBeNan)));
  return mayBeNan && !inArithmetic ? `nullif(${text}, ${nanSql})` : text;
}

function columnSql({ name, kind }: ColumnNode): string {
  const column = quoteName(name);
  if (kind === "int") return `CAST(${column} AS DOUBLE)`;
  if (kind === "float") return `nullif(CAST(${column} AS DOUBLE), ${nanSql})`;
  return kind === "timestamp" ? `CAST(epoch_ms(${column}) AS DOUBLE)` : column;
}

function literalSql({ value }: LiteralNode): string {
  if (typeof value === "string") return quoteText(value);
  if (typeof value === "boolean") return String(value);
  return numberSql(value);
}

type RowFunction = (row: Cells) => Operand;

/** Which row is being computed; what was kept of another is not used. 0: nothing is kept. */
interface Pass {
  number: number;
}

function compileRows(nodes: readonly ExprNode[], pass: Pass): readonly RowFunction[] {
  const kept = new Map<string, RowFunction>();
  const compile = (node: ExprNode): RowFunction => {
    if (node.op === "literal") return () => node.value;
    if (node.op === "column") {
      const read = readers[node.kind];
      return (row) => read(row[node.name], node.name);
    }
    const operation = operationOf(node);
    const args = node.args.map(compile);
    if (!operation.costly) return applied(operation, args);
    const key = JSON.stringify(node);
    const found = kept.get(key) ?? keeping(applied(operation, args), pass);
    kept.set(key, found);
    return found;
  };
  return nodes.map(compile);
}

/** The operation applied to its arguments; the common cases without an array a row. */
function applied({ row: apply }: Operation, args: readonly RowFunction[]): RowFunction {
  const [first, second, third] = args;
  if (args.length === 1 && first !== undefined) return (row) => apply(first(row));
  if (args.length === 2 && first !== undefined && second !== undefined)
    return (row) => apply(first(row), second(row));
  if (args.length === 3 && first !== undefined && second !== undefined && third !== undefined)
    return (row) => apply(first(row), second(row), third(row));
  return (row) => apply(...args.map((arg) => arg(row)));
}

/** Keeps the value of the row that is being computed. */
function keeping(compute: RowFunction, pass: Pass): RowFunction {
  let [at, value]: [number, Operand] = [0, null];
  return (row) => {
    if (pass.number === 0) return compute(row);
    if (pass.number !== at) {
      value = compute(row);
      at = pass.number;
    }
    return value;
  };
}

function operationOf({ operation: name, params }: CallNode): Operation {
  const operation = findOperation(name, params);
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
