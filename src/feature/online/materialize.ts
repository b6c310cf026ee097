/** @file Materializing: the newest features of each key, from the offline table into an online store. */
import { type Clock, checkNames, formatJson, systemClock } from "../../core/index.ts";
import type { Cell } from "../../flow.ts";
import { type Frame, type Lake, quoteName } from "../../table/index.ts";
import { type FeatureTable, featuresOf } from "../table/feature-table.ts";
import { checkRefreshed, deltaOf, describeFeatures } from "../table/stored.ts";
import { partsOf } from "./parts-of.ts";
import type { OnlineEntry, OnlineState, OnlineStore } from "./store.ts";

/** What is materialized. */
export interface MaterializeOptions {
  /** The feature table's name. */
  readonly table: string;
  /** Reads the whole table even if changes would do. Default false. */
  readonly full?: boolean;
  readonly clock?: Clock;
}

/** What a materialization did. */
export interface Materialized {
  readonly table: string;
  /** The version of the Delta table that the store is at now. */
  readonly tableVersion: number;
  readonly from: number | null;
  readonly kind: "full" | "incremental" | "nothing";
  readonly upserts: number;
  readonly deletes: number;
}

/**
 * Brings an online store to the newest version of a feature table, exactly: of each key the newest
 * row that is true by now. Where the store has an earlier version, only keys are read that the change
 * data feed names, and those whose time has come since; of another definition, or of a table made anew
 * under the name, all are. Stopped on the way, it is done again from the version that the store records.
 *
 * @throws `feature/missing-table`, `feature/missing-refresh`, `feature/conflict-materialize`, and what the store throws
 */
export async function materialize(
  lake: Lake,
  store: OnlineStore,
  options: MaterializeOptions,
): Promise<Materialized> {
  checkNames("materialize", options, ["table", "full", "clock"]);
  const { table: name, full = false, clock = systemClock } = options;
  const stored = await describeFeatures(lake, name);
  checkRefreshed(stored);
  const { table, tableId, tableVersion, toldBeforeMs } = stored;
  const before = await store.state(name);
  const state = stateOf(table, { tableId, tableVersion, toldBeforeMs, atMs: clock() });
  const task: Task = { lake, store, table, state, before };
  if (full || before === undefined || !isEarlier(before, state)) return all(task);
  return changed(task, before);
}

interface Task {
  readonly lake: Lake;
  readonly store: OnlineStore;
  readonly table: FeatureTable;
  readonly state: OnlineState;
  readonly before: OnlineState | undefined;
}

/** How a store is with a table at a version and a moment. */
function stateOf(
  table: FeatureTable,
  at: Pick<OnlineState, "tableId" | "tableVersion" | "toldBeforeMs" | "atMs">,
): OnlineState {
  const column = (name: string) => ({ name, kind: table.schema.columns[name]?.kind ?? "text" });
  return {
    table: table.name,
    version: table.version,
    key: table.key.map(column),
    columns: featuresOf(table).map(column),
    ttlMs: table.ttlMs,
    ...at,
  };
}

/** Whether a state is of the same table, which was not made anew or cut since, and says the same of it. */
const isEarlier = (before: OnlineState, now: OnlineState): boolean =>
  before.tableId === now.tableId &&
  before.tableVersion <= now.tableVersion &&
  before.version === now.version &&
  declared(before) === declared(now);

/** What a state says of the declaration; one of before has no ttl and no end, not even null. */
const declared = ({ key, columns, ttlMs, toldBeforeMs }: OnlineState): string =>
  formatJson({ key, columns, ttlMs, hasEnd: toldBeforeMs !== undefined });

/** A SELECT of the newest row of each key as of a moment: key, features, and its time. */
export function newestSql(table: FeatureTable, rows: string, atMs: number): string {
  const { key, timestamp, availableAt } = table;
  const columns = [...key, ...featuresOf(table)].map(quoteName).join(", ");
  if (timestamp === null) return `SELECT ${columns}, NULL::TIMESTAMPTZ AS ${time} FROM (${rows})`;
  const at = quoteName(timestamp);
  const until = `make_timestamptz(${Math.round(atMs * 1000)})`;
  const order = availableAt === null ? `${at} DESC` : `${at} DESC, ${quoteName(availableAt)} DESC`;
  return `SELECT ${columns}, ${at} AS ${time} FROM (${rows}) WHERE ${sinceSql(table)} <= ${until}
    QUALIFY row_number() OVER (PARTITION BY ${key.map(quoteName).join(", ")} ORDER BY ${order}) = 1`;
}

