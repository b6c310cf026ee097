/** @file The nearest of some centres, in double precision and in one fixed order of additions. */
import type { Matrix } from "../../flow.ts";

/** A row's nearest centre, and the squared distances to it and to the second. */
export interface Nearest {
  label: number;
  first: number;
  second: number;
}

/**
 * ‖a − b‖² of a row of one array and a row of another. O(d).
 *
 * @param a - The one array; its row begins at i.
 * @param i - Where.
 * @param b - The other; its row begins at j.
 * @param j - Where.
 * @param d - How many numbers a row has.
 */
export function squaredBetween(
  {
    a,
    i,
    b,
    j,
  }: { readonly a: Float64Array; readonly i: number; readonly b: Float64Array; readonly j: number },
  d: number,
): number {
  let sum = 0;
  for (let k = 0; k < d; k++) {
    const difference = a[i + k]! - b[j + k]!;
    sum += difference * difference;
  }
  return sum;
}

/** Writes into `to` which centre is nearest to row i; of equally near ones the first. O(k·d). */
export function findNearest(x: Matrix, i: number, centres: Matrix, to: Nearest): Nearest {
  const { data, cols } = x;
  const c = centres.data;
  const start = i * cols;
  to.first = Infinity;
  to.second = Infinity;
  to.label = 0;
  for (let k = 0, at = 0; k < centres.rows; k++) {
    let sum = 0;
    for (let j = start; j < start + cols; j++, at++) {
      const difference = data[j]! - c[at]!;
      sum += difference * difference;
    }
    if (sum < to.first) {
      to.second = to.first;
      to.first = sum;
      to.label = k;
    } else if (sum < to.second) to.second = sum;
  }
  return to;
}

/**
 * The number of each row's nearest centre; of equally near ones the first. O(n·k·d).
 *
 * @param x - Shape [n, d].
 * @param centres - Shape [k, d], k ≥ 1.
 * @returns Shape [n], 0 to k − 1.
 * @example
 * ```ts
 * nearestCentres(matrix([[0], [4], [9]]), matrix([[1], [8]])) // => Int32Array.of(0, 0, 1)
 * ```
 */
export function nearestCentres(x: Matrix, centres: Matrix): Int32Array {
  const to = { label: 0, first: 0, second: 0 };
  return Int32Array.from({ length: x.rows }, (_, i) => findNearest(x, i, centres, to).label);
}
