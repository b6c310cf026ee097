/** @file Passes over all rows in order: a level of a shallow tree, and what lies between two trees. */
import { packLogLoss } from "./gradients.as";
import { addRow } from "./histogram.as";
import { allLeft, blockRows, goesRight, job, Route, routeShift } from "./job.as";

const updateLeaves: u32 = 1;
const packGradients: u32 = 2;
const buildRoot: u32 = 4;
const chunkRows: u32 = 8192; // as taskRows in boost/layout.ts
const mostNodes: u32 = 16; // nodes that rows are asked for one after another

/**
 * Moves rows from … to−1 from the `nodes` nodes of a level to their children, and adds them to the histograms under
 * construction, by the gradients of output `plane`. `from` is a multiple of 16; there are at most chunkRows rows.
 */
export function levelPass(from: u32, to: u32, thread: u32, plane: u32, nodes: u32): void {
  for (let start = from; start < to; start += blockRows) moveRows(start, min(start + blockRows, to), nodes);
  addMoved(from, to, thread, plane, nodes);
}

/**
 * Left children keep the position of their node, right ones are `nodes` further, so that nodes can be taken one after another,
 * each for 16 rows at a time: no branch and no look into a table depends on a row.
 */
function moveRows(start: u32, end: u32, nodes: u32): void {
  if (nodes > mostNodes) {
    moveEach(start, end, nodes);
    return;
  }
  const further = i8x16.splat(<i8>nodes), stop = job.positions + end;
  for (let k: u32 = 0; k < nodes; k++) {
    const route = changetype<Route>(job.routes + (<usize>k << routeShift));
    if (route.bits != 0) {
      moveByCategory(start, end, k, nodes);
      continue;
    }
    if (route.bound == allLeft) continue;
    const node = i8x16.splat(<i8>k), shift = i8x16.splat(<i8>route.shift), bound = i8x16.splat(<i8>route.bound);
    const isShared = route.mask != 255, low = <i32>route.low, bits = i8x16.splat(<i8>route.mask);
    let column = route.column + start;
    for (let at = job.positions + start; at < stop; at += 16, column += 16) {
      const position = v128.load(at);
      let bin = v128.load(column);
      if (isShared) bin = v128.and(i8x16.shr_u(bin, low), bits);
      bin = i8x16.sub(bin, shift);
      const goesLeft = i8x16.eq(i8x16.min_u(bin, bound), bin);
      const moved = v128.andnot(v128.and(i8x16.eq(position, node), further), goesLeft);
      v128.store(at, v128.or(position, moved));
    }
  }
}

/** The same row by row, which costs as much for many nodes as for few. */
function moveEach(start: u32, end: u32, nodes: u32): void {
  const positions = job.positions, routes = job.routes;
  for (let row = start; row < end; row++) {
    const node = <u32>load<u8>(positions + row), route = changetype<Route>(routes + (<usize>node << routeShift));
    const side = goesRight(route.column + (<usize>row << route.wide), route);
    store<u8>(positions + row, <u8>(node + side * nodes));
  }
}

function moveByCategory(start: u32, end: u32, k: u32, nodes: u32): void {
  const route = changetype<Route>(job.routes + (<usize>k << routeShift));
  const positions = job.positions, node = i8x16.splat(<i8>k);
  for (let row = start; row < end; row += 16) {
    let mask = <u32>i8x16.bitmask(i8x16.eq(v128.load(positions + row), node));
    for (; mask != 0; mask &= mask - 1) {
      const own = row + ctz(mask);
      if (goesRight(route.column + (<usize>own << route.wide), route)) store<u8>(positions + own, <u8>(k + nodes));
    }
  }
}

// The scratch of a thread while it adds rows: offsets in bytes, and what lies there.
const placesAt: usize = 0; // u8 [256]: by position, where its histogram is built, + 1; 0: nowhere
const foundAt: usize = 256; // u8 [64]: the same, by row of a few
const endsAt: usize = 320; // u32 [256]: by place, where its rows end so far in the order of places
const rowsAt: usize = 1344; // u32 [chunkRows]: rows that are added, each with its place in the upper byte
const gradientsAt: usize = rowsAt + 4 * chunkRows; // i64 [chunkRows]: their gradients, in the order of places
const copiesAt: usize = gradientsAt + 8 * chunkRows; // their bins in that order, each row in whole stretches of 16 bytes

/**
 * Adds the rows whose node is built, one node after another, so that its bins stay in the cache. Rows are copied together
 * before, in the order of rows, so that many cache misses are under way at once.
 */
function addMoved(from: u32, to: u32, thread: u32, plane: u32, nodes: u32): void {
  const scratch = job.scratch + <usize>thread * job.scratchBytes;
  writePlaces(scratch, nodes);
  const count = findRows(from, to, scratch, nodes);
  copyRows(from, count, scratch, plane);
  const set = job.sets + <usize>thread * job.setBytes, stride = (<usize>job.rowBytes + 15) & ~15;
  const full = <usize>job.full, narrow = <usize>job.narrow;
  let copy = scratch + copiesAt, gradient = scratch + gradientsAt, done: u32 = 0;
  for (let place: usize = 1; done < count; place++) {
    const histogram = set + (place - 1) * job.buildBytes;
    for (const end = load<u32>(scratch + endsAt + (place << 2)); done < end; done++, copy += stride, gradient += 8)
      addRow(copy, histogram, load<i64>(gradient), full, narrow);
  }
}

