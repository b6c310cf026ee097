/** @file Schemas: the columns of a table as data that TypeScript reads as the type of a row. */
import { checkNames } from "../core/index.ts";
import type { Cell, ColumnKind, ColumnSpec } from "../flow.ts";
import { checkColumn, checkName, patternSource } from "./schema-checks.ts";
import { fail } from "./schema-errors.ts";

declare const cell: unique symbol;

/** A column: plain data, and the TypeScript type `T` of its cells, which exists at compile time only. */
export interface Column<T = Cell, K extends ColumnKind = ColumnKind> extends ColumnSpec {
  readonly kind: K;
  /** What the column means, for people. */
  readonly description?: string;
  /** Never there at run time. */
  readonly [cell]?: T;
}

/** Columns by name, in the order of the table. */
export type Columns = Readonly<Record<string, Column>>;

/** A named set of columns. It is JSON: `schema(name, JSON.parse(text))` makes it again. */
export interface Schema<C extends Columns = Columns> {
  readonly name: string;
  readonly columns: C;
}

/** The type of a column's cells; null is in it when the column is nullable. */
export type CellOf<K> = K extends { readonly [cell]?: infer T } ? T : never;

/** The type of a row of a schema, or of its columns. */
export type Row<S> =
  S extends Schema<infer C>
    ? { readonly [N in keyof C]: CellOf<C[N]> }
    : { readonly [N in keyof S]: CellOf<S[N]> };

/** `T`, or `T | null` when N is true. */
export type Nullable<T, N extends boolean> = N extends true ? T | null : T;

/** What every column may say. */
export interface ColumnOptions<N extends boolean = boolean> {
  /** Whether a cell may be missing. Default false. */
  readonly nullable?: N;
  /** Whether the column is (part of) the primary key. Default false. */
  readonly key?: boolean;
  /** What the column means, for people. */
  readonly description?: string;
}

/** What a column of text may say. */
export interface TextOptions<N extends boolean = boolean> extends ColumnOptions<N> {
  /** Every text must match it whole. No look-around and no back-references. */
  readonly pattern?: RegExp | string;
}

/**
 * What a column of numbers may say. Like levels and patterns, the bounds are what checks and requests
 * are judged by; a table stores what it is given, unless it has a check of its own that refuses it.
 */
export interface NumberOptions<N extends boolean = boolean> extends ColumnOptions<N> {
  /** The smallest value allowed. */
  readonly min?: number;
  /** The largest value allowed. */
  readonly max?: number;
  /** What one step of the number means: "months", "USD". */
  readonly unit?: string;
}

const common = ["nullable", "key", "description"];

/**
 * A column of free text.
 *
 * @throws `option/unknown-name`, `table/unsupported-pattern`, `table/conflict-key`
 * @example
 * ```ts
 * text({ key: true, pattern: /\d{4}/ }) // => { kind: "text", nullable: false, key: true, pattern: "\\d{4}" }
 * ```
 */
export function text<const N extends boolean = false>(
  options: TextOptions<N> = {},
): Column<Nullable<string, N>, "text"> {
  checkNames("text", options, [...common, "pattern"]);
  const pattern = patternSource(options.pattern);
  const column = { ...base("text", options), ...(pattern === undefined ? {} : { pattern }) };
  checkColumn("text", column);
  return column;
}

/**
 * A column of whole numbers.
 *
 * @throws `option/unknown-name`, `option/out-of-range`, `table/conflict-bounds`, `table/conflict-key`
 * @example
 * ```ts
 * int({ min: 0, unit: "months" }) // => { kind: "int", nullable: false, min: 0, unit: "months" }
 * ```
 */
export function int<const N extends boolean = false>(
  options: NumberOptions<N> = {},
): Column<Nullable<number, N>, "int"> {
  return numbers("int", options);
}

/**
 * A column of numbers in double precision. NaN counts as missing.
 *
 * @throws `option/unknown-name`, `option/out-of-range`, `table/conflict-bounds`, `table/conflict-key`
 * @example
 * ```ts
 * float({ nullable: true }) // => { kind: "float", nullable: true }
 * ```
 */
