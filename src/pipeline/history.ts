/** @file The runs of a pipeline, as they were recorded. */
import { checkNames, checkNumber } from "../core/index.ts";
import type { StepRecord } from "../flow.ts";
import type { Records } from "../store/index.ts";
import { jsonOf, type PipelineStep } from "./journal.ts";

/** One run of a pipeline. */
export interface PipelineRun {
  readonly id: string;
  readonly pipeline: string;
  /** Counts from 1 for each pipeline. */
  readonly number: number;
  /** "running" until it ends; after a crash, until the next run takes its place. */
  readonly state: "running" | "finished" | "failed";
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
  /** Why it failed, as a sentence. */
  readonly error: string | null;
  /** The steps that have ended, in the order they run. */
  readonly steps: readonly PipelineStep[];
  /** The step under way, if any. */
  readonly running: string | null;
  /** The names of the steps that ran to their end. */
  readonly ran: readonly string[];
  /** The names of the steps that were unchanged, or needed one that failed. */
  readonly skipped: readonly string[];
}

/**
 * The runs of a pipeline, newest first. O(runs · steps).
 *
 * @param records - Where {@link runPipeline} wrote them.
 * @param pipeline - The pipeline's name; an unknown one has no runs.
 * @param options - `limit`: how many runs at most, 1 to 10,000. Default 100.
 * @throws `option/out-of-range`
 * @example
 * ```ts
 * await using records = await openRecords(":memory:");
 * await pipelineRuns(records, "churn") // => []
 * ```
 */
export async function pipelineRuns(
  records: Records,
  pipeline: string,
  options: { readonly limit?: number } = {},
): Promise<readonly PipelineRun[]> {
  checkNames("pipelineRuns", options, ["limit"]);
  const { limit = 100 } = options;
  checkNumber("pipelineRuns", { limit }, { min: 1, max: 10_000, integer: true });
  const rows = await records.db
    .selectFrom("pipeline_run")
    .select("id")
    .where("pipeline", "=", pipeline)
    .orderBy("number", "desc")
    .limit(limit)
    .execute();
  return Promise.all(rows.map(({ id }) => readRun(records, id)));
}

/** One run by its id, which must be there. */
export async function readRun({ db }: Records, id: string): Promise<PipelineRun> {
  const run = await db
    .selectFrom("pipeline_run")
    .selectAll()
    .where("id", "=", id)
    .executeTakeFirstOrThrow();
  const rows = await db
    .selectFrom("pipeline_step")
    .selectAll()
    .where("run_id", "=", id)
    .orderBy("position")
    .execute();
  const steps = rows
    .filter(({ state }) => state !== "running")
    .map(({ step, state, milliseconds, attempts, reason, output }) => {
      const record = { step, milliseconds, attempts, reason, output: jsonOf(output) };
      return { ...record, state: state as StepRecord["state"] };
    });
  const named = (state: StepRecord["state"]) =>
    steps.filter((step) => step.state === state).map(({ step }) => step);
  return {
    id,
    pipeline: run.pipeline,
    number: run.number,
    state: run.state as PipelineRun["state"],
    startedAtMs: run.started_at_ms,
    endedAtMs: run.ended_at_ms,
    error: run.error,
    steps,
    running: rows.find(({ state }) => state === "running")?.step ?? null,
    ran: named("ran"),
    skipped: named("skipped"),
  };
}
