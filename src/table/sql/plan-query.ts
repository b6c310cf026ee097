/** @file A query planned: its tables found, its columns known, its text made for the engine; no row is read. */
import { duckTypes, type Engine } from "../adapter/duckdb.ts";
import type { AnyRows } from "../frame.ts";
import {
  derivedColumns,
  type LineageSource,
  originOf,
  type RowOrigin,
  unknownOrigin,
} from "../lineage/origin.ts";
import { tableSource } from "../lineage/self.ts";
import type { Columns } from "../schema.ts";
import { quoteName } from "../sql-text.ts";
import { checkCalls, isFileName } from "./allowed.ts";
import { describeColumns } from "./describe-columns.ts";
import { fail } from "./errors.ts";
import type { MomentOf } from "./filter-literals.ts";
import { filtersOf } from "./filters.ts";
import type { ResultColumn } from "./kinds.ts";
import { type QuerySource, queryOrigin } from "./lineage/query-origin.ts";
import { rowsSql } from "./literal.ts";
import { momentsOf } from "./moments.ts";
import { type Prepared, prepare } from "./prepare.ts";
import type { QueryLake } from "./query-lake.ts";
import { type References, referencesOf, type TableReference } from "./references.ts";
import { Misplaced, type Rewritten, rewrite } from "./rewrite.ts";
import { type ShownRows, shownRows } from "./show.ts";
import { parseStatement } from "./statement.ts";
import { findTables, type QueryTable, type Source } from "./tables.ts";
import { placeOf } from "./tokens.ts";
import { type QueryValues, type ReadValues, readValues } from "./values.ts";

/** What a plan depends on besides the query. */
export interface PlanOptions {
  readonly values?: QueryValues;
  readonly frames?: Readonly<Record<string, AnyRows>>;
  readonly files?: boolean;
}

/** A query whose tables are found and whose columns are known. */
export interface Planned {
  readonly columns: readonly ResultColumn[];
  /** The query in the engine's SQL, made when it is first asked for: it names every file. */
  readonly text: () => string;
  /** What must stay while anybody holds the frame. */
  readonly keep: unknown;
  /** Where the rows come from. */
  readonly origin: RowOrigin;
}

/** Finds the tables of a query and its columns; no row is read. */
export async function planQuery(
  lake: QueryLake,
  query: string,
  options: PlanOptions,
): Promise<Planned> {
  const prepared = prepare(query);
  const shown = await shownRows(lake, prepared);
  if (shown !== undefined) return shownPlan(shown);
  const { engine } = lake;
  const { files = false, frames = {} } = options;
  const tree = await parseStatement(engine, prepared);
  const references = referencesOf(tree);
  checkCalls(references, { files, placeOf: (byte) => placeOf(query, byte) });
  const values = readValues(prepared, options.values);
  const sources = await findTables(lake, prepared, { tables: references.tables, files, frames });
  const put = { prepared, references, values, sources };
  const noRows: RowsSql = {
    ofTable: ({ snapshot: { shape } }) => emptySql(shape.columns),
    ofFrame: ({ schema: { columns } }) => emptySql(columns),
  };
  await checkRewritten(lake, { rewritten: placed(put, noRows), files, query });
  const bound = placed(put, { ...noRows, ofFrame: ({ sql }) => sql });
  const columns = await describeColumns(engine, bound.text, (byte) =>
    placeOf(query, bound.originOf(byte)),
  );
  const tables = [...sources].flatMap(([reference, source]) =>
    source.kind === "table" ? [[reference, source.table] as const] : [],
  );
  const filters = await filtersByTable(lake, tables, values);
  return {
    columns,
    text: () =>
      placed(put, {
        ofTable: ({ rows }, one) => rows.narrow(filters.get(one) ?? []),
        ofFrame: ({ sql }) => sql,
      }).text,
    keep: [...tables.map(([, { rows }]) => rows.keep), frames],
    origin: queryOrigin(tree, {
      sources: new Map([...sources].map(([{ node }, source]) => [node, querySource(source)])),
      columns: columns.map(({ name }) => name),
      aggregates: await aggregatesOf(engine),
    }),
  };
}