function writePlaces(scratch: usize, nodes: u32): void {
  memory.fill(scratch + placesAt, 0, 256);
  for (let k: u32 = 0; k < nodes; k++) {
    const route = changetype<Route>(job.routes + (<usize>k << routeShift));
    store<u8>(scratch + placesAt + k, <u8>route.buildLeft);
    store<u8>(scratch + placesAt + k + nodes, <u8>route.buildRight);
  }
}

/**
 * Lists the rows that have a place, and counts them by place: places are looked up 16 rows at a time, then only the rows that have
 * one are visited. Gives their number.
 */
function findRows(from: u32, to: u32, scratch: usize, nodes: u32): u32 {
  const places = scratch + placesAt, found = scratch + foundAt, counts = scratch + endsAt;
  memory.fill(counts, 0, 1024);
  let entry = scratch + rowsAt;
  for (let base = from; base < to; base += 64) {
    let mask: u64 = 0;
    for (let part: u32 = 0; part < 64; part += 16) {
      const position = v128.load(job.positions + base + part);
      let place = i8x16.swizzle(v128.load(places), position);
      for (let table: u32 = 16; table < nodes << 1; table += 16)
        place = v128.or(place, i8x16.swizzle(v128.load(places + table), i8x16.sub(position, i8x16.splat(<i8>table))));
      v128.store(found + part, place);
      mask |= <u64><u32>i8x16.bitmask(i8x16.ne(place, i8x16.splat(0))) << part;
    }
    if (to - base < 64) mask &= ((<u64>1) << (to - base)) - 1;
    for (; mask != 0; mask &= mask - 1, entry += 4) {
      const i = <u32>ctz(mask), place = <u32>load<u8>(found + i), count = counts + (<usize>place << 2);
      store<u32>(entry, (place << 24) | (base + i - from));
      store<u32>(count, load<u32>(count) + 1);
    }
  }
  return <u32>((entry - scratch - rowsAt) >> 2);
}

/** Copies the listed rows and their gradients together in the order of places; turns counts into ends. */
function copyRows(from: u32, count: u32, scratch: usize, plane: u32): void {
  const ends = scratch + endsAt, gradients = job.gradients + (<usize>plane * job.padded << 3);
  const bins = job.bins, width = <usize>job.rowBytes, stride = (width + 15) & ~15;
  let sum: u32 = 0;
  for (let place: usize = 0; place < 256; place++) {
    const own = load<u32>(ends + (place << 2));
    store<u32>(ends + (place << 2), sum);
    sum += own;
  }
  for (let entry = scratch + rowsAt, last = entry + (<usize>count << 2); entry < last; entry += 4) {
    const both = load<u32>(entry), end = ends + (<usize>(both >> 24) << 2), place = <usize>load<u32>(end);
    const row = <usize>(from + (both & 0xffffff)), bin = bins + row * width, copy = scratch + copiesAt + place * stride;
    store<u32>(end, <u32>place + 1);
    store<i64>(scratch + gradientsAt + (place << 3), load<i64>(gradients + (row << 3)));
    for (let i: usize = 0; i < width; i += 16) v128.store(copy + i, v128.load(bin + i));
  }
}

/**
 * The pass between two trees, in one reading of rows from … to−1: adds the finished tree's leaves to the margins
 * of output `plane` (updateLeaves; `nodes` are those of its last level), computes new gradients of log loss (packGradients),
 * and builds a root's histogram (buildRoot).
 */
export function leafPass(from: u32, to: u32, thread: u32, mode: u32, plane: u32, nodes: u32): void {
  const width = <usize>job.rowBytes, full = <usize>job.full, narrow = <usize>job.narrow;
  const set = job.sets + <usize>thread * job.setBytes;
  const gradients = job.gradients + (<usize>plane * job.padded << 3);
  for (let start = from; start < to; start += blockRows) {
    const end = min(start + blockRows, to);
    if (mode & updateLeaves) {
      moveRows(start, end, nodes);
      addLeaves(start, end, plane);
    }
    if (mode & packGradients) packLogLoss(start, end);
    if (!(mode & buildRoot)) continue;
    let rowBins = job.bins + <usize>start * width;
    let gradient = gradients + (<usize>start << 3);
    for (let row = start; row < end; row++, rowBins += width, gradient += 8)
      addRow(rowBins, set, load<i64>(gradient), full, narrow);
  }
}

/** Adds each row's leaf to its margin, four at a time, and puts the row back into the root. */
function addLeaves(start: u32, end: u32, plane: u32): void {
  const leaves = job.leaves;
  let at = job.positions + start, margin = job.margins + ((<usize>plane * job.padded + start) << 2);
  for (const stop = job.positions + end; at < stop; at += 4, margin += 16) {
    let values = v128.load32_zero(leaves + (<usize>load<u8>(at) << 2));
    values = v128.load32_lane(leaves + (<usize>load<u8>(at, 1) << 2), values, 1);
    values = v128.load32_lane(leaves + (<usize>load<u8>(at, 2) << 2), values, 2);
    values = v128.load32_lane(leaves + (<usize>load<u8>(at, 3) << 2), values, 3);
    v128.store(margin, f32x4.add(v128.load(margin), values));
    store<u32>(at, 0);
  }
}
