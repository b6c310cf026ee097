/** @file The files of a table's log: which versions and checkpoints there are, and what a commit says. */
import { isMillraceError } from "../../core/index.ts";
import type { Bytes } from "../../store/index.ts";
import { fail } from "../errors.ts";
import { inParallel, mostRequests } from "../in-parallel.ts";
import { type Action, type CommitInfo, commitName, parseCommit, toldTime } from "./actions.ts";

/**
 * Asked when a write begins: throws `table/conflict-drop` for a table that is being dropped, and else
 * gives what is asked before the commit, and after it.
 */
export type Fence = () => Promise<FencePass>;

/** Throws `table/conflict-drop` or `table/conflict-dropped` when the table was dropped since. */
export type FencePass = () => Promise<void>;

/** Where a table is: its name for messages, and its folder's key in the store. */
export interface TablePlace {
  readonly name: string;
  readonly folder: string;
  readonly bytes: Bytes;
  /** What each write passes; absent outside a lake. */
  readonly fence?: Fence;
  /** Where another table of the same lake is, by its name; absent outside a lake. */
  readonly beside?: (name: string) => TablePlace;
}

/** A checkpoint all of whose parts are there. */
export interface Checkpoint {
  readonly version: number;
  /** The names of its files, in order. */
  readonly files: readonly string[];
}

/** What is in the folder of a log. */
export interface Log {
  /** Versions that have a commit file, ascending. */
  readonly versions: readonly number[];
  /** Whole checkpoints, ascending. */
  readonly checkpoints: readonly Checkpoint[];
  /** The newest version, or -1 when there is no table. */
  readonly latest: number;
  /** Whether there is a checkpoint of the v2 kind, which Millrace does not read. */
  readonly v2: boolean;
}

/** Where another table of the same lake is. Throws `table/unsupported-feature` outside a lake. */
export function placeBeside({ name, beside }: TablePlace, other: string): TablePlace {
  const feature = "a quarantine for a table outside a lake";
  return beside === undefined
    ? fail("table/unsupported-feature", { name, feature })
    : beside(other);
}

/** The file of a log by which a table is gone, though not all of its files are yet. */
export const dropMark = "_dropped";

/** The folder of a table's log. */
export const logFolder = (place: TablePlace): string => `${place.folder}/_delta_log`;

/** The key of a version's commit. */
export const commitKey = (place: TablePlace, version: number): string =>
  `${logFolder(place)}/${commitName(version)}`;

const commitPattern = /^\d{20}\.json$/;
const checkpointName = /^(\d{20})\.checkpoint(?:\.(\d{10})\.(\d{10}))?\.parquet$/;
const v2Name = /^\d{20}\.checkpoint\.[0-9a-f-]{36}\.(json|parquet)$/;

const noLog: Log = { versions: [], checkpoints: [], latest: -1, v2: false };

/**
 * Lists a log, or the part of it that begins with a version. One call of the store, and O(files of
 * the log). That of a dropped table is empty.
 */
export async function listLog(place: TablePlace, from = 0): Promise<Log> {
  const after = from <= 0 ? {} : { after: commitName(from - 1) };
  const names = await place.bytes.list(logFolder(place), after); // sorted, so versions come out ascending
  if (names.includes(dropMark)) return noLog;
  const versions: number[] = [];
  const parts = new Map<string, { version: number; of: number; files: string[] }>();
  let v2 = false;
  for (const name of names) {
    if (commitPattern.test(name)) versions.push(Number(name.slice(0, 20)));
    else if (name.includes(".checkpoint.")) {
      const [, version, , of = "1"] = checkpointName.exec(name) ?? [];
      v2 ||= v2Name.test(name);
      if (version === undefined) continue;
      const key = `${version}/${of}`; // a one-part and a multi-part checkpoint may stand side by side
      const found = parts.get(key) ?? { version: Number(version), of: Number(of), files: [] };
      found.files.push(name);
      parts.set(key, found);
    }
  }
  const checkpoints = [...parts.values()]
    .filter(({ of, files }) => files.length === of)
    .sort((a, b) => a.version - b.version);
  const latest = Math.max(versions.at(-1) ?? -1, checkpoints.at(-1)?.version ?? -1);
  return { versions, checkpoints, latest, v2 };
}