/** From when on a row counts: when it is true, and known. */
function sinceSql({ timestamp, availableAt }: FeatureTable): string {
  const times = [timestamp, availableAt].filter((column) => column !== null).map(quoteName);
  return times.length === 1 ? (times[0] ?? "") : `greatest(${times.join(", ")})`;
}

const time = '"\u001ftime"';
/** The column of {@link newestSql} with a row's time. */
export const timeName = "\u001ftime";

async function all({ lake, store, table, state, before }: Task): Promise<Materialized> {
  const rows = await deltaOf(lake, table).read({ version: state.tableVersion });
  const counted = { upserts: 0 };
  const upserts = entriesOf(rows, { table, sql: newestSql(table, rows.sql, state.atMs), counted });
  await store.write({ state, from: before ?? null, replaces: true, upserts, deletes: [] });
  return {
    ...{ table: table.name, tableVersion: state.tableVersion, from: null, kind: "full" },
    ...{ upserts: counted.upserts, deletes: 0 },
  };
}

async function changed(task: Task, before: OnlineState): Promise<Materialized> {
  const { lake, store, table, state } = task;
  const { tableVersion } = state;
  const delta = deltaOf(lake, table);
  const rows = await delta.read({ version: tableVersion });
  const touched = await touchedSql(task, { before, rows });
  const keys = table.key.map(quoteName).join(", ");
  return lake.engine.withTable(`SELECT DISTINCT ${keys} FROM (${touched})`, async (names) => {
    const same = table.key.map((column) => `r.${quoteName(column)} = t.${quoteName(column)}`);
    const theirs = `SELECT r.* FROM (${rows.sql}) r SEMI JOIN ${names} t ON ${same.join(" AND ")}`;
    const newest = newestSql(table, theirs, state.atMs);
    const gone = await lake.engine.query(
      `SELECT ${keys} FROM ${names} t ANTI JOIN (${newest}) r ON ${same.join(" AND ")}`,
    );
    const deletes = gone.map((row) => table.key.map((column) => row[column] ?? null));
    const counted = { upserts: 0 };
    const upserts = entriesOf(rows, { table, sql: newest, counted });
    const from = before.tableVersion;
    const [some] = await lake.engine.query(`SELECT 1 AS x FROM ${names} LIMIT 1`);
    if (some === undefined && from === tableVersion)
      return { table: table.name, tableVersion, from, kind: "nothing", upserts: 0, deletes: 0 };
    await store.write({ state, from: before, upserts, deletes });
    return {
      ...{ table: table.name, tableVersion, from, kind: "incremental" },
      ...{ upserts: counted.upserts, deletes: deletes.length },
    };
  });
}

/** The keys that changed since, and those with a row whose time has come since. */
async function touchedSql(
  { lake, table, state }: Task,
  { before, rows }: { readonly before: OnlineState; readonly rows: Frame },
): Promise<string> {
  const keys = table.key.map(quoteName).join(", ");
  const parts: string[] = [];
  if (state.tableVersion > before.tableVersion) {
    const range = { from: before.tableVersion + 1, to: state.tableVersion };
    const changes = await deltaOf(lake, table).changes(range);
    parts.push(`SELECT ${keys} FROM (${changes.sql})`);
  }
  if (table.timestamp !== null) {
    const at = sinceSql(table);
    const moment = (ms: number): string => `make_timestamptz(${Math.round(ms * 1000)})`;
    parts.push(
      `SELECT ${keys} FROM (${rows.sql}) WHERE ${at} > ${moment(Math.min(before.atMs, state.atMs))} AND ${at} <= ${moment(Math.max(before.atMs, state.atMs))}`,
    );
  }
  return parts.length === 0
    ? `SELECT ${keys} FROM (${rows.sql}) WHERE false`
    : parts.join(" UNION ALL ");
}

/** The rows of a SELECT as entries, as they come. */
async function* entriesOf(
  { engine }: Pick<Frame, "engine">,
  how: {
    readonly table: FeatureTable;
    readonly sql: string;
    readonly counted: { upserts: number };
  },
): AsyncIterable<readonly OnlineEntry[]> {
  const features = featuresOf(how.table);
  for await (const part of partsOf(engine, how.sql)) {
    how.counted.upserts += part.count;
    yield part.rows().map((row): OnlineEntry => {
      const at: Cell | undefined = row[timeName];
      return {
        key: how.table.key.map((column) => row[column] ?? null),
        cells: features.map((column) => row[column] ?? null),
        atMs: at instanceof Date ? at.getTime() : null,
      };
    });
  }
}
