/**
 * @file The nearest of many points: a k-d tree where there are few features, a blocked scan where there are many.
 *
 * AssemblyScript, compiled to neighbours.wasm by scripts/kernels.ts. Every address is a byte offset. Points, queries
 * and boxes have a stride of a multiple of four numbers, and what is past their width is 0. Sums run in one order
 * everywhere, so that tree and scan find the same distances to the last bit, and the bound of a box, whose every
 * term is at most that of each point inside, is at most their distance after rounding too.
 */

const manhattan: u32 = 0;
const euclidean: u32 = 1; // squared
const chebyshev: u32 = 2;
const leafRows: u32 = 24;

let metric: u32 = 0;
let power: f64 = 2;
let width: u32 = 0;
let bytes: usize = 0; // of a point
let points: usize = 0; // f64 [n, stride], in the order of the tree's leaves
let ids: usize = 0; // u32 [n]: the row of each point
let nodes: usize = 0; // u32 [nodes, 2]: first point and end
let boxes: usize = 0; // f64 [nodes, 2, stride]: lowest and highest of each feature
let treeNodes: u32 = 0;
let slack: f64 = 1; // a power is not exact enough for its bounds to be

/** Says what the points are, and where they and their rows lie. */
export function open(kind: u32, p: f64, features: u32, stride: u32, x: usize, rows: usize): void {
  metric = kind;
  power = p;
  width = features;
  bytes = (<usize>stride) << 3;
  points = x;
  ids = rows;
  slack = kind > chebyshev ? 1 - 1e-9 : 1;
}

/** How many nodes the tree of so many points has. */
export function nodeCount(rows: u32): u32 {
  let leaves: u32 = 1;
  while (rows / leaves > leafRows) leaves <<= 1;
  return 2 * leaves - 1;
}

/** Builds the tree: `ids` come to stand in the order of its leaves. */
export function build(rows: u32, nodesAt: usize, boxesAt: usize): void {
  nodes = nodesAt;
  boxes = boxesAt;
  treeNodes = nodeCount(rows);
  buildNode(0, 0, rows);
}

function buildNode(node: u32, start: u32, end: u32): void {
  store<u32>(nodes + ((<usize>node) << 3), start);
  store<u32>(nodes + ((<usize>node) << 3), end, 4);
  const low = boxes + (<usize>node) * 2 * bytes;
  const high = low + bytes;
  const first = points + (<usize>load<u32>(ids + ((<usize>start) << 2))) * bytes;
  memory.copy(low, first, bytes);
  memory.copy(high, first, bytes);
  for (let i = start + 1; i < end; i++) {
    const at = points + (<usize>load<u32>(ids + ((<usize>i) << 2))) * bytes;
    for (let j: usize = 0; j < bytes; j += 16) {
      const value = v128.load(at + j);
      v128.store(low + j, f64x2.pmin(v128.load(low + j), value));
      v128.store(high + j, f64x2.pmax(v128.load(high + j), value));
    }
  }
  const left: u32 = 2 * node + 1;
  if (left >= treeNodes) return;
  let widest: usize = 0;
  let most: f64 = -1;
  for (let j: usize = 0; j < ((<usize>width) << 3); j += 8) {
    const extent = load<f64>(high + j) - load<f64>(low + j);
    if (extent > most) {
      most = extent;
      widest = j;
    }
  }
  const middle = start + ((end - start) >> 1);
  select(start, end - 1, middle, widest);
  buildNode(left, start, middle);
  buildNode(left + 1, middle, end);
}

@inline
function valueOf(i: u32, feature: usize): f64 {
  return load<f64>(points + (<usize>load<u32>(ids + ((<usize>i) << 2))) * bytes + feature);
}

@inline
function swap(a: u32, b: u32): void {
  const held = load<u32>(ids + ((<usize>a) << 2));
  store<u32>(ids + ((<usize>a) << 2), load<u32>(ids + ((<usize>b) << 2)));
  store<u32>(ids + ((<usize>b) << 2), held);
}

/** Quickselect (Hoare): the ids from low to high, so that none before `k` is larger and none after it smaller. */
function select(low: u32, high: u32, k: u32, feature: usize): void {
  while (low < high) {
    const pivot = valueOf(low + ((high - low) >> 1), feature);
    let i: i32 = <i32>low;
    let j: i32 = <i32>high;
    while (i <= j) {
      while (valueOf(<u32>i, feature) < pivot) i++;
      while (valueOf(<u32>j, feature) > pivot) j--;
      if (i <= j) {
        swap(<u32>i, <u32>j);
        i++;
        j--;
      }
    }
    if (<i32>k <= j) high = <u32>j;
    else if (<i32>k >= i) low = <u32>i;
    else return;
  }
}

