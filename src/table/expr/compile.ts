/** @file The two targets of an expression: SQL for a whole table, a function for one row. */
import { invariant } from "../../core/index.ts";
import type { Cells } from "../../flow.ts";
import { compileMatrix, type MatrixProgram } from "./matrix-program.ts";
import type { ExprNode, Operand, Value } from "./node.ts";
import { nodeSql } from "./node-sql.ts";
import { compileProgram } from "./program.ts";

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
  const program = compileProgram([expr.node]);
  return (row) => {
    program.run(row);
    const value = program.value(0);
    invariant(!isTokens(value), "tokens are read with toTokens");
    return value;
  };
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
  const program = compileProgram([expr.node]);
  return (row) => {
    program.run(row);
    const tokens = program.value(0);
    return isTokens(tokens) ? tokens : null;
  };
}

/** An array of its own for each row takes longer to make than to fill: so many share their bytes. */
const rowsInSlab = 32;

const isTokens = (value: Operand): value is readonly string[] => Array.isArray(value);

/**
 * Expressions of numbers and truth values as one function of a row, [d]: NaN where missing, 1 for true and
 * 0 for false. What stands in several of them, such as the words of a text, is computed once a row.
 *
 * @returns A function that throws as {@link toRow} does.
 * @example
 * ```ts
 * const people = schema("people", { age: int() });
 * const { age } = cells(people);
 * toRows([age, age.isAtLeast(18)])({ age: 40 }) // => Float64Array.of(40, 1)
 * ```
 */
export function toRows(exprs: readonly Compilable[]): (row: Cells) => Float64Array<ArrayBuffer> {
  const program = compileProgram(exprs.map(({ node }) => node));
  const width = exprs.length;
  let [slab, used] = [new Float64Array(0), 0];
  return (row) => {
    program.run(row);
    if (used === slab.length) [slab, used] = [new Float64Array(rowsInSlab * width), 0];
    const numbers = slab.subarray(used, used + width);
    used += width;
    program.write(numbers);
    return numbers;
  };
}

/**
 * Expressions of numbers and truth values as a matrix, [n, d]: what {@link toRows} gives for each row, bit for
 * bit, from the columns that `sql` asks the engine for.
 *
 * @param exprs - One a column; of several for one column, each row has the one that is chosen for it.
 * @example
 * ```ts
 * const people = schema("people", { age: int() });
 * const { sql, fill } = toMatrix([cells(people).age.plus(1)]);
 * sql // => ['CAST("age" AS DOUBLE)']
 * const found = new Float64Array(2);
 * fill([Float64Array.of(40, 20)], found);
 * found // => Float64Array.of(41, 21)
 * ```
 */
export function toMatrix(exprs: readonly (Compilable | readonly Compilable[])[]): MatrixProgram {
  return compileMatrix(exprs.map((of) => ("node" in of ? [of.node] : of.map(({ node }) => node))));
}
