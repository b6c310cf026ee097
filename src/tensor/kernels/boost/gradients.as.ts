/**
 * @file Gradients and hessians of the objectives, four rows at a time. Arrays are padded, so the last four may
 * reach past the end. Objective numbers are those of boost/objectives.ts.
 */
import { job } from "./job.as";

const logLoss: u32 = 0, softmax: u32 = 1, squared: u32 = 2, absolute: u32 = 3;
const huber: u32 = 4, quantile: u32 = 5, poisson: u32 = 6, tweedie: u32 = 7, given: u32 = 8;

/**
 * Writes hessian and gradient of rows from … to−1 as two f32 into their i64, for every output, and the sums
 * of |gradient| and hessian, the larger over outputs, into the task's partials. Sums go in order of rows.
 */
export function measureGradients(from: u32, to: u32, task: u32): void {
  const objective = job.objective;
  if (objective == softmax) for (let row = from; row < to; row += 4) softmaxRows(row);
  else if (objective != given) for (let row = from; row < to; row += 4) numberRows(row, objective);
  let mostGradient: f64 = 0, mostHessian: f64 = 0;
  for (let c: u32 = 0; c < job.outputs; c++) {
    const plane = job.gradients + (<usize>c * job.padded << 3);
    let gradient: f64 = 0, hessian: f64 = 0;
    for (let row = from; row < to; row++) {
      const at = plane + (<usize>row << 3);
      if (row >= job.trainRows) store<i64>(at, 0);
      hessian += <f64>load<f32>(at);
      gradient += Math.abs(<f64>load<f32>(at, 4));
    }
    mostGradient = max(mostGradient, gradient);
    mostHessian = max(mostHessian, hessian);
  }
  store<f64>(job.partials + (<usize>task << 4), mostGradient);
  store<f64>(job.partials + (<usize>task << 4), mostHessian, 8);
}

/** Scales, rounds and packs what measureGradients wrote for rows from … to−1. */
export function quantiseGradients(from: u32, to: u32): void {
  const gradientScale = f64x2.splat(job.gradientScale), hessianScale = f64x2.splat(job.hessianScale);
  for (let c: u32 = 0; c < job.outputs; c++) {
    const plane = job.gradients + (<usize>c * job.padded << 3);
    for (let row = from; row < to; row += 2) {
      const at = plane + (<usize>row << 3);
      const both = v128.load(at); // hessian, gradient of two rows
      const h = scaled(v128.shuffle<i32>(both, both, 0, 2, 0, 2), hessianScale);
      const g = scaled(v128.shuffle<i32>(both, both, 1, 3, 1, 3), gradientScale);
      v128.store(at, v128.shuffle<i32>(h, g, 0, 4, 1, 5));
    }
    if (job.rowLimit < 0x100000000) dropRows(from, to, plane);
  }
}

// @ts-ignore: decorator
@inline
function scaled(pair: v128, scale: v128): v128 {
  return i32x4.trunc_sat_f64x2_s_zero(f64x2.nearest(f64x2.mul(f64x2.promote_low_f32x4(pair), scale)));
}

/** Gradient p − y and hessian p·(1 − p) of log loss, scaled, rounded and packed: both steps at once. */
// @ts-ignore: decorator
@inline
export function packLogLoss(start: u32, end: u32): void {
  const one = f32x4.splat(1);
  const gradientScale = f32x4.splat(<f32>job.gradientScale);
  const hessianScale = f32x4.splat(<f32>job.hessianScale);
  const weights = job.weights;
  for (let row = start; row < end; row += 4) {
    const margin = v128.load(job.margins + (<usize>row << 2));
    const label = v128.load(job.labels + (<usize>row << 2));
    const p = f32x4.div(one, f32x4.add(one, exponential(f32x4.neg(margin))));
    let g = f32x4.mul(f32x4.sub(p, label), gradientScale);
    let h = f32x4.mul(f32x4.mul(p, f32x4.sub(one, p)), hessianScale);
    if (weights != 0) {
      const weight = v128.load(weights + (<usize>row << 2));
      g = f32x4.mul(g, weight);
      h = f32x4.mul(h, weight);
    }
    g = rounded(g);
    h = rounded(h);
    const packed = job.gradients + (<usize>row << 3);
    v128.store(packed, v128.shuffle<i32>(h, g, 0, 4, 1, 5)); // little-endian: the low word first
    v128.store(packed, v128.shuffle<i32>(h, g, 2, 6, 3, 7), 16);
  }
  for (let row = max(start, job.trainRows); row < end; row++) store<i64>(job.gradients + (<usize>row << 3), 0);
  if (job.rowLimit < 0x100000000) dropRows(start, end, job.gradients);
}

