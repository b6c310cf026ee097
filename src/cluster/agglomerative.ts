/** @file Agglomerative clustering: the nearest join, until as many are left as are wanted. */
import { checkChoice, checkNames, checkNumber } from "../core/index.ts";
import type { Matrix } from "../flow.ts";
import { cutJoins, type Joins, type Linkage, linkRows, rowTree } from "../tensor/index.ts";
import { type Clusterer, clusterer } from "./clusterer.ts";
import type { Clusters } from "./clusters.ts";
import { checkClusters, checkRows } from "./data.ts";
import { fail } from "./errors.ts";
import { commonOf, damaged, type Fields, storedMatrix } from "./state-fields.ts";

/** Options of {@link agglomerative}. */
export interface AgglomerativeOptions {
  /** How many clusters are left, k ≥ 1. Give it or `height`. */
  readonly clusters?: number;
  /** Nothing joins from farther away than this, ≥ 0. */
  readonly height?: number;
  /**
   * How far two clusters are apart: by how much their sum of squares would grow (`ward`), or the
   * largest, mean or smallest distance of their rows. Default "ward".
   */
  readonly linkage?: Linkage;
}

/** What `agglomerative` learned. */
export interface AgglomerativeState {
  readonly linkage: Linkage;
  /** The rows it learned from, shape [n, d]. */
  readonly rows: Matrix;
  /** The cluster of each of them, [n]; numbered by their first row. */
  readonly labels: Int32Array;
  /** All n − 1 joins, also those past the cut: the dendrogram. */
  readonly joins: Joins;
  readonly names: readonly string[];
  readonly warnings: readonly string[];
}

/** Gives a new row to the cluster of the nearest row that it learned from. */
export interface AgglomerativeClusters extends Clusters, AgglomerativeState {
  readonly kind: "agglomerative";
  /** The clusters of the same rows at another cut, [n]: by number or by height. */
  cut(at: { readonly clusters: number } | { readonly height: number }): Int32Array;
}

const mostRows = 30_000; // whose distances of all pairs take 3.6 GB

/**
 * Agglomerative clustering: every row is a cluster, and the nearest two join until `clusters` are
 * left or the next would join from farther than `height`. All joins are kept, for a dendrogram and
 * for other cuts. Time O(n²·d); memory n²·4 bytes, but for `single` O(n).
 *
 * @param options - See {@link AgglomerativeOptions}.
 * @returns A clusterer; it refuses missing values and more clusters than distinct rows.
 * @throws `option/out-of-range`, `option/unknown-name`; on learning also `cluster/out-of-range-rows`
 *   past 30,000 rows, but for `single`
 * @example
 * ```ts
 * const x = matrix([[0], [1], [9], [11]]);
 * const found = await agglomerative({ clusters: 2, linkage: "average" }).learn({ x, names: ["a"] });
 * found.labels // => Int32Array.of(0, 0, 1, 1)
 * found.joins.heights // => Float64Array.of(1, 2, 9.5)
 * found.cut({ height: 1.5 }) // => Int32Array.of(0, 0, 1, 2)
 * ```
 * @see Müllner, arXiv:1109.2378, 2011. Peers: SciPy `linkage`, scikit-learn `AgglomerativeClustering`.
 */
export function agglomerative(options: AgglomerativeOptions): Clusterer<AgglomerativeClusters> {
  checkNames("agglomerative", options, ["clusters", "height", "linkage"]);
  const { clusters, height } = options;
  const linkage = checkChoice("agglomerative", { linkage: options.linkage ?? "ward" }, [
    "ward",
    "complete",
    "average",
    "single",
  ]);
  const wanted = wantedCut("agglomerative", { clusters, height });
  return clusterer({
    name: "agglomerative",
    options: { linkage, ...wanted },
    learn: ({ x, names, warnings }) => {
      if (linkage !== "single" && x.rows > mostRows)
        fail("cluster/out-of-range-rows", {
          at: "agglomerative",
          rows: x.rows,
          most: mostRows,
          advice: 'Use linkage "single", kMeans(), or a sample of the rows.',
        });
      if ("clusters" in wanted) checkClusters("agglomerative", x, wanted.clusters);
      const joins = linkRows(x, linkage);
      const labels = cutJoins(joins, joinsUntil(joins, wanted));
      const rows = { ...x, data: x.data.slice() };
      return agglomerativeClusters({ linkage, rows, labels, joins, names, warnings });
    },
  });
}

type Cut = { readonly clusters: number } | { readonly height: number };

/** Exactly one of the two, within its bounds. */
function wantedCut(
  at: string,
  {
    clusters,
    height,
  }: { readonly clusters?: number | undefined; readonly height?: number | undefined },
): Cut {
  if (height === undefined)
    return {
      clusters: checkNumber(at, { clusters: clusters ?? Number.NaN }, { min: 1, integer: true }),
    };
  if (clusters !== undefined) checkNames(at, { clusters, height }, ["height"]); // one of them
  return { height: checkNumber(at, { height }, { min: 0 }) };
}

/** How many joins a cut lets be. */
function joinsUntil({ heights }: Joins, cut: Cut): number {
  if ("clusters" in cut) return heights.length + 1 - cut.clusters;
  const past = heights.findIndex((height) => height > cut.height);
  return past < 0 ? heights.length : past;
}

/** The clusters of joined rows; learning and loading both come through here. */
function agglomerativeClusters(state: AgglomerativeState): AgglomerativeClusters {
  const { rows, labels, joins, names } = state;
  const tree = rowTree(rows);
  const assign: Clusters["assign"] = (x) => {
    checkRows("agglomerative", x, names);
    return Int32Array.from(
      { length: x.rows },
      (_, i) => labels[tree.nearest(x.data.subarray(i * x.cols, (i + 1) * x.cols))] ?? -1,
    );
  };
  const cut: AgglomerativeClusters["cut"] = (at) => {
    const wanted = wantedCut("cut", at);
    if ("clusters" in wanted) checkClusters("cut", rows, wanted.clusters);
    return cutJoins(joins, joinsUntil(joins, wanted));
  };
  const clusters = labels.reduce((most, label) => Math.max(most, label + 1), 0);
  return { kind: "agglomerative", ...state, clusters, assign, cut };
}

/** Whether clusters have a tree of joins. */
export function isAgglomerative(clusters: Clusters): clusters is AgglomerativeClusters {
  return clusters.kind === "agglomerative" && "joins" in clusters;
}

/** The clusters of a stored state. */
export function readAgglomerative(fields: Fields): AgglomerativeClusters {
  const { width, ...common } = commonOf(fields);
  const { length } = fields.array("labels", Int32Array);
  const joins = fields.fields("joins");
  const linkage = (["ward", "complete", "average", "single"] as const).find(
    (known) => known === fields.text("linkage"),
  );
  return agglomerativeClusters({
    linkage: linkage ?? damaged("linkage", "a known linkage", fields.text("linkage")),
    rows: storedMatrix(fields, "rows", { rows: length, cols: width }),
    labels: fields.array("labels", Int32Array, length),
    joins: {
      left: joins.array("left", Int32Array, length - 1),
      right: joins.array("right", Int32Array, length - 1),
      heights: joins.array("heights", Float64Array, length - 1),
      sizes: joins.array("sizes", Int32Array, length - 1),
    },
    ...common,
  });
}
