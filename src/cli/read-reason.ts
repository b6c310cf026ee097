/** @file Why a file that a command names cannot be read, in words. */

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EACCES: "this user may not read it",
  EISDIR: "it is a folder",
};

/** The system's reason, or what was thrown as it is. */
export function readReason(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const code = "code" in cause ? String(cause.code) : "";
  return reasons[code] ?? cause.message;
}