/** Copies the points in the order of the ids to another place, where searches read them from then on. */
export function arrange(rows: u32, to: usize): void {
  for (let i: u32 = 0; i < rows; i++)
    memory.copy(to + (<usize>i) * bytes, points + (<usize>load<u32>(ids + ((<usize>i) << 2))) * bytes, bytes);
  points = to;
}

// The k nearest so far of one query: a heap whose first entry is the farthest, of equals the one of the latest row.
let query: usize = 0;
let far: usize = 0; // f64 [k]
let row: usize = 0; // u32 [k]
let size: u32 = 0;
let most: u32 = 0; // k
let worst: f64 = 0; // nothing farther is wanted

/** The k nearest of each query, nearest first, of equals the first row first: distances [count, k] and rows [count, k]. */
export function searchTree(queries: usize, count: u32, k: u32, distances: usize, found: usize): void {
  for (let q: u32 = 0; q < count; q++) {
    begin(queries, q, k, distances, found, 0);
    visit(0);
    sortHeap();
  }
}

/** As {@link searchTree}, from all points, a block at a time; `sizes` has a word for each query. */
export function searchAll(queries: usize, count: u32, k: u32, distances: usize, found: usize, sizes: usize, rows: u32): void {
  const block = <u32>max<usize>(16, 131072 / bytes);
  memory.fill(sizes, 0, (<usize>count) << 2);
  for (let start: u32 = 0; start < rows; start += block) {
    const end = min(rows, start + block);
    for (let q: u32 = 0; q < count; q++) {
      begin(queries, q, k, distances, found, load<u32>(sizes + ((<usize>q) << 2)));
      scan(start, end);
      store<u32>(sizes + ((<usize>q) << 2), size);
    }
  }
  for (let q: u32 = 0; q < count; q++) {
    begin(queries, q, k, distances, found, load<u32>(sizes + ((<usize>q) << 2)));
    sortHeap();
  }
}

function begin(queries: usize, q: u32, k: u32, distances: usize, found: usize, had: u32): void {
  query = queries + (<usize>q) * bytes;
  far = distances + (((<usize>q) * k) << 3);
  row = found + (((<usize>q) * k) << 2);
  most = k;
  size = had;
  worst = size == k ? load<f64>(far) : Infinity;
}

function visit(node: u32): void {
  const left: u32 = 2 * node + 1;
  if (left >= treeNodes) {
    scan(load<u32>(nodes + ((<usize>node) << 3)), load<u32>(nodes + ((<usize>node) << 3), 4));
    return;
  }
  const toLeft = bound(left);
  const toRight = bound(left + 1);
  const nearer = toLeft <= toRight ? left : left + 1;
  if (min(toLeft, toRight) * slack <= worst) visit(nearer);
  if (max(toLeft, toRight) * slack <= worst) visit(left + left + 1 - nearer);
}

/** The least distance of the query to what is in a node's box. */
function bound(node: u32): f64 {
  const low = boxes + (<usize>node) * 2 * bytes;
  const high = low + bytes;
  let a = f64x2.splat(0), b = f64x2.splat(0);
  for (let j: usize = 0; j < bytes; j += 32) {
    const gapA = outside(v128.load(low + j), v128.load(high + j), v128.load(query + j));
    const gapB = outside(v128.load(low + j, 16), v128.load(high + j, 16), v128.load(query + j, 16));
    if (metric == euclidean) {
      a = f64x2.add(a, f64x2.mul(gapA, gapA));
      b = f64x2.add(b, f64x2.mul(gapB, gapB));
    } else if (metric == manhattan) {
      a = f64x2.add(a, gapA);
      b = f64x2.add(b, gapB);
    } else if (metric == chebyshev) {
      a = f64x2.max(a, gapA);
      b = f64x2.max(b, gapB);
    } else {
      a = f64x2.add(a, powers(gapA));
      b = f64x2.add(b, powers(gapB));
    }
  }
  return metric == chebyshev ? largest(a, b) : total(a, b);
}

@inline
function outside(low: v128, high: v128, q: v128): v128 {
  return f64x2.max(f64x2.max(f64x2.sub(low, q), f64x2.sub(q, high)), f64x2.splat(0));
}

@inline
function total(a: v128, b: v128): f64 {
  const sum = f64x2.add(a, b);
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}

@inline
function largest(a: v128, b: v128): f64 {
  const both = f64x2.max(a, b);
  return max(f64x2.extract_lane(both, 0), f64x2.extract_lane(both, 1));
}

function powers(gap: v128): v128 {
  const first = f64x2.splat(NativeMath.pow(f64x2.extract_lane(gap, 0), power));
  return f64x2.replace_lane(first, 1, NativeMath.pow(f64x2.extract_lane(gap, 1), power));
}

