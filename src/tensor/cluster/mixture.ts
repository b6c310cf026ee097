/** @file A mixture of normal distributions, by expectation and maximisation. */

import { setImmediate } from "node:timers/promises";
import type { LongWork } from "../../core/index.ts";
import type { Matrix } from "../../flow.ts";
import { fail } from "../errors.ts";
import { logSum } from "../softmax.ts";

/** What the covariances may be: any, without correlations, or the same in all directions. */
export type MixtureForm = "full" | "diagonal" | "spherical";

/** k normal distributions with shares. */
export interface Mixture {
  readonly form: MixtureForm;
  /** Shape [k], summing to 1. */
  readonly weights: Float64Array;
  /** Shape [k, d]. */
  readonly means: Matrix;
  /** Shape [k·d, d] when full, one block after another; [k, d] diagonal; [k, 1] spherical: variances. */
  readonly covariances: Matrix;
}

/** What to fit, and how. */
export interface EmProblem {
  /** Shape [n, d], finite. */
  readonly x: Matrix;
  readonly form: MixtureForm;
  /** Which distribution each row begins in, [n]. */
  readonly labels: Int32Array;
  /** k. */
  readonly clusters: number;
  /** Added to every variance. */
  readonly regularisation: number;
  readonly maxIterations: number;
  /** Done when the mean log-likelihood of a row grows by less. */
  readonly tolerance: number;
}

/** The densities of rows: ln(wₖ·Nₖ(x)) [n, k], and their logarithmic sums [n]. */
export interface Densities {
  readonly parts: Matrix;
  readonly whole: Float64Array;
}

/**
 * Fits a mixture by expectation and maximisation from a first guess of who is where. Time O(n·k·d²) a
 * step for full covariances, else O(n·k·d).
 *
 * @param problem - Data, first labels, and when to stop.
 * @param work - Progress in steps; the signal is heard between them.
 * @returns The mixture, the mean log-likelihood of a row in nats, and how it ended.
 * @throws `tensor/failed-factorisation` when a covariance is none, or the signal's reason
 * @see Dempster, Laird & Rubin, J. Royal Statistical Society B 39(1), 1977. Peer: scikit-learn
 *   `GaussianMixture`.
 */
export async function fitMixture(problem: EmProblem, { signal, progress }: LongWork = {}) {
  const { x, clusters, maxIterations, tolerance } = problem;
  let shares = firstShares(problem); // [n, k]
  let mixture = maximise(problem, shares);
  let [last, iterations, converged, since] = [-Infinity, 0, false, performance.now()];
  while (iterations < maxIterations && !converged) {
    signal?.throwIfAborted();
    iterations += 1;
    const { parts, whole } = mixtureDensities(mixture, x);
    const mean = whole.reduce((sum, value) => sum + value, 0) / x.rows;
    shares = {
      ...parts,
      data: parts.data.map((value, at) => Math.exp(value - whole[Math.floor(at / clusters)]!)),
    };
    mixture = maximise(problem, shares);
    converged = Math.abs(mean - last) < tolerance;
    last = mean;
    progress?.({ done: iterations, total: maxIterations });
    if (performance.now() - since < 25) continue;
    await setImmediate();
    since = performance.now();
  }
  const { whole } = mixtureDensities(mixture, x);
  const logLikelihood = whole.reduce((sum, value) => sum + value, 0) / x.rows;
  return { mixture, logLikelihood, iterations, converged };
}

function firstShares({ x, labels, clusters }: EmProblem): Matrix {
  const data = new Float64Array(x.rows * clusters);
  for (let i = 0; i < x.rows; i++) data[i * clusters + labels[i]!] = 1;
  return { rows: x.rows, cols: clusters, data };
}

/** The mixture that is likeliest when the rows' shares are known. */
function maximise({ x, form, clusters, regularisation }: EmProblem, shares: Matrix): Mixture {
  const { rows, cols: d, data } = x;
  const counts = new Float64Array(clusters).fill(10 * Number.EPSILON);
  const means = new Float64Array(clusters * d);
  for (let i = 0; i < rows; i++)
    for (let k = 0; k < clusters; k++) {
      const share = shares.data[i * clusters + k]!;
      if (share === 0) continue;
      counts[k] = counts[k]! + share;
      for (let j = 0, m = k * d, at = i * d; j < d; j++, m++, at++)
        means[m] = means[m]! + share * data[at]!;
    }
  for (let m = 0; m < means.length; m++) means[m] = means[m]! / counts[Math.floor(m / d)]!;
  const of = { x, shares, counts, means };
  const spread = form === "full" ? fullCovariances(of) : variances(of);
  const covariances = form === "spherical" ? meanVariances(spread) : spread;
  addToDiagonals(covariances, form, regularisation);
  const weights = counts.map((count) => count / rows);
  const sum = weights.reduce((all, weight) => all + weight, 0);
  return {
    form,
    weights: weights.map((w) => w / sum),
    means: { rows: clusters, cols: d, data: means },
    covariances,
  };
}

interface Moments {
  readonly x: Matrix;
  readonly shares: Matrix;
  readonly counts: Float64Array;
  readonly means: Float64Array;
}

