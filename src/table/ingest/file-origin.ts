/** @file A delivered file as what a table's rows come from: which of its columns each column is made of. */
import type { Hash } from "../../flow.ts";
import {
  allSources,
  type Derived,
  fromColumn,
  type LineageSource,
  nothing,
  type RowOrigin,
  together,
} from "../lineage/origin.ts";
import { rescuedName } from "./bronze.ts";
import type { Passage } from "./rows-sql.ts";

/**
 * Where the rows of a file come from. The columns that ingestion makes (`_row_id`, `_loaded_at` …) are
 * of the file and of no column in it; a cell of any column may be in `_rescued`.
 */
export function originOfFile({ delivery, fit }: Passage, hash: Hash | undefined): RowOrigin {
  const { file: name } = delivery;
  const source: LineageSource = { kind: "file", name, ...(hash === undefined ? {} : { hash }) };
  const derived = (name: string): Derived => {
    if (name === rescuedName)
      return together(
        [...fit.source.values(), ...fit.unexpected].map((one) => fromColumn(source, one)),
      );
    const column = fit.source.get(name);
    return column === undefined ? nothing : fromColumn(source, column);
  };
  const columns = new Map(Object.keys(fit.columns).map((name) => [name, derived(name)]));
  return { sources: [source], columns, rows: nothing };
}

/** Where the rows of several files come from. */
export function originOfFiles(origins: readonly RowOrigin[]): RowOrigin {
  const names = new Set(origins.flatMap(({ columns }) => [...columns.keys()]));
  const columns = [...names].map(
    (name) => [name, together(origins.map((one) => one.columns.get(name) ?? nothing))] as const,
  );
  return {
    sources: allSources(origins.flatMap(({ sources }) => sources)),
    columns: new Map(columns),
    rows: nothing,
  };
}
