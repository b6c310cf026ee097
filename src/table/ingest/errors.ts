/** @file The errors of ingestion: files that are incomplete, too large, or do not fit their table. */
import { caller, count, failWith, list, quote } from "../../core/index.ts";
import { tableErrors } from "../errors.ts";

const bytes = (n: number): string => `${n.toLocaleString("en-US")} bytes`;

/** What can go wrong while files are taken into a table, beside what every table can raise. */
export const ingestErrors = {
  "table/corrupt-file": caller(
    (d: { file: string; what: string; reason: string }) =>
      `${d.file}: this is not a whole ${d.what} file (${d.reason}); deliver it again. The file was not loaded`,
  ),
  "table/out-of-range-size": caller(
    (d: { file: string; what: string; limit: number; option: string }) =>
      `${d.file}: ${d.what} more than ${bytes(d.limit)}; raise ${d.option} if it is meant to. The file was not loaded`,
  ),
  "table/conflict-column": caller(
    (d: { file: string; columns: readonly string[] }) =>
      `${d.file}: the columns ${list(d.columns)} have names that Millrace gives its own columns; rename them, or leave them out where the file is made (export does). The file was not loaded`,
  ),
  "table/unsupported-list": caller(
    (d: { file: string }) =>
      `${d.file}: this is one JSON list; expected JSON lines: an object a line, with nothing before, between and after them. A query FROM read_json(${quote(d.file)}) of lake.sql reads lists, and its rows can be appended. The file was not loaded`,
  ),
  "table/mismatch-delimiter": caller(
    (d: { file: string; delimiter: string; found: string; cells: number; lines: number }) =>
      `${d.file}: the first line holds no ${quote(d.delimiter)}, and each of the first ${count(d.lines, "line")} holds ${quote(d.found)}, which parts it into ${count(d.cells, "cell")}; name the delimiter with csv: { delimiter: ${quote(d.found)} }, or ${quote(d.delimiter)} if each line is one cell. The file was not loaded`,
  ),
  "table/mismatch-cell-type": caller(
    (d: { file: string; row: number; column: string; kind: string; got: unknown }) =>
      `${d.file}, row ${d.row}: column ${quote(d.column)} holds ${d.kind}, got ${quote(d.got)}; mend the cell, or choose another evolution. The file was not loaded`,
  ),
  "table/missing-rescued": caller(
    (d: { name: string }) =>
      `${d.name}: the table has no column "_rescued", in which evolution "rescue" keeps what does not fit; add rescuedColumn to its schema`,
  ),
};

/** Throws one of {@link ingestErrors} or `tableErrors`. */
export const fail = failWith({ ...tableErrors, ...ingestErrors });
