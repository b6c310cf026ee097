/**
 * @file Histogram boosting for binary log loss: the passes over rows and over histograms.
 *
 * AssemblyScript, compiled to boost.wasm by scripts/kernels.ts. All state lies in one memory that
 * every thread shares; a {@link Job} at its start says where. No function here allocates.
 *
 * Three ideas carry it:
 * - A row's gradient and hessian are rounded to integers and packed into one i64, gradient in the
 *   high 32 bits, hessian in the low 32. A histogram update is one load, add, store, and integer
 *   sums do not depend on their order: the same model for any number of threads. The caller picks
 *   the scales so that no sum over all rows leaves its 32 bits.
 * - A tree grows a level at a time. Each row has a one-byte position (its node within the level);
 *   a pass reads the rows in order, in blocks, first routing each row to its child, then adding to
 *   histograms only the rows of the child with less weight. The other child is parent minus it.
 * - Bin 0 of every feature holds its missing values, bins 1 to counts[f] the others in order.
 *   Sums over bins 0…b or 1…b are the left side with the missing values left or right.
 */

/** Where everything lies: byte offsets, sizes and settings. boost/layout.ts writes the same order. */
@unmanaged
class Job {
  rows: u32;
  width: u32; // d, the number of features
  cuts: usize; // f64 [d, 256], ascending, padded with +Infinity
  staging: usize; // f64 [rows of one block, d]: raw features on their way to bins
  bins: usize; // u8 [n, d]
  offsets: usize; // u32 [d]: where feature f begins inside a histogram, in bytes
  counts: usize; // u32 [d]: bins of feature f, without that of missing values
  chosen: usize; // u32 [chosenCount]: the features this tree may split on
  chosenCount: u32;
  margins: usize; // f32 [n]: log-odds so far
  labels: usize; // f32 [n]: 0 or 1
  gradients: usize; // i64 [n]: packed
  positions: usize; // u8 [n]: node of the row within the level
  routes: usize; // Route [nodes of a level]
  leaves: usize; // f32 [2^depth]
  sets: usize; // [threads] sets of histograms under construction
  setBytes: u32;
  histogramBytes: u32; // a multiple of 16
  picks: usize; // [threads] scratch of pickBytes
  gradientScale: f64;
  hessianScale: f64;
  penalty: f64; // l2, in scaled hessian units
  minWeight: f64; // smallest hessian of a child, in scaled units, ≥ 1
  rowKey: u64; // which random stream chooses the rows of the tree
  rowLimit: u64; // a row is in the sample when its 32 random bits are below this; 2^32 takes all
}

/** What a level does with the rows of one node. 16 bytes. */
@unmanaged
class Route {
  feature: u32;
  shift: u16; // 1 sends missing values right: bin 0 − 1 wraps to 255
  bound: u16; // a row goes right when (bin − shift) mod 256 > bound; 255 sends all left
  buildLeft: u32; // where in the set the left child's histogram is built, + 1; 0: it is not
  buildRight: u32;
}

/** The best split of one node, and the node's totals. 64 bytes; read by boost/grow.ts. */
@unmanaged
class Split {
  gain: f64; // in scaled units; 0 when nothing is gained
  feature: i32; // −1 when there is no split
  bin: i32; // bins up to this one go left
  missing: i32; // where missing values go: 0 left, 1 right, 2 the node saw none
  unused: i32;
  leftGradient: f64;
  leftHessian: f64;
  gradient: f64;
  hessian: f64;
}

const blockRows: u32 = 256;
const pickBytes: usize = 4096;
const updateLeaves: u32 = 1;
const renewGradients: u32 = 2;

let job: Job = changetype<Job>(0);

/** Says where the job lies. To be called once in each thread before anything else. */
export function open(address: usize): void {
  job = changetype<Job>(address);
}

/** The first byte that the compiler's static data does not use. */
export function heapBase(): usize {
  return __heap_base;
}

/** Clears the first bytes of this thread's set of histograms. */
export function clearSet(thread: u32, bytes: usize): void {
  memory.fill(job.sets + <usize>thread * job.setBytes, 0, bytes);
}

