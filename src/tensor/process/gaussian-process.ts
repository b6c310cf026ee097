/** @file A Gaussian process over points of the unit cube: fitted to values, and asked what to expect elsewhere. */
import { isMillraceError } from "../../core/index.ts";
import { minimise } from "../optimise.ts";
import { choleskyFactor } from "../solve-positive.ts";

/** Points, their values, and which coordinates are choices: equal or not, and no more. */
export interface GpData {
  /** Shape [n], each of shape [d]. */
  readonly points: readonly Float64Array[];
  /** Shape [n], about 0 and of deviation 1. */
  readonly values: Float64Array;
  /** Shape [d]. */
  readonly isChoice: readonly boolean[];
}

/** A kernel: how far a coordinate counts, how much values vary, and how much of it is noise. */
export interface GpKernel {
  /** Inverse squares of lengths, shape [d]. */
  readonly inverse: Float64Array;
  readonly variance: number;
  readonly noise: number;
}

/** A process with a kernel, given values at points. */
export interface Gp {
  /** The mean and the variance of the value to expect at a point, without noise. O(n² + n·d). */
  expect(point: Float64Array): { readonly mean: number; readonly variance: number };
}

/** Matérn's function with ν = 5/2 of a squared distance, and its derivative by it. */
function matern(r2: number): readonly [value: number, slope: number] {
  const r = Math.sqrt(5 * r2);
  const decay = Math.exp(-r);
  return [(1 + r + (5 * r2) / 3) * decay, (-5 / 6) * (1 + r) * decay];
}

function gap({ isChoice }: GpData, a: Float64Array, b: Float64Array, j: number): number {
  if (isChoice[j] === true) return a[j] === b[j] ? 0 : 1;
  const away = (a[j] ?? 0) - (b[j] ?? 0);
  return away * away;
}

/**
 * The kernel with the greatest likelihood times prior, by L-BFGS on the logarithms. O(n³) for each of
 * some tens of steps. The priors keep lengths about half a range, the variance about 1, and noise low.
 *
 * @see Rasmussen & Williams, Gaussian Processes for Machine Learning, 2006, section 5.4.
 */
export function fitKernel(data: GpData): GpKernel {
  const d = data.isChoice.length;
  const start = new Float64Array(d + 2);
  start.fill(Math.log(4), 0, d);
  start[d + 1] = Math.log(1e-3);
  const gaps = gapsOf(data);
  const found = minimise((theta, gradient) => loss({ data, gaps }, theta, gradient), start, {
    maxIterations: 40,
    tolerance: 1e-5,
  });
  return kernelOf(found.x);
}

function kernelOf(theta: Float64Array): GpKernel {
  const d = theta.length - 2;
  const [variance, noise] = [Math.exp(theta[d] ?? 0), Math.exp(theta[d + 1] ?? 0)];
  return { inverse: theta.slice(0, d).map(Math.exp), variance, noise: noise + 1e-6 };
}

/** Squared distances by coordinate, of each pair i > j: shape [n·(n−1)/2 · d]. */
function gapsOf(data: GpData): Float64Array {
  const { points, isChoice } = data;
  const [n, d] = [points.length, isChoice.length];
  const gaps = new Float64Array((n * (n - 1) * d) / 2);
  let at = 0;
  for (const [i, a] of points.entries())
    for (const b of points.slice(0, i)) for (let j = 0; j < d; j++) gaps[at++] = gap(data, a, b, j);
  return gaps;
}

/** Centres and deviations of the priors, on logarithms: of inverse square lengths, variance, noise. */
const priors = {
  inverse: [Math.log(4), 1.5],
  variance: [0, 1],
  noise: [Math.log(1e-3), 2],
} as const;

function loss(
  { data, gaps }: { readonly data: GpData; readonly gaps: Float64Array },
  theta: Float64Array,
  gradient: Float64Array,
): number {
  const n = data.values.length;
  const d = theta.length - 2;
  const kernel = kernelOf(theta);
  const { values, slopes } = kernelValues(gaps, n, kernel);
  const factor = tryFactor(values, n);
  if (factor === undefined) return Infinity;
  const inverse = invert(factor, n);
  const weights = times(inverse, data.values);
  let [fit, logDet] = [0, 0];
  for (let i = 0; i < n; i++) {
    fit += ((data.values[i] ?? 0) * (weights[i] ?? 0)) / 2;
    logDet += Math.log(factor[i * n + i] ?? 1);
  }
  gradient.fill(0);
  let at = 0;
  for (let i = 0; i < n; i++)
    for (let k = 0; k < i; k++, at++) {
      const pull = (inverse[i * n + k] ?? 0) - (weights[i] ?? 0) * (weights[k] ?? 0);
      const slope = pull * (slopes[at] ?? 0);
      for (let j = 0; j < d; j++)
        gradient[j] =
          (gradient[j] ?? 0) + slope * (gaps[at * d + j] ?? 0) * (kernel.inverse[j] ?? 0);
      gradient[d] = (gradient[d] ?? 0) + pull * (values[i * n + k] ?? 0);
    }
  for (let i = 0; i < n; i++) {
    const pull = ((inverse[i * n + i] ?? 0) - (weights[i] ?? 0) ** 2) / 2;
    gradient[d] = (gradient[d] ?? 0) + pull * kernel.variance;
    gradient[d + 1] = (gradient[d + 1] ?? 0) + pull * (kernel.noise - 1e-6);
  }
  let prior = 0;
  for (const [j, x] of theta.entries()) {
    const [centre, width] = j < d ? priors.inverse : j === d ? priors.variance : priors.noise;
    const away = (x - centre) / width;
    prior += (away * away) / 2;
    gradient[j] = (gradient[j] ?? 0) + away / width;
  }
  return fit + logDet + prior;
}

