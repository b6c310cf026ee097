/** @file UMAP: rows in a plane so that neighbours stay neighbours, for looking at them. */
import { setImmediate } from "node:timers/promises";
import { checkNames, checkNumber, type LongWork, random } from "../core/index.ts";
import type { Json, Matrix } from "../flow.ts";
import { startUmap } from "./adapter/umap.ts";
import { type ClusterData, checkData, scaleWarnings } from "./data.ts";
import { fail } from "./errors.ts";

/** Options of {@link umap}. */
export interface UmapOptions {
  /** Numbers that a row becomes, ≥ 1. Default 2. */
  readonly components?: number;
  /** How many neighbours of a row are kept near, ≥ 2: few show detail, many the whole. Default 15. */
  readonly neighbours?: number;
  /** How near rows may come, 0 to 1. Default 0.1. */
  readonly minDistance?: number;
  /** Rounds of moving the rows, ≥ 0; 0: 200 to 500, by their number. Default 0. */
  readonly epochs?: number;
  /** Where chance starts. Default 0. */
  readonly seed?: number;
}

/** Rows in few numbers, for pictures. */
export interface Embedding {
  /** Shape [n, k]. */
  readonly places: Matrix;
  readonly warnings: readonly string[];
}

/** UMAP with its options. */
export interface Embedder {
  readonly name: string;
  /** Every option that decides the result, defaults included. */
  readonly options: Readonly<Record<string, Json>>;
  /** Places the rows of x, shape [n, d]. @throws as a clusterer's `learn` */
  embed(data: ClusterData, work?: LongWork): Promise<Embedding>;
}

const mostRows = 50_000;

/**
 * UMAP: places rows in a plane so that the neighbours of a row stay its neighbours. For looking at
 * groups, not for measuring: distances between groups, and their sizes, mean little there. It knows no
 * place for new rows; what shall be applied to new rows is {@link pca}. Neighbours are found by descent
 * and the places by stochastic gradients, in umap-js: some seconds for thousands of rows, of which the search
 * for neighbours gives nobody else a turn. The same seed gives the same places.
 *
 * @param options - See {@link UmapOptions}.
 * @returns What embeds rows; it refuses missing values.
 * @throws `option/out-of-range`, `option/unknown-name`; on embedding also `cluster/out-of-range-rows`
 *   for fewer rows than neighbours, or more than 50,000
 * @example
 * ```ts
 * const rows = Array.from({ length: 40 }, (_, i) => [(i % 2) * 50 + Math.sin(i), Math.cos(i)]);
 * const { places } = await umap({ neighbours: 5, epochs: 100 }).embed({ x: matrix(rows), names: ["a", "b"] });
 * [places.rows, places.cols] // => [40, 2]
 * ```
 * @see McInnes, Healy & Melville, arXiv:1802.03426, 2018; umap-js begins at random places, where the
 *   Python original begins at a spectral embedding.
 */
export function umap(options: UmapOptions = {}): Embedder {
  checkNames("umap", options, ["components", "neighbours", "minDistance", "epochs", "seed"]);
  const { components = 2, neighbours = 15, minDistance = 0.1, epochs = 0, seed = 0 } = options;
  checkNumber("umap", { components }, { min: 1, integer: true });
  checkNumber("umap", { neighbours }, { min: 2, integer: true });
  checkNumber("umap", { minDistance }, { min: 0, max: 1 });
  checkNumber("umap", { epochs }, { min: 0, integer: true });
  checkNumber("umap", { seed });
  const settings = { components, neighbours, minDistance, epochs, seed };
  return { name: "umap", options: settings, embed: (data, work) => embed(data, settings, work) };
}

async function embed(
  data: ClusterData,
  settings: Required<UmapOptions>,
  { signal, progress }: LongWork = {},
): Promise<Embedding> {
  const { components, neighbours, seed } = settings;
  const { x } = data;
  signal?.throwIfAborted();
  checkData("umap", data);
  if (x.rows > mostRows)
    fail("cluster/out-of-range-rows", {
      at: "umap",
      rows: x.rows,
      most: mostRows,
      advice: "Take a sample of the rows, or pca().",
    });
  if (x.rows <= neighbours)
    fail("cluster/missing-neighbours", { at: "umap", rows: x.rows, neighbours });
  const draws = random(seed).stream("umap");
  const rows = Array.from({ length: x.rows }, (_, i) => [
    ...x.data.subarray(i * x.cols, (i + 1) * x.cols),
  ]);
  const run = startUmap(rows, { ...settings, next: draws.next });
  let since = performance.now();
  for (let done = 1; done <= run.epochs; done++) {
    signal?.throwIfAborted();
    run.step();
    progress?.({ done, total: run.epochs });
    if (performance.now() - since < 25) continue;
    await setImmediate();
    since = performance.now();
  }
  const places = { rows: x.rows, cols: components, data: Float64Array.from(run.places().flat()) };
  return { places, warnings: scaleWarnings(data) };
}
