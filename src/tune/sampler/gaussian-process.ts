/** @file Bayesian search by a Gaussian process: the point that promises the greatest improvement. */
import { checkNames, checkNumber, type Random } from "../../core/index.ts";
import {
  fitKernel,
  type Gp,
  type GpData,
  type GpKernel,
  gaussianProcess,
} from "../../tensor/index.ts";
import { normalCdf, normalDensity } from "../normal.ts";
import { codeAt, type ParamSpec, placeOf, valuesOf } from "../space.ts";
import type { TrialRow } from "../trial-row.ts";
import {
  chanceOf,
  completeOf,
  jointSpace,
  lossesOf,
  type SearchView,
  violationOf,
} from "../view.ts";
import { haltonPoint } from "./quasi-random.ts";
import { drawEvenly } from "./random-sampler.ts";
import type { Sampler } from "./sampler.ts";

/** How the process searches. */
export interface GaussianProcessOptions {
  /** Trials that are drawn evenly before. Default 10. */
  readonly startupTrials?: number;
}

/** The newest trials that are looked at: time grows with their cube. */
const mostTrials = 400;

/**
 * Bayesian search: a Gaussian process (Matérn 5/2, a length for each param) is fitted to the trials, and
 * the point with the greatest expected improvement is tried. For few trials that take long, up to some
 * twenty params, and one objective: O(n³) a trial, some 10 ms at 50 trials and a second at 300, and the
 * newest 400 count. Params that not all trials have are drawn evenly. Trials under way count as if they
 * gave what is expected of them; those that break constraints, as the worst.
 *
 * @throws `option/out-of-range`, `option/unknown-name`
 * @example
 * ```ts
 * gaussianProcessSampler({ startupTrials: 8 }).name // => "gaussianProcess"
 * ```
 * @see Jones et al., Journal of Global Optimization 13, 1998. Peer: Optuna `GPSampler`.
 */
export function gaussianProcessSampler(options: GaussianProcessOptions = {}): Sampler {
  checkNames("gaussianProcessSampler", options, ["startupTrials"]);
  const { startupTrials = 10 } = options;
  checkNumber("gaussianProcessSampler", { startupTrials }, { min: 2, integer: true });
  return {
    name: "gaussianProcess",
    options: { startupTrials },
    mostObjectives: 1,
    draw: (view, trial) => {
      const axes = jointSpace(view).filter(([, spec]) => valuesOf(spec) > 1);
      if (axes.length === 0) return { codes: {} };
      const over = completeOf(view).slice(-mostTrials);
      const point =
        over.length < startupTrials
          ? haltonPoint(view.seed, trial, axes.length)
          : drawBest(view, { axes, over, trial });
      const codes = axes.map(([name, spec], j) => [name, codeAt(spec, point[j] ?? 0)] as const);
      return { codes: Object.fromEntries(codes) };
    },
    drawOne: drawEvenly,
  };
}

type Axes = readonly (readonly [string, ParamSpec])[];

/** What a draw is made of. */
interface Given {
  readonly axes: Axes;
  readonly over: readonly TrialRow[];
  readonly trial: number;
}

function drawBest(view: SearchView, { axes, over, trial }: Given): Float64Array {
  const pointOf = ({ codes }: TrialRow): Float64Array =>
    Float64Array.from(axes, ([name, spec]) => placeOf(spec, codes[name] ?? 0));
  const isChoice = axes.map(([, spec]) => spec.kind === "category");
  const data: GpData = { points: over.map(pointOf), values: standardised(view, over), isChoice };
  const kernel = kernelFor(view, { axes, over, trial }, data);
  const busy = view.rows.filter(
    (row) => row.state === "running" && row.number !== trial && axes.every(([n]) => n in row.codes),
  );
  const process = believing(data, kernel, busy.map(pointOf));
  const best = data.values.reduce((least, value) => Math.min(least, value), Infinity);
  const snap = (point: Float64Array): Float64Array =>
    point.map((place, j) => {
      const spec = axes[j]?.[1];
      return spec === undefined ? place : placeOf(spec, codeAt(spec, place));
    });
  const gain = (point: Float64Array): number => logImprovement(process, point, best);
  const incumbent = data.points[data.values.indexOf(best)] ?? new Float64Array(axes.length);
  return climb({ snap, gain, incumbent, isChoice, chance: chanceOf(view, trial, "gp") });
}

