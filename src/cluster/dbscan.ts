/** @file DBSCAN: clusters of any form where rows lie dense. */
import { checkNames, checkNumber } from "../core/index.ts";
import type { Matrix } from "../flow.ts";
import { denseGroups, rowTree } from "../tensor/index.ts";
import { type Clusterer, clusterer } from "./clusterer.ts";
import type { Clusters } from "./clusters.ts";
import { checkRows } from "./data.ts";
import { commonOf, damaged, type Fields, storedMatrix } from "./state-fields.ts";

/** Options of {@link dbscan}. */
export interface DbscanOptions {
  /** How far a neighbour may be, > 0, in the unit of the features: scikit-learn's eps. */
  readonly distance: number;
  /** How many rows a core row has within that distance, itself one of them, ≥ 1. Default 5. */
  readonly neighbours?: number;
}

/** What `dbscan` learned. */
export interface DbscanState {
  readonly distance: number;
  /** The core rows, shape [m, d]: what decides where a new row belongs. */
  readonly cores: Matrix;
  /** The cluster of each core row, [m]. */
  readonly coreLabels: Int32Array;
  /** How many rows belonged to no cluster. */
  readonly noise: number;
  readonly names: readonly string[];
  readonly warnings: readonly string[];
}

/** Gives a row to the cluster of the nearest core row within the distance, else −1: noise. */
export interface DbscanClusters extends Clusters, DbscanState {
  readonly kind: "dbscan";
}

/**
 * DBSCAN: a row with enough neighbours is a core row; core rows that are neighbours are one cluster;
 * a row near a core row goes with the nearest one; all others are noise, −1. It finds the number of
 * clusters by itself, and clusters of any form. Border rows go to the nearest core row, not to the
 * first that came, so the order of rows changes nothing. By a k-d tree: O(n·log n) in few features,
 * O(n²·d) in many.
 *
 * @param options - See {@link DbscanOptions}.
 * @returns A clusterer; it refuses missing values.
 * @throws `option/out-of-range`, `option/unknown-name`
 * @example
 * ```ts
 * const x = matrix([[0], [1], [2], [50], [51], [52], [99]]);
 * const found = await dbscan({ distance: 1.5, neighbours: 3 }).learn({ x, names: ["a"] });
 * found.assign(x) // => Int32Array.of(0, 0, 0, 1, 1, 1, -1)
 * found.noise // => 1
 * ```
 * @see Ester, Kriegel, Sander & Xu, KDD 1996. Peer: scikit-learn `DBSCAN(eps, min_samples)`.
 */
export function dbscan(options: DbscanOptions): Clusterer<DbscanClusters> {
  checkNames("dbscan", options, ["distance", "neighbours"]);
  const { distance, neighbours = 5 } = options;
  checkNumber("dbscan", { distance }, { above: 0 });
  checkNumber("dbscan", { neighbours }, { min: 1, integer: true });
  return clusterer({
    name: "dbscan",
    options: { distance, neighbours },
    learn: ({ x, names, warnings }) => {
      const { labels, cores } = denseGroups(x, { distance, neighbours });
      const kept = Array.from(cores.keys()).filter((i) => cores[i] === 1);
      const data = new Float64Array(kept.length * x.cols);
      for (const [at, i] of kept.entries())
        data.set(x.data.subarray(i * x.cols, (i + 1) * x.cols), at * x.cols);
      return dbscanClusters({
        distance,
        cores: { rows: kept.length, cols: x.cols, data },
        coreLabels: Int32Array.from(kept, (i) => labels[i] ?? -1),
        noise: labels.filter((label) => label < 0).length,
        names,
        warnings,
      });
    },
  });
}

/** The clusters of core rows; learning and loading both come through here. */
function dbscanClusters(state: DbscanState): DbscanClusters {
  const { cores, coreLabels, names, distance } = state;
  const tree = rowTree(cores);
  const assign: Clusters["assign"] = (x) => {
    checkRows("dbscan", x, names);
    return Int32Array.from({ length: x.rows }, (_, i) => {
      const near = tree.nearest(x.data.subarray(i * x.cols, (i + 1) * x.cols), distance * distance);
      return coreLabels[near] ?? -1;
    });
  };
  const clusters = coreLabels.reduce((most, label) => Math.max(most, label + 1), 0);
  return { kind: "dbscan", ...state, clusters, assign };
}

/** The clusters of a stored state. */
export function readDbscan(fields: Fields): DbscanClusters {
  const { width, ...common } = commonOf(fields);
  const { length } = fields.array("coreLabels", Int32Array);
  const distance = fields.number("distance");
  if (!(distance > 0)) damaged("distance", "a number > 0", `${distance}`);
  return dbscanClusters({
    distance,
    cores: storedMatrix(fields, "cores", { rows: length, cols: width }),
    coreLabels: fields.array("coreLabels", Int32Array, length),
    noise: fields.number("noise"),
    ...common,
  });
}
