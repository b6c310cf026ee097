/** @file Comparisons as conditions of SQL, the same on every database. */
import { type SqlCondition, type SqlValue, sql } from "../adapter/sqlite.ts";
import type { Operator } from "./parse-filter.ts";

/**
 * A condition: a column compared with a text, a list or a number. LIKE tells capital letters apart and
 * ILIKE does not; in both "%" stands for any text and "_" for one letter.
 */
export function condition(
  column: SqlValue,
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
