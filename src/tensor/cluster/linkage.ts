/** @file Agglomerative clustering: which groups join, and at what distance. */
import type { Matrix } from "../../flow.ts";

/** How far two groups are apart. */
export type Linkage = "ward" | "complete" | "average" | "single";

/**
 * n − 1 joins by rising height. Numbers below n are rows, n + i is what join i made; the smaller
 * number of a join is at its left.
 */
export interface Joins {
  readonly left: Int32Array;
  readonly right: Int32Array;
  /** The distance of what is joined, [n − 1]. */
  readonly heights: Float64Array;
  /** Rows of what is made, [n − 1]. */
  readonly sizes: Int32Array;
}

/**
 * Joins the nearest two groups until one is left. For `single` by a minimal spanning tree, O(n²·d)
 * time and O(n) memory; for the others by chains of nearest neighbours over the distances of all
 * pairs, O(n²·d) time and n²·4 bytes.
 *
 * @param x - Shape [n, d], n ≥ 1, finite.
 * @param linkage - Ward: by how much the sum of squares grows; else the largest, mean or smallest
 *   distance of a pair.
 * @returns The joins, as SciPy numbers them.
 * @example
 * ```ts
 * const { heights, sizes } = linkRows(matrix([[0], [1], [9]]), "average");
 * heights // => Float64Array.of(1, 8.5)
 * sizes // => Int32Array.of(2, 3)
 * ```
 * @see Müllner, arXiv:1109.2378, 2011. Peer: SciPy `cluster.hierarchy.linkage`.
 */
export function linkRows(x: Matrix, linkage: Linkage): Joins {
  const pairs = linkage === "single" ? spanningTree(x) : chains(x, linkage);
  return numbered(x.rows, pairs);
}

/** Two rows whose groups join, and at what height. */
interface Pair {
  readonly a: number;
  readonly b: number;
  readonly height: number;
}

function squaredRows({ data, cols }: Matrix, a: number, b: number): number {
  let sum = 0;
  for (let j = 0, p = a * cols, q = b * cols; j < cols; j++, p++, q++) {
    const by = data[p]! - data[q]!;
    sum += by * by;
  }
  return sum;
}

/** Prim's algorithm: the tree that joins all rows with the least sum of lengths. */
function spanningTree(x: Matrix): readonly Pair[] {
  const { rows } = x;
  const near = new Float64Array(rows).fill(Infinity); // squared distance to the tree
  const from = new Int32Array(rows);
  const inside = new Uint8Array(rows);
  const pairs: Pair[] = [];
  for (let last = 0; pairs.length < rows - 1; ) {
    inside[last] = 1;
    let next = -1;
    for (let i = 0; i < rows; i++) {
      if (inside[i] === 1) continue;
      const by = squaredRows(x, last, i);
      if (by < near[i]!) {
        near[i] = by;
        from[i] = last;
      }
      if (next < 0 || near[i]! < near[next]!) next = i;
    }
    pairs.push({ a: from[next]!, b: next, height: Math.sqrt(near[next]!) });
    last = next;
  }
  return pairs;
}

/** Follows nearest neighbours until two are each other's: those join, whatever else there is. */
function chains(x: Matrix, linkage: Exclude<Linkage, "single">): readonly Pair[] {
  const { rows } = x;
  const distances = allDistances(x, linkage === "ward");
  const sizes = new Int32Array(rows).fill(1); // 0: joined into another
  const chain: number[] = [];
  const pairs: Pair[] = [];
  while (pairs.length < rows - 1) {
    if (chain.length === 0) chain.push(sizes.findIndex((size) => size > 0));
    const end = chain.at(-1)!;
    const before = chain.at(-2) ?? -1;
    const { near, height } = nearestGroup(distances, sizes, { end, before });
    if (near !== before) {
      chain.push(near);
      continue;
    }
    chain.length -= 2;
    const [a, b] = end < near ? [end, near] : [near, end];
    pairs.push({ a, b, height: linkage === "ward" ? Math.sqrt(height) : height });
    join(distances, sizes, { a, b, height, linkage });
  }
  return pairs;
}

/** Where the distance of a pair of rows lies. */
const placeOf = (rows: number, i: number, j: number): number =>
  i < j ? i * rows - (i * (i + 1)) / 2 + j - i - 1 : j * rows - (j * (j + 1)) / 2 + i - j - 1;

