/** @file CMA-ES itself: a normal distribution that moves to, and takes the shape of, where points are good. */
import type { Random } from "../../core/index.ts";
import type { Matrix } from "../../flow.ts";
import { singularValues } from "../../tensor/index.ts";

/** What is known after some generations: N(m, σ²·C), and the two paths of its mean. */
export interface CmaState {
  readonly generation: number;
  /** Shape [d]. */
  readonly mean: Float64Array;
  readonly sigma: number;
  /** Shape [d, d]. */
  readonly covariance: Matrix;
  /** The axes of C as columns, shape [d, d], and its deviations along them, shape [d]. */
  readonly axes: Matrix;
  readonly deviations: Float64Array;
  /** The paths of σ and of C, shape [d]. */
  readonly sigmaPath: Float64Array;
  readonly shapePath: Float64Array;
}

/** How many points a generation has: 4 + ⌊3·ln d⌋. */
export const generationSize = (d: number): number => 4 + Math.floor(3 * Math.log(d));

/** The state before the first generation: a ball around a point. */
export function cmaStart(mean: Float64Array, sigma: number, generation = 0): CmaState {
  const d = mean.length;
  const one = identity(d);
  return {
    ...{ generation, mean, sigma, covariance: one, axes: one },
    deviations: new Float64Array(d).fill(1),
    ...{ sigmaPath: new Float64Array(d), shapePath: new Float64Array(d) },
  };
}

function identity(d: number): Matrix {
  const data = new Float64Array(d * d);
  for (let i = 0; i < d; i++) data[i * d + i] = 1;
  return { rows: d, cols: d, data };
}

/** Draws a point of the unit cube: outside of it, again, and after 100 times the nearest one inside. */
export function cmaDraw(state: CmaState, chance: Random): Float64Array {
  let point = drawOnce(state, chance);
  for (let i = 0; i < 100 && !isInside(point); i++) point = drawOnce(state, chance);
  return point.map((x) => Math.min(1, Math.max(0, x)));
}

const isInside = (point: Float64Array): boolean => point.every((x) => x >= 0 && x <= 1);

function drawOnce({ mean, sigma, axes, deviations }: CmaState, chance: Random): Float64Array {
  const scaled = deviations.map((deviation) => deviation * chance.normal());
  return mean.map((m, i) => m + sigma * rowTimes(axes, i, scaled));
}

function rowTimes({ cols, data }: Matrix, i: number, vector: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < cols; j++) sum += (data[i * cols + j] ?? 0) * (vector[j] ?? 0);
  return sum;
}

/** The constants of the method for d dimensions, in the letters of Hansen's tutorial. */
function constantsOf(d: number, points: number) {
  const half = Math.floor(points / 2);
  const raw = Array.from({ length: half }, (_, i) => Math.log((points + 1) / 2) - Math.log(i + 1));
  const sum = raw.reduce((total, w) => total + w, 0);
  const weights = raw.map((w) => w / sum);
  const muEff = 1 / weights.reduce((total, w) => total + w * w, 0);
  const cSigma = (muEff + 2) / (d + muEff + 5);
  const dSigma = 1 + 2 * Math.max(0, Math.sqrt((muEff - 1) / (d + 1)) - 1) + cSigma;
  const cC = (4 + muEff / d) / (d + 4 + (2 * muEff) / d);
  const c1 = 2 / ((d + 1.3) ** 2 + muEff);
  const cMu = Math.min(1 - c1, (2 * (muEff - 2 + 1 / muEff)) / ((d + 2) ** 2 + muEff));
  const chiN = Math.sqrt(d) * (1 - 1 / (4 * d) + 1 / (21 * d * d));
  return { weights, muEff, cSigma, dSigma, cC, c1, cMu, chiN };
}

/**
 * One generation: the mean moves to the weighted mean of the better half, σ grows where steps go the
 * same way, and C takes in the steps.
 *
 * @param points - A generation from best to worst, each of shape [d].
 * @see Hansen, "The CMA Evolution Strategy: A Tutorial", arXiv:1604.00772, 2023, figure 6; of the
 * weights only the positive ones. Peer: Optuna `CmaEsSampler`.
 */
