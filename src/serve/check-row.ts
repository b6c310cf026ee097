/** @file Checks rows of a request against a model's signature, and lists everything that is wrong. */
import { didYouMean, list, quote } from "../core/index.ts";
import type { Cell, Cells, ColumnSpec, Signature } from "../flow.ts";
import { fail, type Problem } from "./errors.ts";
import { wholePattern } from "./request-schema.ts";
import { tensorCheck } from "./tensor-cell.ts";

/** At most so many problems are listed; the rest is counted. */
const maxProblems = 100;

/** What one row came to: cells by column, or what is wrong with it. */
export interface CheckedRow {
  readonly cells: Cells;
  readonly problems: readonly Problem[];
  /** Categories that the model has not seen. They are no problem; the model decides. */
  readonly warnings: readonly string[];
}

/** One value judged: the cell it makes, or what was expected instead. */
type CheckedCell = { readonly cell: Cell } | { readonly expected: string };
type CellCheck = (value: unknown) => CheckedCell;

/**
 * Checks one row against a signature: names, types, bounds and patterns. A nullable field may be
 * null or absent; timestamps are RFC 3339 texts with a zone, or dates. Unknown categories pass:
 * the model's features say what becomes of them. O(d).
 *
 * @param signature - What the model takes and gives.
 * @param value - Anything, as it came from outside.
 * @returns The row's cells, one per input, in the signature's order; absent ones are null.
 * @throws `serve/mismatch-request` with every problem of the row in `details.problems`
 * @example
 * ```ts
 * const inputs = { tenure: { kind: "int", nullable: false, min: 0 } } as const;
 * checkRow({ inputs, output: { name: "churn", kind: "bool" } }, { tenure: 3 }) // => { tenure: 3 }
 * ```
 */
export function checkRow(signature: Signature, value: unknown): Cells {
  const { cells, problems } = rowChecker(signature)(value);
  if (problems.length > 0)
    fail("serve/mismatch-request", { at: "checkRow", problems, total: problems.length });
  return cells;
}

/** Checks many rows with one prepared checker; throws `serve/mismatch-request` over all of them. */
export function checkRows(
  at: string,
  check: (value: unknown) => CheckedRow,
  rows: readonly unknown[],
): readonly CheckedRow[] {
  const checked = rows.map(check);
  const problems = checked.flatMap((row, i) =>
    row.problems.map((problem) => (rows.length === 1 ? problem : { row: i, ...problem })),
  );
  if (problems.length > 0)
    fail("serve/mismatch-request", {
      at,
      problems: problems.slice(0, maxProblems),
      total: problems.length,
    });
  return checked;
}

/**
 * Prepares a signature's checks once (patterns are compiled), for many rows. O(d) per row.
 *
 * @param signature - What the model takes and gives.
 * @returns What {@link checkRow} does, with problems and warnings as values instead of an error.
 * @example
 * ```ts
 * const inputs = { plan: { kind: "category", nullable: false, levels: ["free"] } } as const;
 * const check = rowChecker({ inputs, output: { name: "churn", kind: "bool" } });
 * check({ plan: "paid" }).warnings.length // => 1
 * check({ plan: 3 }).problems // => [{ field: "plan", expected: "a text", got: "3" }]
 * ```
 */
export function rowChecker(signature: Signature): (value: unknown) => CheckedRow {
  const names = Object.keys(signature.inputs);
  const fields = Object.entries(signature.inputs).map(([name, spec]) => fieldCheck(name, spec));
  return (value) => {
    if (!isObject(value)) return notARow(value);
    const checked = fields.map((check) => check(value));
    const extra = Object.keys(value).filter((name) => !Object.hasOwn(signature.inputs, name));
    return {
      cells: Object.fromEntries(checked.map(({ name, cell }) => [name, cell])),
      problems: [
        ...checked.flatMap(({ problem }) => problem ?? []),
        ...extra.map((name) => unknownField(name, names)),
      ],
      warnings: checked.flatMap(({ warning }) => warning ?? []),
    };
  };
}

interface CheckedField {
  readonly name: string;
  readonly cell: Cell;
  readonly problem?: Problem;
  readonly warning?: string;
}

