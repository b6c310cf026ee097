/** @file Whether a cell fits its column, in SQL: the same answer for a typed read and for a cast of text. */
import type { ColumnKind, ColumnSpec } from "../../flow.ts";
import { quoteText } from "../sql-text.ts";
import { isWholeSql } from "../whole-number.ts";

/**
 * The engine's type that a kind's cells are read with. Whole numbers are read as texts, because the engine
 * rounds "1.5" when it is asked for an integer, and a double rounds "0.99999999999999999".
 */
export const readTypes: Readonly<Record<ColumnKind, string>> = {
  text: "VARCHAR",
  category: "VARCHAR",
  int: "VARCHAR",
  float: "DOUBLE",
  bool: "BOOLEAN",
  timestamp: "TIMESTAMPTZ",
};

/**
 * A text as TIMESTAMPTZ, as the engine casts it, which fails for a text that is no moment. A text with an
 * offset is cast in a third of the time of one without, for which the engine asks its calendar what
 * the session's zone, UTC, was at that hour: such texts get theirs first.
 */
export function momentSql(text: string): string {
  const cast = `${text}::TIMESTAMPTZ`;
  return `CASE WHEN strlen(${text}) < 19 OR contains(${text}, '+') OR suffix(${text}, 'Z') THEN ${cast}
    ELSE coalesce(TRY_CAST(${text} || '+00' AS TIMESTAMPTZ), ${cast}) END`;
}

const earliest = "TIMESTAMPTZ '0001-01-01 00:00:00+00'";
const latest = "TIMESTAMPTZ '9999-12-31 23:59:59.999999+00'";

/** Whether a value of the read type, which is not missing, is one of the column; undefined: always. */
function okSql({ kind, levels }: ColumnSpec, value: string): string | undefined {
  if (kind === "int")
    return `CASE WHEN strlen(${value}) <= 9 THEN ${value}::INTEGER = ${value}::DOUBLE
      ELSE ${isWholeSql(value, `CAST(${value} AS DOUBLE)`)} END`; // most are short, and this is done in half the time
  if (kind === "float") return `isfinite(${value})`;
  if (kind === "timestamp") return `(${value} BETWEEN ${earliest} AND ${latest})`;
  if (kind === "category" && levels !== undefined)
    return `(${value} IN (${levels.map(quoteText).join(", ")}))`;
  return undefined;
}

/** What a query says when a typed read met a cell that does not fit. */
export const misfitMark = "millrace: a cell does not fit";

/** The cell of a column read with its type, of a row that {@link strictWhere} let pass. */
export const strictSql = ({ kind }: ColumnSpec, value: string): string =>
  kind === "int" ? `${value}::BIGINT` : value;

/**
 * A condition under which a query fails at the first row with a cell that does not fit: one for all
 * columns, because a condition for each cell costs the engine a copy of each column.
 *
 * @param cells - Each column with its cell, read with its type.
 * @returns undefined when every cell fits.
 */
export function strictWhere(
  cells: readonly (readonly [spec: ColumnSpec, value: string])[],
): string | undefined {
  const fits = cells.flatMap(([spec, value]) => okSql(spec, value) ?? []);
  if (fits.length === 0) return undefined;
  return `CASE WHEN (${fits.join(" AND ")}) IS FALSE THEN error(${quoteText(misfitMark)}) ELSE true END`;
}

/** The cell of a column from its text; missing for one that does not fit. */
export function looseSql(spec: ColumnSpec, text: string): string {
  if (spec.kind === "int")
    return `CASE WHEN ${isWholeSql(text, `TRY_CAST(${text} AS DOUBLE)`)} THEN TRY_CAST(${text} AS BIGINT) END`;
  const type = readTypes[spec.kind];
  const value = type === "VARCHAR" ? text : `TRY_CAST(${text} AS ${type})`;
  const ok = okSql(spec, value);
  return ok === undefined ? value : `CASE WHEN ${ok} THEN ${value} END`;
}

/** Whether a text is there and does not fit; undefined where every text fits. */
export function misfitSql(spec: ColumnSpec, text: string): string | undefined {
  if (spec.kind === "text") return undefined;
  return `(${text} IS NOT NULL AND (${looseSql(spec, text)}) IS NULL)`;
}

/** Whether an error of the engine is about a cell that does not fit its type. */
export function isMisfit(message: string): boolean {
  return (
    message.includes(misfitMark) ||
    message.includes("Error when converting column") ||
    /Conversion Error: (?!CSV Error)/.test(message)
  );
}
