/** @file The exact likelihood of an ARMA process, by a Kalman filter in the form of Chandrasekhar. */

/** A process wₜ = μ + Σ φᵢ(wₜ₋ᵢ − μ) + εₜ + Σ θᵢ·εₜ₋ᵢ; seasonal ones are written out in full. */
export interface ArmaProcess {
  /** φ₁ … φₚ, shape [p]; stationary. */
  readonly ar: Float64Array;
  /** θ₁ … θ_q, shape [q]. */
  readonly ma: Float64Array;
  /** Whether there is a mean, which is then estimated. */
  readonly mean: boolean;
}

/** What the filter leaves. */
export interface ArmaRun {
  /** Σ vₜ²/Fₜ: squares of what was off by, each in units of its variance when σ² is 1. */
  readonly squares: number;
  /** Σ ln Fₜ. */
  readonly logs: number;
  /** μ, of greatest likelihood; 0 where there is none. */
  readonly mean: number;
  /** The state before the next step, less the mean: its first number is expected there, shape [r]. */
  readonly state: Float64Array;
}

/**
 * Runs the Kalman filter from the stationary distribution. With σ² at its best, minus twice the
 * log-likelihood is n·ln(squares/n) + logs + n·(1 + ln 2π). The mean is that of generalised least
 * squares, found in the same pass. The covariance is never formed: its change from step to step has
 * rank one, and ends once it is below rounding. O(n·r + p³) with r = max(p, q + 1).
 *
 * @param w - Shape [n], n ≥ 1.
 * @param process - See {@link ArmaProcess}.
 * @returns Squares, logarithms, the mean and the last state; squares are NaN where φ is not stationary.
 * @example
 * ```ts
 * const process = { ar: Float64Array.of(0.5), ma: new Float64Array(0), mean: false };
 * const { squares, logs } = armaRun(Float64Array.of(2, 2), process);
 * squares // => 0.75 * 4 + (2 - 0.5 * 2) ** 2
 * logs // => Math.log(1 / 0.75)
 * ```
 * @see Harvey, Forecasting, Structural Time Series Models and the Kalman Filter, 1989, 3.3; Morf,
 *   Sidhu & Kailath, IEEE Transactions on Automatic Control 19(4), 1974. Peer: statsmodels `SARIMAX`.
 */
export function armaRun(w: Float64Array, process: ArmaProcess): ArmaRun {
  const { mean: hasMean } = process;
  const n = w.length;
  const r = Math.max(process.ar.length, process.ma.length + 1);
  const ar = padded(process.ar, r);
  const first = firstCovariances(process, r); // Cov(state, w), [r]
  let variance = first[0]!; // F
  const gain = shifted(ar, first); // K·F, [r]
  const change = Float64Array.from(gain); // W, [r]
  let weight = -1 / variance; // M: P₊ − P = W·M·Wᵀ
  const [state, ones] = [new Float64Array(r), new Float64Array(r)];
  let [squares, crossed, constant, logs] = [0, 0, 0, 0];
  const next = new Float64Array(r);
  let isSteady = false;
  let logVariance = Math.log(variance);
  for (let t = 0; t < n; t++) {
    const off = w[t]! - state[0]!;
    squares += (off * off) / variance;
    logs += logVariance;
    advance(state, ar, { gain, off: off / variance });
    if (hasMean) {
      const one = 1 - ones[0]!;
      crossed += (off * one) / variance;
      constant += (one * one) / variance;
      advance(ones, ar, { gain, off: one / variance });
    }
    if (isSteady) continue;
    const a = change[0]!;
    const grown = variance + weight * a * a;
    for (let i = 0; i < r; i++) next[i] = ar[i]! * a + (i + 1 < r ? change[i + 1]! : 0); // T·W
    const rate = a / variance;
    let size = 0;
    for (let i = 0; i < r; i++) {
      const turned = next[i]! - gain[i]! * rate;
      gain[i] = gain[i]! + next[i]! * weight * a;
      change[i] = turned;
      size = Math.max(size, Math.abs(turned));
    }
    weight *= variance / grown;
    variance = grown;
    logVariance = Math.log(variance);
    isSteady = size * size * Math.abs(weight) < 1e-17 * variance;
  }
  const mean = hasMean && constant > 0 ? crossed / constant : 0;
  if (mean !== 0) {
    squares -= (crossed * crossed) / constant;
    for (let i = 0; i < r; i++) state[i] = state[i]! - mean * ones[i]!;
  }
  return { squares: Number.isFinite(logs) ? squares : Number.NaN, logs, mean, state };
}

/** The state one step on, with what it was off by: T·a + K·v. */
function advance(
  state: Float64Array,
  ar: Float64Array,
  { gain, off }: { readonly gain: Float64Array; readonly off: number },
): void {
  const head = state[0]!;
  const last = state.length - 1;
  for (let i = 0; i < last; i++) state[i] = ar[i]! * head + state[i + 1]! + gain[i]! * off;
  state[last] = ar[last]! * head + gain[last]! * off;
}

const padded = (values: Float64Array, length: number): Float64Array => {
  const whole = new Float64Array(length);
  whole.set(values);
  return whole;
};

/** T·x for the companion matrix T, whose first column is φ. */
function shifted(ar: Float64Array, x: Float64Array): Float64Array {
  return ar.map((phi, i) => phi * x[0]! + (x[i + 1] ?? 0));
}

