/** @file The most likely coefficients of a seasonal ARIMA process. */
import { type ArmaProcess, armaRun, armaShocks, gradientOf, minimise } from "../../tensor/index.ts";
import { differenced, differencing, multiplied, stationary } from "./polynomials.ts";

/** The orders of an ARIMA(p,d,q)(P,D,Q)m, and whether there is a constant. */
export interface ArimaOrder {
  /** p, d, q. */
  readonly order: readonly [number, number, number];
  /** P, D, Q. */
  readonly seasonal: readonly [number, number, number];
  /** m; 1 where there is no season. */
  readonly period: number;
  /** A mean of what is differenced: of the series where nothing is, else a drift. */
  readonly constant: boolean;
}

/** What an ARIMA learned. */
export interface ArimaFit {
  /** φ₁ … φₚ, Φ₁ … Φ_P, θ₁ … θ_q, Θ₁ … Θ_Q. */
  readonly coefficients: Float64Array;
  /** Of what is differenced; 0 without constant. */
  readonly mean: number;
  /** The filter's state after the last value, less the mean. */
  readonly state: Float64Array;
  /** The last d + D·m values. */
  readonly tail: Float64Array;
  /** Of the shocks: √(Σv²/F / (n − coefficients)). */
  readonly deviation: number;
  /** Of the differenced values, in nats. */
  readonly logLikelihood: number;
  readonly aicc: number;
}

/** Coefficients by their place in a process. */
export interface ArimaPolynomials {
  readonly ar: Float64Array;
  readonly ma: Float64Array;
}

/** Both polynomials written out, of coefficients in the order of {@link ArimaFit}. */
export function polynomialsOf(
  { order: [p, , q], seasonal: [P, , Q], period }: ArimaOrder,
  coefficients: Float64Array,
): ArimaPolynomials {
  const part = (from: number, length: number) => coefficients.slice(from, from + length);
  const ar = multiplied(part(0, p), part(p, P), period);
  const minus = (values: Float64Array) => values.map((value) => -value);
  const ma = multiplied(minus(part(p + P, q)), minus(part(p + P + q, Q)), period);
  return { ar, ma: minus(ma) };
}

/** Coefficients from numbers without bounds: both polynomials have their roots outside the circle. */
function bounded({ order: [p, , q], seasonal: [P, , Q] }: ArimaOrder, free: Float64Array) {
  const coefficients = new Float64Array(free.length);
  let from = 0;
  for (const [length, sign] of [
    [p, 1],
    [P, 1],
    [q, -1],
    [Q, -1],
  ] as const) {
    coefficients.set(
      stationary(free.slice(from, from + length)).map((c) => sign * c),
      from,
    );
    from += length;
  }
  return coefficients;
}

/**
 * The coefficients of greatest exact likelihood, among stationary and invertible ones. The search
 * begins where the conditional sum of squares is least, and, unless it is to be quick, at two more
 * places. O(n·r) an evaluation, r the longest lag.
 */
export function estimateArima(values: Float64Array, form: ArimaOrder, quick = false): ArimaFit {
  const lags = differencing(form.order[1], form.seasonal[1], form.period);
  const w = differenced(values, lags); // [n]
  const n = w.length;
  const scale = scaleOf(w);
  // Below this mean square, what is left is rounding.
  const least = (1e-10 * Math.max(scale, scaleOf(values))) ** 2;
  const [p, P, q, Q] = [form.order[0], form.seasonal[0], form.order[2], form.seasonal[2]];
  const processOf = (coefficients: Float64Array): ArmaProcess => ({
    ...polynomialsOf(form, coefficients),
    mean: form.constant,
  });
  const likelihood = (free: Float64Array): number => {
    const { squares, logs } = armaRun(w, processOf(bounded(form, free)));
    return Math.log(Math.max(squares / n, least)) + logs / n;
  };
  const average = form.constant ? w.reduce((sum, value) => sum + value, 0) / n : 0;
  const conditional = (free: Float64Array): number => {
    const process = processOf(bounded(form, free));
    return Math.log(
      Math.max(armaShocks(w, process, average) / Math.max(1, n - process.ar.length), least),
    );
  };
  const start = new Float64Array(p + P + q + Q);
  const isLong = n > 2 * (p + q + form.period * (P + Q)) + 10;
  const near = isLong
    ? minimise(gradientOf(conditional), start, { maxIterations: 50, tolerance: 1e-5 }).x.map(inside)
    : start;
  // The likelihood of several coefficients may have several tops.
  const waves = start.map((_, i) => (i % 2 === 0 ? 1 : -1));
  const begun = start.length > 1 && !quick ? [near, start, waves] : [near];
  const tops = begun.map((from) => minimise(gradientOf(likelihood), from, { tolerance: 1e-8 }));
  const { x } = tops.reduce((best, next) => (next.value < best.value ? next : best));
  return fitOf(values, form, bounded(form, x));
}

/** The search does not begin beside a wall, where it would stay. */
const inside = (free: number): number => Math.min(2, Math.max(-2, free));

const scaleOf = (values: Float64Array): number =>
  Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / Math.max(1, values.length));

/** What given coefficients make of a series. */
function fitOf(values: Float64Array, form: ArimaOrder, coefficients: Float64Array): ArimaFit {
  const lags = differencing(form.order[1], form.seasonal[1], form.period);
  const w = differenced(values, lags);
  const n = w.length;
  const run = armaRun(w, { ...polynomialsOf(form, coefficients), mean: form.constant });
  const least = (1e-10 * Math.max(scaleOf(w), scaleOf(values), 1e-140)) ** 2;
  const square = Math.max(run.squares / n, least);
  const logLikelihood = (-n / 2) * (Math.log(2 * Math.PI * square) + 1) - run.logs / 2;
  const estimated = coefficients.length + (form.constant ? 1 : 0);
  const k = estimated + 1;
  const aicc = n > k + 1 ? -2 * logLikelihood + (2 * k * n) / (n - k - 1) : 1e300;
  const deviation = Math.sqrt(Math.max(0, run.squares) / Math.max(1, n - estimated));
  const tail = values.slice(values.length - lags.length);
  return { coefficients, mean: run.mean, state: run.state, tail, deviation, logLikelihood, aicc };
}
