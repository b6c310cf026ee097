/**
 * @file Growing one tree of a forest, from its sample of rows to its leaves.
 *
 * AssemblyScript, compiled to forest.wasm by scripts/kernels.ts. The binned matrix, the labels and the settings
 * lie in memory that every thread shares; a {@link Job} says where. A thread grows whole trees in a
 * {@link Space} of its own, so that a tree is the same whoever grows it. No function here allocates.
 *
 * - The bins of a feature lie together: a node's rows are in ascending order, so its reads go forwards.
 * - A histogram cell is a few numbers: the weight of each class, or weight and weighted sum of labels; and, where
 *   rows have weights, the number of rows.
 * - Bin 0 of a feature holds its missing values, bins 1 to counts[f] the others in order, or one category each.
 * - In small nodes only the bins that rows are in are looked at, by the bits of a map.
 */

/** Where everything lies, and how to grow. forest-layout.ts writes the same order. */
@unmanaged
class Job {
  rows: u32;
  width: u32; // d
  classes: u32; // k; 0 where labels are numbers
  channels: u32; // numbers of a cell
  answers: u32; // numbers of a node's value: 1, or k where k > 2
  bins: usize; // u8 [d, n]
  labels: usize; // u32 [n] of classes, or f64 [n]
  weights: usize; // f64 [n]; 0 where all are 1
  counts: usize; // u32 [d]: bins of values
  kinds: usize; // u8 [d]: 1 where bins are categories
  edges: usize; // f64 [d, 256]: where the bins of values begin, for random thresholds
  cuts: usize; // f64 [d, 256]: ascending, padded with +Infinity
  staging: usize; // f64 [rows of a block, d]
  maxDepth: u32;
  minLeaf: u32;
  minSplit: u32;
  tried: u32; // features that each node looks at
  draws: u32; // rows of a tree's sample
  replace: u32; // 1: drawn with replacement
  random: u32; // 1: one random threshold per feature
  criterion: u32; // 0 gini or squares, 1 entropy, 2 Poisson
  recordBytes: u32; // of a node
}

/** What a thread grows its trees in. */
@unmanaged
class Space {
  entries: usize; // (row, class << 16 | times drawn) [n]
  scratch: usize; // as entries
  cells: usize; // f64 [256, channels]
  order: usize; // u32 [d]
  tallies: usize; // u32 [n]
  stack: usize; // (node, from, to, depth) [n + 2]
  nodes: usize; // records
  sets: usize; // u32 [8] per category split
  list: usize; // u32 [256] bins that rows are in
  keys: usize; // f64 [256]
  sums: usize; // f64 [4, channels]: total, left, right, missing
  nodeCount: u32;
  setCount: u32;
}

let job: Job = changetype<Job>(0);
let space: Space = changetype<Space>(0);
let state: u64 = 0;

const smallRows: u32 = 128; // fewer rows than this look at their own bins only

export function heapBase(): usize {
  return __heap_base;
}

/** Says where the job and this thread's space lie. */
export function open(jobAddress: usize, spaceAddress: usize): void {
  job = changetype<Job>(jobAddress);
  space = changetype<Space>(spaceAddress);
}

/** Turns staged rows 0 … count−1 into bins, from row `first` on. */
export function binRows(first: u32, count: u32): void {
  const width = job.width, rows = <usize>job.rows;
  let value = job.staging;
  for (let row: u32 = 0; row < count; row++) {
    let cuts = job.cuts;
    let bin = job.bins + first + row;
    for (let f: u32 = 0; f < width; f++, value += 8, bin += rows, cuts += 2048) {
      if (load<u8>(job.kinds + f)) continue;
      const x = load<f64>(value);
      let cut = cuts; // ends at the first cut above x; NaN is not above or below anything
      cut += <usize>(load<f64>(cut, 127 * 8) <= x) << 10;
      cut += <usize>(load<f64>(cut, 63 * 8) <= x) << 9;
      cut += <usize>(load<f64>(cut, 31 * 8) <= x) << 8;
      cut += <usize>(load<f64>(cut, 15 * 8) <= x) << 7;
      cut += <usize>(load<f64>(cut, 7 * 8) <= x) << 6;
      cut += <usize>(load<f64>(cut, 3 * 8) <= x) << 5;
      cut += <usize>(load<f64>(cut, 1 * 8) <= x) << 4;
      cut += <usize>(load<f64>(cut) <= x) << 3;
      const belowOrAt = <u32>((cut - cuts) >> 3);
      store<u8>(bin, <u8>((belowOrAt + 1) * <u32>(x == x)));
    }
  }
}

