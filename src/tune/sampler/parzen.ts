/** @file Parzen estimators over params: a mixture of one kernel per observation and a wide prior. */
import type { Random } from "../../core/index.ts";
import { normalCdf, normalQuantile } from "../normal.ts";
import { type ParamSpec, valuesOf } from "../space.ts";

/** What kernels are made of: observations, one array of codes for each param, and their weights. */
export interface Observed {
  readonly specs: readonly ParamSpec[];
  /** For each param its codes, shape [n]. */
  readonly codes: readonly Float64Array[];
  /** Shape [n]; the prior weighs 1. */
  readonly weights: Float64Array;
}

/** A mixture from which params are drawn, and by which they are judged. */
export interface Parzen {
  /** Draws one point: a code for each param. */
  draw(chance: Random): Float64Array;
  /** The logarithm of the density of a point. */
  logDensity(point: Float64Array): number;
}

/** One param of a mixture. */
interface Dimension {
  /** Adds the logarithms of the kernels' densities at a code to sums, shape [n + 1]. */
  add(code: number, sums: Float64Array): void;
  /** Draws a code from one kernel; kernel n is the prior. */
  draw(kernel: number, chance: Random): number;
}

/**
 * The mixture: for numbers, normal kernels cut at the bounds, all of one width per param that shrinks as
 * n^(−1/(d+4)); for categories, an observation's choice and a little of the others. O(n·d) to make and
 * for each density.
 *
 * @see Watanabe, arXiv:2304.11127, 2023: the bandwidths are those of Optuna's multivariate TPE.
 */
export function parzen({ specs, codes, weights }: Observed): Parzen {
  const n = weights.length;
  const total = weights.reduce((sum, weight) => sum + weight, 1);
  const shares = Float64Array.from({ length: n + 1 }, (_, k) => (weights[k] ?? 1) / total);
  const logShares = shares.map(Math.log);
  const scale = 0.2 * Math.max(n, 1) ** (-1 / (specs.length + 4));
  const dimensions = specs.map((spec, j) => {
    const observed = codes[j] ?? new Float64Array(0);
    return spec.kind === "category"
      ? choices(spec.choices.length, observed)
      : numbers(spec, observed, scale);
  });
  const sums = new Float64Array(n + 1);
  return {
    draw: (chance) => {
      const kernel = pickShare(shares, chance.next());
      return Float64Array.from(dimensions, (dimension) => dimension.draw(kernel, chance));
    },
    logDensity: (point) => {
      sums.set(logShares);
      for (const [j, dimension] of dimensions.entries()) dimension.add(point[j] ?? 0, sums);
      return logSumExp(sums);
    },
  };
}

function pickShare(shares: Float64Array, place: number): number {
  let left = place;
  for (let k = 0; k < shares.length; k++) {
    left -= shares[k] ?? 0;
    if (left < 0) return k;
  }
  return shares.length - 1;
}

function logSumExp(values: Float64Array): number {
  let most = -Infinity;
  for (let k = 0; k < values.length; k++) most = Math.max(most, values[k] ?? most);
  if (most === -Infinity) return most;
  let sum = 0;
  for (let k = 0; k < values.length; k++) {
    const below = (values[k] ?? 0) - most;
    if (below > -40) sum += Math.exp(below);
  }
  return most + Math.log(sum);
}

/** Choices: a kernel gives its own choice 1 + 1/(n + 1) parts and each other 1/(n + 1); the prior is even. */
function choices(count: number, observed: Float64Array): Dimension {
  const n = observed.length;
  const part = 1 / (n + 1);
  const whole = 1 + count * part;
  const [hit, miss, even] = [
    Math.log((1 + part) / whole),
    Math.log(part / whole),
    -Math.log(count),
  ];
  return {
    add: (code, sums) => {
      for (let k = 0; k < n; k++) sums[k] = (sums[k] ?? 0) + (observed[k] === code ? hit : miss);
      sums[n] = (sums[n] ?? 0) + even;
    },
    draw: (kernel, chance) => {
      const isOwn = kernel < n && chance.next() < 1 / whole;
      return isOwn ? (observed[kernel] ?? 0) : chance.below(count);
    },
  };
}

/** How a code lies on the line on which kernels are normal. */
interface Line {
  readonly low: number;
  readonly high: number;
  /** The distance of neighbours; 0 where any number between will do. */
  readonly step: number;
  at(code: number): number;
  codeAt(place: number): number;
}

