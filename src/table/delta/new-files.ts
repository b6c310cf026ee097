/** @file Data files on their way into the store: written on this machine, then durable where the log will name them. */
import { mkdir, open, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Bytes } from "../../store/index.ts";
import { beginFile } from "./held.ts";
import type { TablePlace } from "./log.ts";

/** A file that the engine writes. */
export interface NewFile {
  /** Where on this machine it is written. */
  readonly path: string;
  /** Makes it durable, or begins to; {@link NewFiles.settled} waits for that. */
  take(): Promise<void>;
  /** Forgets it. */
  drop(): Promise<void>;
}

/** The files of one write. */
export interface NewFiles {
  /** Begins the file of a key. */
  begin(key: string): Promise<NewFile>;
  /** Waits until all files that were taken are durable, and throws what went wrong with the first. */
  settled(): Promise<void>;
}

/** How many files wait on the disk for their way into a remote store. */
const mostWaiting = 8;

/**
 * Begins a write. In a folder, files are written where they stay, and flushed. For a remote store
 * they are written to the local disk, and put while the next ones are written.
 *
 * @param written - Takes the keys of all files begun: whoever commits must remove those of a write that fails.
 */
export function newFiles({ bytes }: TablePlace, written: string[]): NewFiles {
  const files = bytes.copies === undefined ? inFolder(bytes) : inStore(bytes);
  return {
    ...files,
    begin: (key) => {
      written.push(key);
      beginFile(bytes.locate(key));
      return files.begin(key);
    },
  };
}

function inFolder(bytes: Bytes): NewFiles {
  const folders = new Set<string>();
  return {
    begin: async (key) => {
      const path = bytes.locate(key);
      await makeFolder(dirname(path));
      return {
        path,
        take: async () => {
          await flush(path, "r+");
          folders.add(dirname(path));
        },
        drop: () => rm(path, { force: true }),
      };
    },
    settled: async () => {
      for (const folder of folders) await flush(folder, "r");
    },
  };
}

/** Makes a folder and those above it, of which a drop of the table may remove an empty one meanwhile. */
async function makeFolder(folder: string, tries = 5): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT" || tries === 0) throw error;
    await makeFolder(folder, tries - 1);
  }
}

function inStore(bytes: Bytes): NewFiles {
  const folders = new Set<string>();
  const waiting = new Set<Promise<void>>();
  const failures: unknown[] = [];
  const removed = async (folder: string): Promise<void> => {
    folders.delete(folder);
    await rm(folder, { recursive: true, force: true });
  };
  return {
    begin: async (key) => {
      if (failures.length > 0) throw failures[0];
      const folder = await bytes.scratch();
      folders.add(folder);
      const path = join(folder, "file");
      const drop = (): Promise<void> => removed(folder);
      return {
        path,
        take: async () => {
          while (waiting.size >= mostWaiting) await Promise.race(waiting);
          const put = bytes
            .putFile(key, path)
            .finally(drop)
            .catch((error: unknown) => void failures.push(error))
            .finally(() => waiting.delete(put));
          waiting.add(put);
        },
        drop,
      };
    },
    settled: async () => {
      await Promise.all(waiting);
      for (const folder of folders) await removed(folder); // of files that were given up
      if (failures.length > 0) throw failures[0];
    },
  };
}

/** Removes files that were written and are known not to be committed. What cannot be removed a vacuum takes. */
export async function removeNewFile({ bytes }: TablePlace, key: string): Promise<void> {
  // a folder left empty stays: another writer may be about to write there
  const gone =
    bytes.copies === undefined ? rm(bytes.locate(key), { force: true }) : bytes.remove(key);
  await gone.catch(() => undefined);
}

async function flush(path: string, flags: "r" | "r+"): Promise<void> {
  if (flags === "r" && process.platform === "win32") return; // Windows cannot flush a folder
  const file = await open(path, flags);
  await file.sync().finally(() => file.close());
}
