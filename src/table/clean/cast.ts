/** @file Text into typed cells, in SQL: what does not fit is missing and kept aside, never dropped. */
import type { ColumnSpec } from "../../flow.ts";
import { duckTypes } from "../adapter/duckdb.ts";
import { quoteText } from "../sql-text.ts";
import { isWholeSql } from "../whole-number.ts";

/** The trimmed text, or NULL when nothing is left. */
const trimmed = (raw: string): string =>
  `nullif(trim(${raw}, ' ' || chr(9) || chr(10) || chr(13) || chr(160)), '')`;

/** Numbers as people and programs write them; no underscores, no words such as "inf". */
const numberPattern = "[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?";

/**
 * The SQL that reads a text as a cell of a column: numbers with or without a fraction of zero,
 * yes/no, true/false, 1/0 in any case, category labels in any case, ISO times; surrounding blanks
 * are ignored. NULL when the text is missing or does not fit.
 */
export function castSql(column: ColumnSpec, raw: string): string {
  const text = trimmed(raw);
  const lower = `lower(${text})`;
  if (column.kind === "text") return raw;
  if (column.kind === "bool")
    return `CASE WHEN ${lower} IN ('yes', 'true', '1', '1.0') THEN true
      WHEN ${lower} IN ('no', 'false', '0', '0.0') THEN false END`;
  if (column.kind === "category") {
    const levels = column.levels ?? [];
    const exact = levels.map(
      (level) => `WHEN ${text} = ${quoteText(level)} THEN ${quoteText(level)}`,
    );
    const folded = levels.map(
      (level) => `WHEN ${lower} = ${quoteText(level.toLowerCase())} THEN ${quoteText(level)}`,
    );
    const labels = [...exact, ...folded]; // "m" and "M" may be different labels
    return labels.length === 0 ? "NULL::VARCHAR" : `CASE ${labels.join(" ")} END`;
  }
  if (column.kind === "timestamp")
    return `CASE WHEN regexp_matches(${text}, '^[0-9]') THEN TRY_CAST(${text} AS ${duckTypes.timestamp}) END`;
  const number = `CASE WHEN regexp_full_match(${text}, '${numberPattern}') THEN TRY_CAST(${text} AS DOUBLE) END`;
  const finite = `CASE WHEN isfinite(${number}) THEN ${number} END`;
  if (column.kind === "float") return finite;
  return `CASE WHEN ${isWholeSql(text, number)}
    THEN coalesce(TRY_CAST(${text} AS BIGINT), TRY_CAST(${number} AS BIGINT)) END`;
}

/** The SQL condition that a text is there and the cell made of it is not. */
export function rescuedSql(column: ColumnSpec, raw: string): string {
  return `(${trimmed(raw)} IS NOT NULL AND (${castSql(column, raw)}) IS NULL)`;
}
