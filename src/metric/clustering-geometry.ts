/** @file How well clusters lie apart, from rows and the numbers of their clusters. */
import { checkNames, checkNumber, random } from "../core/index.ts";
import type { Matrix } from "../flow.ts";
import { fail } from "./errors.ts";

/** What some metrics of clusters take: rows [n, d], and the cluster of each, [n]; −1 is none. */
type Labels = ArrayLike<number>;

/** Options of {@link silhouette}. */
export interface SilhouetteOptions {
  /** So many rows, drawn by chance, stand for all, ≥ 1; each is still compared with all. Default all. */
  readonly rows?: number;
  /** Where chance starts. Default 0. */
  readonly seed?: number;
}

/**
 * The mean silhouette: of each row (b − a) / max(a, b), where a is its mean distance to the rows of its
 * own cluster and b that to the nearest other cluster. 1: far apart; 0: no better than the neighbour;
 * below: nearer to another. A row alone in its cluster has 0; rows of −1, noise, are left out. NaN when
 * there is only one cluster. O(n²·d), or O(rows·n·d).
 *
 * @param x - Shape [n, d].
 * @param labels - The cluster of each row, [n].
 * @param options - How many rows stand for all.
 * @returns −1 to 1, or NaN.
 * @throws `metric/missing-rows`, `metric/mismatch-length`, `metric/out-of-range-label`
 * @example
 * ```ts
 * silhouette(matrix([[0], [1], [10], [11]]), [0, 0, 1, 1]).toFixed(4) // => "0.8997"
 * ```
 * @see Rousseeuw, J. Computational and Applied Mathematics 20, 1987. Peer: scikit-learn `silhouette_score`.
 */
export function silhouette(x: Matrix, labels: Labels, options: SilhouetteOptions = {}): number {
  checkNames("silhouette", options, ["rows", "seed"]);
  const { rows = x.rows, seed = 0 } = options;
  const groups = groupsOf("silhouette", x, labels);
  checkNumber("silhouette", { rows }, { min: 1, integer: true });
  if (groups.counts.length < 2) return Number.NaN;
  const some = rows >= groups.rows.length ? groups.rows : drawn(groups.rows, rows, seed);
  return some.reduce((sum, i) => sum + silhouetteOf(x, groups, i), 0) / some.length;
}

/**
 * The silhouette of each row, [n]; NaN for rows of −1. O(n²·d).
 *
 * @param x - Shape [n, d].
 * @param labels - The cluster of each row, [n].
 * @returns −1 to 1 each, or NaN.
 * @throws as {@link silhouette}
 * @example
 * ```ts
 * silhouettes(matrix([[0], [2], [4]]), [0, 0, 1]) // => Float64Array.of(0.5, 0, 0)
 * ```
 * @see Peer: scikit-learn `silhouette_samples`.
 */
export function silhouettes(x: Matrix, labels: Labels): Float64Array {
  const groups = groupsOf("silhouettes", x, labels);
  const each = new Float64Array(x.rows).fill(Number.NaN);
  if (groups.counts.length > 1) for (const i of groups.rows) each[i] = silhouetteOf(x, groups, i);
  return each;
}

/** Rows of the sample, in their order. */
function drawn(all: readonly number[], count: number, seed: number): readonly number[] {
  const order = random(seed).stream("silhouette").shuffled(all.length).subarray(0, count).sort();
  return Array.from(order, (at) => all[at] ?? 0);
}

function silhouetteOf(x: Matrix, { places, counts, rows }: Groups, i: number): number {
  const sums = new Float64Array(counts.length);
  for (const j of rows) {
    const place = places[j] ?? 0;
    sums[place] =
      (sums[place] ?? 0) + Math.sqrt(squared(x.data, i * x.cols, x.data, j * x.cols, x.cols));
  }
  const own = places[i] ?? 0;
  const size = counts[own] ?? 1;
  if (size === 1) return 0;
  const inside = (sums[own] ?? 0) / (size - 1);
  let outside = Infinity;
  for (const [k, sum] of sums.entries())
    if (k !== own) outside = Math.min(outside, sum / (counts[k] ?? 1));
  const most = Math.max(inside, outside);
  return most === 0 ? 0 : (outside - inside) / most;
}

/**
 * The Davies–Bouldin index: of each cluster the worst (sᵢ + sⱼ) / dᵢⱼ with another, on average; s is
 * the mean distance of rows to their mean, d that of two means. Lower is better, 0 is best. Rows of −1
 * are left out; NaN when there is only one cluster. O(n·d + k²·d).
 *
 * @param x - Shape [n, d].
 * @param labels - The cluster of each row, [n].
 * @returns ≥ 0, or NaN.
 * @throws as {@link silhouette}
 * @example
 * ```ts
 * daviesBouldin(matrix([[0], [2], [10], [12]]), [0, 0, 1, 1]) // => 0.2
 * ```
 * @see Davies & Bouldin, IEEE PAMI 1(2), 1979. Peer: scikit-learn `davies_bouldin_score`.
 */
export function daviesBouldin(x: Matrix, labels: Labels): number {
  const groups = groupsOf("daviesBouldin", x, labels);
  const k = groups.counts.length;
  if (k < 2) return Number.NaN;
  const { means, distances } = spreadOf(x, groups);
  const worst = Array.from({ length: k }, (_, a) => {
    let most = 0;
    for (let b = 0; b < k; b++) {
      if (a === b) continue;
      const apart = Math.sqrt(squared(means, a * x.cols, means, b * x.cols, x.cols));
      const both = (distances[a] ?? 0) + (distances[b] ?? 0);
      if (apart > 0) most = Math.max(most, both / apart); // equal means count as far apart, as the peer has it
    }
    return most;
  });
  return worst.reduce((sum, value) => sum + value, 0) / k;
}