function fullCovariances({ x, shares, counts, means }: Moments): Matrix {
  const { rows, cols: d, data } = x;
  const k = counts.length;
  const sums = new Float64Array(k * d * d);
  const away = new Float64Array(d);
  for (let c = 0; c < k; c++) {
    const block = c * d * d;
    for (let i = 0; i < rows; i++) {
      const share = shares.data[i * k + c]!;
      if (share < 1e-300) continue;
      for (let j = 0; j < d; j++) away[j] = data[i * d + j]! - means[c * d + j]!;
      for (let a = 0; a < d; a++) {
        const scaled = share * away[a]!;
        for (let b = 0, at = block + a * d; b <= a; b++, at++)
          sums[at] = sums[at]! + scaled * away[b]!;
      }
    }
    for (let a = 0; a < d; a++)
      for (let b = 0; b <= a; b++) {
        const value = sums[block + a * d + b]! / counts[c]!;
        sums[block + a * d + b] = value;
        sums[block + b * d + a] = value;
      }
  }
  return { rows: k * d, cols: d, data: sums };
}

function variances({ x, shares, counts, means }: Moments): Matrix {
  const { rows, cols: d, data } = x;
  const k = counts.length;
  const sums = new Float64Array(k * d);
  for (let i = 0; i < rows; i++)
    for (let c = 0; c < k; c++) {
      const share = shares.data[i * k + c]!;
      for (let j = 0, m = c * d, at = i * d; j < d; j++, m++, at++)
        sums[m] = sums[m]! + share * (data[at]! - means[m]!) ** 2;
    }
  return { rows: k, cols: d, data: sums.map((sum, m) => sum / counts[Math.floor(m / d)]!) };
}

function meanVariances({ rows, cols, data }: Matrix): Matrix {
  const mean = (c: number): number =>
    data.subarray(c * cols, (c + 1) * cols).reduce((sum, value) => sum + value, 0) / cols;
  return { rows, cols: 1, data: Float64Array.from({ length: rows }, (_, c) => mean(c)) };
}

function addToDiagonals({ data, cols }: Matrix, form: MixtureForm, value: number): void {
  for (let at = 0; at < data.length; at++) {
    const isDiagonal = form !== "full" || at % cols === Math.floor(at / cols) % cols;
    if (isDiagonal) data[at] = data[at]! + value;
  }
}

/**
 * How dense each distribution of a mixture is at each row, and all together, as natural logarithms.
 * O(n·k·d²) for full covariances, else O(n·k·d).
 *
 * @param mixture - k distributions.
 * @param x - Shape [n, d].
 * @returns ln(wₖ·Nₖ(xᵢ)), [n, k], and ln Σₖ of that, [n].
 * @throws `tensor/failed-factorisation` when a covariance is none
 */
export function mixtureDensities(mixture: Mixture, x: Matrix): Densities {
  const { weights, means, form } = mixture;
  const [k, d] = [weights.length, x.cols];
  const parts = { rows: x.rows, cols: k, data: new Float64Array(x.rows * k) };
  for (let c = 0; c < k; c++) {
    const roots = form === "full" ? choleskyOf(mixture, c) : scalesOf(mixture, c);
    let logs = 0;
    for (let j = 0; j < d; j++) logs += Math.log(roots[form === "full" ? j * d + j : j]!);
    const base = Math.log(weights[c]!) - logs - (d / 2) * Math.log(2 * Math.PI);
    const squared = form === "full" ? solvedLength : scaledLength;
    const away = new Float64Array(d);
    for (let i = 0; i < x.rows; i++) {
      for (let j = 0; j < d; j++) away[j] = x.data[i * d + j]! - means.data[c * d + j]!;
      parts.data[i * k + c] = base - squared(roots, away) / 2;
    }
  }
  const whole = Float64Array.from({ length: x.rows }, (_, i) =>
    logSum(parts.data.subarray(i * k, (i + 1) * k)),
  );
  return { parts, whole };
}

/** Standard deviations of distribution c, [d]. */
function scalesOf({ means, covariances }: Mixture, c: number): Float64Array {
  const { cols, data } = covariances;
  return Float64Array.from({ length: means.cols }, (_, j) =>
    Math.sqrt(data[c * cols + (cols === 1 ? 0 : j)]!),
  );
}

/** The lower triangle L with L·Lᵀ = the covariance of distribution c, [d, d]. */
function choleskyOf({ covariances }: Mixture, c: number): Float64Array {
  const d = covariances.cols;
  const a = covariances.data.subarray(c * d * d, (c + 1) * d * d);
  const l = new Float64Array(d * d);
  for (let i = 0; i < d; i++)
    for (let j = 0; j <= i; j++) {
      let value = a[i * d + j]!;
      for (let m = 0; m < j; m++) value -= l[i * d + m]! * l[j * d + m]!;
      if (i !== j) l[i * d + j] = value / l[j * d + j]!;
      else if (value > 0) l[i * d + i] = Math.sqrt(value);
      else fail("tensor/failed-factorisation", { at: "fitMixture", pivot: i, value, size: d });
    }
  return l;
}

/** ‖L⁻¹·a‖²; a is spoilt. */
function solvedLength(l: Float64Array, away: Float64Array): number {
  const d = away.length;
  let sum = 0;
  for (let i = 0; i < d; i++) {
    let value = away[i]!;
    for (let j = 0, at = i * d; j < i; j++, at++) value -= l[at]! * away[j]!;
    value /= l[i * d + i]!;
    away[i] = value;
    sum += value * value;
  }
  return sum;
}

function scaledLength(scales: Float64Array, away: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < away.length; j++) sum += (away[j]! / scales[j]!) ** 2;
  return sum;
}
