/**
 * @file k-means: seeding by k-means++ and the passes of Lloyd's iterations, in single precision.
 *
 * AssemblyScript, compiled to cluster.wasm by scripts/kernels.ts. All state lies in one memory; a
 * {@link Job} at its start says where. No function here allocates.
 *
 * Three ideas carry it:
 * - Bounds (Hamerly 2010). A row keeps an upper bound of the distance to its own centre and a lower
 *   bound of that to any other. Centres that moved by δ loosen them by δ; while upper < lower the row
 *   cannot change, and its numbers are not even read.
 * - Rows that may change are gathered, turned so that four lie in the lanes of a vector, and scored
 *   against ten centres at a time in registers: ‖c‖² − 2·x·c. The two best are kept in the lanes too.
 * - Single precision decides only what it can. What rounding can do to a score is at most
 *   g·(‖x‖² + ‖c‖²); scores are lowered by that, and a row whose best is not ahead of the second by
 *   more than its error is reported as doubtful: the caller decides it in double precision. The
 *   outcome is that of double precision throughout.
 */

/** Where everything lies: byte offsets and sizes. cluster/k-means-memory.ts writes the same order. */
@unmanaged
class Job {
  rows: u32;
  width: u32; // d, padded with zeros to a multiple of 4
  padded: u32; // k, padded to a multiple of 5
  x: usize; // f32 [n, width]
  lengths: usize; // f32 [n]: ‖x‖
  upper: usize; // f32 [n]
  lower: usize; // f32 [n]
  labels: usize; // u32 [n]
  centres: usize; // f32 [padded, width], zero past the last
  centreLengths: usize; // f32 [padded]: ‖c‖, rounded up
  centreNorms: usize; // f32 [padded]: ‖c‖²; +Infinity past the last
  lowNorms: usize; // f32 [padded]: the same, lowered by g·‖c‖²
  halves: usize; // f32 [padded]: half the distance to the nearest other centre, rounded down
  drifts: usize; // f32 [padded]: how far a centre has moved, and what rounding adds to a bound
  turned: usize; // f32 [width, 4]: four rows
  products: usize; // f32 [padded, 4]: x·c of four rows
  picks: usize; // u32 [blockRows + 3]
  changes: usize; // u32 [chunkRows, 2]: rows that have changed, and their cluster before
  doubts: usize; // u32 [chunkRows]
  doubted: u32; // how many
  loose: u32; // rows whose bounds did not settle them
  scored: u32; // rows that were scored against all centres
  candidates: usize; // f32 [trials, width]
  thresholds: usize; // f32 [padded]: a quarter of the squared distance to the nearest candidate
  nearest: usize; // f32 [n]: squared distance to the nearest centre so far
  tried: usize; // f32 [trials / 4, n, 4]: the same if a candidate became a centre
  potentials: usize; // f64 [trials]: the sums of tried
  farthest: u32; // the centre that has moved most
  largestDrift: f32;
  secondDrift: f32;
  error: f32; // g
}

const blockRows: u32 = 1024;
/** Bounds are kept wider than computed by this share, so that rounding never makes them wrong. */
const wider: f32 = 1.000001;
const narrower: f32 = 0.999999;
const tiny: f32 = 1e-30; // more than what is lost below the smallest numbers

let job: Job = changetype<Job>(0);
const found = memory.data(48, 16); // best, second and label of four rows

/** Says where the job lies. To be called once before anything else. */
export function open(address: usize): void {
  job = changetype<Job>(address);
}

/** The first byte that the compiler's static data does not use. */
export function heapBase(): usize {
  return __heap_base;
}

/** Σ(x − c)² in single precision. */
// @ts-ignore: decorator
@inline
function squaredDistance(x: usize, c: usize, width: usize): f32 {
  let a = f32x4.splat(0);
  for (let end = x + (width << 2); x < end; x += 16, c += 16) {
    const p = f32x4.sub(v128.load(x), v128.load(c));
    a = f32x4.add(a, f32x4.mul(p, p));
  }
  return added(a);
}

// @ts-ignore: decorator
@inline
function added(a: v128): f32 {
  const b = f32x4.add(a, v128.shuffle<f32>(a, a, 2, 3, 2, 3));
  return f32x4.extract_lane(b, 0) + f32x4.extract_lane(b, 1);
}

/** Writes ‖x‖ of every row, rounded up. */
export function measureRows(): void {
  const width = <usize>job.width;
  let x = job.x;
  for (let i: usize = 0; i < <usize>job.rows; i++) {
    let a = f32x4.splat(0);
    for (let end = x + (width << 2); x < end; x += 16) {
      const p = v128.load(x);
      a = f32x4.add(a, f32x4.mul(p, p));
    }
    store<f32>(job.lengths + (i << 2), sqrt<f32>(added(a)) * (1 + job.error));
  }
}

