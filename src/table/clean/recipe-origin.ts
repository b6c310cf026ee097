/** @file Where cleaned and rejected rows come from: the recipe's lineage, put behind that of its source. */
import {
  type Derived,
  derivedColumns,
  derivedOf,
  type RowOrigin,
  together,
} from "../lineage/origin.ts";
import type { ColumnLineage, Lineage } from "./lineage.ts";
import { rejectionColumns } from "./quarantine.ts";

/** The columns of the source under the names in which it delivers them. */
export function cleanedOrigin(source: RowOrigin, { columns, rows }: Lineage): RowOrigin {
  const entries = Object.entries(columns).map(([name, { from }]) => [name, from] as const);
  return { ...derivedColumns(source, entries), rows: decided(source, rows) };
}

/** What decides which rows there are: what decided it in the source, and the recipe's rules. */
const decided = (source: RowOrigin, { from }: ColumnLineage): Derived =>
  together([source.rows, derivedOf(source, from)]);

/** A rejected row holds all its cells as they were delivered; the recipe's rules say why it is there. */
export function rejectedOrigin(source: RowOrigin, { rows }: Lineage): RowOrigin {
  const delivered = [...source.columns.keys()];
  const of = (name: string): readonly string[] => {
    if (name === "_cells") return delivered;
    if (name === "_row_id") return delivered.filter((one) => one === "_row_id");
    return name === "_step" || name === "_rule" ? rows.from : [];
  };
  const entries = Object.keys(rejectionColumns).map((name) => [name, of(name)] as const);
  return { ...derivedColumns(source, entries), rows: decided(source, rows) };
}
