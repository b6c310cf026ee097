/** @file Params of a run: written once, and never changed. */
import type { RecordDatabase } from "../store/index.ts";
import { fail } from "./errors.ts";
import type { KeyText } from "./tracking-store/records.ts";

/** Adds params of a run; one that is there already must have the same value. Throws `run/conflict-param`. */
export async function putParams(
  db: RecordDatabase,
  id: string,
  params: readonly KeyText[],
): Promise<void> {
  if (params.length === 0) return;
  const keys = params.map(({ key }) => key);
  const rows = await db
    .selectFrom("param")
    .selectAll()
    .where("run_id", "=", id)
    .where("key", "in", keys)
    .execute();
  const held = new Map(rows.map(({ key, value }) => [key, value]));
  const added: KeyText[] = [];
  for (const { key, value } of params) {
    const stored = held.get(key);
    if (stored === undefined) added.push({ key, value });
    else if (stored !== value) fail("run/conflict-param", { run: id, key, stored, given: value });
    held.set(key, value);
  }
  if (added.length === 0) return;
  await db
    .insertInto("param")
    .values(added.map(({ key, value }) => ({ run_id: id, key, value })))
    .execute();
}
