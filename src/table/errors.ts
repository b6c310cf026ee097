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
import { headerFaults, type SampleRow, sampleText } from "./fault-texts.ts";
import { suggestion } from "./near-name.ts";

export const tableErrors = {
  "table/out-of-range-name": caller(
    (d: { name: string }) =>
      `table name ${quote(d.name)}: expected two or three parts of lower-case letters, digits and _ joined by dots, such as "telco.silver"`,
  ),
  "table/missing-table": notFound(
    (d: { name: string; known: readonly string[] }) =>
      `there is no table ${quote(d.name)}; the lake has ${list(d.known, d.name)}.${suggestion(d.name, d.known)}`,
  ),
  "table/missing-version": notFound(
    (d: { name: string; version: number; first?: number; latest: number }) =>
      `${d.name} has no version ${d.version} that can be read; its versions are ${d.first ?? 0} to ${d.latest}`,
  ),
  "table/unknown-column": caller(
    (d: { at: string; column: string; columns: readonly string[] }) =>
      `${d.at}: unknown column ${quote(d.column)}; the columns are ${list(d.columns, d.column)}.${didYouMean(d.column, d.columns)}`,
  ),
  "table/mismatch-argument": caller(
    (d: { at: string; expected: string; got: string }) =>
      `${d.at}: expected ${d.expected}; got ${d.got}`,
  ),
  "table/mismatch-columns": caller(
    (d: { name: string; missing: readonly string[]; extra: readonly string[] }) =>
      `${d.name}: the rows do not fit the table; missing columns: ${list(d.missing)}; columns the table has not: ${list(d.extra)}`,
  ),
  "table/mismatch-schema": caller(
    (d: { name: string; column: string; table: string; given: string }) =>
      `${d.name}: column ${quote(d.column)} is ${d.table} in the table and ${d.given} in the schema given; open it with the schema it was made with`,
  ),
  "table/mismatch-nullable": caller(
    (d: { name: string; column: string; rows: number }) =>
      `${d.name}: column ${quote(d.column)} has no value in ${count(d.rows, "row")} of the table, and is never missing in the schema given; open it with that column nullable`,
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
      `${d.name}: ${count(d.keys, "key")} of ${list(d.on)} ${d.keys === 1 ? "stands" : "stand"} in several rows of the source, for example ${quote(d.sample)}; keep one row per key before the merge`,
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
  "table/unknown-outcome": environment(
    (d: { name: string; version: number; reason: string }) =>
      `${d.name}: version ${d.version} was put into the log, but the log could not be read afterwards (${d.reason}), and whether the version counts depends on what others did meanwhile. Read the table before you write the same rows again; a write that bears a mark (txn) can be repeated`,
  ),
  "table/failed-write": environment(
    (d: { name: string; reason: string }) =>
      `${d.name}: the files could not be written (${d.reason}); free space or mend the permissions and run the same command again. Nothing was committed`,
  ),
  "table/failed-memory": environment(
    (d: { reason: string; folder: string }) =>
      `the engine has no memory left for this (${d.reason}), and the part that must stay in memory cannot go to ${quote(d.folder)}; raise memoryLimitBytes or MILLRACE_MEMORY, or do less at the same time. Nothing was committed`,
  ),
  "table/conflict-newer": conflict(
    (d: { name: string; expected: number; found: number }) =>
      `${d.name}: the table is at version ${d.found} and not at ${d.expected}, for which the write was meant; somebody else wrote meanwhile. Read it again, and write what is still to be written`,
  ),
  "table/conflict-version": caller(
    (d: { name: string }) =>
      `${d.name}: both a version and a moment (at) say which version is meant; give one of them`,
  ),
  "table/missing-moment": notFound(
    (d: { name: string; at: string; first: string }) =>
      `${d.name} had no version at ${d.at}; its first version that can be read is of ${d.first}`,
  ),
  "table/missing-data": notFound(
    (d: { name: string; version: number | null; file: string }) =>
      `${d.name}: ${d.version === null ? "the version read" : `version ${d.version}`} needs the data file "${d.file}", which is gone (a vacuum removes what no version within the retention needs, and a drop all); read the newest version`,
  ),
  "table/corrupt-data": environment(
    (d: { name: string; file: string; reason: string }) =>
      `${d.name}: its data file "${d.file}" ${d.reason}. Restore the file from a copy, or the table to a version without it`,
  ),
  "table/missing-changes": caller(
    (d: { name: string; version: number }) =>
      `${d.name}: the change data feed was off at version ${d.version}; ask for versions after table.alter({ changeFeed: true })`,
  ),
  "table/missing-clauses": caller(
    (d: { name: string }) =>
      `${d.name}: this merge would do nothing; expected at least one clause in matched, notMatched or notMatchedBySource, got none`,
  ),
  "table/duplicate-match": caller(
    (d: { name: string; rows: number }) =>
      `${d.name}: ${count(d.rows, "row")} of the table matched by several rows of the source, so the result would depend on their order; keep one row per match before the merge. Nothing was written`,
  ),
  "table/mismatch-predicate": caller(
    (d: { name: string; rows: number }) =>
      `${d.name}: ${count(d.rows, "new row")} outside the condition of the rows to replace; expected none. Nothing was written`,
  ),
  "table/mismatch-check": caller(
    (d: { name: string; check: string; condition: string; rows: number; sample: SampleRow }) =>
      `${d.name}: ${count(d.rows, "row")} for which the check ${quote(d.check)} is not true (${d.condition})${sampleText(d.sample)}; nothing was written`,
  ),
  "table/unsupported-check": caller(
    (d: { name: string; check: string; reason: string }) =>
      `${d.name}: the check ${quote(d.check)} cannot be used (${d.reason}); expected comparisons of columns and literals joined by and, or, not. Nothing was touched`,
  ),
  "table/unknown-check": caller(
    (d: { name: string; check: string; checks: readonly string[] }) =>
      `${d.name}: there is no check ${quote(d.check)} to drop; the checks are ${list(d.checks, d.check)}.${didYouMean(d.check, d.checks)}`,
  ),
  "table/mismatch-expectation": caller(
    (d: { name: string; failures: readonly string[] }) =>
      `${d.name}: rows break ${count(d.failures.length, "expectation")} of the table: ${d.failures.join("; ")}. Nothing was written; mend the rows, or change the table's expectations`,
  ),
  "table/unsupported-drop": caller(
    (d: { name: string; rows: number; expectations: readonly string[] }) =>
      `${d.name}: ${count(d.rows, "row")} of the table would come to break ${list(d.expectations)}, whose action is to drop, and a change of a row takes none away; delete such rows first, or change others. Nothing was written`,
  ),
  "table/unsupported-expectation": caller(
    (d: { name: string; expectation: string; reason: string }) =>
      `${d.name}: the attached expectation ${quote(d.expectation)} cannot be used: ${d.reason}. Attach another one with table.alter({ expectations }), or take all off with null; nothing was written`,
  ),
  "table/unsupported-property": caller(
    (d: { name: string; property: string }) =>
      `${d.name}: ${quote(d.property)} is a setting that Delta or Millrace gives a meaning of its own, and cannot be a property of a program; use a name such as "shop.${d.property.replace(/^.*\./, "")}". Nothing was written`,
  ),
  "table/unsupported-widening": caller(
    (d: { name: string; column: string; from: string; to: string }) =>
      `${d.name}: column ${quote(d.column)} cannot become ${d.to}, because Delta does not widen ${d.from} to it; overwrite the table with { overwriteSchema: true }, or add a new column`,
  ),
  "table/unsupported-column": caller(
    (d: { name: string; column: string; instead: string }) =>
      `${d.name}: ${quote(d.column)} cannot be a column of a table, because Spark refuses names with spaces or any of ,;{}()= in it; rename it, for example to ${quote(d.instead)}. Nothing was written`,
  ),
  "table/unsupported-addition": caller(
    (d: { name: string; column: string }) =>
      `${d.name}: the new column ${quote(d.column)} has no value in the rows that are there; make it nullable to add it`,
  ),
  "table/unsupported-partition": caller(
    (d: { name: string; column: string; reason: string }) =>
      `${d.name}: it cannot be partitioned by ${quote(d.column)}: ${d.reason}`,
  ),
  "table/mismatch-partitions": caller(
    (d: { name: string; table: readonly string[]; given: readonly string[] }) =>
      `${d.name}: the table is partitioned by ${list(d.table)} and was opened with ${list(d.given)}; open it with its own partitions, or without naming any`,
  ),
  "table/out-of-range-retention": caller(
    (d: { name: string; hours: number; least: number }) =>
      `${d.name}: a retention of ${d.hours} hours is under the ${d.least} that the table keeps removed files, so readers and writers of other processes could lose their files; force it (force: true, --force) when there are none`,
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
    (d: { file: string; columns: readonly string[]; what: string }) =>
      `${d.file}, line 1: ${d.what}; name each column once. The file was not loaded`,
  ),
  "table/mismatch-header": caller(
    (d: { file: string; missing: readonly string[]; extra: readonly string[] }) =>
      `${d.file}, line 1: the header ${headerFaults(d)}. The file was not loaded`,
  ),
  "table/mismatch-cells": caller(
    (d: { file: string; line: number; expected: number; got: number | string }) =>
      `${d.file}, line ${d.line}: expected ${count(d.expected, "cell")}, got ${d.got}. Mend the line; the file was not loaded`,
  ),
  "table/conflict-file": conflict(
    (d: { file: string }) =>
      `${d.file} changed while it was read; it was not loaded. Run again when the file is complete`,
  ),
};

export const fail = failWith(tableErrors);
