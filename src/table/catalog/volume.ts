/** @file A volume: a named place for files in a schema, such as the landing folder of deliveries. */
import { copyFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { failWith } from "../../core/index.ts";
import { type Bytes, type BytesStat, checkKey, storeErrors } from "../../store/index.ts";
import { tableErrors } from "../errors.ts";
import { ingestErrors } from "../ingest/errors.ts";
import { type CatalogParts, checkThere } from "./listing.ts";
import { folderOf, keyOf, type Thing } from "./names.ts";
import { createThing } from "./objects.ts";
import { refuseDropping } from "./open-drops.ts";
import { type FileBelow, filesBelow } from "./remove-files.ts";

const fail = failWith({ ...storeErrors, ...ingestErrors, ...tableErrors });

/** The file by which a volume's folder is there though nothing is in it. */
export const volumeMark = ".volume";

/**
 * A place for files. Names of files are joined by "/", as those of {@link Bytes}; nothing can be
 * reached that is not in the volume.
 */
export interface Volume {
  readonly name: string;
  /** The folder: an absolute path, or an address where the lake is in an object store. */
  readonly path: string;
  /** Whether the path is a folder of this machine. */
  readonly isLocal: boolean;
  /** Whether it was made: by `lake.create`, or by its first file. */
  exists(): Promise<boolean>;
  /**
   * Stores a file, in place of what was there; the first one makes the volume.
   *
   * @throws `store/out-of-range-key`, `store/conflict-key`, `store/failed-write`, `table/conflict-drop`
   */
  put(file: string, content: Uint8Array | string): Promise<void>;
  /** Stores a copy of a local file of any size; the local file stays. Throws as `put` does. */
  putFile(file: string, from: string): Promise<void>;
  /**
   * The bytes of a file, which must fit into memory.
   *
   * @throws `store/missing-bytes`, `table/missing-volume`, and `table/out-of-range-size` past
   * `maxBytes` (default 500,000,000), before anything is read
   */
  get(file: string, options?: { readonly maxBytes?: number }): Promise<Uint8Array>;
  /**
   * A local file with the bytes, of any size, to be read and not changed: the file itself, or a copy
   * that stays until it is let go, or the lake is closed.
   */
  fetchLocal(file: string): Promise<string>;
  /** Says that the path that `fetchLocal` gave is used no longer. */
  letGo(path: string): void;
  /** How large a file is and when it was stored; undefined where there is none. */
  stat(file: string): Promise<BytesStat | undefined>;
  /** All files, or those below a folder, by their names in the volume, sorted. */
  files(folder?: string): Promise<readonly FileBelow[]>;
  /** Forgets a file; nothing happens when it is not there. */
  remove(file: string): Promise<void>;
}

/** Opens a volume; it need not exist yet. */
export function openVolume(parts: CatalogParts & { readonly actor: string }, thing: Thing): Volume {
  const { bytes, layout, log } = parts;
  const root = folderOf(layout, thing);
  const keyIn = (file: string): string => `${root}/${checkFile(file)}`;
  const check = async (): Promise<void> => checkThere(parts, await log.state(), thing);
  /** Stores by `work`; a file that came while the volume was dropped does not stay. */
  const stored = async (file: string, work: (key: string) => Promise<void>): Promise<void> => {
    const key = keyIn(file);
    await makeVolume(parts, thing);
    await work(key);
    const state = await log.state();
    if (state.things.has(keyOf(thing))) return;
    await bytes.remove(key);
    refuseDropping(layout, state, thing);
    await checkThere(parts, state, thing);
  };
  return {
    name: thing.name,
    path: bytes.locate(root),
    isLocal: bytes.copies === undefined,
    letGo: (path) => bytes.copies?.letGo(path),
    exists: async () => (await log.state()).things.has(keyOf(thing)),
    put: (file, content) =>
      stored(file, (key) =>
        bytes.put(key, typeof content === "string" ? Buffer.from(content) : content),
      ),
    putFile: (file, from) => stored(file, (key) => putCopy(bytes, key, from)),
    get: async (file, { maxBytes: limit = 500_000_000 } = {}) => {
      const key = keyIn(file);
      await check();
      const { sizeBytes = 0 } = (await bytes.stat(key)) ?? {};
      if (sizeBytes > limit)
        fail("table/out-of-range-size", {
          file: `${thing.name}: ${file}`,
          ...{ what: "the file holds", limit, option: "maxBytes, or use fetchLocal," },
        });
      return bytes.get(key);
    },
    fetchLocal: async (file) => {
      const key = keyIn(file);
      await check();
      return bytes.fetchLocal(key);
    },
    stat: async (file) => {
      const key = keyIn(file);
      await check();
      return bytes.stat(key);
    },
    files: async (folder = "") => {
      const below = folder === "" ? "" : checkFile(folder);
      await check();
      return (await filesBelow(bytes, root, below)).filter(({ file }) => file !== volumeMark);
    },
    remove: async (file) => {
      const key = keyIn(file);
      await check();
      await bytes.remove(key);
    },
  };
}

/** Checks the name of a file in a volume. Throws `store/out-of-range-key`. */
function checkFile(file: string): string {
  const key = checkKey(String(file));
  if (key.split("/")[0] === volumeMark)
    fail("store/out-of-range-key", { key, reason: "is kept for the volume itself" });
  return key;
}

/** Makes a volume if it is not there, and its folder. */
export async function makeVolume(
  parts: CatalogParts & { readonly actor: string },
  thing: Thing,
): Promise<void> {
  const state = await parts.log.state();
  if (!state.things.has(keyOf(thing)))
    await createThing(parts, thing, { ifMissing: true, actor: parts.actor });
  await markVolume(parts, thing);
}

/** Makes the folder of a volume. */
export async function markVolume({ bytes, layout }: CatalogParts, thing: Thing): Promise<void> {
  const text = JSON.stringify({ volume: thing.name });
  await bytes.putIfAbsent(`${folderOf(layout, thing)}/${volumeMark}`, Buffer.from(`${text}\n`));
}

async function putCopy(bytes: Bytes, key: string, from: string): Promise<void> {
  const folder = await bytes.scratch();
  try {
    const copy = join(folder, "copy");
    await copyFile(from, copy).catch((cause: unknown) => {
      if ((cause as NodeJS.ErrnoException).code === "ENOENT")
        fail("table/missing-file", { path: from }, { cause });
      const reason = cause instanceof Error ? cause.message : String(cause);
      fail("table/failed-read", { path: from, reason }, { cause });
    });
    await bytes.putFile(key, copy);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
