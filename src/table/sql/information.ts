/** @file information_schema: what the lake holds, as tables that a query can ask. */
import { isMillraceError } from "../../core/index.ts";
import type { Cell } from "../../flow.ts";
import type { EngineColumn } from "../adapter/duckdb.ts";
import type { TableInfo } from "../catalog/objects.ts";
import { readSnapshot, type Snapshot } from "../delta/snapshot.ts";
import { rowsSql } from "./literal.ts";
import { partsOf, type QueryLake } from "./query-lake.ts";

const text = (name: string): EngineColumn => ({ name, kind: "text" });
const int = (name: string): EngineColumn => ({ name, kind: "int" });

const tableColumns = [
  text("table_catalog"),
  text("table_schema"),
  text("table_name"),
  text("table_type"),
  text("data_source_format"),
  text("table_owner"),
  text("comment"),
  int("version"),
  int("files"),
  int("bytes"),
];

const columnColumns = [
  text("table_catalog"),
  text("table_schema"),
  text("table_name"),
  text("column_name"),
  int("ordinal_position"),
  text("is_nullable"),
  text("data_type"),
  text("comment"),
];

/** The rows of a table of information_schema; undefined when it is none. */
export async function informationOf(
  lake: QueryLake,
  name: string,
): Promise<Information | undefined> {
  if (name === "information_schema.catalogs")
    return information(
      [text("catalog_name")],
      (await lake.catalog.catalogs()).map((one) => [one]),
    );
  if (name === "information_schema.schemata") {
    const schemas = (await lake.catalog.schemas()).map((one) => schemaParts(lake, one));
    return information([text("catalog_name"), text("schema_name")], schemas);
  }
  if (name === "information_schema.tables")
    return information(tableColumns, await perTable(lake, tableRows));
  if (name === "information_schema.columns")
    return information(columnColumns, await perTable(lake, columnRows));
  return undefined;
}

/** Rows about the lake. */
export interface Information {
  readonly columns: readonly string[];
  /** A SELECT of them. */
  readonly sql: string;
}

const information = (
  columns: readonly EngineColumn[],
  rows: readonly (readonly Cell[])[],
): Information => ({ columns: columns.map(({ name }) => name), sql: rowsSql(columns, rows) });

const schemaParts = (lake: QueryLake, schema: string): readonly string[] =>
  partsOf(lake, `${schema}.x`).slice(0, 2);

async function perTable(
  lake: QueryLake,
  rowsOf: (lake: QueryLake, table: KnownTable) => readonly (readonly Cell[])[],
): Promise<readonly (readonly Cell[])[]> {
  const rows: (readonly Cell[])[] = [];
  for (const name of await lake.catalog.tables()) {
    const snapshot = await stateOf(lake, name);
    if (snapshot === undefined) continue;
    rows.push(...rowsOf(lake, { snapshot, info: await lake.catalog.describeTable(name) }));
  }
  return rows;
}

/** A table that can be read, and what is recorded about it. */
interface KnownTable {
  readonly snapshot: Snapshot;
  readonly info: TableInfo;
}

/** The newest state of a table; undefined when it cannot be read: the others are listed all the same. */
export async function stateOf(lake: QueryLake, name: string): Promise<Snapshot | undefined> {
  const place = lake.placeOf(name);
  if (place === undefined) return undefined;
  const reader = { place, engine: lake.engine };
  try {
    return await readSnapshot(reader, { from: lake.newest.get(name) });
  } catch (error) {
    if (isMillraceError(error)) return undefined;
    throw error;
  }
}

function tableRows(lake: QueryLake, { snapshot, info }: KnownTable) {
  const { name, owner, comment, files, sizeBytes } = info;
  const { version } = snapshot;
  return [[...partsOf(lake, name), "MANAGED", "DELTA", owner, comment, version, files, sizeBytes]];
}

function columnRows(lake: QueryLake, { snapshot: { shape }, info }: KnownTable) {
  return info.columns.map(({ name, nullable, comment }, i) => [
    ...partsOf(lake, info.name),
    name,
    i,
    nullable ? "YES" : "NO",
    sqlType(shape.types.get(name)),
    comment ?? shape.columns[name]?.description ?? null,
  ]);
}

const sqlTypes: Readonly<Record<string, string>> = {
  byte: "tinyint",
  short: "smallint",
  integer: "int",
  long: "bigint",
};

/** What Databricks calls a type of Delta. */
export const sqlType = (type = "string"): string => sqlTypes[type] ?? type;
