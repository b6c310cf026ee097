/** @file Runs a pipeline: what has changed since its last success, and nothing else. */
import {
  type Clock,
  callUser,
  checkNames,
  type Ids,
  randomIds,
  systemClock,
} from "../core/index.ts";
import type { Records } from "../store/index.ts";
import { fail } from "./errors.ts";
import { type PipelineRun, readRun } from "./history.ts";
import { closeRun, openRun, type PipelineStep } from "./journal.ts";
import { keepLease, type Lease } from "./lease.ts";
import type { Pipeline } from "./pipeline.ts";
import { sentenceOf, settle, type Walk } from "./settle.ts";

/** What a caller is told about a step when it starts and when it ends. */
export interface StepEvent {
  readonly step: string;
  readonly state: "running" | PipelineStep["state"];
  /** Counts from 1. */
  readonly position: number;
  readonly total: number;
  /** What became of it; null when it starts. */
  readonly record: PipelineStep | null;
}

/** How a pipeline is run. */
export interface RunPipelineOptions {
  /** Where its state is kept, and with it what need not be done again. */
  readonly records: Records;
  readonly clock?: Clock;
  readonly ids?: Ids;
  /** Cancels the run; its promise is then rejected with the signal's reason. */
  readonly signal?: AbortSignal;
  readonly onStep?: (event: StepEvent) => void;
  /** Runs steps though nothing has changed: all of them, or those named. Default false. */
  readonly force?: boolean | readonly string[];
}

/**
 * Runs the steps one after another, each after those it needs. A step whose hash (of its name,
 * version, inputs, and the outputs of the steps it needs) is that of its last success is skipped,
 * and its stored output is handed on. State is written before and after every step: after a crash
 * the next run skips what was done and runs the interrupted step again. A step that fails stops
 * those that need it, not the others.
 *
 * @param pipeline - What to run.
 * @param options - Where and how; see {@link RunPipelineOptions}.
 * @returns The run as it was recorded, with state "finished".
 * @throws `pipeline/failed-step`, with the first failure as cause; `pipeline/conflict-run` while
 * another run of it is under way: until its process is gone or was not heard of for 30 s;
 * `pipeline/conflict-lease`; `pipeline/unknown-step` in `force`
 * @example
 * ```ts
 * await using records = await openRecords(":memory:");
 * const churn = pipeline("churn", [step({ name: "clean", run: async () => ({ rows: 7043 }) })]);
 * (await runPipeline(churn, { records })).ran // => ["clean"]
 * (await runPipeline(churn, { records })).ran // => []
 * ```
 */
export async function runPipeline(
  pipeline: Pipeline,
  options: RunPipelineOptions,
): Promise<PipelineRun> {
  checkNames("runPipeline", options, ["records", "clock", "ids", "signal", "onStep", "force"]);
  const { records, clock = systemClock, ids = randomIds, onStep = () => undefined } = options;
  const force = forcedSteps(pipeline, options.force ?? false);
  options.signal?.throwIfAborted();
  const lease: Lease = { records, clock, pipeline: pipeline.name, runId: ids() };
  const number = await openRun(lease);
  const kept = keepLease(lease);
  const signals = options.signal === undefined ? [kept.signal] : [options.signal, kept.signal];
  const state = { outputs: new Map(), blocked: new Map(), failures: [] };
  const walk: Walk = { lease, number, signal: AbortSignal.any(signals), force, ...state };
  try {
    await walkSteps(pipeline, walk, onStep);
    await closeRun(lease, null);
  } catch (error) {
    // A lease that is lost cannot be given back, and the first error is the one to tell.
    await closeRun(lease, sentenceOf(error)).catch(() => undefined);
    throw error;
  } finally {
    kept.stop();
  }
  return readRun(records, lease.runId);
}

function forcedSteps(pipeline: Pipeline, force: boolean | readonly string[]): readonly string[] {
  const known = pipeline.steps.map(({ name }) => name);
  if (typeof force === "boolean") return force ? known : [];
  for (const step of force)
    if (!known.includes(step))
      fail("pipeline/unknown-step", { at: "runPipeline: force", step, known });
  return force;
}

type OnStep = (event: StepEvent) => void;

async function walkSteps({ steps }: Pipeline, walk: Walk, onStep: OnStep): Promise<void> {
  const total = steps.length;
  const tell = (event: StepEvent) => callUser("runPipeline: onStep", () => onStep(event));
  for (const [i, step] of steps.entries()) {
    const place = { step: step.name, position: i + 1, total };
    await tell({ ...place, state: "running", record: null });
    const record = await settle(walk, step, i + 1);
    await tell({ ...place, state: record.state, record });
    walk.signal.throwIfAborted();
  }
  const [first] = walk.failures;
  if (first === undefined) return;
  const { pipeline, runId } = walk.lease;
  const notRun = [...walk.blocked].filter(([step, by]) => step !== by).map(([step]) => step);
  const details = { pipeline, step: first.step, runId, reason: sentenceOf(first.error), notRun };
  fail("pipeline/failed-step", details, { cause: first.error });
}
