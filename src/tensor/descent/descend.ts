/** @file The training loop of everything that learns by gradients: epochs, batches, history, checkpoints. */
import { setImmediate } from "node:timers/promises";
import { callUser, checkNames, checkNumber, type LongWork, random } from "../../core/index.ts";
import { fail } from "../errors.ts";
import { clipGradient } from "./clip-gradient.ts";
import { type EarlyStopping, type EarlyStoppingState, earlyStopping } from "./early-stopping.ts";
import type { Optimiser, OptimiserState } from "./optimiser.ts";

/** What is trained: any model with parameters [p], a mean loss over rows, and its gradient. */
export interface DescentProblem {
  /** Where it starts, shape [p]; not changed. */
  readonly start: Float64Array;
  /** Rows to learn from, n ≥ 1. */
  readonly rows: number;
  /** The mean loss of some rows and its gradient [p] at a point; penalties included. */
  readonly slope: (
    parameters: Float64Array,
    rows: Uint32Array,
  ) => { readonly loss: number; readonly gradient: Float64Array };
  /** More metrics of a point, after each epoch: such as `validationLoss`. */
  readonly measure?: (parameters: Float64Array) => Readonly<Record<string, number>>;
}

/** One epoch: each row was used once. */
export interface Epoch {
  /** From 1 on. */
  readonly epoch: number;
  /** `loss`, the mean over the epoch's batches as they were met, and what the problem measures. */
  readonly metrics: Readonly<Record<string, number>>;
  /** The longest gradient of a batch, before it was clipped. */
  readonly gradientNorm: number;
}

/** Everything that decides how training goes on: plain data for `formatJson`. */
export interface DescentCheckpoint {
  readonly format: number;
  readonly epoch: number;
  readonly parameters: Float64Array;
  readonly optimiser: OptimiserState;
  readonly stopping: EarlyStoppingState;
  /** Parameters of the best epoch so far; null before there is one. */
  readonly best: Float64Array | null;
  readonly history: readonly Epoch[];
}

/** Options of {@link descend}. */
export interface DescentOptions {
  readonly optimiser: Optimiser;
  /** Most epochs, counted from the very first, ≥ 1. Default 100. */
  readonly epochs?: number;
  /** Rows of a batch, ≥ 1; all rows are one batch where there are no more. Default 32. */
  readonly batchRows?: number;
  /** Where the order of rows starts. Default 0. */
  readonly seed?: number;
  /** Whether each epoch takes the rows in another order. Default true. */
  readonly shuffle?: boolean;
  /** Longest gradient, and largest number in one. Default: any. */
  readonly clip?: { readonly norm?: number; readonly value?: number };
  /** The learning rate of an epoch, from 1 on. Default: that of the optimiser. */
  readonly rate?: (epoch: number) => number;
  readonly stopping?: EarlyStopping;
  /** A loss this many times the first one counts as diverged. Default 1e6. */
  readonly divergence?: number;
  /** Called after each epoch, with what goes on from there; `false` ends training. */
  readonly onEpoch?: (
    epoch: Epoch,
    checkpoint: () => DescentCheckpoint,
  ) => boolean | undefined | Promise<boolean | undefined>;
  /** Goes on from there as if it had never stopped: the same bits. */
  readonly resume?: DescentCheckpoint;
}

/** What training gave. */
export interface Descent {
  /** Shape [p]: of the best epoch where a stopping rule restores it, else of the last. */
  readonly parameters: Float64Array;
  /** The epoch whose parameters these are. */
  readonly epoch: number;
  readonly history: readonly Epoch[];
  /** All epochs done, no longer better, stopped by `onEpoch`, or diverged. */
  readonly ended: "finished" | "early" | "stopped" | "diverged";
  readonly checkpoint: DescentCheckpoint;
}

const checkpointFormat = 1;

