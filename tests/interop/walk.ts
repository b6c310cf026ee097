/**
 * @file Every operation on tables, one after the other, for a peer to read the table after each: the
 * same walk for all peers. Nothing here knows a peer.
 */
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  bool,
  type CellsOf,
  category,
  float,
  int,
  type Lake,
  quoteText,
  type Row,
  schema,
  type Table,
  text,
  timestamp,
} from "../../src/table/index.ts";
import type { Peer } from "./peer.ts";

/** The columns of the walk: one of each kind. */
export const walked = schema("walked", {
  id: text({ key: true }),
  n: int({ nullable: true }),
  x: float({ nullable: true }),
  yes: bool({ nullable: true }),
  at: timestamp({ nullable: true }),
  city: text({ nullable: true }),
  level: category(["low", "high"], { nullable: true }),
});
type Walked = (typeof walked)["columns"];
type C = CellsOf<Walked>;
const wider = schema("walked", { ...walked.columns, note: text({ nullable: true }) });

/** A row of the walk. */
export const row = (
  id: string,
  n: number | null,
  city: string | null = null,
): Row<typeof walked> => ({
  id,
  n,
  x: n === null ? null : n / 4,
  yes: n === null ? null : n % 2 === 0,
  at: n === null ? null : new Date(1_700_000_000_000 + (n % 1000)),
  city,
  level: n === null ? null : n > 5 ? "high" : "low",
});

/** What was done last, and to which table. */
export interface Step {
  readonly name: string;
  readonly table: Pick<Table, "path" | "name">;
  /** Earlier versions to read too. */
  readonly versions?: readonly number[];
  /** Whether files of the log were replaced, which a peer may remember. */
  readonly forget?: true;
  /** From which version on the change data feed is to be read too. */
  readonly feedFrom?: number;
}

/** Cities that are hard to write into a path. */
export const oddCities = [
  "a/b",
  "São Paulo",
  "100%",
  "x=y",
  "it's",
  "..",
  "*?[a]",
  " ",
  "a b",
  'q"',
  "{}",
  "#",
  "a\\b",
  "a:b",
] as const;

/** All operations, on four tables of a lake. */
export async function* walk(lake: Lake): AsyncGenerator<Step> {
  yield* plain(lake);
  yield* partitioned(lake);
  yield* extremes(lake);
}

async function* plain(lake: Lake): AsyncGenerator<Step> {
  const table = lake.table("walk.plain", walked, {
    changeFeed: true,
    checks: {
      named: (c: C) => c.id.is("nobody").not(),
      low: (c: C) => c.n.isBelow(1e16).or(c.n.isMissing()),
    },
  });
  const done = (name: string): Step => ({ name, table });
  await table.append([row("a", 1, "x"), row("ü", null)]);
  yield done("append to a new table");
  await table.append([]);
  yield done("append of nothing");
  await table.append([row("b", 2, "y"), row("c", 3), row("big", 9_007_199_254_740_991)]);
  yield done("append");
  await table.merge([row("a", 5), row("d", 6)], { on: ["id"] });
  yield done("merge");
  await table.merge([row("a", 4), row("b", 8), row("e", 1)], { on: ["id"], newest: "n" });
  yield done("merge by the newest");
  await table.update(
    (c) => c.city.is("y"),
    () => ({ city: "moved", at: new Date(-5) }),
  );
  yield done("update with cells");
  await table.update(
    (c) => c.id.isIn(["b", "c"]),
    (c) => ({ n: c.n.plus(1), x: c.x.over(3), yes: c.n.isAbove(5) }),
  );
  yield done("update with expressions");
  await table.delete((c) => c.n.isMissing());
  yield done("delete by condition");
  await table.mergeWhen([row("a", 50), row("b", 60), row("c", 70), row("f", 80), row("g", 1)], {
    on: ["id"],
    matched: [
      { condition: (_, s) => s.n.is(50), delete: true },
      { condition: (t) => t.n.isAbove(7), set: (t, s) => ({ n: s.n.minus(t.n), city: "both" }) },
      { set: "all" },
    ],
    notMatched: [
      { condition: (s) => s.n.isAbove(10), values: "all" },
      { values: (s) => ({ id: s.id, city: "few" }) },
    ],
    notMatchedBySource: [
      { condition: (t) => t.n.isAbove(1000), delete: true },
      { condition: (t) => t.id.is("d"), set: (t) => ({ x: t.x.times(2) }) },
    ],
  });
  yield done("merge with every clause");
  await table.mergeWhen([row("f", 1), row("f2", 2)], {
    on: (t, s) => t.id.is("g").and(s.n.is(1)),
    matched: [{ delete: true }],
  });
  yield done("merge by a condition that deletes");
  await table.mergeWhen([row("h", 1), row("c", 1)], {
    on: ["id"],
    notMatched: [{ values: "all" }],
  });
  yield done("merge that only inserts");
  await table.overwrite([row("h", 9, "new"), row("h2", 9)], {
    where: (c) => c.n.is(9).or(c.id.is("h")),
  });
  yield done("overwrite by condition");
  await table.alter({ checks: { small: (c) => c.x.isBelow(1e9).or(c.x.isMissing()) } });
  yield done("a check added");
  await table.alter({ checks: { small: null } });
  yield done("a check dropped");
  await table.optimize();
  yield { ...done("optimize"), feedFrom: 0 };
  await table.optimize({ clusterBy: ["n"] });
  yield done("cluster by one column");
  await table.optimize({ clusterBy: ["city", "n", "at"] });
  yield done("cluster by three columns");
  await table.restore({ version: 4 });
  yield done("restore");
  await table.overwrite([row("z", 7), row("y", 8)]);
  const latest = await table.version();
  const versions = Array.from({ length: latest + 1 }, (_, i) => i);
  yield { ...done("overwrite"), versions };
  await table.alter({ changeFeed: false });
  yield done("the change data feed switched off");
  await table.delete();
  yield done("delete of everything");
  await table.append([row("again", 1)]);
  yield done("append to an empty table");
  await table.vacuum({ retentionHours: 0, force: true });
  yield done("vacuum");
}

