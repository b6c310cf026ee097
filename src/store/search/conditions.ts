/** @file Comparisons as conditions of SQL, the same on every database. */
import { type SqlCondition, type SqlValue, sql } from "../adapter/sqlite.ts";
import type { FilterValue, Operator } from "./parse-filter.ts";

/** A column, or another expression, that is compared. */
export type Compared = SqlValue;

/**
 * A condition: a column compared with a text, a list or a number. LIKE tells capital letters apart and
 * ILIKE does not; in both "%" stands for any text and "_" for one letter.
 */
export function condition(
  column: Compared,
  operator: Operator,
  value: string | number | readonly string[],
): SqlCondition {
  if (Array.isArray(value)) {
    const items = sql.join(value);
    return operator === "IN" ? sql`${column} in (${items})` : sql`${column} not in (${items})`;
  }
  if (operator === "ILIKE") return sql`lower(${column}) like lower(${value})`;
  if (operator === "LIKE") return sql`${column} like ${value}`;
  return sql`${column} ${sql.raw(sqlOperators[operator] ?? "=")} ${value}`;
}

const sqlOperators: Partial<Readonly<Record<Operator, string>>> = {
  ...{ ">": ">", ">=": ">=", "=": "=", "!=": "<>", "<": "<", "<=": "<=" },
};

/** The texts of a list or of one text. */
export const valueTexts = (value: FilterValue): string | readonly string[] | undefined =>
  value.kind === "list" ? value.texts : value.kind === "text" ? value.text : undefined;
