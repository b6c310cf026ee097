/** @file The errors of monitoring: windows without rows, columns that cannot be compared. */
import { caller, didYouMean, failWith, list, quote } from "../core/index.ts";

/** What can go wrong while two tables are compared. */
export const monitorErrors = {
  "monitor/missing-rows": caller(
    (d: { at: string; which: string }) =>
      `${d.at}: the ${d.which} table has no rows, so nothing can be compared; wait for rows or choose a longer window`,
  ),
  "monitor/missing-values": caller(
    (d: { at: string; which: string; column: string }) =>
      `${d.at}: column ${quote(d.column)} has no number in the ${d.which} table, all being missing or infinite; compare it by "psi", for which missing values are a bucket, or leave it out`,
  ),
  "monitor/missing-columns": caller(
    (d: { at: string; reference: readonly string[]; current: readonly string[] }) =>
      `${d.at}: the tables share no column that can be compared; the reference has ${list(d.reference)}, the current one ${list(d.current)}`,
  ),
  "monitor/unknown-column": caller(
    (d: { at: string; which: string; column: string; columns: readonly string[] }) =>
      `${d.at}: the ${d.which} table has no column ${quote(d.column)}; it has ${list(d.columns, d.column)}.${didYouMean(d.column, d.columns)}`,
  ),
  "monitor/unsupported-column": caller(
    (d: { at: string; column: string; kind: string }) =>
      `${d.at}: column ${quote(d.column)} is of kind ${d.kind}, which has no drift here; expected numbers, texts, categories or booleans. Compare something computed from it`,
  ),
  "monitor/mismatch-column": caller(
    (d: { at: string; column: string; expected: string; got: string }) =>
      `${d.at}: column ${quote(d.column)}: expected ${d.expected}, got ${d.got}; compare columns of the same kind`,
  ),
  "monitor/mismatch-width": caller(
    (d: { at: string; reference: number; current: number }) =>
      `${d.at}: vectors of ${d.reference} numbers cannot be compared with vectors of ${d.current}; expected the same width, from the same embedder`,
  ),
  "monitor/unsupported-measure": caller(
    (d: { at: string; column: string; measure: string; reason: string }) =>
      `${d.at}: column ${quote(d.column)} cannot be compared by ${quote(d.measure)}: ${d.reason}; choose another measure, or "auto"`,
  ),
  "monitor/mismatch-engine": caller(
    (d: { at: string }) =>
      `${d.at}: the two tables belong to different lakes and cannot be joined; read both from one lake`,
  ),
};

/** Throws one of {@link monitorErrors}. */
export const fail = failWith(monitorErrors);