/**
 * The version of the newest checkpoint, as the log's own note says it: a hint, which may be wrong.
 * Undefined where there is none.
 */
async function notedCheckpoint(place: TablePlace): Promise<number | undefined> {
  try {
    const note = await place.bytes.get(`${logFolder(place)}/_last_checkpoint`);
    const said = JSON.parse(Buffer.from(note).toString()) as { readonly version?: unknown } | null;
    const version = said?.version;
    return Number.isSafeInteger(version) && Number(version) > 0 ? Number(version) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || isMillraceError(error, "store/missing-bytes"))
      return undefined;
    throw error;
  }
}

/**
 * The end of a log, from a version that is known to be in it or from the newest checkpoint, for
 * stores where the whole is many requests. Undefined where the whole must be listed: the store is a
 * folder, the log is short, or it is not as it was said to be.
 */
export async function endOfLog(place: TablePlace, known?: number): Promise<Log | undefined> {
  if (place.bytes.copies === undefined) return undefined;
  const from = known ?? (await notedCheckpoint(place));
  const log = from === undefined ? undefined : await listLog(place, from);
  return log !== undefined && log.latest >= (from ?? 0) ? log : undefined;
}

/** The newest version, or -1 when there is no table. */
export async function latestVersion(place: TablePlace): Promise<number> {
  return ((await endOfLog(place)) ?? (await listLog(place))).latest;
}

/** Reads the actions of one commit. Throws `table/corrupt-log`. */
export async function readCommit(place: TablePlace, version: number): Promise<Action[]> {
  const bytes = await place.bytes.get(commitKey(place, version));
  return parseCommit(bytes, { name: place.name, file: commitName(version) });
}

/** What is read of a commit; undefined when another program cut it from the log since that was listed. */
export async function ifThere<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (isMillraceError(error, "store/missing-bytes")) return undefined;
    throw error;
  }
}

/** What a commit says about itself; undefined when it says nothing. */
export async function commitInfoOf(
  place: TablePlace,
  version: number,
): Promise<CommitInfo | undefined> {
  const actions = await readCommit(place, version);
  return actions.find((action) => action.commitInfo !== undefined)?.commitInfo;
}

/**
 * When a version was committed: by the time that its table keeps rising, else by what its writer
 * says, else by the store's time of the file.
 */
export async function commitTime(
  place: TablePlace,
  version: number,
  info: CommitInfo | undefined,
): Promise<number> {
  return toldTime(info) ?? (await place.bytes.stat(commitKey(place, version)))?.modifiedMs ?? 0;
}

/** The oldest version that can be read: the first checkpoint's, or 0 where the log is whole. */
export const firstVersion = ({ versions, checkpoints }: Log): number | undefined =>
  versions[0] === 0 ? 0 : checkpoints[0]?.version;

/**
 * The newest version that was committed at or before a moment. A version is at the moment when it and
 * all before it were, so one whose writer had its clock behind was no earlier than the one before.
 * Millrace commits a millisecond later at least, as in-commit timestamps have it; of versions that another
 * program committed at one moment, that moment gives the last. Reads the commits up to the first that is
 * later, many at a time.
 *
 * @throws `table/missing-moment` when the log that is left begins later
 */
export async function versionAt(place: TablePlace, at: Date): Promise<number> {
  const log = await listLog(place);
  const oldest = firstVersion(log) ?? 0;
  const versions = log.versions.filter((version) => version >= oldest);
  let found: number | undefined;
  let first: number | undefined;
  for (let from = 0; from < versions.length; from += mostRequests) {
    const some = versions.slice(from, from + mostRequests);
    const times = await inParallel(some, mostRequests, (version) =>
      ifThere(async () => commitTime(place, version, await commitInfoOf(place, version))),
    );
    first ??= times.find((time) => time !== undefined);
    const later = times.findIndex((time) => (time ?? 0) > at.getTime());
    found = some[(later < 0 ? some.length : later) - 1] ?? found;
    if (later >= 0) break;
  }
  if (found !== undefined) return found;
  const begins = first === undefined ? "none" : new Date(first).toISOString();
  return fail("table/missing-moment", { name: place.name, at: at.toISOString(), first: begins });
}
