/** @file The product of two matrices. */
import type { Matrix } from "../../flow.ts";
import { fail } from "../errors.ts";

/**
 * The product A·B, row by row. O(n·k·m).
 *
 * @param a - Shape [n, k].
 * @param b - Shape [k, m].
 * @returns Shape [n, m].
 * @throws `tensor/mismatch-shape`
 * @example
 * ```ts
 * multiply(matrix([[1, 2]]), matrix([[3], [4]])).data // => Float64Array.of(11)
 * ```
 */
export function multiply(a: Matrix, b: Matrix): Matrix {
  if (a.cols !== b.rows)
    fail("tensor/mismatch-shape", {
      at: "multiply",
      expected: `a matrix of ${a.cols} rows`,
      got: `[${b.rows}, ${b.cols}]`,
    });
  const m = b.cols;
  const data = new Float64Array(a.rows * m);
  for (let i = 0; i < a.rows; i++)
    for (let k = 0; k < a.cols; k++) {
      const value = a.data[i * a.cols + k]!;
      if (value === 0) continue;
      for (let j = 0; j < m; j++) data[i * m + j] = data[i * m + j]! + value * b.data[k * m + j]!;
    }
  return { rows: a.rows, cols: m, data };
}