/** Offers the points from start up to end to the query's heap. */
function scan(start: u32, end: u32): void {
  let at = points + (<usize>start) * bytes;
  switch (metric) {
    case euclidean:
      for (let i = start; i < end; i++, at += bytes) offer(i, squares(at));
      return;
    case manhattan:
      for (let i = start; i < end; i++, at += bytes) offer(i, absolutes(at));
      return;
    case chebyshev:
      for (let i = start; i < end; i++, at += bytes) offer(i, maxima(at));
      return;
    default:
      for (let i = start; i < end; i++, at += bytes) offer(i, anyPowers(at));
  }
}

@inline
function squares(at: usize): f64 {
  let a = f64x2.splat(0), b = f64x2.splat(0);
  for (let j: usize = 0; j < bytes; j += 32) {
    const gapA = f64x2.sub(v128.load(at + j), v128.load(query + j));
    const gapB = f64x2.sub(v128.load(at + j, 16), v128.load(query + j, 16));
    a = f64x2.add(a, f64x2.mul(gapA, gapA));
    b = f64x2.add(b, f64x2.mul(gapB, gapB));
  }
  return total(a, b);
}

@inline
function absolutes(at: usize): f64 {
  let a = f64x2.splat(0), b = f64x2.splat(0);
  for (let j: usize = 0; j < bytes; j += 32) {
    a = f64x2.add(a, f64x2.abs(f64x2.sub(v128.load(at + j), v128.load(query + j))));
    b = f64x2.add(b, f64x2.abs(f64x2.sub(v128.load(at + j, 16), v128.load(query + j, 16))));
  }
  return total(a, b);
}

@inline
function maxima(at: usize): f64 {
  let a = f64x2.splat(0), b = f64x2.splat(0);
  for (let j: usize = 0; j < bytes; j += 32) {
    a = f64x2.max(a, f64x2.abs(f64x2.sub(v128.load(at + j), v128.load(query + j))));
    b = f64x2.max(b, f64x2.abs(f64x2.sub(v128.load(at + j, 16), v128.load(query + j, 16))));
  }
  return largest(a, b);
}

function anyPowers(at: usize): f64 {
  let a = f64x2.splat(0), b = f64x2.splat(0);
  for (let j: usize = 0; j < bytes; j += 32) {
    a = f64x2.add(a, powers(f64x2.abs(f64x2.sub(v128.load(at + j), v128.load(query + j)))));
    b = f64x2.add(b, powers(f64x2.abs(f64x2.sub(v128.load(at + j, 16), v128.load(query + j, 16)))));
  }
  return total(a, b);
}

@inline
function offer(i: u32, distance: f64): void {
  if (distance <= worst) take(distance, load<u32>(ids + ((<usize>i) << 2)));
}

/** Whether (a, its row) comes after (b, its row). */
@inline
function after(a: f64, rowA: u32, b: f64, rowB: u32): bool {
  return a > b || (a == b && rowA > rowB);
}

function take(distance: f64, id: u32): void {
  if (size < most) {
    let at = size++;
    while (at > 0) {
      const up = (at - 1) >> 1;
      const upFar = load<f64>(far + ((<usize>up) << 3));
      const upRow = load<u32>(row + ((<usize>up) << 2));
      if (!after(distance, id, upFar, upRow)) break;
      put(at, upFar, upRow);
      at = up;
    }
    put(at, distance, id);
    if (size == most) worst = load<f64>(far);
    return;
  }
  if (!after(worst, load<u32>(row), distance, id)) return;
  sift(0, size, distance, id);
  worst = load<f64>(far);
}

@inline
function put(at: u32, distance: f64, id: u32): void {
  store<f64>(far + ((<usize>at) << 3), distance);
  store<u32>(row + ((<usize>at) << 2), id);
}

/** Puts an entry where the heap of so many has a hole. */
function sift(hole: u32, count: u32, distance: f64, id: u32): void {
  let at = hole;
  for (;;) {
    let child: u32 = 2 * at + 1;
    if (child >= count) break;
    let childFar = load<f64>(far + ((<usize>child) << 3));
    let childRow = load<u32>(row + ((<usize>child) << 2));
    if (<u32>(child + 1) < count) {
      const otherFar = load<f64>(far + ((<usize>child) << 3), 8);
      const otherRow = load<u32>(row + ((<usize>child) << 2), 4);
      if (after(otherFar, otherRow, childFar, childRow)) {
        child++;
        childFar = otherFar;
        childRow = otherRow;
      }
    }
    if (!after(childFar, childRow, distance, id)) break;
    put(at, childFar, childRow);
    at = child;
  }
  put(at, distance, id);
}

/** The heap as a list, nearest first. */
function sortHeap(): void {
  for (let last = size; last > 1; ) {
    last--;
    const distance = load<f64>(far + ((<usize>last) << 3));
    const id = load<u32>(row + ((<usize>last) << 2));
    put(last, load<f64>(far), load<u32>(row));
    sift(0, last, distance, id);
  }
}
