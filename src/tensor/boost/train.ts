/** @file Boosted trees from a matrix: on the calling thread, or on worker threads. */
import { availableParallelism } from "node:os";
import { setImmediate } from "node:timers/promises";
import { callUser, type LongWork } from "../../core/index.ts";
import type { Matrix } from "../../flow.ts";
import type { WasmModule } from "../adapter/web-assembly.ts";
import { fail } from "../errors.ts";
import { sharedMemory } from "../kernel-file.ts";
import { columnsOf } from "./columns.ts";
import type { GivenGradients } from "./gradients.ts";
import type { BoostJob, Grown, Stopping } from "./job.ts";
import { loadKernel, openKernel } from "./kernel.ts";
import { jobBytes, mostThreads, planLayout, stagedRows, writeJob } from "./layout.ts";
import { isShifted, type Objective, renewedQuantile } from "./objectives.ts";
import { defaultTreeOptions, type TreeOptions } from "./options.ts";
import { openBooster } from "./rounds.ts";
import { growInWorkers } from "./workers.ts";

const smallCells = 2_000_000; // below this, starting workers costs more than they save
const breathMs = 25; // how long the calling thread is kept before others get a turn

/** Gradients of the user's own: of margins, [n · k] row by row, the derivatives of the loss of each. */
export type GradientFunction = (margins: Float64Array) => GivenGradients | Promise<GivenGradients>;

/** What to learn from. */
export interface BoostProblem {
  /** Shape [n, d], n ≥ 1, d ≥ 1; NaN is missing, everything else finite. */
  readonly x: Matrix;
  /** Shape [n]: 0 or 1, the number of a class, a number, or relevance. */
  readonly y: Float64Array;
  /** Shape [n], above 0; absent: 1 each. */
  readonly weights?: Float64Array | undefined;
  /** Query of each row, [n]; only rankings need it. */
  readonly groups?: Float64Array | undefined;
  /** Features whose numbers are codes of categories, 0, 1, … */
  readonly categorical?: readonly number[];
  /** Default log loss. */
  readonly objective?: Objective;
  /** Outputs before the first tree: a number, or one per output, which says how many there are. */
  readonly base: number | Float64Array;
  readonly options?: Partial<TreeOptions>;
  /** Rows from here on take no part in growing; they judge. Default n. */
  readonly trainRows?: number;
  readonly stopping?: Stopping | undefined;
  /** Gradients of the objective "custom"; trees are then grown on the calling thread. */
  readonly gradients?: GradientFunction | undefined;
  /** Threads to use, 1 to 32; default 1 for less than two million cells, else as many as the machine has. */
  readonly threads?: number | undefined;
}

/**
 * Grows boosted trees from histograms. The result does not depend on the number of threads, bit for bit. O(n·d·depth/2)
 * time for each tree; n·(2d + 17) bytes, where features of few bins share a byte, and histograms of
 * d·bins·8 bytes for each open node. Missing values go, in each split, where that gains most;
 * where a node saw none, to the child with more weight.
 *
 * @param problem - Data, base and options.
 * @param work - Progress in rounds; the signal is heard between rounds.
 * @returns The trees; with rows that judge, their losses, and the trees up to the best round.
 * @throws `tensor/missing-kernel`, `tensor/out-of-range-memory`, `tensor/failed-worker`,
 *   `tensor/timed-out-worker`, `tensor/out-of-range-code`, `tensor/out-of-range-levels`, `tensor/mismatch-shape` and
 *   `user/failed` for gradients of the user's own, or the signal's reason.
 * @example
 * ```ts
 * const options = { trees: 1, depth: 1, learningRate: 1, l2: 0, minChildWeight: 0 };
 * const x = matrix([[1], [2], [3], [4]]);
 * const problem = { x, y: Float64Array.of(0, 0, 1, 1), base: 0, options };
 * const { trees } = await trainTrees(problem);
 * trees.thresholds // => Float64Array.of(2.5, 0, 0)
 * trees.values // => Float64Array.of(0, -2, 2)
 * ```
 * @see Chen & Guestrin, KDD 2016; Ke et al., NeurIPS 2017; Shi et al., NeurIPS 2022 (quantised
 *   gradients). Peers: XGBoost `tree_method="hist"`, LightGBM.
 */
export async function trainTrees(problem: BoostProblem, work: LongWork = {}): Promise<Grown> {
  work.signal?.throwIfAborted();
  const job = await openJob(problem);
  const bin = (): Promise<void> => binAll(job, problem.x, work.signal);
  if (job.layout.threads > 1) return growInWorkers(job, work, { meanwhile: bin });
  await bin();
  return growHere(job, work, problem.gradients);
}

