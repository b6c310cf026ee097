/** @file Forests of trees from a matrix: whole trees, on the calling thread or one after another on workers. */
import { availableParallelism } from "node:os";
import { setImmediate } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { type LongWork, random } from "../../core/index.ts";
import type { Matrix } from "../../flow.ts";
import { fail } from "../errors.ts";
import { loadKernelFile, openModule, sharedMemory } from "../kernel-file.ts";
import { assembleForest } from "./assemble-forest.ts";
import { binCodes, type FeatureBins, forestBins } from "./forest-bins.ts";
import {
  type ForestCode,
  type ForestJob,
  type GrownTree,
  nextTree,
  openForestGrower,
} from "./forest-grower.ts";
import { type ForestOptions, planForest, stagedRows, writeForest } from "./forest-layout.ts";
import type { ForestNews, ForestTask } from "./forest-worker.ts";
import type { Trees } from "./trees.ts";

const smallWork = 20_000_000; // rows · features · trees below which starting workers costs more than it saves
const breathMs = 25; // how long the calling thread is kept before others get a turn

/** What to learn from. */
export interface ForestProblem {
  /** Shape [n, d], n ≥ 1, d ≥ 1; NaN is missing, everything else finite. */
  readonly x: Matrix;
  /** Shape [n]: numbers of classes, or numbers. */
  readonly y: Float64Array;
  /** Number of classes, 2 to 65,535; 0 where labels are numbers. */
  readonly classes: number;
  /** Shape [n], above 0; absent: 1 each. */
  readonly weights?: Float64Array | undefined;
  /** Features that hold codes of categories. */
  readonly categorical?: ReadonlySet<number>;
  readonly options: ForestOptions;
  /** Whether to say how often each tree drew each row. Default false. */
  readonly keepsDrawn?: boolean;
  /** Threads to use, 1 to 32; default 1 for little work, else as many as the machine has. */
  readonly threads?: number | undefined;
}

/** What was grown. */
export interface GrownForest {
  readonly trees: Trees;
  /** How often each tree drew each row, at most 255, [trees] of [n]; empty unless it was asked for. */
  readonly drawn: readonly Uint8Array[];
}

/**
 * Grows a forest whose answer is the mean over its trees: the share of the second class, of each class where there
 * are more than two, or a number. Each tree has its own stream of chance, and is grown by one thread, so the
 * result does not depend on the number of threads, bit for bit. O(trees·n·log n·maxFeatures) time where trees
 * are balanced; n·(d + 8) bytes, and for each thread 36·n and its tree.
 *
 * @param problem - Data and options.
 * @param work - Progress in trees; the signal is heard between trees.
 * @returns The trees; covers are weights of rows, gains are weights times lost impurity.
 * @throws `tensor/missing-kernel`, `tensor/out-of-range-memory`, `tensor/failed-worker`, or the signal's reason.
 * @example
 * ```ts
 * const options = {
 *   trees: 1, criterion: "gini", maxDepth: 1, minSamplesLeaf: 1, minSamplesSplit: 2, maxFeatures: 1, samples: 4,
 *   bootstrap: false, randomThresholds: false, bins: 255, seed: 0,
 * } as const;
 * const problem = { x: matrix([[1], [2], [3], [4]]), y: Float64Array.of(0, 0, 1, 1), classes: 2, options };
 * const { trees } = await growForest(problem);
 * trees.thresholds // => Float64Array.of(2.5, 0, 0)
 * trees.values // => Float64Array.of(0.5, 0, 1)
 * ```
 * @see Breiman, Machine Learning 45, 2001; Geurts et al., Machine Learning 63, 2006. Peer: scikit-learn
 *   `RandomForestClassifier`, `ExtraTreesRegressor`.
 */
export async function growForest(
  problem: ForestProblem,
  work: LongWork = {},
): Promise<GrownForest> {
  work.signal?.throwIfAborted();
  const { x, options, classes } = problem;
  const cells = x.data.length * options.trees;
  const { threads = cells < smallWork ? 1 : Math.min(32, availableParallelism()) } = problem;
  const centre = classes === 0 && options.criterion !== "poisson" ? centreOf(problem.y) : 0;
  const { job, features } = await openForest({
    ...problem,
    y: centre === 0 ? problem.y : problem.y.map((label) => label - centre),
    threads: Math.min(threads, options.trees),
  });
  const grown =
    job.layout.spaces.length === 1 ? await growHere(job, work) : await growOnWorkers(job, work);
  const trees = assembleForest(grown, { features, classes, layout: job.layout });
  if (centre !== 0)
    for (const [i, value] of trees.values.entries()) trees.values[i] = value + centre;
  return { trees, drawn: problem.keepsDrawn === true ? grown.map(({ drawn }) => drawn) : [] };
}

const farOff = 16; // standard deviations from 0: nearer, squares lose less than a byte of their digits

/** The mean of labels that lie far from 0, whose squares would drown their differences; otherwise 0. */
function centreOf(y: Float64Array): number {
  let [mean, squares] = [0, 0];
  for (const [i, label] of y.entries()) {
    const off = label - mean;
    mean += off / (i + 1);
    squares += off * (label - mean);
  }
  return Math.abs(mean) > farOff * Math.sqrt(squares / y.length) ? mean : 0;
}

