/** @file Bytes in an object store, with the promises of a folder: whole writes, one winner, no half answers. */
import { isMillraceError } from "../../core/index.ts";
import { type Bytes, type BytesStat, checkKey, type ListOptions, parents } from "../bytes.ts";
import { fail } from "../errors.ts";
import { type ListPage, type ObjectClient, ObjectFailure, type ObjectHead } from "./client.ts";
import { conditionalPut } from "./conditional-put.ts";
import { storeCopies } from "./copies.ts";
import { downloadBytes, downloadFile } from "./download.ts";
import { faultOf, withoutSecrets } from "./fault.ts";
import { type CacheOptions, localCache } from "./local-cache.ts";
import { limiter, patienceOf, type RetryOptions, retrying } from "./retry.ts";
import { checkPartSize, type UploadOptions, uploadFile } from "./upload-file.ts";

/** What every remote store can be told. */
export interface ObjectOptions extends RetryOptions, CacheOptions, UploadOptions {
  /** A "folder" of the bucket or container that the store lives in, such as "lake". Default: all of it. */
  readonly prefix?: string;
}

/** How many files are on their way at a time. A file on its way up takes memory for two of its parts. */
const most = { up: 8, down: 32 };

/**
 * Bytes in an object store. Every request is tried again when the server is busy or silent; a
 * conditional put whose answer was lost is settled by reading back the token it was put with.
 *
 * That a key is not both a file and a folder is looked up before each write (one more round trip);
 * object stores do not know folders, so two writers at the same moment can still make both.
 */
