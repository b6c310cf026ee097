/** @file A snapshot as a SELECT: exactly its files, in the log's order, with the schema's types. */
import { duckTypes } from "../adapter/duckdb.ts";
import type { Columns } from "../schema.ts";
import { quoteName, quoteText } from "../sql-text.ts";
import type { Add } from "./actions.ts";
import type { TablePlace } from "./snapshot.ts";

/** The file an `add` names, as an absolute path. */
export function locateFile(place: TablePlace, path: string): string {
  const plain = decodeURIComponent(path);
  if (plain.startsWith("/") || plain.startsWith("file:")) return plain.replace(/^file:(\/\/)?/, "");
  return place.bytes.locate(`${place.folder}/${plain}`);
}

/**
 * A SELECT of the columns from some files. Files written before a column was added give null for it.
 *
 * @param extra - More to select, such as `__millrace_file`, the row's file.
 */
export function scanSql(
  place: TablePlace,
  columns: Columns,
  what: { readonly files: Iterable<Add>; readonly extra?: string },
): string {
  const extra = what.extra === undefined ? "" : `, ${what.extra}`;
  const typed = Object.entries(columns).map(([name, { kind }]) => ({
    name: quoteName(name),
    type: duckTypes[kind],
  }));
  const empty = typed.map(({ name, type }) => `NULL::${type} AS ${name}`).join(", ");
  const paths = [...what.files].map((add) => quoteText(locateFile(place, add.path)));
  const none = `SELECT ${empty}, NULL::VARCHAR AS __millrace_file WHERE false`;
  const select = typed.map(({ name, type }) => `${name}::${type} AS ${name}`).join(", ");
  if (paths.length === 0) return `SELECT ${select}${extra} FROM (${none})`;
  const read = `read_parquet([${paths.join(", ")}], filename = '__millrace_file', union_by_name = true, hive_partitioning = false)`;
  return `SELECT ${select}${extra} FROM (${none} UNION ALL BY NAME SELECT * FROM ${read})`;
}
