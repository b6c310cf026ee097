/** @file The errors of expressions: what cannot be built, and rows that do not fit. */
import { caller, failWith, list, quote } from "../../core/index.ts";

/** What can go wrong while an expression is built, read from JSON, or applied to a row. */
export const exprErrors = {
  "table/mismatch-type": caller(
    (d: { column: string; expected: string; got: unknown }) =>
      `row: column ${quote(d.column)} must hold ${d.expected} or null; got ${quote(d.got)}`,
  ),
  "table/unsupported-literal": caller(
    (d: { at: string; expected: string; got: string }) =>
      `${d.at}: expected ${d.expected}; got ${d.got}`,
  ),
  "table/missing-choices": caller(
    (d: { at: string }) => `${d.at}: expected at least one value to compare with; got none`,
  ),
  "table/corrupt-expression": caller(
    (d: { at: string; expected: string; got: unknown }) =>
      `${d.at}: this is not an expression; expected ${d.expected}, got ${quote(d.got)}`,
  ),
  "table/unknown-operation": caller(
    (d: { at: string; operation: string; known: readonly string[] }) =>
      `${d.at}: unknown operation ${quote(d.operation)}; expected one of ${list(d.known)}. It may come from a newer Millrace.`,
  ),
};

/** Throws one of {@link exprErrors}. */
export const fail = failWith(exprErrors);
