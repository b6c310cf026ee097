/** @file Parity: whether an online store has what the offline table has, value by value. */
import type { Cell, Cells } from "../../flow.ts";
import type { Lake } from "../../table/index.ts";
import { featuresOf } from "../table/feature-table.ts";
import { deltaOf, describeFeatures } from "../table/stored.ts";
import { fail } from "./errors.ts";
import { newestSql, timeName } from "./materialize.ts";
import { keyText, type OnlineEntry, type OnlineStore } from "./store.ts";

/** One value that differs. */
export interface ParityDifference {
  readonly key: readonly Cell[];
  /** Null where the whole row is on one side only. */
  readonly column: string | null;
  readonly offline: Cell | "no row";
  readonly online: Cell | "no row";
}

/** What a comparison found. */
export interface ParityReport {
  readonly table: string;
  /** The version at which both were compared: the one that the store records. */
  readonly tableVersion: number;
  /** Versions that the offline table is ahead. */
  readonly behind: number;
  readonly keys: number;
  readonly values: number;
  /** How many values differ; the first 100 are listed. */
  readonly differing: number;
  readonly differences: readonly ParityDifference[];
  readonly equal: boolean;
}

const most = 100;

/**
 * Compares every value of an online store, and the time of every row, with the offline table at the
 * version that the store records.
 *
 * @throws `feature/missing-table`, `feature/missing-online-table`, `feature/conflict-online-table` for
 * a table that was made anew since
 */
export async function checkParity(
  lake: Lake,
  store: OnlineStore,
  name: string,
): Promise<ParityReport> {
  const { table, tableId, tableVersion: newest } = await describeFeatures(lake, name);
  const state = await store.state(name);
  if (state === undefined)
    return fail("feature/missing-online-table", { table: name, known: await store.tables() });
  if (state.tableId !== tableId || state.tableVersion > newest)
    return fail("feature/conflict-online-table", { table: name });
  const online = new Map<string, OnlineEntry>();
  for await (const part of store.entries(name))
    for (const entry of part) online.set(keyText(entry.key), entry);
  const features = featuresOf(table);
  const at = state.columns.map(({ name: column }) => column);
  const differences: ParityDifference[] = [];
  let [differing, keys] = [0, 0];
  const differ = (one: ParityDifference): void => {
    differing += 1;
    if (differences.length < most) differences.push(one);
  };
  const rows = await deltaOf(lake, table).read({ version: state.tableVersion });
  await lake.engine.stream(newestSql(table, rows.sql, state.atMs), (part) => {
    for (const row of part.rows()) {
      keys += 1;
      const key = table.key.map((column) => row[column] ?? null);
      const entry = online.get(keyText(key));
      online.delete(keyText(key));
      if (entry === undefined) {
        differ({ key, column: null, offline: features.length, online: "no row" });
        continue;
      }
      for (const one of differencesOf({ row, entry, features, at })) differ({ key, ...one });
      const times = timesOf(row, entry);
      if (table.timestamp !== null && !same(times.offline, times.online))
        differ({ key, column: table.timestamp, ...times });
    }
  });
  for (const { key } of online.values())
    differ({ key, column: null, offline: "no row", online: features.length });
  return {
    table: name,
    tableVersion: state.tableVersion,
    behind: newest - state.tableVersion,
    ...{
      keys,
      values: keys * (features.length + (table.timestamp === null ? 0 : 1)),
      differing,
      differences,
    },
    equal: differing === 0,
  };
}

/** The values of one key that differ. */
function differencesOf(pair: {
  readonly row: Cells;
  readonly entry: OnlineEntry;
  readonly features: readonly string[];
  /** The columns of the entry's cells. */
  readonly at: readonly string[];
}): readonly Omit<ParityDifference, "key">[] {
  return pair.features.flatMap((column) => {
    const offline = pair.row[column] ?? null;
    const there = pair.at.indexOf(column);
    const online = there < 0 ? "no row" : (pair.entry.cells[there] ?? null);
    return same(offline, online) ? [] : [{ column, offline, online }];
  });
}

/** Since when a row is true, on both sides: by that a server decides whether it is past its ttl. */
const timesOf = (row: Cells, { atMs }: OnlineEntry) => ({
  offline: row[timeName] ?? null,
  online: atMs === null ? null : new Date(atMs),
});

const same = (a: Cell, b: Cell): boolean =>
  a instanceof Date && b instanceof Date ? a.getTime() === b.getTime() : Object.is(a, b);
