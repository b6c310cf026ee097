/** @file DBSCAN: groups of rows that lie close together, and those that lie alone. */
import type { Matrix } from "../../flow.ts";
import { rowTree } from "./kd-tree.ts";

/** What is dense. */
export interface DensityLimits {
  /** How far a neighbour may be. */
  readonly distance: number;
  /** How many rows, itself one of them, a core row has within that distance. */
  readonly neighbours: number;
}

/** The groups of rows. */
export interface DenseGroups {
  /** The group of each row, [n]; −1 where it lies alone. Numbered by their first core row. */
  readonly labels: Int32Array;
  /** Whether a row is a core row, [n], 0 or 1. */
  readonly cores: Uint8Array;
  readonly groups: number;
}

/**
 * DBSCAN: core rows that are neighbours are in one group; a row that is not core but the neighbour of
 * core rows goes with the nearest, of equally near ones the first. Rows in another order make the same
 * groups, which the usual rule, first come first served, does not promise. Two questions to a k-d tree
 * a row: O(n·log n) in few features, O(n²·d) in many.
 *
 * @param x - Shape [n, d], finite.
 * @param limits - What is dense.
 * @returns The groups.
 * @example
 * ```ts
 * const x = matrix([[0], [1], [2], [50], [51], [52], [99]]);
 * denseGroups(x, { distance: 1, neighbours: 2 }).labels // => Int32Array.of(0, 0, 0, 1, 1, 1, -1)
 * ```
 * @see Ester, Kriegel, Sander & Xu, KDD 1996. Peer: scikit-learn `DBSCAN`.
 */
export function denseGroups(x: Matrix, { distance, neighbours }: DensityLimits): DenseGroups {
  const { rows, cols, data } = x;
  const tree = rowTree(x);
  const limit = distance * distance;
  const rowAt = (i: number): Float64Array => data.subarray(i * cols, (i + 1) * cols);
  const cores = new Uint8Array(rows);
  for (let i = 0; i < rows; i++) {
    let count = 0;
    tree.within(rowAt(i), limit, () => {
      count += 1;
    });
    cores[i] = count >= neighbours ? 1 : 0;
  }
  const parents = Int32Array.from({ length: rows }, (_, i) => i);
  const hosts = new Int32Array(rows).fill(-1); // of a row that is not core
  for (let i = 0; i < rows; i++) {
    let [host, near] = [-1, Infinity];
    tree.within(rowAt(i), limit, (j, by) => {
      if (cores[j] === 0) return;
      if (cores[i] === 1) unite(parents, i, j);
      else if (by < near || (by === near && j < host)) [host, near] = [j, by];
    });
    hosts[i] = cores[i] === 1 ? i : host;
  }
  return { cores, ...numberedGroups(parents, hosts, cores) };
}

/** The first row of the group of a row. */
function rootOf(parents: Int32Array, row: number): number {
  let at = row;
  while (parents[at] !== at) {
    parents[at] = parents[parents[at]!]!;
    at = parents[at]!;
  }
  return at;
}

function unite(parents: Int32Array, a: number, b: number): void {
  const [p, q] = [rootOf(parents, a), rootOf(parents, b)];
  parents[Math.max(p, q)] = Math.min(p, q);
}

function numberedGroups(parents: Int32Array, hosts: Int32Array, cores: Uint8Array) {
  const numbers = new Int32Array(parents.length).fill(-1);
  let groups = 0;
  for (let i = 0; i < parents.length; i++)
    if (cores[i] === 1 && parents[i] === i) numbers[i] = groups++;
  const labels = hosts.map((host) => (host < 0 ? -1 : numbers[rootOf(parents, host)]!));
  return { labels, groups };
}
