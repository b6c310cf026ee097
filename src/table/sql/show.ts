/** @file SHOW and DESCRIBE as people from Databricks write them: rows about tables. */
import type { Cell } from "../../flow.ts";
import type { EngineColumn } from "../adapter/duckdb.ts";
import { readHistory } from "../delta/history.ts";
import { readSnapshot } from "../delta/snapshot.ts";
import { fail } from "./errors.ts";
import { sqlType } from "./information.ts";
import type { Prepared } from "./prepare.ts";
import { partsOf, type QueryLake } from "./query-lake.ts";
import { isName, isSymbol, isWord, nameOf, placeOf, type Token } from "./tokens.ts";

/** Rows in memory. */
export interface ShownRows {
  readonly columns: readonly EngineColumn[];
  readonly rows: readonly (readonly Cell[])[];
}

/** The words of a statement, without its semicolon. */
interface Statement extends Pick<Prepared, "query"> {
  readonly lake: QueryLake;
  readonly tokens: readonly Token[];
}

const text = (name: string): EngineColumn => ({ name, kind: "text" });
const int = (name: string): EngineColumn => ({ name, kind: "int" });
const moment = (name: string): EngineColumn => ({ name, kind: "timestamp" });

/**
 * The rows of SHOW TABLES [IN schema] [LIKE 'pattern'], SHOW SCHEMAS, SHOW CATALOGS, SHOW COLUMNS IN name, SHOW
 * TBLPROPERTIES name, DESCRIBE [TABLE] [EXTENDED] name, DESCRIBE HISTORY name [LIMIT n] and DESCRIBE
 * DETAIL name; undefined when the query is none of these.
 *
 * @throws `table/unknown-table`, `table/unsupported-statement`
 */
export async function shownRows(
  lake: QueryLake,
  { query, tokens: all, pins }: Prepared,
): Promise<ShownRows | undefined> {
  if (pins.size > 0) return undefined; // of an earlier version the engine describes the columns
  const end = all.findIndex((token) => isSymbol(token, ";"));
  if (end >= 0 && all.length > end + 1) return undefined; // more than one: the parser says so
  const tokens = end < 0 ? all : all.slice(0, end);
  const statement = { lake, query, tokens };
  if (isWord(tokens[0], "SHOW")) return show(statement);
  return isWord(tokens[0], "DESCRIBE", "DESC") ? describe(statement) : undefined;
}

async function show(statement: Statement): Promise<ShownRows> {
  const { lake, tokens } = statement;
  const what = tokens[1];
  if (isWord(what, "TABLES")) return showTables(statement);
  if (isWord(what, "SCHEMAS", "DATABASES") && tokens.length === 2) {
    const schemas = await lake.catalog.schemas();
    return { columns: [text("databaseName")], rows: schemas.map((one) => [one]) };
  }
  if (isWord(what, "CATALOGS") && tokens.length === 2) {
    const catalogs = await lake.catalog.catalogs();
    return { columns: [text("catalog")], rows: catalogs.map((one) => [one]) };
  }
  if (isWord(what, "COLUMNS") && isWord(tokens[2], "IN", "FROM")) {
    const { shape } = await tableAt(statement, 3);
    return { columns: [text("col_name")], rows: Object.keys(shape.columns).map((one) => [one]) };
  }
  if (isWord(what, "TBLPROPERTIES")) {
    const { metaData } = await tableAt(statement, 2);
    return { columns: [text("key"), text("value")], rows: Object.entries(metaData.configuration) };
  }
  return unsupported(statement);
}

function unsupported({ query, tokens }: Statement): never {
  return fail("table/unsupported-statement", {
    at: placeOf(query, tokens[0]?.byte ?? 0),
    statement: `${tokens
      .slice(0, 2)
      .map((token) => token.text)
      .join(" ")} …`,
    table: null,
    instead:
      "Expected SHOW TABLES [IN schema] [LIKE 'pattern'], SHOW SCHEMAS, SHOW CATALOGS, SHOW COLUMNS IN name, SHOW TBLPROPERTIES name, DESCRIBE [EXTENDED] name, DESCRIBE HISTORY name or DESCRIBE DETAIL name",
  });
}

const schemaOf = (name: string): string => name.slice(0, name.lastIndexOf("."));

async function showTables(statement: Statement): Promise<ShownRows> {
  const { lake, tokens } = statement;
  let i = 2;
  let schema: string | undefined;
  if (isWord(tokens[i], "IN", "FROM")) {
    const named = nameFrom(tokens, i + 1);
    if (named === undefined) return unsupported(statement);
    [schema, i] = [named.name, named.end];
  }
  if (isWord(tokens[i], "LIKE")) i += 1;
  const pattern = tokens[i]?.kind === "string" ? patternOf(tokens[i]?.text ?? "") : undefined;
  if (pattern !== undefined) i += 1;
  if (i < tokens.length) return unsupported(statement);
  const all = await lake.catalog.tables(schema);
  const names = all.filter((name) => pattern?.test(partsOf(lake, name)[2]) ?? true);
  const columns = [
    text("database"),
    text("tableName"),
    { name: "isTemporary", kind: "bool" },
  ] as const;
  return { columns, rows: names.map((name) => [schemaOf(name), partsOf(lake, name)[2], false]) };
}

