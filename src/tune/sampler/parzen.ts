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
  /** Of normal kernels that are not cut into steps: where they are, and what distances are multiplied by. */
  readonly bell?: {
    /** Both of shape [n + 1]; the last is the prior's. */
    readonly means: Float64Array;
    readonly scales: Float64Array;
    at(code: number): number;
  };
  /** Adds the logarithms of the kernels' densities at a code to sums, shape [n + 1], where it is no bell. */
  add?(code: number, sums: Float64Array): void;
  /** Draws a code from one kernel; kernel n is the prior. */
  draw(kernel: number, chance: Random): number;
}

/**
 * The mixture: for numbers, normal kernels cut at the bounds, each as wide as the farther of its two
 * neighbours is away along the param, and at least a hundredth of the range (with few kernels more); for
 * categories, an observation's choice and a little of the others. O(n·d·log n) to make, O(n·d) for each
 * density.
 *
 * @see Bergstra et al., NeurIPS 2011; Watanabe, arXiv:2304.11127, 2023. The widths are those of Optuna 5.
 */
export function parzen({ specs, codes, weights }: Observed): Parzen {
  const n = weights.length;
  const total = weights.reduce((sum, weight) => sum + weight, 1);
  const shares = Float64Array.from({ length: n + 1 }, (_, k) => (weights[k] ?? 1) / total);
  const dimensions = specs.map((spec, j) => {
    const observed = codes[j] ?? new Float64Array(0);
    return spec.kind === "category"
      ? choices(spec.choices.length, observed)
      : numbers(spec, observed);
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
  const [scales, offsets] = [new Float64Array((n + 1) * d), new Float64Array((n + 1) * d)];
  for (const [i, { bell }] of used.entries())
    for (let k = 0; k <= n; k++) {
      const scale = bell.scales[k] ?? 0;
      scales[k * d + i] = scale;
      offsets[k * d + i] = (bell.means[k] ?? 0) * scale;
    }
  const places = new Float64Array(d);
  return ({ point, norms, sums }) => {
    for (const [i, { bell, j }] of used.entries()) places[i] = bell.at(point[j] ?? 0);
    subtractSquares({ places, scales, offsets, norms, sums });
  };
}

/** For each kernel its norm less the squared scaled distance of its means from a point. */
function subtractSquares(given: {
  readonly places: Float64Array;
  readonly scales: Float64Array;
  readonly offsets: Float64Array;
  readonly norms: Float64Array;
  readonly sums: Float64Array;
}): void {
  const { places, scales, offsets, norms, sums } = given;
  let at = 0;
  for (let k = 0; k < norms.length; k++) {
    let sum = norms[k] ?? 0;
    for (let i = 0; i < places.length; i++, at++) {
      const away = (places[i] ?? 0) * (scales[at] ?? 0) - (offsets[at] ?? 0);
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
): Dimension {
  const n = observed.length;
  const line = lineOf(spec);
  const range = line.high - line.low;
  if (!(range > 0)) return { draw: () => spec.low }; // one value only
  const middle = (line.low + line.high) / 2;
  const means = new Float64Array(n + 1).fill(middle);
  for (let k = 0; k < n; k++) means[k] = line.at(observed[k] ?? 0);
  const widths = widthsOf(means, line);
  const draw = (kernel: number, chance: Random): number => {
    const [mean, width] = [means[kernel] ?? middle, widths[kernel] ?? range];
    const [from, to] = [(line.low - mean) / width, (line.high - mean) / width];
    return line.codeAt(mean + width * cutNormal(from, to, chance.next()));
  };
  const isStepped = line.step > 0 && range < 200 * line.step;
  const norms = normsOf(means, widths, { line, isStepped });
  if (isStepped) return { norms, draw, add: steppedAdd(means, widths, line) };
  const scales = widths.map((width) => 1 / (width * Math.SQRT2));
  return { norms, draw, bell: { means, scales, at: line.at } };
}

/** The width of each kernel, shape [n + 1]: how far its farther neighbour is, within bounds; of the prior, the range. */
function widthsOf(means: Float64Array, { low, high }: Line): Float64Array {
  const n = means.length - 1;
  const range = high - low;
  const least = range / Math.min(100, n + 2);
  const widths = new Float64Array(n + 1).fill(range);
  const order = new Uint32Array(n).map((_, k) => k);
  order.sort((a, b) => (means[a] ?? 0) - (means[b] ?? 0) || a - b);
  const at = (place: number): number => means[order[place] ?? 0] ?? 0;
  for (let place = 0; place < n; place++) {
    // The outermost kernels have one neighbour each; a lone one has the bounds.
    const left = place > 0 ? at(place) - at(place - 1) : n > 1 ? 0 : at(place) - low;
    const right = place < n - 1 ? at(place + 1) - at(place) : n > 1 ? 0 : high - at(place);
    widths[order[place] ?? 0] = Math.min(range, Math.max(least, left, right));
  }
  return widths;
}

/** The logarithms of what kernels are divided by: their mass within the bounds, and the width of their bell. */
function normsOf(
  means: Float64Array,
  widths: Float64Array,
  { line, isStepped }: { readonly line: Line; readonly isStepped: boolean },
): Float64Array {
  const norms = new Float64Array(means.length);
  for (let k = 0; k < norms.length; k++) {
    const mean = means[k] ?? 0;
    const width = widths[k] ?? 1;
    const left = (mean - line.low) / width;
    const right = (line.high - mean) / width;
    // Where a bound is more than 6 widths away, what is beyond it is under 1e-9.
    const mass = 1 - (left > 6 ? 0 : normalCdf(-left)) - (right > 6 ? 0 : normalCdf(-right));
    norms[k] = -Math.log(isStepped ? mass : mass * width * Math.sqrt(2 * Math.PI));
  }
  return norms;
}

/** Adds what a step holds of each kernel; kernels of one mean and width, of which there are many, share the work. */
function steppedAdd(
  means: Float64Array,
  widths: Float64Array,
  { at, step }: Line,
): (code: number, sums: Float64Array) => void {
  const kinds = new Map<number, Map<number, number>>();
  const distinct: (readonly [mean: number, width: number])[] = [];
  const kindOf = new Uint32Array(means.length);
  for (let k = 0; k < means.length; k++) {
    const [mean, width] = [means[k] ?? 0, widths[k] ?? 1];
    const byWidth = kinds.get(mean) ?? new Map<number, number>();
    kinds.set(mean, byWidth);
    const kind = byWidth.get(width) ?? distinct.push([mean, width]) - 1;
    byWidth.set(width, kind);
    kindOf[k] = kind;
  }
  const logs = new Float64Array(distinct.length);
  return (code, sums) => {
    const place = at(code);
    for (const [kind, [mean, width]] of distinct.entries()) {
      const held =
        normalCdf((place + step / 2 - mean) / width) - normalCdf((place - step / 2 - mean) / width);
      logs[kind] = Math.log(Math.max(held, 1e-300));
    }
    for (let k = 0; k < sums.length; k++) sums[k] = (sums[k] ?? 0) + (logs[kindOf[k] ?? 0] ?? 0);
  };
}

/** N(0, 1) cut at two bounds, at a share of what is between; of the far right, the mirrored left is exact. */
function cutNormal(from: number, to: number, share: number): number {
  if (from > 0) return -cutNormal(-to, -from, 1 - share);
  const low = normalCdf(from);
  const place = normalQuantile(low + share * (normalCdf(to) - low));
  return Math.min(to, Math.max(from, place));
}
