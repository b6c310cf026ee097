/** @file Mini-batch k-means: centres that move with small random batches of rows. */
import { setImmediate } from "node:timers/promises";
import { type LongWork, random } from "../../core/index.ts";
import type { Matrix } from "../../flow.ts";
import type { KMeansOutcome } from "./k-means.ts";
import { findNearest } from "./nearest.ts";
import { seedExactly } from "./seed.ts";

/** What to cluster, and how. */
export interface MiniBatchProblem {
  /** Shape [n, d], finite. */
  readonly x: Matrix;
  readonly clusters: number;
  readonly seed: number;
  /** Rows of a batch. */
  readonly batchRows: number;
  /** Most batches. */
  readonly maxIterations: number;
  /** Done after so many batches without a better smoothed mean distance. */
  readonly patience: number;
}

/**
 * Mini-batch k-means: each batch pulls every centre towards the mean of its rows, by the share that
 * the batch is of all rows the centre has seen. O(b·k·d) a batch, and one pass over all rows at last.
 * Undefined when the rows it would begin from have fewer distinct ones than clusters.
 *
 * @param problem - Data, number of clusters, and when to stop.
 * @param work - Progress in batches; the signal is heard between them.
 * @returns Centres, inertia, and how it ended.
 * @see Sculley, WWW 2010. Peer: scikit-learn `MiniBatchKMeans`.
 */
export async function miniBatch(
  problem: MiniBatchProblem,
  { signal, progress }: LongWork = {},
): Promise<KMeansOutcome | undefined> {
  const { x, clusters, batchRows, maxIterations, patience } = problem;
  const draws = random(problem.seed).stream("batches");
  const begun = beginning(problem);
  if (begun === undefined) return undefined;
  const centres = { rows: clusters, cols: x.cols, data: begun };
  const seen = new Float64Array(clusters);
  const share = Math.min(1, (2 * batchRows) / (x.rows + 1)); // of a batch in the smoothed mean
  let [smooth, best, waited, iterations, since] = [Number.NaN, Infinity, 0, 0, performance.now()];
  while (iterations < maxIterations && waited < patience) {
    signal?.throwIfAborted();
    const rows = Uint32Array.from({ length: batchRows }, () => draws.below(x.rows));
    const mean = pull(x, centres, { rows, seen }) / batchRows;
    iterations += 1;
    smooth = Number.isNaN(smooth) ? mean : smooth * (1 - share) + mean * share;
    waited = smooth < best ? 0 : waited + 1;
    best = Math.min(best, smooth);
    progress?.({ done: iterations, total: maxIterations });
    if (performance.now() - since < 25) continue;
    await setImmediate();
    since = performance.now();
  }
  const to = { label: 0, first: 0, second: 0 };
  let inertia = 0;
  for (let i = 0; i < x.rows; i++) inertia += findNearest(x, i, centres, to).first;
  return { centres, inertia, iterations, converged: waited >= patience };
}

/** Centres by k-means++ among some rows; among all where those are too few to tell apart. */
function beginning({ x, clusters, seed, batchRows }: MiniBatchProblem): Float64Array | undefined {
  const draws = random(seed).stream("start");
  const count = Math.min(x.rows, Math.max(3 * batchRows, 3 * clusters));
  const some =
    count === x.rows ? x : rowsOf(x, draws.stream("rows").shuffled(x.rows).subarray(0, count));
  const chosen = seedExactly(some, clusters, draws);
  if (chosen !== undefined) return rowsOf(some, chosen).data;
  const all = some === x ? undefined : seedExactly(x, clusters, draws);
  return all && rowsOf(x, all).data;
}

function rowsOf({ cols, data }: Matrix, rows: ArrayLike<number>): Matrix {
  const picked = new Float64Array(rows.length * cols);
  for (let i = 0; i < rows.length; i++)
    picked.set(data.subarray(rows[i]! * cols, (rows[i]! + 1) * cols), i * cols);
  return { rows: rows.length, cols, data: picked };
}

/** Moves the centres by a batch; gives the sum of squared distances before. */
function pull(
  x: Matrix,
  centres: Matrix,
  { rows, seen }: { readonly rows: Uint32Array; readonly seen: Float64Array },
): number {
  const { cols } = x;
  const to = { label: 0, first: 0, second: 0 };
  const labels = new Int32Array(rows.length);
  let sum = 0;
  for (let i = 0; i < rows.length; i++) {
    const { label, first } = findNearest(x, rows[i]!, centres, to);
    labels[i] = label;
    sum += first;
  }
  for (let i = 0; i < rows.length; i++) {
    const k = labels[i]!;
    const count = seen[k]! + 1;
    seen[k] = count;
    for (let j = 0, c = k * cols, at = rows[i]! * cols; j < cols; j++, c++, at++)
      centres.data[c] = centres.data[c]! + (x.data[at]! - centres.data[c]!) / count;
  }
  return sum;
}