async function* partitioned(lake: Lake): AsyncGenerator<Step> {
  const table = lake.table("walk.parts", walked, { partitionBy: ["city", "yes"] });
  const done = (name: string): Step => ({ name: `${name}, with partitions`, table });
  const cities = [...oddCities, null];
  await table.append(cities.map((city, i) => row(`k${i}`, i, city)));
  yield done("append");
  await table.update(
    (c) => c.city.is("a/b"),
    () => ({ city: "c/d", yes: null }),
  );
  yield done("update that moves a row");
  await table.merge([row("k1", 40, "São Paulo"), row("new", 1, "100%")], { on: ["id"] });
  yield done("merge");
  await table.overwrite([row("p", 3, "x=y"), row("q", 4, "x=y")], {
    where: (c) => c.city.is("x=y"),
  });
  yield done("overwrite of a partition");
  await table.delete((c) => c.city.isMissing());
  yield done("delete of a partition");
  for (let i = 0; i < 6; i++) await table.append([row(`m${i}`, i, "x=y")]);
  yield done("a checkpoint");
  await table.append([row("after", 1)]);
  yield done("a commit after a checkpoint");
  await splitCheckpoint(lake, table);
  for (let version = 0; version < 10; version++)
    await rm(join(table.path, "_delta_log", `${name20(version)}.json`));
  yield { ...done("a log cut before a checkpoint of three parts"), forget: true };
  await table.optimize();
  yield done("optimize");
  const evolved = lake.table("walk.parts", wider);
  await evolved.append([{ ...row("w", 2, "x=y"), note: "wide" }], { evolve: true });
  yield done("a column added");
  await evolved.update(
    (c) => c.id.is("q"),
    () => ({ note: "late" }),
  );
  yield done("update of an added column");
  await evolved.optimize({ clusterBy: ["n"] });
  await evolved.vacuum({ retentionHours: 0, force: true });
  yield done("cluster and vacuum");
}

const name20 = (version: number): string => String(version).padStart(20, "0");

/** The checkpoint of version 10 as three parts, as writers of large tables make them. */
async function splitCheckpoint(lake: Lake, { path }: Pick<Table, "path">): Promise<void> {
  const base = join(path, "_delta_log", name20(10));
  const part = (n: number): string => `${base}.checkpoint.000000000${n}.0000000003.parquet`;
  const whole = quoteText(`${base}.checkpoint.parquet`);
  for (const n of [1, 2, 3])
    await lake.engine.run(
      `COPY (SELECT * FROM read_parquet(${whole}, file_row_number = true) WHERE file_row_number % 3 = ${n - 1}) TO ${quoteText(part(n))} (FORMAT parquet)`,
    );
  await rm(`${base}.checkpoint.parquet`);
  const last = join(path, "_delta_log", "_last_checkpoint");
  const said = JSON.parse(await readFile(last, "utf8")) as object;
  await writeFile(last, JSON.stringify({ ...said, parts: 3 }));
}

