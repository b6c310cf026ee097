/** @file The lake: a folder of Delta tables, and the engine that reads them. */
import { readdir } from "node:fs/promises";
import { resolve } from "node:path";
import { type Clock, type Ids, parseJson, randomIds, systemClock } from "../core/index.ts";
import { folderBytes } from "../store/index.ts";
import { type Engine, openEngine } from "./adapter/duckdb.ts";
import { type HistoryEntry, readHistory } from "./delta/history.ts";
import type { TablePlace } from "./delta/log.ts";
import { readSnapshot } from "./delta/snapshot.ts";
import { fail } from "./errors.ts";
import { openTable } from "./open-table.ts";
import type { Columns, Schema } from "./schema.ts";
import type { Table, TableOptions } from "./table.ts";

/** Where time and ids come from. */
export interface LakeOptions {
  readonly clock?: Clock;
  readonly ids?: Ids;
}

/** An open lake. Close it, or declare it with `await using`. */
export interface Lake {
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
  /** The schema that a table has on the disk. Throws `table/missing-table`, `table/unsupported-feature`. */
  schemaOf(name: string): Promise<Schema>;
  /** The names of all tables, sorted. */
  tables(): Promise<readonly string[]>;
  /** What was done to a table, newest first; empty when there is no such table. */
  history(name: string): Promise<readonly HistoryEntry[]>;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

const format = 1;

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
  const { clock = systemClock, ids = randomIds } = options;
  const bytes = folderBytes(path);
  await bytes.putIfAbsent("lake.json", Buffer.from(`${JSON.stringify({ format })}\n`));
  const found = parseJson(Buffer.from(await bytes.get("lake.json")).toString(), "lake.json");
  const { format: written = 0 } = found as { format?: number };
  if (written > format) fail("table/unsupported-format", { path, found: written, known: format });
  const engine = await openEngine();
  const tables = (): Promise<readonly string[]> => findTables(bytes.locate("tables"));
  const placeOf = (name: string): TablePlace => {
    if (!/^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*){1,2}$/.test(name))
      fail("table/out-of-range-name", { name });
    return { name, folder: `tables/${name.replaceAll(".", "/")}`, bytes };
  };
  const close = (): Promise<void> => engine.close();
  return {
    path: resolve(path),
    engine,
    clock,
    ids,
    tables,
    history: (name) => readHistory(placeOf(name)),
    table: (name, schema, how = {}) =>
      openTable({ place: placeOf(name), schema, options: how, engine, clock, ids, known: tables }),
    schemaOf: async (name) => {
      const snapshot = await readSnapshot({ place: placeOf(name), engine });
      if (snapshot === undefined)
        return fail("table/missing-table", { name, known: await tables() });
      return { name: snapshot.metaData.name ?? name, columns: snapshot.shape.columns };
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Folders below `root` that have a log, as names with dots. */
async function findTables(root: string, above = ""): Promise<readonly string[]> {
  const entries = await readdir(root, { withFileTypes: true }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  });
  const folders = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  if (folders.includes("_delta_log")) return [above];
  const names = folders.map((name) => (above === "" ? name : `${above}.${name}`));
  const found = await Promise.all(
    names.map((name, i) => findTables(`${root}/${folders[i]}`, name)),
  );
  return found.flat().sort();
}