/** Takes the first candidate as centre 0: every row is nearest to it. Gives Σ of the squared distances. */
export function seedFirst(): f64 {
  const width = <usize>job.width;
  let x = job.x, sum: f64 = 0;
  memory.fill(job.labels, 0, <usize>job.rows << 2);
  for (let i: usize = 0; i < <usize>job.rows; i++, x += width << 2) {
    const d = squaredDistance(x, job.candidates, width);
    store<f32>(job.nearest + (i << 2), d);
    sum += d;
  }
  return sum;
}

/** The row at which the running sum of squared distances to the nearest centre passes `at`. */
export function pickRow(at: f64): u32 {
  let sum: f64 = 0, last: u32 = 0;
  for (let i: u32 = 0; i < job.rows; i++) {
    const d = load<f32>(job.nearest + (<usize>i << 2));
    if (d == 0) continue;
    sum += d;
    last = i;
    if (sum > at) return i;
  }
  return last;
}

/**
 * Writes what the squared distances to the nearest centre would be with each of four candidates, and
 * their sums. A row that is nearer to its centre than half the way from there to a candidate is not read.
 */
export function tryCandidates(group: u32): void {
  const width = <usize>job.width, rows = <usize>job.rows, bytes = width << 2;
  const candidates = job.candidates + <usize>group * (bytes << 2);
  let tried = job.tried + <usize>group * (rows << 4);
  let x = job.x, low = f64x2.splat(0), high = low;
  for (let i: usize = 0; i < rows; i++, x += bytes, tried += 16) {
    const d = load<f32>(job.nearest + (i << 2));
    const label = <usize>load<u32>(job.labels + (i << 2));
    let here = f32x4.splat(d);
    if (d > load<f32>(job.thresholds + (label << 2))) {
      let a = f32x4.splat(0), b = a, c = a, e = a, from = candidates;
      for (let at = x, end = x + bytes; at < end; at += 16, from += 16) {
        const v = v128.load(at);
        const p = f32x4.sub(v, v128.load(from)), q = f32x4.sub(v, v128.load(from + bytes));
        const r = f32x4.sub(v, v128.load(from + bytes * 2)), s = f32x4.sub(v, v128.load(from + bytes * 3));
        a = f32x4.add(a, f32x4.mul(p, p));
        b = f32x4.add(b, f32x4.mul(q, q));
        c = f32x4.add(c, f32x4.mul(r, r));
        e = f32x4.add(e, f32x4.mul(s, s));
      }
      const ab = f32x4.add(v128.shuffle<f32>(a, b, 0, 4, 1, 5), v128.shuffle<f32>(a, b, 2, 6, 3, 7));
      const ce = f32x4.add(v128.shuffle<f32>(c, e, 0, 4, 1, 5), v128.shuffle<f32>(c, e, 2, 6, 3, 7));
      const sums = f32x4.add(v128.shuffle<f64>(ab, ce, 0, 2), v128.shuffle<f64>(ab, ce, 1, 3));
      here = f32x4.pmin(here, sums);
    }
    v128.store(tried, here);
    low = f64x2.add(low, f64x2.promote_low_f32x4(here));
    high = f64x2.add(high, f64x2.promote_low_f32x4(v128.shuffle<f64>(here, here, 1, 1)));
  }
  const to = job.potentials + (<usize>group << 5);
  v128.store(to, low);
  v128.store(to, high, 16);
}

/** Makes a candidate the centre `label`. */
export function takeCandidate(t: u32, label: u32): void {
  let tried = job.tried + <usize>(t >> 2) * (<usize>job.rows << 4) + (<usize>(t & 3) << 2);
  for (let i: usize = 0; i < <usize>job.rows; i++, tried += 16) {
    const d = load<f32>(tried), at = job.nearest + (i << 2), labels = job.labels + (i << 2);
    const old = load<f32>(at), before = load<u32>(labels), closer = d < old;
    store<f32>(at, closer ? d : old);
    store<u32>(labels, closer ? label : before);
  }
}

/** After seeding, `true`: upper bounds are what is known. Before centres that were given: nothing is. */
export function boundRows(seeded: bool): void {
  for (let i: usize = 0; i < <usize>job.rows; i++) {
    let upper = Infinity as f32;
    if (seeded) {
      const label = <usize>load<u32>(job.labels + (i << 2));
      upper = upperOf(load<f32>(job.nearest + (i << 2)), i, label);
    } else store<u32>(job.labels + (i << 2), 0);
    store<f32>(job.upper + (i << 2), upper);
    store<f32>(job.lower + (i << 2), 0);
  }
}

