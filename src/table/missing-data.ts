/** @file A data file that is gone when a statement reads it: which table's it was. */
import { fail } from "./errors.ts";

/** The table and the file that a key names: a table's folder is its name, and no file looks like a part of one. */
export function placeOf(key: string): { readonly name: string; readonly file: string } {
  const [, folder = "", file = key] =
    /^tables\/((?:[a-z][a-z0-9_.]*\/){2,3})(.+)$/s.exec(key) ?? [];
  return { name: folder.slice(0, -1).replaceAll("/", ".") || "the lake", file };
}

/** A file that is there and cannot be opened (a disk that is read-only, no right to) is not gone. */
const isGone =
  /^IO Error: (?:No files found that match the pattern "([^\n]+?)"|Cannot open file "([^\n]+?)": No such file)/;

/**
 * Throws what a statement threw; for a table's file on this machine that is gone, because a vacuum or a
 * drop removed it after the table was read, `table/missing-data`.
 */
export function explainMissing(cause: unknown): never {
  const found = cause instanceof Error ? isGone.exec(cause.message) : null;
  const path = found?.[1] ?? found?.[2] ?? "";
  const at = path.replaceAll("\\", "/").lastIndexOf("/tables/");
  if (at < 0 || !path.endsWith(".parquet")) throw cause;
  const { name, file } = placeOf(path.replaceAll("\\", "/").slice(at + 1));
  return fail("table/missing-data", { name, version: null, file }, { cause });
}
