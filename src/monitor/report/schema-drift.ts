/** @file Columns that vanished, came, or changed their kind between two tables. */
import { list } from "../../core/index.ts";
import type { ColumnSketch, TableSketch } from "../sketch/table-sketch.ts";

/** A column that is of another kind in the other table. */
export interface KindChange {
  readonly column: string;
  /** What it held: numbers, labels, texts, booleans or timestamps. */
  readonly reference: string;
  readonly current: string;
}

/** How the columns of two tables differ. */
export interface SchemaDrift {
  /** Columns that vanished. */
  readonly onlyReference: readonly string[];
  /** Columns that came. */
  readonly onlyCurrent: readonly string[];
  /** Columns that hold something else than before. */
  readonly changed: readonly KindChange[];
}

/** The differences, and the columns that can be compared. Without `columns` all but the ignored are looked at. */
export function schemaDrift(
  tables: { readonly reference: TableSketch; readonly current: TableSketch },
  chosen: { readonly columns?: readonly string[] | undefined; readonly ignore: readonly string[] },
): SchemaDrift & { readonly compared: readonly string[] } {
  const [before, now] = [tables.reference.columns, tables.current.columns];
  const isAsked = (column: string): boolean =>
    !chosen.ignore.includes(column) && (chosen.columns ?? [column]).includes(column);
  const only = (a: TableSketch["columns"], b: TableSketch["columns"]): readonly string[] =>
    [...a.keys()].filter((column) => isAsked(column) && !b.has(column));
  const changed = [...before].flatMap(([column, sketch]): KindChange[] => {
    const other = now.get(column);
    if (other === undefined || !isAsked(column) || kindOf(other) === kindOf(sketch)) return [];
    return [{ column, reference: kindOf(sketch), current: kindOf(other) }];
  });
  const isChanged = (column: string): boolean => changed.some((one) => one.column === column);
  const names = chosen.columns ?? [...before.keys()];
  return {
    onlyReference: only(before, now),
    onlyCurrent: only(now, before),
    changed,
    // a name that neither has stays, to be refused
    compared: names.filter(
      (column) => isAsked(column) && !isChanged(column) && before.has(column) === now.has(column),
    ),
  };
}

const kindOf = ({ shape }: ColumnSketch): string => (shape === "numbers" ? "numbers" : "labels");

/** The differences as sentences. */
export function wordsOfSchema(
  { onlyReference, onlyCurrent, changed }: SchemaDrift,
  names: { readonly reference: string; readonly current: string },
): readonly string[] {
  const only = (columns: readonly string[], where: string): readonly string[] =>
    columns.length === 0 ? [] : [`only in ${where}: ${list(columns)}`];
  return [
    ...only(onlyReference, names.reference),
    ...only(onlyCurrent, names.current),
    ...changed.map(
      ({ column, reference, current }) => `${column} had ${reference}, and has ${current}`,
    ),
  ];
}
