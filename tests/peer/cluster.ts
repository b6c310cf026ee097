/** @file The peer numbers of cluster.json, and the rows they were made from. */
import { readFile } from "node:fs/promises";
import type { Linkage, MixtureForm } from "../../src/tensor/index.ts";
import { fractions } from "./classification.ts";

/** How rows are made; `rows_of` in cluster.py makes the same. */
export interface RowsCase {
  readonly rows: number;
  readonly features: number;
  readonly groups: number;
  readonly spread: number;
  readonly salt: number;
}

type Numbers = readonly number[];

/** What the peers gave. */
export interface ClusterPeers {
  readonly kMeans: readonly (RowsCase & {
    readonly clusters: number;
    readonly centres: readonly Numbers[];
    readonly inertia: number;
    readonly iterations: number;
    readonly labels: Numbers;
  })[];
  readonly bestInertia: readonly (RowsCase & { readonly inertia: number })[];
  readonly joins: readonly (RowsCase & {
    readonly linkage: Linkage;
    readonly heights: Numbers;
    readonly sizes: Numbers;
    readonly labels: Numbers;
  })[];
  readonly dense: readonly (RowsCase & {
    readonly distance: number;
    readonly neighbours: number;
    readonly labels: Numbers;
    readonly cores: Numbers;
  })[];
  readonly mixture: readonly (RowsCase & {
    readonly form: MixtureForm;
    readonly score: number;
    readonly bic: number;
    readonly aic: number;
    readonly weights: Numbers;
    readonly means: readonly Numbers[];
    readonly covariances: Numbers;
    readonly density: Numbers;
  })[];
  readonly components: readonly (RowsCase & {
    readonly whiten: boolean;
    readonly directions: readonly Numbers[];
    readonly variances: Numbers;
    readonly shares: Numbers;
    readonly singular: Numbers;
    readonly means: Numbers;
    readonly applied: readonly Numbers[];
  })[];
  readonly metrics: readonly (RowsCase & {
    readonly labels: Numbers;
    readonly silhouette: number;
    readonly daviesBouldin: number;
    readonly calinskiHarabasz: number;
    readonly adjustedRand: number;
    readonly mutualInformation: number;
  })[];
}

/** Reads the peers' numbers. */
export async function readClusterPeers(): Promise<ClusterPeers> {
  const text = await readFile(new URL("./cluster.json", import.meta.url), "utf8");
  return JSON.parse(text) as ClusterPeers;
}

/** Groups on a grid of whole numbers, each row the sum of three uniform draws away. */
export function peerRows({ rows: n, features: d, groups: k, spread, salt }: RowsCase) {
  const u = fractions(n * 3 * d, salt);
  const group = Array.from({ length: n }, (_, i) => i % k);
  const data = new Float64Array(n * d);
  for (let at = 0; at < data.length; at++) {
    const centre = ((group[Math.floor(at / d)] ?? 0) * ((at % d) + 2) * 7) % 11;
    const away = (u[3 * at] ?? 0) + (u[3 * at + 1] ?? 0) + (u[3 * at + 2] ?? 0) - 1.5;
    data[at] = centre + away * spread;
  }
  const names = Array.from({ length: d }, (_, j) => `f${j}`);
  return { x: { rows: n, cols: d, data }, names, group };
}
