/** @file The local outlier factor: rows that lie thinner than their neighbours do. */
import { checkChoice, checkNames, checkNumber } from "../../core/index.ts";
import type { Matrix } from "../../flow.ts";
import { type Nearest, openNearest, type RowDistance } from "../../tensor/index.ts";
import { type ClusterData, checkData, checkRows } from "../data.ts";

/** Options of {@link localOutlierFactor}; scikit-learn's word for each in brackets. */
export interface LocalOutlierFactorOptions {
  /** How many neighbours, ≥ 1; all others where there are fewer [n_neighbors]. Default 20. */
  readonly neighbours?: number;
  /** How far rows are apart [metric]. Default "euclidean". */
  readonly distance?: RowDistance;
}

/** How odd rows are. */
export interface OutlierFactors {
  /** Of the rows that were learned from, [n]: about 1 within a cloud, larger outside. */
  readonly factors: Float64Array;
  /** Of other rows, [q]; throws `cluster/mismatch-width`, `cluster/missing-value`, `cluster/out-of-range-value`. */
  score(x: Matrix): Float64Array;
}

const least = 1e-10; // keeps the density of rows that are there many times finite
const distances = ["euclidean", "manhattan", "chebyshev", "cosine"] as const;

/**
 * The local outlier factor: how much thinner rows lie around a row than around its neighbours, by the mean distance to
 * the k nearest, of which none counts as nearer than its own k-th. O(n·log n) with few features, O(n²·d) with many.
 *
 * @param data - Rows and names of features, of one scale.
 * @param options - See {@link LocalOutlierFactorOptions}.
 * @returns Factors of these rows, and of others.
 * @throws `option/unknown-name`, `option/out-of-range`, `cluster/missing-rows`, `cluster/missing-features`,
 *   `cluster/mismatch-length`, `cluster/missing-value`, `cluster/out-of-range-value`
 * @example
 * ```ts
 * const x = matrix([[0], [1], [2], [3], [40]]);
 * const { factors, score } = localOutlierFactor({ x, names: ["a"] }, { neighbours: 2 });
 * factors.indexOf(Math.max(...factors)) // => 4
 * const [inside = 9, outside = 0] = score(matrix([[1.5], [90]]));
 * inside < 1.5 && outside > 10 // => true
 * ```
 * @see Breunig, Kriegel, Ng & Sander, SIGMOD 2000. Peer: scikit-learn `LocalOutlierFactor`, which has the factors negative.
 */
export function localOutlierFactor(
  data: ClusterData,
  options: LocalOutlierFactorOptions = {},
): OutlierFactors {
  const { neighbours = 20, distance = "euclidean" } = options;
  checkNames("localOutlierFactor", options, ["neighbours", "distance"]);
  checkNumber("localOutlierFactor", { neighbours }, { min: 1, integer: true });
  checkChoice("localOutlierFactor", { distance }, distances);
  checkData("localOutlierFactor", data);
  const { x, names } = data;
  const rows = openNearest(x, { distance });
  const others = Math.min(neighbours, x.rows - 1);
  if (others === 0) return { factors: new Float64Array(1).fill(1), score: alone };
  const near = withoutSelf(rows.nearest(x, others + 1), others);
  const reach = near.distances.filter((_, at) => at % others === others - 1); // [n], to the k-th
  const densities = densitiesOf(near, others, reach); // [n]
  function alone(asked: Matrix): Float64Array {
    checkRows("localOutlierFactor", asked, names);
    return new Float64Array(asked.rows).fill(1);
  }
  return {
    factors: factorsOf(near, densities, densities),
    score: (asked) => {
      checkRows("localOutlierFactor", asked, names);
      const found = rows.nearest(asked, others);
      return factorsOf(found, densitiesOf(found, others, reach), densities);
    },
  };
}

/** The neighbours of rows that were looked for among themselves, without each row's own place. */
function withoutSelf({ distances: far, rows }: Nearest, k: number): Nearest {
  const n = rows.length / (k + 1);
  const kept = { distances: new Float64Array(n * k), rows: new Uint32Array(n * k) };
  for (let i = 0; i < n; i++) {
    const start = i * (k + 1);
    const own = rows.subarray(start, start + k + 1).indexOf(i);
    const left = own < 0 ? k : own; // not among as many rows at distance 0: the last goes
    for (let j = 0; j < k; j++) {
      const from = start + (j < left ? j : j + 1);
      kept.distances[i * k + j] = far[from] ?? 0;
      kept.rows[i * k + j] = rows[from] ?? 0;
    }
  }
  return kept;
}

/** One over the mean distance to the neighbours, none nearer than its own k-th. */
function densitiesOf(
  { distances: far, rows }: Nearest,
  k: number,
  reach: Float64Array,
): Float64Array {
  return Float64Array.from({ length: rows.length / k }, (_, i) => {
    let sum = 0;
    for (let at = i * k; at < (i + 1) * k; at++)
      sum += Math.max(far[at] ?? 0, reach[rows[at] ?? 0] ?? 0);
    return 1 / (sum / k + least);
  });
}

/** The mean density of the neighbours over a row's own. */
function factorsOf({ rows }: Nearest, own: Float64Array, densities: Float64Array): Float64Array {
  const k = rows.length / Math.max(1, own.length);
  return own.map((density, i) => {
    const near = rows.subarray(i * k, (i + 1) * k);
    return near.reduce((sum, row) => sum + (densities[row] ?? 0), 0) / k / density;
  });
}
