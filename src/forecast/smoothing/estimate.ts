/** @file The most likely parameters of an exponential smoothing. */
import { minimise, smoothLoss, smoothRun, smoothWidth } from "../../tensor/index.ts";
import { type FirstStates, firstStates } from "./first-states.ts";
import { equationsOf, parametersOf, type SmoothingForm } from "./form.ts";

/** What an exponential smoothing learned. */
export interface SmoothingFit {
  /** α, β, γ, φ, first level, first slope, first season: shape [6 + m]. */
  readonly parameters: Float64Array;
  /** States after the last value. */
  readonly level: number;
  readonly slope: number;
  /** Of the next m steps, shape [m]. */
  readonly season: Float64Array;
  /** Of the errors, √(Σe²/(n − parameters)); relative where errors are. */
  readonly deviation: number;
  /** Of the normal distribution, in nats. */
  readonly logLikelihood: number;
  readonly aicc: number;
}

/** Bounds of weights, and of damping (Hyndman's usual ones). */
const [least, most, dampedLeast, dampedMost] = [1e-4, 0.9999, 0.8, 0.98];

/** A number from 0 to 1 of any number: its ends are reached, and left again, without a plateau. */
const share = (x: number): number => Math.sin(x) ** 2;
const angleOf = (p: number): number => Math.asin(Math.sqrt(p));
/** d share / dx. */
const shareSlope = (x: number): number => Math.sin(2 * x);
const within = (x: number): number => least + (most - least) * share(x);
/** dw/dx of a weight within its bounds. */
const slopeAt = (x: number): number => (most - least) * shareSlope(x);

/** A place where the search may begin: α, β/α, γ/(1 − α), and where φ is within its bounds. */
type Start = readonly [number, number, number, number];

const starts: readonly Start[] = [
  [0.1, 0.05, 0.05, 0.5],
  [0.3, 0.1, 0.1, 0.5],
  [0.6, 0.1, 0.3, 0.5],
  [0.9, 0.3, 0.3, 0.9],
  [0.05, 0.5, 0.5, 0.9],
  [0.98, 0.02, 0.5, 0.5],
  [0.7, 0.03, 0.05, 0.97],
  [0.98, 0.02, 0.5, 0.97],
];

/**
 * The parameters and first states of greatest likelihood, within α, γ from 1e-4 to 0.9999 with
 * β ≤ α and γ ≤ 1 − α, and φ from 0.8 to 0.98, by L-BFGS on the exact gradient from the best of
 * eight starts. O(n) an evaluation.
 */
export function estimateSmoothing(values: Float64Array, form: SmoothingForm): SmoothingFit {
  const scale = scaleOf(values);
  const y = values.map((value) => value / scale);
  const problem = new Problem(y, form);
  const begun = starts
    .map((start) => problem.startAt(start))
    .map((x) => ({ x, loss: problem.loss(x) }))
    .filter(({ loss }) => Number.isFinite(loss))
    .sort((a, b) => a.loss - b.loss)
    .slice(0, form.trend === "damped" ? 3 : 2);
  const found = begun
    .map(({ x }) => minimise((at, gradient) => problem.loss(at, gradient), x, { tolerance: 1e-10 }))
    .sort((a, b) => a.value - b.value)[0];
  const p = problem.parameters(found?.x ?? problem.startAt([0.3, 0.1, 0.1, 0.5]));
  return fitOf(values, form, scaled(p, form, scale));
}

/** A size of the values that is not 0. */
function scaleOf(values: Float64Array): number {
  const size = values.reduce((sum, value) => sum + Math.abs(value), 0) / values.length;
  return size > 0 ? size : 1;
}

/** Level, slope and added season in the unit of the series. */
function scaled(p: Float64Array, { season }: SmoothingForm, scale: number): Float64Array {
  const isUnit = (i: number): boolean => i < 4 || (i >= 6 && season === "multiplicative");
  return p.map((value, i) => (isUnit(i) ? value : value * scale));
}

/** What given parameters make of a series; estimating and given weights both come through here. */
export function fitOf(values: Float64Array, form: SmoothingForm, p: Float64Array): SmoothingFit {
  const equations = equationsOf(form);
  const { errors, fitted, ...end } = smoothRun(values, equations, p);
  const n = values.length;
  const sum = errors.reduce((total, e) => total + e * e, 0);
  const size = form.error === "multiplicative" ? 1 : scaleOf(values);
  const mean = Math.max(sum / n, leastSquare * size * size);
  const logs =
    form.error === "multiplicative"
      ? fitted.reduce((total, hat) => total + Math.log(Math.abs(hat)), 0)
      : 0;
  const logLikelihood = (-n / 2) * (Math.log(2 * Math.PI * mean) + 1) - logs;
  const k = parametersOf(form);
  const aicc = n > k + 1 ? -2 * logLikelihood + (2 * k * n) / (n - k - 1) : 1e300;
  const deviation = Math.sqrt(sum / Math.max(1, n - k + 1));
  return { parameters: p, ...end, deviation, logLikelihood, aicc };
}