/** Zeroes the gradients of rows outside the tree's sample: draw `row` of SplitMix64 from rowKey. */
function dropRows(start: u32, end: u32, plane: usize): void {
  const limit = job.rowLimit;
  for (let row = start; row < end; row++) {
    let z = job.rowKey + (<u64>row + 1) * 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    z ^= z >> 31;
    if (z >> 32 >= limit) store<i64>(plane + (<usize>row << 3), 0);
  }
}

// @ts-ignore: decorator
@inline
function rounded(x: v128): v128 {
  return i32x4.trunc_sat_f32x4_s(f32x4.nearest(x));
}

/** Writes hessians and gradients of four rows of one output, weighed. */
// @ts-ignore: decorator
@inline
function write(row: u32, plane: usize, gradient: v128, hessian: v128): void {
  let g = gradient, h = hessian;
  if (job.weights != 0) {
    const weight = v128.load(job.weights + (<usize>row << 2));
    g = f32x4.mul(g, weight);
    h = f32x4.mul(h, weight);
  }
  const at = plane + (<usize>row << 3);
  v128.store(at, v128.shuffle<i32>(h, g, 0, 4, 1, 5));
  v128.store(at, v128.shuffle<i32>(h, g, 2, 6, 3, 7), 16);
}

/** Four rows of an objective with one output. */
function numberRows(row: u32, objective: u32): void {
  const one = f32x4.splat(1), parameter = f32x4.splat(<f32>job.parameter);
  const m = v128.load(job.margins + (<usize>row << 2)), y = v128.load(job.labels + (<usize>row << 2));
  const rest = f32x4.sub(m, y);
  let g = rest, h = one;
  if (objective == logLoss) {
    const p = f32x4.div(one, f32x4.add(one, exponential(f32x4.neg(m))));
    g = f32x4.sub(p, y);
    h = f32x4.mul(p, f32x4.sub(one, p));
  } else if (objective == absolute) {
    const zero = f32x4.splat(0);
    g = f32x4.sub(v128.and(f32x4.gt(rest, zero), one), v128.and(f32x4.lt(rest, zero), one));
  } else if (objective == huber) g = f32x4.min(f32x4.max(rest, f32x4.neg(parameter)), parameter);
  else if (objective == quantile) g = f32x4.sub(v128.and(f32x4.ge(rest, f32x4.splat(0)), one), parameter);
  else if (objective == poisson) {
    const mean = exponential(m);
    g = f32x4.sub(mean, y);
    h = f32x4.mul(mean, f32x4.splat(2.0137527)); // e^0.7: shorter steps where the mean is about to grow
  } else if (objective == tweedie) {
    const first = f32x4.sub(one, parameter), second = f32x4.add(one, first); // 1 − ρ, 2 − ρ
    const a = f32x4.mul(y, exponential(f32x4.mul(first, m))), b = exponential(f32x4.mul(second, m));
    g = f32x4.sub(b, a);
    h = f32x4.sub(f32x4.mul(second, b), f32x4.mul(first, a));
  }
  write(row, job.gradients, g, h);
}

/** Gradient p − y and hessian 2·p·(1 − p) of the log loss of k classes, p the softmax of the margins. */
function softmaxRows(row: u32): void {
  const k = job.outputs, padded = <usize>job.padded, start = job.margins + (<usize>row << 2);
  let most = v128.load(start), total = f32x4.splat(0);
  for (let c: u32 = 1; c < k; c++) most = f32x4.max(most, v128.load(start + (<usize>c * padded << 2)));
  for (let c: u32 = 0; c < k; c++) { // what is raised to is kept where its gradient will be
    const raised = exponential(f32x4.sub(v128.load(start + (<usize>c * padded << 2)), most));
    v128.store(job.gradients + ((<usize>c * padded + row) << 3), raised);
    total = f32x4.add(total, raised);
  }
  const one = f32x4.splat(1), label = v128.load(job.labels + (<usize>row << 2));
  for (let c: u32 = 0; c < k; c++) {
    const plane = job.gradients + (<usize>c * padded << 3);
    const p = f32x4.div(v128.load(plane + (<usize>row << 3)), total);
    const hit = v128.and(f32x4.eq(label, f32x4.splat(<f32>c)), one);
    const h = f32x4.mul(f32x4.mul(p, f32x4.sub(one, p)), f32x4.splat(2));
    write(row, plane, f32x4.sub(p, hit), h);
  }
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
