/** @file information_schema: what the lake holds, as tables that a query can ask. */
import { isMillraceError } from "../../core/index.ts";
import type { Cell } from "../../flow.ts";
import type { EngineColumn } from "../adapter/duckdb.ts";
import { readSnapshot, type Snapshot } from "../delta/snapshot.ts";
import { rowsSql } from "./literal.ts";
import type { QueryLake } from "./query-lake.ts";

const text = (name: string): EngineColumn => ({ name, kind: "text" });
const int = (name: string): EngineColumn => ({ name, kind: "int" });

const tableColumns = [
  text("table_catalog"),
  text("table_schema"),
  text("table_name"),
  text("table_type"),
  text("data_source_format"),
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

/** Catalog (missing where the name has two parts), schema and table of a name. */
export function namesOf(name: string): readonly [string | null, string, string] {
  const parts = name.split(".");
  const table = parts.pop() ?? "";
  const schema = parts.pop() ?? "";
  return [parts.pop() ?? null, schema, table];
}

/** The rows of a table of information_schema, as a SELECT; undefined when it is none. */
export async function informationOf(lake: QueryLake, name: string): Promise<string | undefined> {
  if (name === "information_schema.schemata") {
    const schemas = (await lake.tables()).map((one) => namesOf(one).slice(0, 2));
    const rows = [...new Map(schemas.map((one) => [one.join("."), one])).values()];
    return rowsSql([text("catalog_name"), text("schema_name")], rows);
  }
  if (name === "information_schema.tables")
    return rowsSql(
      tableColumns,
      await perTable(lake, (one, snapshot) => [tableRow(one, snapshot)]),
    );
  if (name === "information_schema.columns")
    return rowsSql(columnColumns, await perTable(lake, columnRows));
  return undefined;
}

async function perTable(
  lake: QueryLake,
  rowsOf: (name: string, snapshot: Snapshot) => readonly (readonly Cell[])[],
): Promise<readonly (readonly Cell[])[]> {
  const rows: (readonly Cell[])[] = [];
  for (const name of await lake.tables()) {
    const snapshot = await stateOf(lake, name);
    if (snapshot !== undefined) rows.push(...rowsOf(name, snapshot));
  }
  return rows;
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

function tableRow(name: string, { version, files }: Snapshot): readonly Cell[] {
  const bytes = [...files.values()].reduce((sum, { size }) => sum + size, 0);
  return [...namesOf(name), "MANAGED", "DELTA", version, files.size, bytes];
}

function columnRows(name: string, { shape }: Snapshot): readonly (readonly Cell[])[] {
  return Object.entries(shape.columns).map(([column, { nullable, description }], i) => [
    ...namesOf(name),
    column,
    i,
    nullable ? "YES" : "NO",
    sqlType(shape.types.get(column)),
    description ?? null,
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
