/** @file Making and reading the matrices of flow.ts. */
import type { Matrix } from "../flow.ts";
import { fail } from "./errors.ts";

/**
 * A matrix from its rows. O(n·d).
 *
 * @param rows - n rows of d numbers each; NaN is a missing value. No rows give shape [0, 0].
 * @returns Shape [n, d].
 * @throws `tensor/mismatch-shape` when the rows are not equally long.
 * @example
 * ```ts
 * const x = matrix([[1, 2], [3, 4], [5, 6]]);
 * x.rows // => 3
 * x.data[1 * x.cols + 0] // => 3
 * ```
 */
export function matrix(rows: readonly (readonly number[])[]): Matrix {
  const cols = rows[0]?.length ?? 0;
  const data = new Float64Array(rows.length * cols);
  for (const [i, row] of rows.entries()) {
    if (row.length !== cols)
      fail("tensor/mismatch-shape", {
        at: "matrix",
        expected: `${cols} numbers in row ${i}, as in row 0`,
        got: `${row.length}`,
      });
    data.set(row, i * cols);
  }
  return { rows: rows.length, cols, data };
}

/**
 * A matrix with one more column at its right, filled with ones: the bias as a feature. O(n·d).
 *
 * @param x - Shape [n, d].
 * @returns Shape [n, d + 1].
 * @example
 * ```ts
 * withOnes(matrix([[5], [6]])).data // => Float64Array.of(5, 1, 6, 1)
 * ```
 */
export function withOnes(x: Matrix): Matrix {
  const cols = x.cols + 1;
  const data = new Float64Array(x.rows * cols).fill(1);
  for (let i = 0; i < x.rows; i++)
    data.set(x.data.subarray(i * x.cols, (i + 1) * x.cols), i * cols);
  return { rows: x.rows, cols, data };
}

/** Where an element lies. */
export interface Place {
  readonly row: number;
  readonly column: number;
  readonly value: number;
}

/**
 * The first element, in row order, that is not a finite number; undefined when all are. O(n·d).
 *
 * @param x - Shape [n, d].
 * @param missing - Whether NaN, a missing value, is allowed. Default false.
 * @returns The element's place and value.
 * @example
 * ```ts
 * findNotFinite(matrix([[1, 2], [3, Number.NaN]])) // => { row: 1, column: 1, value: Number.NaN }
 * findNotFinite(matrix([[1, Number.NaN]]), true) // => undefined
 * ```
 */
export function findNotFinite(x: Matrix, missing = false): Place | undefined {
  if (allFinite(x.data)) return undefined;
  for (let i = 0; i < x.data.length; i++) {
    const value = x.data[i]!;
    if (Number.isFinite(value) || (missing && Number.isNaN(value))) continue;
    return { row: Math.floor(i / x.cols), column: i % x.cols, value };
  }
  return undefined;
}

/**
 * Columns as one row-major matrix. O(n·d).
 *
 * @param columns - d columns of n numbers each; NaN is a missing value.
 * @returns Shape [n, d].
 * @example
 * ```ts
 * [...matrixOfColumns([Float64Array.of(1, 3), Float64Array.of(2, 4)]).data] // => [1, 2, 3, 4]
 * ```
 */
export function matrixOfColumns(columns: readonly Float64Array[]): Matrix {
  const cols = columns.length;
  const rows = columns[0]?.length ?? 0;
  const data = new Float64Array(rows * cols);
  for (const [j, column] of columns.entries())
    for (let i = 0, at = j; i < rows; i++, at += cols) data[at] = column[i] ?? Number.NaN;
  return { rows, cols, data };
}

/** Whether all are finite: 0 times a number is 0 for those only, and sums keep what is not. */
function allFinite(data: Float64Array): boolean {
  let [a, b, c, d] = [0, 0, 0, 0];
  const whole = data.length - (data.length % 4);
  for (let i = 0; i < whole; i += 4) {
    a += data[i]! * 0;
    b += data[i + 1]! * 0;
    c += data[i + 2]! * 0;
    d += data[i + 3]! * 0;
  }
  for (let i = whole; i < data.length; i++) a += data[i]! * 0;
  return a + b + c + d === 0;
}
