/** @file DuckDB, the query engine: in memory, one instance a process, never the system of record. */
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type DuckDBAppender,
  type DuckDBConnection,
  DuckDBInstance,
  DuckDBTimestampTZValue,
} from "@duckdb/node-api";
import type { Cell, Cells, ColumnKind } from "../../flow.ts";
import { explainData } from "../damaged-data.ts";
import { fail } from "../errors.ts";
import { withFiles } from "../named-files.ts";
import { quoteName } from "../sql-text.ts";
import { doublesOf, streamDoubles, type TakeDoubles, takeDoubles } from "./duckdb-doubles.ts";
import { rowsIn } from "./duckdb-rows.ts";
import {
  type EngineOptions,
  type MemoryLimits,
  memoryLimitOf,
  memoryLimits,
} from "./engine-memory.ts";
import { registerFunctions } from "./register-functions.ts";

/** A named column of a table made from rows in memory. */
export interface EngineColumn {
  readonly name: string;
  readonly kind: ColumnKind;
}

/** Runs SQL. Made by {@link openEngine}; close it when done. */
export interface Engine {
  /** Runs a statement and gives its rows; timestamps as Date, whole numbers as number. */
  query(sql: string): Promise<readonly Readonly<Record<string, Cell>>[]>;
  /** Runs a statement and gives its rows as JSON values; nested values are kept. */
  queryJson(sql: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
  /**
   * Runs a statement and hands over its rows as they come, some thousands at a time, so that no more
   * than that are in memory; it waits for each hand-over.
   */
  stream(sql: string, take: (part: RowsPart) => Promise<void> | void): Promise<void>;
  /** Runs a statement for its effect. */
  run(sql: string): Promise<void>;
  /** Every column of the result as doubles, null as NaN. The columns must be DOUBLE. */
  doubles(sql: string): Promise<Float64Array<ArrayBuffer>[]>;
  /** The same as they come over, some thousand rows at a time, in order. */
  takeDoubles(sql: string, how: TakeDoubles): Promise<void>;
  /**
   * Hands over the result's columns as doubles, null as NaN, some thousand rows at a time, so that no
   * more than that are in memory; they are its own until the call returns. The columns must be DOUBLE.
   */
  eachDoubles(sql: string, take: (part: readonly Float64Array[]) => void): Promise<void>;
  /** Names and DuckDB types of a query's columns, without running it. */
  describe(sql: string): Promise<readonly { readonly name: string; readonly type: string }[]>;
  /** Makes a table from rows, gives its name to the work, and drops it afterwards. */
  withRows<T>(
    rows: { readonly columns: readonly EngineColumn[]; readonly cells: Iterable<readonly Cell[]> },
    work: (table: string) => Promise<T>,
  ): Promise<T>;
  /** Makes a table of a query's rows, gives its name to the work, and drops it afterwards. */
  withTable<T>(sql: string, work: (table: string) => Promise<T>): Promise<T>;
  /** How many rows a row group of a Parquet file is to have: fewer when the memory is limited. */
  rowGroupRows(): number;
  /** The most memory that it takes for rows, in bytes. */
  memoryBytes(): number;
  /** Makes the statements of this engine that run now fail; those that come later are not touched. */
  interrupt(): void;
  close(): Promise<void>;
}

/** Some rows of a result. */
export interface RowsPart {
  readonly count: number;
  /** The rows as {@link Engine.query} gives them, made when it is called. */
  rows(): readonly Readonly<Record<string, Cell>>[];
}

/** DuckDB's type for each kind of column. */
export const duckTypes: Readonly<Record<ColumnKind, string>> = {
  text: "VARCHAR",
  int: "BIGINT",
  float: "DOUBLE",
  bool: "BOOLEAN",
  category: "VARCHAR",
  timestamp: "TIMESTAMP WITH TIME ZONE",
};

/** The process's one instance, and what its memory is limited to. */
interface Host {
  readonly instance: DuckDBInstance;
  readonly limits: MemoryLimits;
}

let host: Promise<Host> | undefined;
let tablesMade = 0;
const running = new Map<number, string>();
let statements = 0;

/** The statements that run in this process now: what they read must not be removed. */
export const runningStatements = (): readonly string[] => [...running.values()];

async function noting<T>(sql: string, work: () => Promise<T>): Promise<T> {
  statements += 1;
  const number = statements;
  running.set(number, sql);
  try {
    return await work().catch((cause) => explainData(cause, sql));
  } finally {
    running.delete(number);
  }
}

/** DuckDB's complaint that it has no memory as ours; others as they are. Throws `table/failed-memory`. */
function explainMemory(cause: unknown): never {
  const message = cause instanceof Error ? cause.message : "";
  const [, reason] = /^Out of Memory Error: ([^\n]*)/.exec(message) ?? [];
  if (reason === undefined) throw cause;
  return fail("table/failed-memory", { reason, folder: spillFolder }, { cause });
}

const spillFolder = join(tmpdir(), `millrace-duckdb-${process.pid}`);

async function openHost(): Promise<Host> {
  const instance = await DuckDBInstance.create(":memory:", {
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
    // it keeps what a file held if it is written anew with the same size in the same second
    enable_external_file_cache: "false",
    temp_directory: spillFolder,
  });
  const settings = await instance.connect();
  registerFunctions(settings);
  const [found] = await rowsOf(settings, "SELECT current_setting('threads') AS threads");
  const set = async (sql: string): Promise<void> => void (await settings.run(sql));
  return { instance, limits: memoryLimits(set, Number(found?.["threads"])) };
}

/**
 * Opens the process's one in-memory DuckDB. Times are UTC, and extensions are never downloaded.
 * Each statement has a connection to itself while it runs, so that work at the same time is safe.
 * Rows that do not fit into its memory go to the disk.
 *
 * @throws `option/out-of-range`, `table/failed-memory` when more than the limit is in use already
 */
export async function openEngine(options: EngineOptions = {}): Promise<Engine> {
  const limit = memoryLimitOf("openEngine", options);
  host ??= openHost();
  const { instance, limits } = await host;
  if (limit !== undefined) await limits.add(limit).catch(explainMemory);
  const idle: DuckDBConnection[] = [];
  const busy = new Set<DuckDBConnection>();
  let closed = false;
  const connect = async (): Promise<DuckDBConnection> => {
    const connection = await instance.connect();
    await connection.run("SET TimeZone = 'UTC'");
    return connection;
  };
  const using = async <T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> => {
    const connection = idle.pop() ?? (await connect());
    busy.add(connection);
    try {
      return await work(connection);
    } finally {
      busy.delete(connection);
      if (closed) connection.closeSync();
      else idle.push(connection);
    }
  };
  const stating = <T>(sql: string, work: (connection: DuckDBConnection) => Promise<T>) =>
    noting(sql, () => withFiles(sql, () => using(work).catch(explainMemory)));
  const withNew = async <T>(
    make: (table: string) => Promise<void>,
    work: (table: string) => Promise<T>,
  ): Promise<T> => {
    tablesMade += 1;
    const table = `rows_${tablesMade}`;
    try {
      await make(table);
      return await work(table);
    } finally {
      await using((connection) => connection.run(`DROP TABLE IF EXISTS ${table}`));
    }
  };
  return {
    query: (sql) => stating(sql, (connection) => rowsOf(connection, sql)),
    queryJson: (sql) =>
      stating(sql, async (connection) => (await connection.runAndReadAll(sql)).getRowObjectsJson()),
    stream: (sql, take) => stating(sql, (connection) => streamRows(connection, sql, take)),
    run: (sql) => stating(sql, async (connection) => void (await connection.run(sql))),
    doubles: (sql) => stating(sql, (connection) => doublesOf(connection, sql)),
    takeDoubles: (sql, how) => stating(sql, (connection) => takeDoubles(connection, sql, how)),
    eachDoubles: (sql, take) => stating(sql, (connection) => streamDoubles(connection, sql, take)),
    describe: async (sql) => {
      const rows = await stating(sql, (connection) => rowsOf(connection, `DESCRIBE ${sql}`));
      return rows.map((row) => ({
        name: String(row["column_name"]),
        type: String(row["column_type"]),
      }));
    },
    withRows: ({ columns, cells }, work) =>
      withNew(async (table) => {
        const typed = columns.map(({ name, kind }) => `${quoteName(name)} ${duckTypes[kind]}`);
        await using((connection) => connection.run(`CREATE TABLE ${table} (${typed.join(", ")})`));
        await using((connection) => appendRows(connection, { table, columns, cells }));
      }, work),
    withTable: (sql, work) =>
      withNew(
        (table) =>
          stating(sql, async (connection) => {
            await connection.run(`CREATE TABLE ${table} AS ${sql}`);
          }),
        work,
      ),
    rowGroupRows: limits.rowGroupRows,
    memoryBytes: limits.memoryBytes,
    interrupt: () => {
      for (const connection of busy) connection.interrupt();
    },
    close: async () => {
      if (closed) return;
      closed = true;
      for (const connection of idle.splice(0)) connection.closeSync();
      if (limit !== undefined) await limits.drop(limit);
    },
  };
}

async function rowsOf(connection: DuckDBConnection, sql: string): Promise<readonly Cells[]> {
  const result = await connection.run(sql);
  const names = result.deduplicatedColumnNames();
  const chunks = await result.fetchAllChunks();
  return chunks.flatMap((chunk) => rowsIn(chunk, names));
}

async function streamRows(
  connection: DuckDBConnection,
  sql: string,
  take: (part: RowsPart) => Promise<void> | void,
): Promise<void> {
  const result = await connection.stream(sql);
  const names = result.deduplicatedColumnNames();
  for (let chunk = await result.fetchChunk(); chunk !== null && chunk.rowCount > 0; ) {
    const part = chunk;
    await take({ count: part.rowCount, rows: () => rowsIn(part, names) });
    chunk = await result.fetchChunk();
  }
}

async function appendRows(
  connection: DuckDBConnection,
  rows: { table: string; columns: readonly EngineColumn[]; cells: Iterable<readonly Cell[]> },
): Promise<void> {
  const appender = await connection.createAppender(rows.table);
  try {
    for (const cells of rows.cells) {
      for (const [i, { kind }] of rows.columns.entries())
        appendCell(appender, kind, cells[i] ?? null);
      appender.endRow();
    }
  } finally {
    appender.closeSync();
  }
}

function appendCell(appender: DuckDBAppender, kind: ColumnKind, cell: Cell): void {
  if (cell === null) appender.appendNull();
  else if (kind === "int") appender.appendBigInt(BigInt(cell as number));
  else if (kind === "float") appender.appendDouble(cell as number);
  else if (kind === "bool") appender.appendBoolean(cell as boolean);
  else if (kind === "timestamp")
    appender.appendTimestampTZ(
      new DuckDBTimestampTZValue(BigInt((cell as Date).getTime()) * 1000n),
    );
  else appender.appendVarchar(cell as string);
}
