/** @file Bytes as files of one folder, each write atomic and on the disk when it returns. */
import { randomUUID } from "node:crypto";
import type { Stats } from "node:fs";
import {
  copyFile,
  link,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rmdir,
  stat,
  unlink,
} from "node:fs/promises";
import { dirname, join, resolve, sep } from "node:path";
import { type Bytes, checkKey, isUnfinished } from "./bytes.ts";
import { fail } from "./errors.ts";
import { failReading, failWriting, systemCode } from "./failures.ts";
import { sweepScratch, swept } from "./leftovers.ts";

/**
 * Bytes as files under a folder. A write goes to a temporary file beside its place, is flushed,
 * and is then renamed (`put`) or linked (`putIfAbsent`) there, and the folder is flushed: after a
 * crash or a power cut the file is the old one or the new one, never half of it.
 *
 * @param root - The folder; it is made with the first write.
 * @throws `store/out-of-range-key` for keys that would leave the folder; `store/missing-bytes`,
 * `store/conflict-key`, `store/failed-read` and `store/failed-write`.
 * @example
 * ```ts
 * const { mkdtemp, rm } = await import("node:fs/promises");
 * const root = await mkdtemp("/tmp/millrace-");
 * const bytes = folderBytes(root);
 * await bytes.put("notes/first.txt", new TextEncoder().encode("hello"));
 * await bytes.list("notes") // => ["first.txt"]
 * await rm(root, { recursive: true });
 * ```
 */
export function folderBytes(root: string): Bytes {
  const top = resolve(root);
  const locate = (key: string): string => join(top, checkKey(key));
  const at = (key: string) => ({ key, path: locate(key), root: top });
  return {
    locate,
    copies: undefined,
    get: async (key) => {
      const place = at(key);
      const read = await readFile(place.path).catch((cause) => failReading(place, cause));
      return new Uint8Array(read.buffer, read.byteOffset, read.byteLength);
    },
    put: async (key, bytes) => {
      const place = at(key);
      await written(place.path, bytes, rename).catch((cause) => failWriting(place, cause));
    },
    putIfAbsent: async (key, bytes) => {
      const place = at(key);
      return linked(place.path, bytes).catch((cause) => failWriting(place, cause));
    },
    has: async (key) => {
      const place = at(key);
      return isFile(place.path).catch((cause) => failReading(place, cause));
    },
    stat: async (key) => {
      const place = at(key);
      const found = await statOf(place.path).catch((cause) => failReading(place, cause));
      if (found?.isFile() !== true) return undefined;
      return { sizeBytes: found.size, modifiedMs: found.mtimeMs };
    },
    list: async (folder, { after = "" } = {}) => {
      const place = folder === "" ? { key: "", path: top, root: top } : at(folder);
      const found = await names(place.path).catch((cause) => failReading(place, cause));
      return after === "" ? found : found.filter((name) => name > after);
    },
    remove: async (key) => {
      const place = at(key);
      await removed(place.path, top).catch((cause) => failWriting(place, cause));
    },
    fetchLocal: async (key, { sizeBytes } = {}) => {
      const place = at(key);
      const found = await stat(place.path).catch((cause) => failReading(place, cause));
      if (!found.isFile()) fail("store/missing-bytes", { key, at: top });
      if (sizeBytes !== undefined && found.size !== sizeBytes)
        fail("store/mismatch-size", {
          key,
          path: place.path,
          expected: sizeBytes,
          got: found.size,
        });
      return place.path;
    },
    scratch: async () => {
      const path = join(top, unfinishedName());
      const place = { key: "", path, root: top };
      const made = mkdir(path, { recursive: true }).then(() => sweepScratch(top));
      await made.catch((cause) => failWriting(place, cause));
      return path;
    },
    putFile: async (key, path) => {
      const place = at(key);
      await movedIn(path, place.path).catch((cause) => failWriting(place, cause));
    },
    close: async () => undefined,
    [Symbol.asyncDispose]: async () => undefined,
  };
}

/** Flushes a finished file and puts it in place; one on another disk is copied there first. */
async function movedIn(from: string, to: string): Promise<void> {
  await flushFile(from);
  await renameInto(from, to).catch(async (error: unknown) => {
    if (systemCode(error) !== "EXDEV") throw error;
    const temporary = join(dirname(to), unfinishedName());
    try {
      await copyFile(from, temporary);
      await flushFile(temporary);
      await rename(temporary, to);
    } catch (failure) {
      await unlink(temporary).catch(() => undefined);
      throw failure;
    }
    await unlink(from);
  });
  await flushFolder(dirname(to));
}