/**
 * The Calinski–Harabasz index: the variance between clusters over that inside, each by its degrees of
 * freedom. Higher is better. Rows of −1 are left out; NaN when there is one cluster, or one for each
 * row; 1 when there is no variance inside, as scikit-learn has it. O(n·d).
 *
 * @param x - Shape [n, d].
 * @param labels - The cluster of each row, [n].
 * @returns ≥ 0, or NaN.
 * @throws as {@link silhouette}
 * @example
 * ```ts
 * calinskiHarabasz(matrix([[0], [2], [10], [12]]), [0, 0, 1, 1]) // => 50
 * ```
 * @see Caliński & Harabasz, Communications in Statistics 3(1), 1974. Peer: scikit-learn
 *   `calinski_harabasz_score`.
 */
export function calinskiHarabasz(x: Matrix, labels: Labels): number {
  const groups = groupsOf("calinskiHarabasz", x, labels);
  const [n, k] = [groups.rows.length, groups.counts.length];
  if (k < 2 || k >= n) return Number.NaN;
  const { means, squares } = spreadOf(x, groups);
  const whole = new Float64Array(x.cols);
  for (let at = 0; at < means.length; at++) {
    const j = at % x.cols;
    whole[j] =
      (whole[j] ?? 0) + ((means[at] ?? 0) * (groups.counts[Math.floor(at / x.cols)] ?? 0)) / n;
  }
  const between = groups.counts.reduce(
    (sum, count, a) => sum + count * squared(means, a * x.cols, whole, 0, x.cols),
    0,
  );
  const inside = squares.reduce((sum, value) => sum + value, 0);
  return inside === 0 ? 1 : (between * (n - k)) / (inside * (k - 1));
}

/**
 * The inertia Σ ‖xᵢ − mean of its cluster‖², what k-means makes small. Rows of −1 are left out. It falls
 * with every cluster more, so compare it at equal numbers, or look for the elbow. O(n·d).
 *
 * @param x - Shape [n, d].
 * @param labels - The cluster of each row, [n].
 * @returns ≥ 0, in the squared unit of the features.
 * @throws as {@link silhouette}
 * @example
 * ```ts
 * clusterInertia(matrix([[0], [2], [10], [12]]), [0, 0, 1, 1]) // => 4
 * ```
 * @see Peer: scikit-learn `KMeans.inertia_`.
 */
export function clusterInertia(x: Matrix, labels: Labels): number {
  const { squares } = spreadOf(x, groupsOf("clusterInertia", x, labels));
  return squares.reduce((sum, value) => sum + value, 0);
}

/** The clusters that occur, by place. */
interface Groups {
  /** Rows that are in a cluster. */
  readonly rows: readonly number[];
  /** The place of each row's cluster, [n]; −1 for none. */
  readonly places: Int32Array;
  /** Rows of each cluster. */
  readonly counts: readonly number[];
}

function groupsOf(at: string, x: Matrix, labels: Labels): Groups {
  if (x.rows === 0) fail("metric/missing-rows", { at });
  if (labels.length !== x.rows)
    fail("metric/mismatch-length", { at, what: "label", wanted: x.rows, got: labels.length });
  const numbers = new Map<number, number>();
  const counts: number[] = [];
  const rows: number[] = [];
  const places = new Int32Array(x.rows).fill(-1);
  for (let i = 0; i < x.rows; i++) {
    const label = labels[i] ?? Number.NaN;
    if (!Number.isInteger(label) || label < -1)
      fail("metric/out-of-range-label", {
        at,
        row: i,
        expected: "a cluster's number from 0, or −1",
        got: label,
      });
    if (label === -1) continue;
    const place = numbers.get(label) ?? numbers.size;
    numbers.set(label, place);
    counts[place] = (counts[place] ?? 0) + 1;
    places[i] = place;
    rows.push(i);
  }
  if (rows.length === 0) fail("metric/missing-rows", { at });
  return { rows, places, counts };
}

/** Means [k, d], mean distances [k] and sums of squared distances [k] of the clusters. */
function spreadOf(x: Matrix, { rows, places, counts }: Groups) {
  const { cols: d, data } = x;
  const means = new Float64Array(counts.length * d);
  for (const i of rows)
    for (let j = 0, m = (places[i] ?? 0) * d; j < d; j++, m++)
      means[m] = (means[m] ?? 0) + (data[i * d + j] ?? 0);
  for (let m = 0; m < means.length; m++)
    means[m] = (means[m] ?? 0) / (counts[Math.floor(m / d)] ?? 1);
  const [distances, squares] = [new Float64Array(counts.length), new Float64Array(counts.length)];
  for (const i of rows) {
    const place = places[i] ?? 0;
    const by = squared(data, i * d, means, place * d, d);
    squares[place] = (squares[place] ?? 0) + by;
    distances[place] = (distances[place] ?? 0) + Math.sqrt(by) / (counts[place] ?? 1);
  }
  return { means, distances, squares };
}

// biome-ignore lint/complexity/useMaxParams: it is called for every pair of rows
function squared(a: Float64Array, i: number, b: Float64Array, j: number, d: number): number {
  let sum = 0;
  for (let k = 0; k < d; k++) sum += ((a[i + k] ?? 0) - (b[j + k] ?? 0)) ** 2;
  return sum;
}
