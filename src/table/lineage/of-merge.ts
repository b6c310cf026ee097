/** @file The lineage of a MERGE: what its values are made of, and what decides which rows change. */
import { type Assignments, readsOfAssigned } from "../assign.ts";
import { columnInSource, sourceName } from "../delta/merge-keys.ts";
import type { CellsOf } from "../expr/index.ts";
import type { Columns } from "../schema.ts";
import type { MergeWhen } from "../table.ts";
import {
  allSources,
  type Derived,
  fromColumn,
  type LineageSource,
  nothing,
  type RowOrigin,
  together,
  unknown,
} from "./origin.ts";
import type { WriteLineage } from "./stored.ts";

type Value = readonly [column: string, reads: readonly string[]];

/** The columns that a MERGE reads, those of the source under their names in it. */
export interface MergeReads {
  /** For each value of each clause its column, and what it is made of. */
  readonly values: readonly Value[];
  /** What the key and the conditions read. */
  readonly decide: readonly string[];
}

/** The columns that both sides have, as expressions. */
interface Sides<C extends Columns, S extends Columns> {
  readonly ours: CellsOf<C>;
  readonly theirs: CellsOf<S>;
  /** The columns of the source that the table has. */
  readonly shared: readonly string[];
}

/** What the clauses of a MERGE read. */
export function readsOfMerge<C extends Columns, S extends Columns>(
  { ours, theirs, shared }: Sides<C, S>,
  { on, matched = [], notMatched = [], notMatchedBySource = [] }: MergeWhen<C, S>,
): MergeReads {
  const all = shared.map((column): Value => [column, [sourceName(column)]]);
  const of = (set: Assignments<C>): readonly Value[] => [...readsOfAssigned(set)];
  const keys =
    typeof on === "function"
      ? on(ours, theirs).reads
      : on.flatMap((column) => [column, sourceName(column)]);
  return {
    values: [
      ...matched.flatMap((clause): readonly Value[] => {
        if ("delete" in clause) return [];
        return clause.set === "all" ? all : of(clause.set(ours, theirs));
      }),
      ...notMatched.flatMap(({ values }) => (values === "all" ? all : of(values(theirs)))),
      ...notMatchedBySource.flatMap((clause) => ("delete" in clause ? [] : of(clause.set(ours)))),
    ],
    decide: [
      ...keys,
      ...matched.flatMap(({ condition }) => condition?.(ours, theirs).reads ?? []),
      ...notMatched.flatMap(({ condition }) => condition?.(theirs).reads ?? []),
      ...notMatchedBySource.flatMap(({ condition }) => condition?.(ours).reads ?? []),
    ],
  };
}

/** The lineage of a MERGE: rows of the source, and of the table as it was. */
export function mergeLineage(
  source: RowOrigin,
  self: LineageSource | undefined,
  { values, decide }: MergeReads,
): WriteLineage {
  const columnOf = (name: string): Derived => {
    const column = columnInSource(name);
    if (column !== undefined) return source.columns.get(column) ?? unknown;
    return self === undefined ? nothing : fromColumn(self, name);
  };
  const columns = new Map<string, Derived>();
  for (const [column, reads] of values)
    columns.set(column, together([columns.get(column) ?? nothing, ...reads.map(columnOf)]));
  const origin: RowOrigin = {
    sources: allSources([...source.sources, ...(self === undefined ? [] : [self])]),
    columns,
    rows: together([source.rows, ...decide.map(columnOf)]),
  };
  return { effect: "add", origin };
}