async function* extremes(lake: Lake): AsyncGenerator<Step> {
  const table = lake.table("walk.extremes", walked);
  const at = [
    "0001-01-01T00:00:00Z",
    "1582-10-04T00:00:00Z",
    "1969-12-31T23:59:59.999Z",
    "9999-12-31T23:59:59.999Z",
  ];
  const x = [Number.NaN, Infinity, -Infinity, -0, 5e-324, 1.7976931348623157e308, 0.1];
  await table.append(x.map((value, i) => ({ ...row(`x${i}`, i), x: value })));
  yield { name: "append of numbers that are hard to write", table };
  await table.append(at.map((value, i) => ({ ...row(`t${i}`, i), at: new Date(value) })));
  yield { name: "append of the first and the last moments", table };
  const long = [
    "z".repeat(40),
    "\u{10FFFF}".repeat(40),
    "\u{1F600}\n\t\u0001",
    "",
    "\u00e9".repeat(33),
    "'\"`\\",
  ];
  await table.append(long.map((city, i) => row(`s${i}`, -i, city)));
  yield { name: "append of texts that are hard to write", table };
  await table.append([row("min", -9_007_199_254_740_991), row("max", 9_007_199_254_740_991)]);
  yield { name: "append of the least and the greatest number", table };
  await table.optimize({ clusterBy: ["city", "x"] });
  yield { name: "cluster of what is hard to order", table };
}

/** Rows as JSON can say them, by id: moments in milliseconds, numbers that are none as text. */
export const plainRows = (all: readonly Readonly<Record<string, unknown>>[]): readonly object[] =>
  all
    .map((one) =>
      Object.fromEntries(Object.entries(one).map(([name, cell]) => [name, plainCell(cell)])),
    )
    .toSorted((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1));

const orderOf = ({ id, n, x }: Readonly<Record<string, unknown>>): string => `${id} ${n} ${x}`;

function plainCell(cell: unknown): unknown {
  if (cell instanceof Date) return cell.getTime();
  if (typeof cell !== "number" || Number.isFinite(cell)) return Object.is(cell, -0) ? 0 : cell;
  return Number.isNaN(cell) ? "nan" : cell > 0 ? "inf" : "-inf";
}

/**
 * Conditions by which a peer skips files of the walk: with and without statistics it must find the
 * same. `{at}` is the column at in the quotes of its SQL.
 */
export const skipConditions = [
  "n > 5",
  "n <= 3",
  "n = 9007199254740991",
  "n < -5",
  "x > 0.1",
  "x >= 0.1",
  "x < 0",
  "x = 0",
  "x > 1e300",
  "city = 'São Paulo'",
  "city > 'zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz'",
  "city > '\u{1F600}'",
  "city < 'a'",
  "city = ''",
  "city IS NULL",
  "n IS NULL",
  "x IS NOT NULL",
  "yes",
  "NOT yes",
  "{at} > TIMESTAMP '2023-11-14 22:13:20.003'",
  "{at} <= TIMESTAMP '1969-12-31 23:59:59.999'",
  "{at} < TIMESTAMP '1700-01-01 00:00:00'",
  "id IN ('a', 'k3', 'x1')",
] as const;

/** The rows of a table as a peer reads them, for comparison. */
export async function theirRows(
  peer: Peer,
  { path }: Pick<Table, "path">,
  version?: number,
): Promise<readonly object[]> {
  const rows = await peer.ask("read", version === undefined ? { path } : { path, version });
  return plainRows(rows as readonly Readonly<Record<string, unknown>>[]);
}

/** The rows of a table as Millrace reads them, for comparison. */
export async function ourRows(
  lake: Lake,
  step: Step,
  version?: number,
): Promise<readonly object[]> {
  const { name } = step.table;
  const table = lake.table(name, name === "walk.parts" ? wider : walked);
  const has = Object.keys((await lake.schemaOf(name)).columns);
  const read = has.includes("note") || name !== "walk.parts" ? table : lake.table(name, walked);
  return plainRows(await (await read.read(version === undefined ? {} : { version })).rows());
}
