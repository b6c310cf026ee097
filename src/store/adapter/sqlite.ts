/** @file SQLite by `node:sqlite`, in the form that Kysely drives. */
import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import {
  CompiledQuery,
  type DatabaseConnection,
  Kysely,
  type RawBuilder,
  type SqliteDatabase,
  SqliteDialect,
  SqliteDriver,
} from "kysely";
import type { Lock } from "../lock.ts";
import { translate } from "../sqlite-failures.ts";

export type { Generated, Kysely, SchemaModule, Transaction } from "kysely";
export { sql } from "kysely";

/** A condition, and another piece, of SQL that was written with {@link sql}. */
export type SqlCondition = RawBuilder<boolean>;
export type SqlValue = RawBuilder<unknown>;

/** An open SQLite file. */
export interface Database extends SqliteDatabase {
  inTransaction(): boolean;
  /** Runs one statement, and gives its rows. */
  query(sql: string): readonly Readonly<Record<string, unknown>>[];
}

/** Statements that are kept to be run again; all are let go when there are more, as of lists of many lengths. */
const mostPrepared = 200;

/** Opens an SQLite file, or makes an empty one. Throws the errors of {@link translate}. */
export function openDatabase(path: string, lockTimeoutMs: number): Database {
  const { DatabaseSync } = sqlite();
  const translated = <T>(work: () => T): T => translate({ path, lockTimeoutMs }, work);
  const database = translated(() => new DatabaseSync(path, { timeout: lockTimeoutMs }));
  const prepared = new Map<string, ReturnType<typeof statement>>();
  return {
    inTransaction: () => database.isTransaction,
    query: (sql) => translated(() => database.prepare(sql).all()),
    close: () => translated(() => database.close()),
    prepare: (sql) => {
      const held = prepared.get(sql);
      if (held !== undefined) return held;
      const made = translated(() => statement(database, sql, translated));
      if (prepared.size >= mostPrepared) prepared.clear();
      prepared.set(sql, made);
      return made;
    },
  };
}

/** Kysely over an open file; `turns` lets one task at a time use the file. */
export function kyselyOver<Tables>(database: Database, turns: Lock): Kysely<Tables> {
  return new Kysely<Tables>({ dialect: new Dialect(database, turns) });
}

type Translated = <T>(work: () => T) => T;

function statement(database: DatabaseSync, sql: string, translated: Translated) {
  const prepared = database.prepare(sql);
  const values = (parameters: readonly unknown[]) => parameters as SQLInputValue[];
  return {
    reader: prepared.columns().length > 0,
    all: (parameters: readonly unknown[]) => translated(() => prepared.all(...values(parameters))),
    run: (parameters: readonly unknown[]) => translated(() => prepared.run(...values(parameters))),
    iterate: (parameters: readonly unknown[]) => prepared.iterate(...values(parameters)),
  };
}

class Dialect extends SqliteDialect {
  readonly #database: Database;
  readonly #turns: Lock;

  constructor(database: Database, turns: Lock) {
    super({ database });
    this.#database = database;
    this.#turns = turns;
  }

  override createDriver(): SqliteDriver {
    return new TurnDriver(this.#database, this.#turns);
  }
}

/**
 * Kysely's driver, with three differences. Transactions take the write lock when they begin, since
 * one that reads first and writes later cannot wait for another writer. And connections to one
 * file from this process take turns: SQLite would block the thread that the other one needs. And
 * a transaction that SQLite has rolled back itself, as on a full disk, is not rolled back again.
 */
class TurnDriver extends SqliteDriver {
  readonly #database: Database;
  readonly #turns: Lock;
  #endTurn: () => void = () => undefined;

  constructor(database: Database, turns: Lock) {
    super({ database });
    this.#database = database;
    this.#turns = turns;
  }

  override async acquireConnection(): Promise<DatabaseConnection> {
    this.#endTurn = await this.#turns.take();
    return super.acquireConnection();
  }

  override async releaseConnection(): Promise<void> {
    this.#endTurn();
  }

  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw("begin immediate"));
  }

  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    if (this.#database.inTransaction()) await super.rollbackTransaction(connection);
  }
}

/** What can be bound to a statement. */
export type SqliteValue = string | number | null;

/** Opens a file that is not a record file. */
export function openSqlite(path: string, options: { readOnly: boolean; timeout: number }) {
  const { DatabaseSync } = sqlite();
  const database = new DatabaseSync(path, options);
  return {
    all: (sql: string, values: readonly SqliteValue[]) => database.prepare(sql).all(...values),
    run: (sql: string, values: readonly SqliteValue[]) =>
      Number(database.prepare(sql).run(...values).lastInsertRowid),
    close: () => database.close(),
  };
}

/** Loads `node:sqlite` without its one warning, that it is experimental. */
function sqlite(): typeof import("node:sqlite") {
  const emit = process.emitWarning;
  process.emitWarning = ((warning: string | Error, ...rest: never[]) => {
    if (!String(warning).startsWith("SQLite is an experimental feature")) emit(warning, ...rest);
  }) as typeof process.emitWarning;
  try {
    return process.getBuiltinModule("node:sqlite");
  } finally {
    process.emitWarning = emit;
  }
}