/** Compiles the kernel and lays everything out for it but the rows, which {@link binAll} adds. @throws as {@link trainTrees} */
export async function openJob(problem: BoostProblem): Promise<BoostJob> {
  const { x, y, weights, groups, objective = { name: "logLoss" }, stopping } = problem;
  const options = { ...defaultTreeOptions, ...problem.options };
  const base = typeof problem.base === "number" ? Float64Array.of(problem.base) : problem.base;
  const { trainRows = x.rows, categorical = [] } = problem;
  const threads = problem.gradients === undefined ? (problem.threads ?? defaultThreads(x)) : 1;
  const module = await loadKernel();
  const columns = columnsOf({ x, trainRows, categorical, bins: options.bins, seed: options.seed });
  const shape = {
    ...{ rows: x.rows, trainRows, outputs: base.length, weighted: weights !== undefined },
    ...{ columns, threads, objective, options },
  };
  const layout = planLayout(shape, firstFreeByte(module));
  const memory = sharedMemory(layout.bytes);
  const kernel = openKernel(module, memory);
  const shifted = isShifted(objective.name);
  const labels = shifted ? y.map((value) => value - base[0]!) : y;
  writeJob(kernel, layout, {
    ...shape,
    labels,
    weights,
    start: shifted ? new Float64Array(1) : base,
  });
  const told =
    stopping !== undefined ||
    objective.name === "ranking" ||
    renewedQuantile(objective) !== undefined;
  return {
    ...{ module, memory, layout, columns, options, objective, base, stopping },
    truth: told ? { y, weights, groups } : undefined,
    ...weightsOf(weights, trainRows),
  };
}

function weightsOf(weights: Float64Array | undefined, rows: number) {
  if (weights === undefined) return { weightSum: rows, mostWeight: 1 };
  const some = weights.subarray(0, rows);
  const mostWeight = some.reduce((most, weight) => Math.max(most, weight), 0);
  return { weightSum: some.reduce((sum, weight) => sum + weight, 0), mostWeight };
}

function defaultThreads(x: Matrix): number {
  return x.data.length < smallCells ? 1 : Math.min(mostThreads, availableParallelism());
}

function firstFreeByte(module: WasmModule): number {
  const { code } = openKernel(module, sharedMemory(65_536));
  if (code.jobBytes() !== jobBytes)
    fail("tensor/missing-kernel", { path: "boost.wasm", lacks: ["the job of these sources"] });
  return code.heapBase();
}

/** Turns the rows of a job into bins. @throws the signal's reason */
export async function binAll(
  { module, memory, layout }: BoostJob,
  x: Matrix,
  signal?: AbortSignal,
): Promise<void> {
  const kernel = openKernel(module, memory);
  kernel.code.open(layout.job);
  const staging = new Float64Array(kernel.memory.buffer, layout.staging, stagedRows * x.cols);
  const breathe = breather();
  for (let first = 0; first < x.rows; first += stagedRows) {
    const end = Math.min(x.rows, first + stagedRows);
    staging.set(x.data.subarray(first * x.cols, end * x.cols));
    kernel.code.binRows(first, end - first);
    signal?.throwIfAborted();
    await breathe();
  }
}

async function growHere(
  job: BoostJob,
  { signal, progress }: LongWork,
  gradients: GradientFunction | undefined,
): Promise<Grown> {
  const booster = openBooster(job);
  const total = job.options.trees;
  const breathe = breather();
  for (let done = 1, goesOn = true; goesOn; done++) {
    signal?.throwIfAborted();
    goesOn = booster.round(gradients && (await ask(gradients, booster.margins())));
    progress?.({ done, total });
    await breathe();
  }
  return booster.grown();
}

async function ask(gradients: GradientFunction, margins: Float64Array): Promise<GivenGradients> {
  const given = await callUser("the objective's gradients", () => gradients(margins));
  for (const part of ["gradient", "hessian"] as const) {
    const got: unknown = given?.[part];
    const fits =
      got instanceof Float64Array && got.length === margins.length && got.every(Number.isFinite);
    if (!fits)
      fail("tensor/mismatch-shape", {
        at: `the objective's ${part}`,
        expected: `a Float64Array of ${margins.length} finite numbers`,
        got:
          got instanceof Float64Array
            ? `${got.length}${got.every(Number.isFinite) ? "" : ", some not finite"}`
            : typeof got,
      });
  }
  return given;
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
