/** @file Writing and reading the rows of feature tables. */
import type { AtVersion, Columns, Commit, Frame, Lake, RowSource } from "../../table/index.ts";
import { type FeatureTable, rowKeyOf } from "./feature-table.ts";
import { applyFeatures } from "./plan-features.ts";
import { checkDefinition, deltaOf, findStored, storedAs } from "./stored.ts";
import { checkZones } from "./zones.ts";

/**
 * Writes rows of features by MERGE: a row whose key (and times) is there is replaced, others are
 * added, in one commit. The first write makes the table. Rows are known from the moment they are
 * committed; a row with an older timestamp is a late one, see `availableAt`.
 *
 * @param rows - Objects, or a frame of the same columns; each key once.
 * @returns The commit.
 * @throws `table/duplicate-key` when a key stands in several rows, `feature/conflict-definition`,
 * `feature/conflict-version`, `feature/unsupported-timestamp` for a time without a zone, and what
 * `table.merge` throws
 * @example
 * ```ts
 * await using lake = await openLake("./lake");
 * const plans = featureTable({ name: "shop.plans", schema: schema("plans", { id: text(), plan: text() }), key: "id" });
 * await writeFeatures(lake, plans, [{ id: "a", plan: "free" }, { id: "b", plan: "free" }]);
 * await writeFeatures(lake, plans, [{ id: "b", plan: "paid" }]);
 * (await (await readFeatures(lake, plans)).rows()).map((row) => row.plan).sort() // => ["free", "paid"]
 * ```
 */
export async function writeFeatures<C extends Columns>(
  lake: Lake,
  table: FeatureTable<C, string, string>,
  rows: RowSource<C>,
): Promise<Commit> {
  return mergeRows(lake, table, rows);
}

async function mergeRows(
  lake: Lake,
  table: FeatureTable,
  rows: RowSource<Columns>,
): Promise<Commit> {
  if ("sql" in rows) await checkZones(lake, rows, { at: table.name, columns: timesOf(table) });
  await readyFeatures(lake, table);
  return deltaOf(lake, table).merge(rows, { on: rowKeyOf(table) });
}

/**
 * Deletes the features of some things, all their times included, in one commit.
 *
 * @param keys - A frame with the key's columns.
 * @throws `feature/missing-table`, `feature/conflict-definition`, `feature/conflict-version`,
 * `table/unknown-column`
 */
export async function deleteFeatures(
  lake: Lake,
  table: FeatureTable,
  keys: Frame,
): Promise<Commit> {
  await storedAs(lake, table);
  return deltaOf(lake, table).mergeWhen(keys, { on: table.key, matched: [{ delete: true }] });
}

/**
 * The rows of a feature table, all times included.
 *
 * @throws `feature/missing-table`, `table/missing-version`, `feature/conflict-definition`,
 * `feature/conflict-version`
 */
export async function readFeatures<C extends Columns>(
  lake: Lake,
  table: FeatureTable<C, string, string>,
  at: AtVersion = {},
): Promise<Frame<C>> {
  await storedAs(lake, table);
  return deltaOf(lake, table).read(at);
}

const timesOf = ({ timestamp, availableAt }: FeatureTable): readonly string[] =>
  [timestamp, availableAt].filter((column) => column !== null);

/** The table is there as it is declared; it is made when there is none. Notes are changed by apply alone. */
export async function readyFeatures(lake: Lake, table: FeatureTable): Promise<void> {
  const stored = await findStored(lake, table.name);
  if (stored === undefined) await applyFeatures(lake, [table]);
  else checkDefinition(stored.table, table);
}
