/** @file k-means: seeds by k-means++, then Lloyd's iterations until the centres stand still. */
import { setImmediate } from "node:timers/promises";
import { type LongWork, random } from "../../core/index.ts";
import type { Matrix } from "../../flow.ts";
import { type ClusterMemory, chunkRows, openClusterMemory } from "./k-means-memory.ts";
import { findNearest, squaredBetween } from "./nearest.ts";
import { seedExactly, seedRows, trialsOf } from "./seed.ts";

/** What to cluster, and how. */
export interface KMeansProblem {
  /** Shape [n, d], n ≥ k, d ≥ 1; every value finite. */
  readonly x: Matrix;
  /** k, ≥ 1. */
  readonly clusters: number;
  readonly seed: number;
  /** How often to begin anew; the best is kept. */
  readonly starts: number;
  /** Where to begin instead of seeds, shape [k, d]. */
  readonly centres?: Matrix | undefined;
  readonly maxIterations: number;
  /** Done when the centres' squared moves sum to this share of the mean variance of a feature. */
  readonly tolerance: number;
}

/** The best of the starts. */
export interface KMeansOutcome {
  /** Shape [k, d]. */
  readonly centres: Matrix;
  /** Σ of the squared distances of the rows to their centre. */
  readonly inertia: number;
  readonly iterations: number;
  readonly converged: boolean;
}

const breathMs = 25; // how long the calling thread is kept before others get a turn

/**
 * k-means by Lloyd's algorithm, exactly: bounds and single precision only leave out what cannot
 * change the outcome. Undefined when there are fewer distinct rows than clusters. O(n·k·d) for a
 * step of seeding or iterating, mostly far less; memory n·(4·d + 20 + 4·trials) bytes.
 *
 * @param problem - Data, number of clusters, and when to stop.
 * @param work - Progress in starts; the signal is heard between iterations.
 * @returns Centres, inertia, and how it ended.
 * @throws `tensor/missing-kernel`, `tensor/out-of-range-memory`, or the signal's reason
 * @example
 * ```ts
 * const x = matrix([[1], [2], [9], [10]]);
 * const how = { clusters: 2, seed: 0, starts: 1, maxIterations: 300, tolerance: 0 };
 * const found = await lloydKMeans({ x, ...how });
 * found?.inertia // => 1
 * found?.centres.data.toSorted() // => Float64Array.of(1.5, 9.5)
 * ```
 * @see Arthur & Vassilvitskii, SODA 2007 (seeding, here with the best of 2 + ln k candidates a step);
 *   Hamerly, SDM 2010 (bounds). Peer: scikit-learn `KMeans`.
 */
export async function lloydKMeans(
  problem: KMeansProblem,
  { signal, progress }: LongWork = {},
): Promise<KMeansOutcome | undefined> {
  const { x, clusters } = problem;
  const shape = { rows: x.rows, features: x.cols, clusters, trials: trialsOf(clusters) };
  const memory = await openClusterMemory(shape);
  const copied = copyScaled(memory, x);
  memory.code.measureRows();
  let longest = 0;
  for (const length of memory.lengths) longest = Math.max(longest, length);
  const work: Work = { ...problem, memory, ...copied, rounding: 5e-7 * longest + 1e-30 };
  const starts = problem.centres === undefined ? problem.starts : 1;
  let best: KMeansOutcome | undefined;
  for (let start = 0; start < starts; start++) {
    signal?.throwIfAborted();
    const begin = beginning(work, start);
    if (begin === undefined) return undefined;
    const outcome = await iterate(work, begin, signal);
    if (best === undefined || outcome.inertia < best.inertia) best = outcome;
    progress?.({ done: start + 1, total: starts });
  }
  return best;
}

/** The problem, and its rows as the kernel has them: about the means, times a power of two. */
interface Work extends KMeansProblem {
  readonly memory: ClusterMemory;
  readonly means: Float64Array;
  readonly scale: number;
  /** What rounding can add to a bound in a pass. */
  readonly rounding: number;
  /** The mean of the features' variances. */
  readonly variance: number;
}

