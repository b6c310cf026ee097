/** @file How much memory the engine of a process may take: the least that anybody who has it open asked for. */
import { totalmem } from "node:os";
import { checkNumber, failWith, optionErrors } from "../../core/index.ts";

const fail = failWith(optionErrors);

/** How an engine is opened. */
export interface EngineOptions {
  /**
   * The most memory that the engine takes for rows, in bytes; what is more goes to the disk, below the
   * system's folder for temporary files. At least 128,000,000. The engine is one for the process, so
   * of several limits the least holds, as long as it is open. Default: MILLRACE_MEMORY, a size such as
   * "2GB"; without it four fifths of the machine's, or of the container's.
   */
  readonly memoryLimitBytes?: number;
}

/** With less, a join of two tables or a sort has not enough for its least. */
const leastBytes = 128_000_000;

/** How many rows of a Parquet file stand together: DuckDB's own number. */
const groupRows = 122_880;

/** What a row of a row group may take while it is written, sorted rows and their copies included. */
const rowBytes = 8000;

/** A thread needs some memory to itself: with little of it, there are fewer. */
const threadBytes = 125_000_000;

const units: Readonly<Record<string, number>> = { "": 1, KB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 };

/** The limit that the options or the environment name, if they do. Throws `option/out-of-range`. */
export function memoryLimitOf(at: string, options: EngineOptions): number | undefined {
  const { memoryLimitBytes } = options;
  if (memoryLimitBytes !== undefined)
    return checkNumber(at, { memoryLimitBytes }, { min: leastBytes, integer: true });
  const named = process.env["MILLRACE_MEMORY"] ?? "";
  if (named === "") return undefined;
  const [, number = "", unit = ""] = /^(\d+(?:\.\d+)?) ?([KMGT]?B)?$/i.exec(named) ?? [];
  const bytes = Math.floor(Number(number) * (units[unit.toUpperCase()] ?? 1));
  if (number === "" || bytes < leastBytes)
    fail("option/out-of-range", {
      at,
      option: "MILLRACE_MEMORY",
      expected: 'a size of at least 128MB, such as "2GB"',
      got: named,
    });
  return bytes;
}

/** What the engine takes without a limit: four fifths of the machine's memory, or of the container's. */
function unlimitedBytes(): number {
  const container = process.constrainedMemory() || Number.POSITIVE_INFINITY;
  return 0.8 * Math.min(totalmem(), container);
}

/** The limits of those who have the engine open. */
export interface MemoryLimits {
  /** Adds a limit. */
  add(bytes: number): Promise<void>;
  /** Takes a limit away, once for each time that it was added. */
  drop(bytes: number): Promise<void>;
  /** How many rows a row group of Parquet is to have, which is in memory whole while it is written. */
  rowGroupRows(): number;
  /** The most memory that the engine takes for rows, in bytes. */
  memoryBytes(): number;
}

/**
 * Keeps the engine to the least of some limits.
 *
 * @param set - Runs a statement that changes a setting of the engine.
 * @param threads - How many threads the engine has with plenty of memory.
 */
export function memoryLimits(set: (sql: string) => Promise<void>, threads: number): MemoryLimits {
  const limits: number[] = [];
  const least = (): number => Math.min(...limits);
  const some = (): number => Math.max(1, Math.min(threads, Math.floor(least() / threadBytes)));
  const apply = async (): Promise<void> => {
    await set(`SET GLOBAL threads = ${some()}`);
    if (least() === Infinity) await set("RESET GLOBAL memory_limit");
    else await set(`SET GLOBAL memory_limit = '${least()}B'`);
  };
  return {
    add: async (bytes) => {
      limits.push(bytes);
      await apply();
    },
    drop: async (bytes) => {
      limits.splice(limits.indexOf(bytes), 1);
      await apply();
    },
    memoryBytes: () => Math.min(least(), unlimitedBytes()),
    rowGroupRows: () => {
      const rows = Math.floor(least() / some() / rowBytes / 2048) * 2048;
      return Math.min(groupRows, rows);
    },
  };
}
