/** @file Feature tables as a join reads them: one version of each, in which each key stands once. */
import { type Frame, type Lake, quoteName } from "../../table/index.ts";
import { fail } from "./errors.ts";
import { type FeatureTable, rowKeyOf } from "./feature-table.ts";
import { checkRefreshed, deltaOf, describeFeatures, type StoredFeatures } from "./stored.ts";

/** A feature table that is asked for, and what it must be. */
export interface AskedTable {
  readonly name: string;
  /** Throws when the stored definition is not the one that is needed. */
  readonly check: (stored: FeatureTable) => void;
}

/** One version of a feature table. */
export interface ReadTable {
  /** The definition as it is stored. */
  readonly table: FeatureTable;
  readonly version: number;
  readonly frame: Frame;
  /** Before when its rows tell what is true; null where that has no end. */
  readonly toldBeforeMs: number | null;
}

/**
 * The newest version of each table: one of each, however often it is asked for.
 *
 * @returns One entry per table asked for, in their order.
 * @throws `feature/missing-table`, `feature/missing-refresh`, `feature/duplicate-rows`, and what the checks throw
 */
export async function readTables(
  lake: Lake,
  asked: readonly AskedTable[],
): Promise<readonly ReadTable[]> {
  const read = new Map<string, ReadTable>();
  const all: ReadTable[] = [];
  for (const { name, check } of asked) {
    const found = read.get(name) ?? (await readTable(lake, await describeFeatures(lake, name)));
    check(found.table);
    read.set(name, found);
    all.push(found);
  }
  return all;
}

async function readTable(lake: Lake, stored: StoredFeatures): Promise<ReadTable> {
  const { table, tableVersion: version, toldBeforeMs } = stored;
  checkRefreshed(stored);
  const frame = await deltaOf(lake, table).read({ version });
  await checkKeys(lake, frame, stored);
  return { table, version, frame, toldBeforeMs };
}

/** The version of each table, by Delta's id, whose keys were looked at last: a version never changes. */
const seen = new WeakMap<Lake, Map<string, number>>();

/** Another program may have written a key twice. */
async function checkKeys(
  lake: Lake,
  { sql }: Frame,
  { table, tableId, tableVersion }: StoredFeatures,
): Promise<void> {
  const versions = seen.get(lake) ?? new Map<string, number>();
  if (versions.get(tableId) === tableVersion) return;
  const on = rowKeyOf(table);
  const keys = on.map(quoteName).join(", ");
  const [twice] = await lake.engine.query(
    `SELECT ${keys} FROM (${sql}) GROUP BY ${keys} HAVING count(*) > 1 LIMIT 1`,
  );
  if (twice !== undefined)
    fail("feature/duplicate-rows", {
      name: table.name,
      on,
      sample: Object.values(twice).join(", "),
    });
  seen.set(lake, versions.set(tableId, tableVersion));
}
