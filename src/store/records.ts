/** @file Records in SQL: opening the file, and bringing its tables to today's format. */
import { mkdir, realpath } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { setTimeout } from "node:timers/promises";
import { checkNames, checkNumber, isMillraceError } from "../core/index.ts";
import { type Database, type Kysely, kyselyOver, openDatabase } from "./adapter/sqlite.ts";
import { fail } from "./errors.ts";
import { describeFailure } from "./failures.ts";
import { grouped, type Write } from "./grouped.ts";
import { type Lock, lock } from "./lock.ts";
import { migrations, type RecordTables } from "./migrations/list.ts";

/** Typed SQL over all records. */
export type RecordDatabase = Kysely<RecordTables>;

/** An open record file. */
export interface Records extends AsyncDisposable {
  /**
   * Typed SQL. Inside `db.transaction().execute(async (t) => …)` use `t` only: the transaction has
   * the one connection, and a query to `db` would wait for it for ever.
   */
  readonly db: RecordDatabase;
  /**
   * Does something in a transaction that it may share with others who are waiting, so that many small
   * writes need few flushes of the disk. What throws is undone alone.
   */
  readonly write: Write<RecordTables>;
  /** Closes the file once its turn comes; later queries throw `store/conflict-closed`. */
  close(): Promise<void>;
}

/** Options of {@link openRecords}. */
export interface RecordsOptions {
  /** How long a statement waits while another process writes, in milliseconds. Default 5000. */
  readonly lockTimeoutMs?: number;
}

/**
 * Opens a file of records (SQLite in WAL mode), makes it if it is not there, and brings its
 * tables to today's format in one transaction. A row whose promise has resolved survives a crash
 * and a power cut (`synchronous = FULL`). Several processes may have the file open.
 *
 * @param path - The file; its folder is made if needed. ":memory:" keeps records in memory only.
 * @param options - How long to wait for other processes; see {@link RecordsOptions}.
 * @throws `store/unsupported-format` for a file written by a newer Millrace, before anything in it
 * is changed; `store/unsupported-table` for another program's file; `store/corrupt-records`,
 * `store/failed-write`, `store/timed-out-lock`.
 * @example
 * ```ts
 * await using records = await openRecords(":memory:");
 * await records.db.selectFrom("run").select("id").execute() // => []
 * ```
 */
export async function openRecords(path: string, options: RecordsOptions = {}): Promise<Records> {
  checkNames("openRecords", options, ["lockTimeoutMs"]);
  const { lockTimeoutMs = 5000 } = options;
  checkNumber("openRecords", { lockTimeoutMs }, { min: 0 });
  const file = path === ":memory:" ? path : resolve(path);
  if (file !== ":memory:") await makeFolder(dirname(file));
  const database = openDatabase(file, lockTimeoutMs);
  try {
    const format = readFormat(file, database);
    await configure(database);
    const turns = await turnsOf(file);
    const db = kyselyOver<RecordTables>(database, turns);
    if (format < migrations.length) await migrate(db, file);
    const close = closing(database, turns);
    return { db, write: grouped(db), close, [Symbol.asyncDispose]: close };
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Closes the file after the queries that are waiting; once, however often it is called. */
function closing(database: Database, turns: Lock): () => Promise<void> {
  let closed: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    const endTurn = await turns.take();
    try {
      database.close();
    } finally {
      endTurn();
    }
  };
  return () => {
    closed ??= close();
    return closed;
  };
}

async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (cause) {
    fail("store/failed-write", { path, ...describeFailure(cause) }, { cause });
  }
}

const formatTable = "millrace_format";

/** The format of a file, 0 when it is empty. Refuses one that is not ours or too new. Reads only. */
function readFormat(path: string, database: Database): number {
  const found = database.query("select name from sqlite_master where type = 'table'");
  const tables = found.map(({ name }) => String(name));
  if (tables.length === 0) return 0;
  if (!tables.includes(formatTable)) fail("store/unsupported-table", { path, tables });
  return checkFormat(
    path,
    Number(database.query(`select number from ${formatTable}`)[0]?.["number"]),
  );
}

function checkFormat(path: string, format: number): number {
  const supported = migrations.length;
  if (format > supported) fail("store/unsupported-format", { path, format, supported });
  return format;
}

async function configure(database: Database): Promise<void> {
  await switchToWal(database);
  database.query("pragma synchronous = full");
  database.query("pragma fullfsync = on"); // macOS: flush the disk's own cache too
  database.query("pragma foreign_keys = on");
  database.query("pragma case_sensitive_like = on"); // as it is in PostgreSQL
}

/** SQLite does not wait for others when it changes the mode, so the wait is here. */
async function switchToWal(database: Database, tries = 50): Promise<void> {
  try {
    database.query("pragma journal_mode = wal");
  } catch (error) {
    if (tries === 0 || !isMillraceError(error, "store/timed-out-lock")) throw error;
    await setTimeout(20);
    await switchToWal(database, tries - 1);
  }
}

/** The locks of the files that this process has open, by real path. */
const locks = new Map<string, Lock>();

async function turnsOf(file: string): Promise<Lock> {
  if (file === ":memory:") return lock();
  const path = await realpath(file);
  const held = locks.get(path) ?? lock();
  locks.set(path, held);
  return held;
}

/** Applies the migrations that the file has not had, all or none of them. */
async function migrate(db: RecordDatabase, path: string): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    const { schema } = transaction;
    const formats = transaction.withTables<{ [formatTable]: { number: number } }>();
    await schema
      .createTable(formatTable)
      .ifNotExists()
      .addColumn("number", "integer", (c) => c.notNull())
      .execute();
    const row = await formats.selectFrom(formatTable).select("number").executeTakeFirst();
    const had = checkFormat(path, row?.number ?? 0); // again: another process may have been faster
    for (const migration of migrations.slice(had)) await migration(schema);
    await formats.deleteFrom(formatTable).execute();
    await formats.insertInto(formatTable).values({ number: migrations.length }).execute();
  });
}
