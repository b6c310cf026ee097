/** @file Linear equations with a symmetric positive definite matrix. */
import type { Matrix } from "../flow.ts";
import { fail } from "./errors.ts";

/**
 * The x that solves A·x = b for a symmetric positive definite A, by Cholesky's factorisation
 * A = L·Lᵀ. O(d³/3). A pivot counts as positive when it is above d·ε times its diagonal entry.
 *
 * @param a - Shape [d, d]; only its lower triangle is read.
 * @param b - Shape [d].
 * @returns Shape [d].
 * @throws `tensor/mismatch-shape`, `tensor/failed-factorisation`
 * @example
 * ```ts
 * solvePositive(matrix([[4, 2], [2, 3]]), Float64Array.of(8, 8)) // => Float64Array.of(1, 2)
 * ```
 * @see Golub & Van Loan, Matrix Computations, 4th edition, section 4.2.
 */
export function solvePositive(a: Matrix, b: Float64Array): Float64Array {
  const d = b.length;
  if (a.rows !== d || a.cols !== d)
    fail("tensor/mismatch-shape", {
      at: "solvePositive",
      expected: `a matrix [${d}, ${d}] for the vector [${d}]`,
      got: `[${a.rows}, ${a.cols}]`,
    });
  const factor = choleskyFactor(a); // [d, d], L below and on the diagonal
  const x = Float64Array.from(b);
  for (let i = 0; i < d; i++) {
    for (let k = 0; k < i; k++) x[i] = x[i]! - factor[i * d + k]! * x[k]!;
    x[i] = x[i]! / factor[i * d + i]!;
  }
  for (let i = d - 1; i >= 0; i--) {
    for (let k = i + 1; k < d; k++) x[i] = x[i]! - factor[k * d + i]! * x[k]!;
    x[i] = x[i]! / factor[i * d + i]!;
  }
  return x;
}

/**
 * The lower triangle L with L·Lᵀ = A for a symmetric positive definite A, by Cholesky. O(d³/3). A pivot counts as
 * positive when it is above d·ε times its diagonal entry.
 *
 * @param a - Shape [d, d]; only its lower triangle is read.
 * @returns Shape [d · d], row by row, 0 above the diagonal.
 * @throws `tensor/mismatch-shape`, `tensor/failed-factorisation`
 * @example
 * ```ts
 * choleskyFactor(matrix([[4, 2], [2, 10]])) // => Float64Array.of(2, 0, 1, 3)
 * ```
 * @see Golub & Van Loan, Matrix Computations, 4th edition, section 4.2.
 */
export function choleskyFactor(a: Matrix): Float64Array {
  const d = a.rows;
  if (a.cols !== d)
    fail("tensor/mismatch-shape", {
      ...{ at: "choleskyFactor", expected: "a square matrix", got: `[${a.rows}, ${a.cols}]` },
    });
  const factor = new Float64Array(d * d);
  for (let i = 0; i < d; i++)
    for (let j = 0; j <= i; j++) {
      let value = a.data[i * d + j]!;
      for (let k = 0; k < j; k++) value -= factor[i * d + k]! * factor[j * d + k]!;
      if (i !== j) factor[i * d + j] = value / factor[j * d + j]!;
      else if (value > d * Number.EPSILON * a.data[i * d + i]!)
        factor[i * d + i] = Math.sqrt(value);
      else fail("tensor/failed-factorisation", { at: "solvePositive", pivot: i, value, size: d });
    }
  return factor;
}
