/** @file The audit log: who did what to a model, when and why. Rows are added and never changed. */
import type { RecordDatabase } from "../store/index.ts";

/** What can be done to a model. */
export type AuditAction = "register" | "set-alias" | "remove-alias";

/** One thing that was done. */
export interface AuditEntry {
  /** Counts from 1 for each model. */
  readonly sequence: number;
  readonly atMs: number;
  readonly actor: string;
  readonly action: AuditAction;
  /** The alias that was moved; null for a registration. */
  readonly alias: string | null;
  /** The version before and after; null where there was or is none. */
  readonly from: number | null;
  readonly to: number | null;
  readonly reason: string;
}

/** Adds an entry to a model's log, inside the transaction that does the thing. */
export async function addAudit(
  db: RecordDatabase,
  name: string,
  entry: Omit<AuditEntry, "sequence">,
): Promise<void> {
  const last = await db
    .selectFrom("registry_audit")
    .select((is) => is.fn.max("sequence").as("sequence"))
    .where("name", "=", name)
    .executeTakeFirst();
  const { atMs, actor, action, alias, from, to, reason } = entry;
  const row = {
    name,
    sequence: Number(last?.sequence ?? 0) + 1,
    at_ms: atMs,
    actor,
    action,
    alias,
  };
  await db
    .insertInto("registry_audit")
    .values({ ...row, from_number: from, to_number: to, reason })
    .execute();
}

/** A model's log, oldest first. */
export async function readAudit(db: RecordDatabase, name: string): Promise<readonly AuditEntry[]> {
  const rows = await db
    .selectFrom("registry_audit")
    .selectAll()
    .where("name", "=", name)
    .orderBy("sequence")
    .execute();
  return rows.map((row) => ({
    ...{ sequence: row.sequence, atMs: row.at_ms, actor: row.actor },
    ...{ action: row.action as AuditAction, alias: row.alias },
    ...{ from: row.from_number, to: row.to_number, reason: row.reason },
  }));
}