/** Turns staged rows 0 … count−1 into bins, from row `first` on. Eight halvings, no branch. */
export function binRows(first: u32, count: u32): void {
  const width = job.width;
  let value = job.staging;
  let bin = job.bins + <usize>first * width;
  for (let row: u32 = 0; row < count; row++) {
    let cuts = job.cuts;
    for (let f: u32 = 0; f < width; f++, value += 8, bin++, cuts += 2048) {
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

/** Routes rows from … to−1 into the next level and adds them to the histograms under construction. */
export function levelPass(from: u32, to: u32, thread: u32): void {
  const width = <usize>job.width;
  const bins = job.bins, positions = job.positions, routes = job.routes, gradients = job.gradients;
  const set = job.sets + <usize>thread * job.setBytes;
  const picks = job.picks + <usize>thread * pickBytes;
  for (let start = from; start < to; start += blockRows) {
    const end = min(start + blockRows, to);
    let pick = picks; // (row, histogram) pairs of the rows to add
    let rowBins = bins + <usize>start * width;
    for (let row = start; row < end; row++, rowBins += width) {
      const node = <usize>load<u8>(positions + row);
      const route = routes + (node << 4);
      const right = goesRight(rowBins, route);
      store<u8>(positions + row, <u8>((node << 1) + right));
      const build = load<u32>(route + (right << 2), offsetof<Route>("buildLeft"));
      store<u32>(pick, row);
      store<u32>(pick, build, 4);
      pick += <usize>(build != 0) << 3; // kept only when its child is built: no branch to mispredict
    }
    for (let p = picks; p < pick; p += 8) {
      const row = <usize>load<u32>(p);
      addRow(bins + row * width, set + load<u32>(p, 4) - 1, load<i64>(gradients + (row << 3)));
    }
  }
}

/**
 * The pass between two trees, in one reading of rows from … to−1: adds the finished tree's leaves
 * to the margins (updateLeaves), computes new gradients, and builds the next tree's root histogram
 * (renewGradients).
 */
export function leafPass(from: u32, to: u32, thread: u32, mode: u32): void {
  const width = <usize>job.width;
  const set = job.sets + <usize>thread * job.setBytes;
  for (let start = from; start < to; start += blockRows) {
    const end = min(start + blockRows, to);
    if (mode & updateLeaves) addLeaves(start, end);
    if (mode & renewGradients) {
      computeGradients(start, end);
      if (job.rowLimit < 0x100000000) dropRows(start, end);
      let rowBins = job.bins + <usize>start * width;
      let gradient = job.gradients + (<usize>start << 3);
      for (let row = start; row < end; row++, rowBins += width, gradient += 8)
        addRow(rowBins, set, load<i64>(gradient));
    }
  }
}

/**
 * Finishes the histograms of two siblings and finds the best split of each: sums the built one over
 * the threads of `mask`, takes the other as parent minus it. `large` 0: there is no sibling (root).
 */
export function scanPair(
  mask: u32, built: usize, parent: usize, small: usize, large: usize, smallSplit: usize, largeSplit: usize,
): void {
  const bytes = <usize>job.histogramBytes;
  memory.fill(small, 0, bytes);
  for (let thread: u32 = 0; thread < 32; thread++) {
    if (!(mask & (1 << thread))) continue;
    const part = job.sets + <usize>thread * job.setBytes + built;
    for (let i: usize = 0; i < bytes; i += 16)
      v128.store(small + i, i64x2.add(v128.load(small + i), v128.load(part + i)));
  }
  scan(small, changetype<Split>(smallSplit));
  if (large == 0) return;
  for (let i: usize = 0; i < bytes; i += 16)
    v128.store(large + i, i64x2.sub(v128.load(parent + i), v128.load(small + i)));
  scan(large, changetype<Split>(largeSplit));
}

// Rows -----------------------------------------------------------------------------------------------

// @ts-ignore: decorator
@inline
function goesRight(rowBins: usize, route: usize): usize {
  const bin = <u32>load<u8>(rowBins + load<u32>(route, offsetof<Route>("feature")));
  const shifted = (bin - <u32>load<u16>(route, offsetof<Route>("shift"))) & 255;
  return <usize>(shifted > <u32>load<u16>(route, offsetof<Route>("bound")));
}

/** Adds one row's packed gradient to each feature's bin of the row; four features a turn. */
// @ts-ignore: decorator
@inline
function addRow(rowBins: usize, histogram: usize, packed: i64): void {
  if (packed == 0) return; // not in this tree's sample
  let offset = job.offsets, bin = rowBins;
  const four = rowBins + (<usize>job.width & ~3), end = rowBins + job.width;
  for (; bin < four; bin += 4, offset += 16) {
    const quad = <usize>load<u32>(bin);
    addTo(histogram + load<u32>(offset) + ((quad & 255) << 3), packed);
    addTo(histogram + load<u32>(offset, 4) + ((quad >> 5) & 2040), packed);
    addTo(histogram + load<u32>(offset, 8) + ((quad >> 13) & 2040), packed);
    addTo(histogram + load<u32>(offset, 12) + ((quad >> 21) & 2040), packed);
  }
  for (; bin < end; bin++, offset += 4)
    addTo(histogram + load<u32>(offset) + (<usize>load<u8>(bin) << 3), packed);
}

// @ts-ignore: decorator
@inline
function addTo(address: usize, packed: i64): void {
  store<i64>(address, load<i64>(address) + packed);
}

// @ts-ignore: decorator
@inline
function addLeaves(start: u32, end: u32): void {
  const width = <usize>job.width;
  const positions = job.positions, routes = job.routes, leaves = job.leaves;
  let rowBins = job.bins + <usize>start * width;
  let margin = job.margins + (<usize>start << 2);
  for (let row = start; row < end; row++, rowBins += width, margin += 4) {
    const node = <usize>load<u8>(positions + row);
    const leaf = (node << 1) + goesRight(rowBins, routes + (node << 4));
    store<f32>(margin, load<f32>(margin) + load<f32>(leaves + (leaf << 2)));
    store<u8>(positions + row, 0);
  }
}

/** Gradient p − y and hessian p·(1 − p) of log loss, scaled, rounded and packed. Arrays are padded. */
// @ts-ignore: decorator
@inline
function computeGradients(start: u32, end: u32): void {
  const one = f32x4.splat(1);
  const gradientScale = f32x4.splat(<f32>job.gradientScale);
  const hessianScale = f32x4.splat(<f32>job.hessianScale);
  for (let row = start; row < end; row += 4) {
    const margin = v128.load(job.margins + (<usize>row << 2));
    const label = v128.load(job.labels + (<usize>row << 2));
    const p = f32x4.div(one, f32x4.add(one, exponential(f32x4.neg(margin))));
    const g = rounded(f32x4.mul(f32x4.sub(p, label), gradientScale));
    const h = rounded(f32x4.mul(f32x4.mul(p, f32x4.sub(one, p)), hessianScale));
    const packed = job.gradients + (<usize>row << 3);
    v128.store(packed, v128.shuffle<i32>(h, g, 0, 4, 1, 5)); // little-endian: the low word first
    v128.store(packed, v128.shuffle<i32>(h, g, 2, 6, 3, 7), 16);
  }
}

// @ts-ignore: decorator
@inline
function rounded(x: v128): v128 {
  return i32x4.trunc_sat_f32x4_s(f32x4.nearest(x));
}

/** e^x to about 1e-7: 2^k times a polynomial in the rest (Cephes expf). */
// @ts-ignore: decorator
@inline
function exponential(argument: v128): v128 {
  const x = f32x4.min(f32x4.max(argument, f32x4.splat(-87)), f32x4.splat(87));
  const k = f32x4.nearest(f32x4.mul(x, f32x4.splat(1.44269504088896341)));
  let r = f32x4.sub(x, f32x4.mul(k, f32x4.splat(0.693359375)));
  r = f32x4.add(r, f32x4.mul(k, f32x4.splat(2.12194440e-4)));
  let p = f32x4.splat(1.9875691500e-4);
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.3981999507e-3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(8.3334519073e-3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(4.1665795894e-2));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.6666665459e-1));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(5.0000001201e-1));
  p = f32x4.add(f32x4.add(f32x4.mul(p, f32x4.mul(r, r)), r), f32x4.splat(1));
  const power = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(k), i32x4.splat(127)), 23);
  return f32x4.mul(p, power);
}

