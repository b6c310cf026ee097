/** @file The nearest rows of a matrix: a k-d tree or a blocked scan, whichever is faster. */

import type { Matrix } from "../../flow.ts";
import { openBlocks } from "../blocks.ts";
import { fail } from "../errors.ts";
import { loadKernelSync, openModule, sharedMemory } from "../kernel-file.ts";

/** How far two rows are apart: Σ|aⱼ−bⱼ|ᵖ to the 1/p, with p = 1, 2, ∞ or as given; or 1 − cos of their angle. */
export type RowDistance = "euclidean" | "manhattan" | "chebyshev" | "minkowski" | "cosine";

/** How rows are looked for. */
export interface NearestOptions {
  /** Default "euclidean". */
  readonly distance?: RowDistance;
  /** The power of "minkowski", ≥ 1. Default 2. */
  readonly power?: number;
  /** A tree or a scan of all rows; both find the same. Default "auto": a tree up to 14 features. */
  readonly search?: "auto" | "tree" | "scan";
}

/** The k nearest rows of each of q queries, nearest first; of equally near ones the first row first. */
export interface Nearest {
  /** Shape [q, k]. */
  readonly distances: Float64Array;
  /** Shape [q, k]. */
  readonly rows: Uint32Array;
}

/** Rows, ready to be looked for. */
export interface NearestRows {
  readonly rows: number;
  /** The k nearest rows, 1 ≤ k ≤ n, of each row of a matrix of finite numbers, [q, d]. */
  nearest(queries: Matrix, k: number): Nearest;
}

const nearestFunctions: readonly (keyof NearestCode)[] = [
  "open",
  "nodeCount",
  "build",
  "arrange",
  "searchTree",
  "searchAll",
];

/** The functions of kernels/neighbours.as.ts. */
interface NearestCode {
  open(
    kind: number,
    p: number,
    features: number,
    stride: number,
    points: number,
    ids: number,
  ): void;
  nodeCount(rows: number): number;
  build(rows: number, nodes: number, boxes: number): void;
  arrange(rows: number, to: number): void;
  searchTree(queries: number, count: number, k: number, distances: number, rows: number): void;
  searchAll(
    queries: number,
    count: number,
    k: number,
    distances: number,
    rows: number,
    sizes: number,
    all: number,
  ): void;
}

const firstByte = 65_536; // the compiler's static data is below
const batchBytes = 2 ** 20;
const treeFeatures = 14; // where a tree stops being faster than a scan (bench/neighbours.ts)
const treeRows = 64;

/**
 * Makes the rows of a matrix ready to be looked for, in WebAssembly with SIMD. Rows are copied; the tree takes
 * O(n·d·log n) to build and about O(d·log n) a query, a scan O(n·d) a query. Distances are sums of differences, so
 * that near rows far from 0 keep their digits, and tree and scan give the same bits. A row of zeros has no direction:
 * by cosine it is at 1 from every other row, and at 0 from another row of zeros.
 *
 * @param x - Shape [n, d], finite, n ≥ 1.
 * @param options - See {@link NearestOptions}.
 * @returns The rows; queries may be as many as one likes.
 * @throws `tensor/missing-kernel`, `tensor/out-of-range-memory`; `nearest` throws `tensor/mismatch-shape`
 * @example
 * ```ts
 * const found = openNearest(matrix([[0, 0], [3, 4], [6, 8]])).nearest(matrix([[0, 1]]), 2);
 * [...found.rows] // => [0, 1]
 * found.distances // => Float64Array.of(1, Math.sqrt(18))
 * ```
 * @see Bentley, CACM 18(9), 1975. Peer: scikit-learn `NearestNeighbors`.
 */
export function openNearest(x: Matrix, options: NearestOptions = {}): NearestRows {
  const { distance = "euclidean", power = 2, search = "auto" } = options;
  const p = { euclidean: 2, cosine: 2, manhattan: 1, chebyshev: Infinity, minkowski: power }[
    distance
  ];
  const small = x.cols <= treeFeatures && x.rows >= treeRows;
  const tree = search === "tree" || (search === "auto" && small);
  const index = openIndex(distance === "cosine" ? directions(x) : x, { p, tree });
  return {
    rows: x.rows,
    nearest: (queries, k) => {
      if (queries.cols !== x.cols) refuse(`a matrix [q, ${x.cols}]`, queries);
      const found = index(distance === "cosine" ? directions(queries) : queries, k);
      return { rows: found.rows, distances: found.distances.map(distanceOf(distance, p)) };
    },
  };
}