/** `*` and `%` stand for any characters and `|` for a choice, as in Databricks. */
function patternOf(literal: string): RegExp {
  const escaped = literal.slice(1, -1).replaceAll(/[.+?^${}()[\]\\]/g, "\\$&");
  return new RegExp(`^(?:${escaped.replaceAll(/[*%]/g, ".*")})$`, "i");
}

function nameFrom(
  tokens: readonly Token[],
  from: number,
): { readonly name: string; readonly end: number } | undefined {
  const parts: string[] = [];
  let i = from;
  for (;;) {
    const token = tokens[i];
    if (token === undefined || !isName(token)) return undefined;
    parts.push(nameOf(token).toLowerCase());
    i += 1;
    if (!isSymbol(tokens[i], ".")) return { name: parts.join("."), end: i };
    i += 1;
  }
}

/** The table whose name begins at a token and ends the statement. */
async function tableAt(statement: Statement, from: number) {
  const { lake, query, tokens } = statement;
  const named = nameFrom(tokens, from);
  if (named === undefined || named.end < tokens.length) return unsupported(statement);
  const place = lake.placeOf(named.name);
  const name = place?.name ?? named.name;
  const reader = place && { place, engine: lake.engine };
  const snapshot = reader && (await readSnapshot(reader, { from: lake.newest.get(name) }));
  if (place !== undefined && snapshot !== undefined) return { ...snapshot, name, place };
  const at = placeOf(query, tokens[from]?.byte ?? 0);
  return fail("table/unknown-table", { at, name, known: await lake.catalog.tables() });
}

async function describe(statement: Statement): Promise<ShownRows | undefined> {
  const { tokens } = statement;
  const what = tokens[1];
  if (isWord(what, "HISTORY")) return history(statement);
  if (isWord(what, "DETAIL")) return detail(statement);
  const more = isWord(tokens[isWord(what, "TABLE") ? 2 : 1], "EXTENDED", "FORMATTED");
  const first = 1 + Number(isWord(what, "TABLE")) + Number(more);
  // DESCRIBE SELECT … is the engine's: the columns of a query.
  if (first === 1 && nameFrom(tokens, 1)?.end !== tokens.length) return undefined;
  return columnsOf(statement, first, more);
}

async function columnsOf(statement: Statement, first: number, more: boolean): Promise<ShownRows> {
  const { shape, metaData, name, version, place } = await tableAt(statement, first);
  const info = await statement.lake.catalog.describeTable(name);
  const comments = new Map(info.columns.map((column) => [column.name, column.comment]));
  const rowOf = (column: string): readonly Cell[] => [
    column,
    sqlType(shape.types.get(column)),
    comments.get(column) ?? shape.columns[column]?.description ?? null,
  ];
  const partitions =
    shape.partitionBy.length === 0
      ? []
      : [["# Partition Information", "", ""], ...shape.partitionBy.map(rowOf)];
  const details = [
    ["# Detailed Table Information", "", ""],
    ["Name", name, ""],
    ["Comment", info.comment ?? "", ""],
    ["Owner", info.owner ?? "", ""],
    ["Type", "MANAGED", ""],
    ["Provider", "delta", ""],
    ["Version", String(version), ""],
    ["Location", place.bytes.locate(place.folder), ""],
    ["Created", new Date(metaData.createdTime ?? 0).toISOString(), ""],
  ];
  return {
    columns: [text("col_name"), text("data_type"), text("comment")],
    rows: [...Object.keys(shape.columns).map(rowOf), ...partitions, ...(more ? details : [])],
  };
}

async function history(statement: Statement): Promise<ShownRows> {
  const { tokens } = statement;
  const last = tokens.at(-1);
  const limited = isWord(tokens.at(-2), "LIMIT") && last?.kind === "number";
  const limit = limited ? Number(last.text) : undefined;
  const { place } = await tableAt(
    { ...statement, tokens: limited ? tokens.slice(0, -2) : tokens },
    2,
  );
  const entries = await readHistory(place, { limit });
  return {
    columns: [
      int("version"),
      moment("timestamp"),
      text("operation"),
      text("operationParameters"),
      int("readVersion"),
      text("operationMetrics"),
      text("engineInfo"),
    ],
    rows: entries.map(({ version, atMs, operation, parameters, readVersion, metrics, engine }) => [
      version,
      new Date(atMs),
      operation,
      JSON.stringify(parameters),
      readVersion,
      JSON.stringify(metrics),
      engine,
    ]),
  };
}

async function detail(statement: Statement): Promise<ShownRows> {
  const { metaData, protocol, files, place, name } = await tableAt(statement, 2);
  const [last] = await readHistory(place, { limit: 1 });
  const bytes = [...files.values()].reduce((sum, { size }) => sum + size, 0);
  return {
    columns: [
      text("format"),
      text("id"),
      text("name"),
      text("description"),
      text("location"),
      moment("createdAt"),
      moment("lastModified"),
      text("partitionColumns"),
      int("numFiles"),
      int("sizeInBytes"),
      text("properties"),
      int("minReaderVersion"),
      int("minWriterVersion"),
    ],
    rows: [
      [
        "delta",
        metaData.id,
        name,
        metaData.description ?? null,
        place.bytes.locate(place.folder),
        new Date(metaData.createdTime ?? 0),
        new Date(last?.atMs ?? 0),
        JSON.stringify(metaData.partitionColumns),
        files.size,
        bytes,
        JSON.stringify(metaData.configuration),
        protocol.minReaderVersion,
        protocol.minWriterVersion,
      ],
    ],
  };
}
