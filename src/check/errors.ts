/** @file The errors of checks: rows that must not pass. */
import { caller, count, failWith, quote } from "../core/index.ts";

export const checkErrors = {
  "check/failed-suite": caller(
    (d: { suite: string; table: string; failures: readonly string[] }) =>
      `${d.table}: ${count(d.failures.length, "critical expectation")} of suite ${quote(d.suite)} failed: ${d.failures.join("; ")}. Nothing was written; mend the source or the recipe`,
  ),
  "check/unknown-column": caller(
    (d: { suite: string; column: string; columns: readonly string[] }) =>
      `suite ${quote(d.suite)}: an expectation is about column ${quote(d.column)}, which the rows have not; they have ${d.columns.map(quote).join(", ")}`,
  ),
};

export const fail = failWith(checkErrors);
