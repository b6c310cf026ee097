/** @file The local copies of a store: by key and size for bytes that never change, else by their tag. */
import { extname } from "node:path";
import { hashOf } from "../../core/index.ts";
import type { LocalCopies } from "../bytes.ts";
import { fail } from "../errors.ts";
import type { LocalCache } from "./local-cache.ts";
import { type Sized, standInPath, standsFor } from "./stand-ins.ts";

/** What the copies are of. */
export interface CopiedStore {
  /** Differs for every store: it is part of the names that all processes share. */
  readonly url: string;
  /** Downloads bytes to a path; they must be as large as it says. */
  readonly download: (what: Downloaded) => Promise<void>;
}

/** Bytes on their way into a file. */
export interface Downloaded {
  readonly key: string;
  readonly path: string;
  readonly sizeBytes: number | undefined;
}

/** {@link LocalCopies}, and what the store itself does with them. */
export interface StoreCopies extends LocalCopies {
  /** Holds the copy of bytes that have a tag, and gives its path. */
  tagged(key: string, tag: string): Promise<string>;
  /** Takes in a local file that was stored under a key; it is gone from its place afterwards. */
  keep(file: Sized, from: string): Promise<void>;
}

/** The copies of a store, in a cache. */
export function storeCopies(cache: LocalCache, { url, download }: CopiedStore): StoreCopies {
  const folder = `${cache.session}/copies`;
  const nameOf = (key: string, identity: string | number): string =>
    `${hashOf(`${url} ${key} ${identity}`).slice(7)}${extname(key)}`;
  const path = (key: string, sizeBytes: number): string => standInPath(folder, { key, sizeBytes });
  return {
    folder,
    path,
    hold: async (at) => {
      const found = standsFor(folder, at);
      if (found === undefined)
        return fail("store/out-of-range-key", { key: at, reason: "is no path of a copy" });
      const { key, sizeBytes } = found;
      const copy = { name: nameOf(key, sizeBytes), path: at, sizeBytes };
      await cache.hold(copy, (to) => download({ key, path: to, sizeBytes }));
    },
    letGo: cache.letGo,
    tagged: async (key, tag) => {
      const name = nameOf(key, tag);
      const copy = { name, path: `${cache.session}/tagged/${name}` };
      await cache.hold(copy, (to) => download({ key, path: to, sizeBytes: undefined }));
      return copy.path;
    },
    keep: ({ key, sizeBytes }, from) =>
      cache.keep({ name: nameOf(key, sizeBytes), path: path(key, sizeBytes), sizeBytes }, from),
  };
}