/** The process as a sum of past shocks: ψ₀ = 1, ψⱼ = θⱼ + Σ φᵢ·ψⱼ₋ᵢ, shape [length]. */
export function shockWeights(ar: Float64Array, ma: Float64Array, length: number): Float64Array {
  const psi = new Float64Array(length);
  for (let j = 0; j < length; j++) {
    let sum = j === 0 ? 1 : (ma[j - 1] ?? 0);
    for (let i = 1; i <= Math.min(j, ar.length); i++) sum += ar[i - 1]! * psi[j - i]!;
    psi[j] = sum;
  }
  return psi;
}

/** Covariances of Harvey's state with the value of the process, σ² being 1, shape [r]. */
function firstCovariances({ ar, ma }: ArmaProcess, r: number): Float64Array {
  const psi = shockWeights(ar, ma, r + 1);
  const gamma = autocovariances(ar, ma, { psi, length: r + 1 });
  const first = new Float64Array(r);
  first[0] = gamma[0]!;
  for (let i = 2; i <= r; i++) {
    let sum = 0;
    for (let j = i; j <= r; j++)
      sum += (ar[j - 1] ?? 0) * gamma[j - i + 1]! + (ma[j - 2] ?? 0) * psi[j - i]!;
    first[i - 1] = sum;
  }
  return first;
}

/** γ₀ … : γₖ − Σ φⱼ·γ₍ₖ₋ⱼ₎ = Σ θⱼ·ψⱼ₋ₖ, solved for lags 0 to p, then continued. */
function autocovariances(
  ar: Float64Array,
  ma: Float64Array,
  { psi, length }: { readonly psi: Float64Array; readonly length: number },
): Float64Array {
  const p = ar.length;
  const right = (k: number): number => {
    let sum = k === 0 ? 1 : 0;
    for (let j = Math.max(1, k); j <= ma.length; j++) sum += ma[j - 1]! * psi[j - k]!;
    return sum;
  };
  const width = p + 1;
  const system = new Float64Array(width * (width + 1)); // [p + 1, p + 2], the right side last
  for (let k = 0; k <= p; k++) {
    const row = k * (width + 1);
    system[row + k] = system[row + k]! + 1;
    for (let j = 1; j <= p; j++) {
      const at = row + Math.abs(k - j);
      system[at] = system[at]! - ar[j - 1]!;
    }
    system[row + width] = right(k);
  }
  const solved = eliminated(system, width);
  const gamma = new Float64Array(Math.max(length, width));
  gamma.set(solved);
  for (let k = width; k < length; k++) {
    let sum = right(k);
    for (let j = 1; j <= p; j++) sum += ar[j - 1]! * gamma[k - j]!;
    gamma[k] = sum;
  }
  return gamma;
}

/** Gauss's elimination with pivots; the system is [d, d + 1], its right side last, and is used up. */
function eliminated(system: Float64Array, d: number): Float64Array {
  const width = d + 1;
  for (let k = 0; k < d; k++) {
    let pivot = k;
    for (let i = k + 1; i < d; i++)
      if (Math.abs(system[i * width + k]!) > Math.abs(system[pivot * width + k]!)) pivot = i;
    if (pivot !== k)
      for (let j = k; j < width; j++) {
        const held = system[k * width + j]!;
        system[k * width + j] = system[pivot * width + j]!;
        system[pivot * width + j] = held;
      }
    for (let i = k + 1; i < d; i++) {
      const share = system[i * width + k]! / system[k * width + k]!;
      if (share === 0) continue;
      for (let j = k; j < width; j++)
        system[i * width + j] = system[i * width + j]! - share * system[k * width + j]!;
    }
  }
  const x = new Float64Array(d);
  for (let i = d - 1; i >= 0; i--) {
    let sum = system[i * width + d]!;
    for (let j = i + 1; j < d; j++) sum -= system[i * width + j]! * x[j]!;
    x[i] = sum / system[i * width + i]!;
  }
  return x;
}

/**
 * The conditional sum of squares: what is left when shocks and values before the first p are taken
 * as nothing. A quick stand-in for the likelihood, to begin its search. O(n·(p + q)).
 *
 * @returns The sum of squares of n − p shocks.
 * @example
 * ```ts
 * armaShocks(Float64Array.of(2, 2), { ar: Float64Array.of(0.5), ma: new Float64Array(0), mean: false }, 0) // => 1
 * ```
 * @see Box, Jenkins, Reinsel & Ljung, Time Series Analysis, 5th edition, 7.1.2.
 */
export function armaShocks(w: Float64Array, { ar, ma }: ArmaProcess, mean: number): number {
  const [n, p, q] = [w.length, ar.length, ma.length];
  const lagsAr = nonZero(ar);
  const lagsMa = nonZero(ma);
  const shocks = new Float64Array(n);
  let squares = 0;
  for (let t = p; t < n; t++) {
    let shock = w[t]! - mean;
    for (const i of lagsAr) shock -= ar[i]! * (w[t - 1 - i]! - mean);
    for (const i of lagsMa) if (i < t && i < q) shock -= ma[i]! * shocks[t - 1 - i]!;
    shocks[t] = shock;
    squares += shock * shock;
  }
  return squares;
}

const nonZero = (values: Float64Array): readonly number[] =>
  Array.from(values.keys()).filter((i) => values[i] !== 0);