/** A mean square error, of values about 1, below which errors count as none. */
const leastSquare = 1e-20;

/** The loss as a function of numbers without bounds. */
class Problem {
  readonly y: Float64Array;
  readonly form: SmoothingForm;
  private readonly first: FirstStates;
  private readonly spread: number;

  constructor(y: Float64Array, form: SmoothingForm) {
    this.y = y;
    this.form = form;
    this.first = firstStates(y, form);
    const mean = y.reduce((sum, value) => sum + value, 0) / y.length;
    const square = y.reduce((sum, value) => sum + (value - mean) ** 2, 0) / y.length;
    this.spread = Math.max(Math.sqrt(square), 1e-6);
  }

  /** α, β, γ, φ, level, slope, m − 1 of the season; those that the form has not stay where they are. */
  startAt([alpha, beta, gamma, phi]: Start): Float64Array {
    const x = new Float64Array(6 + this.form.period - 1);
    x.set([alpha, beta, gamma, phi].map(angleOf));
    return x;
  }

  parameters(x: Float64Array): Float64Array {
    const { trend, season, period: m } = this.form;
    const spread = this.spread;
    const p = new Float64Array(smoothWidth(m));
    const alpha = within(x[0] ?? 0);
    const isDamped = trend === "damped";
    p[0] = alpha;
    p[1] = trend === "none" ? 0 : alpha * within(x[1] ?? 0);
    p[2] = season === "none" ? 0 : (1 - alpha) * within(x[2] ?? 0);
    p[3] = isDamped ? dampedLeast + (dampedMost - dampedLeast) * share(x[3] ?? 0) : 1;
    p[4] = this.first.level + spread * (x[4] ?? 0);
    p[5] = trend === "none" ? 0 : this.first.slope + 0.1 * spread * (x[5] ?? 0);
    if (season === "none") return p;
    const step = this.seasonStep();
    let last = 0;
    for (let k = 0; k < m - 1; k++) {
      const moved = step * (x[6 + k] ?? 0);
      p[6 + k] = (this.first.season[k] ?? 0) + moved;
      last -= moved;
    }
    p[5 + m] = (this.first.season[m - 1] ?? 0) + last;
    return p;
  }

  private seasonStep(): number {
    return this.form.season === "additive" ? this.spread : Math.min(0.5, this.spread);
  }

  loss(x: Float64Array, gradient?: Float64Array): number {
    const p = this.parameters(x);
    const { season, period: m } = this.form;
    if (season === "multiplicative" && p.subarray(6).some((s) => !(s > 1e-4))) return Infinity;
    if (gradient === undefined)
      return smoothLoss(this.y, equationsOf(this.form), p, { least: leastSquare });
    const inner = new Float64Array(smoothWidth(m));
    const loss = smoothLoss(this.y, equationsOf(this.form), p, {
      least: leastSquare,
      gradient: inner,
    });
    this.chain(x, p, { inner, gradient });
    return loss;
  }

  /** The gradient in the numbers without bounds, of that in the parameters. */
  private chain(
    x: Float64Array,
    p: Float64Array,
    { inner, gradient }: { readonly inner: Float64Array; readonly gradient: Float64Array },
  ): void {
    const { trend, season, period: m } = this.form;
    const [alpha = 0.5, beta = 0, gamma = 0] = p;
    const [dAlpha = 0, dBeta = 0, dGamma = 0, dPhi = 0, dLevel = 0, dSlope = 0] = inner;
    const [isTrend, isSeason] = [trend !== "none", season !== "none"];
    const along = isTrend ? (dBeta * beta) / alpha : 0;
    const against = isSeason ? (dGamma * gamma) / (1 - alpha) : 0;
    gradient[0] = (dAlpha + along - against) * slopeAt(x[0] ?? 0);
    gradient[1] = isTrend ? dBeta * alpha * slopeAt(x[1] ?? 0) : 0;
    gradient[2] = isSeason ? dGamma * (1 - alpha) * slopeAt(x[2] ?? 0) : 0;
    gradient[3] =
      trend === "damped" ? dPhi * (dampedMost - dampedLeast) * shareSlope(x[3] ?? 0) : 0;
    gradient[4] = dLevel * this.spread;
    gradient[5] = isTrend ? dSlope * 0.1 * this.spread : 0;
    if (!isSeason) return;
    const step = this.seasonStep();
    const last = inner[5 + m] ?? 0;
    for (let k = 0; k < m - 1; k++) gradient[6 + k] = step * ((inner[6 + k] ?? 0) - last);
  }
}
