/** @file The engine's types as our kinds of columns: exact, or refused when the rows are read; never rounded. */
import type { ColumnKind } from "../../flow.ts";
import { duckTypes } from "../adapter/duckdb.ts";
import { quoteName, quoteText } from "../sql-text.ts";

/** A column of a query's result. */
export interface ResultColumn {
  readonly name: string;
  readonly kind: ColumnKind;
  /** The column's cells as that kind, in SQL. */
  readonly sql: string;
  /** Whether they are times without a zone, which are taken as UTC. */
  readonly isLocal?: boolean;
}

/**
 * A column of a result as a column of ours.
 *
 * | the engine's type | kind | how |
 * |---|---|---|
 * | BOOLEAN | bool | |
 * | whole numbers of any width | int | past 2⁶³ the query fails; past 2⁵³ reading them does |
 * | FLOAT, DOUBLE | float | |
 * | DECIMAL | float | of more than 15 digits, a value that a double does not give back fails |
 * | DATE, TIMESTAMP (s, ms, µs, with time zone) | timestamp | a date is its midnight in UTC |
 * | VARCHAR, ENUM, UUID, TIME, INTERVAL, BLOB, BIT, JSON, TIMESTAMP_NS, others | text | as the engine writes it |
 * | LIST, ARRAY, STRUCT, MAP, UNION | text | as JSON |
 */
export function resultColumn(name: string, type: string): ResultColumn {
  const column = quoteName(name);
  const kind = kindOf(type);
  return { name, kind, sql: cellSql(column, type, kind), isLocal: locals.has(type) };
}

const whole = /^U?(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)$/;
const nested = /^(STRUCT|MAP|UNION)\(|\]$/;
const locals = new Set(["DATE", "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS"]);
const moments = new Set([...locals, "TIMESTAMP WITH TIME ZONE"]);

/** The kind of column that holds the cells of one of the engine's types. */
function kindOf(type: string): ColumnKind {
  if (nested.test(type)) return "text";
  if (type === "BOOLEAN") return "bool";
  if (whole.test(type)) return "int";
  if (type === "DOUBLE" || type === "FLOAT" || type.startsWith("DECIMAL(")) return "float";
  return moments.has(type) ? "timestamp" : "text";
}

function cellSql(column: string, type: string, kind: ColumnKind): string {
  const target = duckTypes[kind];
  if (type === target) return column;
  if (nested.test(type)) return `CAST(to_json(${column}) AS VARCHAR)`;
  const [, width = 0] = /^DECIMAL\((\d+),/.exec(type) ?? [];
  return Number(width) > 15 ? exactDecimal(column, type) : `CAST(${column} AS ${target})`;
}

/** A decimal as a double, where the double's shortest text is the decimal again. */
function exactDecimal(column: string, type: string): string {
  const double = `CAST(${column} AS DOUBLE)`;
  const reason = quoteText(`a decimal in column ${column} that a double does not hold exactly: `);
  return `CASE WHEN ${column} IS NULL OR TRY_CAST(CAST(${double} AS VARCHAR) AS ${type}) = ${column}
    THEN ${double} ELSE error(${reason} || CAST(${column} AS VARCHAR) || '; cast it to DOUBLE or VARCHAR in the query') END`;
}
