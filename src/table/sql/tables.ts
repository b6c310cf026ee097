/** @file The tables that a query names, each read once, at the version that the query asks for. */
import type { Engine } from "../adapter/duckdb.ts";
import { isNode, parseSql, textOf } from "../adapter/parse-sql.ts";
import { latestVersion, versionAt } from "../delta/log.ts";
import { checkFiles } from "../delta/restore.ts";
import { readSnapshot, type Snapshot } from "../delta/snapshot.ts";
import type { AnyRows } from "../frame.ts";
import { type SnapshotRows, snapshotRows } from "../snapshot-rows.ts";
import { checkCalls, isFileName } from "./allowed.ts";
import { fail } from "./errors.ts";
import { type Information, informationOf } from "./information.ts";
import type { Pin, Prepared } from "./prepare.ts";
import type { QueryLake } from "./query-lake.ts";
import { referencesOf, type TableReference } from "./references.ts";
import { atValue } from "./rewrite.ts";
import { placeOf } from "./tokens.ts";

/** A table of the lake at one version. */
export interface QueryTable {
  readonly name: string;
  readonly snapshot: Snapshot;
  readonly rows: SnapshotRows;
}

/** What stands behind a name in a FROM. */
export type Source =
  | { readonly kind: "table"; readonly table: QueryTable }
  /** Rows about the lake. */
  | { readonly kind: "information"; readonly name: string; readonly rows: Information }
  /** Rows that a program gave the query. */
  | { readonly kind: "frame"; readonly rows: AnyRows }
  | { readonly kind: "file"; readonly name: string };

/** What a query names, and what it may name besides tables. */
interface Named {
  readonly tables: readonly TableReference[];
  readonly files: boolean;
  readonly frames: Readonly<Record<string, AnyRows>>;
}

/** Finds the tables of a query. Throws `table/unknown-table`, `table/mismatch-version` and what reading a log throws. */
export async function findTables(
  lake: QueryLake,
  prepared: Prepared,
  named: Named,
): Promise<ReadonlyMap<TableReference, Source>> {
  checkPins(prepared, named.tables);
  const frames = new Map(
    Object.entries(named.frames).map(([name, rows]) => [name.toLowerCase(), rows]),
  );
  const read = new Map<string, Promise<QueryTable | undefined>>();
  // Each table is read once at each version, so that all mentions of it see the same rows.
  const once = (name: string, version: number | undefined): Promise<QueryTable | undefined> => {
    const key = `${name}@${version ?? ""}`;
    const reading = read.get(key) ?? readTable(lake, name, version);
    read.set(key, reading);
    return reading;
  };
  const found = new Map<TableReference, Source>();
  for (const reference of named.tables) {
    const source =
      givenRows(prepared, reference, frames) ??
      (await storedRows(lake, prepared, { reference, once })) ??
      fileRows(reference, named.files);
    found.set(reference, source ?? (await unknown(lake, prepared, reference)));
  }
  return found;
}

/** Rows that a program gave under a name. */
function givenRows(
  prepared: Prepared,
  reference: TableReference,
  frames: ReadonlyMap<string, AnyRows>,
): Source | undefined {
  const [only = "", ...more] = reference.parts;
  const rows = more.length === 0 ? frames.get(only.toLowerCase()) : undefined;
  if (rows === undefined) return undefined;
  refusePin(prepared, reference);
  return { kind: "frame", rows };
}

/** A table of the lake, or what the lake says of itself. */
async function storedRows(
  lake: QueryLake,
  prepared: Prepared,
  {
    reference,
    once,
  }: {
    readonly reference: TableReference;
    readonly once: (name: string, version: number | undefined) => Promise<QueryTable | undefined>;
  },
): Promise<Source | undefined> {
  const written = reference.parts.join(".").toLowerCase();
  const name = lake.placeOf(written)?.name ?? written; // "main.a.b" is "a.b"
  const version = await versionOf(lake, prepared, { reference, name });
  const table = await once(name, version);
  if (table !== undefined) return { kind: "table", table };
  const rows = version === undefined ? await informationOf(lake, name) : undefined;
  return rows && { kind: "information", name, rows };
}

