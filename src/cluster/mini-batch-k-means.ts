/** @file Mini-batch k-means: k-means for more rows than one wants to wait for. */
import { checkNames, checkNumber } from "../core/index.ts";
import { miniBatch } from "../tensor/index.ts";
import { type Clusterer, clusterer } from "./clusterer.ts";
import { type KMeansClusters, kMeansClusters, tooMany } from "./k-means.ts";

/** Options of {@link miniBatchKMeans}. */
export interface MiniBatchKMeansOptions {
  /** How many clusters, k ≥ 1. */
  readonly clusters: number;
  /** Rows of a batch, ≥ 1. Default 1024. */
  readonly batchRows?: number;
  /** Most batches, ≥ 1. Default: as many as read all rows 100 times. */
  readonly maxIterations?: number;
  /** Done after so many batches without a better smoothed mean distance, ≥ 1. Default 10. */
  readonly patience?: number;
  /** Where chance starts. Default 0. */
  readonly seed?: number;
}

/**
 * Mini-batch k-means: k-means++ seeds among some rows, then random batches that pull the centres
 * towards the mean of their rows, less and less. Nearly the sum of {@link kMeans} for a part of its
 * work: O(b·k·d) a batch, and one pass over all rows.
 *
 * @param options - See {@link MiniBatchKMeansOptions}.
 * @returns A clusterer; it refuses missing values and more clusters than distinct rows.
 * @throws `option/out-of-range`, `option/unknown-name`
 * @example
 * ```ts
 * const x = matrix([[1, 1], [1, 2], [8, 8], [9, 8]]);
 * const found = await miniBatchKMeans({ clusters: 2 }).learn({ x, names: ["a", "b"] });
 * const [first, , third] = found.assign(x);
 * first !== third // => true
 * ```
 * @see Sculley, WWW 2010. Peer: scikit-learn `MiniBatchKMeans`.
 */
export function miniBatchKMeans(options: MiniBatchKMeansOptions): Clusterer<KMeansClusters> {
  checkNames("miniBatchKMeans", options, [
    "clusters",
    "batchRows",
    "maxIterations",
    "patience",
    "seed",
  ]);
  const { clusters, batchRows = 1024, maxIterations, patience = 10, seed = 0 } = options;
  checkNumber("miniBatchKMeans", { clusters }, { min: 1, integer: true });
  checkNumber("miniBatchKMeans", { batchRows }, { min: 1, integer: true });
  checkNumber("miniBatchKMeans", { patience }, { min: 1, integer: true });
  checkNumber("miniBatchKMeans", { seed });
  if (maxIterations !== undefined)
    checkNumber("miniBatchKMeans", { maxIterations }, { min: 1, integer: true });
  const settings = { clusters, batchRows, patience, seed };
  return clusterer({
    name: "miniBatchKMeans",
    options: { ...settings, ...(maxIterations === undefined ? {} : { maxIterations }) },
    learn: async ({ x, names, warnings }, work) => {
      const most = maxIterations ?? Math.ceil((100 * x.rows) / batchRows);
      const found = await miniBatch({ x, ...settings, maxIterations: most }, work);
      if (found === undefined) return tooMany("miniBatchKMeans", x, clusters);
      return kMeansClusters({ kind: "miniBatchKMeans", ...found, names, warnings });
    },
  });
}
