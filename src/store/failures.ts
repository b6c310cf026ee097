/** @file From the system's error numbers to our errors: what happened and what to do. */
import { isMillraceError } from "../core/index.ts";
import { fail } from "./errors.ts";

/** The system's name of a failure ("ENOSPC"), or "" when the error is not the system's. */
export function systemCode(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string"
    ? error.code
    : "";
}

const failures: Readonly<Record<string, { reason: string; advice: string }>> = {
  ENOSPC: { reason: "the disk is full", advice: "Free some space and try again." },
  EDQUOT: { reason: "the disk quota is used up", advice: "Free some space and try again." },
  EFBIG: { reason: "the file would be too large", advice: "Raise the limit on file sizes." },
  EROFS: {
    reason: "the disk is read-only",
    advice: "Mount it for writing, or use another folder.",
  },
  EACCES: {
    reason: "this user is not allowed to",
    advice: "Give the user the rights, or use another folder.",
  },
  EIO: { reason: "the disk reports an error", advice: "Check the disk, and restore from a copy." },
  EMFILE: { reason: "too many files are open", advice: "Raise the limit on open files." },
};

/** What a failure of the system means, and what to do about it. */
export function describeFailure(error: unknown): { reason: string; advice: string } {
  const code = systemCode(error);
  const known = failures[code === "EPERM" ? "EACCES" : code];
  if (known !== undefined) return { ...known, reason: `${known.reason} (${code})` };
  const reason = error instanceof Error ? error.message : String(error);
  return { reason, advice: "Check the folder and the disk it is on." };
}

/** What was being done when the system failed. */
export interface Attempt {
  readonly key: string;
  readonly path: string;
  readonly root: string;
}

/** Throws what a failed read means: `store/missing-bytes` or `store/failed-read`. */
export function failReading({ key, path, root }: Attempt, cause: unknown): never {
  const absent = ["ENOENT", "ENOTDIR", "EISDIR"].includes(systemCode(cause));
  if (absent) return fail("store/missing-bytes", { key, at: root }, { cause });
  return fail("store/failed-read", { path, ...describeFailure(cause) }, { cause });
}

/** Throws what a failed write means: `store/conflict-key` or `store/failed-write`. */
export function failWriting({ key, path, root }: Attempt, cause: unknown): never {
  if (isMillraceError(cause)) throw cause;
  const taken = ["EEXIST", "ENOTDIR", "EISDIR", "ENOTEMPTY"].includes(systemCode(cause));
  if (taken) return fail("store/conflict-key", { key, at: root }, { cause });
  return fail("store/failed-write", { path, ...describeFailure(cause) }, { cause });
}