/**
 * Trains by gradient descent: in each epoch the rows come in an order drawn from seed and epoch, a batch at a
 * time; an optimiser steps against the clipped gradient of the batch's mean loss. After an epoch its metrics go
 * into the history, a stopping rule judges them, and `onEpoch` hears of it.
 *
 * Training that diverges (a loss or parameter that is no finite number, or a loss past `divergence` times the
 * first) ends with `ended: "diverged"` and the parameters of the last epoch, or the best, that was sound.
 *
 * @param problem - See {@link DescentProblem}.
 * @param options - See {@link DescentOptions}.
 * @param work - `signal`, looked at between batches; `progress` in epochs.
 * @returns Parameters, history, how it ended, and a checkpoint to go on from.
 * @throws `option/out-of-range`, `option/unknown-name`, `tensor/mismatch-checkpoint`, `user/failed` when
 *   `onEpoch` throws, or the signal's reason
 * @example
 * ```ts
 * const problem = {
 *   start: Float64Array.of(5),
 *   rows: 1,
 *   slope: ([w = 0]: Float64Array) => ({ loss: (w - 1) ** 2, gradient: Float64Array.of(2 * (w - 1)) }),
 * };
 * const done = await descend(problem, { optimiser: optimiser({ kind: "sgd", learningRate: 0.25 }), epochs: 2 });
 * done.parameters // => Float64Array.of(2)
 * done.history.map(({ metrics }) => metrics["loss"]) // => [16, 4]
 * ```
 */
export async function descend(
  problem: DescentProblem,
  options: DescentOptions,
  work: LongWork = {},
): Promise<Descent> {
  const plan = checkedPlan(problem, options);
  let state = startOf(problem, plan);
  let ended: Descent["ended"] = state.stopping.stop ? "early" : "finished";
  while (ended === "finished" && state.epoch < plan.epochs) {
    work.signal?.throwIfAborted();
    const next = await oneEpoch(problem, plan, { state, work });
    if (next === undefined) {
      ended = "diverged";
      break;
    }
    state = next;
    if (state.stopping.stop) ended = "early";
    const epoch = state.history.at(-1);
    const { onEpoch } = plan;
    if (onEpoch !== undefined && epoch !== undefined) {
      const copy = (): DescentCheckpoint => copyOf(state);
      const more = await callUser("descend: onEpoch", () => onEpoch(epoch, copy));
      if (more === false && ended === "finished") ended = "stopped";
    }
    work.progress?.({ done: state.epoch, total: plan.epochs });
  }
  const restores = plan.stopping.options.restoreBest && plan.restore && state.best !== null;
  const { best } = state;
  return {
    parameters: (restores && best !== null ? best : state.parameters).slice(),
    epoch: restores ? state.stopping.bestEpoch : state.epoch,
    history: state.history,
    ended,
    checkpoint: copyOf(state),
  };
}

type Plan = ReturnType<typeof checkedPlan>;

function checkedPlan(problem: DescentProblem, options: DescentOptions) {
  const { epochs = 100, batchRows = 32, seed = 0, shuffle = true, divergence = 1e6 } = options;
  const { clip = {}, rate, onEpoch, resume } = options;
  const at = "descend";
  const names = [
    "optimiser",
    "epochs",
    "batchRows",
    "seed",
    "shuffle",
    "clip",
    "rate",
    "stopping",
    "divergence",
    "onEpoch",
    "resume",
  ];
  checkNames(at, options, names);
  checkNumber(at, { epochs }, { min: 1, integer: true });
  checkNumber(at, { batchRows }, { min: 1, integer: true });
  checkNumber(at, { seed });
  checkNumber(at, { divergence }, { above: 1 });
  checkNames(`${at}: clip`, clip, ["norm", "value"]);
  if (clip.norm !== undefined) checkNumber(`${at}: clip`, { norm: clip.norm }, { above: 0 });
  if (clip.value !== undefined) checkNumber(`${at}: clip`, { value: clip.value }, { above: 0 });
  checkNumber(at, { rows: problem.rows }, { min: 1, integer: true });
  return {
    ...{ epochs, batchRows: Math.min(batchRows, problem.rows), seed, shuffle, divergence, clip },
    ...{ rate, onEpoch, resume, optimiser: options.optimiser },
    stopping: options.stopping ?? earlyStopping({ patience: epochs + 1 }),
    restore: options.stopping !== undefined,
  };
}

