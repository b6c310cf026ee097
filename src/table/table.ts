/** @file A Delta table: typed rows, versions that stay readable, and writes that happen once or not at all. */
import { type Clock, type Ids, quote } from "../core/index.ts";
import type { Cell, ColumnKind } from "../flow.ts";
import type { Engine, EngineColumn } from "./adapter/duckdb.ts";
import type { Action, CommitInfo } from "./delta/actions.ts";
import { type Commit, commitPlan, type Plan } from "./delta/commit.ts";
import { mergePlan } from "./delta/merge.ts";
import { isDone, openingActions, type TxnMark } from "./delta/opening.ts";
import { scanSql } from "./delta/scan.ts";
import {
  checkWritable,
  commitVersions,
  readCommit,
  readSnapshot,
  type Snapshot,
  type TablePlace,
} from "./delta/snapshot.ts";
import { removeOf, updatePlan } from "./delta/update.ts";
import { type Writer, writeFiles } from "./delta/write-files.ts";
import { fail } from "./errors.ts";
import { type BoolExpr, type CellsOf, cells, type Expr, toSql } from "./expr/index.ts";
import { type Frame, frame } from "./frame.ts";
import type { Columns, Row, Schema } from "./schema.ts";
import { quoteName } from "./sql-text.ts";

/** Rows to write: typed objects, or a frame of the same columns. */
export type RowSource<C extends Columns> = readonly Row<C>[] | Frame<C>;

/** How a write is made to happen once: the same app and version again is skipped. */
export interface WriteOptions {
  readonly txn?: TxnMark;
  /** Called when the rows are written and before they are committed; throwing leaves nothing. */
  readonly confirm?: (metrics: Commit["metrics"]) => Promise<void> | void;
}

/** How rows are matched and which of two wins. */
export interface MergeOptions<C extends Columns> extends WriteOptions {
  /** The key: source and table rows with equal values in all these columns are the same thing. */
  readonly on: readonly (keyof C & string)[];
  /** A column by which a matched row is replaced only when the source's value is not older. */
  readonly newest?: keyof C & string;
}

/** One version of a table, and what made it. */
export interface HistoryEntry {
  readonly version: number;
  readonly atMs: number;
  readonly operation: string;
  readonly metrics: Readonly<Record<string, string>>;
}

/** A table of the lake. Nothing is read or written until a method is called. */
export interface Table<C extends Columns = Columns> {
  readonly name: string;
  readonly schema: Schema<C>;
  /** The absolute path of the table's folder. */
  readonly path: string;
  exists(): Promise<boolean>;
  /** The newest version, or -1 when the table does not exist. */
  version(): Promise<number>;
  /** The rows at a version (default: the newest). Throws `table/missing-table`, `table/missing-version`. */
  read(options?: { readonly version?: number }): Promise<Frame<C>>;
  /** Adds rows; makes the table when it does not exist. */
  append(rows: RowSource<C>, options?: WriteOptions): Promise<Commit>;
  /** Replaces all rows; earlier versions stay readable. */
  overwrite(rows: RowSource<C>, options?: WriteOptions): Promise<Commit>;
  /** Updates rows whose key is there, inserts the others, in one commit. */
  merge(rows: RowSource<C>, options: MergeOptions<C>): Promise<Commit>;
  /** Sets columns of the rows for which the condition is true. */
  update(
    condition: (columns: CellsOf<C>) => BoolExpr,
    set: (columns: CellsOf<C>) => Partial<Readonly<Record<keyof C & string, Expr>>>,
  ): Promise<Commit>;
  /** What was done, newest first. */
  history(): Promise<readonly HistoryEntry[]>;
  /** How far an application's transactions have come, or -1. */
  txn(app: string): Promise<number>;
}

/** What a table is opened with. */
export interface TableParts<C extends Columns> {
  readonly place: TablePlace;
  readonly schema: Schema<C>;
  readonly engine: Engine;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly known: () => Promise<readonly string[]>;
}

