/** @file The data files that this process reads or has not committed yet: a vacuum leaves them. */
import { runningStatements } from "../adapter/duckdb.ts";

/** Keeps files from being vacuumed for as long as the lease itself is referenced. */
export interface Lease {
  readonly files: () => Iterable<string>;
}

const leases = new Set<WeakRef<Lease>>();
const unfinished = new Set<string>();

/** A lease on files, by absolute path. A frame holds one while anybody holds the frame. */
export function leaseFiles(files: () => Iterable<string>): Lease {
  const lease = { files };
  leases.add(new WeakRef(lease));
  return lease;
}

/** Marks a file as being written. */
export const beginFile = (path: string): void => void unfinished.add(path);

/** Marks a file as committed or removed. */
export const endFile = (path: string): void => void unfinished.delete(path);

/** Whether a frame that is still held, a running statement, or an unfinished write needs a file. */
export function heldFiles(): (path: string) => boolean {
  const held = new Set(unfinished);
  for (const reference of leases) {
    const lease = reference.deref();
    if (lease === undefined) leases.delete(reference);
    for (const file of lease?.files() ?? []) held.add(file);
  }
  const statements = runningStatements();
  return (path) => held.has(path) || statements.some((sql) => sql.includes(path));
}
