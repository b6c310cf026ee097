/** @file Bytes in memory: for tests and trials, with the same promises as a folder but the disk's. */
import { type Bytes, checkKey } from "./bytes.ts";
import { fail } from "./errors.ts";

const at = "memory";

/**
 * Bytes in memory, gone with the process. They are copied in and out, so no caller can change
 * what is stored. Time O(1) to read and O(n) in the number of keys to write or list.
 *
 * @throws `store/out-of-range-key`, `store/missing-bytes`, `store/conflict-key`.
 * @example
 * ```ts
 * const bytes = memoryBytes();
 * await bytes.putIfAbsent("a/b", new Uint8Array([1])) // => true
 * await bytes.putIfAbsent("a/b", new Uint8Array([2])) // => false
 * await bytes.get("a/b") // => new Uint8Array([1])
 * ```
 */
export function memoryBytes(): Bytes {
  const stored = new Map<string, Uint8Array>();
  const put = (key: string, bytes: Uint8Array): void => {
    const fileAbove = parents(checkKey(key)).some((folder) => stored.has(folder));
    const folder = [...stored.keys()].some((other) => other.startsWith(`${key}/`));
    if (fileAbove || folder) fail("store/conflict-key", { key, at });
    stored.set(key, Uint8Array.from(bytes));
  };
  return {
    locate: (key) => `memory:${checkKey(key)}`,
    get: async (key) => {
      const found = stored.get(checkKey(key)) ?? fail("store/missing-bytes", { key, at });
      return Uint8Array.from(found);
    },
    put: async (key, bytes) => put(key, bytes),
    putIfAbsent: async (key, bytes) => {
      if (stored.has(checkKey(key))) return false;
      put(key, bytes);
      return true;
    },
    has: async (key) => stored.has(checkKey(key)),
    list: async (folder) => {
      const start = folder === "" ? "" : `${checkKey(folder)}/`;
      const inside = [...stored.keys()].filter((key) => key.startsWith(start));
      return [...new Set(inside.map((key) => key.slice(start.length).split("/")[0] ?? ""))].sort();
    },
    remove: async (key) => void stored.delete(checkKey(key)),
  };
}

/** The folders above a key: "a" and "a/b" for "a/b/c". */
function parents(key: string): string[] {
  const names = key.split("/");
  return names.slice(1).map((_, i) => names.slice(0, i + 1).join("/"));
}
