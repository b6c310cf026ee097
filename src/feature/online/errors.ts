/** @file The errors of online stores: tables that are not there, and files that were damaged. */
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
} from "../../core/index.ts";

/** What can go wrong while features are kept for reading by key. */
export const onlineErrors = {
  "feature/missing-online-table": notFound(
    (d: { table: string; known: readonly string[] }) =>
      `the online store has no features of ${quote(d.table)}; it has ${list(d.known, d.table)}.${didYouMean(d.table, d.known)} Materialize the table first`,
  ),
  "feature/unknown-online-column": caller(
    (d: { table: string; column: string; columns: readonly string[] }) =>
      `${d.table}: the online store has no column ${quote(d.column)}; it has ${list(d.columns, d.column)}.${didYouMean(d.column, d.columns)}`,
  ),
  "feature/mismatch-online-key": caller(
    (d: { table: string; key: readonly string[]; got: number }) =>
      `${d.table}: its key has ${count(d.key.length, "column")} (${list(d.key)}); got ${count(d.got, "value")}`,
  ),
  "feature/conflict-materialize": conflict(
    (d: { table: string; expected: number; found: number }) =>
      `${d.table}: the online store is at version ${d.found} and not at ${d.expected} any more, because another process materialized meanwhile; materialize again`,
  ),
  "feature/conflict-online-table": conflict(
    (d: { table: string }) =>
      `${d.table}: the table was made anew, or put back to an earlier copy, since it was materialized; materialize it again, which reads all of it`,
  ),
  "feature/corrupt-snapshot": environment(
    (d: { file: string; reason: string }) =>
      `the snapshot ${quote(d.file)} of the online store is damaged (${d.reason}); remove it and materialize the table again: the offline table has everything`,
  ),
};

/** Throws one of {@link onlineErrors}. */
export const fail = failWith(onlineErrors);
