/** @file The lake: Delta tables in a folder or an object store, and the engine that reads them. */
import { userInfo } from "node:os";
import { resolve } from "node:path";
import { type Clock, type Ids, randomIds, systemClock } from "../core/index.ts";
import { type Bytes, type BytesAtOptions, bytesAt } from "../store/index.ts";
import { type Engine, openEngine } from "./adapter/duckdb.ts";
import type { EngineOptions } from "./adapter/engine-memory.ts";
import { type LakeCatalog, openCatalog } from "./catalog/catalog.ts";
import { openCatalogLog } from "./catalog/catalog-log.ts";
import { openLayout } from "./catalog/layout.ts";
import { parseThing } from "./catalog/names.ts";
import { lakePlace } from "./catalog/place.ts";
import { type HistoryEntry, type HistoryOptions, readHistory } from "./delta/history.ts";
import type { TablePlace } from "./delta/log.ts";
import { readSnapshot } from "./delta/snapshot.ts";
import { fail } from "./errors.ts";
import type { Frame } from "./frame.ts";
import { type LineageOptions, type TableLineage, tableLineage } from "./lineage/table-lineage.ts";
import { openTable } from "./open-table.ts";
import { attachRemote } from "./remote-files.ts";
import type { Columns, Schema } from "./schema.ts";
import { lakeSql, type QueryOptions } from "./sql/lake-sql.ts";
import type { QueryLake } from "./sql/query-lake.ts";
import type { Table, TableOptions } from "./table.ts";

/** Where time and ids come from, who is at work, how much memory it may take, and what the address of an object store does not say. */
export interface LakeOptions extends BytesAtOptions, EngineOptions {
  readonly clock?: Clock;
  readonly ids?: Ids;
  /** Who makes things and grants, for the catalog's audit trail. Default: the system's user. */
  readonly actor?: string;
}

/** An open lake. Close it, or declare it with `await using`. */
export interface Lake extends LakeCatalog {
  /** The folder, or the address that it was opened with. */
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
  sql<C extends Columns = Columns>(query: string, options?: QueryOptions<C>): Promise<Frame<C>>;
  /**
   * The lineage of a table: for each column the columns it is made of, up to the files, and the tables
   * that are made of it; read from what every write recorded in its commit.
   *
   * @throws `table/missing-table`, `table/missing-version`
   */
  lineage(name: string, options?: LineageOptions): Promise<TableLineage>;
  /** The schema that a table has where it is stored. Throws `table/missing-table`, `table/unsupported-feature`. */
  schemaOf(name: string): Promise<Schema>;
  /** Where a table's files are, by its name, for what reads and writes them itself. */
  place(name: string): TablePlace;
  /** What was done to a table, newest first; empty when there is no such table. */
  history(name: string, options?: HistoryOptions): Promise<readonly HistoryEntry[]>;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Opens a lake in a folder or an object store; a folder is made when it is not there, a bucket or
 * container is not. The files of a remote table come to a local cache when a statement reads them,
 * only those that it reads, and stay there for the next (10 GiB, unless the options say otherwise);
 * new files are written locally and put before their commit.
 *
 * @param at - A folder's path; `s3://bucket/prefix`, `az://container/prefix` or
 * `abfss://container@account.dfs.core.windows.net/prefix`; or {@link Bytes} opened by the caller,
 * who closes them.
 * @throws `table/unsupported-format` when a newer Millrace wrote it, before anything is touched;
 * `store/missing-credentials`, `store/out-of-range-place`, `store/missing-package`;
 * `store/failed-write` when it cannot be written, `store/failed-read` when it cannot be read;
 * `store/unsupported-condition` when the server lets two writers win; `option/out-of-range`
 * @example
 * ```ts
 * await using lake = await openLake("./lake");
 * const points = lake.table("demo.points", schema("points", { x: int(), y: float() }));
 * await points.append([{ x: 1, y: 2.5 }, { x: 2, y: -1 }]);
 * await (await points.read()).count() // => 2
 * ```
 */
export async function openLake(at: string | Bytes, options: LakeOptions = {}): Promise<Lake> {
  const { clock = systemClock, ids = randomIds, actor = systemUser() } = options;
  const bytes = typeof at === "string" ? bytesAt(at, options) : at;
  const path = pathOf(at, bytes);
  const closeBytes = async (): Promise<void> => (bytes === at ? undefined : bytes.close());
  const layout = await openLayout(bytes, path).catch(async (error: unknown) => {
    await closeBytes();
    throw error;
  });
  const engine = await openEngine(options).catch(async (error: unknown) => {
    await closeBytes();
    throw error;
  });
  const detach = attachRemote(bytes);
  const log = openCatalogLog({ bytes, path, clock, ids, actor });
  const parts = { bytes, layout, log, engine, ids, actor };
  const catalog = openCatalog(parts);
  const place = lakePlace(parts);
  const lineageReader = { engine, place, tables: () => catalog.tables() };
  const query: QueryLake = {
    engine,
    catalog,
    layout,
    newest: new Map(),
    placeOf: (name) => (parseThing(layout, "table", name) === undefined ? undefined : place(name)),
  };
  const close = async (): Promise<void> => {
    detach();
    await engine.close();
    await closeBytes();
  };
  return {
    ...catalog,
    path,
    engine,
    clock,
    ids,
    place,
    history: (name, how) => readHistory(place(name), how),
    table: (name, schema, how = {}) =>
      openTable({
        ...{ place: place(name), schema, options: how, engine, clock, ids },
        known: () => catalog.tables(),
      }),
    sql: lakeSql(query),
    lineage: (name, how = {}) => tableLineage(lineageReader, name, how),
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

/** What a lake is called: enough to open it again. */
function pathOf(at: string | Bytes, bytes: Bytes): string {
  if (typeof at !== "string") return bytes.locate("lake.json").replace(/[\\/]?lake\.json$/, "");
  return bytes.copies === undefined ? resolve(at) : at.replace(/\/+$/, "");
}

/** The user whom the system names; "unknown" where it names none. */
function systemUser(): string {
  try {
    return userInfo().username || "unknown";
  } catch {
    return "unknown"; // a container's user without an entry
  }
}
