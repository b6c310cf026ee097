/** @file From the path of a file in the log to its key in the store, its address, and the path that SQL names. */
import { fail } from "../errors.ts";
import type { Add } from "./actions.ts";
import type { TablePlace } from "./log.ts";

/** What says where a data file is, and how large. */
export type FileAt = Pick<Add, "path" | "size">;

/**
 * The paths by which SQL names the files of a table: those of the files themselves, or those of the
 * copies that will be there when a statement runs. Throws `table/corrupt-log` for a broken path.
 */
export function locator(place: TablePlace): (file: FileAt) => string {
  const { copies } = place.bytes;
  if (copies !== undefined)
    return ({ path, size }) => copies.path(keyOf(place, path) ?? refuseOutside(place, path), size);
  const root = place.bytes.locate(place.folder);
  return ({ path }) =>
    // a plain name needs no second look at the folder's key
    /^[\w.=-]+$/.test(path) && !path.includes("..") ? `${root}/${path}` : addressOf(place, path);
}

/** Where the file is that the log names: an absolute path, or an address in a remote store. */
export function addressOf(place: TablePlace, path: string): string {
  const key = keyOf(place, path);
  if (key !== undefined) return place.bytes.locate(key);
  const plain = decoded(place, path);
  const isFile = plain.startsWith("/") || plain.startsWith("file:");
  return isFile ? plain.replace(/^file:(\/\/)?/, "") : refuseOutside(place, path);
}

/** The key of the file that the log names; undefined when it names one outside the lake by its whole path. */
export function keyOf(place: TablePlace, path: string): string | undefined {
  const plain = decoded(place, path);
  if (!/^(\/|file:|[A-Za-z][A-Za-z0-9+.-]*:\/\/)/.test(plain)) return `${place.folder}/${plain}`;
  const root = place.bytes.locate("x").slice(0, -1);
  return place.bytes.copies !== undefined && plain.startsWith(root)
    ? plain.slice(root.length)
    : undefined;
}

const refuseOutside = ({ name }: TablePlace, path: string): never =>
  fail("table/unsupported-feature", { name, feature: `a data file outside its lake, ${path}` });

function decoded(place: TablePlace, path: string): string {
  try {
    return decodeURIComponent(path);
  } catch (cause) {
    const reason = "the path of a data file is not a URI";
    return fail("table/corrupt-log", { name: place.name, file: path, reason }, { cause });
  }
}
