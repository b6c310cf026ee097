/** @file An SQLite file that is not ours: another program's, to be read, or to be made for it. */
import { existsSync } from "node:fs";
import { basename, dirname } from "node:path";
import { openSqlite, type SqliteValue } from "./adapter/sqlite.ts";
import { fail } from "./errors.ts";
import { translate } from "./sqlite-failures.ts";

/** An open SQLite file. */
export interface SqliteFile extends Disposable {
  /** The rows of a query. */
  rows(sql: string, values?: readonly SqliteValue[]): readonly Readonly<Record<string, unknown>>[];
  /** Runs a statement, and gives the row id of what it inserted. */
  run(sql: string, values?: readonly SqliteValue[]): number;
}

/**
 * Opens an SQLite file of another program: a file that is there is only read; with `create`, a file
 * that is not there is made.
 *
 * @throws `store/missing-bytes` where there is no file to read; `store/corrupt-records`,
 * `store/failed-write`, `store/timed-out-lock`
 * @example
 * ```ts
 * using file = openSqliteFile(":memory:", { create: true });
 * file.run("create table t (x)");
 * file.run("insert into t values (?)", [3]);
 * file.rows("select x from t") // => [{ x: 3 }]
 * ```
 */
export function openSqliteFile(
  path: string,
  options: { readonly create?: boolean } = {},
): SqliteFile {
  const { create = false } = options;
  if (!create && !existsSync(path))
    fail("store/missing-bytes", { key: basename(path), at: dirname(path) });
  const place = { path, lockTimeoutMs: 5000 };
  const file = translate(place, () => openSqlite(path, { readOnly: !create, timeout: 5000 }));
  return {
    rows: (sql, values = []) => translate(place, () => file.all(sql, values)),
    run: (sql, values = []) => translate(place, () => file.run(sql, values)),
    [Symbol.dispose]: () => file.close(),
  };
}
