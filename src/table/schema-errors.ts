/** @file The errors of schemas: what is wrong with a column or a set of columns as declared. */
import { caller, failWith, list, quote } from "../core/index.ts";

/** What can go wrong while a schema is declared. */
export const schemaErrors = {
  "table/missing-columns": caller(
    (d: { at: string }) => `${d.at}: a schema needs at least one column; got none`,
  ),
  "table/missing-levels": caller(
    (d: { at: string }) => `${d.at}: a category needs at least one level; got none`,
  ),
  "table/duplicate-levels": caller(
    (d: { at: string; level: string }) =>
      `${d.at}: the level ${quote(d.level)} stands twice; expected each level once. Remove one.`,
  ),
  "table/duplicate-columns": caller(
    (d: { at: string; columns: readonly string[] }) =>
      `${d.at}: the columns ${list(d.columns)} differ only in upper and lower case, which SQL does not tell apart. Rename one.`,
  ),
  "table/unsupported-name": caller(
    (d: { at: string; name: string }) =>
      `${d.at}: ${quote(d.name)} cannot be a name; expected text that is not empty, has no control characters or lone surrogates, is not "__proto__" and does not begin with "__millrace_"`,
  ),
  "table/unsupported-kind": caller(
    (d: { at: string; kind: unknown; known: readonly string[] }) =>
      `${d.at}: unsupported kind of column; expected one of ${list(d.known)}, got ${quote(d.kind)}`,
  ),
  "table/unsupported-pattern": caller(
    (d: { at: string; pattern: string; reason: string }) =>
      `${d.at}: the pattern ${quote(d.pattern)} cannot be used: ${d.reason}`,
  ),
  "table/conflict-bounds": caller(
    (d: { at: string; min: number; max: number }) =>
      `${d.at}: min is above max; expected min ≤ max, got min ${d.min} and max ${d.max}`,
  ),
  "table/conflict-key": caller(
    (d: { at: string }) =>
      `${d.at}: a key column cannot be nullable, because a row without a key cannot be found again. Remove nullable or key.`,
  ),
};

/** Throws one of {@link schemaErrors}. */
export const fail = failWith(schemaErrors);