/** Numbers with a log lie by their logarithm; whole ones are as wide as their step. */
function lineOf(spec: Exclude<ParamSpec, { kind: "category" }>): Line {
  const { low, high, step, log, kind } = spec;
  const within = (code: number): number => Math.min(high, Math.max(low, code));
  if (log) {
    const half = kind === "int" ? 0.5 : 0;
    const whole = (value: number): number => (kind === "int" ? Math.round(value) : value);
    return {
      ...{ low: Math.log(low - half), high: Math.log(high + half), step: 0, at: Math.log },
      codeAt: (place) => within(whole(Math.exp(place))),
    };
  }
  if (step === null) return { low, high, step: 0, at: (code) => code, codeAt: within };
  const last = valuesOf(spec) - 1;
  const snapped = (place: number): number => {
    const steps = Math.min(last, Math.max(0, Math.round((place - low) / step)));
    return within(Number((low + steps * step).toPrecision(15)));
  };
  return {
    ...{ low: low - step / 2, high: high + step / 2, step },
    ...{ at: (code: number) => code, codeAt: snapped },
  };
}

function numbers(
  spec: Exclude<ParamSpec, { kind: "category" }>,
  observed: Float64Array,
  scale: number,
): Dimension {
  const n = observed.length;
  const line = lineOf(spec);
  const range = line.high - line.low;
  if (!(range > 0)) return { add: () => undefined, draw: () => spec.low }; // one value only
  const sigma = Math.max(scale * range, range / Math.min(100, n + 2));
  const means = observed.map((code) => line.at(code));
  const [middle, wide] = [(line.low + line.high) / 2, range];
  const isStepped = line.step > 0 && sigma < 4 * line.step;
  const inside = (mean: number, width: number): number =>
    normalCdf((line.high - mean) / width) - normalCdf((line.low - mean) / width);
  const unit = isStepped ? 1 : sigma * Math.sqrt(2 * Math.PI);
  const norms = means.map((mean) => -Math.log(inside(mean, sigma) * unit));
  const priorMass = inside(middle, wide);
  const chanceAt = (place: number, mean: number, width: number): number => {
    const half = line.step / 2;
    return normalCdf((place + half - mean) / width) - normalCdf((place - half - mean) / width);
  };
  const priorAt = (place: number): number => {
    if (isStepped) return Math.log(chanceAt(place, middle, wide) / priorMass);
    const away = (place - middle) / wide;
    return (-away * away) / 2 - Math.log(priorMass * wide * Math.sqrt(2 * Math.PI));
  };
  return {
    add: (code, sums) => {
      const place = line.at(code);
      if (isStepped)
        addStepped({ place, means, norms, sums }, (mean) => chanceAt(place, mean, sigma)); // biome-ignore format: one call
      else addSmooth({ place, means, norms, sums }, sigma);
      sums[n] = (sums[n] ?? 0) + priorAt(place);
    },
    draw: (kernel, chance) => {
      const mean = kernel < n ? (means[kernel] ?? middle) : middle;
      const width = kernel < n ? sigma : wide;
      const [from, to] = [(line.low - mean) / width, (line.high - mean) / width];
      return line.codeAt(mean + width * cutNormal(from, to, chance.next()));
    },
  };
}

interface Sums {
  readonly place: number;
  readonly means: Float64Array;
  readonly norms: Float64Array;
  readonly sums: Float64Array;
}

function addSmooth({ place, means, norms, sums }: Sums, sigma: number): void {
  const scale = 1 / (sigma * Math.SQRT2);
  for (let k = 0; k < means.length; k++) {
    const away = (place - (means[k] ?? 0)) * scale;
    sums[k] = (sums[k] ?? 0) + (norms[k] ?? 0) - away * away;
  }
}

/** Few different means are there where steps are wide, so that what a step holds is worked out once for each. */
function addStepped({ place, means, norms, sums }: Sums, held: (mean: number) => number): void {
  const known = new Map<number, number>();
  for (let k = 0; k < means.length; k++) {
    const mean = means[k] ?? place;
    let log = known.get(mean);
    if (log === undefined) {
      log = Math.log(Math.max(held(mean), 1e-300));
      known.set(mean, log);
    }
    sums[k] = (sums[k] ?? 0) + log + (norms[k] ?? 0);
  }
}

/** N(0, 1) cut at two bounds, at a share of what is between; of the far right, the mirrored left is exact. */
function cutNormal(from: number, to: number, share: number): number {
  if (from > 0) return -cutNormal(-to, -from, 1 - share);
  const low = normalCdf(from);
  const place = normalQuantile(low + share * (normalCdf(to) - low));
  return Math.min(to, Math.max(from, place));
}