function fieldCheck(
  name: string,
  spec: ColumnSpec,
): (row: Readonly<Record<string, unknown>>) => CheckedField {
  const check = cellCheck(spec);
  const levels = spec.kind === "category" ? new Set<unknown>(spec.levels ?? []) : undefined;
  return (row) => {
    const given = Object.hasOwn(row, name) ? row[name] : undefined;
    if (spec.nullable && (given === undefined || given === null)) return { name, cell: null };
    const checked = check(given);
    if ("expected" in checked) {
      const got = given === null ? "null" : describe(given);
      return { name, cell: null, problem: { field: name, expected: checked.expected, got } };
    }
    const { cell } = checked;
    if (levels === undefined || levels.has(cell)) return { name, cell };
    const known = list([...levels]);
    const warning = `${name}: unknown category ${quote(cell)}, served as unknown; known are ${known}`;
    return { name, cell, warning };
  };
}

function unknownField(field: string, names: readonly string[]): Problem {
  const hint = didYouMean(field, names).trim();
  const meant = hint === "" ? "" : ` (${hint.replace("Did", "did")})`;
  return { field, expected: `one of the fields ${list(names)}${meant}`, got: quote(field) };
}

function notARow(value: unknown): CheckedRow {
  const problem = { field: "", expected: "an object of fields", got: describe(value) };
  return { cells: {}, problems: [problem], warnings: [] };
}

function cellCheck(spec: ColumnSpec): CellCheck {
  if (spec.tensor !== undefined) return tensorCheck(spec, spec.tensor);
  switch (spec.kind) {
    case "int":
    case "float":
      return numberCheck(spec);
    case "bool":
      return (value) =>
        typeof value === "boolean" ? { cell: value } : { expected: "true or false" };
    case "timestamp":
      return timestampCheck;
    default:
      return textCheck(spec);
  }
}

function numberCheck({ kind, min, max }: ColumnSpec): CellCheck {
  const isRight = kind === "int" ? Number.isSafeInteger : Number.isFinite;
  const what = kind === "int" ? "a whole number" : "a number";
  const from = min === undefined ? "" : ` ≥ ${min}`;
  const to = max === undefined ? "" : ` ≤ ${max}`;
  const expected = `${what}${from}${from !== "" && to !== "" ? " and" : ""}${to}`;
  return (value) =>
    typeof value === "number" &&
    isRight(value) &&
    value >= (min ?? -Infinity) &&
    value <= (max ?? Infinity)
      ? { cell: value === 0 ? 0 : value } // -0 has no place in a table
      : { expected };
}

function textCheck({ pattern }: ColumnSpec): CellCheck {
  const whole = pattern === undefined ? undefined : new RegExp(wholePattern(pattern), "u");
  const expected = pattern === undefined ? "a text" : `a text that matches ${quote(pattern)}`;
  return (value) => {
    if (typeof value !== "string") return { expected };
    if (!value.isWellFormed() || value.includes("\0"))
      return { expected: "a text without NUL characters and halves of surrogate pairs" };
    return whole === undefined || whole.test(value) ? { cell: value } : { expected };
  };
}

const moment =
  /^(\d{4})-(0[1-9]|1[0-2])-([0-2]\d|3[01])[Tt ](?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

/** RFC 3339 with a zone; a day that its month has not is refused, not moved on. */
function timestampCheck(value: unknown): CheckedCell {
  const expected = 'a moment such as "2026-01-31T08:30:00Z"';
  if (value instanceof Date)
    return Number.isNaN(value.getTime()) ? { expected } : { cell: new Date(value) };
  const parts = typeof value === "string" ? moment.exec(value) : null;
  if (parts === null) return { expected };
  const [text, year = "", month = "", day = ""] = parts;
  const days = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
  if (Number(day) < 1 || Number(day) > days) return { expected };
  return { cell: new Date(text.replace(" ", "T").toUpperCase()) };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return (
    typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date)
  );
}

/** A value in a few words; what could be deep or long is named, not shown. */
export function describe(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value instanceof Date) return "a date";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null) return "an object";
  if (typeof value === "number") return String(value);
  return quote(value);
}
