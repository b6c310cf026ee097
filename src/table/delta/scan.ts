/** @file A snapshot as a SELECT: exactly its files, in the log's order, with the schema's types. */
import { duckTypes } from "../adapter/duckdb.ts";
import { fail } from "../errors.ts";
import type { Columns } from "../schema.ts";
import { plainPath, quoteName, quoteText } from "../sql-text.ts";
import type { Add } from "./actions.ts";
import { locator } from "./file-paths.ts";
import type { TablePlace } from "./log.ts";

/** What is read from some files. */
export interface Scan {
  readonly files: Iterable<Add>;
  readonly columns: Columns;
  /** Columns whose values stand in the log, not in the files. */
  readonly partitionBy: readonly string[];
  /** Whether to give each row's place too: the number of its file and its number in it. */
  readonly places?: boolean;
}

/** Columns of {@link scanSql} with places; no column of a schema can have such a name. */
export const placeNames = { file: '"\u001efile"', row: '"\u001erow"' } as const;

/** A SELECT of columns from files. Files written before a column was added give null for it. */
export function scanSql(place: TablePlace, scan: Scan): string {
  const files = [...scan.files];
  const partitions = new Set(scan.partitionBy);
  const typed = Object.entries(scan.columns).map(([name, { kind }]) => ({
    name,
    column: quoteName(name),
    type: duckTypes[kind],
  }));
  const inFiles = typed.filter(({ name }) => !partitions.has(name));
  let located = scan.places === true;
  const select = typed.map(({ name, column, type }) => {
    const values = partitions.has(name) ? partitionValues(files, name) : [];
    located ||= values.length > 1;
    const value = partitions.has(name) ? partitionSql(values) : column;
    return `CAST(${value} AS ${type}) AS ${column}`;
  });
  if (scan.places === true)
    select.push(
      `CAST(file_index AS BIGINT) AS ${placeNames.file}, file_row_number AS ${placeNames.row}`,
    );
  if (located) checkPlaceNames(place, scan.columns);
  const empty = [
    ...inFiles.map(({ column, type }) => `NULL::${type} AS ${column}`),
    ...(located ? ["NULL::UBIGINT AS file_index", "NULL::BIGINT AS file_row_number"] : []),
  ];
  // A table of one partition column alone has no column left in its files.
  const none = `SELECT ${empty.length === 0 ? 'NULL AS "\u001enone"' : empty.join(", ")} WHERE false`;
  if (files.length === 0) return `SELECT ${select.join(", ")} FROM (${none})`;
  const locate = locator(place);
  const paths = files.map((add) => quoteText(plainPath(locate(add))));
  const read = `read_parquet([${paths.join(", ")}], union_by_name = true, hive_partitioning = false)`;
  const star = located ? "*, file_index, file_row_number" : "*";
  return `SELECT ${select.join(", ")} FROM (${none} UNION ALL BY NAME SELECT ${star} FROM ${read})`;
}

/** A column of the table would hide DuckDB's own columns, by which rows are found again. */
function checkPlaceNames({ name }: TablePlace, columns: Columns): void {
  for (const column of Object.keys(columns))
    if (/^file_(index|row_number)$/i.test(column))
      fail("table/unsupported-feature", {
        name,
        feature: `a column named ${column}, which hides DuckDB's own`,
      });
}

/** The value of a partition column for each file, or the one value that all of them have. */
function partitionValues(files: readonly Add[], name: string): readonly string[] {
  const values = files.map((add) => {
    const value = add.partitionValues[name];
    return value === null || value === undefined || value === "" ? "NULL" : quoteText(value);
  });
  return new Set(values).size === 1 ? values.slice(0, 1) : values;
}

/** The value of a partition column for the file of a row, looked up by the file's number. */
function partitionSql(values: readonly string[]): string {
  if (values.length < 2) return `${values[0] ?? "NULL"}::VARCHAR`;
  return `([${values.join(", ")}]::VARCHAR[])[CAST(file_index AS BIGINT) + 1]`;
}