function allDistances(x: Matrix, squared: boolean): Float64Array {
  const { rows } = x;
  const distances = new Float64Array((rows * (rows - 1)) / 2);
  for (let i = 0, at = 0; i < rows; i++)
    for (let j = i + 1; j < rows; j++, at++) {
      const by = squaredRows(x, i, j);
      distances[at] = squared ? by : Math.sqrt(by);
    }
  return distances;
}

/** The group nearest to the chain's end; of equally near ones the one before it in the chain. */
function nearestGroup(
  distances: Float64Array,
  sizes: Int32Array,
  { end, before }: { readonly end: number; readonly before: number },
): { readonly near: number; readonly height: number } {
  const rows = sizes.length;
  let near = before;
  let height = before < 0 ? Infinity : distances[placeOf(rows, end, before)]!;
  for (let i = 0; i < rows; i++) {
    if (sizes[i] === 0 || i === end) continue;
    const by = distances[placeOf(rows, end, i)]!;
    if (by < height) [near, height] = [i, by];
  }
  return { near, height };
}

/** Joins a into b: the distances of all others to b are those to both (Lance & Williams). */
function join(
  distances: Float64Array,
  sizes: Int32Array,
  how: Pair & { readonly linkage: Exclude<Linkage, "single"> },
): void {
  const { a, b, height, linkage } = how;
  const rows = sizes.length;
  const [na, nb] = [sizes[a]!, sizes[b]!];
  for (let i = 0; i < rows; i++) {
    const n = sizes[i]!;
    if (n === 0 || i === a || i === b) continue;
    const at = placeOf(rows, i, b);
    const [toA, toB] = [distances[placeOf(rows, i, a)]!, distances[at]!];
    if (linkage === "complete") distances[at] = Math.max(toA, toB);
    else if (linkage === "average") distances[at] = (na * toA + nb * toB) / (na + nb);
    else distances[at] = ((n + na) * toA + (n + nb) * toB - n * height) / (n + na + nb);
  }
  sizes[b] = na + nb;
  sizes[a] = 0;
}

/** Sorts the pairs by height and numbers what they make. */
function numbered(rows: number, pairs: readonly Pair[]): Joins {
  const sorted = [...pairs].sort((p, q) => p.height - q.height);
  const [left, right] = [new Int32Array(sorted.length), new Int32Array(sorted.length)];
  const [heights, sizes] = [new Float64Array(sorted.length), new Int32Array(sorted.length)];
  const parents = Int32Array.from({ length: 2 * rows - 1 }, (_, i) => i);
  const rootOf = (node: number): number => {
    let at = node;
    while (parents[at] !== at) {
      parents[at] = parents[parents[at]!]!;
      at = parents[at]!;
    }
    return at;
  };
  const sizeOf = (node: number): number => (node < rows ? 1 : sizes[node - rows]!);
  for (const [i, { a, b, height }] of sorted.entries()) {
    const [p, q] = [rootOf(a), rootOf(b)];
    left[i] = Math.min(p, q);
    right[i] = Math.max(p, q);
    heights[i] = height;
    sizes[i] = sizeOf(p) + sizeOf(q);
    parents[p] = rows + i;
    parents[q] = rows + i;
  }
  return { left, right, heights, sizes };
}

/**
 * The groups after some joins, numbered by their first row. O(n).
 *
 * @param joins - Of n rows.
 * @param count - How many of the joins are made, 0 to n − 1.
 * @returns The group of each row, [n].
 * @example
 * ```ts
 * cutJoins(linkRows(matrix([[0], [9], [1]]), "single"), 1) // => Int32Array.of(0, 1, 0)
 * ```
 */
export function cutJoins({ left, right }: Joins, count: number): Int32Array {
  const rows = left.length + 1;
  const above = new Int32Array(rows + left.length).fill(-1);
  for (let i = 0; i < count; i++) {
    above[left[i]!] = rows + i;
    above[right[i]!] = rows + i;
  }
  for (let node = above.length - 1; node >= 0; node--) {
    const up = above[node]!;
    above[node] = up < 0 ? node : above[up]!; // what is above has its top already
  }
  const numbers = new Map<number, number>();
  return Int32Array.from({ length: rows }, (_, row) => {
    const top = above[row]!;
    const known = numbers.get(top) ?? numbers.size;
    numbers.set(top, known);
    return known;
  });
}
