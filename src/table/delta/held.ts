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

const kept = new Set<Lease>();
const leaving = new Set<string>();

/** Keeps files from being vacuumed, by their addresses, until the work is done. */
export async function holding<T>(
  files: () => Iterable<string>,
  work: () => Promise<T>,
): Promise<T> {
  const lease = { files };
  kept.add(lease);
  try {
    return await work();
  } finally {
    kept.delete(lease);
  }
}

/** Whether a vacuum of this process removes the file now: it may be there still, and will not be. */
export const isLeaving = (address: string): boolean => leaving.has(address);

/** Marks a file as being written, by its address. */
export const beginFile = (address: string): void => void unfinished.add(address);

/** Marks a file as committed or removed. */
export const endFile = (address: string): void => void unfinished.delete(address);

/** A file: where it is, and the path by which SQL names it. */
export interface HeldFile {
  readonly address: string;
  readonly path: string;
}

/**
 * Does the work on those files that no frame that is still held, no running statement, and no unfinished
 * write needs. Which they are is said at one moment, and they leave from then until the work is done:
 * whoever holds one afterwards finds that it is leaving.
 */
export async function withUnheld<F extends HeldFile, T>(
  files: readonly F[],
  work: (unheld: readonly F[]) => Promise<T>,
): Promise<T> {
  const free = unheldOf(files);
  for (const { address } of free) leaving.add(address);
  try {
    return await work(free);
  } finally {
    for (const { address } of free) leaving.delete(address);
  }
}

/** The files that nobody in this process needs at this moment. */
export function unheldOf<F extends HeldFile>(files: readonly F[]): readonly F[] {
  const isHeld = heldFiles();
  return files.filter((file) => !isHeld(file));
}

function heldFiles(): (file: HeldFile) => boolean {
  const held = new Set(unfinished);
  const all = [...kept];
  for (const reference of leases) {
    const lease = reference.deref();
    if (lease === undefined) leases.delete(reference);
    else all.push(lease);
  }
  for (const { files } of all) for (const file of files()) held.add(file);
  const statements = runningStatements();
  return ({ address, path }) => {
    const spelled = spelledPath(path);
    return held.has(address) || statements.some((sql) => sql.includes(spelled));
  };
}
