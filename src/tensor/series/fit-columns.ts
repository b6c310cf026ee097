/** @file Least squares on columns of which some may depend on others. */

/** What least squares found. */
export interface ColumnFit {
  /** Shape [d]; 0 for columns that were left out. */
  readonly weights: Float64Array;
  /** The columns that were used, rising, shape [k]. */
  readonly kept: Uint32Array;
  /** The triangle R with RᵀR = XᵀX of the kept columns, row-major, shape [k, k]. */
  readonly triangle: Float64Array;
  /** Σ (y − Xw)². */
  readonly squares: number;
}

/**
 * The w that minimises ‖y − Xw‖² by Gram and Schmidt's orthogonal columns, each made orthogonal twice. A
 * column that those before it add up to, but for 1e-9 of its length, is left out. O(n·d²).
 *
 * @param columns - d columns of shape [n].
 * @param y - Shape [n].
 * @example
 * ```ts
 * const ones = Float64Array.of(1, 1, 1);
 * const fit = fitColumns([ones, Float64Array.of(0, 1, 2), ones], Float64Array.of(1, 3, 5));
 * fit.weights // => Float64Array.of(1, 2, 0)
 * fit.kept // => Uint32Array.of(0, 1)
 * ```
 * @see Golub & Van Loan, Matrix Computations, 4th edition, 5.2.8.
 */
export function fitColumns(columns: readonly Float64Array[], y: Float64Array): ColumnFit {
  const basis: Float64Array[] = [];
  const kept: number[] = [];
  const rows: number[][] = []; // column j of R, by kept column
  for (const [j, column] of columns.entries()) {
    const { rest, along } = orthogonal(column, basis);
    const [length, whole] = [norm(rest), norm(column)];
    if (!(length > 1e-9 * whole)) continue;
    basis.push(rest.map((value) => value / length));
    rows.push([...along, length]);
    kept.push(j);
  }
  const k = kept.length;
  const triangle = new Float64Array(k * k);
  for (const [j, column] of rows.entries())
    for (const [i, value] of column.entries()) triangle[i * k + j] = value;
  const { rest, along } = orthogonal(y, basis);
  const weights = new Float64Array(columns.length);
  const solved = new Float64Array(k);
  for (let i = k - 1; i >= 0; i--) {
    let sum = along[i]!;
    for (let j = i + 1; j < k; j++) sum -= triangle[i * k + j]! * solved[j]!;
    solved[i] = sum / triangle[i * k + i]!;
    weights[kept[i]!] = solved[i]!;
  }
  return { weights, kept: Uint32Array.from(kept), triangle, squares: norm(rest) ** 2 };
}

/**
 * The leverage x·(XᵀX)⁻¹·xᵀ of a row of the kept columns: the variance of its fitted value, in units
 * of σ². O(k²).
 *
 * @param triangle - R, shape [k, k].
 * @param x - Shape [k].
 */
export function leverageOf(triangle: Float64Array, x: Float64Array): number {
  const k = x.length;
  const z = new Float64Array(k);
  let sum = 0;
  for (let i = 0; i < k; i++) {
    let value = x[i]!;
    for (let j = 0; j < i; j++) value -= triangle[j * k + i]! * z[j]!;
    z[i] = value / triangle[i * k + i]!;
    sum += z[i]! * z[i]!;
  }
  return sum;
}

/** What is left of a vector beside an orthonormal basis, and how far it goes along each. */
function orthogonal(vector: Float64Array, basis: readonly Float64Array[]) {
  const rest = Float64Array.from(vector);
  const along = new Float64Array(basis.length);
  for (let pass = 0; pass < 2; pass++)
    for (const [k, unit] of basis.entries()) {
      let share = 0;
      for (let i = 0; i < rest.length; i++) share += unit[i]! * rest[i]!;
      along[k] = along[k]! + share;
      for (let i = 0; i < rest.length; i++) rest[i] = rest[i]! - share * unit[i]!;
    }
  return { rest, along };
}

const norm = (values: Float64Array): number =>
  Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
