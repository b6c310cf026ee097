/** @file The columns of a bronze table: the delivered ones as text, and five that say where a row is from. */
import {
  bool,
  type Column,
  type Columns,
  type Schema,
  schema,
  text,
  timestamp,
} from "../schema.ts";

/** The five technical columns of a bronze table. */
export const bronzeColumns = {
  _loaded_at: timestamp({ description: "when Millrace loaded the row" }),
  _file_modified_at: timestamp({ description: "when the file was last changed before that" }),
  _source_file: text({ description: "the name of the file" }),
  _row_id: text({
    description: "the row's identity: 16 digits of its file's hash, and its position in the file",
  }),
  _is_processed: bool({ description: "whether the row has been cleaned into silver" }),
};

/** The columns of a bronze table: the delivered ones as text, then the technical ones. */
export type BronzeColumns<N extends string = string> = {
  readonly [K in N]: Column<string | null, "text">;
} & typeof bronzeColumns;

/** The schema of a bronze table for files with these columns. */
export function bronzeSchema<const N extends string>(
  name: string,
  delivered: readonly N[],
): Schema<BronzeColumns<N>> {
  const texts = Object.fromEntries(delivered.map((column) => [column, text({ nullable: true })]));
  return schema(name, { ...texts, ...bronzeColumns } as Columns) as Schema<BronzeColumns<N>>;
}

/** The column that keeps what a file said and its table could not hold. */
export const rescuedName = "_rescued";

/** {@link rescuedName} as a column. */
export const keptColumn = {
  [rescuedName]: text({ nullable: true, description: "cells that did not fit, as JSON by column" }),
};

/**
 * Whether a column says when, from where and by what its row came: the columns that ingestion makes,
 * the rescued-data column, and `_run_id`, by which pipelines name their runs. Two deliveries of the
 * same row differ in them. Case does not matter.
 *
 * @example
 * ```ts
 * ["_loaded_at", "_rescued", "_id", "price"].filter(isTechnicalColumn) // => ["_loaded_at", "_rescued"]
 * ```
 */
export const isTechnicalColumn = (name: string): boolean =>
  isOwnColumn(name) || name.toLowerCase() === "_run_id";

/** Whether a column is one of Millrace's own: a technical one, or the rescued-data column. */
export const isOwnColumn = (name: string): boolean =>
  name.toLowerCase() === rescuedName || name.toLowerCase() in bronzeColumns;