/** Opens a table by its place and schema. Users call `lake.table`. */
export function openTable<C extends Columns>(parts: TableParts<C>): Table<C> {
  const { place, schema, engine, clock, ids } = parts;
  const writer: Writer = { place, engine, clock, ids };
  let newest: Snapshot | undefined;

  const snapshotAt = async (version?: number): Promise<Snapshot | undefined> => {
    const snapshot = await readSnapshot(place, {
      from: newest,
      ...(version === undefined ? {} : { version }),
    });
    if (snapshot !== undefined) checkSchema(place.name, schema, snapshot);
    if (version === undefined) newest = snapshot;
    return snapshot;
  };
  const existing = async (version?: number): Promise<Snapshot> =>
    (await snapshotAt(version)) ??
    fail("table/missing-table", { name: place.name, known: await parts.known() });

  const write = (source: RowSource<C>, options: WriteOptions, make: MakePlan): Promise<Commit> =>
    withSource(parts, source, (sql) =>
      commitPlan(place, {
        clock,
        confirm: options.confirm,
        planFrom: async (snapshot) => {
          if (snapshot !== undefined) checkCanWrite(place.name, schema, snapshot);
          if (isDone(snapshot, options.txn)) return undefined;
          const plan = await make(sql, snapshot);
          const before = openingActions(schema, { clock, ids, snapshot, txn: options.txn });
          return { ...plan, actions: [...before, ...plan.actions] };
        },
      }),
    );

  return {
    name: place.name,
    schema,
    path: place.bytes.locate(place.folder),
    exists: async () => (await commitVersions(place)).length > 0,
    version: async () => (await commitVersions(place)).at(-1) ?? -1,
    txn: async (app) => (await snapshotAt())?.txns.get(app) ?? -1,
    read: async ({ version } = {}) => {
      const snapshot = await existing(version);
      return frame({
        engine,
        schema,
        sql: scanSql(place, schema.columns, { files: snapshot.files.values() }),
      });
    },
    append: (rows, options = {}) =>
      write(rows, options, async (sql) => {
        const written = await writeFiles(writer, schema.columns, sql);
        return {
          operation: "WRITE",
          parameters: { mode: "Append" },
          metrics: { numOutputRows: written.rows, numFiles: written.adds.length },
          actions: written.adds.map((add) => ({ add })),
          blindAppend: true,
        };
      }),
    overwrite: (rows, options = {}) =>
      write(rows, options, async (sql, snapshot) => {
        const written = await writeFiles(writer, schema.columns, sql);
        const removes = [...(snapshot?.files.values() ?? [])].map((add) => removeOf(add, clock()));
        return {
          operation: "WRITE",
          parameters: { mode: "Overwrite" },
          metrics: { numOutputRows: written.rows, numRemovedFiles: removes.length },
          actions: [...removes, ...written.adds.map((add) => ({ add }))],
          blindAppend: false,
        };
      }),
    merge: (rows, options) =>
      write(rows, options, (sql, snapshot) =>
        mergePlan(writer, {
          sql,
          snapshot,
          columns: schema.columns,
          on: options.on,
          newest: options.newest,
        }),
      ),
    update: (condition, set) =>
      commitPlan(place, {
        clock,
        planFrom: async (found) => {
          const snapshot = found ?? (await existing());
          checkCanWrite(place.name, schema, snapshot);
          const columns = cells(schema);
          const changes = Object.entries(set(columns) as Record<string, Expr>);
          return updatePlan(writer, {
            snapshot,
            columns: schema.columns,
            where: toSql(condition(columns)),
            set: new Map(changes.map(([name, value]) => [name, toSql(value)])),
          });
        },
      }),
    history: () => readHistory(place),
  };
}

type MakePlan = (sql: string, snapshot: Snapshot | undefined) => Promise<Plan>;

