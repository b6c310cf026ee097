/** @file The lease by which one run of a pipeline keeps others out while its process lives. */
import { hostname } from "node:os";
import { type Clock, isMillraceError } from "../core/index.ts";
import type { RecordDatabase, Records } from "../store/index.ts";
import { fail } from "./errors.ts";

/** What a run holds while it is under way. */
export interface Lease {
  readonly records: Records;
  readonly clock: Clock;
  readonly pipeline: string;
  readonly runId: string;
}

/** A lease not renewed for longer than this is dead, in milliseconds. */
export const leaseMs = 30_000;
const heartbeatMs = 5_000;

/** Takes the lease inside a transaction, and gives the id of the dead run that held it, if any. */
export async function takeLease(db: RecordDatabase, lease: Lease): Promise<string | null> {
  const { pipeline, runId, clock } = lease;
  const heartbeat_at_ms = clock();
  const held = await db
    .selectFrom("pipeline_lease")
    .selectAll()
    .where("pipeline", "=", pipeline)
    .executeTakeFirst();
  const heartbeatAgeMs = heartbeat_at_ms - (held?.heartbeat_at_ms ?? 0);
  if (held !== undefined && isAlive(held, heartbeatAgeMs)) {
    const { run_id, pid, host } = held;
    fail("pipeline/conflict-run", { pipeline, runId: run_id, pid, host, heartbeatAgeMs });
  }
  await db.deleteFrom("pipeline_lease").where("pipeline", "=", pipeline).execute();
  const owner = { host: hostname(), pid: process.pid };
  const row = { pipeline, run_id: runId, ...owner, heartbeat_at_ms };
  await db.insertInto("pipeline_lease").values(row).execute();
  return held?.run_id ?? null;
}

function isAlive(held: { host: string; pid: number }, heartbeatAgeMs: number): boolean {
  const gone = held.host === hostname() && !isRunning(held.pid);
  return heartbeatAgeMs <= leaseMs && !gone;
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM"; // it runs, as another user
  }
}

/**
 * Writes what belongs to a run, in one transaction that renews its lease first: a run that lost
 * its lease writes nothing. Throws `pipeline/conflict-lease`.
 */
export function writeOwned<T>(lease: Lease, write: (db: RecordDatabase) => Promise<T>): Promise<T> {
  const { records, pipeline, runId, clock } = lease;
  return records.db.transaction().execute(async (db) => {
    const { numUpdatedRows } = await db
      .updateTable("pipeline_lease")
      .set({ heartbeat_at_ms: clock() })
      .where("pipeline", "=", pipeline)
      .where("run_id", "=", runId)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) fail("pipeline/conflict-lease", { pipeline, runId });
    return write(db);
  });
}

/** Renews the lease every 5 s until it is stopped; `signal` is aborted when it is lost. */
export function keepLease(lease: Lease): { signal: AbortSignal; stop: () => void } {
  const lost = new AbortController();
  const beat = (): Promise<void> => writeOwned(lease, async () => undefined);
  const timer = setInterval(() => {
    // A beat that could not be written is made up for by the next; a lease outlives several.
    beat().catch((error: unknown) => {
      if (isMillraceError(error, "pipeline/conflict-lease")) lost.abort(error);
    });
  }, heartbeatMs);
  timer.unref();
  return { signal: lost.signal, stop: () => clearInterval(timer) };
}
