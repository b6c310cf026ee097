/** @file A table opened: its methods, each a plan committed to the log. */
import { type Clock, checkNames, checkNumber, type Ids } from "../core/index.ts";
import type { Engine } from "./adapter/duckdb.ts";
import { checkFilled, checkSchema } from "./agreement.ts";
import { checkColumn } from "./check-column.ts";
import { changeColumns, changesSql } from "./delta/changes.ts";
import { commitPlan } from "./delta/commit.ts";
import { detailOf } from "./delta/detail.ts";
import { readHistory } from "./delta/history.ts";
import { latestVersion, placeBeside, type TablePlace, versionAt } from "./delta/log.ts";
import { optimizePlan } from "./delta/optimize.ts";
import { checkWritable } from "./delta/protocol.ts";
import { checkFiles, restoreTable } from "./delta/restore.ts";
import { readSnapshot, type Snapshot, snapshotHash } from "./delta/snapshot.ts";
import { vacuumTable } from "./delta/vacuum.ts";
import { fail } from "./errors.ts";
import { parseExpectations } from "./expectations/table-expectations.ts";
import { type Frame, frame } from "./frame.ts";
import { derivedColumns, originOf } from "./lineage/origin.ts";
import { tableSource } from "./lineage/self.ts";
import { tableLineage } from "./lineage/table-lineage.ts";
import type { OpenTable } from "./opened.ts";
import type { Columns, Schema } from "./schema.ts";
import { snapshotRows } from "./snapshot-rows.ts";
import type { AtVersion, ReadOptions, Table, TableOptions } from "./table.ts";
import { alterTable, changeRows } from "./table-changes.ts";
import { mergeRows, mergeWhen } from "./table-merge.ts";
import { tableParts } from "./table-parts.ts";
import { appendRows, overwriteRows } from "./table-writes.ts";

/** What a table is opened with. */
export interface TableParts<C extends Columns> {
  readonly place: TablePlace;
  readonly schema: Schema<C>;
  readonly options: TableOptions<C>;
  readonly engine: Engine;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly known: () => Promise<readonly string[]>;
}

/** Opens a table by its place and schema. Users call `lake.table`. */
export function openTable<C extends Columns>(parts: TableParts<C>): Table<C> {
  const { place, schema, engine, clock, ids, options } = parts;
  const missing = async (): Promise<never> =>
    fail("table/missing-table", { name: place.name, known: await parts.known() });
  const table: OpenTable<C> = {
    place,
    schema,
    options,
    engine,
    clock,
    ids,
    newest: undefined,
    existing: async (version) => {
      const snapshot = await readSnapshot(table, { from: table.newest, version });
      if (version === undefined) table.newest = snapshot;
      return snapshot ?? missing();
    },
  };
  /** The version that options name; their other names are `more`. */
  const versionOf = async (
    how: AtVersion,
    more: readonly string[] = [],
  ): Promise<number | undefined> => {
    const { name } = place;
    checkNames(name, how, ["version", "at", ...more]);
    const { version, at } = how;
    if (version !== undefined && at !== undefined) fail("table/conflict-version", { name });
    if (version !== undefined) checkNumber(name, { version }, { integer: true });
    return at === undefined ? version : versionAt(place, at);
  };
  const latest = (): Promise<number> => latestVersion(place);

  return {
    name: place.name,
    schema,
    path: place.bytes.locate(place.folder),
    exists: async () => (await latest()) >= 0,
    version: latest,
    txn: async (app) =>
      (await latest()) < 0 ? -1 : ((await table.existing()).txns.get(app) ?? -1),
    read: async (how = {}) =>
      readTable(table, await table.existing(await versionOf(how, ["where"])), how),
    parts: async (at = {}) => {
      const snapshot = await table.existing(await versionOf(at));
      const whole = await readTable(table, snapshot, at);
      return tableParts(table, snapshot, whole);
    },
    append: (rows, how = {}) => appendRows(table, rows, how),
    overwrite: (rows, how = {}) => overwriteRows(table, rows, how),
    merge: (rows, how) => mergeRows(table, rows, how),
    mergeWhen: (source, how) => mergeWhen(table, source, how),
    update: (condition, set) => changeRows(table, condition, set),
    delete: (condition) => changeRows(table, condition),
    restore: async (to) => {
      const version = await versionOf(to);
      return restoreTable(table, async (found) => {
        const now = found ?? (await missing());
        return { now, to: await table.existing(version ?? now.version) };
      });
    },
    alter: (rules) => alterTable(table, rules),
    optimize: ({ targetBytes, clusterBy } = {}) =>
      commitPlan(table, {
        queued: true,
        planFrom: async (found, writer) => {
          const snapshot = found ?? (await missing());
          checkWritable(place.name, snapshot, false);
          for (const column of clusterBy ?? [])
            checkColumn(`${place.name}.optimize`, schema, column);
          return optimizePlan(writer, snapshot, { target: targetBytes, clusterBy });
        },
      }),
    vacuum: async (how = {}) => {
      checkNames(place.name, how, ["retentionHours", "dryRun", "force"]);
      return vacuumTable(place, { options: how, nowMs: clock(), newest: () => table.existing() });
    },
    changes: async ({ from, to }) => {
      const until = to ?? (await latest());
      const { shape } = await table.existing(until);
      const before = await table.existing(from);
      if (!before.shape.changeFeed)
        fail("table/missing-changes", { name: place.name, version: from });
      checkSchema(place.name, schema, shape);
      const { columns } = schema;
      const source = tableSource(place.name, { version: until, metaData: before.metaData });
      const names = Object.keys(columns);
      const made = Object.keys(changeColumns).map((name) => [name, []] as const);
      return frame({
        engine,
        schema: { name: schema.name, columns: { ...columns, ...changeColumns } },
        sql: await changesSql(place, shape, { from, to: until, columns }),
        origin: derivedColumns(originOf(source, names), [
          ...names.map((name) => [name, [name]] as const),
          ...made,
        ]),
      });
    },
    lineage: (how = {}) =>
      tableLineage(
        {
          engine,
          place: (name) => (name === place.name ? place : placeBeside(place, name)),
          tables: parts.known,
        },
        place.name,
        how,
      ),
    history: (how = {}) => readHistory(place, how),
    expectations: async () => {
      const { metaData } = await table.existing();
      return parseExpectations(place.name, metaData.configuration) ?? null;
    },
    detail: async (at = {}) => detailOf(place, await table.existing(await versionOf(at))),
    hash: async (version) => snapshotHash(await table.existing(version)),
  };
}

/** The rows of a snapshot as a frame that skips files by the conditions put on it. */
async function readTable<C extends Columns>(
  table: OpenTable<C>,
  snapshot: Snapshot,
  { version, at, where }: ReadOptions<C>,
): Promise<Frame<C>> {
  const { place, schema, engine } = table;
  const { shape } = snapshot;
  checkSchema(place.name, schema, shape);
  if (version !== undefined || at !== undefined)
    await checkFiles(place, { version: snapshot.version, files: snapshot.files.values() });
  await checkFilled(table, schema, snapshot);
  const { narrow, keep } = snapshotRows(place, snapshot, schema.columns);
  const origin = originOf(tableSource(place.name, snapshot), Object.keys(schema.columns));
  const rows = frame({ engine, schema, sql: () => narrow([]), narrow, keep, origin });
  return where === undefined ? rows : rows.where(where);
}