/** Grows one tree from its own chance; its nodes lie in the space. */
export function growTree(key: u64): void {
  state = key;
  for (let f: u32 = 0; f < job.width; f++) store<u32>(space.order + (<usize>f << 2), f);
  const entries = drawRows();
  space.nodeCount = 1;
  space.setCount = 0;
  let top: usize = space.stack;
  store<u32>(top, 0);
  store<u32>(top, 0, 4);
  store<u32>(top, entries, 8);
  store<u32>(top, 0, 12);
  top += 16;
  while (top > space.stack) {
    top -= 16;
    const node = load<u32>(top), from = load<u32>(top, 4), to = load<u32>(top, 8), depth = load<u32>(top, 12);
    const record = recordOf(node);
    const isOpen = writeNode(record, from, to) && depth < job.maxDepth;
    if (!isOpen || !findSplit(from, to)) continue;
    const middle = applySplit(record, from, to);
    const left = space.nodeCount;
    space.nodeCount = left + 2;
    store<u32>(record, left, 8);
    // the left child is grown first; chance is drawn in that order
    store<u32>(top, left + 1);
    store<u32>(top, middle, 4);
    store<u32>(top, to, 8);
    store<u32>(top, depth + 1, 12);
    store<u32>(top, left, 16);
    store<u32>(top, from, 20);
    store<u32>(top, middle, 24);
    store<u32>(top, depth + 1, 28);
    top += 32;
  }
}

