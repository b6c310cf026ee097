/** @file VACUUM: removes the files that no version within the retention needs. */
import { realpath } from "node:fs/promises";
import { join, relative } from "node:path";
import type { BytesStat } from "../../store/index.ts";
import { entriesIn } from "../entries.ts";
import { fail } from "../errors.ts";
import { inParallel, mostRequests } from "../in-parallel.ts";
import type { Remove } from "./actions.ts";
import { addressOf, keyOf } from "./file-paths.ts";
import { type HeldFile, unheldOf, withUnheld } from "./held.ts";
import { listLog, readCommit, type TablePlace } from "./log.ts";
import { checkWritable } from "./protocol.ts";
import { removedFilesMs } from "./settings.ts";
import type { Snapshot } from "./snapshot.ts";

/** What a vacuum may remove. */
export interface VacuumOptions {
  /**
   * How long a removed file stays for readers of earlier versions, in hours. Default: what the table's
   * setting `delta.deletedFileRetentionDuration` says, else 168: 7 days.
   */
  readonly retentionHours?: number;
  /** Says what would be removed and removes nothing. */
  readonly dryRun?: boolean;
  /** Allows a shorter retention than the default; only when no other process reads or writes the table. */
  readonly force?: boolean;
}

/** What a vacuum did, or would do. */
export interface VacuumReport {
  /** The retention that it kept to, in hours. */
  readonly retentionHours: number;
  /** Paths below the table's folder, sorted. */
  readonly removed: readonly string[];
  readonly removedBytes: number;
  /** Files old enough to go, which readers and writers of this process still need. */
  readonly held: readonly string[];
}

/** A vacuum's options, the time, and the newest state of the table, which is asked for once more before files go. */
export interface Vacuum {
  readonly options: VacuumOptions;
  readonly nowMs: number;
  readonly newest: () => Promise<Snapshot>;
}

/**
 * Removes data files that are neither in the newest version nor were taken out of it, or written,
 * within the retention. The log is left alone, and so are folders that begin with _ or a dot.
 *
 * @throws `table/out-of-range-retention`, `table/unsupported-feature` for a table with files of other kinds
 */
export async function vacuumTable(
  place: TablePlace,
  { options, nowMs, newest }: Vacuum,
): Promise<VacuumReport> {
  const { name, bytes } = place;
  const snapshot = await newest();
  checkWritable(name, snapshot, false); // what Millrace does not know may stand in files of its own
  const least = removedFilesMs(name, snapshot.metaData) / 3_600_000;
  const { retentionHours = least, dryRun = false, force = false } = options;
  if (!(retentionHours >= 0) || (retentionHours < least && !force && !dryRun))
    fail("table/out-of-range-retention", { name, hours: retentionHours, least });
  const before = nowMs - retentionHours * 3_600_000;
  const removes = [...snapshot.tombstones.values()];
  // A checkpoint remembers removed files for as long as the table keeps them, and no longer.
  if (retentionHours > least) removes.push(...(await removesIn(place)));
  const young = removes.filter(({ deletionTimestamp = 0 }) => deletionTimestamp > before);
  const needed = await addressesOf(place, [...snapshot.files.values(), ...young]);
  const unneeded = await unneededFiles(place, needed);
  const old = unneeded.filter(({ modifiedMs }) => modifiedMs <= before);
  // A restore may have brought files back while the folders were listed, which takes its time. The log is
  // looked at when the files leave already: what is not in it by now is refused to whoever restores.
  const remove = async (free: readonly DataFile[]): Promise<VacuumReport> => {
    const back = await addressesOf(place, filesSince(snapshot, await newest()));
    const spared = old.filter(({ address }) => !back.has(address));
    const isFree = new Set(free);
    const gone = spared.filter((file) => isFree.has(file));
    if (!dryRun) await inParallel(gone, mostRequests, ({ key }) => bytes.remove(key));
    return {
      retentionHours,
      removed: gone.map((file) => file.name),
      removedBytes: gone.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
      held: spared.filter((file) => !isFree.has(file)).map((file) => file.name),
    };
  };
  return dryRun ? remove(unheldOf(old)) : withUnheld(old, remove);
}

/** The files of a state that an earlier one had not. */
const filesSince = (earlier: Snapshot, now: Snapshot): readonly Pick<Remove, "path">[] =>
  now.version === earlier.version
    ? []
    : [...now.files].filter(([key]) => !earlier.files.has(key)).map(([, add]) => add);

/** All removals that commits in the log tell of. */
async function removesIn(place: TablePlace): Promise<readonly Remove[]> {
  const { versions } = await listLog(place);
  const found = await inParallel(versions, mostRequests, async (version) =>
    (await readCommit(place, version)).flatMap(({ remove }) => (remove ? [remove] : [])),
  );
  return found.flat();
}

/** Where files are. One that the log names by its whole path may be in the table's folder by another name of it. */
async function addressesOf(
  place: TablePlace,
  files: readonly Pick<Remove, "path">[],
): Promise<ReadonlySet<string>> {
  const needed = new Set<string>();
  const root = place.bytes.locate(place.folder);
  let real: Promise<string> | undefined;
  for (const { path } of files) {
    const address = addressOf(place, path);
    needed.add(address);
    if (keyOf(place, path) !== undefined) continue;
    real ??= realpath(root);
    const inside = relative(await real, await realpath(address).catch(() => address));
    if (!inside.startsWith("..")) needed.add(join(root, inside));
  }
  return needed;
}

interface DataFile extends BytesStat, HeldFile {
  readonly key: string;
  /** Its path below the table's folder. */
  readonly name: string;
}

/** Files below a table's folder that are not needed, sorted. */
async function unneededFiles(
  place: TablePlace,
  needed: ReadonlySet<string>,
  below = "",
): Promise<readonly DataFile[]> {
  const { bytes, folder } = place;
  const at = [folder, below].filter(Boolean).join("/");
  const entries = await entriesIn(bytes, at);
  const data = entries.names.filter((name) => !/^[_.]/.test(name) || /^_change_data$|=/.test(name));
  const found = await inParallel(data, mostRequests, async (entry) => {
    const name = below === "" ? entry : `${below}/${entry}`;
    const key = `${folder}/${name}`;
    const address = bytes.locate(key);
    if (needed.has(address)) return [];
    const stat = await entries.stat(entry);
    if (stat === undefined) return unneededFiles(place, needed, name);
    const path = bytes.copies?.path(key, stat.sizeBytes) ?? address;
    return [{ name, key, address, path, ...stat }];
  });
  return found.flat();
}
