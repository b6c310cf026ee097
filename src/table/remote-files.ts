/** @file The data files of a lake that is elsewhere: brought for each statement, and what is wrong with one that cannot be. */
import { count, isMillraceError } from "../core/index.ts";
import type { Bytes } from "../store/index.ts";
import { placeOf } from "./damaged-data.ts";
import { fail } from "./errors.ts";
import { attachFiles } from "./named-files.ts";

/**
 * Makes statements bring the files of a store that they name. Gives what ends that.
 *
 * A statement throws `table/missing-data` for a file that is gone, `table/corrupt-data` for one that
 * is not as large as the log says, and `store/failed-read`.
 */
export function attachRemote({ copies }: Bytes): () => void {
  if (copies === undefined) return () => undefined;
  const { folder, hold, letGo } = copies;
  return attachFiles({ folder, letGo, hold: (path) => hold(path).catch(explain) });
}

function explain(error: unknown): never {
  if (isMillraceError(error, "store/missing-bytes")) {
    const { name, file } = placeOf(String(error.details["key"]));
    fail("table/missing-data", { name, version: null, file }, { cause: error });
  }
  if (isMillraceError(error, "store/mismatch-size")) {
    const { key, expected, got } = error.details;
    const { name, file } = placeOf(String(key));
    const reason = `has ${count(Number(got), "byte")}; expected ${expected}, as its log says`;
    fail("table/corrupt-data", { name, file, reason }, { cause: error });
  }
  throw error;
}
