/** @file Trees whose nodes are stretches of an index of rows: deep ones, and those grown leaf by leaf. */
import { addRow, clearSet, collectFrom } from "./histogram.as";
import { goesRight, job, Node, Route } from "./job.as";
import { scan } from "./splits.as";

const gathered: u32 = 64; // rows that are copied together before they are added

/** Writes rows into the index, in order: all, or those of the sample, whose gradient is not 0. Gives their number. */
export function fillIndex(plane: u32, all: u32): u32 {
  const gradients = job.gradients + (<usize>plane * job.padded << 3);
  let to = job.index;
  if (all) {
    for (let row: u32 = 0; row < job.rows; row++, to += 4) store<u32>(to, row);
    return job.rows;
  }
  for (let row: u32 = 0; row < job.rows; row++) {
    store<u32>(to, row);
    to += <usize>(load<i64>(gradients + (<usize>row << 3)) != 0) << 2;
  }
  return <u32>((to - job.index) >> 2);
}

/** Whether a row goes right, by the column of its node's split. */
// @ts-ignore: decorator
@inline
function sideOf(route: Route, row: u32): u32 {
  return goesRight(route.column + (<usize>row << route.wide), route);
}

/** Writes the rows begin … end−1 of the index to `left` and `right`, each in their old order; gives the number of left ones. */
function sortRows(route: Route, begin: u32, end: u32, left: usize, right: usize): u32 {
  const index = job.index, first = left;
  if (route.bits != 0)
    for (let i = begin; i < end; i++) {
      const row = load<u32>(index + (<usize>i << 2));
      const side = <usize>sideOf(route, row);
      store<u32>(left, row);
      store<u32>(right, row);
      right += side << 2;
      left += (side ^ 1) << 2;
    }
  else {
    const column = route.column, shift = <u32>route.shift, bound = <u32>route.bound;
    const low = <u32>route.low, mask = <u32>route.mask;
    for (let i = begin; i < end; i++) {
      const row = load<u32>(index + (<usize>i << 2));
      const side = <usize>(((((<u32>load<u8>(column + row) >> low) & mask) - shift) & 255) > bound);
      store<u32>(left, row);
      store<u32>(right, row);
      right += side << 2;
      left += (side ^ 1) << 2;
    }
  }
  return <u32>((left - first) >> 2);
}

/** Sorts the stretch begin … end−1 of the index in place; gives the number of left ones. Left ones never overtake what is read. */
function partition(route: Route, begin: u32, end: u32): u32 {
  const start = <usize>begin << 2, to = job.index + start, spare = job.spare + start;
  const lefts = sortRows(route, begin, end, to, spare);
  memory.copy(to + (<usize>lefts << 2), spare, <usize>(end - begin - lefts) << 2);
  return lefts;
}

/**
 * Adds the rows of a stretch of the index to a histogram. Rows are copied together first, so that many cache misses
 * are under way at once: adding alone would wait for each.
 */
function addStretch(begin: u32, end: u32, histogram: usize, thread: u32, plane: u32): void {
  const gradients = job.gradients + (<usize>plane * job.padded << 3);
  const rowBytes = <usize>job.rowBytes, bins = job.bins, full = <usize>job.full, narrow = <usize>job.narrow;
  const packed = job.scratch + <usize>thread * job.scratchBytes;
  const rows = packed + (gathered << 3);
  for (let start = begin; start < end; start += gathered) {
    const count = min(gathered, end - start);
    let entry = job.index + (<usize>start << 2), to = rows, gradient = packed;
    for (let i: u32 = 0; i < count; i++, entry += 4, to += rowBytes, gradient += 8) {
      const row = <usize>load<u32>(entry);
      store<i64>(gradient, load<i64>(gradients + (row << 3)));
      copyRow(bins + row * rowBytes, to, rowBytes);
    }
    to = rows;
    gradient = packed;
    for (let i: u32 = 0; i < count; i++, to += rowBytes, gradient += 8)
      addRow(to, histogram, load<i64>(gradient), full, narrow);
  }
}

/** Copies a row of bins, 16 bytes a turn; what is written past its end is overwritten by the next. */
// @ts-ignore: decorator
@inline
function copyRow(from: usize, to: usize, bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += 16) v128.store(to + i, v128.load(from + i));
}

/**
 * Splits a node: sorts its rows, builds the histogram of the child with fewer rows at `fresh`, leaves the other's
 * where the parent's was, and finds the split of each child that is searched.
 */
export function expandNode(parentAt: usize, leftAt: usize, rightAt: usize, routeAt: usize, fresh: usize, thread: u32, plane: u32): void {
  const parent = changetype<Node>(parentAt), left = changetype<Node>(leftAt), right = changetype<Node>(rightAt);
  const end = parent.begin + parent.count;
  left.begin = parent.begin;
  left.count = partition(changetype<Route>(routeAt), parent.begin, end);
  right.begin = left.begin + left.count;
  right.count = end - right.begin;
  if (!(left.searched | right.searched)) return;
  const leftIsSmall = left.count <= right.count;
  const small = leftIsSmall ? left : right, large = leftIsSmall ? right : left;
  small.histogram = fresh;
  large.histogram = parent.histogram;
  clearSet(thread, job.buildBytes);
  gatherRows(small.begin, small.begin + small.count, thread, plane);
  collectFrom(parent.histogram, fresh, thread);
  scan(small, thread);
  scan(large, thread);
}

/** Adds rows from … to−1 of the index to the first histogram of the thread's set. */
export function gatherRows(from: u32, to: u32, thread: u32, plane: u32): void {
  addStretch(from, to, job.sets + <usize>thread * job.setBytes, thread, plane);
}

/**
 * Sorts the rows from … to−1 of the index into left and right, each in its old order: left ones from `from` on in the first spare,
 * right ones in the second. The task's partial says how many are left.
 */
export function sortSides(routeAt: usize, from: u32, to: u32, task: u32): void {
  const start = <usize>from << 2;
  const lefts = sortRows(changetype<Route>(routeAt), from, to, job.spare + start, secondSpare() + start);
  store<u32>(job.partials + (<usize>task << 4), lefts);
}

/** Takes what `sortSides` made of a task over into the index: to the places that the task's partial says, left and right. */
export function placeSides(from: u32, to: u32, task: u32): void {
  const partial = job.partials + (<usize>task << 4), index = job.index, start = <usize>from << 2;
  const lefts = load<u32>(partial);
  memory.copy(index + (<usize>load<u32>(partial, 4) << 2), job.spare + start, <usize>lefts << 2);
  memory.copy(index + (<usize>load<u32>(partial, 8) << 2), secondSpare() + start, <usize>(to - from - lefts) << 2);
}

// @ts-ignore: decorator
@inline
function secondSpare(): usize {
  return job.spare + (<usize>job.padded << 2);
}

/** Adds a value to the margins of output `plane` of a stretch's rows. */
export function addLeafRows(begin: u32, end: u32, value: f32, plane: u32): void {
  const margins = job.margins + (<usize>plane * job.padded << 2);
  for (let i = begin; i < end; i++) {
    const at = margins + (<usize>load<u32>(job.index + (<usize>i << 2)) << 2);
    store<f32>(at, load<f32>(at) + value);
  }
}