/** The kernel's matrix, and for each pair i > k the derivative of its value by the squared distance. */
function kernelValues(
  gaps: Float64Array,
  n: number,
  { inverse, variance, noise }: GpKernel,
): { readonly values: Float64Array; readonly slopes: Float64Array } {
  const d = inverse.length;
  const values = new Float64Array(n * n);
  const slopes = new Float64Array((n * (n - 1)) / 2);
  let at = 0;
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++, at++) {
      let r2 = 0;
      for (let j = 0; j < d; j++) r2 += (gaps[at * d + j] ?? 0) * (inverse[j] ?? 0);
      const [value, slope] = matern(r2);
      values[i * n + k] = variance * value;
      values[k * n + i] = variance * value;
      slopes[at] = variance * slope;
    }
    values[i * n + i] = variance + noise;
  }
  return { values, slopes };
}

function tryFactor(data: Float64Array, n: number): Float64Array | undefined {
  try {
    return choleskyFactor({ rows: n, cols: n, data });
  } catch (error) {
    if (isMillraceError(error, "tensor/failed-factorisation")) return undefined;
    throw error;
  }
}

/** The inverse of L·Lᵀ, shape [n · n]. */
function invert(factor: Float64Array, n: number): Float64Array {
  const low = new Float64Array(n * n); // L⁻¹
  for (let j = 0; j < n; j++) {
    low[j * n + j] = 1 / (factor[j * n + j] ?? 1);
    for (let i = j + 1; i < n; i++) {
      let sum = 0;
      for (let k = j; k < i; k++) sum += (factor[i * n + k] ?? 0) * (low[k * n + j] ?? 0);
      low[i * n + j] = -sum / (factor[i * n + i] ?? 1);
    }
  }
  const inverse = new Float64Array(n * n);
  for (let k = 0; k < n; k++)
    for (let i = 0; i <= k; i++) {
      const left = low[k * n + i] ?? 0;
      for (let j = 0; j <= i; j++)
        inverse[i * n + j] = (inverse[i * n + j] ?? 0) + left * (low[k * n + j] ?? 0);
    }
  for (let i = 0; i < n; i++)
    for (let j = 0; j < i; j++) inverse[j * n + i] = inverse[i * n + j] ?? 0;
  return inverse;
}

function times(matrix: Float64Array, vector: Float64Array): Float64Array {
  const n = vector.length;
  return vector.map((_, i) => {
    let sum = 0;
    for (let j = 0; j < n; j++) sum += (matrix[i * n + j] ?? 0) * (vector[j] ?? 0);
    return sum;
  });
}

/** The process with a kernel, given the values at the points. O(n³). */
export function gaussianProcess(data: GpData, kernel: GpKernel): Gp {
  const { points, values } = data;
  const n = points.length;
  const { values: matrix } = kernelValues(gapsOf(data), n, kernel);
  const factor =
    tryFactor(matrix, n) ?? choleskyFactor({ rows: n, cols: n, data: jittered(matrix, n) });
  const inverse = invert(factor, n);
  const weights = times(inverse, values);
  const near = new Float64Array(n);
  return {
    expect: (point) => {
      for (const [i, other] of points.entries()) {
        let r2 = 0;
        for (let j = 0; j < point.length; j++)
          r2 += gap(data, point, other, j) * (kernel.inverse[j] ?? 0);
        near[i] = kernel.variance * matern(r2)[0];
      }
      let mean = 0;
      for (let i = 0; i < n; i++) mean += (near[i] ?? 0) * (weights[i] ?? 0);
      const known = quadratic(inverse, near);
      return { mean, variance: Math.max(kernel.variance - known, 1e-12) };
    },
  };
}

/** vᵀ·A·v for a symmetric A. */
function quadratic(matrix: Float64Array, vector: Float64Array): number {
  const n = vector.length;
  let total = 0;
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let j = 0; j < i; j++) sum += (matrix[i * n + j] ?? 0) * (vector[j] ?? 0);
    total += (vector[i] ?? 0) * (2 * sum + (matrix[i * n + i] ?? 0) * (vector[i] ?? 0));
  }
  return total;
}

/** The matrix with a little more on its diagonal. */
function jittered(matrix: Float64Array, n: number): Float64Array {
  const more = Float64Array.from(matrix);
  for (let i = 0; i < n; i++) more[i * n + i] = (more[i * n + i] ?? 0) * (1 + 1e-4);
  return more;
}
