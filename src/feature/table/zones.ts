/** @file Moments need a zone: a local time would be joined hours away from where it belongs. */
import type { AnyRows, Lake } from "../../table/index.ts";
import { fail } from "./errors.ts";
import { localTimes, type MomentFault, textTimes } from "./moment-faults.ts";
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
    const fault = faultOf(column, type);
    if (fault !== undefined) fail("feature/unsupported-timestamp", { at, ...fault });
    for (const { source, column: from } of rows.origin?.columns.get(column)?.from ?? []) {
      if (source.kind !== "table") continue;
      const stored = (await detailOf(lake, source.name))?.types[from];
      if (stored !== "timestamp_ntz" && stored !== "date") continue;
      const reason = `it comes from ${source.name}, which keeps it as ${stored}, without a time zone`;
      fail("feature/unsupported-timestamp", { at, ...localTimes(column, reason) });
    }
  }
}

/** What is wrong with a type of the engine; undefined where it tells moments. */
function faultOf(column: string, type: string): MomentFault | undefined {
  if (type === "VARCHAR") return textTimes(column);
  if (!/^(TIMESTAMP(_S|_MS|_NS)?|DATE)$/.test(type)) return undefined;
  return localTimes(column, `it is a ${type} without a time zone`);
}