/** An upper bound of a distance whose square was computed as d. */
// @ts-ignore: decorator
@inline
function upperOf(d: f32, row: usize, label: usize): f32 {
  const lengths = load<f32>(job.lengths + (row << 2)) + load<f32>(job.centreLengths + (label << 2));
  return sqrt<f32>(d) * (1 + job.error) * wider + <f32>2.4e-7 * lengths + tiny;
}

/**
 * A pass over rows from … to−1, at most chunkRows; gives how many changed. Doubtful ones are left.
 * `tighten` tries the distance to a row's own centre before all others: worth it where that mostly
 * settles the row. The outcome does not depend on it.
 */
export function assignRows(from: u32, to: u32, tighten: bool): u32 {
  let changed: u32 = 0;
  job.doubted = 0;
  job.loose = 0;
  job.scored = 0;
  for (let start = from; start < to; start += blockRows) {
    let picked = loosen(start, min(start + blockRows, to));
    job.loose += <u32>picked;
    if (tighten) picked = tightenPicks(picked);
    job.scored += <u32>picked;
    if (picked == 0) continue;
    const picks = job.picks;
    const last = load<u32>(picks + ((picked - 1) << 2)); // fills the last four
    for (let p = picked; p < picked + 3; p++) store<u32>(picks + (p << 2), last);
    for (let p: usize = 0; p < picked; p += 4) {
      const rows = picks + (p << 2);
      turn(rows);
      score();
      const count = min(<usize>4, picked - p);
      for (let lane: usize = 0; lane < count; lane++)
        changed += settle(<usize>load<u32>(rows + (lane << 2)), lane << 2, changed);
    }
  }
  return changed;
}

/** Loosens the bounds of some rows and picks those which may change; gives how many. No branch. */
function loosen(from: u32, to: u32): usize {
  const first = job.largestDrift, second = job.secondDrift, farthest = job.farthest;
  const labels = job.labels, uppers = job.upper, lowers = job.lower;
  const drifts = job.drifts, halves = job.halves, picks = job.picks;
  let pick = picks;
  for (let at = <usize>from << 2, end = <usize>to << 2; at < end; at += 4) {
    const label = load<u32>(labels + at);
    const upper = load<f32>(uppers + at) + load<f32>(drifts + (<usize>label << 2));
    const lower = load<f32>(lowers + at) - (label == farthest ? second : first);
    store<f32>(uppers + at, upper);
    store<f32>(lowers + at, lower);
    const safe = <u32>(upper < lower) | <u32>(upper < load<f32>(halves + (<usize>label << 2)));
    store<u32>(pick, <u32>(at >> 2));
    pick += <usize>(safe ^ 1) << 2;
  }
  return (pick - picks) >> 2;
}

/** Measures the distance of picked rows to their own centre, and keeps those which may still change. */
function tightenPicks(picked: usize): usize {
  const width = <usize>job.width, picks = job.picks;
  const labels = job.labels, uppers = job.upper, lowers = job.lower, halves = job.halves;
  let pick = picks;
  for (let from = picks, end = picks + (picked << 2); from < end; from += 4) {
    const row = load<u32>(from), at = <usize>row << 2;
    const label = <usize>load<u32>(labels + at);
    const d = squaredDistance(job.x + at * width, job.centres + ((label * width) << 2), width);
    const upper = upperOf(d, <usize>row, label);
    store<f32>(uppers + at, upper);
    const safe = <u32>(upper < load<f32>(lowers + at)) | <u32>(upper < load<f32>(halves + (label << 2)));
    store<u32>(pick, row);
    pick += <usize>(safe ^ 1) << 2;
  }
  return (pick - picks) >> 2;
}

/** Writes four rows so that each feature's values lie side by side. */
function turn(rows: usize): void {
  const width = <usize>job.width;
  let a = job.x + ((<usize>load<u32>(rows) * width) << 2);
  let b = job.x + ((<usize>load<u32>(rows, 4) * width) << 2);
  let c = job.x + ((<usize>load<u32>(rows, 8) * width) << 2);
  let d = job.x + ((<usize>load<u32>(rows, 12) * width) << 2);
  let to = job.turned;
  for (let end = a + (width << 2); a < end; a += 16, b += 16, c += 16, d += 16, to += 64) {
    const p = v128.load(a), q = v128.load(b), r = v128.load(c), s = v128.load(d);
    const pq = v128.shuffle<f32>(p, q, 0, 4, 1, 5), rs = v128.shuffle<f32>(r, s, 0, 4, 1, 5);
    const pq2 = v128.shuffle<f32>(p, q, 2, 6, 3, 7), rs2 = v128.shuffle<f32>(r, s, 2, 6, 3, 7);
    v128.store(to, v128.shuffle<f64>(pq, rs, 0, 2));
    v128.store(to, v128.shuffle<f64>(pq, rs, 1, 3), 16);
    v128.store(to, v128.shuffle<f64>(pq2, rs2, 0, 2), 32);
    v128.store(to, v128.shuffle<f64>(pq2, rs2, 1, 3), 48);
  }
}