/** Renames a file; its new folder may be removed by somebody between making and using it. */
async function renameInto(from: string, to: string, tries = 5): Promise<void> {
  await makeFolder(dirname(to));
  try {
    await rename(from, to);
  } catch (error) {
    if (systemCode(error) !== "ENOENT" || tries === 0 || !(await isFile(from))) throw error;
    await renameInto(from, to, tries - 1);
  }
}

async function flushFile(path: string): Promise<void> {
  const file = await open(path, "r+");
  await file.sync().finally(() => file.close());
}

/** A name that lists leave out. */
const unfinishedName = (): string => `.${randomUUID()}.tmp`;

/** Writes the bytes beside `path`, flushes them, and puts them in place. */
async function written(
  path: string,
  bytes: Uint8Array,
  place: (from: string, to: string) => Promise<void>,
): Promise<void> {
  const temporary = await temporaryFile(path, bytes);
  try {
    await place(temporary, path);
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw error;
  }
  await flushFolder(dirname(path));
}

async function linked(path: string, bytes: Uint8Array): Promise<boolean> {
  if (await isFile(path)) return false;
  try {
    await written(path, bytes, async (from, to) => {
      await link(from, to);
      await unlink(from);
    });
    return true;
  } catch (error) {
    const found = systemCode(error) === "EEXIST" ? await statOf(path) : undefined;
    if (found?.isFile() === true) return false;
    if (systemCode(error) === "EEXIST" && found === undefined) return linked(path, bytes); // removed since
    throw error;
  }
}

/** A flushed file with these bytes in the folder of `path`, and its path. */
async function temporaryFile(path: string, bytes: Uint8Array): Promise<string> {
  const temporary = join(dirname(path), unfinishedName());
  const file = await openNew(temporary);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw error;
  } finally {
    await file.close();
  }
  return temporary;
}

/** Opens a new file; its folder may be removed by somebody between making and using it. */
async function openNew(path: string, tries = 5): ReturnType<typeof open> {
  try {
    return await open(path, "wx");
  } catch (error) {
    if (systemCode(error) !== "ENOENT" || tries === 0) throw error;
    await makeFolder(dirname(path));
    return openNew(path, tries - 1);
  }
}

/** Makes a folder and those above it, each of them flushed into its own folder. */
async function makeFolder(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true }).catch(async (error: unknown) => {
    await askWhy(path);
    throw error;
  });
  if (first === undefined) return;
  for (let made = path; made.length >= first.length; made = dirname(made))
    await flushFolder(dirname(made));
}

/** A recursive mkdir on a read-only disk says ENOENT; making the first missing folder says why. */
async function askWhy(path: string): Promise<void> {
  const above = dirname(path);
  const isThere = await stat(above).then(
    () => true,
    () => above === path,
  );
  await (isThere ? mkdir(path) : askWhy(above));
}

async function flushFolder(path: string): Promise<void> {
  if (process.platform === "win32") return; // Windows cannot flush a folder
  try {
    const folder = await open(path, "r");
    await folder.sync().finally(() => folder.close());
  } catch (error) {
    if (systemCode(error) !== "ENOENT") throw error; // emptied and removed by somebody else
  }
}

async function isFile(path: string): Promise<boolean> {
  return (await statOf(path))?.isFile() === true;
}

async function statOf(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes(systemCode(error))) return undefined;
    throw error;
  }
}

async function names(path: string): Promise<readonly string[]> {
  try {
    return (await readdir(path)).filter((name) => !isUnfinished(name)).sort();
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes(systemCode(error))) return [];
    throw error;
  }
}

/** Unlinks a file, and the folders above it that this leaves empty. */
async function removed(path: string, top: string): Promise<void> {
  if (!(await isFile(path))) return;
  await unlink(path).catch((error) => {
    if (systemCode(error) !== "ENOENT") throw error;
  });
  let folder = dirname(path);
  while (folder.startsWith(top + sep)) {
    const gone = (await emptied(folder)) || ((await swept(folder)) && (await emptied(folder)));
    if (!gone) break;
    folder = dirname(folder);
  }
  await flushFolder(folder);
}

const emptied = (folder: string): Promise<boolean> =>
  rmdir(folder).then(
    () => true,
    () => false,
  );
