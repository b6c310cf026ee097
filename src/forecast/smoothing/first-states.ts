/** @file A guess at level, slope and season before the first value of a series. */
import type { SmoothingForm } from "./form.ts";

/** Where the search for first states begins. */
export interface FirstStates {
  readonly level: number;
  readonly slope: number;
  /** Shape [m]; 0s or 1s where there is no season. */
  readonly season: Float64Array;
}

/**
 * First states: the season from the values less a moving average over the first seasons, then a line
 * through the first values without their season. O(n).
 */
export function firstStates(values: Float64Array, form: SmoothingForm): FirstStates {
  const season = firstSeason(values, form);
  const bare = values.map((value, t) => {
    const s = season[t % season.length] ?? 0;
    if (form.season === "none") return value;
    return form.season === "additive" ? value - s : value / s;
  });
  const first = bare.subarray(0, Math.max(10, 2 * form.period));
  if (form.trend === "none") return { level: meanOf(first), slope: 0, season };
  const slope = slopeOf(first);
  return { level: meanOf(first) - (slope * (first.length + 1)) / 2, slope, season };
}

const meanOf = (values: Float64Array): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** The slope of the line of least squares through values one step apart. */
function slopeOf(values: Float64Array): number {
  const [middle, mean] = [(values.length - 1) / 2, meanOf(values)];
  let [up, across] = [0, 0];
  for (const [t, value] of values.entries()) {
    up += (t - middle) * (value - mean);
    across += (t - middle) ** 2;
  }
  return across === 0 ? 0 : up / across;
}

function firstSeason(values: Float64Array, { season, period: m }: SmoothingForm): Float64Array {
  if (season === "none") return new Float64Array(m);
  const isRatio = season === "multiplicative";
  const [sums, counts] = [new Float64Array(m), new Float64Array(m)];
  const until = Math.min(values.length, 4 * m);
  for (let t = Math.floor(m / 2); t < until - Math.floor(m / 2); t++) {
    const [value, trend] = [values[t] ?? 0, centredMean(values, t, m)];
    sums[t % m] = (sums[t % m] ?? 0) + (isRatio ? value / trend : value - trend);
    counts[t % m] = (counts[t % m] ?? 0) + 1;
  }
  const raw = sums.map((sum, k) => sum / Math.max(1, counts[k] ?? 0));
  const mean = meanOf(raw);
  return raw.map((value) => (isRatio ? Math.max(0.01, value / mean) : value - mean));
}

/** The mean of a season around a step; both ends count half where m is even. */
export function centredMean(values: Float64Array, t: number, m: number): number {
  const half = Math.floor(m / 2);
  let sum = 0;
  for (let k = -half; k <= half; k++) {
    const weight = m % 2 === 0 && Math.abs(k) === half ? 0.5 : 1;
    sum += weight * (values[t + k] ?? 0);
  }
  return sum / m;
}
