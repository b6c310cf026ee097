/** @file The inference log: every answer once in a Delta table, kept in a journal until it is there. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import {
  type Clock,
  checkChoice,
  checkNames,
  checkNumber,
  randomIds,
  systemClock,
} from "../core/index.ts";
import type { Answered, Signature } from "../flow.ts";
import { type Columns, type Frame, type Lake, schema } from "../table/index.ts";
import { fail } from "./errors.ts";
import { Journal, lockName } from "./journal.ts";
import { answerCells, logColumns } from "./log-columns.ts";
import { commitSegments, type Recovered, recoverSegments, type SegmentHome } from "./recover.ts";
import { formatHeader, formatLine } from "./segment.ts";

/** Where answers are kept before an endpoint gives them. */
export interface AnswerLog {
  /** What the log was opened for. */
  readonly signature: Signature;
  /** Resolves when every answer is durable. */
  append(answers: readonly Answered[]): Promise<void>;
}

/** How far the log is. */
export interface LogState {
  /** Rows kept since the log was opened. */
  readonly rows: number;
  /** Segments of the journal that wait for the table. */
  readonly segmentsWaiting: number;
  /** Why the last attempt to write the table failed; null when it did not. */
  readonly failure: string | null;
  /** When the table was last written, in milliseconds; null before. */
  readonly flushedAtMs: number | null;
}

/** A log of answers that is a table of the lake. */
export interface InferenceLog extends AnswerLog, AsyncDisposable {
  readonly table: string;
  readonly columns: Columns;
  /** What dead writers had left behind when the log was opened. */
  readonly recovered: Recovered;
  /** Moves everything that was kept so far into the table. */
  flush(): Promise<void>;
  /** Flushes, and gives the rows of the table. */
  read(): Promise<Frame>;
  state(): LogState;
  /** Flushes and lets the journal go. Later appends are refused. */
  close(): Promise<void>;
}

/** What an inference log needs. */
export interface InferenceLogOptions {
  readonly lake: Pick<Lake, "table">;
  /** The table's name: "serving.churn_log". */
  readonly table: string;
  readonly signature: Signature;
  /** The folder of the journal, on a local disk. */
  readonly folder: string;
  readonly clock?: Clock;
  /** So many rows make a commit. Default 1,000. */
  readonly flushRows?: number;
  /** The longest time that a row waits for its commit, in milliseconds. Default 5,000. */
  readonly flushMs?: number;
  /** What a kept answer survives: the end of the process, or also a loss of power. Default "process". */
  readonly durability?: "process" | "machine";
}

/**
 * Opens the log of an endpoint's answers. `append` returns when the answers are in the journal;
 * the journal's segments are moved into the table in commits of `flushRows` rows. Every answer
 * whose `append` returned is in the table exactly once, also after kill -9 at any moment: each
 * commit names its segment, and the table takes a segment once. Segments that dead processes left
 * in the folder are moved when the log is opened. A row costs microseconds; a commit costs some
 * tens of milliseconds in the background.
 *
 * @param options - The lake, the table's name, the model's signature and the journal's folder.
 * @returns The log; close it, or leave its `await using` block.
 * @throws `serve/duplicate-column`, `serve/failed-journal`, `serve/corrupt-journal`,
 * `serve/mismatch-journal`, `option/out-of-range`, and what the table can throw
 * @example
 * ```ts
 * await using lake = await openLake("./lake");
 * const inputs = { tenure: { kind: "int", nullable: false } } as const;
 * const signature = { inputs, output: { name: "churn", kind: "bool" } } as const;
 * const where = { table: "serving.churn_log", folder: "./journal" };
 * await using log = await openInferenceLog({ lake, signature, ...where });
 * await log.append([
 *   {
 *     requestId: "r1", atMs: 0, endpoint: "churn", version: 1,
 *     input: { tenure: 3 }, prediction: { value: true, probability: 0.75 }, warnings: [],
 *   },
 * ]);
 * await (await log.read()).count() // => 1
 * ```
 */
