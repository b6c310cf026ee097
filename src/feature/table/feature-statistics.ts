/** @file Statistics of features: what the newest version of a feature table holds, feature by feature. */
import { profileTable, type ValueCount } from "../../check/index.ts";
import type { ColumnKind } from "../../flow.ts";
import { frame, type Lake, quoteName } from "../../table/index.ts";
import { featuresOf } from "./feature-table.ts";
import { deltaOf, describeFeatures } from "./stored.ts";

/** What one feature holds, over all rows and times. */
export interface FeatureStatistic {
  readonly name: string;
  readonly kind: ColumnKind;
  /** Rows with a value. */
  readonly count: number;
  /** Rows without one; NaN counts as none. */
  readonly nulls: number;
  /** Of numbers; of moments in milliseconds since 1970. Null for other kinds, and without values. */
  readonly min: number | null;
  readonly max: number | null;
  readonly mean: number | null;
  /** Different values; exact up to a million, else within about 5 %. */
  readonly distinct: number;
  readonly distinctExact: boolean;
  /** The most common values, at most ten, most common first. */
  readonly levels: readonly ValueCount[];
}

/** What a version of a feature table holds. */
export interface FeatureStatistics {
  readonly table: string;
  /** The version of the definition. */
  readonly version: number;
  /** The version of the Delta table that was looked at: the newest. */
  readonly tableVersion: number;
  readonly rows: number;
  /** By name. */
  readonly features: readonly FeatureStatistic[];
}

/**
 * Looks at every value of a feature table as it is now: two scans, however many features there are.
 *
 * @throws `feature/missing-table`, and what the engine throws
 * @example
 * ```ts
 * await using lake = await openLake("./lake");
 * const spending = featureTable({
 *   name: "shop.spending", schema: schema("spending", { id: text(), spend: float({ nullable: true }) }), key: "id",
 * });
 * await writeFeatures(lake, spending, [{ id: "a", spend: 10 }, { id: "b", spend: 30 }, { id: "c", spend: null }]);
 * const { features } = await featureStatistics(lake, "shop.spending");
 * features.map(({ name, nulls, mean }) => [name, nulls, mean]) // => [["spend", 1, 20]]
 * ```
 */
export async function featureStatistics(lake: Lake, name: string): Promise<FeatureStatistics> {
  const { table, tableVersion } = await describeFeatures(lake, name);
  const names = featuresOf(table);
  const all = await deltaOf(lake, table).read({ version: tableVersion });
  const found = { table: name, version: table.version, tableVersion };
  if (names.length === 0) return { ...found, rows: await all.count(), features: [] };
  const columns = Object.fromEntries(
    Object.entries(table.schema.columns).filter(([column]) => names.includes(column)),
  );
  const rows = frame({
    engine: all.engine,
    schema: { name, columns },
    sql: `SELECT ${names.map(quoteName).join(", ")} FROM (${all.sql})`,
    keep: all,
  });
  const profile = await profileTable(rows, { technical: true });
  return {
    ...found,
    rows: profile.rows,
    features: profile.columns.map(({ number, missing, top, name, kind, count, ...more }) => ({
      ...{ name, kind, count, nulls: missing },
      ...{ min: number?.min ?? null, max: number?.max ?? null, mean: number?.mean ?? null },
      ...{ distinct: more.distinct, distinctExact: more.distinctExact, levels: top },
    })),
  };
}
