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
  /** What each kernel's logarithm is less by, wherever the code is, shape [n + 1]. */
  readonly norms?: Float64Array;
  /** Of normal kernels that are not cut into steps: where they are. */
  readonly bell?: {
    /** Shape [n + 1]; the last is the prior's. */
    readonly means: Float64Array;
    /** By which distances are multiplied before they are squared; of the prior. */
    readonly scale: number;
    readonly wide: number;
    at(code: number): number;
  };
  /** Adds the logarithms of the kernels' densities at a code to sums, shape [n + 1], where it is no bell. */
  add?(code: number, sums: Float64Array): void;
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
  const scale = 0.2 * Math.max(n, 1) ** (-1 / (specs.length + 4));
  const dimensions = specs.map((spec, j) => {
    const observed = codes[j] ?? new Float64Array(0);
    return spec.kind === "category"
      ? choices(spec.choices.length, observed)
      : numbers(spec, observed, scale);
  });
  const norms = shares.map(Math.log);
  for (const { norms: more } of dimensions)
    for (let k = 0; k <= n; k++) norms[k] = (norms[k] ?? 0) + (more?.[k] ?? 0);
  const smooth = packed(dimensions, n);
  const others = dimensions.flatMap(({ add }, j) => (add === undefined ? [] : [{ add, j }]));
  const sums = new Float64Array(n + 1);
  return {
    draw: (chance) => {
      const kernel = pickShare(shares, chance.next());
      return Float64Array.from(dimensions, (dimension) => dimension.draw(kernel, chance));
    },
    logDensity: (point) => {
      smooth({ point, norms, sums });
      for (const { add, j } of others) add(point[j] ?? 0, sums);
      return logSumExp(sums);
    },
  };
}

interface Smooth {
  readonly point: Float64Array;
  readonly norms: Float64Array;
  readonly sums: Float64Array;
}

/** All kernels of all smooth params in one pass: norms less the squares of scaled distances. */
function packed(dimensions: readonly Dimension[], n: number): (given: Smooth) => void {
  const used = dimensions.flatMap(({ bell }, j) => (bell === undefined ? [] : [{ bell, j }]));
  const d = used.length;
  const means = new Float64Array((n + 1) * d);
  for (const [i, { bell }] of used.entries())
    for (let k = 0; k <= n; k++) means[k * d + i] = (bell.means[k] ?? 0) * bell.scale;
  const wide = Float64Array.from(used, ({ bell }) => bell.wide / bell.scale);
  const scaled = new Float64Array(d);
  return ({ point, norms, sums }) => {
    for (const [i, { bell, j }] of used.entries()) scaled[i] = bell.at(point[j] ?? 0) * bell.scale;
    subtractSquares({ scaled, means, norms, sums });
    let prior = norms[n] ?? 0;
    for (let i = 0; i < d; i++) {
      const away = ((scaled[i] ?? 0) - (means[n * d + i] ?? 0)) * (wide[i] ?? 0);
      prior -= away * away;
    }
    sums[n] = prior;
  };
}