function startOf({ start }: DescentProblem, plan: Plan): DescentCheckpoint {
  const { resume } = plan;
  if (resume === undefined)
    return {
      ...{ format: checkpointFormat, epoch: 0, parameters: start.slice(), best: null, history: [] },
      optimiser: plan.optimiser.start(start.length),
      stopping: plan.stopping.start,
    };
  const slots = plan.optimiser.start(0).slots.length;
  const expected = `format ${checkpointFormat}, ${start.length} parameters and ${slots} slots`;
  const got = `format ${resume.format}, ${resume.parameters.length} parameters and ${resume.optimiser.slots.length} slots`;
  if (got !== expected) fail("tensor/mismatch-checkpoint", { expected, got });
  return copyOf(resume);
}

function copyOf(state: DescentCheckpoint): DescentCheckpoint {
  const { optimiser: from } = state;
  return {
    ...state,
    parameters: state.parameters.slice(),
    optimiser: { steps: from.steps, slots: from.slots.map((slot) => slot.slice()) },
  };
}

/** The state after another epoch; undefined where it diverged. The state before is left as it was. */
async function oneEpoch(
  problem: DescentProblem,
  plan: Plan,
  { state, work }: { readonly state: DescentCheckpoint; readonly work: LongWork },
): Promise<DescentCheckpoint | undefined> {
  const epoch = state.epoch + 1;
  const { parameters, optimiser: before } = copyOf(state);
  const rate = plan.rate?.(epoch);
  const order = orderOf(problem.rows, plan, epoch);
  let [memory, sum, gradientNorm] = [before, 0, 0];
  for (let from = 0; from < order.length; from += plan.batchRows) {
    if (from > 0 && (from / plan.batchRows) % 64 === 0) {
      await setImmediate(); // others get a turn
      work.signal?.throwIfAborted();
    }
    const batch = order.subarray(from, from + plan.batchRows);
    const { loss, gradient } = problem.slope(parameters, batch);
    const own = gradient.slice(); // clipping changes nothing of the problem's
    gradientNorm = Math.max(gradientNorm, clipGradient(own, plan.clip));
    if (!Number.isFinite(loss) || !Number.isFinite(gradientNorm)) return undefined;
    sum += loss * batch.length;
    memory = plan.optimiser.step(parameters, own, {
      state: memory,
      ...(rate === undefined ? {} : { rate }),
    });
  }
  const loss = sum / order.length;
  const first = state.history[0]?.metrics["loss"] ?? loss;
  if (!parameters.every(Number.isFinite) || loss > plan.divergence * Math.max(first, 1e-300))
    return undefined;
  const metrics = { loss, ...problem.measure?.(parameters) };
  await setImmediate();
  return judged(
    plan,
    { ...state, epoch, parameters, optimiser: memory },
    { epoch, metrics, gradientNorm },
  );
}

function orderOf(rows: number, { shuffle, seed }: Plan, epoch: number): Uint32Array {
  if (shuffle) return random(seed).stream(`epoch ${epoch}`).shuffled(rows);
  return Uint32Array.from({ length: rows }, (_, i) => i);
}

/** Adds the epoch to the history, and keeps its parameters where it is the best so far. */
function judged(
  { stopping: rule }: Plan,
  state: DescentCheckpoint,
  epoch: Epoch,
): DescentCheckpoint {
  const { metrics } = epoch;
  const monitor = rule.options.monitor ?? ("validationLoss" in metrics ? "validationLoss" : "loss");
  const value = metrics[monitor];
  if (value === undefined)
    return fail("tensor/unknown-metric", { got: monitor, known: Object.keys(metrics) });
  const stopping = rule.next(state.stopping, epoch.epoch, value);
  const best = stopping.bestEpoch === epoch.epoch ? state.parameters.slice() : state.best;
  return { ...state, stopping, best, history: [...state.history, epoch] };
}
