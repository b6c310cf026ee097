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
    const isLocal = rows.localTimes?.includes(column) === true;
    const given = isLocal ? givenLocal(column) : faultOf(column, types.get(column) ?? "");
    const fault = given ?? (await storedFault(lake, rows, column));
    if (fault !== undefined) fail("feature/unsupported-timestamp", { at, ...fault });
  }
}

/** What is wrong with the columns of tables that a column comes from. */
async function storedFault(
  lake: Lake,
  { origin }: AnyRows,
  column: string,
): Promise<MomentFault | undefined> {
  for (const { source, column: from } of origin?.columns.get(column)?.from ?? []) {
    if (source.kind !== "table") continue;
    const stored = (await detailOf(lake, source.name))?.types[from];
    if (stored !== "timestamp_ntz" && stored !== "date") continue;
    const reason = `it comes from ${source.name}, which keeps it as ${stored}, without a time zone`;
    return localTimes(column, reason);
  }
  return undefined;
}

/** Of times that `lake.sql` took as UTC. */
const givenLocal = (column: string): MomentFault =>
  localTimes(column, "the query gives it without a time zone");

/** What is wrong with a type of the engine; undefined where it tells moments. */
function faultOf(column: string, type: string): MomentFault | undefined {
  if (type === "VARCHAR") return textTimes(column);
  if (!/^(TIMESTAMP(_S|_MS|_NS)?|DATE)$/.test(type)) return undefined;
  return localTimes(column, `it is a ${type} without a time zone`);
}
