/** @file Moves segments of a journal into the table, once each, in order; also those of the dead. */
import { mkdir, readdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { systemClock } from "../core/index.ts";
import type { Cells, ColumnSpecs } from "../flow.ts";
import { fail } from "./errors.ts";
import { lockName, type SealedSegment } from "./journal.ts";
import { takeLock } from "./lock.ts";
import { parseSegment } from "./segment.ts";

/** The table, as the journal sees it. */
export interface SegmentTable {
  /** The number of the newest segment of a journal that the table has taken, or -1. */
  taken(journal: string): Promise<number>;
  /** Appends rows, and notes the segment they end with, in one commit. */
  commit(
    rows: readonly Cells[],
    txn: { readonly app: string; readonly version: number },
  ): Promise<unknown>;
}

/** What was found of writers that ended without closing their log. */
export interface Recovered {
  readonly segments: number;
  readonly rows: number;
  /** Last lines that were cut short, and so were never acknowledged. */
  readonly tornLines: number;
}

/** The place, the columns and the table of a journal. */
export interface SegmentHome extends SegmentTable {
  readonly folder: string;
  readonly columns: ColumnSpecs;
}

/** At most so many segments are read into memory for one commit. */
const segmentsPerCommit = 50;

/**
 * Commits segments of one journal that no one writes to, in their order, and removes their files.
 * A crash between the two is harmless: the table knows how far it has taken the journal.
 *
 * @param segments - In the order of their numbers; those that are done are taken off the list.
 */
export async function commitSegments(
  home: SegmentHome,
  journal: string,
  segments: SealedSegment[],
): Promise<Recovered> {
  const found = { segments: segments.length, rows: 0, tornLines: 0 };
  const taken = await home.taken(journal);
  while (segments.length > 0) {
    const batch = segments.slice(0, segmentsPerCommit);
    const rows: Cells[] = [];
    for (const { path } of batch.filter(({ number }) => number > taken)) {
      const parsed = parseSegment(path, await readFile(path, "utf8"), home.columns);
      for (const row of parsed.rows) rows.push(row);
      found.tornLines += parsed.torn ? 1 : 0;
    }
    const version = batch.at(-1)?.number ?? taken;
    if (rows.length > 0) await home.commit(rows, { app: journal, version });
    for (const { path } of batch) await rm(path, { force: true });
    segments.splice(0, batch.length);
    found.rows += rows.length;
  }
  return found;
}

/**
 * Commits what dead writers left in a folder, each writer's segments in their order. A writer is
 * dead when its lock can be taken; while it is held here, nobody else recovers the same writer.
 */
export async function recoverSegments(home: SegmentHome): Promise<Recovered> {
  const found = { segments: 0, rows: 0, tornLines: 0 };
  for (const journal of new Set((await listSegments(home.folder)).map((file) => file.journal))) {
    const lockPath = join(home.folder, lockName(journal));
    const lock = takeLock(lockPath);
    if (lock === null) continue;
    try {
      const files = await listSegments(home.folder); // again: somebody may have been here before
      const own = files.filter((file) => file.journal === journal);
      const { segments, rows, tornLines } = await commitSegments(home, journal, own);
      found.segments += segments;
      found.rows += rows;
      found.tornLines += tornLines;
    } finally {
      lock.release();
    }
    await rm(lockPath, { force: true });
  }
  await removeOldLocks(home.folder);
  return found;
}

const segmentFile = /^([0-9a-f]{32})-(\d{8})\.jsonl$/;
const lockFile = /^[0-9a-f]{32}\.lock$/;

/** The segments of all journals in the folder, by writer and number. */
async function listSegments(
  folder: string,
): Promise<readonly (SealedSegment & { readonly journal: string })[]> {
  return (await listFolder(folder)).flatMap((name) => {
    const [, journal, number] = segmentFile.exec(name) ?? [];
    if (journal === undefined) return [];
    return [{ journal, number: Number(number), path: join(folder, name) }];
  });
}

const hourMs = 3_600_000;

/**
 * Removes locks whose writers died with nothing to recover. Only those an hour old and free: the
 * lock of a writer that is about to take it is young, and that of a living writer is held.
 */
async function removeOldLocks(folder: string): Promise<void> {
  for (const name of (await listFolder(folder)).filter((name) => lockFile.test(name))) {
    const path = join(folder, name);
    const made = await stat(path).catch(() => undefined);
    if (made === undefined || systemClock() - made.mtimeMs < hourMs) continue;
    const lock = takeLock(path);
    if (lock === null) continue;
    lock.release();
    await rm(path, { force: true });
  }
}

async function listFolder(folder: string): Promise<readonly string[]> {
  try {
    await mkdir(folder, { recursive: true });
    return (await readdir(folder)).sort();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    return fail("serve/failed-journal", { reason }, { cause });
  }
}
