/** @file A lock between processes that the operating system releases when its holder dies. */
import { DatabaseSync } from "node:sqlite";

/** A lock that is held until it is released, or until the process ends in any way. */
export interface Lock {
  release(): void;
}

/**
 * Takes the lock of a path, or returns null when another holder, here or elsewhere, has it. It is
 * SQLite's exclusive lock on an empty file: a process killed with -9 never leaves it behind, and a
 * process id that was used again cannot be mistaken for its holder.
 */
export function takeLock(path: string): Lock | null {
  const file = new DatabaseSync(path, { timeout: 0 });
  try {
    file.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    file.close();
    if (isBusy(error)) return null;
    throw error;
  }
  return { release: () => file.close() };
}

/** SQLITE_BUSY and SQLITE_LOCKED. */
function isBusy(error: unknown): boolean {
  const code = error instanceof Error && "errcode" in error ? Number(error.errcode) & 0xff : 0;
  return code === 5 || code === 6;
}