/** Finds the best and second lowered score of the four turned rows, and whose the best is. */
function score(): void {
  let k: u32 = 0;
  for (; k + 10 <= job.padded; k += 10) tile(k, true);
  if (k < job.padded) tile(k, false);
  let best = f32x4.splat(Infinity), next = best, label = i32x4.splat(0);
  const norms = job.lowNorms;
  let product = job.products;
  for (k = 0; k < job.padded; k++, product += 16) {
    const p = v128.load(product);
    const s = f32x4.sub(v128.load32_splat(norms + (<usize>k << 2)), f32x4.add(p, p));
    label = v128.bitselect(i32x4.splat(k), label, f32x4.lt(s, best));
    next = f32x4.pmin(next, f32x4.pmax(s, best));
    best = f32x4.pmin(s, best);
  }
  v128.store(found, best);
  v128.store(found, next, 16);
  v128.store(found, label, 32);
}

/** Four rows by ten centres, or five, all in registers. */
// @ts-ignore: decorator
@inline
function tile(k: u32, ten: bool): void {
  const bytes = <usize>job.width << 2;
  let a0 = f32x4.splat(0), a1 = a0, a2 = a0, a3 = a0, a4 = a0;
  let a5 = a0, a6 = a0, a7 = a0, a8 = a0, a9 = a0;
  let c = job.centres + <usize>k * bytes, x = job.turned;
  const b2 = bytes * 2, b3 = bytes * 3, b4 = bytes * 4, b5 = bytes * 5;
  for (let end = c + bytes; c < end; c += 4, x += 16) {
    const v = v128.load(x);
    a0 = f32x4.add(a0, f32x4.mul(v, v128.load32_splat(c)));
    a1 = f32x4.add(a1, f32x4.mul(v, v128.load32_splat(c + bytes)));
    a2 = f32x4.add(a2, f32x4.mul(v, v128.load32_splat(c + b2)));
    a3 = f32x4.add(a3, f32x4.mul(v, v128.load32_splat(c + b3)));
    a4 = f32x4.add(a4, f32x4.mul(v, v128.load32_splat(c + b4)));
    if (ten) {
      const e = c + b5;
      a5 = f32x4.add(a5, f32x4.mul(v, v128.load32_splat(e)));
      a6 = f32x4.add(a6, f32x4.mul(v, v128.load32_splat(e + bytes)));
      a7 = f32x4.add(a7, f32x4.mul(v, v128.load32_splat(e + b2)));
      a8 = f32x4.add(a8, f32x4.mul(v, v128.load32_splat(e + b3)));
      a9 = f32x4.add(a9, f32x4.mul(v, v128.load32_splat(e + b4)));
    }
  }
  const to = job.products + (<usize>k << 4);
  v128.store(to, a0);
  v128.store(to, a1, 16);
  v128.store(to, a2, 32);
  v128.store(to, a3, 48);
  v128.store(to, a4, 64);
  if (ten) {
    v128.store(to, a5, 80);
    v128.store(to, a6, 96);
    v128.store(to, a7, 112);
    v128.store(to, a8, 128);
    v128.store(to, a9, 144);
  }
}

/** Gives a row to its nearest centre, if that is certain; 1 when it is another one than before. */
// @ts-ignore: decorator
@inline
function settle(i: usize, lane: usize, changed: u32): u32 {
  const low = load<f32>(found + lane), second = load<f32>(found + lane, 16);
  const now = load<u32>(found + lane, 32);
  const length = load<f32>(job.lengths + (i << 2));
  const norm = length * length;
  const g = job.error;
  const high = low + 2 * g * (norm + load<f32>(job.centreNorms + (<usize>now << 2))) + tiny;
  if (!(high < second)) {
    store<u32>(job.doubts + (<usize>job.doubted << 2), <u32>i);
    job.doubted++;
    return 0;
  }
  const upper = norm * (1 + g) + high, lower = norm * (1 - 4 * g) + second - tiny;
  store<f32>(job.upper + (i << 2), upper > 0 ? sqrt<f32>(upper) * wider : 0);
  store<f32>(job.lower + (i << 2), lower > 0 ? sqrt<f32>(lower) * narrower : 0);
  const at = job.labels + (i << 2), before = load<u32>(at);
  if (before == now) return 0;
  store<u32>(at, now);
  store<u32>(job.changes + (<usize>changed << 3), <u32>i);
  store<u32>(job.changes + (<usize>changed << 3), before, 4);
  return 1;
}
