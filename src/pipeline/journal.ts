/** @file What is written down before and after every step, so that a run can be resumed. */
import { formatJson, parseJson } from "../core/index.ts";
import type { Hash, Json, StepRecord } from "../flow.ts";
import type { RecordDatabase } from "../store/index.ts";
import { type Lease, takeLease, writeOwned } from "./lease.ts";

/** One step of a run that has ended, with why. */
export interface PipelineStep extends StepRecord {
  /** How often it was tried; 0 when it was skipped. */
  readonly attempts: number;
  /** Why it was skipped or failed, as a sentence; null when it ran. */
  readonly reason: string | null;
}

/** A step's last success: what its hash was, and what it gave. */
export interface Success {
  readonly hash: string;
  readonly output: Json;
  readonly runNumber: number;
}

const interrupted = "it was interrupted: its process ended before it did";

/**
 * Starts a run: takes the lease and writes the run down, in one transaction. A dead run that held
 * the lease is marked as failed. Throws `pipeline/conflict-run`. Gives the run's number.
 */
export function openRun(lease: Lease): Promise<number> {
  const { records, pipeline, runId, clock } = lease;
  return records.db.transaction().execute(async (db) => {
    const { number } = await db
      .selectFrom("pipeline_run")
      .select(({ fn }) => fn.max("number").as("number"))
      .where("pipeline", "=", pipeline)
      .executeTakeFirstOrThrow();
    const run = { id: runId, pipeline, number: Number(number ?? 0) + 1, state: "running" };
    const times = { started_at_ms: clock(), ended_at_ms: null, error: null };
    await db
      .insertInto("pipeline_run")
      .values({ ...run, ...times })
      .execute();
    const dead = await takeLease(db, lease);
    if (dead !== null) await markInterrupted(db, dead, times.started_at_ms);
    return run.number;
  });
}

async function markInterrupted(db: RecordDatabase, runId: string, now: number): Promise<void> {
  await db
    .updateTable("pipeline_run")
    .set({ state: "failed", ended_at_ms: now, error: interrupted })
    .where("id", "=", runId)
    .execute();
  await db
    .updateTable("pipeline_step")
    .set({ state: "failed", reason: interrupted })
    .where("run_id", "=", runId)
    .where("state", "=", "running")
    .execute();
}

/** Ends a run and gives its lease back. */
export function closeRun(lease: Lease, error: string | null): Promise<void> {
  const { runId, clock } = lease;
  return writeOwned(lease, async (db) => {
    const state = error === null ? "finished" : "failed";
    await db
      .updateTable("pipeline_run")
      .set({ state, ended_at_ms: clock(), error })
      .where("id", "=", runId)
      .execute();
    await db.deleteFrom("pipeline_lease").where("run_id", "=", runId).execute();
  });
}

/** The last success of a step, or null. */
export async function lastSuccess(lease: Lease, step: string): Promise<Success | null> {
  const row = await lease.records.db
    .selectFrom("pipeline_success")
    .select(["hash", "output", "run_number"])
    .where("pipeline", "=", lease.pipeline)
    .where("step", "=", step)
    .executeTakeFirst();
  if (row === undefined) return null;
  return { hash: row.hash, output: jsonOf(row.output), runNumber: row.run_number };
}

/** A step about to run: its earlier success no longer says what is in the stores. */
export function startStep(lease: Lease, step: string, position: number): Promise<void> {
  const { runId: run_id, pipeline } = lease;
  return writeOwned(lease, async (db) => {
    const state = { state: "running", milliseconds: 0, attempts: 0, reason: null, output: "null" };
    await db
      .insertInto("pipeline_step")
      .values({ run_id, step, position, ...state })
      .execute();
    await db
      .deleteFrom("pipeline_success")
      .where("pipeline", "=", pipeline)
      .where("step", "=", step)
      .execute();
  });
}

/** What became of a step; `success` is there when it ran to its end. */
export interface Ended {
  readonly position: number;
  readonly record: PipelineStep;
  readonly success?: { readonly hash: Hash; readonly runNumber: number };
}

/** A step that has ended or is not run at all. */
export function endStep(lease: Lease, { position, record, success }: Ended): Promise<void> {
  const { runId: run_id, pipeline } = lease;
  const { step, state, milliseconds, attempts, reason } = record;
  const output = formatJson(record.output);
  return writeOwned(lease, async (db) => {
    const row = { state, milliseconds, attempts, reason, output };
    await db
      .insertInto("pipeline_step")
      .values({ run_id, step, position, ...row })
      .onConflict((conflict) => conflict.columns(["run_id", "step"]).doUpdateSet(row))
      .execute();
    if (success === undefined) return;
    const { hash, runNumber: run_number } = success;
    await db
      .insertInto("pipeline_success")
      .values({ pipeline, step, hash, output, run_number })
      .execute();
  });
}

/** The value as its stored form gives it back, so that a resumed run sees what the first one saw. */
export function jsonOf(text: string): Json {
  return parseJson(text, "the output of a pipeline step") as Json;
}