/** Chooses bins, compiles the kernel and lays the data out for it. @throws as {@link growForest} */
export async function openForest(
  problem: ForestProblem & { readonly threads: number },
): Promise<{ readonly job: ForestJob; readonly features: readonly FeatureBins[] }> {
  const { x, y, classes, weights, options, threads } = problem;
  const features = forestBins(x, { categorical: problem.categorical ?? new Set(), ...options });
  const module = await loadKernelFile("forest", ["open", "binRows", "growTree"]);
  const { heapBase } = openModule(module, sharedMemory(65_536)) as ForestCode;
  const shape = {
    rows: x.rows,
    width: x.cols,
    classes,
    weighted: weights !== undefined,
    threads,
    options,
  };
  const layout = planForest(shape, heapBase());
  const memory = sharedMemory(layout.bytes);
  writeForest(memory, layout);
  const { buffer } = memory;
  const { words } = layout;
  if (classes === 0) new Float64Array(buffer, words.labels, x.rows).set(y);
  else new Uint32Array(buffer, words.labels, x.rows).set(y);
  if (weights !== undefined) new Float64Array(buffer, words.weights, x.rows).set(weights);
  const counts = new Uint32Array(buffer, words.counts, x.cols);
  const kinds = new Uint8Array(buffer, words.kinds, x.cols);
  const cuts = new Float64Array(buffer, words.cuts, 256 * x.cols).fill(Infinity);
  const edges = new Float64Array(buffer, words.edges, 256 * x.cols);
  for (const [f, feature] of features.entries()) {
    counts[f] = feature.codes?.length ?? feature.cuts.length + 1;
    kinds[f] = feature.codes === undefined ? 0 : 1;
    cuts.set(feature.cuts, 256 * f);
    edges.set(feature.edges, 256 * f);
    if (feature.codes === undefined) continue;
    binCodes(x, f, feature.codes, new Uint8Array(buffer, words.bins + f * x.rows, x.rows));
  }
  const draws = random(options.seed).stream("forest");
  const keys = BigUint64Array.from({ length: options.trees }, (_, tree) => {
    const stream = draws.stream(`${tree}`);
    return (BigInt(stream.next() * 2 ** 32) << 32n) | BigInt(stream.next() * 2 ** 32);
  });
  const job = { module, memory, layout, keys, keepsDrawn: problem.keepsDrawn === true };
  await binAll(job, x);
  return { job, features };
}

async function binAll({ module, memory, layout }: ForestJob, x: Matrix): Promise<void> {
  const code = openModule(module, memory) as ForestCode;
  code.open(layout.job, layout.spaces[0]!.at);
  const staging = new Float64Array(memory.buffer, layout.words.staging, stagedRows * x.cols);
  const breathe = breather();
  for (let first = 0; first < x.rows; first += stagedRows) {
    const end = Math.min(x.rows, first + stagedRows);
    staging.set(x.data.subarray(first * x.cols, end * x.cols));
    code.binRows(first, end - first);
    await breathe();
  }
}

async function growHere(job: ForestJob, { signal, progress }: LongWork): Promise<GrownTree[]> {
  const grow = openForestGrower(job, 0);
  const grown: GrownTree[] = [];
  const total = job.keys.length;
  const breathe = breather();
  for (let tree = 0; tree < total; tree++) {
    signal?.throwIfAborted();
    grown.push(grow(tree));
    progress?.({ done: tree + 1, total });
    await breathe();
  }
  return grown;
}

const extension = import.meta.url.endsWith(".ts") ? "ts" : "js"; // sources, or what tsc made of them
const workerFile = new URL(`./forest-worker.${extension}`, import.meta.url);

/** Grows the job's trees on as many workers as it has spaces; `file` is what runs in them, and tests run worse. */
export async function growOnWorkers(
  job: ForestJob,
  { signal, progress }: LongWork,
  file = workerFile,
): Promise<GrownTree[]> {
  const total = job.keys.length;
  const grown: GrownTree[] = new Array(total);
  const all = Promise.withResolvers<void>();
  const onAbort = (): void => all.reject(signal?.reason);
  signal?.addEventListener("abort", onAbort);
  if (signal?.aborted === true) onAbort();
  let [done, ended] = [0, 0];
  const workers = job.layout.spaces.map((_, thread) => {
    const workerData: ForestTask = { job, thread };
    const worker = new Worker(file, { workerData, name: `forest ${thread}` });
    worker.on("message", ({ tree, ...rest }: ForestNews) => {
      grown[tree] = rest;
      done++;
      try {
        progress?.({ done, total });
      } catch (error) {
        all.reject(error); // the caller's own; nobody else would catch it here
      }
      if (done === total) all.resolve();
    });
    const failed = (reason: string, cause?: unknown): void => {
      try {
        fail("tensor/failed-worker", { thread, reason }, { cause });
      } catch (error) {
        all.reject(error);
      }
    };
    worker.on("error", (error: Error) => failed(error.message, error));
    worker.on("exit", (code) => {
      ended++;
      if (code !== 0 || ended === workers.length) failed(`exit code ${code}`); // without effect once all is there
    });
    return worker;
  });
  try {
    await all.promise;
    return grown;
  } finally {
    signal?.removeEventListener("abort", onAbort);
    Atomics.store(nextTree(job), 0, total); // nobody begins another
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
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
