/** @file Whether a schema has a column. */
import { fail } from "./errors.ts";
import type { Schema } from "./schema.ts";

/** Refuses a column name that the schema has not. Throws `table/unknown-column`. */
export function checkColumn(at: string, schema: Schema, column: string): void {
  const columns = Object.keys(schema.columns);
  if (!columns.includes(column)) fail("table/unknown-column", { at, column, columns });
}
