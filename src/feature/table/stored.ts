/** @file Feature tables where they are stored: found by the declaration in their properties. */
import type { Columns, Lake, Table, TableDetail } from "../../table/index.ts";
import {
  changeText,
  declarationChanges,
  declarationKey,
  formatDeclaration,
  parseDeclaration,
} from "./declaration.ts";
import { isRefreshed, toldBefore } from "./declared-windows.ts";
import { fail } from "./errors.ts";
import type { FeatureTable } from "./feature-table.ts";

/** A feature table as a lake has it. */
export interface StoredFeatures {
  readonly table: FeatureTable;
  /** Delta's id of the table: one that is dropped and made anew has another. */
  readonly tableId: string;
  /** The newest version of the Delta table. */
  readonly tableVersion: number;
  /** By the files' statistics; null where a file has none. */
  readonly rows: number | null;
  readonly sizeBytes: number;
  /** When the newest version was committed. */
  readonly modifiedAtMs: number | null;
  /** False for windows that were declared anew, or at all, and not refreshed since. */
  readonly refreshed: boolean;
  /** Before when its rows tell what is true, in milliseconds; null where that has no end. */
  readonly toldBeforeMs: number | null;
}

/** The Delta table of a feature table, made with its declaration and a change data feed. */
export const deltaOf = <C extends Columns>(
  lake: Lake,
  table: FeatureTable<C, string, string>,
): Table<C> =>
  lake.table(table.name, table.schema, {
    changeFeed: true,
    properties: { [declarationKey]: formatDeclaration(table) },
  });

/** A feature table as it is stored; undefined when there is no table, or one that declares nothing. */
export async function findStored(lake: Lake, name: string): Promise<StoredFeatures | undefined> {
  const detail = await detailOf(lake, name);
  const text = detail?.properties[declarationKey];
  if (detail === undefined || text === undefined) return undefined;
  const table = parseDeclaration(name, text);
  return {
    table,
    tableId: detail.id,
    tableVersion: detail.version,
    rows: detail.rows,
    sizeBytes: detail.sizeBytes,
    modifiedAtMs: detail.modifiedAtMs,
    refreshed: isRefreshed(table, detail.properties),
    toldBeforeMs: toldBefore(table, detail.properties),
  };
}

/** What the newest version of a table is made of; undefined when there is none. */
export async function detailOf(lake: Lake, name: string): Promise<TableDetail | undefined> {
  const asked = lake.table(name, { name, columns: {} });
  return (await asked.exists()) ? asked.detail() : undefined;
}

/**
 * A feature table as it is stored, by its name: its declaration, and how much is there. Any process
 * finds it, whoever declared it.
 *
 * @throws `feature/missing-table`, `feature/corrupt-declaration`
 * @example
 * ```ts
 * await using lake = await openLake("./lake");
 * const plans = featureTable({
 *   name: "shop.plans", schema: schema("plans", { id: text(), plan: text() }), key: "id", owners: ["ada"],
 * });
 * await applyFeatures(lake, [plans]);
 * (await describeFeatures(lake, "shop.plans")).table.owners // => ["ada"]
 * ```
 */
export async function describeFeatures(lake: Lake, name: string): Promise<StoredFeatures> {
  const stored = await findStored(lake, name);
  if (stored !== undefined) return stored;
  const there = await lake.table(name, { name, columns: {} }).exists();
  const reason = there ? "the table of that name declares no features" : "no table has that name";
  const known = (await listFeatures(lake)).map(({ table }) => table.name);
  return fail("feature/missing-table", { name, reason, known });
}

/**
 * A feature table as it is stored, which must be as it is declared; notes may differ.
 *
 * @throws `feature/missing-table`, `feature/corrupt-declaration`, `feature/conflict-definition`,
 * `feature/conflict-version`
 */
export async function storedAs(lake: Lake, table: FeatureTable): Promise<StoredFeatures> {
  const stored = await describeFeatures(lake, table.name);
  checkDefinition(stored.table, table);
  return stored;
}

/** Throws `feature/conflict-version`, `feature/conflict-definition` unless two definitions mean the same. */
export function checkDefinition(stored: FeatureTable, given: FeatureTable): void {
  const { name, version } = given;
  if (version !== stored.version)
    fail("feature/conflict-version", { name, stored: stored.version, given: version });
  const changes = declarationChanges(stored, given).filter(({ weight }) => weight !== "note");
  if (changes.length > 0)
    fail("feature/conflict-definition", { name, version, changes: changes.map(changeText) });
}

/** Throws `feature/missing-refresh` for rows that were made by another declaration than that stored. */
export function checkRefreshed({ table: { name }, refreshed }: StoredFeatures): void {
  if (!refreshed) fail("feature/missing-refresh", { name });
}

/** All feature tables of a lake, by name. */
export async function listFeatures(lake: Lake): Promise<readonly StoredFeatures[]> {
  const names = await lake.tables();
  const found = await Promise.all(names.map((name) => findStored(lake, name)));
  return found.filter((stored) => stored !== undefined);
}
