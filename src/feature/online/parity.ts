/** @file Parity: whether an online store has what the offline table has, value by value. */
import type { Cell, Cells, OnlineRow } from "../../flow.ts";
import type { Lake } from "../../table/index.ts";
import { type FeatureTable, featuresOf } from "../table/feature-table.ts";
import { deltaOf, describeFeatures } from "../table/stored.ts";
import { conflicted } from "./checks.ts";
import { fail } from "./errors.ts";
import { newestSql, timeName } from "./materialize.ts";
import { keyText, type OnlineState, type OnlineStore, stateText } from "./store.ts";

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
 * version that the store records. Some thousand rows are in memory at a time; where the store has keys
 * that the table has not, all keys of the table are, to name those.
 *
 * @throws `feature/missing-table`, `feature/missing-online-table`, `feature/conflict-online-table` for
 * a table that was made anew since, `feature/conflict-materialize` when the store was written meanwhile
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
  const differences: ParityDifference[] = [];
  let differing = 0;
  const differ = (one: ParityDifference): void => {
    differing += 1;
    if (differences.length < most) differences.push(one);
  };
  const rows = await deltaOf(lake, table).read({ version: state.tableVersion });
  const sql = newestSql(table, rows.sql, state.atMs);
  const both: Both = { lake, store, table, state, sql };
  const { keys, found } = await compareRows(both, differ);
  await nameExtra(both, { found, differ });
  const after = await store.state(name);
  if (after === undefined || stateText(after) !== stateText(state))
    return conflicted(name, { expected: state, found: after });
  const values = keys * (featuresOf(table).length + (table.timestamp === null ? 0 : 1));
  return {
    ...{ table: name, tableVersion: state.tableVersion, behind: newest - state.tableVersion },
    ...{ keys, values, differing, differences, equal: differing === 0 },
  };
}

/** What is compared. */
interface Both {
  readonly lake: Lake;
  readonly store: OnlineStore;
  readonly table: FeatureTable;
  readonly state: OnlineState;
  /** A SELECT of what the store should have. */
  readonly sql: string;
}

type Differ = (one: ParityDifference) => void;

/** Compares the rows of the table with those of the store; how many there are, and were found. */
async function compareRows(
  { lake, store, table, state, sql }: Both,
  differ: Differ,
): Promise<{ readonly keys: number; readonly found: number }> {
  const features = featuresOf(table);
  const at = state.columns.map(({ name }) => name);
  let [keys, found] = [0, 0];
  await lake.engine.stream(sql, async (part) => {
    const rows = part.rows();
    const asked = rows.map((row) => keyOf(table, row));
    const there = await store.read(table.name, asked, at);
    keys += rows.length;
    for (const [i, row] of rows.entries()) {
      const [key = [], entry] = [asked[i], there[i]];
      if (entry === undefined) {
        differ({ key, column: null, offline: features.length, online: "no row" });
        continue;
      }
      found += 1;
      for (const one of differencesOf({ row, entry, features, at })) differ({ key, ...one });
      const times = timesOf(row, entry);
      if (table.timestamp !== null && !same(times.offline, times.online))
        differ({ key, column: table.timestamp, ...times });
    }
  });
  return { keys, found };
}

/** Names the keys that the store has and the table has not; where as many are there as were found, none. */
async function nameExtra(
  { lake, store, table, sql }: Both,
  { found, differ }: { readonly found: number; readonly differ: Differ },
): Promise<void> {
  let there = 0;
  for await (const part of store.entries(table.name)) there += part.length;
  if (there === found) return;
  const known = new Set<string>();
  await lake.engine.stream(sql, (part) => {
    for (const row of part.rows()) known.add(keyText(keyOf(table, row)));
  });
  for await (const part of store.entries(table.name))
    for (const { key } of part)
      if (!known.has(keyText(key)))
        differ({ key, column: null, offline: "no row", online: featuresOf(table).length });
}

const keyOf = ({ key }: FeatureTable, row: Cells): readonly Cell[] =>
  key.map((column) => row[column] ?? null);

/** The values of one key that differ. */
function differencesOf(pair: {
  readonly row: Cells;
  readonly entry: OnlineRow;
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
const timesOf = (row: Cells, { atMs }: OnlineRow) => ({
  offline: row[timeName] ?? null,
  online: atMs === null ? null : new Date(atMs),
});

const same = (a: Cell, b: Cell): boolean =>
  a instanceof Date && b instanceof Date ? a.getTime() === b.getTime() : Object.is(a, b);
