/** @file What a type of expectation is: its arguments, what it asks of the scan, and its verdict. */
import type { Cells, ColumnSpec, ColumnSpecs, Json } from "../../flow.ts";
import type { AnyRows } from "../../table/index.ts";
import { fail } from "../errors.ts";
import type { KwargSpec, Kwargs } from "./kwargs.ts";

/** Runs a query of another source, for an expectation that compares two: its rows as JSON. */
export type QuerySource = (query: string) => Promise<readonly Readonly<Record<string, Json>>[]>;

/** What an expectation is compiled against. */
export interface Site {
  readonly type: string;
  /** Parameters resolved, defaults filled in. */
  readonly kwargs: Kwargs;
  readonly columns: ColumnSpecs;
  /** SQL that is true for the rows it is about; null for all. */
  readonly where: string | null;
  readonly tables: Readonly<Record<string, AnyRows>>;
  readonly sources: Readonly<Record<string, QuerySource>>;
}

/** How the value of a broken row is shown: alone, as a list, or by column. */
export type ShownAs = "value" | "list" | "record";

/** An expectation that looks at rows one by one. */
export interface RowPlan {
  readonly kind: "rows";
  /** SQL, never NULL: whether the row is looked at. */
  readonly looked: string;
  /** SQL: whether a row that is looked at breaks it; NULL does not. */
  readonly broken: string;
  readonly shown: readonly string[];
  readonly shownAs: ShownAs;
  /** False for the checks of missing values themselves: no row is left out. */
  readonly countsMissing: boolean;
  /** SQL that counts the rows that are looked at, where there is a quicker one than a filter. */
  readonly present?: string;
  /** Whether `broken` is never true of a row that is not looked at. */
  readonly alone?: true;
  /** Aggregates over the rows it is about, which `broken` reads as `{name}`, or `{name.0}` of a list. */
  readonly spread?: Readonly<Record<string, string>>;
  /** The columns that together must not stand twice; `broken` is then found by grouping. */
  readonly unique?: readonly string[];
  /** Whether a set of bits may find the doubles, since the column holds whole numbers. */
  readonly bits?: true;
  /** The smallest and the largest of them, once they are known. */
  readonly span?: readonly [low: number, high: number];
  /** The same for one row: true when it breaks, null when it is not looked at. */
  readonly row?: (row: Cells) => boolean | null;
}

/** What an expectation about a whole table came to. */
export interface Measured {
  readonly success: boolean;
  readonly result: Readonly<Record<string, Json>>;
}

/** What a second look may use: queries over the rows, called `batch` in SQL. */
export interface SecondLook {
  readonly query: (sql: string) => Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** The same as plain JSON: numbers as numbers, moments as ISO 8601 text. */
  readonly rows: (sql: string) => Promise<readonly Readonly<Record<string, Json>>[]>;
  readonly complete: boolean;
}

/** An expectation about a number, a set or a shape of the whole table. */
export interface MeasurePlan {
  readonly kind: "measure";
  /** SQL aggregates over the rows; each gives one value of `judge`. */
  readonly asks: readonly string[];
  readonly judge: (values: readonly unknown[]) => Measured;
  /** Looks again when it failed, for samples; gives what is added or replaced. */
  readonly look?: (measured: Measured, second: SecondLook) => Promise<Measured>;
}

export type Plan = RowPlan | MeasurePlan;

/** A type of expectation. */
export interface Definition {
  readonly kwargs: Readonly<Record<string, KwargSpec>>;
  /** Whether a row condition may narrow it. */
  readonly conditional: boolean;
  /** Whether some rows may break it. */
  readonly mostly: boolean;
  /** The columns it is about. */
  readonly about: (kwargs: Kwargs) => readonly string[];
  /** What it says, for people. */
  readonly says: (kwargs: Kwargs) => string;
  readonly plan: (site: Site) => Plan;
}

/** The types of one family by name. */
export type Definitions = Readonly<Record<string, Definition>>;

/** An aggregate narrowed to the rows an expectation is about, and further conditions. */
export function narrowed(
  aggregate: string,
  { where }: Pick<Site, "where">,
  ...conditions: readonly string[]
): string {
  const all = [...(where === null ? [] : [where]), ...conditions];
  return all.length === 0 ? aggregate : `${aggregate} FILTER (${all.join(" AND ")})`;
}

/** The column's spec. Throws `check/unknown-column`. */
export function specOf({ type, columns }: Site, column: string): ColumnSpec {
  const names = Object.keys(columns);
  const found = Object.hasOwn(columns, column) ? columns[column] : undefined;
  return found ?? fail("check/unknown-column", { at: type, column, columns: names });
}

/** A text argument that is checked to be there. */
export const textOf = (kwargs: Kwargs, kwarg: string): string => String(kwargs[kwarg]);

/** A list argument that is checked to be one. */
export function listOf(kwargs: Kwargs, kwarg: string): readonly Json[] {
  const value = kwargs[kwarg];
  return Array.isArray(value) ? value : [];
}

/** A list of texts. */
export const textsOf = (kwargs: Kwargs, kwarg: string): readonly string[] =>
  listOf(kwargs, kwarg).map(String);

/** A number argument, or undefined. */
export function numberOf(kwargs: Kwargs, kwarg: string): number | undefined {
  const value = kwargs[kwarg];
  return typeof value === "number" ? value : undefined;
}
