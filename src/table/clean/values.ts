/** @file Values as the SQL of a column's cell: literals and expressions, checked against its kind. */
import type { Cell, ColumnKind, ColumnSpec } from "../../flow.ts";
import { duckTypes } from "../adapter/duckdb.ts";
import { type Expr, type ExprKind, toSql, type Value } from "../expr/index.ts";
import type { Schema } from "../schema.ts";
import { quoteName, quoteText } from "../sql-text.ts";
import { fail } from "./errors.ts";

/** Where a value goes. */
export interface Place {
  /** The step, for errors. */
  readonly at: string;
  readonly column: string;
  readonly spec: ColumnSpec;
}

/** The place of a column that is known to be in the schema. */
export function placeOf(at: string, target: Schema, column: string): Place {
  return { at, column, spec: target.columns[column] ?? { kind: "text", nullable: true } };
}

/** The column's value as expressions see it: numbers DOUBLE without NaN, moments milliseconds. */
export function readSql({ column, spec }: Omit<Place, "at">): string {
  return toSql({ node: { op: "column", name: column, kind: spec.kind } });
}

/** Whether the cell is missing; NaN is. */
export function missingSql(where: Omit<Place, "at">): string {
  return `(${readSql(where)} IS NULL)`;
}

const exprKinds: Readonly<Record<ColumnKind, readonly ExprKind[]>> = {
  text: ["text", "category"],
  category: ["text", "category"],
  int: ["number"],
  float: ["number"],
  bool: ["bool"],
  timestamp: ["timestamp"],
};

/** Throws `table/mismatch-kind` unless the expression gives what the column holds. */
export function checkExpr({ at, column, spec }: Place, expr: Expr): void {
  if (!exprKinds[spec.kind].includes(expr.kind))
    fail("table/mismatch-kind", {
      at,
      column,
      expected: `an expression of ${spec.kind}`,
      got: expr.kind,
    });
}

/** Throws `table/mismatch-kind` unless the column holds numbers. */
export function checkNumeric({ at, column, spec }: Place, what: string): void {
  if (spec.kind !== "int" && spec.kind !== "float")
    fail("table/mismatch-kind", { at, column, expected: `numbers for ${what}`, got: spec.kind });
}

/** An expression as the column's cell. Throws `table/mismatch-kind`. */
export function exprCell(where: Place, expr: Expr): string {
  checkExpr(where, expr);
  return cellOfValue(where, toSql(expr));
}

/**
 * What an expression gives (number, text, truth, milliseconds) as the column's cell: whole numbers
 * rounded to the nearest, halves up; a text that is no level is missing.
 */
export function cellOfValue({ spec }: Pick<Place, "spec">, value: string): string {
  if (spec.kind === "int") return `CAST(floor(${value} + 0.5) AS BIGINT)`;
  if (spec.kind === "timestamp") return `to_timestamp((${value}) / 1000)`;
  if (spec.kind !== "category") return `(${value})::${duckTypes[spec.kind]}`;
  const levels = (spec.levels ?? []).map(quoteText).join(", ");
  return `(CASE WHEN ${value} IN (${levels || "NULL"}) THEN ${value} END)`;
}

const fits: Readonly<Record<ColumnKind, (value: Cell) => boolean>> = {
  text: (value) => typeof value === "string" && value.isWellFormed(),
  category: (value) => typeof value === "string",
  int: Number.isSafeInteger,
  float: Number.isFinite,
  bool: (value) => typeof value === "boolean",
  timestamp: (value) => value instanceof Date && !Number.isNaN(value.getTime()),
};

/**
 * A cell as an expression's value: a moment as its milliseconds.
 *
 * @throws `table/mismatch-kind` for a cell of another kind, `table/unknown-level` for a label that
 * the category has not
 */
export function cellValue({ at, column, spec }: Place, cell: Cell): Exclude<Value, null> {
  if (cell === null || !fits[spec.kind](cell))
    return fail("table/mismatch-kind", {
      at,
      column,
      expected: `a value of ${spec.kind}`,
      got: `${typeof cell} ${String(cell)}`,
    });
  if (spec.kind === "category" && !(spec.levels ?? []).includes(String(cell)))
    fail("table/unknown-level", { at, column, level: String(cell), levels: spec.levels ?? [] });
  return cell instanceof Date ? cell.getTime() : cell;
}

/** A value in SQL, exactly. */
export function valueSql(value: Value): string {
  if (value === null) return "NULL";
  if (typeof value === "string") return quoteText(value);
  return typeof value === "boolean" ? String(value) : `'${value}'::DOUBLE`;
}

/** A cell in SQL, of the column's type; null too. Throws what {@link cellValue} throws. */
export function cellSql(where: Place, cell: Cell): string {
  if (cell === null) return `NULL::${duckTypes[where.spec.kind]}`;
  return cellOfValue(where, valueSql(cellValue(where, cell)));
}

/**
 * New values, and the rescued column beside them: a cell that had a value and loses it is kept
 * there as text. Targets without that column keep nothing.
 */
export function withRescued(
  target: Schema,
  set: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  if (!("_rescued" in target.columns)) return set;
  const patches = Object.entries(set).map(([column, sql]) => {
    const name = quoteName(column);
    return {
      when: `(t.${name} IS NOT NULL AND (${sql}) IS NULL)`,
      patch: `json_object(${quoteText(column)}, t.${name}::VARCHAR)`,
    };
  });
  return { ...set, _rescued: patchRescued(patches) };
}

/** The rescued column with some patches, each where its condition holds. */
export function patchRescued(
  patches: readonly { readonly when: string; readonly patch: string }[],
): string {
  const any = patches.map(({ when }) => when).join(" OR ");
  const each = patches.map(
    ({ when, patch }) => `CASE WHEN ${when} THEN ${patch} ELSE '{}'::JSON END`,
  );
  return `(CASE WHEN ${any} THEN nullif(json_merge_patch(coalesce(t._rescued, '{}')::JSON, ${each.join(", ")})::VARCHAR, '{}') ELSE t._rescued END)`;
}