/** SplitMix64. */
// @ts-ignore: decorator
@inline
function draw(): u64 {
  state += 0x9e3779b97f4a7c15;
  let z = state;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

// @ts-ignore: decorator
@inline
function below(limit: u32): u32 {
  return <u32>(((draw() >> 32) * <u64>limit) >> 32);
}

// @ts-ignore: decorator
@inline
function recordOf(node: u32): usize {
  return space.nodes + <usize>node * job.recordBytes;
}

/** Draws the sample into entries, in the order of rows; gives their number. */
function drawRows(): u32 {
  const rows = job.rows, tallies = space.tallies, draws = job.draws;
  memory.fill(tallies, 0, <usize>rows << 2);
  if (job.replace) {
    for (let i: u32 = 0; i < draws; i++) {
      const at = tallies + (<usize>below(rows) << 2);
      store<u32>(at, load<u32>(at) + 1);
    }
  } else {
    let left = draws;
    for (let row: u32 = 0; row < rows; row++)
      if (left == rows - row || below(rows - row) < left) {
        store<u32>(tallies + (<usize>row << 2), 1);
        left--;
      }
  }
  let entry = space.entries;
  for (let row: u32 = 0; row < rows; row++) {
    const times = load<u32>(tallies + (<usize>row << 2));
    if (times == 0) continue;
    const group = job.classes ? load<u32>(job.labels + (<usize>row << 2)) : 0;
    store<u32>(entry, row);
    store<u32>(entry, (group << 16) | min<u32>(times, 65535), 4);
    entry += 8;
  }
  return <u32>((entry - space.entries) >> 3);
}

// Nodes ----------------------------------------------------------------------------------------------

let nodeRows: u32 = 0; // rows of the node, each as often as it was drawn
let nodeWeight: f64 = 0;
let nodeScore: f64 = 0;

/** Sums the node up and writes what it would answer; says whether it may be split. */
function writeNode(record: usize, from: u32, to: u32): bool {
  const total = space.sums, classes = job.classes;
  clear(total);
  let low = Infinity, high = -Infinity;
  nodeRows = 0;
  const end = space.entries + (<usize>to << 3);
  for (let entry = space.entries + (<usize>from << 3); entry < end; entry += 8) {
    addEntry(total, entry);
    nodeRows += load<u32>(entry, 4) & 0xffff;
    if (classes == 0) {
      const y = load<f64>(job.labels + (<usize>load<u32>(entry) << 3));
      low = min(low, y);
      high = max(high, y);
    }
  }
  nodeWeight = weightOf(total);
  nodeScore = scoreOf(total, nodeWeight);
  store<i32>(record, -1);
  store<i32>(record, 0, 4);
  store<u32>(record, 0, 8);
  store<u32>(record, 0, 12);
  store<f64>(record, 0, 16);
  store<f64>(record, nodeWeight, 24);
  store<u32>(record, 0, 32);
  let isPure = low == high;
  if (classes == 0) store<f64>(record, low == high ? low : load<f64>(total, 8) / nodeWeight, 40);
  else if (classes == 2) store<f64>(record, load<f64>(total, 8) / nodeWeight, 40);
  else
    for (let c: u32 = 0; c < classes; c++)
      store<f64>(record + (<usize>c << 3), load<f64>(total + (<usize>c << 3)) / nodeWeight, 40);
  for (let c: u32 = 0; c < classes; c++) if (load<f64>(total + (<usize>c << 3)) == nodeWeight) isPure = true;
  return !isPure && nodeRows >= job.minSplit && nodeRows >= 2 * job.minLeaf;
}

// @ts-ignore: decorator
@inline
function addEntry(cell: usize, entry: usize): void {
  const row = <usize>load<u32>(entry);
  const packed = load<u32>(entry, 4);
  const times = <f64>(packed & 0xffff);
  let weight = times;
  if (job.weights) {
    weight *= load<f64>(job.weights + (row << 3));
    const last = cell + (<usize>(job.channels - 1) << 3);
    store<f64>(last, load<f64>(last) + times);
  }
  if (job.classes) {
    const at = cell + (<usize>(packed >> 16) << 3);
    store<f64>(at, load<f64>(at) + weight);
  } else {
    store<f64>(cell, load<f64>(cell) + weight);
    store<f64>(cell, load<f64>(cell, 8) + weight * load<f64>(job.labels + (row << 3)), 8);
  }
}

// @ts-ignore: decorator
@inline
function weightOf(cell: usize): f64 {
  if (job.classes == 0) return load<f64>(cell);
  let sum: f64 = 0;
  for (let c: u32 = 0; c < job.classes; c++) sum += load<f64>(cell + (<usize>c << 3));
  return sum;
}

/** Rows of a cell, each as often as it was drawn. */
// @ts-ignore: decorator
@inline
function rowsOf(cell: usize, weight: f64): f64 {
  return job.weights ? load<f64>(cell + (<usize>(job.channels - 1) << 3)) : weight;
}

/** What the criterion gives for the rows of a cell; a split is the better, the larger the sum of its sides is. */
function scoreOf(cell: usize, weight: f64): f64 {
  if (weight <= 0) return 0;
  if (job.classes == 0) {
    const sum = load<f64>(cell, 8);
    if (job.criterion == 2) return sum > 0 ? sum * Math.log(sum / weight) : 0;
    return (sum * sum) / weight;
  }
  let sum: f64 = 0;
  if (job.criterion == 1) {
    for (let c: u32 = 0; c < job.classes; c++) {
      const w = load<f64>(cell + (<usize>c << 3));
      if (w > 0) sum += w * Math.log(w / weight);
    }
    return sum * 1.4426950408889634; // in bits
  }
  for (let c: u32 = 0; c < job.classes; c++) {
    const w = load<f64>(cell + (<usize>c << 3));
    sum += w * w;
  }
  return sum / weight;
}

// Splits ---------------------------------------------------------------------------------------------

let best: f64 = 0, bestFeature: i32 = -1, bestBin: i32 = 0, bestMissing: i32 = 0, bestIsSet: bool = false;
let set0: u64 = 0, set1: u64 = 0, set2: u64 = 0, set3: u64 = 0; // bins of the best set
let map0: u64 = 0, map1: u64 = 0, map2: u64 = 0, map3: u64 = 0; // bins under construction

/** Looks at some features in random order, until enough were seen and one can split. */
function findSplit(from: u32, to: u32): bool {
  best = -Infinity;
  bestFeature = -1;
  const width = job.width, order = space.order;
  const all = job.tried >= width && !job.random;
  for (let i: u32 = 0; i < width; i++) {
    if (i >= job.tried && bestFeature >= 0) break;
    const at = order + (<usize>i << 2);
    if (!all) {
      const other = order + (<usize>(i + below(width - i)) << 2);
      const held = load<u32>(at);
      store<u32>(at, load<u32>(other));
      store<u32>(other, held);
    }
    const f = load<u32>(at);
    if (job.random && !load<u8>(job.kinds + f)) tryRandom(f, from, to);
    else tryFeature(f, from, to);
  }
  return bestFeature >= 0;
}

function tryFeature(f: u32, from: u32, to: u32): void {
  const bins = job.bins + <usize>f * job.rows;
  const count = load<u32>(job.counts + (<usize>f << 2));
  const isSmall = to - from < smallRows;
  fillCells(bins, from, to, isSmall);
  const found = isSmall ? listBins() : listAll(count);
  if (load<u8>(job.kinds + f)) tryCategories(f, found);
  else tryNumbers(f, found);
  const stride = <usize>job.channels << 3; // cells are left as they were found: all 0
  for (let i: u32 = 0; i < found; i++) clear(space.cells + <usize>load<u32>(space.list + (<usize>i << 2)) * stride);
}

/** Makes a cell 0. */
// @ts-ignore: decorator
@inline
function clear(cell: usize): void {
  const end = cell + (<usize>job.channels << 3);
  for (let at = cell; at < end; at += 8) store<f64>(at, 0);
}

let b0: u64 = 0, b1: u64 = 0, b2: u64 = 0, b3: u64 = 0; // which bins rows are in

function fillCells(bins: usize, from: u32, to: u32, isSmall: bool): void {
  const cells = space.cells, stride = <usize>job.channels << 3;
  const start = space.entries + (<usize>from << 3), end = space.entries + (<usize>to << 3);
  if (isSmall) {
    b0 = 0; b1 = 0; b2 = 0; b3 = 0;
    for (let entry = start; entry < end; entry += 8) {
      const bin = <u32>load<u8>(bins + load<u32>(entry));
      const bit = <u64>1 << (bin & 63);
      if (bin < 64) b0 |= bit;
      else if (bin < 128) b1 |= bit;
      else if (bin < 192) b2 |= bit;
      else b3 |= bit;
    }
  }
  if (job.weights == 0 && job.classes) {
    for (let entry = start; entry < end; entry += 8) {
      const packed = load<u32>(entry, 4);
      const at = cells + <usize>load<u8>(bins + load<u32>(entry)) * stride + (<usize>(packed >> 16) << 3);
      store<f64>(at, load<f64>(at) + <f64>(packed & 0xffff));
    }
  } else
    for (let entry = start; entry < end; entry += 8)
      addEntry(cells + <usize>load<u8>(bins + load<u32>(entry)) * stride, entry);
}

/** Lists the bins that rows are in, ascending; gives their number. */
function listBins(): u32 {
  let place = space.list;
  place = listWord(place, b0, 0);
  place = listWord(place, b1, 64);
  place = listWord(place, b2, 128);
  place = listWord(place, b3, 192);
  return <u32>((place - space.list) >> 2);
}

// @ts-ignore: decorator
@inline
function listWord(place: usize, word: u64, first: u32): usize {
  let rest = word, at = place;
  while (rest) {
    store<u32>(at, first + <u32>ctz(rest));
    rest &= rest - 1;
    at += 4;
  }
  return at;
}

function listAll(count: u32): u32 {
  let place = space.list;
  const stride = <usize>job.channels << 3;
  for (let bin: u32 = 0; bin <= count; bin++) {
    const cell = space.cells + <usize>bin * stride;
    if (weightOf(cell) <= 0) continue;
    store<u32>(place, bin);
    place += 4;
  }
  return <u32>((place - space.list) >> 2);
}

// @ts-ignore: decorator
@inline
function leftSum(): usize {
  return space.sums + (<usize>job.channels << 3);
}
// @ts-ignore: decorator
@inline
function rightSum(): usize {
  return space.sums + (<usize>job.channels << 4);
}

// @ts-ignore: decorator
@inline
function clearLeft(): void {
  clear(leftSum());
}

// @ts-ignore: decorator
@inline
function addLeft(cell: usize): void {
  const left = leftSum(), bytes = <usize>job.channels << 3;
  for (let i: usize = 0; i < bytes; i += 8) store<f64>(left + i, load<f64>(left + i) + load<f64>(cell + i));
}

/** The sum of the scores of what is left and what is not; −Infinity where a side has too few rows. */
function scoreSides(): f64 {
  const total = space.sums, left = leftSum(), right = rightSum(), bytes = <usize>job.channels << 3;
  for (let i: usize = 0; i < bytes; i += 8) store<f64>(right + i, load<f64>(total + i) - load<f64>(left + i));
  const leftWeight = weightOf(left), rightWeight = weightOf(right);
  const least = <f64>job.minLeaf;
  const leftRows = rowsOf(left, leftWeight), rightRows = rowsOf(right, rightWeight);
  if (leftRows < least || rightRows < least || leftRows < 0.5 || rightRows < 0.5) return -Infinity;
  if (job.criterion == 2 && (load<f64>(left, 8) <= 0 || load<f64>(right, 8) <= 0)) return -Infinity;
  return scoreOf(left, leftWeight) + scoreOf(right, rightWeight);
}

/** Two classes by gini, without weights: the same as scoreSides, in a few operations. */
// @ts-ignore: decorator
@inline
function scoreTwo(l0: f64, l1: f64, t0: f64, t1: f64, least: f64): f64 {
  const left = l0 + l1, r0 = t0 - l0, r1 = t1 - l1, right = r0 + r1;
  if (left < least || right < least) return -Infinity;
  return (l0 * l0 + l1 * l1) / left + (r0 * r0 + r1 * r1) / right;
}

function tryNumbers(f: u32, count: u32): void {
  const first = load<u32>(space.list);
  const hasMissing = count > 0 && first == 0;
  const from: u32 = hasMissing ? 1 : 0;
  if (count < 2) return;
  if (job.classes == 2 && job.criterion == 0 && job.weights == 0) {
    scanTwo(f, from, count, false, hasMissing ? 0 : 2);
    if (hasMissing) scanTwo(f, from, count, true, 1);
    return;
  }
  scanNumbers(f, from, count, false, hasMissing ? 0 : 2);
  if (hasMissing) scanNumbers(f, from, count, true, 1);
}

function scanTwo(f: u32, from: u32, count: u32, missingLeft: bool, missing: i32): void {
  const cells = space.cells, list = space.list, total = space.sums;
  const t0 = load<f64>(total), t1 = load<f64>(total, 8);
  const least = max<f64>(<f64>job.minLeaf, 1);
  let l0: f64 = 0, l1: f64 = 0;
  if (missingLeft) {
    l0 = load<f64>(cells);
    l1 = load<f64>(cells, 8);
    keep(scoreTwo(l0, l1, t0, t1, least), f, 0, missing);
  }
  for (let i = from; i < count; i++) {
    const bin = load<u32>(list + (<usize>i << 2));
    const cell = cells + (<usize>bin << 4);
    l0 += load<f64>(cell);
    l1 += load<f64>(cell, 8);
    keep(scoreTwo(l0, l1, t0, t1, least), f, boundAfter(i, bin, count), missing);
  }
}

/** The last bin on the left: half-way to the next that rows are in; 255 where there is none. */
// @ts-ignore: decorator
@inline
function boundAfter(i: u32, bin: u32, count: u32): u32 {
  if (i + 1 == count) return 255;
  return (bin + load<u32>(space.list + (<usize>(i + 1) << 2)) - 1) >> 1;
}

function scanNumbers(f: u32, from: u32, count: u32, missingLeft: bool, missing: i32): void {
  const cells = space.cells, list = space.list, stride = <usize>job.channels << 3;
  clearLeft();
  if (missingLeft) {
    addLeft(cells);
    keep(scoreSides(), f, 0, missing);
  }
  for (let i = from; i < count; i++) {
    const bin = load<u32>(list + (<usize>i << 2));
    addLeft(cells + <usize>bin * stride);
    keep(scoreSides(), f, boundAfter(i, bin, count), missing);
  }
}

// @ts-ignore: decorator
@inline
function keep(score: f64, f: u32, bin: u32, missing: i32): void {
  if (score <= best) return;
  best = score;
  bestFeature = f;
  bestBin = bin;
  bestMissing = missing;
  bestIsSet = false;
}

/** One random threshold between the least and the largest value of the node. */
function tryRandom(f: u32, from: u32, to: u32): void {
  const bins = job.bins + <usize>f * job.rows;
  const start = space.entries + (<usize>from << 3), end = space.entries + (<usize>to << 3);
  let low: u32 = 256, high: u32 = 0;
  let hasMissing = false;
  for (let entry = start; entry < end; entry += 8) {
    const bin = <u32>load<u8>(bins + load<u32>(entry));
    if (bin == 0) hasMissing = true;
    else {
      low = min(low, bin);
      high = max(high, bin);
    }
  }
  if (low == 256 || (low == high && !hasMissing)) return;
  const edges = job.edges + (<usize>f << 11);
  const least = load<f64>(edges + (<usize>low << 3)), most = load<f64>(edges + (<usize>high << 3));
  const at = least + (most - least) * (<f64>(draw() >> 11) / 9007199254740992.0);
  let bin = low;
  while (bin + 1 < high && load<f64>(edges + (<usize>(bin + 1) << 3)) <= at) bin++;
  const missing = space.sums + <usize>job.channels * 24;
  clear(missing);
  clearLeft();
  const left = leftSum();
  for (let entry = start; entry < end; entry += 8) {
    const b = <u32>load<u8>(bins + load<u32>(entry));
    if (b == 0) addEntry(missing, entry);
    else if (b <= bin) addEntry(left, entry);
  }
  keep(scoreSides(), f, bin, hasMissing ? 0 : 2);
  if (!hasMissing) return;
  addLeft(missing);
  keep(scoreSides(), f, bin, 1);
}

/** Categories in the order of their answers are split like numbers; of several classes in the order of each. */
function tryCategories(f: u32, count: u32): void {
  if (count < 2) return;
  if (job.random) return tryRandomSet(f, count);
  const classes = job.classes;
  if (classes <= 2) return tryOrder(f, count, 1);
  for (let c: u32 = 0; c < classes; c++) tryOrder(f, count, c);
}

function tryOrder(f: u32, count: u32, channel: u32): void {
  const cells = space.cells, list = space.list, keys = space.keys, stride = <usize>job.channels << 3;
  for (let i: u32 = 0; i < count; i++) {
    const bin = load<u32>(list + (<usize>i << 2));
    const cell = cells + <usize>bin * stride;
    const key = load<f64>(cell + (<usize>channel << 3)) / weightOf(cell);
    let j = i; // by insertion; equal ones stay in their order
    for (; j > 0 && load<f64>(keys + (<usize>(j - 1) << 3)) > key; j--) {
      store<f64>(keys + (<usize>j << 3), load<f64>(keys + (<usize>(j - 1) << 3)));
      store<u32>(list + (<usize>j << 2), load<u32>(list + (<usize>(j - 1) << 2)));
    }
    store<f64>(keys + (<usize>j << 3), key);
    store<u32>(list + (<usize>j << 2), bin);
  }
  clearLeft();
  clearMap();
  for (let i: u32 = 0; i + 1 < count; i++) {
    const bin = load<u32>(list + (<usize>i << 2));
    addLeft(cells + <usize>bin * stride);
    addToMap(bin);
    keepSet(scoreSides(), f);
  }
}

function tryRandomSet(f: u32, count: u32): void {
  const stride = <usize>job.channels << 3;
  const sure = below(count); // goes left, and the next one right, so that both sides have something
  clearLeft();
  clearMap();
  for (let i: u32 = 0; i < count; i++) {
    const isLeft = i == sure || (i != (sure + 1) % count && (draw() >> 63) == 1);
    if (!isLeft) continue;
    const bin = load<u32>(space.list + (<usize>i << 2));
    addLeft(space.cells + <usize>bin * stride);
    addToMap(bin);
  }
  keepSet(scoreSides(), f);
}

function clearMap(): void {
  map0 = 0; map1 = 0; map2 = 0; map3 = 0;
}

function addToMap(bin: u32): void {
  const bit = <u64>1 << (bin & 63);
  if (bin < 64) map0 |= bit;
  else if (bin < 128) map1 |= bit;
  else if (bin < 192) map2 |= bit;
  else map3 |= bit;
}

function keepSet(score: f64, f: u32): void {
  if (score <= best) return;
  best = score;
  bestFeature = f;
  bestIsSet = true;
  bestMissing = <i32>(map0 & 1);
  set0 = map0; set1 = map1; set2 = map2; set3 = map3;
}

/** Writes the best split and parts the entries by it, each side in its order; gives where the right side begins. */
function applySplit(record: usize, from: u32, to: u32): u32 {
  const bins = job.bins + <usize>bestFeature * job.rows;
  store<i32>(record, bestFeature);
  store<i32>(record, bestBin, 4);
  store<f64>(record, max<f64>(0, best - nodeScore), 16);
  let right = space.scratch, left = space.entries + (<usize>from << 3);
  const end = space.entries + (<usize>to << 3);
  const set = space.sets + (<usize>space.setCount << 5);
  if (bestIsSet) {
    store<u64>(set, set0);
    store<u64>(set, set1, 8);
    store<u64>(set, set2, 16);
    store<u64>(set, set3, 24);
    store<u32>(record, space.setCount, 32);
    space.setCount++;
  }
  const bound = <u32>bestBin, missingLeft = bestMissing == 1;
  for (let entry = left; entry < end; entry += 8) {
    const bin = <u32>load<u8>(bins + load<u32>(entry));
    const goesLeft = bestIsSet
      ? ((load<u8>(set + (bin >> 3)) >> <u8>(bin & 7)) & 1) == 1
      : bin == 0 ? missingLeft : bin <= bound;
    const value = load<u64>(entry);
    store<u64>(left, value);
    store<u64>(right, value);
    left += <usize>goesLeft << 3;
    right += <usize>!goesLeft << 3;
  }
  for (let from = space.scratch, at = left; from < right; from += 8, at += 8) store<u64>(at, load<u64>(from));
  const middle = <u32>((left - space.entries) >> 3);
  let side = missingLeft;
  if (bestMissing == 2) side = middle - from >= to - middle; // none was seen: with the more rows
  if (bestIsSet && !(set0 & 1) && bestMissing == 0) side = false;
  store<u32>(record, (side ? 1 : 0) | (bestIsSet ? 2 : 0), 12);
  return middle;
}
