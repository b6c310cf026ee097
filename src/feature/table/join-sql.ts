/** @file The point-in-time join as one SELECT: for each label the newest features that were known then. */
import { quoteName } from "../../table/index.ts";
import type { FeatureTable } from "./feature-table.ts";

/** One feature table on its way into the join. */
export interface Joined {
  readonly table: FeatureTable;
  /** A SELECT of the table's columns. */
  readonly sql: string;
  /** The columns of the labels that hold the key, in the order of the table's key. */
  readonly by: readonly string[];
  /** The table's column for each column made. */
  readonly columns: Readonly<Record<string, string>>;
  /** From then on its rows say nothing: windows that were not refreshed since. Null for never. */
  readonly toldBeforeMs: number | null;
  /** Whether labels without features are left out. */
  readonly drops: boolean;
}

/** What the join is made of. */
export interface JoinParts {
  /** A SELECT of the labels, whose order is kept. */
  readonly labels: string;
  readonly labelColumns: readonly string[];
  /** The column of the labels that says as of when, or a moment in SQL. */
  readonly moment: string | null;
  readonly joined: readonly Joined[];
}

const order = '"\u001forder"';
const asOf = '"\u001fasof"';
const found = (i: number): string => quoteName(`\u001ffound${i}`);

/**
 * A SELECT of the labels' columns and those of each lookup, in the order of the labels. A row counts
 * when its timestamp is not after the label's and, where the table says so, was known by then; of
 * those the one with the newest timestamp, then the one known last. One that is older than the ttl
 * counts as none, and so does one of windows that were not refreshed until the label's moment. Also gives whether each lookup found a row, as `found(i)`.
 */
export function joinSql(parts: JoinParts): string {
  const { labels, labelColumns, joined, moment } = parts;
  const own = labelColumns.map((column) => `l.${quoteName(column)}`);
  const made = joined.flatMap((one, i) => [
    ...Object.entries(one.columns).map(
      ([name, column]) => `${inTime(one, i, `f${i}.${quoteName(column)}`)} AS ${quoteName(name)}`,
    ),
    `coalesce(${inTime(one, i, "true")}, false) AS ${found(i)}`,
  ]);
  const time = moment === null ? "NULL" : moment;
  const from = `(SELECT *, row_number() OVER () AS ${order}, ${time} AS ${asOf} FROM (${labels})) l`;
  const joins = joined.map(joinOf);
  const drops = joined.flatMap((one, i) => (one.drops ? [found(i)] : []));
  const where = drops.length === 0 ? "" : ` WHERE ${drops.join(" AND ")}`;
  const inner = `SELECT ${[...own, ...made].join(", ")}, l.${order} FROM ${from} ${joins.join(" ")}`;
  return `SELECT * EXCLUDE (${order}) FROM (${inner})${where} ORDER BY ${order}`;
}

/** The name under which {@link joinSql} says whether lookup i found a row. */
export const foundColumn = found;

/** A value of the row found, or nothing where the row is too old. */
function inTime({ table, toldBeforeMs }: Joined, i: number, value: string): string {
  const { timestamp, ttlMs } = table;
  if (timestamp === null) return value === "true" ? `f${i}.${there} IS NOT NULL` : value;
  const at = `f${i}.${quoteName(timestamp)}`;
  const fresh =
    ttlMs === null
      ? `${at} IS NOT NULL`
      : `epoch_us(l.${asOf}) - epoch_us(${at}) <= ${ttlMs * 1000}`;
  const told = toldBeforeMs === null ? "" : ` AND epoch_us(l.${asOf}) < ${toldBeforeMs * 1000}`;
  return `CASE WHEN ${fresh}${told} THEN ${value} END`;
}

const there = '"\u001fthere"';

function joinOf(one: Joined, i: number): string {
  const { table, sql, by } = one;
  const { key, timestamp, availableAt } = table;
  const equal = key.map(
    (column, k) => `l.${quoteName(by[k] ?? column)} = f${i}.${quoteName(column)}`,
  );
  const columns = [...new Set([...key, ...Object.values(one.columns)])].map(quoteName);
  if (timestamp === null)
    return `LEFT JOIN (SELECT ${columns.join(", ")}, true AS ${there} FROM (${sql})) f${i} ON ${equal.join(" AND ")}`;
  const time = quoteName(timestamp);
  if (availableAt === null)
    return `ASOF LEFT JOIN (SELECT ${[...new Set([...columns, time])].join(", ")} FROM (${sql})) f${i} ON ${equal.join(" AND ")} AND l.${asOf} >= f${i}.${time}`;
  return `ASOF LEFT JOIN (${knownSql(one)}) f${i} ON ${equal.join(" AND ")} AND l.${asOf} >= f${i}.${since}`;
}

const since = '"\u001fsince"';
const best = '"\u001fbest"';

/**
 * What was known of each key, from the moment it became so: at the later of a row's two times the
 * best row so far, by (timestamp, availableAt), holds until the next.
 */
function knownSql({ table, sql, columns }: Joined): string {
  const { key, timestamp, availableAt } = table;
  const [time, known] = [quoteName(timestamp ?? ""), quoteName(availableAt ?? "")];
  const keys = key.map(quoteName).join(", ");
  const kept = [...new Set([...key, ...Object.values(columns)])].map(quoteName);
  const rows = `SELECT ${[...new Set([...kept, time, known])].join(", ")}, greatest(${time}, ${known}) AS ${since} FROM (${sql})`;
  const states = `SELECT ${keys}, ${since}, max(struct_pack(t := ${time}, k := ${known})) OVER (PARTITION BY ${keys} ORDER BY ${since}, ${time}, ${known} ROWS UNBOUNDED PRECEDING) AS ${best}
    FROM (${rows}) QUALIFY lead(${since}) OVER (PARTITION BY ${keys} ORDER BY ${since}, ${time}, ${known}) IS DISTINCT FROM ${since}`;
  const values = [...new Set([...kept, time])].map((column) => `r.${column}`).join(", ");
  const same = key
    .map(quoteName)
    .map((column) => `s.${column} = r.${column}`)
    .join(" AND ");
  return `SELECT ${values}, s.${since} FROM (${states}) s JOIN (${rows}) r ON ${same} AND s.${best}.t = r.${time} AND s.${best}.k = r.${known}`;
}
