/** @file Moving aliases, each move with its line in the audit log. */
import type { RecordDatabase } from "../store/index.ts";
import { addAudit } from "./audit.ts";
import { fail } from "./errors.ts";

/** Who does something, and why. */
export interface Who {
  /** Default "unknown". */
  readonly actor?: string;
  /** Default "". */
  readonly reason?: string;
}

/** A move of an alias to a version, or to none. */
export interface AliasMove {
  readonly alias: string;
  readonly to: number | null;
  /** Where the alias must be for the move to happen; null for nowhere. Left out: anywhere. */
  readonly from?: number | null | undefined;
  readonly atMs: number;
  readonly actor: string;
  readonly reason: string;
}

/** Moves an alias inside a transaction; a move to where it is does nothing. */
export async function moveAlias(db: RecordDatabase, name: string, move: AliasMove): Promise<void> {
  const { alias, to, atMs, actor, reason } = move;
  const row = await db
    .selectFrom("model_alias")
    .select("number")
    .where("name", "=", name)
    .where("alias", "=", alias)
    .executeTakeFirst();
  const from = row?.number ?? null;
  const { from: expected = from } = move;
  if (expected !== from) fail("registry/conflict-alias", { name, alias, expected, found: from });
  if (from === to) return;
  await db.deleteFrom("model_alias").where("name", "=", name).where("alias", "=", alias).execute();
  if (to !== null) await db.insertInto("model_alias").values({ name, alias, number: to }).execute();
  const action = to === null ? "remove-alias" : "set-alias";
  await addAudit(db, name, { atMs, actor, action, alias, from, to, reason });
}