/** Hands the work a SELECT of exactly the schema's columns. Throws `table/mismatch-columns`. */
async function withSource<C extends Columns, T>(
  { place, schema, engine }: TableParts<C>,
  source: RowSource<C>,
  work: (sql: string) => Promise<T>,
): Promise<T> {
  const names = Object.keys(schema.columns);
  const select = names.map(quoteName).join(", ");
  if ("sql" in source) {
    checkNames(place.name, names, Object.keys(source.schema.columns));
    return work(`SELECT ${select} FROM (${source.sql})`);
  }
  for (const row of source) checkNames(place.name, names, Object.keys(row as object));
  const columns = names.map((name) => ({ name, kind: schema.columns[name]?.kind ?? "text" }));
  const rows = (source as readonly Readonly<Record<string, Cell>>[]).map((row) =>
    columns.map((column) => checkCell(place.name, column, row[column.name] ?? null)),
  );
  return engine.withRows({ columns, cells: rows }, (table) =>
    work(`SELECT ${select} FROM ${table}`),
  );
}

const fits: Readonly<Record<ColumnKind, (cell: Cell) => boolean>> = {
  text: (cell) => typeof cell === "string" && cell.isWellFormed(),
  category: (cell) => typeof cell === "string" && cell.isWellFormed(),
  int: (cell) => Number.isSafeInteger(cell),
  float: (cell) => typeof cell === "number",
  bool: (cell) => typeof cell === "boolean",
  timestamp: (cell) => cell instanceof Date && !Number.isNaN(cell.getTime()),
};

/** A cell of untyped code must still be of its column's kind. Throws `table/mismatch-value`. */
function checkCell(table: string, { name, kind }: EngineColumn, cell: Cell): Cell {
  if (cell === null || fits[kind](cell)) return cell;
  const reason = `column ${quote(name)} holds ${kind}, got ${typeof cell} ${String(cell)}`;
  return fail("table/mismatch-value", { name: table, reason });
}

function checkNames(table: string, expected: readonly string[], given: readonly string[]): void {
  const missing = expected.filter((name) => !given.includes(name));
  const extra = given.filter((name) => !expected.includes(name));
  if (missing.length > 0 || extra.length > 0)
    fail("table/mismatch-columns", { name: table, missing, extra });
}

/** The table on disk must hold every column of the schema, of the same kind. */
function checkSchema(name: string, schema: Schema, snapshot: Snapshot): void {
  for (const [column, given] of Object.entries(schema.columns)) {
    const found = snapshot.columns[column];
    if (found === undefined) fail("table/mismatch-columns", { name, missing: [], extra: [column] });
    if (found?.kind !== given.kind && !textual(found?.kind, given.kind))
      fail("table/mismatch-schema", {
        name,
        column,
        table: String(found?.kind),
        given: given.kind,
      });
  }
}

const textual = (a: string | undefined, b: string): boolean =>
  [a, b].every((kind) => kind === "text" || kind === "category");

function checkCanWrite(name: string, schema: Schema, snapshot: Snapshot): void {
  checkWritable(name, snapshot);
  checkSchema(name, schema, snapshot);
  const missing = Object.keys(snapshot.columns).filter((column) => !(column in schema.columns));
  if (missing.length > 0) fail("table/mismatch-columns", { name, missing, extra: [] });
}

/** What was done to the table at a place, newest first. */
export async function readHistory(place: TablePlace): Promise<readonly HistoryEntry[]> {
  const versions = [...(await commitVersions(place))].reverse();
  return Promise.all(versions.map(async (v) => entryOf(v, await readCommit(place, v))));
}

function entryOf(version: number, actions: readonly Action[]): HistoryEntry {
  const info: CommitInfo | undefined = actions.find((action) => action.commitInfo)?.commitInfo;
  return {
    version,
    atMs: info?.timestamp ?? 0,
    operation: info?.operation ?? "UNKNOWN",
    metrics: info?.operationMetrics ?? {},
  };
}
