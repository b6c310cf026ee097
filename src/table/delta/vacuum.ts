/** @file VACUUM: removes the files that no version within the retention needs. */
import type { BytesStat } from "../../store/index.ts";
import { fail } from "../errors.ts";
import { heldFiles } from "./held.ts";
import type { TablePlace } from "./log.ts";
import { locateFile } from "./scan.ts";
import type { Snapshot } from "./snapshot.ts";

/** What a vacuum may remove. */
export interface VacuumOptions {
  /** How long a removed file stays for readers of earlier versions, in hours. Default 168: 7 days. */
  readonly retentionHours?: number;
  /** Says what would be removed and removes nothing. */
  readonly dryRun?: boolean;
  /** Allows a retention under 7 days; only when no other process reads or writes the table. */
  readonly force?: boolean;
}

/** What a vacuum did, or would do. */
export interface VacuumReport {
  /** Paths below the table's folder, sorted. */
  readonly removed: readonly string[];
  readonly removedBytes: number;
  /** Files old enough to go, which readers and writers of this process still need. */
  readonly held: readonly string[];
}

const week = 7 * 24;

/**
 * Removes data files that are neither in the newest version nor were taken out of it, or written,
 * within the retention. The log is left alone.
 *
 * @throws `table/out-of-range-retention`
 */
export async function vacuumTable(
  place: TablePlace,
  snapshot: Snapshot,
  { options, nowMs }: { options: VacuumOptions; nowMs: number },
): Promise<VacuumReport> {
  const { retentionHours = week, dryRun = false, force = false } = options;
  if (!(retentionHours >= 0) || (retentionHours < week && !force))
    fail("table/out-of-range-retention", { name: place.name, hours: retentionHours });
  const before = nowMs - retentionHours * 3_600_000;
  const needed = new Set([...snapshot.files.values()].map(({ path }) => locateFile(place, path)));
  for (const { path, deletionTimestamp = 0 } of snapshot.tombstones.values())
    if (deletionTimestamp > before) needed.add(locateFile(place, path));
  const { bytes, folder } = place;
  const located = (path: string): string => bytes.locate(`${folder}/${path}`);
  const old = (await dataFiles(place, "")).filter(
    ({ path, modifiedMs }) => modifiedMs <= before && !needed.has(located(path)),
  );
  const isHeld = heldFiles();
  const free = old.filter(({ path }) => !isHeld(located(path)));
  if (!dryRun) for (const { path } of free) await bytes.remove(`${folder}/${path}`);
  return {
    removed: free.map(({ path }) => path),
    removedBytes: free.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    held: old.filter((file) => !free.includes(file)).map(({ path }) => path),
  };
}

interface DataFile extends BytesStat {
  readonly path: string;
}

/** Files below a table's folder, sorted; folders that begin with _ or . are not the table's data. */
async function dataFiles(place: TablePlace, below: string): Promise<readonly DataFile[]> {
  const { bytes, folder } = place;
  const found: DataFile[] = [];
  for (const name of await bytes.list([folder, below].filter(Boolean).join("/"))) {
    if (/^[_.]/.test(name) && !/^_change_data$|=/.test(name)) continue;
    const path = below === "" ? name : `${below}/${name}`;
    const stat = await bytes.stat(`${folder}/${path}`);
    if (stat === undefined) found.push(...(await dataFiles(place, path)));
    else found.push({ path, ...stat });
  }
  return found;
}