/** A distance from the sum that ranks. */
function distanceOf(distance: RowDistance, p: number): (sum: number) => number {
  if (distance === "cosine") return (sum) => sum / 2; // of directions, |u − v|² = 2·(1 − cos)
  if (p === 2) return Math.sqrt;
  if (p === 1 || p === Infinity) return (sum) => sum;
  return (sum) => sum ** (1 / p);
}

/** Rows of length 1, and one more feature, in which only a row of zeros has a 1. */
function directions({ rows, cols, data }: Matrix): Matrix {
  const turned = new Float64Array(rows * (cols + 1));
  for (let i = 0; i < rows; i++) {
    const row = data.subarray(i * cols, (i + 1) * cols);
    const largest = row.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    if (largest === 0) {
      turned[i * (cols + 1) + cols] = 1;
      continue;
    }
    let sum = 0;
    for (let j = 0; j < cols; j++) sum += (row[j]! / largest) ** 2;
    const length = Math.sqrt(sum);
    for (let j = 0; j < cols; j++) turned[i * (cols + 1) + j] = row[j]! / largest / length;
  }
  return { rows, cols: cols + 1, data: turned };
}

interface Index {
  readonly p: number;
  readonly tree: boolean;
}

/** The kernel over the rows; what it gives are the sums that rank. */
function openIndex(x: Matrix, { p, tree }: Index): (queries: Matrix, k: number) => Nearest {
  const stride = Math.ceil(x.cols / 4) * 4;
  const nodes = tree ? 2 * 2 ** Math.ceil(Math.log2(Math.max(1, x.rows / 24)) + 1) : 0;
  const { take, end } = openBlocks(firstByte);
  const at = {
    points: take(8 * stride * x.rows),
    arranged: tree ? take(8 * stride * x.rows) : 0,
    ids: take(4 * x.rows),
    nodes: take(8 * nodes),
    boxes: take(16 * stride * nodes),
  };
  const start = end(); // of what a search needs
  const maxBytes = 65_536 * 65_536;
  const needBytes = start + 2 * batchBytes + 24 * x.rows + 8 * stride;
  if (needBytes > maxBytes)
    fail("tensor/out-of-range-memory", {
      ...{ at: "openNearest", needBytes, maxBytes, rows: x.rows, features: x.cols },
    });
  const memory = sharedMemory(needBytes);
  const code = openModule(loadKernelSync("neighbours", nearestFunctions), memory) as NearestCode;
  const { buffer } = memory;
  spread(x, new Float64Array(buffer, at.points, stride * x.rows), stride);
  const ids = new Uint32Array(buffer, at.ids, x.rows);
  for (let i = 0; i < x.rows; i++) ids[i] = i;
  code.open({ 1: 0, 2: 1, Infinity: 2 }[p] ?? 3, p, x.cols, stride, at.points, at.ids);
  if (tree) {
    code.build(x.rows, at.nodes, at.boxes);
    code.arrange(x.rows, at.arranged);
  }
  return (queries, k) => {
    const batch = Math.max(1, Math.floor(batchBytes / (8 * stride + 12 * k + 4)));
    const places = { queries: start, distances: start + 8 * stride * batch };
    const rowsAt = places.distances + 8 * k * batch;
    const sizesAt = rowsAt + 4 * k * batch;
    const found = {
      distances: new Float64Array(queries.rows * k),
      rows: new Uint32Array(queries.rows * k),
    };
    for (let from = 0; from < queries.rows; from += batch) {
      const count = Math.min(batch, queries.rows - from);
      const part = queries.data.subarray(from * x.cols, (from + count) * x.cols);
      const staged = new Float64Array(buffer, places.queries, stride * count);
      spread({ rows: count, cols: x.cols, data: part }, staged, stride);
      if (tree) code.searchTree(places.queries, count, k, places.distances, rowsAt);
      else code.searchAll(places.queries, count, k, places.distances, rowsAt, sizesAt, x.rows);
      found.distances.set(new Float64Array(buffer, places.distances, k * count), from * k);
      found.rows.set(new Uint32Array(buffer, rowsAt, k * count), from * k);
    }
    return found;
  };
}

/** Copies rows to places of a larger width, whose rest is 0. */
function spread({ rows, cols, data }: Matrix, to: Float64Array, stride: number): void {
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < stride; j++) to[i * stride + j] = j < cols ? data[i * cols + j]! : 0;
}

function refuse(expected: string, { rows, cols }: Matrix): never {
  return fail("tensor/mismatch-shape", { at: "nearest", expected, got: `[${rows}, ${cols}]` });
}
