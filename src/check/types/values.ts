/** @file Values of a column in SQL, in a row and in JSON, so that all three agree. */
import type { Cells, ColumnSpec, Json } from "../../flow.ts";
import { quoteName, quoteText, toRow, type Value } from "../../table/index.ts";
import { fail } from "../errors.ts";
import { type Site, specOf } from "./definition.ts";

/** A column as an expectation uses it. */
export interface ColumnUse {
  readonly name: string;
  readonly spec: ColumnSpec;
  /** Its name in SQL. */
  readonly sql: string;
  /** Its value in a row: moments are milliseconds, NaN is null. */
  readonly read: (row: Cells) => Value;
}

/** The column of that name. Throws `check/unknown-column`. */
export function columnUse(site: Site, name: string): ColumnUse {
  const spec = specOf(site, name);
  const node = { op: "column", name, kind: spec.kind } as const;
  return { name, spec, sql: quoteName(name), read: toRow({ node }) };
}

/** The column, when it holds numbers. Throws `check/mismatch-kind`. */
export function numberUse(site: Site, name: string): ColumnUse {
  const use = columnUse(site, name);
  const { kind } = use.spec;
  if (kind !== "int" && kind !== "float")
    fail("check/mismatch-kind", { type: site.type, column: name, kind, expected: "numbers" });
  return use;
}

/** The column as text: texts and whole numbers. Throws `check/mismatch-kind`. */
export function textUse(site: Site, name: string): ColumnUse {
  const use = columnUse(site, name);
  const { kind } = use.spec;
  if (kind === "int") return { ...use, sql: `CAST(${use.sql} AS VARCHAR)` };
  if (kind !== "text" && kind !== "category")
    fail("check/mismatch-kind", {
      type: site.type,
      column: name,
      kind,
      expected: "texts or whole numbers",
    });
  return use;
}

/** A value to compare a column with: in SQL, and as {@link ColumnUse.read} gives it. */
export interface Literal {
  readonly sql: string;
  readonly value: Exclude<Value, null>;
}

/** The literal, or undefined when no cell of the column can equal the value. */
export function literalOf({ spec }: ColumnUse, value: Json): Literal | undefined {
  if (spec.kind === "int" || spec.kind === "float")
    return typeof value === "number" ? { sql: numberSql(value), value } : undefined;
  if (spec.kind === "bool")
    return typeof value === "boolean" ? { sql: String(value), value } : undefined;
  if (typeof value !== "string") return undefined;
  if (spec.kind !== "timestamp") return { sql: quoteText(value), value };
  const moment = momentOf(value);
  return moment === undefined
    ? undefined
    : { sql: `TIMESTAMPTZ '${new Date(moment).toISOString()}'`, value: moment };
}

/** The literal of a bound. Throws `check/mismatch-kind` when it cannot be compared. */
export function boundOf(site: Site, use: ColumnUse, value: Json): Literal {
  const literal = use.spec.kind === "bool" ? undefined : literalOf(use, value);
  return (
    literal ??
    fail("check/mismatch-kind", {
      type: site.type,
      column: use.name,
      kind: use.spec.kind,
      expected: `something that ${JSON.stringify(value)} can be compared with`,
    })
  );
}

const numberSql = (value: number): string =>
  Number.isSafeInteger(value) ? `${value}` : `'${value}'::DOUBLE`;

/** Milliseconds of an ISO 8601 text; without a zone it is UTC. */
function momentOf(text: string): number | undefined {
  const bare = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?)?$/.test(text);
  const moment = Date.parse(bare && text.length > 10 ? `${text.replace(" ", "T")}Z` : text);
  return Number.isNaN(moment) ? undefined : moment;
}

/** −1, 0 or 1 as the engine orders two values of a column: texts by code point. */
export function compareValues(a: Exclude<Value, null>, b: Exclude<Value, null>): number {
  if (typeof a !== "string" || typeof b !== "string") return Number(a > b) - Number(a < b);
  const [left, right] = [[...a], [...b]];
  for (const [i, char] of left.entries()) {
    const other = right[i];
    if (other === undefined) return 1;
    if (char !== other) return (char.codePointAt(0) ?? 0) < (other.codePointAt(0) ?? 0) ? -1 : 1;
  }
  return left.length === right.length ? 0 : -1;
}

/** A number that DuckDB gave as JSON; digits past 2^53 stay a text. */
export function toNumber(value: unknown): Json {
  if (value === null || value === undefined) return null;
  const number = Number(value);
  if (Number.isNaN(number)) return null;
  if (typeof value === "string" && Number.isInteger(number) && !Number.isSafeInteger(number))
    return value;
  return Number.isFinite(number) ? number : String(number);
}

/** A count that DuckDB gave as JSON. */
export const toCount = (value: unknown): number => Number(value ?? 0);

/** A cell that DuckDB gave as JSON, as Great Expectations writes it. */
export function toShown(spec: ColumnSpec, value: unknown): Json {
  if (value === null || value === undefined) return null;
  if (spec.kind === "int" || spec.kind === "float") return toNumber(value);
  if (spec.kind === "bool") return value === true || value === "true";
  if (spec.kind !== "timestamp") return String(value);
  return new Date(
    String(value)
      .replace(" ", "T")
      .replace(/([+-]\d\d)$/, "$1:00"),
  )
    .toISOString()
    .replace(/\.000Z$/, "+00:00")
    .replace(/Z$/, "000+00:00");
}
