/** @file PostgreSQL by its own package: fields of tables as rows of one table, changed in transactions. */
import type { Pool, PoolClient, QueryResultRow } from "pg";
import { loadPackage } from "../../../store/index.ts";
import type { ServerPlace } from "../server-place.ts";
import {
  type Conflict,
  type Field,
  type FieldPart,
  type FieldServer,
  type FieldStep,
  stateField,
} from "../server-store.ts";

/** Connects. Throws `store/missing-package`, `feature/failed-online-store`. */
export async function postgresServer(place: ServerPlace): Promise<FieldServer> {
  const name = "pg";
  const pg = await loadPackage(
    { name, feature: "An online store in PostgreSQL" },
    () => import("pg"),
  );
  const { url, timeoutMs, prefix } = place;
  const pool = new pg.default.Pool({
    connectionString: url,
    connectionTimeoutMillis: timeoutMs,
    application_name: "millrace",
    keepAlive: true,
  });
  pool.on("error", () => undefined); // an idle connection broke; the next query opens another
  const server = fieldServer({ pool, client: pool, place, name: `${prefix}_online` });
  return server.tables().then(
    () => server,
    async (error: unknown) => {
      await server.close();
      throw error;
    },
  );
}

/** What queries go to. */
interface Session {
  readonly pool: Pool;
  readonly client: Pool | PoolClient;
  readonly place: ServerPlace;
  /** The table in which everything is. */
  readonly name: string;
}

interface FieldRow {
  readonly field: string;
  readonly bytes: Buffer;
}

const undefinedTable = "42P01";
const lockTimedOut = "55P03";
/** What its package says when a connection took too long. */
const connecting = /timeout exceeded when trying to connect|due to connection timeout/;
const rowsAtOnce = 2000;

function fieldServer(session: Session): FieldServer {
  const { pool, name } = session;
  return {
    get: async (table, fields) => {
      const sql = `SELECT field, bytes FROM ${name} WHERE table_name = $1 AND field = ANY($2)`;
      const rows = await ask<FieldRow>(session, sql, [table, fields]);
      const found = new Map(rows.map(({ field, bytes }) => [field, bytes]));
      return fields.map((field) => found.get(field) ?? null);
    },
    write: async (step) => {
      await makeTable(session);
      return inTransaction(session, (own) => write(own, step));
    },
    parts: (table) => parts(session, table),
    tables: async () => {
      const sql = `SELECT table_name AS field FROM ${name} WHERE field = '${stateField}'`;
      return (await ask<Pick<FieldRow, "field">>(session, sql)).map(({ field }) => field);
    },
    drop: async (table) => {
      await makeTable(session);
      await inTransaction(session, async (own) => {
        await lock(own, table);
        await forgetAll(own, table);
      });
    },
    close: async () => {
      if (!pool.ended) await pool.end();
    },
  };
}

/** The rows of a query that reads; none where the table was not made yet. */
async function ask<Row extends QueryResultRow>(
  { client, place }: Session,
  text: string,
  values: readonly unknown[] = [],
): Promise<readonly Row[]> {
  const { timeoutMs } = place;
  return client.query<Row>(queryOf(text, values, timeoutMs)).then(
    ({ rows }) => rows,
    (error: unknown) => (codeOf(error) === undefinedTable ? [] : failed(place, error, timeoutMs)),
  );
}

/** The rows of one that writes. */
async function tell(
  { client, place }: Session,
  text: string,
  values: readonly unknown[] = [],
): Promise<readonly FieldRow[]> {
  const { writeTimeoutMs } = place;
  return client.query<FieldRow>(queryOf(text, values, writeTimeoutMs)).then(
    ({ rows }) => rows,
    (error: unknown) => failed(place, error, writeTimeoutMs),
  );
}

/** The types of the package do not know that a query may have a time of its own. */
const queryOf = (text: string, values: readonly unknown[], timeoutMs: number) => ({
  ...{ text, values: [...values] },
  query_timeout: timeoutMs,
});

function failed(place: ServerPlace, error: unknown, timeoutMs: number): never {
  const { message = "" } = error as { readonly message?: string };
  if (message === "Query read timeout") return place.timedOut(timeoutMs);
  if (connecting.test(message)) return place.timedOut(place.timeoutMs);
  if (codeOf(error) !== lockTimedOut) return place.failed(error);
  return place.failed(new Error(`another process has been writing for ${lockSeconds} s`));
}

const codeOf = (error: unknown): unknown => (error as { readonly code?: unknown }).code;

