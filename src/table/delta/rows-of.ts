/** @file How many rows a table has, by the statistics of its files. */
import { statsOf } from "./prune.ts";
import type { Snapshot } from "./snapshot.ts";

/** The rows of a snapshot; null where a file has no statistics, or there is no table. O(files). */
export function rowsOf(snapshot: Snapshot | undefined): number | null {
  if (snapshot === undefined) return null;
  let rows = 0;
  for (const add of snapshot.files.values()) {
    const { numRecords } = statsOf(add);
    if (numRecords === undefined) return null;
    rows += numRecords;
  }
  return rows;
}
