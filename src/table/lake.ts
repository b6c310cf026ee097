/** @file The lake: a folder of Delta tables, and the engine that reads them. */
import { userInfo } from "node:os";
import { resolve } from "node:path";
import { type Clock, type Ids, randomIds, systemClock } from "../core/index.ts";
import { folderBytes } from "../store/index.ts";
import { type Engine, openEngine } from "./adapter/duckdb.ts";
import { type LakeCatalog, openCatalog } from "./catalog/catalog.ts";
import { openCatalogLog } from "./catalog/catalog-log.ts";
import { openLayout } from "./catalog/layout.ts";
import { parseThing } from "./catalog/names.ts";
import { lakePlace } from "./catalog/place.ts";
import { type HistoryEntry, readHistory } from "./delta/history.ts";
import type { TablePlace } from "./delta/log.ts";
import { readSnapshot } from "./delta/snapshot.ts";
import { fail } from "./errors.ts";
import type { Frame } from "./frame.ts";
import { openTable } from "./open-table.ts";
import type { Columns, Schema } from "./schema.ts";
import { lakeSql, type QueryOptions, type TypedQueryOptions } from "./sql/lake-sql.ts";
import type { QueryLake } from "./sql/query-lake.ts";
import type { Table, TableOptions } from "./table.ts";

/** Where time and ids come from, and who is at work. */
export interface LakeOptions {
  readonly clock?: Clock;
  readonly ids?: Ids;
  /** Who makes things and grants, for the catalog's audit trail. Default: the system's user. */
  readonly actor?: string;
}

/** An open lake. Close it, or declare it with `await using`. */
export interface Lake extends LakeCatalog {
  /** The folder. */
  readonly path: string;
  readonly engine: Engine;
  readonly clock: Clock;
  readonly ids: Ids;
  /**
   * A table by its name, "schema.table" or "catalog.schema.table"; it need not exist yet. The options
   * say how it is made when it does not.
   *
   * @throws `table/out-of-range-name`
   */
  table<C extends Columns>(name: string, schema: Schema<C>, options?: TableOptions<C>): Table<C>;
  /**
   * The rows of a query over any tables of the lake, named `schema.table` or `catalog.schema.table`;
   * one version of each is read. `table VERSION AS OF 3`, `table TIMESTAMP AS OF '2026-01-01'` and
   * `table AT (VERSION => 3)` read earlier ones. SHOW TABLES, DESCRIBE and DESCRIBE HISTORY work, and
   * information_schema has tables. Only queries: what writes is refused, and so is what reaches files.
   *
   * @throws `table/failed-query`, `table/unknown-table`, `table/unsupported-statement`,
   * `table/unsupported-function`, `table/duplicate-statement`, `table/missing-query`,
   * `table/mismatch-version`, `table/missing-value`, `table/unknown-value`, `table/mismatch-result`
   * @example
   * ```ts
   * await using lake = await openLake("./lake");
   * const points = lake.table("demo.points", schema("points", { x: int(), y: float() }));
   * await points.append([{ x: 1, y: 2.5 }, { x: 2, y: -1 }]);
   * const above = await lake.sql("SELECT x, y * 2 AS twice FROM demo.points WHERE y > $least", { values: { least: 0 } });
   * await above.rows() // => [{ x: 1, twice: 5 }]
   * ```
   */
  sql<C extends Columns>(query: string, options: TypedQueryOptions<C>): Promise<Frame<C>>;
  sql(query: string, options?: QueryOptions): Promise<Frame>;
  /** The schema that a table has on the disk. Throws `table/missing-table`, `table/unsupported-feature`. */
  schemaOf(name: string): Promise<Schema>;
  /** Where a table's files are, by its name, for what reads and writes them itself. */
  place(name: string): TablePlace;
  /** What was done to a table, newest first; empty when there is no such table. */
  history(name: string): Promise<readonly HistoryEntry[]>;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Opens a lake in a folder, making the folder when it is not there.
 *
 * @throws `table/unsupported-format` when a newer Millrace wrote it, before anything is touched;
 * `store/failed-write` when the folder cannot be written
 * @example
 * ```ts
 * await using lake = await openLake("./lake");
 * const points = lake.table("demo.points", schema("points", { x: int(), y: float() }));
 * await points.append([{ x: 1, y: 2.5 }, { x: 2, y: -1 }]);
 * await (await points.read()).count() // => 2
 * ```
 */
export async function openLake(path: string, options: LakeOptions = {}): Promise<Lake> {
  const { clock = systemClock, ids = randomIds, actor = systemUser() } = options;
  const bytes = folderBytes(path);
  const layout = await openLayout(bytes, path);
  const engine = await openEngine();
  const log = openCatalogLog({ bytes, path, clock, ids, actor });
  const parts = { bytes, layout, log, engine, ids, actor };
  const catalog = openCatalog(parts);
  const place = lakePlace(parts);
  const query: QueryLake = {
    engine,
    catalog,
    layout,
    newest: new Map(),
    placeOf: (name) => (parseThing(layout, "table", name) === undefined ? undefined : place(name)),
  };
  const close = (): Promise<void> => engine.close();
  return {
    ...catalog,
    path: resolve(path),
    engine,
    clock,
    ids,
    place,
    history: (name) => readHistory(place(name)),
    table: (name, schema, how = {}) =>
      openTable({
        ...{ place: place(name), schema, options: how, engine, clock, ids },
        known: () => catalog.tables(),
      }),
    sql: lakeSql(query),
    schemaOf: async (name) => {
      const snapshot = await readSnapshot({ place: place(name), engine });
      if (snapshot === undefined)
        return fail("table/missing-table", { name, known: await catalog.tables() });
      return { name: snapshot.metaData.name ?? name, columns: snapshot.shape.columns };
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** The user whom the system names; "unknown" where it names none. */
function systemUser(): string {
  try {
    return userInfo().username || "unknown";
  } catch {
    return "unknown"; // a container's user without an entry
  }
}
