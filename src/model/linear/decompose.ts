/** @file The singular value decomposition that least squares and ridge rest on, for data of any shape. */
import type { Dataset, Matrix } from "../../flow.ts";
import {
  multiply,
  singularValues,
  transpose,
  transposeTimes,
  triangle,
} from "../../tensor/index.ts";

/** √w·(X − x̄)·D⁻¹ = U·diag(s)·Vᵀ, cut to its rank r, and what y has along it. */
export interface Decomposition {
  readonly rows: number;
  /** Σ wᵢ. */
  readonly weight: number;
  /** Weighted means of the features, [d], and of y. */
  readonly means: Float64Array;
  readonly meanY: number;
  /** D, [d]: lengths of the columns, or 1; 0 for a column that is constant. */
  readonly scale: Float64Array;
  /** Shape [r], falling. */
  readonly s: Float64Array;
  /** Shape [d, r]. */
  readonly v: Matrix;
  /** Uᵀ·√w·(y − ȳ), [r]. */
  readonly along: Float64Array;
  /** Σ wᵢ·(yᵢ − ȳ)². */
  readonly total: number;
  /** What is left of it outside of U. */
  readonly rest: number;
}

/**
 * Decomposes the centred, weighted features. Tall data goes through the triangle of [X y], wide data through
 * that of Xᵀ, so that neither costs more than O(n·d·min(n, d)).
 *
 * @param scaled - Whether columns are brought to length 1 first, so that rank does not hang on units.
 */
export async function decompose(data: Dataset, scaled: boolean): Promise<Decomposition> {
  const centred = centre(data);
  return data.x.rows > data.x.cols ? tall(data, centred, scaled) : wide(data, centred, scaled);
}

interface Centred {
  readonly weight: number;
  readonly means: Float64Array;
  readonly meanY: number;
  /** √wᵢ·(yᵢ − ȳ), [n]. */
  readonly y: Float64Array;
  readonly total: number;
}

function centre({ x, y, weights }: Dataset): Centred {
  let [weight, meanY] = [0, 0];
  const means = new Float64Array(x.cols);
  // Running means: the error does not grow with the number of rows as that of a plain sum does.
  for (let i = 0, at = 0; i < x.rows; i++) {
    const w = weights?.[i] ?? 1;
    weight += w;
    const share = w / weight;
    meanY += ((y[i] ?? 0) - meanY) * share;
    for (let j = 0; j < x.cols; j++, at++)
      means[j] = (means[j] ?? 0) + ((x.data[at] ?? 0) - (means[j] ?? 0)) * share;
  }
  const off = y.map((value, i) => Math.sqrt(weights?.[i] ?? 1) * (value - meanY));
  return { weight, means, meanY, y: off, total: off.reduce((sum, v) => sum + v * v, 0) };
}

/** Writes √w·(x − x̄) of a row to a place. */
function rowWriter({ x, weights }: Dataset, { means }: Centred) {
  return (row: number, to: Float64Array, at: number): void => {
    const root = Math.sqrt(weights?.[row] ?? 1);
    for (let j = 0, from = row * x.cols; j < x.cols; j++, from++)
      to[at + j] = root * ((x.data[from] ?? 0) - (means[j] ?? 0));
  };
}

async function tall(data: Dataset, centred: Centred, scaled: boolean): Promise<Decomposition> {
  const d = data.x.cols;
  const writeRow = rowWriter(data, centred);
  const r = await triangle({
    rows: data.x.rows,
    cols: d + 1,
    write: ({ to, first, count, stride }) => {
      for (let i = 0; i < count; i++) {
        writeRow(first + i, to, i * stride);
        to[i * stride + d] = centred.y[first + i] ?? 0;
      }
    },
  });
  const at = (i: number, j: number): number => r.data[i * (d + 1) + j] ?? 0;
  const square = { rows: d, cols: d, data: new Float64Array(d * d) };
  for (let i = 0; i < d; i++) for (let j = i; j < d; j++) square.data[i * d + j] = at(i, j);
  const scale = scaleOf(columnLengths(square), centred, scaled);
  const { u, s, v } = singularValues(columnsDivided(square, scale));
  const q = Float64Array.from({ length: d }, (_, i) => at(i, d));
  return cut({ data, centred, scale }, { s, v, along: transposeTimes(u, q), rest: at(d, d) ** 2 });
}

