/** @file Finding splits in histograms. */
import { collect } from "./histogram.as";
import { job, Node } from "./job.as";

/** The best split found so far, in one thread; reset by `scan`. */
let best: f64 = 0, bestFeature: i32 = -1, bestBin: i32 = -1, bestMissing: i32 = 0;
let bestIsSet: u32 = 0, bestGradient: f64 = 0, bestHessian: f64 = 0;
let totalGradient: f64 = 0, totalHessian: f64 = 0, least: f64 = 1;
let lower: f64 = 0, upper: f64 = 0;

const certainly: f64 = 1 - 2 ** -18; // a score of 32 bits below this share of the best is not better
const mostPenalty: f64 = 1e12; // with more, products leave 32 bits

/**
 * Finishes the histograms of two siblings and finds the best split of each: sums the built one over the
 * threads of `mask`, takes the other as parent minus it. `large` 0: there is no sibling (root).
 */
export function scanPair(mask: u32, built: usize, parent: usize, small: usize, large: usize, thread: u32): void {
  const to = changetype<Node>(small).histogram;
  collect(mask, built, to);
  scan(changetype<Node>(small), thread);
  if (large == 0) return;
  subtract(parent, to, changetype<Node>(large).histogram);
  scan(changetype<Node>(large), thread);
}

/** to = parent − small; `to` may be the parent. */
function subtract(parent: usize, small: usize, to: usize): void {
  const bytes = <usize>job.histogramBytes;
  for (let i: usize = 0; i < bytes; i += 16)
    v128.store(to + i, i64x2.sub(v128.load(parent + i), v128.load(small + i)));
}

/** Finds the split of a node with the largest gain G_L²/(H_L+λ) + G_R²/(H_R+λ) − G²/(H+λ). */
export function scan(node: Node, thread: u32): void {
  const histogram = node.histogram;
  const first = load<u32>(job.counts);
  let total: i64 = 0; // every row is in every feature's bins, so the first feature gives the totals
  const firstBins = histogram + load<u32>(job.offsets);
  for (let b: u32 = 0; b <= first; b++) total += load<i64>(firstBins + (<usize>b << 3));
  totalGradient = <f64>(total >> 32);
  totalHessian = <f64>(total & 0xffffffff);
  node.gradient = totalGradient;
  node.hessian = totalHessian;
  node.gain = 0;
  node.feature = -1;
  if (!node.searched) return;
  lower = node.lower;
  upper = node.upper;
  least = job.minWeight;
  if (job.minRows > 1) least = max(least, (job.minRows - 0.5) * totalHessian / <f64>node.count);
  if (totalHessian < 2 * least) return; // one side of any split would be too light
  const whole = job.general ? scoreOf(totalGradient, totalHessian, 0)
    : totalHessian > 0 ? (totalGradient * totalGradient) / (totalHessian + job.penalty) : 0;
  best = whole;
  bestFeature = -1;
  for (let c: u32 = 0; c < node.chosenCount; c++) {
    const f = load<u32>(node.chosen + (<usize>c << 2));
    const start = histogram + load<u32>(job.offsets + (<usize>f << 2));
    const count = load<u32>(job.counts + (<usize>f << 2));
    if (load<u8>(job.kinds + f) != 0) {
      scanCategories(f, start, count, node.bits, thread);
      continue;
    }
    const missing = load<i64>(start);
    scanFeature(f, start, 0, count, missing == 0 ? 2 : 0);
    if (missing != 0) scanFeature(f, start, -missing, count, 1);
  }
  if (bestFeature < 0) return;
  node.gain = best - whole;
  node.feature = bestFeature;
  node.bin = bestBin;
  node.missing = bestMissing;
  node.isSet = bestIsSet;
  node.leftGradient = bestGradient;
  node.leftHessian = bestHessian;
}

/**
 * Tries the splits after every bin of one feature, four at a time; `before` is added to all sums: minus the missing values
 * (bin 0) to have them right, else 0. Bins that hold nothing give the score of the bin before, so they are never
 * chosen; what leaves a side too light is masked. `side` is what Node.missing says.
 *
 * Scores are compared in 32 bits first: sums are whole numbers, so that each factor is right to 2⁻²³ and a score to 2⁻²⁰; what may
 * be better is computed again in 64.
 */
