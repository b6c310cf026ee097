/** @file k-means: clusters around means. */
import { checkNames, checkNumber } from "../core/index.ts";
import type { Matrix } from "../flow.ts";
import { lloydKMeans, matrix, nearestCentres } from "../tensor/index.ts";
import { type Clusterer, clusterer } from "./clusterer.ts";
import type { Clusters } from "./clusters.ts";
import { checkClusters, checkRows, distinctRows } from "./data.ts";
import { fail } from "./errors.ts";
import { commonOf, type Fields, storedMatrix } from "./state-fields.ts";

/** Options of {@link kMeans}. */
export interface KMeansOptions {
  /** How many clusters, k ≥ 1. */
  readonly clusters: number;
  /** How often to begin anew from other seeds, ≥ 1; the best is kept. Default 1. */
  readonly starts?: number;
  /** Where to begin instead of seeds: k rows of d numbers. */
  readonly centres?: readonly (readonly number[])[];
  /** Most iterations of a start, ≥ 1. Default 300. */
  readonly maxIterations?: number;
  /**
   * Done when the squared moves of the centres sum to at most this share of the mean variance of a
   * feature, or when no row changes. Default 1e-4.
   */
  readonly tolerance?: number;
  /** Where chance starts. Default 0. */
  readonly seed?: number;
}

/** What `kMeans` and `miniBatchKMeans` learned. */
export interface KMeansState {
  readonly kind: "kMeans" | "miniBatchKMeans";
  /** Shape [k, d]. */
  readonly centres: Matrix;
  /** Σ of the squared distances of the rows to the centre of their cluster. */
  readonly inertia: number;
  readonly iterations: number;
  /** Whether the centres stood still in the end. */
  readonly converged: boolean;
  readonly names: readonly string[];
  readonly warnings: readonly string[];
}

/** Gives a row to the nearest centre; of equally near ones to the first. */
export interface KMeansClusters extends Clusters, KMeansState {
  readonly kind: "kMeans" | "miniBatchKMeans";
}

/**
 * k-means: the k centres that minimise Σ ‖xᵢ − c(xᵢ)‖², as far as Lloyd's iterations from k-means++
 * seeds find them; more `starts` find better ones. It likes round clusters of similar size, and
 * features of one scale. O(n·k·d) an iteration at most: bounds leave out what cannot change. In WebAssembly,
 * single precision decides what it can, double the rest, so the outcome is that of double precision.
 *
 * @param options - See {@link KMeansOptions}.
 * @returns A clusterer; it refuses missing values and more clusters than distinct rows.
 * @throws `option/out-of-range`, `option/unknown-name`; on learning also
 *   `cluster/out-of-range-clusters`, `tensor/out-of-range-memory`
 * @example
 * ```ts
 * const x = matrix([[1, 1], [1, 2], [8, 8], [9, 8]]);
 * const found = await kMeans({ clusters: 2 }).learn({ x, names: ["a", "b"] });
 * found.inertia // => 1
 * const [first, second, third] = found.assign(matrix([[0, 0], [1, 1], [9, 9]]));
 * first === second && second !== third // => true
 * ```
 * @see Lloyd, IEEE Transactions on Information Theory 28(2), 1982; Arthur & Vassilvitskii, SODA 2007;
 *   Hamerly, SDM 2010. Peer: scikit-learn `KMeans`.
 */
export function kMeans(options: KMeansOptions): Clusterer<KMeansClusters> {
  checkNames("kMeans", options, [
    "clusters",
    "starts",
    "centres",
    "maxIterations",
    "tolerance",
    "seed",
  ]);
  const {
    clusters,
    starts = 1,
    centres,
    maxIterations = 300,
    tolerance = 1e-4,
    seed = 0,
  } = options;
  checkNumber("kMeans", { clusters }, { min: 1, integer: true });
  checkNumber("kMeans", { starts }, { min: 1, integer: true });
  checkNumber("kMeans", { maxIterations }, { min: 1, integer: true });
  checkNumber("kMeans", { tolerance }, { min: 0 });
  checkNumber("kMeans", { seed });
  const settings = { clusters, starts, maxIterations, tolerance, seed };
  const begin = centres === undefined ? undefined : matrix(centres);
  return clusterer({
    name: "kMeans",
    options: { ...settings, ...(centres === undefined ? {} : { centres }) },
    learn: async ({ x, names, warnings }, work) => {
      if (begin !== undefined) checkBegin(begin, { clusters, names, x });
      const found = await lloydKMeans({ x, ...settings, centres: begin }, work);
      if (found === undefined) return tooMany("kMeans", x, clusters);
      return kMeansClusters({ kind: "kMeans", ...found, names, warnings });
    },
  });
}

function checkBegin(
  begin: Matrix,
  {
    clusters,
    names,
    x,
  }: { readonly clusters: number; readonly names: readonly string[]; readonly x: Matrix },
): void {
  checkRows("kMeans, centres", begin, names);
  if (begin.rows !== clusters)
    fail("cluster/mismatch-length", {
      at: "kMeans",
      what: "centre",
      expected: clusters,
      got: begin.rows,
    });
  checkClusters("kMeans", x, clusters);
}

/** Throws `cluster/out-of-range-clusters`. */
export function tooMany(at: string, x: Matrix, clusters: number): never {
  const distinct = distinctRows(x, clusters);
  return fail("cluster/out-of-range-clusters", { at, clusters, distinct, rows: x.rows });
}

/**
 * The clusters of centres; learning and loading both come through here.
 *
 * @param state - Centres [k, d], and how learning ended.
 * @returns The clusters.
 * @example
 * ```ts
 * const state = { kind: "kMeans", centres: matrix([[1], [8]]), inertia: 2, iterations: 3 } as const;
 * const clusters = kMeansClusters({ ...state, converged: true, names: ["a"], warnings: [] });
 * clusters.assign(matrix([[0], [9]])) // => Int32Array.of(0, 1)
 * ```
 */
export function kMeansClusters(state: KMeansState): KMeansClusters {
  const { centres, kind, names } = state;
  const assign: Clusters["assign"] = (x) => {
    checkRows(kind, x, names);
    return nearestCentres(x, centres);
  };
  return { ...state, clusters: centres.rows, assign };
}

/** The clusters of a stored state. */
export function readKMeans(kind: KMeansState["kind"]): (fields: Fields) => KMeansClusters {
  return (fields) => {
    const { width, ...common } = commonOf(fields);
    return kMeansClusters({
      kind,
      centres: storedMatrix(fields, "centres", { rows: fields.number("clusters"), cols: width }),
      inertia: fields.number("inertia"),
      iterations: fields.number("iterations"),
      converged: fields.boolean("converged"),
      ...common,
    });
  };
}
