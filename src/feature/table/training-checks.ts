/** @file What labels and lookups must be before they are joined. */
import { type Column, type Columns, type Frame, type Lake, quoteName } from "../../table/index.ts";
import { fail } from "./errors.ts";
import { foundColumn } from "./join-sql.ts";
import type { FeatureLookup } from "./lookup.ts";
import { noTimes } from "./moment-faults.ts";
import { checkZones } from "./zones.ts";

/** A column that must be there. Throws `feature/unknown-table-column`. */
export function has(at: string, columns: Columns, column: string): Column {
  const found = Object.hasOwn(columns, column) ? columns[column] : undefined;
  return (
    found ?? fail("feature/unknown-table-column", { at, column, columns: Object.keys(columns) })
  );
}

/** Keys are there and of one kind; nobody looks the label up. */
export function checkLookups(
  at: string,
  how: {
    readonly lookups: readonly FeatureLookup[];
    readonly columns: Columns;
    readonly label: string;
  },
): void {
  const sort = (kind: string): string => (kind === "category" ? "text" : kind);
  for (const { table, by, columns: taken } of how.lookups) {
    for (const [k, column] of by.entries()) {
      const got = has(at, how.columns, column).kind;
      const expected = table.schema.columns[table.key[k] ?? ""]?.kind ?? "";
      if (sort(got) !== sort(expected)) fail("feature/mismatch-key", { at, column, expected, got });
    }
    // By either name: renamed it is the answer still, and another column must not take its place.
    if (Object.entries(taken).flat().includes(how.label))
      fail("feature/conflict-label", { at: `${at}, ${table.name}`, label: how.label });
  }
}

/** Each label says as of when, where features change with time. */
export async function checkMoments(
  lake: Lake,
  how: {
    readonly at: string;
    readonly labels: Frame;
    readonly moment: string | undefined;
    readonly lookups: readonly FeatureLookup[];
  },
): Promise<void> {
  const { at, labels, moment: column, lookups } = how;
  const timed = lookups.filter(({ table }) => table.timestamp !== null);
  if (column === undefined) {
    const tables = timed.map(({ table }) => table.name);
    if (timed.length > 0) fail("feature/missing-time", { at, tables });
    return;
  }
  const spec = has(at, labels.schema.columns, column);
  if (spec.kind !== "timestamp")
    fail("feature/unsupported-timestamp", { at, ...noTimes(column, spec.kind) });
  await checkZones(lake, labels, { at, columns: [column] });
  if (!spec.nullable) return;
  const [counted] = await labels.engine.query(
    `SELECT count(*) AS n FROM (${labels.sql}) WHERE ${quoteName(column)} IS NULL`,
  );
  const rows = Number(counted?.["n"] ?? 0);
  if (rows > 0) fail("feature/missing-moment", { at, column, rows });
}

/** Every label has features. Throws `feature/missing-matches`. */
export async function checkMatches(
  lake: Lake,
  how: { readonly at: string; readonly join: string; readonly lookups: readonly FeatureLookup[] },
): Promise<void> {
  const counts = how.lookups.map((_, i) => `count(*) FILTER (NOT ${foundColumn(i)}) AS n${i}`);
  if (counts.length === 0) return;
  const [row] = await lake.engine.query(`SELECT ${counts.join(", ")} FROM (${how.join})`);
  for (const [i, { table }] of how.lookups.entries()) {
    const rows = Number(row?.[`n${i}`] ?? 0);
    if (rows > 0) fail("feature/missing-matches", { at: how.at, table: table.name, rows });
  }
}
