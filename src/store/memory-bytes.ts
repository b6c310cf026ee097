/** @file Bytes in memory: for tests and trials, with the same promises as a folder but the disk's. */
import { randomUUID } from "node:crypto";
import { readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Clock, hashOf, systemClock } from "../core/index.ts";
import { type Bytes, checkKey, parents } from "./bytes.ts";
import { fail } from "./errors.ts";
import { failWriting } from "./failures.ts";
import { storeCopies } from "./object/copies.ts";
import { localCache } from "./object/local-cache.ts";

const at = "memory";

interface Stored {
  readonly bytes: Uint8Array;
  readonly modifiedMs: number;
}

/**
 * Bytes in memory, gone with the process. They are copied in and out, so no caller can change
 * what is stored. Time O(1) to read and O(n) in the number of keys to write or list.
 *
 * `fetchLocal`, `scratch` and `putFile` use a temporary folder, which `close` removes.
 *
 * @param options - `clock` gives the times of `stat`.
 * @throws `store/out-of-range-key`, `store/missing-bytes`, `store/conflict-key`.
 * @example
 * ```ts
 * const bytes = memoryBytes();
 * await bytes.putIfAbsent("a/b", new Uint8Array([1])) // => true
 * await bytes.putIfAbsent("a/b", new Uint8Array([2])) // => false
 * await bytes.get("a/b") // => new Uint8Array([1])
 * ```
 */
export function memoryBytes(options: { readonly clock?: Clock } = {}): Bytes {
  const { clock = systemClock } = options;
  const stored = new Map<string, Stored>();
  const put = (key: string, bytes: Uint8Array): void => {
    const fileAbove = parents(checkKey(key)).some((folder) => stored.has(folder));
    const folder = [...stored.keys()].some((other) => other.startsWith(`${key}/`));
    if (fileAbove || folder) fail("store/conflict-key", { key, at });
    stored.set(key, { bytes: Uint8Array.from(bytes), modifiedMs: clock() });
  };
  const get = (key: string): Uint8Array =>
    stored.get(checkKey(key))?.bytes ?? fail("store/missing-bytes", { key, at });
  const folder = join(tmpdir(), `millrace-memory-${randomUUID()}`);
  const cache = localCache({ cacheFolder: folder, clock });
  const copies = storeCopies(cache, {
    url: at,
    download: async ({ key, path, sizeBytes }) => {
      const found = get(key);
      if (sizeBytes !== undefined && sizeBytes !== found.length)
        fail("store/mismatch-size", { key, path: key, expected: sizeBytes, got: found.length });
      await writeFile(path, found);
    },
  });
  const close = async (): Promise<void> => {
    await cache.close();
    await rm(folder, { recursive: true, force: true });
  };
  return {
    locate: (key) => `memory:${checkKey(key)}`,
    get: async (key) => Uint8Array.from(get(key)),
    put: async (key, bytes) => put(key, bytes),
    putIfAbsent: async (key, bytes) => {
      if (stored.has(checkKey(key))) return false;
      put(key, bytes);
      return true;
    },
    has: async (key) => stored.has(checkKey(key)),
    stat: async (key) => {
      const found = stored.get(checkKey(key));
      return found && { sizeBytes: found.bytes.length, modifiedMs: found.modifiedMs };
    },
    list: async (folder, { after = "" } = {}) => {
      const start = folder === "" ? "" : `${checkKey(folder)}/`;
      const inside = [...stored.keys()].filter((key) => key.startsWith(start));
      const names = new Set(inside.map((key) => key.slice(start.length).split("/")[0] ?? ""));
      return [...names].filter((name) => name > after).sort();
    },
    remove: async (key) => void stored.delete(checkKey(key)),
    copies,
    fetchLocal: async (key, { sizeBytes } = {}) => {
      if (sizeBytes === undefined) return copies.tagged(key, hashOf(get(key)));
      const path = copies.path(checkKey(key), sizeBytes);
      await copies.hold(path);
      return path;
    },
    scratch: cache.scratch,
    putFile: async (key, path) => {
      const place = { key: checkKey(key), path, root: at };
      const bytes = await readFile(path).catch((cause) => failWriting(place, cause));
      put(key, bytes);
      await copies.keep({ key, sizeBytes: bytes.length }, path);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
