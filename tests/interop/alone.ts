/** @file Work on a folder that one process does at a time. */
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** How long one installation may take on a busy machine, in milliseconds. */
export const patienceMs = 900_000;

/**
 * Does work on a folder while no other process does any: they wait. The lock is one of SQLite's, which
 * the system gives back when its holder dies.
 */
export function alone<T>(folder: string, work: () => T): T {
  mkdirSync(dirname(folder), { recursive: true });
  const lock = new DatabaseSync(`${folder}.lock`, { timeout: 2 * patienceMs });
  try {
    lock.exec("BEGIN EXCLUSIVE");
    return work();
  } finally {
    lock.close();
  }
}
