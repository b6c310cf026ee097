/** @file Whether a commit that was put counts: one below a checkpoint that others made meanwhile is read by nobody. */
import { fail } from "../errors.ts";
import { type Action, pathKey } from "./actions.ts";
import { addressOf } from "./file-paths.ts";
import { commitKey, listLog, type TablePlace } from "./log.ts";
import { spanOf } from "./settings.ts";
import { readSnapshot, type Snapshot } from "./snapshot.ts";
import type { Writer } from "./write-files.ts";

/** A try to commit: the state it was planned from, and when the end of the log was last looked at. */
export interface Try {
  readonly snapshot: Snapshot | undefined;
  readonly lookedMs: number;
}

/** A commit that was put. */
export interface PutCommit {
  readonly version: number;
  readonly body: Uint8Array;
  readonly actions: readonly Action[];
}

const minuteMs = 60_000;

/**
 * Whether so much time has gone since the end of the log was looked at that a clean-up may have
 * removed a commit of another writer since. Programs keep a commit for the table's
 * `delta.logRetentionDuration` (a month, unless it says otherwise); a minute is far below that, and
 * whoever was at work for so long does not notice a request more.
 */
function isLate({ place, clock }: Writer, { snapshot, lookedMs }: Try): boolean {
  const gone = clock() - lookedMs;
  // a clock that was set back says nothing
  return !(gone >= 0 && gone < Math.min(minuteMs, keptMs(place.name, snapshot) / 2));
}

/** For how long a commit stays in the log; nothing where the table says it in words of another program. */
function keptMs(name: string, snapshot: Snapshot | undefined): number {
  const defaultMs = 30 * 1440 * minuteMs;
  if (snapshot === undefined) return defaultMs;
  try {
    return spanOf(name, snapshot.metaData, { key: "delta.logRetentionDuration", defaultMs });
  } catch {
    return 0;
  }
}

/**
 * The try, after a late one has looked at the end of the log once more; undefined where that goes on
 * after the version and has it not, so that it was committed and cleaned away.
 */
export async function lookAgain(
  writer: Writer,
  from: Try,
  version: number,
): Promise<Try | undefined> {
  if (!isLate(writer, from)) return from;
  const lookedMs = writer.clock();
  const { versions, latest } = await listLog(writer.place, version);
  return latest >= version && !versions.includes(version) ? undefined : { ...from, lookedMs };
}

/**
 * Whether a commit that was put is in the state of the table. It is not when the version was taken
 * already: others committed it, made a checkpoint after it, and cleaned the log up to that while this
 * writer paused. The file is then taken back, and whoever planned the commit plans it again.
 *
 * Costs nothing while the commit before is there (a look at the disk; in a remote store, where that is
 * a request, only a late try looks), and else a listing of the log's end. Only a commit that a checkpoint
 * covers is ever taken back: without one, each reader comes by it, and others may have built on it.
 *
 * @throws `table/unknown-outcome` when the log cannot be read: the commit is there, and may count
 */
export async function counts(writer: Writer, put: PutCommit, from: Try): Promise<boolean> {
  try {
    return await isCounted(writer, put, from);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const { version } = put;
    return fail("table/unknown-outcome", { name: writer.place.name, version, reason }, { cause });
  }
}

async function isCounted(writer: Writer, put: PutCommit, from: Try): Promise<boolean> {
  const { place } = writer;
  const { version } = put;
  const isRemote = place.bytes.copies !== undefined;
  const isAfterAnother =
    version === 0 || isRemote || (await place.bytes.has(commitKey(place, version - 1)));
  if (isAfterAnother && !isLate(writer, from)) return true;
  const { versions, checkpoints } = await listLog(place, version);
  if (checkpoints.length === 0) return true;
  if (versions.includes(version + 1) && (await isBuiltOn(place, version))) return true;
  const state = await readSnapshot(writer);
  if (state === undefined || holds(writer, state, put.actions)) return true;
  const there = await place.bytes.get(commitKey(place, version)).catch(() => undefined);
  if (there !== undefined && Buffer.from(there).equals(put.body))
    await place.bytes.remove(commitKey(place, version));
  return false;
}

/**
 * Whether the next version was put after a commit, and so was made from it: by the store's clock, which
 * may tell seconds only.
 */
async function isBuiltOn(place: TablePlace, version: number): Promise<boolean> {
  const [ours, next] = await Promise.all(
    [version, version + 1].map((of) => place.bytes.stat(commitKey(place, of))),
  );
  return ours !== undefined && next !== undefined && !(ours.modifiedMs > next.modifiedMs);
}

/**
 * Whether a state has come by way of the actions. New files have names that nobody else gives; what
 * adds none of them can be done twice, and is told by the moment at which it removed files, and by the
 * marks and rules that it set.
 */
function holds(writer: Writer, state: Snapshot, actions: readonly Action[]): boolean {
  const { place, written } = writer;
  const ours = new Set(written.map((key) => place.bytes.locate(key)));
  const added = actions.flatMap(({ add }) => add ?? []);
  const fresh = added.filter(({ path }) => ours.has(addressOf(place, path)));
  const { files, tombstones, txns } = state;
  const known = (path: string): boolean =>
    files.has(pathKey(path)) || tombstones.has(pathKey(path));
  if (fresh.length > 0) return fresh.every(({ path }) => known(path));
  const rules = ({ protocol, metaData }: Action): boolean =>
    [
      [protocol, state.protocol],
      [metaData, state.metaData],
    ].every(([set, now]) => set === undefined || JSON.stringify(set) === JSON.stringify(now));
  return actions.every((action) => {
    const { remove, add, txn } = action;
    if (remove !== undefined)
      return tombstones.get(pathKey(remove.path))?.deletionTimestamp === remove.deletionTimestamp;
    if (add !== undefined) return known(add.path);
    if (txn !== undefined) return (txns.get(txn.appId) ?? -1) >= txn.version;
    return rules(action);
  });
}