/** Zeroes the gradients of rows outside the tree's sample: draw `row` of SplitMix64 from rowKey. */
function dropRows(start: u32, end: u32): void {
  const limit = job.rowLimit;
  for (let row = start; row < end; row++) {
    let z = job.rowKey + (<u64>row + 1) * 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    z ^= z >> 31;
    if (z >> 32 >= limit) store<i64>(job.gradients + (<usize>row << 3), 0);
  }
}

// Splits ---------------------------------------------------------------------------------------------

/** The best split found so far, in one thread; reset by `scan`. */
let best: f64 = 0, bestFeature: i32 = -1, bestBin: i32 = -1, bestMissing: i32 = 0;
let bestGradient: f64 = 0, bestHessian: f64 = 0;
let totalGradient: f64 = 0, totalHessian: f64 = 0;

/** Finds the split of a node with the largest gain G_L²/(H_L+λ) + G_R²/(H_R+λ) − G²/(H+λ). */
function scan(histogram: usize, split: Split): void {
  const first = load<u32>(job.counts);
  let total: i64 = 0; // every row is in every feature's bins, so the first feature gives the totals
  for (let b: u32 = 0; b <= first; b++) total += load<i64>(histogram + (<usize>b << 3));
  totalGradient = <f64>(total >> 32);
  totalHessian = <f64>(total & 0xffffffff);
  const whole = totalHessian > 0 ? (totalGradient * totalGradient) / (totalHessian + job.penalty) : 0;
  best = whole;
  bestFeature = -1;
  for (let c: u32 = 0; c < job.chosenCount; c++) {
    const f = load<u32>(job.chosen + (<usize>c << 2));
    const start = histogram + load<u32>(job.offsets + (<usize>f << 2));
    const count = load<u32>(job.counts + (<usize>f << 2));
    const missing = load<i64>(start);
    if (missing == 0) scanFeature(f, start, 0, count - 1, 2);
    else {
      scanFeature(f, start, missing, count - 1, 0);
      scanFeature(f, start, 0, count, 1);
    }
  }
  split.gain = best - whole;
  split.feature = bestFeature;
  split.bin = bestBin;
  split.leftGradient = bestGradient;
  split.leftHessian = bestHessian;
  split.gradient = totalGradient;
  split.hessian = totalHessian;
  split.missing = bestMissing;
}

/** Tries the splits after bins 0 … last of one feature; `left` is what lies left of all values, `side` what Split.missing says. */
function scanFeature(feature: u32, start: usize, left: i64, last: u32, side: i32): void {
  const minWeight = job.minWeight, penalty = job.penalty;
  const maxWeight = totalHessian - minWeight, bothWeights = totalHessian + penalty + penalty;
  let sum = left;
  for (let b: u32 = 0; b <= last; b++) {
    if (b > 0) {
      const bin = load<i64>(start + (<usize>b << 3));
      if (bin == 0) continue; // the same split as before
      sum += bin;
    }
    const hessian = <f64>(sum & 0xffffffff);
    if (hessian < minWeight) continue;
    if (hessian > maxWeight) break;
    const gradient = <f64>(sum >> 32), rest = totalGradient - gradient;
    const l = hessian + penalty, r = bothWeights - l;
    const score = (gradient * gradient * r + rest * rest * l) / (l * r); // one division for two
    if (score > best) {
      best = score;
      bestFeature = feature;
      bestBin = b;
      bestMissing = side;
      bestGradient = gradient;
      bestHessian = hessian;
    }
  }
}
