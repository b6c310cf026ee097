/** @file One commit put into the log, and what is known of it when that fails. */
import { isMillraceError } from "../../core/index.ts";
import { commitKey, type TablePlace } from "./log.ts";

/** A failure after which the commit is known not to be in the log. */
export class NotCommitted extends Error {}

/**
 * Puts a commit if nobody has. A store that fails may have stored it all the same (the bytes are
 * there, and flushing the folder failed): what is in the log then decides. While nobody can tell, the
 * files stay: one too many does no harm, one too few takes a version with it.
 */
export async function putCommit(
  place: TablePlace,
  version: number,
  body: Uint8Array,
): Promise<boolean> {
  const key = commitKey(place, version);
  try {
    return await place.bytes.putIfAbsent(key, body);
  } catch (cause) {
    if (isMillraceError(cause, "store/unsupported-condition")) throw cause;
    const there = await readBack(place, key).catch(() => {
      throw cause; // what failed first says more than that nobody can tell
    });
    if (there !== undefined) return Buffer.from(there).equals(body);
    if (isMillraceError(cause, "store/unknown-outcome")) throw cause;
    throw new NotCommitted("not in the log", { cause });
  }
}

const readBack = async ({ bytes }: TablePlace, key: string): Promise<Uint8Array | undefined> =>
  (await bytes.has(key)) ? bytes.get(key) : undefined;
