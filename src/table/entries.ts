/** @file The entries of a folder of a lake's store, and what is known of each without asking twice. */
import type { Bytes, BytesStat } from "../store/index.ts";

/** What stands directly in a folder. */
export interface Entries {
  readonly names: readonly string[];
  /** Size and time of a file, from the listing where that says them; undefined for a folder. */
  stat(name: string): Promise<BytesStat | undefined>;
}

/** Lists a folder. A store whose listing gives names alone is asked for each entry. */
export async function entriesIn(bytes: Bytes, folder: string): Promise<Entries> {
  const listed = await bytes.entries?.(folder);
  return {
    names: listed === undefined ? await bytes.list(folder) : [...listed.keys()],
    stat: async (name) => listed?.get(name) ?? bytes.stat(`${folder}/${name}`),
  };
}
