/** @file The kind of a column from texts of it. */
import type { Cell, ColumnKind } from "../../flow.ts";
import type { Engine } from "../adapter/duckdb.ts";

/** What a column's cells seem to be. */
export interface Inferred {
  readonly kind: ColumnKind;
  /** Whether no cell of the sample had a value; the kind is then "text". */
  readonly empty: boolean;
}

type Shape = "int" | "float" | "bool" | "timestamp" | "text" | "nan";

const int = /^[+-]?(0|[1-9]\d*)$/;
const float = /^[+-]?((0|[1-9]\d*)(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;
const time = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d(:?\d\d)?)?)?$/i;
const notFinite = /^[+-]?(nan|inf|infinity)$/i;

function shapeOf(text: string): Shape {
  if (int.test(text)) return Number.isSafeInteger(Number(text)) ? "int" : "text";
  if (float.test(text)) return Number.isFinite(Number(text)) ? "float" : "nan";
  if (/^(true|false)$/i.test(text)) return "bool";
  if (time.test(text)) return isTime(text) ? "timestamp" : "text";
  return notFinite.test(text) ? "nan" : "text";
}

/** A day of the calendar between the years 1 and 9999. */
function isTime(text: string): boolean {
  const day = text.slice(0, 10);
  const date = new Date(`${day}T00:00:00Z`);
  return date.getTime() >= firstYearMs && date.toISOString().startsWith(day);
}
const firstYearMs = Date.parse("0001-01-01T00:00:00Z");

/**
 * The kind that every text fits: int, float, bool, timestamp or text. Whole numbers past 2^53 and
 * numbers with leading zeros are text, because nothing else keeps them; NaN and infinities say
 * nothing about a column with numbers, and alone are text. O(cells).
 *
 * @param texts - Cells as delivered; null or "" is missing.
 * @example
 * ```ts
 * inferKind(["1", "2.5", null]) // => { kind: "float", empty: false }
 * inferKind(["007", "12"]) // => { kind: "text", empty: false }
 * ```
 */
export function inferKind(texts: Iterable<string | null>): Inferred {
  const shapes = new Set<Shape>();
  for (const text of texts) {
    if (text === null || text === "") continue;
    shapes.add(shapeOf(text.trim()));
    if (shapes.has("text")) return { kind: "text", empty: false };
  }
  if (shapes.size === 0) return { kind: "text", empty: true };
  const others = shapes.has("nan");
  shapes.delete("nan");
  if ([...shapes].every((shape) => shape === "int" || shape === "float") && shapes.size > 0)
    return { kind: shapes.has("float") || others ? "float" : "int", empty: false };
  const [only] = shapes;
  const kind = shapes.size === 1 && !others && (only === "bool" || only === "timestamp");
  return { kind: kind ? only : "text", empty: false };
}

const sampleRows = 10_000;
const sampleCells = 1_000_000;
/** The engine's time to plan typed columns grows with their square. */
const mostColumns = 1000;

/**
 * The kinds of the columns of a SELECT of texts, from its first 10,000 rows, or fewer where there
 * are many columns; past 1000 columns all are text.
 *
 * @param read - Makes the cell's text of what the SELECT gives.
 */
export async function inferTexts(
  engine: Engine,
  from: { readonly names: readonly string[]; readonly sql: string },
  read: (text: string) => string | null = (text) => text,
): Promise<ReadonlyMap<string, Inferred>> {
  const { names, sql } = from;
  if (names.length > mostColumns)
    return new Map(names.map((name) => [name, { kind: "text", empty: false }]));
  const limit = Math.max(100, Math.min(sampleRows, Math.floor(sampleCells / names.length)));
  const rows = await engine.query(`SELECT * FROM (${sql}) LIMIT ${limit}`);
  const textOf = (row: Readonly<Record<string, Cell>>, name: string): string | null => {
    const cell = row[name] ?? null;
    return cell === null ? null : read(String(cell));
  };
  return new Map(names.map((name) => [name, inferKind(rows.map((row) => textOf(row, name)))]));
}
