/** @file The files of versions: stored under their hashes, and checked when they are read. */
import { hashOf } from "../core/index.ts";
import type { Hash, ModelFiles } from "../flow.ts";
import type { Bytes } from "../store/index.ts";
import { fail } from "./errors.ts";
import type { StoredVersion } from "./versions.ts";

/** The hash of each file by its path. */
export type FileHashes = Readonly<Record<string, Hash>>;

/** The hashes of a model's files. */
export function hashFiles(files: ModelFiles): FileHashes {
  const entries = Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([path, bytes]) => [path, hashOf(bytes)]));
}

/**
 * Stores a model's files under `source`. What a crash left there is used again if it is sound;
 * two writers of different models do not disturb each other, since names are hashes.
 */
export async function writeFiles(bytes: Bytes, source: string, files: ModelFiles): Promise<void> {
  for (const file of Object.values(files)) {
    const hash = hashOf(file);
    const key = keyOf(source, hash);
    const left = !(await bytes.putIfAbsent(key, file));
    if (left && hashOf(await bytes.get(key)) !== hash) await bytes.put(key, file);
  }
}

/** Removes what is under `source` and not of the version, left by a crash or by a slower writer. */
export async function removeOthers(
  bytes: Bytes,
  source: string,
  hashes: FileHashes,
): Promise<void> {
  const keep = new Set(Object.values(hashes).map(digitsOf));
  for (const name of await bytes.list(source))
    if (!keep.has(name)) await bytes.remove(`${source}/${name}`);
}

/** The files of a version. Throws `registry/corrupt-model`, which names the file. */
export async function readFiles(bytes: Bytes, stored: StoredVersion): Promise<ModelFiles> {
  const { name, number } = stored.version;
  const read = Object.entries(stored.files).map(async ([path, hash]) => {
    const key = keyOf(stored.source, hash);
    const corrupt = (reason: string): never =>
      fail("registry/corrupt-model", { name, number, file: path, reason });
    if (!(await bytes.has(key))) return corrupt("is missing");
    const file = await bytes.get(key);
    if (hashOf(file) !== hash) return corrupt("is not what was registered");
    return [path, file] as const;
  });
  return Object.fromEntries(await Promise.all(read));
}

const keyOf = (source: string, hash: Hash): string => `${source}/${digitsOf(hash)}`;
const digitsOf = (hash: Hash): string => hash.slice("sha256:".length);
