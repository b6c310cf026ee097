/** @file Bytes as files of one folder, each write atomic and on the disk when it returns. */
import { randomUUID } from "node:crypto";
import {
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
import { failReading, failWriting, systemCode } from "./failures.ts";

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
    list: async (folder) => {
      const place = folder === "" ? { key: "", path: top, root: top } : at(folder);
      return names(place.path).catch((cause) => failReading(place, cause));
    },
    remove: async (key) => {
      const place = at(key);
      await removed(place.path, top).catch((cause) => failWriting(place, cause));
    },
  };
}

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
    if (systemCode(error) === "EEXIST" && (await isFile(path))) return false;
    throw error;
  }
}

/** A flushed file with these bytes in the folder of `path`, and its path. */
async function temporaryFile(path: string, bytes: Uint8Array): Promise<string> {
  const temporary = join(dirname(path), `.${randomUUID()}.tmp`);
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
  try {
    return (await stat(path)).isFile();
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes(systemCode(error))) return false;
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
    const gone = await rmdir(folder).then(
      () => true,
      () => false,
    );
    if (!gone) break;
    folder = dirname(folder);
  }
  await flushFolder(folder);
}
