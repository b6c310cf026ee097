/** @file Names and texts as SQL spells them, so that no value can become code. */
import { caller, failWith, quote } from "../core/index.ts";

/** What can go wrong while a value is written into SQL. */
export const sqlTextErrors = {
  "table/unsupported-text": caller(
    (d: { at: string; text: string; reason: string }) =>
      `${d.at}: ${quote(d.text)} cannot be written in SQL because it ${d.reason}`,
  ),
};

const fail = failWith(sqlTextErrors);

/**
 * A name of a column or table in SQL: between double quotes, inner ones doubled.
 *
 * @throws `table/unsupported-text` for an empty name, a NUL or a lone surrogate
 * @example
 * ```ts
 * quoteName('total "gross"') // => '"total ""gross"""'
 * ```
 */
export function quoteName(name: string): string {
  const refuse = (reason: string): never =>
    fail("table/unsupported-text", { at: "quoteName", text: name, reason });
  if (name === "") refuse("is empty");
  if (name.includes("\0")) refuse("contains a NUL character");
  if (!name.isWellFormed()) refuse("contains half of a surrogate pair");
  return `"${name.replaceAll('"', '""')}"`;
}

/**
 * A text in SQL: between single quotes, inner ones doubled. NUL, which would end the statement, is
 * written as `chr(0)`.
 *
 * @throws `table/unsupported-text` for a lone surrogate, which UTF-8 cannot hold
 * @example
 * ```ts
 * quoteText("it's") // => "'it''s'"
 * ```
 */
export function quoteText(text: string): string {
  if (!text.isWellFormed())
    fail("table/unsupported-text", {
      at: "quoteText",
      text,
      reason: "contains half of a surrogate pair",
    });
  const parts = text.split("\0").map((part) => `'${part.replaceAll("'", "''")}'`);
  return parts.length === 1 ? (parts[0] ?? "''") : `(${parts.join(" || chr(0) || ")})`;
}

/** A path as DuckDB's readers take it: what would be a pattern stands for itself. */
export const plainPath = (path: string): string => path.replaceAll(/[*?[]/g, "[$&]");