async function wide(data: Dataset, centred: Centred, scaled: boolean): Promise<Decomposition> {
  const [n, d] = [data.x.rows, data.x.cols];
  const writeRow = rowWriter(data, centred);
  const z = { rows: n, cols: d, data: new Float64Array(n * d) };
  for (let i = 0; i < n; i++) writeRow(i, z.data, i * d);
  const scale = scaleOf(columnLengths(z), centred, scaled);
  const turned = transpose(columnsDivided(z, scale)); // Zᵀ, [d, n]
  const r = await triangle({
    rows: d,
    cols: n,
    write: ({ to, first, count, stride }) => {
      for (let j = 0; j < count; j++)
        to.set(turned.data.subarray((first + j) * n, (first + j + 1) * n), j * stride);
    },
  });
  const { s, v: left } = singularValues(r); // Zᵀ = Q·R, so that the right vectors of R are the left of Z
  const v = multiply(turned, columnsDivided(left, s)); // V = Zᵀ·U·diag(1/s), [d, n]
  return cut({ data, centred, scale }, { s, v, along: transposeTimes(left, centred.y) });
}

/** Each column divided by a number; 0 where that is 0. */
function columnsDivided(a: Matrix, by: Float64Array): Matrix {
  return { ...a, data: a.data.map((value, k) => value * inverse(by[k % a.cols])) };
}

function columnLengths(a: Matrix): Float64Array {
  const lengths = new Float64Array(a.cols);
  for (const [k, value] of a.data.entries())
    lengths[k % a.cols] = Math.hypot(lengths[k % a.cols] ?? 0, value);
  return lengths;
}

const inverse = (length = 0): number => (length > 0 ? 1 / length : 0);

/** Lengths of columns; 0 for what is left of a constant one by the rounding of its mean. */
function scaleOf(lengths: Float64Array, { means, weight }: Centred, scaled: boolean): Float64Array {
  return lengths.map((length, j) => {
    const rounding = 32 * Number.EPSILON * Math.abs(means[j] ?? 0) * Math.sqrt(weight);
    if (length <= rounding) return 0;
    return scaled ? length : 1;
  });
}

interface Factors {
  readonly s: Float64Array;
  readonly v: Matrix;
  readonly along: Float64Array;
  readonly rest?: number;
}

/** Leaves singular values out that are 0 but for rounding. */
function cut(
  { data, centred, scale }: { data: Dataset; centred: Centred; scale: Float64Array },
  { s, v, along, rest }: Factors,
): Decomposition {
  const { rows, cols } = data.x;
  const least = Math.max(rows, cols) * Number.EPSILON * (s[0] ?? 0);
  // centred rows add up to 0, so that one of them follows from the others: what is found beyond is rounding
  const rank = Math.min(s.filter((value) => value > least).length, rows - 1);
  const kept = new Float64Array(cols * rank);
  for (let j = 0; j < cols; j++)
    for (let k = 0; k < rank; k++) kept[j * rank + k] = v.data[j * v.cols + k] ?? 0;
  const { weight, means, meanY, total } = centred;
  const dropped = along.subarray(rank).reduce((sum, value) => sum + value * value, 0);
  const told = along.slice(0, rank);
  const explained = told.reduce((sum, value) => sum + value * value, 0);
  return {
    ...{ rows, weight, means, meanY, scale, total, along: told, s: s.slice(0, rank) },
    v: { rows: cols, cols: rank, data: kept },
    rest: rest === undefined ? Math.max(0, total - explained) : rest + dropped,
  };
}