/** Copies the rows about their means, so that little is lost in single precision. */
function copyScaled({ x: to, width }: ClusterMemory, { rows, cols, data }: Matrix) {
  const means = new Float64Array(cols);
  const share = 1 / rows;
  let largest = 0;
  for (let i = 0, at = 0; i < rows; i++)
    for (let j = 0; j < cols; j++, at++) {
      const value = data[at]!;
      means[j] = means[j]! + value * share;
      largest = Math.max(largest, Math.abs(value));
    }
  const scale = largest === 0 ? 1 : 2 ** -Math.ceil(Math.log2(largest) + 1);
  let sum = 0;
  for (let i = 0, at = 0; i < rows; i++)
    for (let j = 0, here = i * width; j < cols; j++, at++, here++) {
      const value = (data[at]! - means[j]!) * scale;
      to[here] = value;
      sum += value * value;
    }
  return { means, scale, variance: sum / rows / cols / scale / scale };
}

/** The centres to begin with, and what the bounds know of them. Undefined where rows run out. */
function beginning({ x, memory, ...how }: Work, start: number): Matrix | undefined {
  if (how.centres !== undefined) {
    memory.code.boundRows(false);
    return { ...how.centres, data: how.centres.data.slice() };
  }
  const draws = random(how.seed).stream(`start/${start}`);
  const fast = seedRows(memory, draws);
  const chosen = fast ?? seedExactly(x, how.clusters, draws.stream("exactly"));
  if (chosen === undefined) return undefined;
  const data = new Float64Array(how.clusters * x.cols);
  for (const [k, row] of chosen.entries())
    data.set(x.data.subarray(row * x.cols, (row + 1) * x.cols), k * x.cols);
  const centres = { rows: how.clusters, cols: x.cols, data };
  showCentres({ memory, means: how.means, scale: how.scale }, centres);
  memory.code.boundRows(fast !== undefined);
  return centres;
}

/** Lloyd's iterations; moves the centres that it is given. */
async function iterate(
  work: Work,
  centres: Matrix,
  signal: AbortSignal | undefined,
): Promise<KMeansOutcome> {
  const { memory, maxIterations } = work;
  const tolerance = work.tolerance * work.variance;
  memory.drifts.fill(work.rounding);
  memory.writeDrifts(work.rounding, work.rounding, 0);
  const sums = openSums(work);
  let [iterations, converged, since] = [0, false, performance.now()];
  while (iterations < maxIterations && !converged) {
    signal?.throwIfAborted();
    iterations += 1;
    showCentres(work, centres);
    let changed = pass(work, centres, iterations === 1 ? undefined : sums);
    if (iterations === 1) sums.sumAll();
    changed += fillEmpty(work, centres, sums);
    const shift = moveCentres(work, centres, sums);
    converged = (changed === 0 && iterations > 1) || shift <= tolerance;
    if (performance.now() - since < breathMs) continue;
    await setImmediate();
    since = performance.now();
  }
  showCentres(work, centres);
  pass(work, centres);
  return { centres, inertia: inertiaOf(work, centres), iterations, converged };
}

/** Writes the centres for the kernel, with what its bounds need. */
function showCentres(
  { memory, means, scale }: Pick<Work, "memory" | "means" | "scale">,
  { rows, cols, data }: Matrix,
): void {
  const { centres, width, centreLengths, centreNorms, lowNorms, halves, error } = memory;
  for (let k = 0; k < rows; k++) {
    let norm = 0;
    for (let j = 0; j < cols; j++) {
      const c = (data[k * cols + j]! - means[j]!) * scale;
      centres[k * width + j] = c;
      norm += c * c;
    }
    centreLengths[k] = Math.sqrt(norm) * 1.000001;
    centreNorms[k] = norm;
    lowNorms[k] = norm * (1 - error);
  }
  halves.fill(Infinity);
  for (let a = 0; a < rows; a++)
    for (let b = 0; b < a; b++) {
      const apart = squaredBetween({ a: data, i: a * cols, b: data, j: b * cols }, cols);
      const half = (Math.sqrt(apart) / 2) * scale * 0.999999;
      halves[a] = Math.min(halves[a]!, half);
      halves[b] = Math.min(halves[b]!, half);
    }
}

/** One pass over all rows: the kernel decides what it can, we decide the rest. Gives how many changed. */
function pass(work: Work, centres: Matrix, sums?: Sums): number {
  const { memory, x } = work;
  const { code, labels, changes, doubts } = memory;
  let [changed, loose, scored] = [0, 0, 0];
  for (let from = 0; from < x.rows; from += chunkRows) {
    const tighten = scored <= 0.7 * loose; // while it settles enough of the rows so far
    const sure = code.assignRows(from, Math.min(x.rows, from + chunkRows), tighten);
    changed += sure;
    loose += memory.counted("loose");
    scored += memory.counted("scored");
    if (sums !== undefined)
      for (let c = 0; c < sure; c++) {
        const row = changes[2 * c]!;
        sums.move(row, changes[2 * c + 1]!, labels[row]!);
      }
    const doubted = memory.counted("doubted");
    for (let c = 0; c < doubted; c++) changed += decide(work, doubts[c]!, centres, sums);
  }
  return changed;
}

