/** @file The steps of a lineage, those of many writes put together: versions and files as lists. */
import {
  type ColumnSource,
  type Derived,
  type LineageSource,
  nothing,
  type RowOrigin,
  sourceKey,
} from "./origin.ts";

/** Where a step begins: JSON. A `column` of null stands for the rows as such: their number, their choice. */
export type LineageEnd =
  | {
      readonly kind: "table";
      readonly name: string;
      readonly column: string | null;
      /** The versions that were read, ascending. */
      readonly versions: readonly number[];
    }
  | { readonly kind: "file"; readonly names: readonly string[]; readonly column: string | null }
  /** Rows that a program had in memory. */
  | { readonly kind: "rows"; readonly column: string | null }
  /** What the lake says of itself. */
  | { readonly kind: "catalog"; readonly name: string; readonly column: string | null };

/** Where a step ends; a `column` of null stands for which rows there are. */
export interface LineageTarget {
  readonly table: string;
  readonly column: string | null;
}

/** One step: JSON. */
export interface LineageEdge {
  readonly from: LineageEnd;
  readonly to: LineageTarget;
}

/** What something in a table is made of, one step back: JSON. */
export interface DirectLineage {
  readonly from: readonly LineageEnd[];
  /** Whether there is more that nobody recorded. */
  readonly unknown: boolean;
}

/** A table that a write went into. */
export interface WrittenTable {
  readonly table: string;
  readonly columns: readonly string[];
  /** Whether all rows that were there went: then a column that comes from itself comes from before. */
  readonly replaced: boolean;
}

/** Steps that are gathered. */
export interface Edges {
  /** Adds the steps of some columns of a table, and of its rows, by one write. */
  readonly write: (origin: RowOrigin, into: WrittenTable) => void;
  /** Says that there are steps to a table that nobody knows. */
  readonly unknown: (table: string, columns: readonly string[]) => void;
  readonly to: (target: LineageTarget) => DirectLineage;
  readonly all: () => readonly LineageEdge[];
}

interface Gathered {
  readonly to: LineageTarget;
  readonly ends: Map<string, GatheredEnd>;
  unknown: boolean;
}

interface GatheredEnd {
  readonly source: LineageSource;
  readonly column: string | null;
  readonly versions: Set<number>;
  readonly names: Set<string>;
}

/** No steps yet. */
export function newEdges(): Edges {
  const gathered = new Map<string, Gathered>();
  const at = (to: LineageTarget): Gathered => {
    const key = JSON.stringify([to.table, to.column]);
    const found = gathered.get(key) ?? { to, ends: new Map(), unknown: false };
    gathered.set(key, found);
    return found;
  };
  const add = (derived: Derived, to: LineageTarget, replaced: boolean): void => {
    if (derived.from.length === 0 && !derived.unknown) return;
    const target = at(to);
    target.unknown ||= derived.unknown;
    for (const one of derived.from) if (replaced || !isItself(one, to)) gather(target, one);
  };
  return {
    write: (origin, { table, columns, replaced }) => {
      for (const column of columns)
        add(origin.columns.get(column) ?? nothing, { table, column }, replaced);
      add(origin.rows, { table, column: null }, replaced);
      for (const source of bareSources(origin))
        gather(at({ table, column: null }), { source, column: null });
    },
    unknown: (table, columns) => {
      for (const column of [...columns, null]) at({ table, column }).unknown = true;
    },
    to: (target) => {
      const { ends, unknown } = at(target);
      return { from: [...ends.values()].map(endOf), unknown };
    },
    all: () =>
      [...gathered.values()].flatMap(({ to, ends }) =>
        [...ends.values()].map((end) => ({ from: endOf(end), to })),
      ),
  };
}

/** A column that is kept as it is comes from itself, which says nothing. */
const isItself = ({ source, column }: ColumnSource, to: LineageTarget): boolean =>
  source.kind === "table" && source.name === to.table && column === to.column;

/** Sources of which no column is used: only how many rows they have can matter. */
function bareSources({ sources, columns, rows }: RowOrigin): readonly LineageSource[] {
  const used = new Set(
    [...columns.values(), rows].flatMap(({ from }) => from.map(({ source }) => sourceKey(source))),
  );
  return sources.filter((source) => !used.has(sourceKey(source)));
}

function gather(
  { ends }: Gathered,
  { source, column }: { readonly source: LineageSource; readonly column: string | null },
): void {
  const name = source.kind === "table" || source.kind === "catalog" ? source.name : "";
  const key = JSON.stringify([source.kind, name, column]);
  const end = ends.get(key) ?? { source, column, versions: new Set(), names: new Set() };
  if (source.kind === "table") end.versions.add(source.version);
  if (source.kind === "file") end.names.add(source.name);
  ends.set(key, end);
}

function endOf({ source, column, versions, names }: GatheredEnd): LineageEnd {
  switch (source.kind) {
    case "table":
      return {
        kind: "table",
        name: source.name,
        column,
        versions: [...versions].sort((a, b) => a - b),
      };
    case "file":
      return { kind: "file", names: [...names].sort(), column };
    case "catalog":
      return { kind: "catalog", name: source.name, column };
    case "rows":
      return { kind: "rows", column };
  }
}
