/** @file From SQLite's result codes to our errors. */
import { fail } from "./errors.ts";
import { systemCode } from "./failures.ts";

/** SQLite's result codes for what the machine, not the statement, did wrong. */
const code = { busy: 5, locked: 6, readOnly: 8, io: 10, corrupt: 11, full: 13, cantOpen: 14 };
const notADatabase = 26;

const reasons: Readonly<Record<number, { reason: string; advice: string }>> = {
  [code.readOnly]: {
    reason: "the file or its disk is read-only",
    advice: "Give this user the right to write, or use another path.",
  },
  [code.io]: {
    reason: "the disk reports an error",
    advice: "Check the disk, its free space and the limit on file sizes.",
  },
  [code.full]: { reason: "the disk is full", advice: "Free some space and try again." },
  [code.cantOpen]: {
    reason: "the file cannot be opened or made",
    advice: "Check that its folder exists and that this user may write there.",
  },
};

/** A record file that is being used. */
export interface Place {
  readonly path: string;
  readonly lockTimeoutMs: number;
}

/**
 * Does something with SQLite, and says what a failure of the machine means; other failures are
 * passed on as they are.
 *
 * @throws `store/conflict-closed`, `store/corrupt-records`, `store/timed-out-lock`, `store/failed-write`
 */
export function translate<T>({ path, lockTimeoutMs }: Place, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    const result = resultOf(cause);
    if (systemCode(cause) === "ERR_INVALID_STATE")
      return fail("store/conflict-closed", { path }, { cause });
    if (result === code.busy || result === code.locked)
      return fail("store/timed-out-lock", { path, waitedMs: lockTimeoutMs }, { cause });
    if (result === code.corrupt || result === notADatabase)
      return fail("store/corrupt-records", { path, reason: (cause as Error).message }, { cause });
    const known = reasons[result];
    if (known !== undefined) return fail("store/failed-write", { path, ...known }, { cause });
    throw cause;
  }
}

/** SQLite's primary result code: the low byte of the extended one. */
function resultOf(error: unknown): number {
  const known = error instanceof Error && "errcode" in error && typeof error.errcode === "number";
  return known ? Number(error.errcode) & 0xff : 0;
}