function scanFeature(feature: u32, start: usize, before: i64, count: u32, side: i32): void {
  if (job.general || job.penalty > mostPenalty) {
    scanGeneral(feature, start, before, count, side);
    return;
  }
  const zero = i64x2.splat(0);
  const lightest = i32x4.splat(<i32>Math.min(Math.ceil(least), 2147483647)), penalty = f32x4.splat(<f32>job.penalty);
  const allGradient = i32x4.splat(<i32>totalGradient), allHessian = i32x4.splat(<i32>totalHessian);
  let most = f32x4.splat(<f32>(best * certainly)), carry = i64x2.splat(before);
  const end = start + (<usize>(count + 1) << 3);
  for (let at = start; at < end; at += 32) {
    const first = v128.load(at), second = v128.load(at, 16);
    const low = i64x2.add(i64x2.add(first, v128.shuffle<i64>(zero, first, 0, 2)), carry);
    const high = i64x2.add(i64x2.add(second, v128.shuffle<i64>(zero, second, 0, 2)), v128.shuffle<i64>(low, low, 1, 1));
    carry = v128.shuffle<i64>(high, high, 1, 1);
    const leftHessian = v128.shuffle<i32>(low, high, 0, 2, 4, 6), leftGradient = v128.shuffle<i32>(low, high, 1, 3, 5, 7);
    const rightHessian = i32x4.sub(allHessian, leftHessian);
    const gradient = f32x4.convert_i32x4_s(leftGradient), rest = f32x4.convert_i32x4_s(i32x4.sub(allGradient, leftGradient));
    const l = f32x4.add(f32x4.convert_i32x4_s(leftHessian), penalty);
    const r = f32x4.add(f32x4.convert_i32x4_s(rightHessian), penalty);
    const numerator = f32x4.add(
      f32x4.mul(f32x4.mul(gradient, gradient), r), f32x4.mul(f32x4.mul(rest, rest), l),
    );
    const better = f32x4.gt(numerator, f32x4.mul(most, f32x4.mul(l, r))); // no division
    const inside = v128.and(i32x4.ge_s(leftHessian, lightest), i32x4.ge_s(rightHessian, lightest));
    if (!v128.any_true(v128.and(better, inside))) continue;
    const bin = <i32>((at - start) >> 3);
    take(feature, bin, side, i64x2.extract_lane(low, 0));
    take(feature, bin + 1, side, i64x2.extract_lane(low, 1));
    take(feature, bin + 2, side, i64x2.extract_lane(high, 0));
    take(feature, bin + 3, side, i64x2.extract_lane(high, 1));
    most = f32x4.splat(<f32>(best * certainly));
  }
}

/** Keeps the split that leaves `sum` on the left if it is the best so far. */
function take(feature: u32, bin: i32, side: i32, sum: i64): void {
  const hessian = <f64>(sum & 0xffffffff);
  if (hessian < least || hessian > totalHessian - least) return;
  const gradient = <f64>(sum >> 32), rest = totalGradient - gradient;
  const l = hessian + job.penalty, r = totalHessian + job.penalty + job.penalty - l;
  const score = (gradient * gradient * r + rest * rest * l) / (l * r);
  if (score <= best) return;
  best = score;
  bestFeature = feature;
  bestBin = bin;
  bestMissing = side;
  bestIsSet = 0;
  bestGradient = gradient;
  bestHessian = hessian;
}