function shownPlan({ columns, rows }: ShownRows): Planned {
  const sql = rowsSql(columns, rows);
  const result = columns.map(({ name, kind }) => ({ name, kind, sql: quoteName(name) }));
  const about: LineageSource = { kind: "catalog", name: "lake" };
  const made = columns.map(({ name }) => [name, []] as const);
  const origin = derivedColumns(originOf(about, []), made);
  return { columns: result, text: () => sql, keep: undefined, origin };
}

function querySource(source: Source): QuerySource {
  if (source.kind === "frame") {
    const { schema, origin } = source.rows;
    return { origin: origin ?? unknownOrigin(Object.keys(schema.columns)) };
  }
  if (source.kind === "file")
    return { source: { kind: "file", name: source.name }, columns: undefined };
  if (source.kind === "information")
    return { source: { kind: "catalog", name: source.name }, columns: source.rows.columns };
  const { name, snapshot } = source.table;
  return { source: tableSource(name, snapshot), columns: Object.keys(snapshot.shape.columns) };
}

let aggregates: Promise<ReadonlySet<string>> | undefined;

/** The engine's aggregates, asked for once: they are built in. */
function aggregatesOf(engine: Engine): Promise<ReadonlySet<string>> {
  aggregates ??= engine
    .query(
      "SELECT DISTINCT function_name AS n FROM duckdb_functions() WHERE function_type = 'aggregate'",
    )
    .then((rows) => new Set(rows.map((row) => String(row["n"]).toLowerCase())))
    .catch((error: unknown) => {
      aggregates = undefined;
      throw error;
    });
  return aggregates;
}

interface Put {
  readonly prepared: Prepared;
  readonly references: References;
  readonly values: ReadValues;
  readonly sources: ReadonlyMap<TableReference, Source>;
}

/** What is put for a table and for a frame: a SELECT. */
interface RowsSql {
  readonly ofTable: (table: QueryTable, reference: TableReference) => string;
  readonly ofFrame: (rows: AnyRows) => string;
}

/** The query with rows for its tables, and values for its parameters. */
function placed(
  { prepared, references, values, sources }: Put,
  { ofTable, ofFrame }: RowsSql,
): Rewritten {
  try {
    return rewrite(prepared, references, {
      parameterOf: values.sqlOf,
      rowsOf: (reference) => {
        const source = sources.get(reference);
        if (source?.kind === "information") return source.rows.sql;
        if (source?.kind === "frame") return ofFrame(source.rows);
        return source?.kind === "table" ? ofTable(source.table, reference) : undefined;
      },
    });
  } catch (error) {
    if (!(error instanceof Misplaced)) throw error;
    const at = placeOf(prepared.query, error.byte);
    const reason =
      "the name is written in a way that cannot be followed; write schema.table plainly";
    return fail("table/failed-query", { at, reason }, { cause: error });
  }
}

/** No rows of a table, with its columns: what the engine needs to know about it, without a file. */
const emptySql = (columns: Columns): string =>
  `SELECT ${Object.entries(columns)
    .map(([name, { kind }]) => `CAST(NULL AS ${duckTypes[kind]}) AS ${quoteName(name)}`)
    .join(", ")} WHERE false`;

/** The parser must see in the new text what was put there, and nothing of the lake's or the engine's besides. */
async function checkRewritten(
  { engine }: QueryLake,
  { rewritten, files, query }: { rewritten: Rewritten; files: boolean; query: string },
): Promise<void> {
  const { originOf, text } = rewritten;
  const at = (byte: number): string => placeOf(query, originOf(byte));
  const tree = await parseStatement(engine, prepare(text));
  const { tables, calls, columns } = referencesOf(tree);
  checkCalls({ tables, calls, columns, parameters: 0 }, { files, placeOf: at });
  for (const { parts, byte } of tables)
    if (!files || parts.length > 1 || !isFileName(parts.join(".")))
      fail("table/unknown-table", { at: at(byte), name: parts.join("."), known: [] });
}

/** For each table the conditions by which its files are skipped. */
async function filtersByTable(
  { engine }: QueryLake,
  tables: readonly (readonly [TableReference, QueryTable])[],
  { cellOf }: ReadValues,
) {
  const all = (momentOf: MomentOf) =>
    tables.map(([reference, { snapshot }]) => {
      const found = filtersOf(reference, snapshot.shape, { momentOf, cellOf });
      return [reference, found] as const;
    });
  return new Map(all(await momentsOf(engine, (momentOf) => void all(momentOf))));
}
