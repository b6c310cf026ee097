/** @file Where rows come from: for each column the columns it is made of, and what decides which rows there are. */
import type { Hash } from "../../flow.ts";

/** Something that rows come from: JSON. */
export type LineageSource =
  /** A table of the lake at a version; `id` is Delta's, which a table that is made anew has not. */
  | {
      readonly kind: "table";
      readonly name: string;
      readonly version: number;
      readonly id?: string;
    }
  /** A file, by its name, and where it was ingested by the hash of its bytes. */
  | { readonly kind: "file"; readonly name: string; readonly hash?: Hash }
  /** Rows that a program had in memory. */
  | { readonly kind: "rows" }
  /** What the lake says of itself: information_schema, SHOW, DESCRIBE. */
  | { readonly kind: "catalog"; readonly name: string };

/** A column of a source. */
export interface ColumnSource {
  readonly source: LineageSource;
  readonly column: string;
}

/** What something is made of. */
export interface Derived {
  /** Each once. */
  readonly from: readonly ColumnSource[];
  /** Whether there is more than could be found out: then `from` is not all. */
  readonly unknown: boolean;
}

/** Where the rows of a frame, or those of one write, come from. */
export interface RowOrigin {
  /** All that is read, also what no column comes from. */
  readonly sources: readonly LineageSource[];
  readonly columns: ReadonlyMap<string, Derived>;
  /** What decides which rows there are: conditions, keys of joins and groups. */
  readonly rows: Derived;
}

/** Made of nothing: a constant. */
export const nothing: Derived = { from: [], unknown: false };
/** Made of what nobody knows. */
export const unknown: Derived = { from: [], unknown: true };

/** What tells a source from others. */
export function sourceKey(source: LineageSource): string {
  const { kind } = source;
  if (kind === "rows") return kind;
  const more =
    kind === "table" ? `@${source.version}` : kind === "file" ? `#${source.hash ?? ""}` : "";
  return `${kind}:${source.name}${more}`;
}

const columnKey = ({ source, column }: ColumnSource): string => `${sourceKey(source)}\n${column}`;

/** A column of a source as what something is made of. */
export const fromColumn = (source: LineageSource, column: string): Derived => ({
  from: [{ source, column }],
  unknown: false,
});

/** Made of all of these; each column once, in the order of first mention. */
export function together(parts: Iterable<Derived>): Derived {
  const found = new Map<string, ColumnSource>();
  let isUnknown = false;
  let only: Derived | undefined;
  let count = 0;
  for (const part of parts) {
    count += 1;
    only = part;
    isUnknown ||= part.unknown;
    for (const one of part.from) {
      const key = columnKey(one);
      if (!found.has(key)) found.set(key, one);
    }
  }
  if (count === 1 && only !== undefined) return only;
  return { from: [...found.values()], unknown: isUnknown };
}

/** Sources, each once. */
export const allSources = (sources: Iterable<LineageSource>): readonly LineageSource[] => [
  ...new Map([...sources].map((source) => [sourceKey(source), source])).values(),
];

/** The rows of one source, whose columns have the same names. */
export const originOf = (source: LineageSource, columns: Iterable<string>): RowOrigin => ({
  sources: [source],
  columns: new Map([...columns].map((column) => [column, fromColumn(source, column)])),
  rows: nothing,
});

/** Rows about which nothing is known. */
export const unknownOrigin = (columns: Iterable<string>): RowOrigin => ({
  sources: [],
  columns: new Map([...columns].map((column) => [column, unknown])),
  rows: unknown,
});

/** What some columns of rows are made of. */
export const derivedOf = ({ columns }: RowOrigin, names: Iterable<string>): Derived =>
  together([...names].map((name) => columns.get(name) ?? unknown));

/**
 * The same rows, fewer of them: some columns decide which. For frames that choose rows in SQL of
 * their own.
 *
 * @example
 * ```ts
 * const source = { kind: "file", name: "points.csv" } as const;
 * const x = { from: [{ source, column: "x" }], unknown: false };
 * const origin = { sources: [source], columns: new Map([["x", x]]), rows: { from: [], unknown: false } };
 * narrowed(origin, ["x"]).rows // => { from: [{ source: { kind: "file", name: "points.csv" }, column: "x" }], unknown: false }
 * ```
 */
export const narrowed = (origin: RowOrigin, by: Iterable<string>): RowOrigin => ({
  ...origin,
  rows: together([origin.rows, derivedOf(origin, by)]),
});

/** Rows with other columns, each made of some of these rows' columns. */
export const derivedColumns = (
  origin: RowOrigin,
  columns: Iterable<readonly [string, readonly string[]]>,
): RowOrigin => ({
  ...origin,
  columns: new Map([...columns].map(([name, from]) => [name, derivedOf(origin, from)])),
});
