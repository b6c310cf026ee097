/** @file The errors of ingestion: files that are incomplete, too large, or do not fit their table. */
import { caller, failWith, list, quote } from "../../core/index.ts";
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
      `${d.file}: the columns ${list(d.columns)} have names that Millrace gives its own columns; rename them. The file was not loaded`,
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
