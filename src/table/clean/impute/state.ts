/** @file What imputers have learned, as plain JSON, and reading it back. */
import type { ColumnKind, Json } from "../../../flow.ts";
import { parseNode, type Value } from "../../expr/index.ts";
import { fail } from "../errors.ts";

/** A column that others are predicted from. `scale` is its standard deviation, 1 for labels. */
export type NearestColumn = {
  readonly name: string;
  readonly kind: ColumnKind;
  readonly scale: number;
};

/**
 * One term of a regression: `weight` times the column as a number, or, with a level, times whether
 * it is that level. `otherwise` stands for a missing cell.
 */
export type RegressionTerm = {
  readonly name: string;
  readonly kind: ColumnKind;
  readonly level: string | null;
  readonly weight: number;
  readonly otherwise: number;
};

/** How the missing cells of a column are filled; numbers, texts, truths, and moments as milliseconds. */
export type Filling =
  | { readonly by: "value"; readonly value: Value }
  /** The expression of a rule, as `parseNode` reads it. */
  | { readonly by: "rule"; readonly node: Json }
  /** A value for each group, and one for rows of no group that was seen. */
  | {
      readonly by: "group";
      readonly of: string;
      readonly groups: readonly (readonly [string, Value])[];
      readonly otherwise: Value;
    }
  /** The training rows themselves: `rows` has shape [n, d], `values` [n]. */
  | {
      readonly by: "nearest";
      readonly neighbours: number;
      readonly columns: readonly NearestColumn[];
      readonly rows: readonly (readonly Value[])[];
      readonly values: readonly Value[];
      readonly otherwise: Value;
    }
  | {
      readonly by: "regression";
      readonly bias: number;
      readonly terms: readonly RegressionTerm[];
    };

/** One column: how it is filled, and which column says that it was missing. */
export type ColumnFilling = {
  readonly column: string;
  readonly kind: ColumnKind;
  readonly indicator: string | null;
  /** The levels of a category: nothing else is filled in. */
  readonly levels: readonly string[] | null;
  readonly filling: Filling;
};

/** What an imputer learned: JSON. All columns are filled at once, from the cells as they were. */
export type ImputerState = {
  readonly format: 1;
  readonly columns: readonly ColumnFilling[];
};

const kinds: readonly unknown[] = ["text", "int", "float", "bool", "category", "timestamp"];

/**
 * Checks that a value read from JSON is the state of an imputer, and returns it.
 *
 * @throws `table/corrupt-imputer`, and for a rule `table/corrupt-expression`, `table/unknown-operation`
 */
export function parseImputer(value: unknown, at = "imputer"): ImputerState {
  const corrupt = (expected: string): never =>
    fail("table/corrupt-imputer", { at, expected, got: value });
  if (!isRecord(value) || !Array.isArray(value["columns"])) return corrupt("a list of columns");
  if (value["format"] !== 1) return corrupt("format 1");
  for (const one of value["columns"]) {
    const named = isRecord(one) && typeof one["column"] === "string" && kinds.includes(one["kind"]);
    if (!named || !(one["indicator"] === null || typeof one["indicator"] === "string"))
      return corrupt("a column's name, kind and indicator");
    if (one["levels"] !== null && !isListOf(one["levels"], (level) => typeof level === "string"))
      return corrupt("levels or null");
    if (!isFilling(one["filling"], at)) return corrupt(`a filling of ${String(one["column"])}`);
  }
  return value as ImputerState;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isValue = (value: unknown): boolean =>
  value === null ||
  typeof value === "string" ||
  typeof value === "boolean" ||
  Number.isFinite(value);
const isListOf = (value: unknown, fits: (one: unknown) => boolean): value is readonly unknown[] =>
  Array.isArray(value) && value.every(fits);

const fillings: Readonly<
  Record<string, (found: Readonly<Record<string, unknown>>, at: string) => boolean>
> = {
  value: ({ value }) => isValue(value),
  rule: ({ node }, at) => parseNode(node, at) !== undefined,
  group: ({ of, groups, otherwise }) =>
    typeof of === "string" &&
    isValue(otherwise) &&
    isListOf(groups, (g) => isListOf(g, isValue) && g.length === 2 && typeof g[0] === "string"),
  nearest: ({ neighbours, columns, rows, values, otherwise }) =>
    Number.isInteger(neighbours) &&
    isValue(otherwise) &&
    isListOf(columns, (c) => isNamed(c) && Number(c["scale"]) > 0) &&
    isListOf(values, isValue) &&
    isListOf(rows, (r) => isListOf(r, isValue) && r.length === columns.length) &&
    rows.length === values.length,
  regression: ({ bias, terms }) =>
    Number.isFinite(bias) &&
    isListOf(
      terms,
      (t) =>
        isNamed(t) &&
        (t["level"] === null || typeof t["level"] === "string") &&
        Number.isFinite(t["weight"]) &&
        Number.isFinite(t["otherwise"]),
    ),
};

const isNamed = (value: unknown): value is Readonly<Record<string, unknown>> =>
  isRecord(value) && typeof value["name"] === "string" && kinds.includes(value["kind"]);

function isFilling(value: unknown, at: string): boolean {
  if (!isRecord(value) || typeof value["by"] !== "string") return false;
  return fillings[value["by"]]?.(value, at) ?? false;
}
