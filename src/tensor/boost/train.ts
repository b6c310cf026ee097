/** @file Boosted trees from a matrix: on the calling thread, or on worker threads. */
import { availableParallelism } from "node:os";
import { setImmediate } from "node:timers/promises";
import type { LongWork } from "../../core/index.ts";
import type { Matrix } from "../../flow.ts";
import type { WasmModule } from "../adapter/web-assembly.ts";
import { sharedMemory } from "../kernel-file.ts";
import { quantileCuts } from "./cuts.ts";
import { type BoostJob, type Grown, openGrower } from "./grow.ts";
import { type Kernel, loadKernel, openKernel } from "./kernel.ts";
import { type Layout, planLayout, stagedRows, type TreeOptions, writeJob } from "./layout.ts";
import { growInWorkers } from "./workers.ts";

const smallCells = 2_000_000; // below this, starting workers costs more than they save
const mostThreads = 32; // bits of the mask in the control block
const breathMs = 25; // how long the calling thread is kept before others get a turn

/** What to learn from. */
export interface BoostProblem {
  /** Shape [n, d], n ≥ 1, d ≥ 1; NaN is missing, everything else finite. */
  readonly x: Matrix;
  /** Shape [n], 0 or 1. */
  readonly y: Float64Array;
  /** Log-odds before the first tree. */
  readonly base: number;
  readonly options: TreeOptions;
  /** Threads to use, 1 to 32; default 1 for less than two million cells, else as many as the machine has. */
  readonly threads?: number | undefined;
}

/**
 * Grows boosted trees for binary log loss from histograms. The result does not depend on the number
 * of threads, bit for bit. O(n·d·(trees·depth)/2) time; n·(d + 17) bytes and histograms of
 * d·bins·8 bytes for each node of a level. Missing values go, in each split, where that gains most;
 * where a node saw none, to the child with more weight.
 *
 * @param problem - Data, base and options.
 * @param work - Progress in trees; the signal is heard between trees.
 * @returns The trees.
 * @throws `tensor/missing-kernel`, `tensor/out-of-range-memory`, `tensor/failed-worker`,
 *   `tensor/timed-out-worker`, or the signal's reason.
 * @example
 * ```ts
 * const options = {
 *   trees: 1, depth: 1, learningRate: 1, l2: 0, minChildWeight: 0,
 *   rowSample: 1, columnSample: 1, bins: 255, seed: 0,
 * };
 * const x = matrix([[1], [2], [3], [4]]);
 * const problem = { x, y: Float64Array.of(0, 0, 1, 1), base: 0, options };
 * const { trees } = await trainTrees(problem);
 * trees.thresholds // => Float64Array.of(2.5, 0, 0)
 * trees.values // => Float64Array.of(0, -2, 2)
 * ```
 * @see Chen & Guestrin, KDD 2016; Ke et al., NeurIPS 2017; Shi et al., NeurIPS 2022 (quantised
 *   gradients). Peer: XGBoost `tree_method="hist"`.
 */
export async function trainTrees(problem: BoostProblem, work: LongWork = {}): Promise<Grown> {
  work.signal?.throwIfAborted();
  const job = await openJob(problem);
  return job.layout.threads === 1 ? growHere(job, work) : growInWorkers(job, work);
}

/** Compiles the kernel and lays the data out for it, in bins. @throws as {@link trainTrees} */
export async function openJob(problem: BoostProblem): Promise<BoostJob> {
  const { x, y: labels, base, options, threads = defaultThreads(x) } = problem;
  const module = await loadKernel();
  const cuts = quantileCuts(x, options.bins, options.seed);
  const shape = { rows: x.rows, cuts, threads, options };
  const layout = planLayout(shape, firstFreeByte(module));
  const memory = sharedMemory(layout.bytes);
  const kernel = openKernel(module, memory);
  writeJob(kernel, layout, { ...shape, labels, base });
  await binAll(kernel, layout, x);
  return { module, memory, layout, cuts, options, base };
}

function defaultThreads(x: Matrix): number {
  return x.data.length < smallCells ? 1 : Math.min(mostThreads, availableParallelism());
}

function firstFreeByte(module: WasmModule): number {
  return openKernel(module, sharedMemory(65_536)).code.heapBase();
}

async function binAll(kernel: Kernel, layout: Layout, x: Matrix): Promise<void> {
  const staging = new Float64Array(kernel.memory.buffer, layout.staging, stagedRows * x.cols);
  const breathe = breather();
  for (let first = 0; first < x.rows; first += stagedRows) {
    const end = Math.min(x.rows, first + stagedRows);
    staging.set(x.data.subarray(first * x.cols, end * x.cols));
    kernel.code.binRows(first, end - first);
    await breathe();
  }
}

async function growHere(job: BoostJob, { signal, progress }: LongWork): Promise<Grown> {
  const grower = openGrower(job);
  const total = job.options.trees;
  const breathe = breather();
  for (let done = 1; done <= total; done++) {
    signal?.throwIfAborted();
    grower.grow();
    progress?.({ done, total });
    await breathe();
  }
  return grower.grown();
}

/** Gives the event loop a turn whenever this thread was kept long enough. */
function breather(): () => Promise<void> {
  let since = performance.now();
  return async () => {
    if (performance.now() - since < breathMs) return;
    await setImmediate();
    since = performance.now();
  };
}