/** Losses about 0 and of deviation 1; of trials that break constraints, the worst of all. */
function standardised(view: SearchView, rows: readonly TrialRow[]): Float64Array {
  const losses = rows.map((row) => lossesOf(view, row)[0] ?? 0);
  const worst = Math.max(...losses);
  const values = Float64Array.from(rows, (row, i) =>
    violationOf(row) > 0 ? worst : (losses[i] ?? 0),
  );
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const spread = Math.sqrt(
    values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length,
  );
  return values.map((value) => (spread > 0 ? (value - mean) / spread : 0));
}

/** The process as if trials under way had given what is expected of them. */
function believing(data: GpData, kernel: GpKernel, busy: readonly Float64Array[]): Gp {
  const process = gaussianProcess(data, kernel);
  if (busy.length === 0) return process;
  const believed = busy.map((point) => process.expect(point).mean);
  const [points, values] = [
    [...data.points, ...busy],
    Float64Array.from([...data.values, ...believed]),
  ];
  return gaussianProcess({ ...data, points, values }, kernel);
}

/** The logarithm of the expected improvement below the best value, exact far in the tail too. */
function logImprovement(process: Gp, point: Float64Array, best: number): number {
  const { mean, variance } = process.expect(point);
  const deviation = Math.sqrt(variance);
  const z = (best - mean) / deviation;
  if (z > -6) return Math.log(deviation * (z * normalCdf(z) + normalDensity(z)));
  return Math.log(deviation) - (z * z) / 2 - Math.log(Math.sqrt(2 * Math.PI)) - 2 * Math.log(-z);
}

/** What is climbed: a gain over the cube, from points that are drawn and from the best trial. */
interface Hill {
  readonly snap: (point: Float64Array) => Float64Array;
  readonly gain: (point: Float64Array) => number;
  readonly incumbent: Float64Array;
  readonly isChoice: readonly boolean[];
  readonly chance: Random;
}

/** The best of many points, the best few of them moved uphill by steps that shrink. */
function climb({ snap, gain, incumbent, isChoice, chance }: Hill): Float64Array {
  const d = incumbent.length;
  const even = (): Float64Array => new Float64Array(d).map(() => chance.next());
  const near = (point: Float64Array, width: number): Float64Array =>
    point.map((x, j) => {
      if (isChoice[j] === true) return chance.next() < 0.2 ? chance.next() : x;
      return Math.min(1, Math.max(0, x + width * chance.normal()));
    });
  const drawn = [
    ...Array.from({ length: 400 }, even),
    ...Array.from({ length: 100 }, (_, i) => near(incumbent, i < 50 ? 0.1 : 0.02)),
  ];
  const tops = drawn
    .map((point) => ({ point: snap(point), gain: gain(snap(point)) }))
    .sort((a, b) => b.gain - a.gain)
    .slice(0, 4);
  for (const top of tops)
    for (let step = 0, width = 0.1; step < 60; step++) {
      const point = snap(near(top.point, width));
      const found = gain(point);
      if (found > top.gain) Object.assign(top, { point, gain: found });
      else width = Math.max(width * 0.9, 1e-4);
    }
  return tops.reduce((best, top) => (top.gain > best.gain ? top : best)).point;
}

/** The kernel of a study, fitted when so many trials are over; by count, a tenth apart. */
const kernels = new WeakMap<object, Map<string, GpKernel>>();

function kernelFor(view: SearchView, { axes, over }: Given, data: GpData): GpKernel {
  const n = data.points.length;
  let at = Math.min(n, 12);
  while (Math.ceil(at * 1.1) <= n) at = Math.ceil(at * 1.1); // the same for a study that is gone on with
  const key = JSON.stringify([
    at,
    n === mostTrials ? view.rows.length : 0,
    axes.map(([name]) => name),
  ]);
  const held = kernels.get(view.identity) ?? new Map<string, GpKernel>();
  kernels.set(view.identity, held);
  const fitted = (): GpKernel => {
    const values = standardised(view, over.slice(0, at)); // by themselves, as when there were no more
    return fitKernel({ ...data, points: data.points.slice(0, at), values });
  };
  const kernel = held.get(key) ?? fitted();
  held.set(key, kernel);
  return kernel;
}
