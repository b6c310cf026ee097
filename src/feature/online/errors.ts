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
    (d: { table: string; expected: number | null; found: number | null }) =>
      `${d.table}: the online store ${placeSince(d)}, because another process wrote meanwhile; begin again`,
  ),
  "feature/out-of-range-online-address": caller(
    (d: { expected: string }) =>
      `the address of the online store cannot be read; expected ${d.expected}, with special characters of a password written as %XX`,
  ),
  "feature/failed-online-store": environment(
    (d: { at: string; reason: string }) =>
      `the online store at ${d.at} failed: ${d.reason}. Check that the server runs, its address, and what the user may do`,
  ),
  "feature/timed-out-online-store": environment(
    (d: { at: string; timeoutMs: number }) =>
      `the online store at ${d.at} gave no answer within ${d.timeoutMs} ms; look how busy it is, or allow more with timeoutMs`,
  ),
  "feature/unsupported-online-format": environment(
    (d: { at: string; found: string; supported: number }) =>
      `what is in the online store at ${d.at} has format ${quote(d.found)}, and this Millrace reads format ${d.supported}. Upgrade Millrace, or use another prefix; nothing was changed`,
  ),
  "feature/corrupt-online-row": environment(
    (d: { table: string; reason: string }) =>
      `${d.table}: a row of the online store is damaged (${d.reason}); materialize the table again in full: the offline table has everything`,
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

function placeSince({
  expected,
  found,
}: {
  expected: number | null;
  found: number | null;
}): string {
  if (found === null) return "has nothing of it any more";
  if (found === expected) return `was written at version ${found}`;
  return `is at version ${found} ${expected === null ? "already" : `and not at ${expected} any more`}`;
}

/** Throws one of {@link onlineErrors}. */
export const fail = failWith(onlineErrors);
