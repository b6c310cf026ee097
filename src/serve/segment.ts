/** @file One file of a journal: a line that names the columns, then a JSON list per answer. */
import type { Cell, Cells, ColumnSpecs } from "../flow.ts";
import { fail } from "./errors.ts";

const format = 1;

/** The first line of a segment. */
export function formatHeader(columns: ColumnSpecs): string {
  return `${JSON.stringify({ journal: format, columns: Object.keys(columns) })}\n`;
}

/** One answer as a line; dates are milliseconds. */
export function formatLine(cells: readonly Cell[]): string {
  return `${JSON.stringify(cells.map((cell) => (cell instanceof Date ? cell.getTime() : cell)))}\n`;
}

/** The rows of a segment, and whether a torn last line was left out. */
export interface ParsedSegment {
  readonly rows: readonly Cells[];
  readonly torn: boolean;
}

/**
 * Reads a segment. A last line without its newline was never acknowledged, and is left out.
 *
 * @throws `serve/corrupt-journal`, `serve/mismatch-journal`
 */
export function parseSegment(path: string, text: string, columns: ColumnSpecs): ParsedSegment {
  const lines = text.split("\n");
  const torn = lines.pop() !== "";
  const [header, ...rest] = lines;
  if (header === undefined) return { rows: [], torn };
  const names = checkHeader(path, header, columns);
  const kinds = names.map((name) => columns[name]?.kind);
  const rows = rest.map((line, i) => {
    const values = parseLine(path, line, i + 2);
    if (!Array.isArray(values) || values.length !== names.length)
      return fail("serve/corrupt-journal", {
        path,
        line: i + 2,
        reason: `expected a list of ${names.length} cells`,
      });
    const cells = values.map((value: unknown, k) => toCell(value, kinds[k] === "timestamp"));
    return Object.fromEntries(names.map((name, k) => [name, cells[k] ?? null]));
  });
  return { rows, torn };
}

function checkHeader(path: string, line: string, columns: ColumnSpecs): readonly string[] {
  const header = parseLine(path, line, 1);
  if (!isHeader(header))
    return fail("serve/corrupt-journal", {
      path,
      line: 1,
      reason: `expected a header with journal ${format}`,
    });
  const expected = Object.keys(columns);
  const got = header.columns.map(String);
  if (expected.length !== got.length || expected.some((name, i) => name !== got[i]))
    fail("serve/mismatch-journal", { path, expected, got });
  return expected;
}

function isHeader(value: unknown): value is { readonly columns: readonly unknown[] } {
  if (typeof value !== "object" || value === null) return false;
  return (
    "journal" in value &&
    value.journal === format &&
    "columns" in value &&
    Array.isArray(value.columns)
  );
}

function parseLine(path: string, line: string, number: number): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    return fail("serve/corrupt-journal", { path, line: number, reason }, { cause });
  }
}

function toCell(value: unknown, isTimestamp: boolean): Cell {
  if (isTimestamp && typeof value === "number") return new Date(value);
  const isCell =
    typeof value === "string" || typeof value === "number" || typeof value === "boolean";
  return isCell ? value : null;
}