function fileRows({ parts }: TableReference, allowed: boolean): Source | undefined {
  const [only = "", ...more] = parts;
  const isFile = allowed && more.length === 0 && isFileName(only);
  return isFile ? { kind: "file", name: only } : undefined;
}

/** Rows that a program gave have one version. */
function refusePin(prepared: Prepared, reference: TableReference): void {
  const pin = prepared.pins.get(reference.byte) ?? atPin(prepared, reference);
  if (pin === undefined) return;
  const at = placeOf(prepared.query, pin.byte);
  const reason = "expected a version of a table of the lake";
  fail("table/mismatch-version", { at, reason, got: "one of rows that were given to the query" });
}

async function unknown(
  lake: QueryLake,
  { query }: Prepared,
  { parts, byte }: TableReference,
): Promise<never> {
  const at = placeOf(query, byte);
  return fail("table/unknown-table", {
    at,
    name: parts.join("."),
    known: await lake.catalog.tables(),
  });
}

/** Reads a table; undefined when there is none of that name. */
export async function readTable(
  lake: QueryLake,
  name: string,
  version?: number,
): Promise<QueryTable | undefined> {
  const place = lake.placeOf(name);
  if (place === undefined) return undefined;
  const from = lake.newest.get(name);
  const snapshot = await readSnapshot({ place, engine: lake.engine }, { version, from });
  if (snapshot === undefined) return undefined;
  if (version === undefined) lake.newest.set(name, snapshot);
  else await checkFiles(place, { version, files: snapshot.files.values() });
  return { name, snapshot, rows: snapshotRows(place, snapshot, snapshot.shape.columns) };
}

/** AS OF stands behind a table of the lake, or nowhere. */
function checkPins({ query, pins }: Prepared, tables: readonly TableReference[]): void {
  const places = new Set(tables.map(({ byte }) => byte));
  for (const [name, { byte }] of pins)
    if (!places.has(name))
      fail("table/mismatch-version", {
        at: placeOf(query, byte),
        reason: "expected AS OF directly behind the name of a table of the lake, before its alias",
        got: "it behind something else",
      });
}

async function versionOf(
  lake: QueryLake,
  prepared: Prepared,
  { reference, name }: { readonly reference: TableReference; readonly name: string },
): Promise<number | undefined> {
  const pin = prepared.pins.get(reference.byte) ?? atPin(prepared, reference);
  if (pin === undefined) return undefined;
  const at = placeOf(prepared.query, pin.byte);
  const value = await constantOf(lake.engine, pin, at);
  const place = lake.placeOf(name);
  const isThere = place !== undefined && (await latestVersion(place)) >= 0;
  return isThere && pin.unit === "timestamp" ? versionAt(place, new Date(value)) : value;
}

function atPin(prepared: Prepared, table: TableReference): Pin | undefined {
  const clause = table.node["at_clause"];
  if (!isNode(clause)) return undefined;
  const unit = textOf(clause["unit"]).toUpperCase() === "VERSION" ? "version" : "timestamp";
  return { unit, ...atValue(prepared, table) };
}

/** The value of an expression that names nothing: a version, or a moment in milliseconds. */
async function constantOf(engine: Engine, { unit, sql }: Pin, at: string): Promise<number> {
  const wrong = (got: string): never =>
    fail("table/mismatch-version", {
      at,
      reason: unit === "version" ? "expected the number of a version" : "expected a moment in time",
      got,
    });
  const parsed = await parseSql(engine, `SELECT (\n${sql}\n)`);
  const [node] = "statements" in parsed ? parsed.statements : [];
  if (node === undefined) return wrong(sql);
  const references = referencesOf(node);
  checkCalls(references, { files: false, placeOf: () => at });
  if (references.tables.length + references.parameters > 0) wrong(sql);
  const value =
    unit === "version"
      ? `CAST((\n${sql}\n) AS BIGINT)`
      : `epoch_ms(CAST((\n${sql}\n) AS TIMESTAMP WITH TIME ZONE))`;
  const text = unit === "version" ? `(\n${sql}\n) = ${value}` : "true";
  const [row] = await engine
    .query(`SELECT ${value} AS v, ${text} AS whole`)
    .catch(() => [{ v: null, whole: false }]);
  const number = row?.["v"];
  return typeof number === "number" && row?.["whole"] === true ? number : wrong(sql);
}
