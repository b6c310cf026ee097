/** @file The singular value decomposition, by one-sided Jacobi rotations. */
import { invariant } from "../../core/index.ts";
import type { Matrix } from "../../flow.ts";

/** A = U·diag(s)·Vᵀ, with p = min(n, d). */
export interface SingularValues {
  /** Shape [n, p]; a column of zeros where the singular value is 0. */
  readonly u: Matrix;
  /** Shape [p], falling. */
  readonly s: Float64Array;
  /** Shape [d, p]. */
  readonly v: Matrix;
}

/**
 * The thin singular value decomposition A = U·diag(s)·Vᵀ: columns are rotated in pairs until all are
 * orthogonal; their lengths are then the singular values. Small ones keep their digits, which methods
 * that go through AᵀA lose. O(n·d²) a sweep (for n ≥ d, else of the transpose), and six to ten sweeps.
 *
 * @param a - Shape [n, d], finite.
 * @returns Factors with p = min(n, d) columns. Signs are as they come: of U and V together.
 * @example
 * ```ts
 * const { s } = singularValues(matrix([[3, 0], [0, 4], [0, 0]]));
 * s // => Float64Array.of(4, 3)
 * ```
 * @see Demmel & Veselić, SIAM J. Matrix Analysis 13(4), 1992. Peer: NumPy `linalg.svd`.
 */
export function singularValues(a: Matrix): SingularValues {
  if (a.rows < a.cols) {
    const { u, s, v } = singularValues(transpose(a));
    return { u: v, s, v: u };
  }
  const { rows: n, cols: d } = a;
  const columns = transpose(a).data; // column j at j·n
  const v = new Float64Array(d * d); // column j at j·d
  for (let j = 0; j < d; j++) v[j * d + j] = 1;
  orthogonalise(columns, v, n, d);
  const lengths = Float64Array.from({ length: d }, (_, j) => norm(columns, j * n, n));
  const order = Array.from(lengths.keys()).sort((i, j) => lengths[j]! - lengths[i]!);
  const [left, right] = [new Float64Array(n * d), new Float64Array(d * d)];
  for (const [at, j] of order.entries()) {
    const length = lengths[j]!;
    for (let i = 0; i < n; i++) left[i * d + at] = length > 0 ? columns[j * n + i]! / length : 0;
    for (let i = 0; i < d; i++) right[i * d + at] = v[j * d + i]!;
  }
  const s = Float64Array.from(order, (j) => lengths[j]!);
  return { u: { rows: n, cols: d, data: left }, s, v: { rows: d, cols: d, data: right } };
}

/** Rotates pairs of columns until each is orthogonal to all others, to the last digit. */
function orthogonalise(columns: Float64Array, v: Float64Array, n: number, d: number): void {
  const scale = largest(columns);
  if (scale === 0) return;
  const none = (scale * Number.EPSILON * 1e-3) ** 2; // columns this short are 0
  for (let sweep = 0; sweep < 60; sweep++) {
    let turned = 0;
    for (let p = 0; p < d - 1; p++)
      for (let q = p + 1; q < d; q++) if (rotatePair(columns, v, { p, q, n, d, none })) turned += 1;
    if (turned === 0) return;
  }
  invariant(false, "the columns of a finite matrix are orthogonal after 60 sweeps");
}

interface Pair {
  readonly p: number;
  readonly q: number;
  readonly n: number;
  readonly d: number;
  readonly none: number;
}

function rotatePair(columns: Float64Array, v: Float64Array, pair: Pair): boolean {
  const { p, q, n, d, none } = pair;
  let [pp, qq, pq] = [0, 0, 0];
  for (let i = 0, a = p * n, b = q * n; i < n; i++, a++, b++) {
    const [x, y] = [columns[a]!, columns[b]!];
    pp += x * x;
    qq += y * y;
    pq += x * y;
  }
  if (
    pp <= none ||
    qq <= none ||
    Math.abs(pq) <= 4 * Number.EPSILON * Math.sqrt(pp) * Math.sqrt(qq)
  )
    return false;
  const zeta = (qq - pp) / (2 * pq);
  const t = Math.sign(zeta || 1) / (Math.abs(zeta) + Math.hypot(1, zeta));
  const c = 1 / Math.hypot(1, t);
  rotate(columns, p * n, q * n, n, c, c * t);
  rotate(v, p * d, q * d, d, c, c * t);
  return true;
}

function rotate(data: Float64Array, p: number, q: number, n: number, c: number, s: number): void {
  for (let i = 0; i < n; i++) {
    const [x, y] = [data[p + i]!, data[q + i]!];
    data[p + i] = c * x - s * y;
    data[q + i] = s * x + c * y;
  }
}

function norm(data: Float64Array, start: number, n: number): number {
  const scale = largest(data.subarray(start, start + n));
  if (scale === 0) return 0;
  let sum = 0;
  for (let i = 0; i < n; i++) sum += (data[start + i]! / scale) ** 2;
  return scale * Math.sqrt(sum);
}

function largest(data: Float64Array): number {
  let found = 0;
  for (let i = 0; i < data.length; i++) found = Math.max(found, Math.abs(data[i]!));
  return found;
}

/**
 * The transpose. O(n·d).
 *
 * @param a - Shape [n, d].
 * @returns Shape [d, n].
 * @example
 * ```ts
 * transpose(matrix([[1, 2, 3]])).data // => Float64Array.of(1, 2, 3)
 * ```
 */
export function transpose(a: Matrix): Matrix {
  const data = new Float64Array(a.rows * a.cols);
  for (let i = 0; i < a.rows; i++)
    for (let j = 0; j < a.cols; j++) data[j * a.rows + i] = a.data[i * a.cols + j]!;
  return { rows: a.cols, cols: a.rows, data };
}
