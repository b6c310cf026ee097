/** @file The data files that this process reads or has not committed yet: a vacuum leaves them. */
import { runningStatements } from "../adapter/duckdb.ts";
import { spelledPath } from "../named-files.ts";

/** Keeps files from being vacuumed for as long as the lease itself is referenced. */
export interface Lease {
  readonly files: () => Iterable<string>;
}

const leases = new Set<WeakRef<Lease>>();
/** A process that reads for months and never vacuums keeps nothing of what it has read. */
const ended = new FinalizationRegistry<WeakRef<Lease>>((reference) => leases.delete(reference));
const unfinished = new Set<string>();

/** A lease on files, by their addresses. A frame holds one while anybody holds the frame. */
export function leaseFiles(files: () => Iterable<string>): Lease {
  const lease = { files };
  const reference = new WeakRef(lease);
  leases.add(reference);
  ended.register(lease, reference);
  return lease;
}

/** Marks a file as being written, by its address. */
export const beginFile = (address: string): void => void unfinished.add(address);

/** Marks a file as committed or removed. */
export const endFile = (address: string): void => void unfinished.delete(address);

/** A file: where it is, and the path by which SQL names it. */
export interface HeldFile {
  readonly address: string;
  readonly path: string;
}

/** Whether a frame that is still held, a running statement, or an unfinished write needs a file. */
export function heldFiles(): (file: HeldFile) => boolean {
  const held = new Set(unfinished);
  for (const reference of leases) {
    const lease = reference.deref();
    if (lease === undefined) leases.delete(reference);
    for (const file of lease?.files() ?? []) held.add(file);
  }
  const statements = runningStatements();
  return ({ address, path }) => {
    const spelled = spelledPath(path);
    return held.has(address) || statements.some((sql) => sql.includes(spelled));
  };
}
