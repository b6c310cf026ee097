/** @file Exponential smoothing over a series: errors, end states, and the gradient of the likelihood. */

/** How a season enters: not, added, or multiplied. */
export type SmoothSeason = "none" | "additive" | "multiplicative";

/** Which recursion it is. */
export interface SmoothForm {
  /** Whether errors are relative to what was expected. */
  readonly relative: boolean;
  /** Whether there is a slope. */
  readonly trend: boolean;
  readonly season: SmoothSeason;
  /** Steps of a season, m; 1 where there is none. */
  readonly period: number;
}

/**
 * Parameters and first states as one vector: α, β, γ, φ, level, slope, and the season's m values.
 * Without trend β and the slope are 0; without damping φ is 1.
 */
export const smoothWidth = (period: number): number => 6 + period;

/** What a run over the series leaves. */
export interface SmoothRun {
  /** y − ŷ, or (y − ŷ)/ŷ where errors are relative, shape [n]. */
  readonly errors: Float64Array;
  /** One step ahead, shape [n]. */
  readonly fitted: Float64Array;
  readonly level: number;
  readonly slope: number;
  /** The season of the next m steps, shape [m]. */
  readonly season: Float64Array;
}

/**
 * Runs the smoothing equations over a series, with q = l + φ·b and the season s of the step:
 * ŷ = q, q + s or q·s; r = y − q, y − s − q or y/s − q; l ← q + α·r; b ← φ·b + β·r;
 * s ← s + γ·(y − q − s) or s + γ·(y/q − s). They are those of the state space models, whichever way
 * errors are counted. O(n).
 *
 * @param y - Shape [n].
 * @param form - Which equations.
 * @param p - Parameters and first states, shape [6 + m]; see {@link smoothWidth}.
 * @example
 * ```ts
 * const form = { relative: false, trend: false, season: "none", period: 1 } as const;
 * const run = smoothRun(Float64Array.of(2, 4), form, Float64Array.of(0.5, 0, 0, 1, 2, 0, 0));
 * run.level // => 3
 * run.errors // => Float64Array.of(0, 2)
 * ```
 * @see Hyndman, Koehler, Ord & Snyder, Forecasting with Exponential Smoothing, 2008, table 2.1.
 */
export function smoothRun(y: Float64Array, form: SmoothForm, p: Float64Array): SmoothRun {
  const { errors, fitted, end } = forward(y, form, p);
  const { period: m } = form;
  const season = Float64Array.from({ length: m }, (_, i) => end.season[(y.length + i) % m]!);
  return { errors, fitted, level: end.level, slope: end.slope, season };
}

interface Trace {
  readonly errors: Float64Array;
  readonly fitted: Float64Array;
  readonly q: Float64Array;
  readonly slopes: Float64Array;
  readonly seasons: Float64Array;
  readonly end: { level: number; slope: number; season: Float64Array };
}

function forward(y: Float64Array, form: SmoothForm, p: Float64Array): Trace {
  const { relative, season: kind, period: m } = form;
  const n = y.length;
  const [alpha, beta, gamma, phi] = [p[0]!, p[1]!, p[2]!, p[3]!];
  let [level, slope] = [p[4]!, p[5]!];
  const season = p.slice(6, 6 + m);
  const [errors, fitted] = [new Float64Array(n), new Float64Array(n)];
  const [qs, slopes, seasons] = [new Float64Array(n), new Float64Array(n), new Float64Array(n)];
  for (let t = 0, k = 0; t < n; t++, k = k + 1 === m ? 0 : k + 1) {
    const [value, s] = [y[t]!, season[k]!];
    const q = level + phi * slope;
    qs[t] = q;
    slopes[t] = slope;
    seasons[t] = s;
    const [hat, free] =
      kind === "none" ? [q, value] : kind === "additive" ? [q + s, value - s] : [q * s, value / s];
    fitted[t] = hat;
    errors[t] = relative ? value / hat - 1 : value - hat;
    const r = free - q;
    level = q + alpha * r;
    slope = phi * slope + beta * r;
    if (kind === "additive") season[k] = s + gamma * (value - q - s);
    else if (kind === "multiplicative") season[k] = s + gamma * (value / q - s);
  }
  return { errors, fitted, q: qs, slopes, seasons, end: { level, slope, season } };
}

