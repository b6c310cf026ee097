/** @file The errors of tables: files that do not fit, tables that are not there, writes that lost a race. */
import {
  caller,
  conflict,
  count,
  didYouMean,
  environment,
  failWith,
  list,
  notFound,
  quote,
} from "../core/index.ts";

export const tableErrors = {
  "table/out-of-range-name": caller(
    (d: { name: string }) =>
      `table name ${quote(d.name)}: expected two or three parts of lower-case letters, digits and _ joined by dots, such as "telco.silver"`,
  ),
  "table/missing-table": notFound(
    (d: { name: string; known: readonly string[] }) =>
      `there is no table ${quote(d.name)}; the lake has ${list(d.known)}.${didYouMean(d.name, d.known)}`,
  ),
  "table/missing-version": notFound(
    (d: { name: string; version: number; latest: number }) =>
      `${d.name} has no version ${d.version}; its versions are 0 to ${d.latest}`,
  ),
  "table/unknown-column": caller(
    (d: { at: string; column: string; columns: readonly string[] }) =>
      `${d.at}: unknown column ${quote(d.column)}; the columns are ${list(d.columns)}.${didYouMean(d.column, d.columns)}`,
  ),
  "table/mismatch-columns": caller(
    (d: { name: string; missing: readonly string[]; extra: readonly string[] }) =>
      `${d.name}: the rows do not fit the table; missing columns: ${list(d.missing)}; columns the table has not: ${list(d.extra)}`,
  ),
  "table/mismatch-schema": caller(
    (d: { name: string; column: string; table: string; given: string }) =>
      `${d.name}: column ${quote(d.column)} is ${d.table} in the table and ${d.given} in the schema given; open it with the schema it was made with`,
  ),
  "table/mismatch-null": caller(
    (d: { name: string; column: string; rows: number }) =>
      `${d.name}: ${count(d.rows, "row")} without a value in ${quote(d.column)}, which may not be missing; nothing was written`,
  ),
  "table/mismatch-value": caller(
    (d: { name: string; reason: string }) =>
      `${d.name}: a value does not fit its column (${d.reason}); nothing was written`,
  ),
  "table/duplicate-key": caller(
    (d: { name: string; on: readonly string[]; keys: number; sample: unknown }) =>
      `${d.name}: ${count(d.keys, "key")} of ${list(d.on)} stand in several rows of the source, for example ${quote(d.sample)}; keep one row per key before the merge`,
  ),
  "table/out-of-range-integer": caller(
    (d: { column: string; got: string }) =>
      `column ${quote(d.column)} holds ${d.got}, which a JavaScript number cannot hold exactly; cast it to text in the query`,
  ),
  "table/unsupported-feature": environment(
    (d: { name: string; feature: string }) =>
      `${d.name}: this Delta table uses ${d.feature}, which this version of Millrace does not support; nothing was touched`,
  ),
  "table/unsupported-format": environment(
    (d: { path: string; found: number; known: number }) =>
      `the lake ${quote(d.path)} has format ${d.found}; this Millrace knows formats up to ${d.known}. Upgrade Millrace to open it; nothing was touched`,
  ),
  "table/corrupt-log": environment(
    (d: { name: string; file: string; reason: string }) =>
      `${d.name}: its log file ${quote(d.file)} cannot be used (${d.reason}); restore the file from a copy`,
  ),
  "table/conflict-write": conflict(
    (d: { name: string; tries: number }) =>
      `${d.name}: other writers changed the table during each of ${d.tries} tries; try again when they are done`,
  ),
  "table/failed-write": environment(
    (d: { name: string; reason: string }) =>
      `${d.name}: the files could not be written (${d.reason}); free space or mend the permissions and run the same command again. Nothing was committed`,
  ),
  "table/missing-file": notFound(
    (d: { path: string }) => `there is no file or folder ${quote(d.path)}; check the path`,
  ),
  "table/failed-read": environment(
    (d: { path: string; reason: string }) => `${quote(d.path)} cannot be read (${d.reason})`,
  ),
  "table/missing-rows": caller(
    (d: { file: string; what: string }) =>
      `${d.file}: ${d.what}; expected a header line and at least one row. The file was not loaded`,
  ),
  "table/corrupt-text": caller(
    (d: { file: string; line: number; reason: string }) =>
      `${d.file}, line ${d.line}: ${d.reason}. The file was not loaded`,
  ),
  "table/duplicate-column": caller(
    (d: { file: string; columns: readonly string[] }) =>
      `${d.file}, line 1: the header names ${list(d.columns)} more than once; name each column once. The file was not loaded`,
  ),
  "table/mismatch-header": caller(
    (d: { file: string; missing: readonly string[]; extra: readonly string[] }) =>
      `${d.file}, line 1: the header lacks ${list(d.missing)} and has ${list(d.extra)} that nobody expects. The file was not loaded`,
  ),
  "table/mismatch-cells": caller(
    (d: { file: string; line: number; expected: number; got: number | string }) =>
      `${d.file}, line ${d.line}: expected ${d.expected} cells, got ${d.got}. Mend the line; the file was not loaded`,
  ),
  "table/conflict-file": conflict(
    (d: { file: string }) =>
      `${d.file} changed while it was read; it was not loaded. Run again when the file is complete`,
  ),
};

export const fail = failWith(tableErrors);
