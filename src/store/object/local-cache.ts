/** @file Local copies of remote files, shared between processes, bounded, and safe while in use. */
import { randomUUID } from "node:crypto";
import { link, mkdir, open, readdir, rename, rm, stat, unlink, utimes } from "node:fs/promises";
import { homedir, hostname } from "node:os";
import { join } from "node:path";
import { type Clock, checkNumber } from "../../core/index.ts";
import { systemCode } from "../failures.ts";

/** Where local copies are kept, and how many. */
export interface CacheOptions {
  /** Default `millrace/objects` in `$XDG_CACHE_HOME`, else in `~/.cache`. */
  readonly cacheFolder?: string;
  /** What the copies may take together once nobody uses them, in bytes. Default 10 GiB. */
  readonly cacheSizeBytes?: number;
}

/** Local copies by name. A name stands for bytes that never change. */
export interface LocalCache {
  /** The path of the copy with this name, downloaded when there is none. It stays until `close`. */
  fetch(name: string, download: (path: string) => Promise<void>): Promise<string>;
  /** Takes a finished file in under a name. */
  keep(name: string, path: string): Promise<void>;
  /** A new, empty folder, gone with `close`. */
  scratch(): Promise<string>;
  close(): Promise<void>;
}

/**
 * Opens the cache. Copies are kept under `files/`; each process holds those it uses by hard links
 * in a folder of its own under `sessions/`, so that the bound, which removes what was not used for
 * longest from `files/`, never takes a file from under a query. What a dead process held is
 * removed when the next one opens the cache.
 */
export function localCache(options: CacheOptions & { readonly clock: Clock }): LocalCache {
  const { cacheFolder = defaultFolder(), cacheSizeBytes = 10 * 2 ** 30, clock } = options;
  checkNumber("cache", { cacheSizeBytes }, { min: 0 });
  const files = join(cacheFolder, "files");
  const sessions = join(cacheFolder, "sessions");
  const session = join(sessions, `${process.pid}.${randomUUID()}.${hostname()}`);
  const held = new Map<string, Promise<string>>();
  let opened: Promise<void> | undefined;
  const ready = (): Promise<void> => {
    opened ??= openSession(files, session).then(() => sweepSessions(sessions));
    return opened;
  };
  const share = async (name: string): Promise<void> => {
    if (cacheSizeBytes === 0) return;
    await tryLink(join(session, name), join(files, name));
    await trim(files, cacheSizeBytes);
  };
  const bring = async (name: string, download: (path: string) => Promise<void>) => {
    await ready();
    const mine = join(session, name);
    if (await tryLink(join(files, name), mine)) {
      await utimes(mine, new Date(clock()), new Date(clock()));
      return mine;
    }
    const arriving = join(session, `.${randomUUID()}.tmp`);
    try {
      await download(arriving);
      await flush(arriving);
      await rename(arriving, mine);
    } catch (error) {
      await rm(arriving, { force: true });
      throw error;
    }
    await share(name);
    return mine;
  };
  const close = async (): Promise<void> => {
    await opened;
    opened = undefined;
    held.clear();
    await rm(session, { recursive: true, force: true });
  };
  return {
    fetch: (name, download) => {
      const path = held.get(name) ?? bring(name, download);
      held.set(name, path);
      path.catch(() => held.get(name) === path && held.delete(name));
      return path;
    },
    keep: async (name, path) => {
      await ready();
      await rename(path, join(session, name));
      held.set(name, Promise.resolve(join(session, name)));
      await share(name);
    },
    scratch: async () => {
      await ready();
      const path = join(session, `.${randomUUID()}.tmp`);
      await mkdir(path);
      return path;
    },
    close,
  };
}

function defaultFolder(): string {
  const home = process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");
  return join(home, "millrace", "objects");
}

/** Others on this machine must not read what these credentials may. */
async function openSession(files: string, session: string): Promise<void> {
  for (const folder of [files, session]) await mkdir(folder, { recursive: true, mode: 0o700 });
}

/** Removes what processes of this machine held that are no more. */
async function sweepSessions(sessions: string): Promise<void> {
  for (const name of await readdir(sessions)) {
    const [pid = "", , ...host] = name.split(".");
    if (host.join(".") === hostname() && !isAlive(Number(pid)))
      await rm(join(sessions, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCode(error) !== "ESRCH";
  }
}

/** Links a file, or says that it could not; then the caller does without. */
async function tryLink(from: string, to: string): Promise<boolean> {
  return link(from, to).then(
    () => true,
    (error: unknown) => systemCode(error) === "EEXIST",
  );
}

async function flush(path: string): Promise<void> {
  const file = await open(path, "r+");
  await file.sync().finally(() => file.close());
}

/** Removes the files that were not used for longest, until the rest is within the limit. */
async function trim(folder: string, limitBytes: number): Promise<void> {
  const names = await readdir(folder);
  const found = await Promise.all(
    names.map(async (name) => {
      const path = join(folder, name);
      const at = await stat(path).catch(() => undefined); // removed by another process
      return at === undefined ? [] : [{ path, sizeBytes: at.size, usedMs: at.mtimeMs }];
    }),
  );
  const byAge = found.flat().sort((a, b) => a.usedMs - b.usedMs);
  let total = byAge.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  for (const { path, sizeBytes } of byAge) {
    if (total <= limitBytes) return;
    await unlink(path).catch(() => undefined); // removed by another process
    total -= sizeBytes;
  }
}