export function float<const N extends boolean = false>(
  options: NumberOptions<N> = {},
): Column<Nullable<number, N>, "float"> {
  return numbers("float", options);
}

/**
 * A column of true and false.
 *
 * @throws `option/unknown-name`, `table/conflict-key`
 * @example
 * ```ts
 * bool() // => { kind: "bool", nullable: false }
 * ```
 */
export function bool<const N extends boolean = false>(
  options: ColumnOptions<N> = {},
): Column<Nullable<boolean, N>, "bool"> {
  checkNames("bool", options, common);
  const column = base("bool", options);
  checkColumn("bool", column);
  return column;
}

/**
 * A column that holds one of the given levels. Their order is kept: features and charts follow it.
 *
 * @param levels - The labels; at least one, none twice.
 * @throws `option/unknown-name`, `table/missing-levels`, `table/duplicate-levels`, `table/conflict-key`
 * @example
 * ```ts
 * category(["No", "Yes"]).levels // => ["No", "Yes"]
 * ```
 */
export function category<const L extends string, const N extends boolean = false>(
  levels: readonly L[],
  options: ColumnOptions<N> = {},
): Column<Nullable<L, N>, "category"> {
  checkNames("category", options, common);
  const column = { ...base("category", options), levels: [...levels] };
  checkColumn("category", column);
  return column;
}

/**
 * A column of moments in UTC, to the millisecond; a `Date` in TypeScript.
 *
 * @throws `option/unknown-name`, `table/conflict-key`
 * @example
 * ```ts
 * timestamp() // => { kind: "timestamp", nullable: false }
 * ```
 */
export function timestamp<const N extends boolean = false>(
  options: ColumnOptions<N> = {},
): Column<Nullable<Date, N>, "timestamp"> {
  checkNames("timestamp", options, common);
  const column = base("timestamp", options);
  checkColumn("timestamp", column);
  return column;
}

/**
 * A schema: names for columns. The type of its rows is `Row<typeof theSchema>`.
 *
 * @param name - What one table of these columns is about: "customers".
 * @param columns - At least one; also plain column specs read from JSON.
 * @throws `table/missing-columns`, `table/duplicate-columns`, `table/unsupported-name`,
 * `table/unsupported-kind` and what the columns themselves can throw
 * @example
 * ```ts
 * const orders = schema("orders", { id: text({ key: true }), total: float({ nullable: true }) });
 * const order: Row<typeof orders> = { id: "a1", total: null };
 * Object.keys(orders.columns) // => ["id", "total"]
 * order.total // => null
 * ```
 */
export function schema<const C extends Columns>(name: string, columns: C): Schema<C> {
  const at = `schema ${JSON.stringify(name)}`;
  checkName("schema", name);
  const names = Object.keys(columns);
  if (names.length === 0) fail("table/missing-columns", { at });
  const seen = new Map<string, string>();
  for (const [column, spec] of Object.entries(columns)) {
    checkName(at, column);
    const folded = column.toLowerCase();
    const twin = seen.get(folded);
    if (twin !== undefined) fail("table/duplicate-columns", { at, columns: [twin, column] });
    seen.set(folded, column);
    checkColumn(`${at}, column ${JSON.stringify(column)}`, spec);
  }
  return { name, columns };
}

function numbers<K extends "int" | "float", N extends boolean>(
  kind: K,
  options: NumberOptions<N>,
): Column<Nullable<number, N>, K> {
  checkNames(kind, options, [...common, "min", "max", "unit"]);
  const { min, max, unit } = options;
  const column = {
    ...base(kind, options),
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    ...(unit === undefined ? {} : { unit }),
  };
  checkColumn(kind, column);
  return column;
}

/** What all kinds of columns share, without the options that were left out. */
function base<K extends ColumnKind>(kind: K, options: ColumnOptions) {
  const { nullable = false, key = false, description } = options;
  return {
    kind,
    nullable,
    ...(key ? { key } : {}),
    ...(description === undefined ? {} : { description }),
  };
}
