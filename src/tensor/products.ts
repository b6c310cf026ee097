/** @file Products of matrices and vectors, as plain loops. */
import type { Matrix } from "../flow.ts";
import { fail } from "./errors.ts";

/**
 * The inner product Σ aᵢ·bᵢ. O(d).
 *
 * @param a - Shape [d].
 * @param b - Shape [d].
 * @returns A number.
 * @throws `tensor/mismatch-shape` when the lengths differ.
 * @example
 * ```ts
 * dot(Float64Array.of(1, 2), Float64Array.of(3, 4)) // => 11
 * ```
 */
export function dot(a: Float64Array, b: Float64Array): number {
  checkLength("dot", b, a.length);
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/**
 * The product X·w. O(n·d).
 *
 * @param x - Shape [n, d].
 * @param w - Shape [d].
 * @returns Shape [n].
 * @throws `tensor/mismatch-shape` when w is not as long as X is wide.
 * @example
 * ```ts
 * times(matrix([[1, 2], [3, 4]]), Float64Array.of(1, 10)) // => Float64Array.of(21, 43)
 * ```
 */
export function times(x: Matrix, w: Float64Array): Float64Array {
  checkLength("times", w, x.cols);
  const product = new Float64Array(x.rows);
  for (let i = 0, k = 0; i < x.rows; i++) {
    let sum = 0;
    for (let j = 0; j < x.cols; j++, k++) sum += x.data[k]! * w[j]!;
    product[i] = sum;
  }
  return product;
}

/**
 * The product Xᵀ·v. O(n·d).
 *
 * @param x - Shape [n, d].
 * @param v - Shape [n].
 * @returns Shape [d].
 * @throws `tensor/mismatch-shape` when v has not one value per row.
 * @example
 * ```ts
 * transposeTimes(matrix([[1, 2], [3, 4]]), Float64Array.of(1, 10)) // => Float64Array.of(31, 42)
 * ```
 */
export function transposeTimes(x: Matrix, v: Float64Array): Float64Array {
  checkLength("transposeTimes", v, x.rows);
  const product = new Float64Array(x.cols);
  for (let i = 0, k = 0; i < x.rows; i++) {
    const scale = v[i]!;
    for (let j = 0; j < x.cols; j++, k++) product[j] = product[j]! + x.data[k]! * scale;
  }
  return product;
}

/**
 * The weighted Gram matrix Xᵀ·diag(v)·X. O(n·d²); each entry below the diagonal is a copy.
 *
 * @param x - Shape [n, d].
 * @param v - Row weights, shape [n].
 * @returns Shape [d, d], symmetric.
 * @throws `tensor/mismatch-shape` when v has not one value per row.
 * @example
 * ```ts
 * gram(matrix([[1, 2], [3, 4]]), Float64Array.of(1, 1)).data // => Float64Array.of(10, 14, 14, 20)
 * ```
 */
export function gram(x: Matrix, v: Float64Array): Matrix {
  checkLength("gram", v, x.rows);
  const d = x.cols;
  const product = new Float64Array(d * d);
  for (let i = 0; i < x.rows; i++) {
    const row = i * d;
    for (let a = 0; a < d; a++) {
      const scaled = x.data[row + a]! * v[i]!;
      if (scaled === 0) continue; // one-hot columns are mostly 0
      for (let b = a; b < d; b++)
        product[a * d + b] = product[a * d + b]! + scaled * x.data[row + b]!;
    }
  }
  for (let a = 0; a < d; a++) for (let b = 0; b < a; b++) product[a * d + b] = product[b * d + a]!;
  return { rows: d, cols: d, data: product };
}

function checkLength(at: string, vector: Float64Array, length: number): void {
  if (vector.length !== length)
    fail("tensor/mismatch-shape", {
      at,
      expected: `a vector [${length}]`,
      got: `[${vector.length}]`,
    });
}