/** As scanFeature, with l1, bounds of values, and features that may only rise or fall. */
function scanGeneral(feature: u32, start: usize, before: i64, count: u32, side: i32): void {
  const direction = <f64>load<i8>(job.monotone + feature);
  const minWeight = least, maxWeight = totalHessian - minWeight;
  let sum = before;
  for (let b: u32 = 0; b <= count; b++) {
    const bin = load<i64>(start + (<usize>b << 3));
    if (bin == 0) continue; // the same split as before
    sum += bin;
    const hessian = <f64>(sum & 0xffffffff);
    if (hessian < minWeight) continue;
    if (hessian > maxWeight) break;
    const gradient = <f64>(sum >> 32);
    const rest = totalGradient - gradient, restHessian = totalHessian - hessian;
    if (direction != 0 && direction * (valueOf(rest, restHessian, 0) - valueOf(gradient, hessian, 0)) < 0) continue;
    const score = scoreOf(gradient, hessian, 0) + scoreOf(rest, restHessian, 0);
    if (score <= best) continue;
    best = score;
    bestFeature = feature;
    bestBin = b;
    bestMissing = side;
    bestIsSet = 0;
    bestGradient = gradient;
    bestHessian = hessian;
  }
}

/** The value of a leaf with these sums: −soft(G)/(H + λ), within the node's bounds. */
function valueOf(gradient: f64, hessian: f64, more: f64): f64 {
  const soft = job.soft;
  const g = gradient > soft ? gradient - soft : gradient < -soft ? gradient + soft : 0;
  const weight = hessian + job.penalty + more;
  return weight > 0 ? min(max(-g / weight, lower), upper) : 0;
}

/** How much a leaf of these sums lowers the loss, doubled: −(2·G·w + (H + λ)·w² + 2·l1·|w|). */
function scoreOf(gradient: f64, hessian: f64, more: f64): f64 {
  const w = valueOf(gradient, hessian, more);
  return -(2 * gradient * w + (hessian + job.penalty + more) * w * w + 2 * job.soft * Math.abs(w));
}

// Categories -----------------------------------------------------------------------------------------

const few: u32 = 4; // up to as many categories are neither smoothed nor held back by categoryPenalty

/**
 * Tries to split one feature's categories in two: ordered by G/(H + smoothing), the best split of all is between two
 * neighbours of that order (Fisher 1958). The set that goes left is taken from one end; it has at most `categoryLimit`
 * categories, and none that is light, so that noise is not fitted. All else goes right, what was never seen too. Missing
 * values (bin 0) are one category more.
 */
function scanCategories(feature: u32, start: usize, count: u32, bits: usize, thread: u32): void {
  // lists of what is sorted, u64 [bins] each, keys by bin, f64 [bins], and counts
  const list = job.scratch + <usize>thread * job.scratchBytes, bytes = <usize>(count + 1) << 3;
  const keys = list + 2 * bytes;
  let used: u32 = 0;
  for (let b: u32 = 0; b <= count; b++) used += <u32>(load<i64>(start + (<usize>b << 3)) != 0);
  if (used < 2) return;
  const smoothing = used <= few ? 0 : job.smoothing, more = used <= few ? 0 : job.categoryPenalty;
  const most = used <= few ? few : job.categoryLimit;
  let end = list;
  for (let b: u32 = 0; b <= count; b++) {
    const sum = load<i64>(start + (<usize>b << 3));
    const hessian = <f64>(sum & 0xffffffff);
    if (sum == 0 || hessian < smoothing * 0.25) continue; // too light to say something
    const key = <f64>(sum >> 32) / (hessian + smoothing + 1e-9);
    store<f64>(keys + (<usize>b << 3), key);
    store<u64>(end, upperHalf(key) << 32 | <u64>b);
    end += 8;
  }
  used = <u32>((end - list) >> 3);
  if (used == 0) return;
  const order = sortBins(list, list + bytes, used);
  let from: u32 = 0, to: u32 = 0, sum: i64 = 0;
  for (let i: u32 = 0; i < min(used, most); i++) { // from the lowest on
    sum += load<i64>(start + (<usize>load<u32>(order + (<usize>i << 3)) << 3));
    if (takeSet(sum, more)) to = i + 1;
  }
  sum = 0;
  for (let i: u32 = 0; i < min(used, most); i++) { // from the highest on
    sum += load<i64>(start + (<usize>load<u32>(order + (<usize>(used - 1 - i) << 3)) << 3));
    if (!takeSet(sum, more)) continue;
    from = used - 1 - i;
    to = used;
  }
  if (to == 0) return;
  bestFeature = feature;
  bestBin = 0;
  bestIsSet = 1;
  memory.fill(bits, 0, job.bitBytes);
  for (let i = from; i < to; i++) {
    const bin = load<u32>(order + (<usize>i << 3));
    store<u8>(bits + (bin >> 3), load<u8>(bits + (bin >> 3)) | <u8>((<u32>1) << (bin & 7)));
  }
  const missing = load<i64>(start) != 0;
  bestMissing = missing ? <i32>!(load<u8>(bits) & 1) : 2;
}