/** Makes the table where it is not there; who may only use one that is there need not be allowed to. */
async function makeTable(session: Session): Promise<void> {
  const { name } = session;
  const [found] = await tell(session, "SELECT to_regclass($1)::text AS field", [name]);
  if (typeof found?.field === "string") return;
  await inTransaction(session, async (own) => {
    await lock(own, ""); // two that make it at once would collide
    await tell(
      own,
      `CREATE TABLE IF NOT EXISTS ${name} (table_name text NOT NULL, field text COLLATE "C" NOT NULL,
        bytes bytea NOT NULL, PRIMARY KEY (table_name, field))`,
    );
    const index = `CREATE INDEX IF NOT EXISTS ${name}_tables ON ${name} (table_name)`;
    await tell(own, `${index} WHERE field = '${stateField}'`);
  });
}

/** Runs work between BEGIN and COMMIT; whatever is thrown undoes it. */
async function inTransaction<T>(session: Session, work: (own: Session) => Promise<T>): Promise<T> {
  const { own, end } = await begin(session, "BEGIN");
  let isDone = false;
  try {
    const result = await work(own);
    await tell(own, "COMMIT");
    isDone = true;
    return result;
  } finally {
    await end(isDone);
  }
}

/** A transaction on a connection of its own; its end undoes what was not committed. */
async function begin(
  session: Session,
  how: string,
): Promise<{ readonly own: Session; end(isDone?: boolean): Promise<void> }> {
  const { pool, place } = session;
  const client = await pool
    .connect()
    .catch((error: unknown) => failed(place, error, place.timeoutMs));
  const told = (): void => undefined; // a broken connection is told by the query under way
  client.on("error", told);
  const own = { ...session, client };
  const end = async (isDone = false): Promise<void> => {
    const undone = isDone ? Promise.resolve([]) : tell(own, "ROLLBACK");
    const isWhole = await undone.then(
      () => true,
      () => false,
    );
    client.off("error", told);
    client.release(!isWhole);
  };
  await tell(own, how).catch(async (error: unknown) => {
    await end();
    throw error;
  });
  return { own, end };
}

const lockSeconds = 30;

/** Lets one writer of a table in at a time, until its transaction ends. */
async function lock(own: Session, table: string): Promise<void> {
  await tell(own, `SET LOCAL lock_timeout = '${lockSeconds}s'`);
  const sql = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))";
  await tell(own, sql, [`${own.name} ${table}`]);
}

async function forgetAll(own: Session, table: string): Promise<void> {
  await tell(own, `DELETE FROM ${own.name} WHERE table_name = $1`, [table]);
}

/** One step: of two writers that begin at one state the second finds that of the first. */
async function write(
  own: Session,
  { table, from, replaces, state, upserts, deletes }: FieldStep,
): Promise<Conflict | undefined> {
  const { name } = own;
  await lock(own, table);
  const there = `SELECT field, bytes FROM ${name} WHERE table_name = $1 AND field = $2`;
  const [found] = await tell(own, there, [table, stateField]);
  const now = found?.bytes ?? null;
  if ((now?.toString() ?? null) !== from) return { found: now };
  if (replaces) await forgetAll(own, table);
  const forget = `DELETE FROM ${name} WHERE table_name = $1 AND field = ANY($2)`;
  for (let i = 0; i < deletes.length; i += rowsAtOnce)
    await tell(own, forget, [table, deletes.slice(i, i + rowsAtOnce)]);
  const set = `INSERT INTO ${name} SELECT $1, * FROM unnest($2::text[], $3::bytea[])
    ON CONFLICT (table_name, field) DO UPDATE SET bytes = excluded.bytes`;
  const put = async (fields: readonly Field[]): Promise<void> => {
    const last = new Map(fields); // one statement may set a row once
    await tell(own, set, [table, [...last.keys()], [...last.values()]]);
  };
  for await (const part of upserts)
    for (let i = 0; i < part.length; i += rowsAtOnce) await put(part.slice(i, i + rowsAtOnce));
  await put([[stateField, Buffer.from(state)]]);
  return undefined;
}

/** The fields of one moment, however long reading them takes. */
async function* parts(session: Session, table: string): AsyncIterable<FieldPart> {
  const { own, end } = await begin(session, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
  try {
    const at = `SELECT field, bytes FROM ${own.name} WHERE table_name = $1 AND field`;
    const [state] = await ask<FieldRow>(own, `${at} = $2`, [table, stateField]);
    let after = "";
    while (state !== undefined) {
      const next = `${at} > $2 ORDER BY field LIMIT ${rowsAtOnce}`;
      const rows = await ask<FieldRow>(own, next, [table, after]);
      const last = rows.at(-1);
      if (last === undefined) return;
      yield { state: state.bytes, fields: rows.map(({ field, bytes }) => [field, bytes]) };
      after = last.field;
    }
  } finally {
    await end();
  }
}