export async function openInferenceLog(options: InferenceLogOptions): Promise<InferenceLog> {
  const { lake, signature, folder, clock = systemClock } = options;
  const { flushRows = 1000, flushMs = 5000, durability = "process" } = options;
  const at = "openInferenceLog";
  checkNames(at, options, known);
  checkNumber(at, { flushRows }, { min: 1, max: 1_000_000, integer: true });
  checkNumber(at, { flushMs }, { min: 1, max: 86_400_000 });
  checkChoice(at, { durability }, ["process", "machine"]);
  const columns = logColumns(`${at} ${options.table}`, signature);
  const table = lake.table(options.table, schema("inference_log", columns));
  // Makes the table, or finds out before anything is answered that it is of other columns.
  await table.append([], { txn: { app: "millrace inference log", version: 0 } });
  const home: SegmentHome = {
    folder,
    columns,
    taken: (journal) => table.txn(journal),
    commit: (rows, txn) => table.append(rows, { txn }),
  };
  const recovered = await recoverSegments(home);
  const id = randomIds(); // never from a seed: a journal's id must not come twice
  const parts = { name: options.table, signature, home, recovered, id, clock, flushMs };
  const read = (): Promise<Frame> => table.read();
  const sync = durability === "machine";
  const log = new TableLog({ ...parts, read });
  await log.start({ segmentRows: flushRows, sync });
  return log;
}

const known = [
  ...["lake", "table", "signature", "folder", "clock"],
  ...["flushRows", "flushMs", "durability"],
];

interface LogParts {
  readonly name: string;
  readonly signature: Signature;
  readonly home: SegmentHome & { readonly columns: Columns };
  readonly recovered: Recovered;
  /** The journal's id. */
  readonly id: string;
  readonly clock: Clock;
  readonly flushMs: number;
  readonly read: () => Promise<Frame>;
}

class TableLog implements InferenceLog {
  readonly table: string;
  readonly signature: Signature;
  readonly columns: Columns;
  readonly recovered: Recovered;
  readonly #parts: LogParts;
  #journal: Journal | undefined;
  #flushing: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #rows = 0;
  #failure: string | null = null;
  #flushedAtMs: number | null = null;

  constructor(parts: LogParts) {
    this.#parts = parts;
    this.table = parts.name;
    this.signature = parts.signature;
    this.columns = parts.home.columns;
    this.recovered = parts.recovered;
  }

  async start(how: { readonly segmentRows: number; readonly sync: boolean }): Promise<void> {
    const { home, id } = this.#parts;
    this.#journal = await Journal.open({
      ...how,
      id,
      folder: home.folder,
      header: formatHeader(home.columns),
      onFull: () => this.#flushSoon(0),
    });
  }

  async append(answers: readonly Answered[]): Promise<void> {
    const at = `inference log ${this.table}`;
    const journal = this.#journal ?? fail("serve/conflict-closed", { at });
    if (answers.length === 0) return;
    const lines = answers.map((answer) => formatLine(answerCells(at, this.columns, answer)));
    await journal.append(lines.join(""), answers.length);
    this.#rows += answers.length;
    if (this.#journal !== undefined) this.#flushSoon(this.#parts.flushMs);
  }

  flush(): Promise<void> {
    const at = `inference log ${this.table}`;
    return this.#flushAll(this.#journal ?? fail("serve/conflict-closed", { at }));
  }

  async read(): Promise<Frame> {
    if (this.#journal !== undefined) await this.flush();
    return this.#parts.read();
  }

  state(): LogState {
    const segmentsWaiting = this.#journal?.sealed.length ?? 0;
    const failure = this.#failure;
    return { rows: this.#rows, segmentsWaiting, failure, flushedAtMs: this.#flushedAtMs };
  }

  async close(): Promise<void> {
    const journal = this.#journal;
    if (journal === undefined) return;
    this.#journal = undefined;
    clearTimeout(this.#timer);
    const { home, id } = this.#parts;
    try {
      await this.#flushAll(journal);
    } finally {
      await journal.close();
    }
    await rm(join(home.folder, lockName(id)), { force: true });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Flushes after a while, once for all that asked; 0 is at once. */
  #flushSoon(delayMs: number): void {
    if (this.#timer !== undefined && delayMs > 0) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      const journal = this.#journal;
      if (journal === undefined) return;
      this.#flushAll(journal).catch(() => this.#flushSoon(this.#parts.flushMs)); // kept in state()
    }, delayMs);
    this.#timer.unref();
  }

  /** One flush after the other, because the table must take the segments in their order. */
  #flushAll(journal: Journal): Promise<void> {
    const work = async (): Promise<void> => {
      try {
        await journal.seal();
        if (journal.sealed.length > 0) await this.#commitSealed(journal);
        this.#failure = null;
      } catch (error) {
        this.#failure = error instanceof Error ? error.message : String(error);
        throw error;
      }
    };
    const next = this.#flushing.then(work);
    this.#flushing = next.catch(() => undefined);
    return next;
  }

  async #commitSealed(journal: Journal): Promise<void> {
    const { home, id, clock } = this.#parts;
    await commitSegments(home, id, journal.sealed);
    this.#flushedAtMs = clock();
  }
}
