/** @file How often a series must be differenced. */
import { centredMean } from "../smoothing/first-states.ts";
import { differenced } from "./polynomials.ts";

/** The 5 % point of the KPSS statistic for a level. */
const critical = 0.463;

/**
 * The KPSS statistic of stationarity about a level: the sum of squares of partial sums of what is off
 * the mean, over n² times the long-run variance with Bartlett weights up to lag ⌊3√n/13⌋.
 *
 * @returns Large where the series wanders; 0 for a constant.
 * @see Kwiatkowski, Phillips, Schmidt & Shin, Journal of Econometrics 54, 1992. Peer: statsmodels `kpss`.
 */
export function kpss(values: Float64Array): number {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const off = values.map((value) => value - mean);
  let [partial, squares] = [0, 0];
  for (const value of off) {
    partial += value;
    squares += partial * partial;
  }
  const lags = Math.floor((3 * Math.sqrt(n)) / 13);
  let variance = 0;
  for (let lag = 0; lag <= lags; lag++) {
    let sum = 0;
    for (let t = lag; t < n; t++) sum += (off[t] ?? 0) * (off[t - lag] ?? 0);
    variance += ((lag === 0 ? 1 : 2) * (1 - lag / (lags + 1)) * sum) / n;
  }
  return variance > 0 ? squares / (n * n * variance) : 0;
}

/** Differences, at most two, until KPSS no longer finds a wandering level; a constant needs none. */
export function differencesNeeded(values: Float64Array): number {
  let rest = values;
  for (let d = 0; d < 2; d++) {
    const [first = 0] = rest;
    const isConstant = rest.every((value) => value === first);
    if (isConstant || rest.length < 4 || kpss(rest) <= critical) return d;
    rest = differenced(rest, Float64Array.of(1));
  }
  return 2;
}

/**
 * How much of what is left after the trend is season: 1 − Var(rest)/Var(season + rest), 0 to 1. The
 * trend is a moving average of one season, the season the mean of each step. Var(rest) has n − m degrees
 * of freedom, so that m means of few seasons do not pass for a season; 0 where n ≤ m values are left.
 *
 * @see Wang, Smith & Hyndman, Data Mining and Knowledge Discovery 13, 2006; theirs uses STL.
 */
export function seasonalStrength(values: Float64Array, m: number): number {
  const half = Math.floor(m / 2);
  const bare = values
    .subarray(half, values.length - half)
    .map((value, i) => value - centredMean(values, i + half, m));
  const [sums, counts] = [new Float64Array(m), new Float64Array(m)];
  for (const [i, value] of bare.entries()) {
    sums[i % m] = (sums[i % m] ?? 0) + value;
    counts[i % m] = (counts[i % m] ?? 0) + 1;
  }
  const rest = bare.map((value, i) => value - (sums[i % m] ?? 0) / (counts[i % m] ?? 1));
  const whole = squaresOf(bare) / (bare.length - 1);
  const left = squaresOf(rest) / (bare.length - m);
  return bare.length > m && whole > 0 ? Math.max(0, 1 - left / whole) : 0;
}

/** Σ(v − v̄)². */
function squaresOf(values: Float64Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
}