export function cmaTell(state: CmaState, points: readonly Float64Array[]): CmaState {
  const { mean: old, sigma, axes, deviations, generation } = state;
  const d = old.length;
  const k = constantsOf(d, points.length);
  const steps = points
    .slice(0, k.weights.length)
    .map((point) => point.map((x, i) => (x - (old[i] ?? 0)) / sigma));
  const step = new Float64Array(d); // the weighted mean of the steps
  for (const [r, y] of steps.entries())
    for (let i = 0; i < d; i++) step[i] = (step[i] ?? 0) + (k.weights[r] ?? 0) * (y[i] ?? 0);
  const whitened = whiten(axes, deviations, step); // C^(−1/2)·step
  const push = Math.sqrt(k.cSigma * (2 - k.cSigma) * k.muEff);
  const sigmaPath = state.sigmaPath.map((p, i) => (1 - k.cSigma) * p + push * (whitened[i] ?? 0));
  const length = Math.sqrt(sigmaPath.reduce((sum, p) => sum + p * p, 0));
  const settled = Math.sqrt(1 - (1 - k.cSigma) ** (2 * (generation + 1)));
  const isShort = length / settled < (1.4 + 2 / (d + 1)) * k.chiN;
  const pull = isShort ? Math.sqrt(k.cC * (2 - k.cC) * k.muEff) : 0;
  const shapePath = state.shapePath.map((p, i) => (1 - k.cC) * p + pull * (step[i] ?? 0));
  const kept = 1 - k.c1 - k.cMu + (isShort ? 0 : k.c1 * k.cC * (2 - k.cC));
  const learned = { weights: k.weights, steps, shapePath };
  const data = shapeOf(state.covariance, learned, { kept, c1: k.c1, cMu: k.cMu });
  const covariance = { rows: d, cols: d, data };
  return {
    generation: generation + 1,
    mean: old.map((m, i) => m + sigma * (step[i] ?? 0)),
    sigma: sigma * Math.exp(Math.min(1, (k.cSigma / k.dSigma) * (length / k.chiN - 1))),
    ...{ covariance, sigmaPath, shapePath, ...axesOf(covariance) },
  };
}

/** kept·C + c1·p·pᵀ + cMu·Σ w·y·yᵀ, shape [d · d]. */
function shapeOf(
  covariance: Matrix,
  learned: {
    readonly weights: readonly number[];
    readonly steps: readonly Float64Array[];
    readonly shapePath: Float64Array;
  },
  rates: { readonly kept: number; readonly c1: number; readonly cMu: number },
): Float64Array {
  const { weights, steps, shapePath } = learned;
  const d = covariance.rows;
  return covariance.data.map((before, at) => {
    const [i, j] = [Math.floor(at / d), at % d];
    let spread = 0;
    for (const [r, y] of steps.entries()) spread += (weights[r] ?? 0) * (y[i] ?? 0) * (y[j] ?? 0);
    const path = (shapePath[i] ?? 0) * (shapePath[j] ?? 0);
    return rates.kept * before + rates.c1 * path + rates.cMu * spread;
  });
}

/** B·D⁻¹·Bᵀ·v */
function whiten(axes: Matrix, deviations: Float64Array, vector: Float64Array): Float64Array {
  const d = vector.length;
  const along = new Float64Array(d);
  for (let j = 0; j < d; j++) {
    let sum = 0;
    for (let i = 0; i < d; i++) sum += (axes.data[i * d + j] ?? 0) * (vector[i] ?? 0);
    along[j] = sum / (deviations[j] ?? 1);
  }
  return vector.map((_, i) => rowTimes(axes, i, along));
}

/** The axes and deviations of a covariance; it is symmetric, so that singular values are eigenvalues. */
function axesOf(covariance: Matrix): Pick<CmaState, "axes" | "deviations"> {
  const { v, s } = singularValues(covariance);
  return { axes: v, deviations: s.map((value) => Math.sqrt(Math.max(value, 1e-20))) };
}

/** Whether a distribution has nowhere to go any more: it is a point, or a needle. */
export function isSpent({ sigma, deviations }: CmaState): boolean {
  const [most, least] = [Math.max(...deviations), Math.min(...deviations)];
  return sigma * most < 1e-9 || most / least > 1e7;
}