/** Keeps the split that has `sum` on one side, the left, if it is the best so far. */
function takeSet(sum: i64, more: f64): bool {
  const hessian = <f64>(sum & 0xffffffff), gradient = <f64>(sum >> 32);
  const rest = totalGradient - gradient, restHessian = totalHessian - hessian;
  if (hessian < least || restHessian < least) return false;
  const score = scoreOf(gradient, hessian, more) + scoreOf(rest, restHessian, more);
  if (score <= best) return false;
  best = score;
  bestGradient = gradient;
  bestHessian = hessian;
  return true;
}

/**
 * Sorts bins by key, then bin. `list` has an u64 for each: the upper half of its key, as a whole number of the same order, above
 * the bin, in the order of bins. Digits of 8 bits, from the last on; then keys that differ in their lower half only change places.
 * After `other` lie the keys, by bin, then counts. Gives where the sorted list is: at `list` or at `other`.
 */
function sortBins(list: usize, other: usize, count: u32): usize {
  const keys = other + (other - list), counts = keys + (other - list); // counts: u32 [4 · 256]
  memory.fill(counts, 0, 4096);
  for (let i: u32 = 0; i < count; i++) {
    const high = <u32>(load<u64>(list + (<usize>i << 3)) >> 32);
    for (let digit: u32 = 0; digit < 4; digit++) {
      const at = counts + (<usize>(digit << 8 | ((high >> (digit << 3)) & 255)) << 2);
      store<u32>(at, load<u32>(at) + 1);
    }
  }
  let from = list, to = other;
  for (let digit: u32 = 0; digit < 4; digit++) {
    const own = counts + (<usize>digit << 10), low = <u64>(32 + (digit << 3));
    const first = <usize>((load<u64>(from) >> low) & 255);
    if (load<u32>(own + (first << 2)) == count) continue; // all have the same digit
    let place: u32 = 0;
    for (let at = own; at < own + 1024; at += 4) {
      const some = load<u32>(at);
      store<u32>(at, place);
      place += some;
    }
    for (let i: u32 = 0; i < count; i++) {
      const one = load<u64>(from + (<usize>i << 3));
      const at = own + (<usize>((one >> low) & 255) << 2), next = load<u32>(at);
      store<u64>(to + (<usize>next << 3), one);
      store<u32>(at, next + 1);
    }
    const turned = from;
    from = to;
    to = turned;
  }
  for (let i: u32 = 1; i < count; i++) {
    const one = load<u64>(from + (<usize>i << 3)), key = keyOf(keys, one);
    let j = i;
    for (; j > 0; j--) {
      const before = load<u64>(from + (<usize>(j - 1) << 3));
      if (keyOf(keys, before) <= key) break;
      store<u64>(from + (<usize>j << 3), before);
    }
    store<u64>(from + (<usize>j << 3), one);
  }
  return from;
}

/** The key of an entry's bin. */
// @ts-ignore: decorator
@inline
function keyOf(keys: usize, entry: u64): f64 {
  return load<f64>(keys + (<usize><u32>entry << 3));
}

/** The upper half of a real as a whole number: of two reals the larger has not the smaller one. */
// @ts-ignore: decorator
@inline
function upperHalf(key: f64): u64 {
  const bits = reinterpret<i64>(key);
  return <u64>((bits ^ (bits >> 63 | i64.MIN_VALUE)) >>> 32);
}
