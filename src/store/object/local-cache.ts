/** @file Local copies of remote files, shared between processes, bounded, and safe while in use. */
import { randomUUID } from "node:crypto";
import { link, mkdir, open, readdir, rename, rm, stat, unlink, utimes } from "node:fs/promises";
import { homedir, hostname } from "node:os";
import { dirname, join } from "node:path";
import { type Clock, checkNumber } from "../../core/index.ts";
import { systemCode } from "../failures.ts";

/** Where local copies are kept, and how many. */
export interface CacheOptions {
  /** Default `millrace/objects` in `$XDG_CACHE_HOME`, else in `~/.cache`. */
  readonly cacheFolder?: string;
  /** What the copies may take together once nobody uses them, in bytes. Default 10 GiB. */
  readonly cacheSizeBytes?: number;
}

/** A copy: the name that all processes know it by, and where this process has it. */
export interface Copy {
  /** Stands for bytes that never change. */
  readonly name: string;
  /** A path below the session's folder. */
  readonly path: string;
  /** How large it must be, where that is known: a copy of another size is not used. */
  readonly sizeBytes?: number | undefined;
}

/** Local copies by name. */
export interface LocalCache {
  /** The folder of this process: the paths of all copies begin with it. */
  readonly session: string;
  /** Brings a copy to its path, downloaded when there is none; it stays until let go as often. */
  hold(copy: Copy, download: (path: string) => Promise<void>): Promise<void>;
  /** Says that a copy is used no longer: it goes when the room is needed. */
  letGo(path: string): void;
  /** Takes a finished file in as a copy that nobody uses yet; it is gone from its place afterwards. */
  keep(copy: Copy, from: string): Promise<void>;
  /** A new, empty folder, gone with `close`. */
  scratch(): Promise<string>;
  close(): Promise<void>;
}

interface Held {
  readonly ready: Promise<void>;
  sizeBytes: number;
  uses: number;
}

/**
 * Opens the cache. Copies are kept under `files/`; each process holds those it uses by hard links
 * in a folder of its own under `sessions/`, so that the bound, which removes what was not used for
 * longest from `files/`, never takes a file from under a query. What a process has let go it keeps
 * within the same bound, for the next query. What a dead process held is removed when the next one
 * opens the cache.
 */
export function localCache(options: CacheOptions & { readonly clock: Clock }): LocalCache {
  const { cacheFolder = defaultFolder(), cacheSizeBytes = 10 * 2 ** 30, clock } = options;
  checkNumber("cache", { cacheSizeBytes }, { min: 0 });
  const files = join(cacheFolder, "files");
  const sessions = join(cacheFolder, "sessions");
  const session = join(sessions, `${process.pid}.${randomUUID()}.${hostname()}`);
  const own = heldCopies(cacheSizeBytes);
  const shared = sharedCopies(files, cacheSizeBytes);
  let opened: Promise<void> | undefined;
  const folders = new Map<string, Promise<unknown>>();
  const ready = async (folder = session): Promise<void> => {
    opened ??= openSession(files, session).then(() => sweepSessions(sessions));
    await opened;
    const made = folders.get(folder) ?? mkdir(folder, { recursive: true });
    folders.set(folder, made);
    await made;
  };
  const bring = async (copy: Copy, download: (path: string) => Promise<void>): Promise<number> => {
    await ready(dirname(copy.path));
    if (await tryLink(join(files, copy.name), copy.path)) {
      const { size } = await stat(copy.path);
      const now = new Date(clock());
      if (size === (copy.sizeBytes ?? size)) return utimes(copy.path, now, now).then(() => size);
      await Promise.all(
        [copy.path, join(files, copy.name)].map((path) => rm(path, { force: true })),
      );
    }
    const arriving = join(session, `.${randomUUID()}.tmp`);
    try {
      await download(arriving);
      await flush(arriving);
      await rename(arriving, copy.path);
    } catch (error) {
      await rm(arriving, { force: true });
      throw error;
    }
    await shared.add(copy);
    return (await stat(copy.path)).size;
  };
  const close = async (): Promise<void> => {
    await opened;
    opened = undefined;
    folders.clear();
    own.clear();
    await rm(session, { recursive: true, force: true });
  };
  return {
    session,
    hold: (copy, download) => own.hold(copy.path, () => bring(copy, download)),
    letGo: own.letGo,
    keep: async (copy, from) => {
      await ready(dirname(copy.path));
      const taken = async (): Promise<number> => {
        await rename(from, copy.path);
        await shared.add(copy);
        return (await stat(copy.path)).size;
      };
      await own.hold(copy.path, taken).then(() => own.letGo(copy.path), noMatter);
      await rm(from, { force: true }); // there is a copy already, or it is on another disk
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

/** The copies of this process by path: how often each is used, and those that nobody uses by age. */
function heldCopies(limitBytes: number) {
  const held = new Map<string, Held>();
  const idle = new Map<string, Held>();
  const leaving = new Map<string, Promise<void>>();
  let idleBytes = 0;
  const brought = async (path: string, bring: () => Promise<number>): Promise<number> => {
    await leaving.get(path);
    return bring();
  };
  const trim = (): void => {
    for (const [path, { sizeBytes }] of idle) {
      if (idleBytes <= limitBytes) return;
      idle.delete(path);
      held.delete(path);
      idleBytes -= sizeBytes;
      const gone = unlink(path).then(noMatter, noMatter);
      leaving.set(path, gone);
      gone.then(() => leaving.get(path) === gone && leaving.delete(path));
    }
  };
  return {
    hold: (path: string, bring: () => Promise<number>): Promise<void> => {
      const found = held.get(path);
      if (found !== undefined) {
        if (idle.delete(path)) idleBytes -= found.sizeBytes;
        found.uses += 1;
        return found.ready;
      }
      const ready = brought(path, bring).then(
        (sizeBytes) => {
          entry.sizeBytes = sizeBytes;
        },
        (error: unknown) => {
          if (held.get(path) === entry) held.delete(path);
          throw error;
        },
      );
      const entry: Held = { ready, sizeBytes: 0, uses: 1 };
      held.set(path, entry);
      return ready;
    },
    letGo: (path: string): void => {
      const found = held.get(path);
      if (found === undefined || found.uses === 0) return;
      found.uses -= 1;
      if (found.uses > 0) return;
      idle.set(path, found);
      idleBytes += found.sizeBytes;
      trim();
    },
    clear: (): void => {
      held.clear();
      idle.clear();
      idleBytes = 0;
    },
  };
}

const noMatter = (): void => undefined;

/** The copies of all processes. They are counted when a sixteenth of the bound has come since. */
function sharedCopies(files: string, limitBytes: number) {
  let sinceBytes = Number.POSITIVE_INFINITY;
  return {
    add: async ({ name, path }: Copy): Promise<void> => {
      if (limitBytes === 0 || !(await tryLink(path, join(files, name)))) return;
      sinceBytes += (await stat(path)).size;
      if (sinceBytes < limitBytes / 16) return;
      sinceBytes = 0;
      await trimFolder(files, limitBytes);
    },
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
async function trimFolder(folder: string, limitBytes: number): Promise<void> {
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
