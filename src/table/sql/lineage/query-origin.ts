/** @file Where the rows of a query come from, checked against the columns that the engine says it has. */
import type { SqlNode } from "../../adapter/parse-sql.ts";
import {
  allSources,
  fromColumn,
  type LineageSource,
  nothing,
  type RowOrigin,
  unknown,
} from "../../lineage/origin.ts";
import { analyseQuery } from "./analyse.ts";
import { emptyScope, type Known, knownRows, lower, type Rows } from "./scope.ts";

/** What a table in a query is, for its lineage. */
export type QuerySource =
  | {
      readonly source: LineageSource;
      /** Undefined where it is not known which columns there are: a file. */
      readonly columns: readonly string[] | undefined;
    }
  /** Rows that have an origin of their own. */
  | { readonly origin: RowOrigin };

/** What a query reads, and what it gives. */
export interface QueryFacts {
  /** By the nodes of the tree. */
  readonly sources: ReadonlyMap<SqlNode, QuerySource>;
  /** The names of the result's columns, by the engine. */
  readonly columns: readonly string[];
  /** The engine's functions that make one value of many rows, in lower case. */
  readonly aggregates: ReadonlySet<string>;
}

/**
 * The origin of a query's rows. Where the analysis does not find the columns that the engine finds,
 * each of them is unknown.
 */
export function queryOrigin(
  query: SqlNode,
  { sources, columns, aggregates }: QueryFacts,
): RowOrigin {
  const known: Known = {
    isAggregate: (name) => aggregates.has(name),
    rowsOf: (node) => {
      const found = sources.get(node);
      return found && rowsOfSource(found);
    },
  };
  const found = analysed(query, known);
  const same = sameColumns(found?.columns, columns);
  const derived = columns.map((name, i) => [name, same?.[i]?.derived ?? unknown] as const);
  return {
    sources: allSources([...sources.values()].flatMap(readBy)),
    columns: new Map(derived),
    rows: found?.rows ?? unknown,
  };
}

/** A query that is nested deeper than the stack is not analysed. */
function analysed(query: SqlNode, known: Known): Rows | undefined {
  try {
    return analyseQuery(query, emptyScope, known);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

const readBy = (one: QuerySource): readonly LineageSource[] =>
  "origin" in one ? one.origin.sources : [one.source];

function rowsOfSource(one: QuerySource): Rows {
  if ("origin" in one) {
    const { columns, rows } = one.origin;
    return knownRows(
      [...columns].map(([name, derived]) => ({ name, derived })),
      rows,
    );
  }
  const { source, columns } = one;
  const made = (name: string) => (source.kind === "catalog" ? nothing : fromColumn(source, name));
  if (columns === undefined) return { columns: undefined, rows: nothing, open: made };
  return knownRows(
    columns.map((name) => ({ name, derived: made(name) })),
    nothing,
  );
}

/** The columns, where they have the engine's names: it puts a number behind one that is there twice. */
function sameColumns(found: Rows["columns"], names: readonly string[]): Rows["columns"] {
  if (found?.length !== names.length) return undefined;
  const isSame = found.every(({ name }, i) => {
    const real = lower(names[i] ?? "");
    return name === undefined || real === lower(name) || isNumbered(real, lower(name));
  });
  return isSame ? found : undefined;
}

const isNumbered = (real: string, name: string): boolean =>
  real.startsWith(`${name}_`) && /^[\d_]+$/.test(real.slice(name.length));