/** For each kernel its norm less the squared distance of its means from a point. */
function subtractSquares(given: {
  readonly scaled: Float64Array;
  readonly means: Float64Array;
  readonly norms: Float64Array;
  readonly sums: Float64Array;
}): void {
  const { scaled, means, norms, sums } = given;
  let at = 0;
  for (let k = 0; k < norms.length; k++) {
    let sum = norms[k] ?? 0;
    for (let i = 0; i < scaled.length; i++) {
      const away = (scaled[i] ?? 0) - (means[at++] ?? 0);
      sum -= away * away;
    }
    sums[k] = sum;
  }
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
  if (!(range > 0)) return { draw: () => spec.low }; // one value only
  const sigma = Math.max(scale * range, range / Math.min(100, n + 2));
  const middle = (line.low + line.high) / 2;
  const means = new Float64Array(n + 1).fill(middle);
  for (let k = 0; k < n; k++) means[k] = line.at(observed[k] ?? 0);
  const widthOf = (kernel: number): number => (kernel < n ? sigma : range);
  const isStepped = line.step > 0 && sigma < 4 * line.step;
  const norms = normsOf(means, { line, widthOf, isStepped });
  const draw = (kernel: number, chance: Random): number => {
    const mean = means[kernel] ?? middle;
    const width = widthOf(kernel);
    const [from, to] = [(line.low - mean) / width, (line.high - mean) / width];
    return line.codeAt(mean + width * cutNormal(from, to, chance.next()));
  };
  if (!isStepped) {
    const [own, wide] = [1 / (sigma * Math.SQRT2), 1 / (range * Math.SQRT2)];
    return { norms, draw, bell: { means, scale: own, wide, at: line.at } };
  }
  const half = line.step / 2;
  const held = (place: number, mean: number, width: number): number =>
    normalCdf((place + half - mean) / width) - normalCdf((place - half - mean) / width);
  return {
    norms,
    draw,
    add: (code, sums) => {
      const place = line.at(code);
      addStepped({ place, means, sums }, (mean) => held(place, mean, sigma));
      sums[n] = (sums[n] ?? 0) + Math.log(held(place, middle, range));
    },
  };
}

interface Sums {
  readonly place: number;
  readonly means: Float64Array;
  readonly sums: Float64Array;
}

/** Few different means are there where steps are wide, so that what a step holds is worked out once for each. */
function addStepped({ place, means, sums }: Sums, held: (mean: number) => number): void {
  const known = new Map<number, number>();
  for (let k = 0; k < means.length - 1; k++) {
    const mean = means[k] ?? place;
    let log = known.get(mean);
    if (log === undefined) {
      log = Math.log(Math.max(held(mean), 1e-300));
      known.set(mean, log);
    }
    sums[k] = (sums[k] ?? 0) + log;
  }
}

/** The logarithms of what kernels are divided by: their mass within the bounds, and the width of their bell. */
function normsOf(
  means: Float64Array,
  how: {
    readonly line: Line;
    readonly widthOf: (kernel: number) => number;
    readonly isStepped: boolean;
  },
): Float64Array {
  const { line, widthOf, isStepped } = how;
  const n = means.length - 1;
  const massOf = logMass(line, widthOf(0), n);
  const unit = (width: number): number =>
    isStepped ? 0 : Math.log(width * Math.sqrt(2 * Math.PI));
  const own = unit(widthOf(0));
  const norms = new Float64Array(n + 1);
  for (let k = 0; k < n; k++) norms[k] = -massOf(means[k] ?? 0) - own;
  norms[n] = -exactLogMass(line, widthOf(n))(means[n] ?? 0) - unit(widthOf(n));
  return norms;
}

/** The logarithm of a bell's mass within the bounds, by where its mean is. */
const exactLogMass =
  ({ low, high }: Line, width: number) =>
  (mean: number): number =>
    Math.log(normalCdf((high - mean) / width) - normalCdf((low - mean) / width));

/** As {@link exactLogMass}; for many means from a table with 16 places a width, off by less than 1e-3. */
function logMass(line: Line, width: number, count: number): (mean: number) => number {
  const exact = exactLogMass(line, width);
  const range = line.high - line.low;
  const places = Math.ceil((16 * range) / width);
  if (count < 2 * places) return exact;
  const table = new Float64Array(places + 2);
  for (let i = 0; i < table.length; i++)
    table[i] = exact(Math.min(line.high, line.low + (i * range) / places));
  const scale = places / range;
  return (mean) => {
    const at = (mean - line.low) * scale;
    const i = Math.floor(at);
    const below = table[i] ?? 0;
    return below + (at - i) * ((table[i + 1] ?? 0) - below);
  };
}

/** N(0, 1) cut at two bounds, at a share of what is between; of the far right, the mirrored left is exact. */
function cutNormal(from: number, to: number, share: number): number {
  if (from > 0) return -cutNormal(-to, -from, 1 - share);
  const low = normalCdf(from);
  const place = normalQuantile(low + share * (normalCdf(to) - low));
  return Math.min(to, Math.max(from, place));
}
