/** @file A journal of answers on disk: concurrent answers share one write, full segments are set aside. */
import { type FileHandle, mkdir, open, rm } from "node:fs/promises";
import { join } from "node:path";
import { fail } from "./errors.ts";
import { type Lock, takeLock } from "./lock.ts";

/** Where a journal writes, and when a write counts as kept. */
export interface JournalOptions {
  readonly folder: string;
  /** Marks this journal's files; no other journal may ever have used it. */
  readonly id: string;
  /** The first line of each segment. */
  readonly header: string;
  /** A segment with so many rows is set aside. */
  readonly segmentRows: number;
  /** Called when a segment is full. */
  readonly onFull: () => void;
  /** Whether each group of answers is forced to the disk, to survive a loss of power. */
  readonly sync: boolean;
}

/** A segment that no one writes to any more. */
export interface SealedSegment {
  readonly number: number;
  readonly path: string;
}

interface Waiting {
  readonly text: string;
  readonly rows: number;
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

interface Active extends SealedSegment {
  readonly file: FileHandle;
  sizeBytes: number;
  rows: number;
}

/** The name of one segment's file. */
export const segmentName = (id: string, number: number): string =>
  `${id}-${String(number).padStart(8, "0")}.jsonl`;

/** The name of the lock that tells whether a journal's writer lives. */
export const lockName = (id: string): string => `${id}.lock`;

/**
 * One writer's journal. All its work is done one piece after the other; answers that arrive while
 * a write is under way wait for the next, which takes them all.
 */
export class Journal {
  readonly #options: JournalOptions;
  readonly #lock: Lock;
  #tail: Promise<unknown> = Promise.resolve();
  #waiting: Waiting[] = [];
  #active: Active | undefined;
  #segments = 0;
  readonly sealed: SealedSegment[] = [];

  private constructor(options: JournalOptions, lock: Lock) {
    this.#options = options;
    this.#lock = lock;
  }

  /** Makes the folder and takes the journal's lock. Throws `serve/failed-journal`. */
  static async open(options: JournalOptions): Promise<Journal> {
    const { folder, id } = options;
    try {
      await mkdir(folder, { recursive: true });
      const lock = takeLock(join(folder, lockName(id)));
      if (lock !== null) return new Journal(options, lock);
    } catch (cause) {
      return failedJournal(cause);
    }
    return fail("serve/failed-journal", { reason: `journal ${id} is in use` });
  }

  /** Resolves when the rows are kept. Throws `serve/failed-journal` when they are not. */
  append(text: string, rows: number): Promise<void> {
    return new Promise((done, failed) => {
      this.#waiting.push({ text, rows, done, failed });
      if (this.#waiting.length === 1) void this.#serial(() => this.#writeGroup());
    });
  }

  /** Sets the segment that is being written aside, if it has rows. */
  seal(): Promise<void> {
    return this.#serial(() => this.#sealNow());
  }

  /** The rows in the segment that is being written. */
  get activeRows(): number {
    return this.#active?.rows ?? 0;
  }

  /** Ends the writing and lets the lock go. */
  async close(): Promise<void> {
    try {
      await this.seal();
    } finally {
      this.#lock.release();
    }
  }

  #serial<T>(work: () => Promise<T>): Promise<T> {
    const next = this.#tail.then(work);
    this.#tail = next.catch(() => undefined);
    return next;
  }

  async #writeGroup(): Promise<void> {
    const group = this.#waiting;
    this.#waiting = [];
    try {
      await this.#write(group);
      for (const { done } of group) done();
    } catch (error) {
      for (const { failed } of group) failed(error);
      return;
    }
    if (this.activeRows < this.#options.segmentRows) return;
    try {
      await this.#sealNow();
    } finally {
      this.#options.onFull();
    }
  }

  async #write(group: readonly Waiting[]): Promise<void> {
    const active = this.#active ?? (await this.#openSegment());
    const header = active.sizeBytes === 0 ? this.#options.header : "";
    const bytes = Buffer.from(header + group.map(({ text }) => text).join(""));
    try {
      await writeWhole(active.file, bytes);
      if (this.#options.sync) await active.file.datasync();
    } catch (cause) {
      await this.#giveUp(active);
      failedJournal(cause);
    }
    active.sizeBytes += bytes.length;
    active.rows += group.reduce((sum, { rows }) => sum + rows, 0);
  }

  /** After a failed write: what was not acknowledged is cut off, and nothing is added after it. */
  async #giveUp(active: Active): Promise<void> {
    await active.file.truncate(active.sizeBytes).catch(() => undefined);
    await this.#sealNow().catch(() => undefined);
  }

  async #openSegment(): Promise<Active> {
    const { folder, id, sync } = this.#options;
    const number = this.#segments + 1;
    const path = join(folder, segmentName(id, number));
    try {
      const file = await open(path, "ax");
      this.#segments = number;
      this.#active = { number, path, file, sizeBytes: 0, rows: 0 };
      if (sync) await syncFolder(folder);
      return this.#active;
    } catch (cause) {
      return failedJournal(cause);
    }
  }

  async #sealNow(): Promise<void> {
    const active = this.#active;
    if (active === undefined) return;
    this.#active = undefined;
    if (active.rows > 0) this.sealed.push({ number: active.number, path: active.path });
    await active.file.close();
    if (active.rows === 0) await rm(active.path, { force: true });
  }
}

/** A write that the system cuts short is carried on. */
async function writeWhole(file: FileHandle, bytes: Uint8Array): Promise<void> {
  let written = 0;
  while (written < bytes.length) written += (await file.write(bytes, written)).bytesWritten;
}

/** Makes a new file's name survive a loss of power; systems that cannot are left as they are. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r").catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}

function failedJournal(cause: unknown): never {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return fail("serve/failed-journal", { reason }, { cause });
}