const nearest = { label: 0, first: 0, second: 0 };

/** Decides a doubtful row in double precision; 1 when it changed. */
function decide({ memory, x, scale }: Work, row: number, centres: Matrix, sums?: Sums): number {
  const { labels, upper, lower } = memory;
  const { label, first, second } = findNearest(x, row, centres, nearest);
  upper[row] = Math.sqrt(first) * scale * 1.000001 + 1e-30;
  lower[row] = Math.sqrt(second) * scale * 0.999999;
  const before = labels[row]!;
  if (before === label) return 0;
  labels[row] = label;
  sums?.move(row, before, label);
  return 1;
}

/** Sums, about the means, and counts of the clusters' rows. */
interface Sums {
  readonly sums: Float64Array;
  readonly counts: Float64Array;
  sumAll(): void;
  move(row: number, from: number, to: number): void;
}

function openSums({ x, means, memory, clusters }: Work): Sums {
  const { cols, data } = x;
  const sums = new Float64Array(clusters * cols);
  const counts = new Float64Array(clusters);
  const sumAll = (): void => {
    for (let i = 0, at = 0; i < x.rows; i++) {
      const label = memory.labels[i]!;
      counts[label] = counts[label]! + 1;
      for (let j = 0, s = label * cols; j < cols; j++, at++, s++)
        sums[s] = sums[s]! + (data[at]! - means[j]!);
    }
  };
  const move = (row: number, from: number, to: number): void => {
    counts[from] = counts[from]! - 1;
    counts[to] = counts[to]! + 1;
    for (
      let j = 0, f = from * cols, t = to * cols, at = row * cols;
      j < cols;
      j++, f++, t++, at++
    ) {
      const value = data[at]! - means[j]!;
      sums[f] = sums[f]! - value;
      sums[t] = sums[t]! + value;
    }
  };
  return { sums, counts, sumAll, move };
}

/** Gives each cluster that has lost its rows the row that is farthest from its centre. */
function fillEmpty(work: Work, centres: Matrix, { counts, move }: Sums): number {
  let filled = 0;
  for (let k = 0; k < work.clusters; k++) {
    if (counts[k]! > 0) continue;
    const row = farthestRow(work, centres, counts);
    move(row, work.memory.labels[row]!, k);
    work.memory.labels[row] = k;
    work.memory.upper[row] = Infinity;
    filled += 1;
  }
  return filled;
}

/** The row that is farthest from the centre of its cluster, of clusters with more than one row. */
function farthestRow({ x, memory }: Work, centres: Matrix, counts: Float64Array): number {
  let [most, row] = [-1, 0];
  for (let i = 0; i < x.rows; i++) {
    const label = memory.labels[i]!;
    if (counts[label]! < 2) continue;
    const d = squaredBetween(
      { a: x.data, i: i * x.cols, b: centres.data, j: label * x.cols },
      x.cols,
    );
    if (d > most) [most, row] = [d, i];
  }
  return row;
}

/** Moves the centres to the means of their rows; gives the sum of the squared moves. */
function moveCentres(
  { memory, means, scale, rounding }: Work,
  { rows, cols, data }: Matrix,
  { sums, counts }: Sums,
): number {
  let [shift, largest, second, whose] = [0, rounding, rounding, 0];
  for (let k = 0; k < rows; k++) {
    let moved = 0;
    for (let j = 0, at = k * cols; j < cols; j++, at++) {
      const to = means[j]! + sums[at]! / counts[k]!;
      moved += (to - data[at]!) ** 2;
      data[at] = to;
    }
    shift += moved;
    const drift = Math.sqrt(moved) * scale * 1.000001 + rounding;
    memory.drifts[k] = drift;
    if (drift > largest) [largest, second, whose] = [drift, largest, k];
    else if (drift > second) second = drift;
  }
  memory.writeDrifts(largest, second, whose);
  return shift;
}

function inertiaOf({ x, memory }: Work, { data: centres }: Matrix): number {
  const { cols, data } = x;
  let sum = 0;
  for (let i = 0, at = 0; i < x.rows; i++)
    for (let j = 0, c = memory.labels[i]! * cols; j < cols; j++, at++, c++) {
      const difference = data[at]! - centres[c]!;
      sum += difference * difference;
    }
  return sum;
}