export function objectBytes(client: ObjectClient, options: ObjectOptions & { at: string }): Bytes {
  const { at, prefix = "" } = options;
  const patience = patienceOf(at, options);
  const partSizeBytes = checkPartSize(at, options);
  if (prefix !== "") checkKey(prefix);
  const cache = localCache({ ...options, clock: patience.clock });
  const [up, down] = [limiter(most.up), limiter(most.down)];
  const knownFolders = new Set<string>();
  const remote = { client, patience };
  const whole = (key: string): string =>
    prefix === "" ? checkKey(key) : `${prefix}/${checkKey(key)}`;
  const locate = (key: string): string => `${client.address}/${whole(key)}`;
  const headOf = (key: string): Promise<ObjectHead | undefined> =>
    retrying(patience, { work: (call) => client.head(whole(key), call) });
  const putOnce = conditionalPut(remote);
  const trouble = troubleOf({ client, now: patience.clock, locate });

  /** Refuses a key under a file, or one that is a folder. */
  const checkFree = async (key: string): Promise<void> => {
    const above = parents(key).filter((folder) => !knownFolders.has(folder));
    const [below, ...files] = await Promise.all([
      retrying(patience, {
        work: (call) => client.list({ prefix: `${whole(key)}/`, next: undefined }, call),
      }),
      ...above.map(headOf),
    ]);
    if (below.names.length > 0 || files.some((file) => file !== undefined))
      fail("store/conflict-key", { key, at: client.address });
    for (const folder of above) knownFolders.add(folder);
    knownFolders.delete(key);
  };
  async function* pages(start: string, { after }: ListOptions): AsyncGenerator<ListPage> {
    let next: string | undefined;
    do {
      const begin = after === undefined ? {} : { after };
      const page = { prefix: start === "" ? "" : `${start}/`, next, ...begin };
      const listed = await retrying(patience, { work: (call) => client.list(page, call) });
      yield listed;
      next = listed.next;
    } while (next !== undefined);
  }
  const entries = async (
    folder: string,
    how: ListOptions = {},
  ): Promise<ReadonlyMap<string, BytesStat | undefined>> => {
    const found = new Map<string, BytesStat | undefined>();
    for await (const { names, stats } of pages(folder === "" ? prefix : whole(folder), how))
      for (const name of names) found.set(name, found.has(name) ? undefined : stats?.get(name)); // twice: a folder too
    const sorted = [...found].sort(([a], [b]) => (a < b ? -1 : 1));
    return new Map(sorted.filter(([name]) => how.after === undefined || name > how.after));
  };
  const copies = storeCopies(cache, {
    url: `${client.url}/${prefix}`,
    download: ({ key, path, sizeBytes: expected }) =>
      trouble.reading(key, async () => {
        const got = await down(() => downloadFile(remote, { key: whole(key), path }));
        if (got !== (expected ?? got))
          fail("store/mismatch-size", { key, path: locate(key), expected: Number(expected), got });
      }),
  });
  const fetchLocal = async (key: string, sizeBytes: number | undefined): Promise<string> => {
    if (sizeBytes === undefined) {
      const head = await headOf(key);
      if (head === undefined) return fail("store/missing-bytes", { key, at: client.address });
      return copies.tagged(key, head.etag);
    }
    const path = copies.path(checkKey(key), sizeBytes);
    await copies.hold(path);
    return path;
  };

  return {
    locate,
    copies,
    get: (key) => trouble.reading(key, () => downloadBytes(remote, whole(key))),
    has: (key) => trouble.reading(key, async () => (await headOf(key)) !== undefined),
    stat: (key) =>
      trouble.reading(key, async () => {
        const head = await headOf(key);
        return head && { sizeBytes: head.sizeBytes, modifiedMs: head.modifiedMs };
      }),
    list: (folder, how) =>
      trouble.reading(folder, async () => [...(await entries(folder, how)).keys()]),
    entries: (folder) => trouble.reading(folder, () => entries(folder)),
    put: (key, bytes) =>
      trouble.writing(key, async () => {
        const object = { key: whole(key), body: new Uint8Array(bytes), ifAbsent: false };
        await checkFree(key);
        const token = patience.ids();
        await retrying(patience, {
          sizeBytes: bytes.length,
          work: (call) => client.put({ ...object, token }, call),
        });
      }),
    putIfAbsent: (key, bytes) =>
      trouble.writing(key, async () => {
        const object = { key: whole(key), body: new Uint8Array(bytes) };
        await checkFree(key);
        return putOnce(object);
      }),
    remove: (key) =>
      trouble.writing(key, () =>
        retrying(patience, { work: (call) => client.remove(whole(key), call) }),
      ),
    fetchLocal: (key, { sizeBytes } = {}) => trouble.reading(key, () => fetchLocal(key, sizeBytes)),
    scratch: cache.scratch,
    putFile: (key, path) =>
      trouble.writing(key, async () => {
        await checkFree(key);
        const sizeBytes = await up(() =>
          uploadFile(remote, { key: whole(key), path, partSizeBytes }),
        );
        await copies.keep({ key, sizeBytes }, path);
      }),
    close: cache.close,
    [Symbol.asyncDispose]: cache.close,
  };
}

/** Runs reads and writes, and throws what goes wrong with them as ours, without secrets. */
function troubleOf(parts: {
  readonly client: ObjectClient;
  readonly now: () => number;
  readonly locate: (key: string) => string;
}) {
  const { client, now, locate } = parts;
  const explain = (key: string, error: unknown) => {
    const { kind, reason, advice } = faultOf(error, now());
    const path = withoutSecrets(key === "" ? client.address : locate(key), client.secrets());
    return { kind, path, reason: withoutSecrets(reason, client.secrets()), advice };
  };
  const clean = (cause: unknown): ErrorOptions =>
    cause instanceof ObjectFailure
      ? { cause: new Error(withoutSecrets(cause.message, client.secrets())) }
      : { cause };
  return {
    reading: <T>(key: string, work: () => Promise<T>): Promise<T> =>
      run(work, (cause) => {
        const { kind, ...fault } = explain(key, cause);
        if (kind === "missing")
          return fail("store/missing-bytes", { key, at: client.address }, clean(cause));
        return fail("store/failed-read", fault, clean(cause));
      }),
    writing: <T>(key: string, work: () => Promise<T>): Promise<T> =>
      run(work, (cause) => {
        const { kind: _, ...fault } = explain(key, cause);
        return fail("store/failed-write", fault, clean(cause));
      }),
  };
}

async function run<T>(work: () => Promise<T>, explain: (cause: unknown) => never): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isMillraceError(error)) throw error;
    return explain(error);
  }
}
