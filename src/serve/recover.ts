/** @file Moves segments of a journal into the table, once each, in order; also those of the dead. */
import { mkdir, readdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { systemClock } from "../core/index.ts";
import type { Cells, ColumnSpecs } from "../flow.ts";
import { fail } from "./errors.ts";
import { lockName, type SealedSegment } from "./journal.ts";
import { takeLock } from "./lock.ts";
import { parseSegment } from "./segment.ts";

/** Appends rows to the table unless it has taken this segment before. */
export type CommitSegment = (
  rows: readonly Cells[],
  txn: { readonly app: string; readonly version: number },
) => Promise<unknown>;

/** What was found of writers that ended without closing their log. */
export interface Recovered {
  readonly segments: number;
  readonly rows: number;
  /** Last lines that were cut short, and so were never acknowledged. */
  readonly tornLines: number;
}

/** The place, the columns and the table of a journal. */
export interface SegmentHome {
  readonly folder: string;
  readonly columns: ColumnSpecs;
  readonly commit: CommitSegment;
}

/**
 * Commits one segment that no one writes to, and removes its file. A crash between the two is
 * harmless: the table knows the segment by its journal and number, and skips it the next time.
 */
export async function commitSegment(
  home: SegmentHome,
  segment: SealedSegment & { readonly journal: string },
): Promise<{ readonly rows: number; readonly torn: boolean }> {
  const { path, journal, number } = segment;
  const { rows, torn } = parseSegment(path, await readFile(path, "utf8"), home.columns);
  if (rows.length > 0) await home.commit(rows, { app: journal, version: number });
  await rm(path, { force: true });
  return { rows: rows.length, torn };
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
      for (const file of files.filter((file) => file.journal === journal)) {
        const { rows, torn } = await commitSegment(home, file);
        found.segments += 1;
        found.rows += rows;
        found.tornLines += torn ? 1 : 0;
      }
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
    return fail("serve/failed-journal", { path: folder, reason }, { cause });
  }
}
