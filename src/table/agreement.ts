/** @file Whether the schema a table is opened with agrees with the table on the disk. */

import type { Add } from "./delta/actions.ts";
import { statsOf } from "./delta/prune.ts";
import { scanSql } from "./delta/scan.ts";
import type { Shape } from "./delta/shape.ts";
import type { LogReader, Snapshot } from "./delta/snapshot.ts";
import { sameKind } from "./delta/types.ts";
import { fail } from "./errors.ts";
import type { Schema } from "./schema.ts";
import { quoteName } from "./sql-text.ts";

/**
 * The table on disk must hold every column of the schema, of the same kind.
 *
 * @throws `table/mismatch-columns`, `table/mismatch-schema`
 */
export function checkSchema(name: string, schema: Schema, { columns }: Shape): void {
  for (const [column, given] of Object.entries(schema.columns)) {
    const found = columns[column];
    if (found === undefined) fail("table/mismatch-columns", { name, missing: [], extra: [column] });
    else if (!sameKind(found.kind, given.kind))
      fail("table/mismatch-schema", { name, column, table: found.kind, given: given.kind });
  }
}

/** The schema must have every column of the table too. Throws `table/mismatch-columns`. */
export function checkWhole(name: string, schema: Schema, { columns }: Shape): void {
  const missing = Object.keys(columns).filter((column) => !(column in schema.columns));
  if (missing.length > 0) fail("table/mismatch-columns", { name, missing, extra: [] });
}

/** The shape of the table, with a column that either side wants filled being never missing. */
export function strictest(shape: Shape, schema: Schema): Shape {
  const columns = Object.entries(shape.columns).map(([name, column]) => {
    const nullable = column.nullable && (schema.columns[name]?.nullable ?? true);
    return [name, { ...column, nullable }] as const;
  });
  return { ...shape, columns: Object.fromEntries(columns) };
}

/**
 * Columns that the schema says are never missing must not be, where the table on disk allows it. By
 * the files' statistics, or by reading the columns where those say nothing.
 *
 * @throws `table/mismatch-nullable`
 */
export async function checkFilled(
  { place, engine }: LogReader,
  schema: Schema,
  { shape, files }: Snapshot,
): Promise<void> {
  const strict = Object.keys(schema.columns).filter(
    (name) => schema.columns[name]?.nullable === false && shape.columns[name]?.nullable === true,
  );
  if (strict.length === 0) return;
  const { columns, partitionBy } = shape;
  const missing = [...files.values()].map((add) => {
    const counts = missingIn(add, partitionBy);
    return { add, counts: strict.map(counts) };
  });
  const unread = missing.flatMap(({ add, counts }) => (counts.includes(undefined) ? [add] : []));
  const select = strict.map((name, i) => `count(*) FILTER (${quoteName(name)} IS NULL) AS c${i}`);
  const [read = {}] =
    unread.length === 0
      ? []
      : await engine.query(
          `SELECT ${select.join(", ")} FROM (${scanSql(place, { files: unread, columns, partitionBy })})`,
        );
  for (const [i, column] of strict.entries()) {
    const known = missing.map(({ counts }) => (counts.includes(undefined) ? 0 : (counts[i] ?? 0)));
    const rows = known.reduce((sum, n) => sum + n, Number(read[`c${i}`] ?? 0));
    if (rows > 0) fail("table/mismatch-nullable", { name: place.name, column, rows });
  }
}

/** How many cells of a column are missing in a file, where its statistics or partition say it. */
function missingIn(
  add: Add,
  partitionBy: readonly string[],
): (column: string) => number | undefined {
  const { numRecords, nullCount = {} } = statsOf(add);
  return (column) => {
    if (partitionBy.includes(column))
      return (add.partitionValues[column] ?? "") === "" ? numRecords : 0;
    const nulls = nullCount[column];
    return typeof nulls === "number" ? nulls : undefined;
  };
}
