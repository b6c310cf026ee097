/** @file A data file that is gone or damaged when a statement reads it: which table's it was. */
import { fail } from "./errors.ts";

/** The table and the file that a key names: a table's folder is its name, and no file looks like a part of one. */
export function placeOf(key: string): { readonly name: string; readonly file: string } {
  const [, folder = "", file = key] =
    /^tables\/((?:[a-z][a-z0-9_.]*\/){2,3})(.+)$/s.exec(key) ?? [];
  return { name: folder.slice(0, -1).replaceAll("/", ".") || "the lake", file };
}

/** The same of a path on this machine; undefined for one that is no table's data file. */
function placeAt(path: string): ReturnType<typeof placeOf> | undefined {
  const plain = path.replaceAll("\\", "/");
  const at = plain.lastIndexOf("/tables/");
  return at < 0 || !plain.endsWith(".parquet") ? undefined : placeOf(plain.slice(at + 1));
}

/** A file that is there and cannot be opened (a disk that is read-only, no right to) is not gone. */
const isGone =
  /^IO Error: (?:No files found that match the pattern "([^\n]+?)"|Cannot open file "([^\n]+?)": No such file)/;

/** What the engine says of a Parquet file that is cut or overwritten, where it names the file. */
const isCut =
  /^Invalid Input Error: (?:No magic bytes found at end of file|File|Footer length error in file) '([^\n]+?)'/;

/** And where it does not: Thrift's complaints about a footer or a page, and those of decompression. */
const isGarbled =
  /^(?:Invalid Error|Invalid Input Error|IO Error): ((?:don't know what type|Variable-length int|TProtocolException|Invalid (?:page|encoding)|[^\n]*(?:[Dd]ecompress|thrift|Thrift|corrupt|Corrupt))[^\n]*)/;

/**
 * Throws what a statement threw; for a table's file on this machine that is gone, because a vacuum or a
 * drop removed it after the table was read, `table/missing-data`, and for one that is no whole Parquet
 * file any more, `table/corrupt-data`.
 *
 * @param sql - The statement, which names the files that it reads.
 */
export function explainData(cause: unknown, sql: string): never {
  const message = cause instanceof Error ? cause.message : "";
  const gone = isGone.exec(message);
  const lost = placeAt(gone?.[1] ?? gone?.[2] ?? "");
  if (lost !== undefined) fail("table/missing-data", { ...lost, version: null }, { cause });
  const cut = placeAt(isCut.exec(message)?.[1] ?? "");
  if (cut !== undefined)
    fail("table/corrupt-data", { ...cut, reason: "is no whole Parquet file any more" }, { cause });
  const [, why] = isGarbled.exec(message) ?? [];
  const [read, ...more] = filesIn(sql);
  if (why === undefined || read === undefined) throw cause;
  const others =
    more.length === 0 ? "" : `or another of the ${more.length + 1} files that the statement reads `;
  const reason = `${others}is damaged (${why.trim()})`;
  return fail("table/corrupt-data", { ...read, reason }, { cause });
}

/** The data files of tables that a statement names. */
function filesIn(sql: string): readonly ReturnType<typeof placeOf>[] {
  const paths = sql.match(/'[^'\n]*\.parquet'/g) ?? [];
  return [...new Set(paths)].flatMap((path) => placeAt(path.slice(1, -1)) ?? []);
}
