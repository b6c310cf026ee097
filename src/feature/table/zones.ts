/** @file Moments need a zone: a local time would be joined hours away from where it belongs. */
import type { AnyRows, Lake } from "../../table/index.ts";
import { fail } from "./errors.ts";
import { detailOf } from "./stored.ts";

/**
 * Refuses columns of rows whose times have no zone, in the query or in the table they come from.
 *
 * @throws `feature/unsupported-timestamp`
 */
export async function checkZones(
  lake: Lake,
  rows: AnyRows,
  { at, columns }: { readonly at: string; readonly columns: readonly string[] },
): Promise<void> {
  if (columns.length === 0) return;
  const types = new Map(
    (await rows.engine.describe(rows.sql)).map(({ name, type }) => [name, type]),
  );
  for (const column of columns) {
    const type = types.get(column) ?? "";
    if (/^(TIMESTAMP(_S|_MS|_NS)?|DATE|VARCHAR)$/.test(type))
      fail("feature/unsupported-timestamp", {
        at,
        column,
        reason: `it is a ${type} without a time zone`,
      });
    for (const { source, column: from } of rows.origin?.columns.get(column)?.from ?? []) {
      if (source.kind !== "table") continue;
      const stored = (await detailOf(lake, source.name))?.types[from];
      if (stored === "timestamp_ntz" || stored === "date")
        fail("feature/unsupported-timestamp", {
          at,
          column,
          reason: `it comes from ${source.name}, which keeps it as ${stored}, without a time zone`,
        });
    }
  }
}
