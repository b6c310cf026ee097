/** @file Bytes by key: what every store of files promises, and which keys it takes. */
import { fail } from "./errors.ts";

/**
 * Bytes by key. Keys are names joined by "/", such as `models/churn/1/model.json`; folders exist
 * while something is in them. A write is whole or did not happen, and it is on the disk when its
 * promise resolves.
 */
export interface Bytes {
  /** The bytes under a key. Throws `store/missing-bytes`, `store/failed-read`. */
  get(key: string): Promise<Uint8Array>;
  /** Stores bytes, in place of what was there. Throws `store/conflict-key`, `store/failed-write`. */
  put(key: string, bytes: Uint8Array): Promise<void>;
  /** Stores bytes where nothing is; of several callers at once, one gets true. */
  putIfAbsent(key: string, bytes: Uint8Array): Promise<boolean>;
  /** Whether bytes are stored under the key; a folder is not. */
  has(key: string): Promise<boolean>;
  /** How large bytes are and when they were stored, or undefined where nothing is. */
  stat(key: string): Promise<BytesStat | undefined>;
  /** Names of the entries directly in a folder, sorted by code unit; "" is the top. */
  list(folder: string, options?: ListOptions): Promise<readonly string[]>;
  /**
   * The names that `list` gives, each with what the store's listing says of it, which spares a `stat` of
   * each: undefined for a folder, and where that must be asked. Absent where listing says names alone.
   */
  entries?(folder: string): Promise<ReadonlyMap<string, BytesStat | undefined>>;
  /** Forgets a key; nothing happens when it is not there. */
  remove(key: string): Promise<void>;
  /** Where the bytes are: an absolute path for {@link folderBytes}, an address for a remote store. */
  locate(key: string): string;
  /** Copies on this machine; undefined when the bytes are files of this machine themselves. */
  readonly copies: LocalCopies | undefined;
  /**
   * A local file with the bytes under a key, to be read and not changed; it stays until `close`, or
   * until {@link LocalCopies.letGo}. With `sizeBytes` the bytes are taken never to change: a copy of
   * that size is used again without asking the store. Throws `store/missing-bytes`,
   * `store/failed-read`, `store/mismatch-size`.
   */
  fetchLocal(key: string, options?: FetchOptions): Promise<string>;
  /** A new, empty local folder to make files for `putFile` in; who asked for it removes it. */
  scratch(): Promise<string>;
  /**
   * Stores a finished local file as `put` stores bytes; the file is gone from its place afterwards.
   * Throws `store/conflict-key`, `store/failed-write`.
   */
  putFile(key: string, path: string): Promise<void>;
  /** Lets go of local copies and connections; what is stored stays. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Copies on this machine of bytes that are elsewhere and never change. A path says which bytes it
 * stands for before they are there, so that a query can name a file that comes when it runs.
 */
export interface LocalCopies {
  /** The folder that all paths begin with. */
  readonly folder: string;
  /** The path that stands for bytes of a size under a key. */
  path(key: string, sizeBytes: number): string;
  /**
   * Brings the bytes that a path stands for, and keeps them there until they are let go as often.
   * Throws `store/missing-bytes`, `store/failed-read`, `store/mismatch-size`.
   */
  hold(path: string): Promise<void>;
  /** Says that a copy is used no longer: it goes when room is needed, and comes again when held. */
  letGo(path: string): void;
}

/** What a store knows of bytes without reading them. */
export interface BytesStat {
  readonly sizeBytes: number;
  /** By the store's clock, in milliseconds since 1970; some stores round it to seconds. */
  readonly modifiedMs: number;
}

/** Which names of a folder are wanted. */
export interface ListOptions {
  /** Only names that sort after this one, which is of ASCII; a store that can begins there. */
  readonly after?: string;
}

/** What is known of bytes before they are fetched. */
export interface FetchOptions {
  /** The exact size of bytes that never change. */
  readonly sizeBytes?: number;
}

/** Names that a store uses for a file while it is written. Lists leave them out. */
const unfinished = /^\.[0-9a-f-]{36}\.tmp$/;

/** Whether the name is that of a file being written, or left by a process that died writing. */
export function isUnfinished(name: string): boolean {
  return unfinished.test(name);
}

/**
 * Checks a key, and returns it.
 *
 * @param key - Names joined by "/"; each of 1 to 255 bytes in UTF-8, none of them "." or "..".
 * @throws `store/out-of-range-key` for anything that could leave the store or be read two ways.
 * @example
 * ```ts
 * checkKey("models/churn/1/model.json") // => "models/churn/1/model.json"
 * ```
 */
export function checkKey(key: string): string {
  const reason = keyFault(key);
  return reason === undefined ? key : fail("store/out-of-range-key", { key, reason });
}

function keyFault(key: string): string | undefined {
  if (key === "") return "is empty";
  if (key.startsWith("/") || /^[A-Za-z]:/.test(key)) return "is an absolute path";
  if (!key.isWellFormed()) return "is not well-formed Unicode";
  if (key.includes("\\")) return 'has a "\\" in it';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it finds
  if (/[\u0000-\u001f\u007f]/.test(key)) return "has a control character in it";
  return key
    .split("/")
    .map(nameFault)
    .find((fault) => fault !== undefined);
}

function nameFault(name: string): string | undefined {
  if (name === "") return 'has an empty name between two "/"';
  if (name === "." || name === "..") return `has the name "${name}" in it`;
  if (Buffer.byteLength(name) > 255) return "has a name longer than 255 bytes";
  if (isUnfinished(name)) return "has a name that is kept for files being written";
  return undefined;
}

/** The folders above a key: "a" and "a/b" for "a/b/c". */
export function parents(key: string): string[] {
  const names = key.split("/");
  return names.slice(1).map((_, i) => names.slice(0, i + 1).join("/"));
}