/**
 * Minus twice the log-likelihood, but for constants: n·ln(Σe²/n), and 2·Σ ln|ŷ| more where errors
 * are relative; Infinity where the equations divide by nothing. Its gradient goes the recursion
 * backwards, so that it costs three runs, however long the season is. O(n).
 *
 * @param y - Shape [n].
 * @param form - Which equations.
 * @param p - Shape [6 + m].
 * @param at - `least`: the mean square below which errors count as none; `gradient`: filled if given, [6 + m].
 * @example
 * ```ts
 * const form = { relative: false, trend: false, season: "none", period: 1 } as const;
 * smoothLoss(Float64Array.of(2, 4), form, Float64Array.of(0.5, 0, 0, 1, 2, 0, 0), { least: 0 }) // => 2 * Math.log(2)
 * ```
 * @see Hyndman, Koehler, Ord & Snyder, Forecasting with Exponential Smoothing, 2008, section 5.1.
 */
export function smoothLoss(
  y: Float64Array,
  form: SmoothForm,
  p: Float64Array,
  at: { readonly least: number; readonly gradient?: Float64Array },
): number {
  const { relative } = form;
  const n = y.length;
  const trace = forward(y, form, p);
  let [sum, logs] = [0, 0];
  for (let t = 0; t < n; t++) {
    sum += trace.errors[t]! * trace.errors[t]!;
    if (relative) {
      if (!(trace.fitted[t]! > 0)) return Infinity;
      logs += Math.log(trace.fitted[t]!);
    }
  }
  const isNone = sum / n <= at.least;
  const loss = n * Math.log(isNone ? at.least : sum / n) + 2 * logs;
  if (!Number.isFinite(sum)) return Infinity;
  if (at.gradient !== undefined)
    backward(y, form, p, { trace, sum: isNone ? Infinity : sum, gradient: at.gradient });
  return loss;
}

interface Backward {
  readonly trace: Trace;
  readonly sum: number;
  readonly gradient: Float64Array;
}

/** The adjoint of the recursion: from the last step to the first, what each number does to the loss. */
function backward(y: Float64Array, form: SmoothForm, p: Float64Array, work: Backward): void {
  const { relative, season: kind, period: m } = form;
  const { trace, sum, gradient } = work;
  const n = y.length;
  const [alpha, beta, gamma, phi] = [p[0]!, p[1]!, p[2]!, p[3]!];
  let [dAlpha, dBeta, dGamma, dPhi, dLevel, dSlope] = [0, 0, 0, 0, 0, 0];
  const dSeason = new Float64Array(m);
  for (let t = n - 1, k = (n - 1) % m; t >= 0; t--, k = k === 0 ? m - 1 : k - 1) {
    const [value, q, b, s, hat, e] = [
      y[t]!,
      trace.q[t]!,
      trace.slopes[t]!,
      trace.seasons[t]!,
      trace.fitted[t]!,
      trace.errors[t]!,
    ];
    const dHat = relative
      ? ((2 * n * e) / sum) * (-value / (hat * hat)) + 2 / hat
      : (-2 * n * e) / sum;
    let [dq, ds] = [0, 0];
    const free = kind === "none" ? value : kind === "additive" ? value - s : value / s;
    const r = free - q;
    if (kind !== "none") {
      const to = kind === "additive" ? value - q : value / q;
      dGamma += dSeason[k]! * (to - s);
      ds = dSeason[k]! * (1 - gamma);
      dq -= kind === "additive" ? dSeason[k]! * gamma : (dSeason[k]! * gamma * value) / (q * q);
    }
    dAlpha += dLevel * r;
    dBeta += dSlope * r;
    dPhi += dSlope * b;
    const dr = alpha * dLevel + beta * dSlope;
    dq += dLevel - dr;
    let dBefore = phi * dSlope;
    if (kind === "none") dq += dHat;
    else if (kind === "additive") {
      ds += dHat - dr;
      dq += dHat;
    } else {
      ds += dHat * q - (dr * value) / (s * s);
      dq += dHat * s;
    }
    dPhi += dq * b;
    dBefore += phi * dq;
    dLevel = dq;
    dSlope = dBefore;
    if (kind !== "none") dSeason[k] = ds;
  }
  gradient.set([dAlpha, dBeta, dGamma, dPhi, dLevel, dSlope]);
  gradient.set(dSeason, 6);
}
