/**
 * @file A writer of one Delta table in a process of its own. The table holds batches of five rows that
 * every operation treats alike, so that a reader can tell a torn table, and a model of one number a
 * batch says what the table must hold. The writer says what it begins, and what it has done.
 */
import { link, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { hashOf, isMillraceError, type Random, random } from "../../src/core/index.ts";
import {
  type Columns,
  ingest,
  int,
  type Lake,
  openLake,
  type Row,
  type Schema,
  schema,
  type Table,
  type TableExpectations,
  text,
} from "../../src/table/index.ts";

export const ledger = schema("ledger", { id: text({ key: true }), batch: text(), n: int() });
type Ledgered = (typeof ledger)["columns"];
export type Ledger = Table<Ledgered>;
export const tableName = "faults.ledger";
export const rowsPerBatch = 5;

/** The rule of the table: a row of a negative number goes to the quarantine, in which each is once. */
const expectations: TableExpectations = {
  rules: [
    {
      name: "n_not_negative",
      action: "drop",
      mostly: 1,
      columns: ["n"],
      looked: "true",
      broken: "n < 0",
      expectation: null,
    },
  ],
  quarantine: "faults.rejected",
};

/** Every kind of commit, and the vacuum. Every tenth commit writes a checkpoint besides. */
const kinds = [
  "append",
  "merge",
  "merge when",
  "update",
  "delete",
  "replace",
  "overwrite",
  "evolve",
  "ingest",
  "optimize",
  "cluster",
  "vacuum",
  "restore",
  "alter",
] as const;

/** The kinds for a lake: files are ingested from its folder, which one in a remote store has not. */
export const kindsAt = (place: string): readonly Operation["kind"][] =>
  place.includes("://") ? kinds.filter((kind) => kind !== "ingest") : kinds;

/** One operation on the table. */
export interface Operation {
  readonly kind: (typeof kinds)[number];
  readonly batch: string;
  readonly n: number;
}

/** What a writer says: `begin`, then `done` with the version, or `failed` with the code. */
export interface Said extends Operation {
  readonly what: "begin" | "done" | "failed";
  readonly version: number;
  readonly skipped: boolean;
}

/** The table's batches, each with the number that all its rows have. */
export type State = ReadonlyMap<string, number>;

const sets = new Set(["append", "merge", "replace", "evolve", "ingest"]);

/** What an operation makes of the table. */
export function applied(state: State, operation: Operation, states: readonly State[]): State {
  const { kind, batch, n } = operation;
  if (kind === "restore") return states[n] ?? state;
  if (kind === "overwrite") return new Map([[batch, n]]);
  const next = new Map(state);
  const now = state.get(batch);
  if (sets.has(kind)) next.set(batch, n);
  if (kind === "update" && now !== undefined) next.set(batch, now + 1);
  if (kind === "delete" || (kind === "merge when" && now !== undefined && now > 500))
    next.delete(batch);
  else if (kind === "merge when") next.set(batch, n);
  return next;
}

/** The batches that the table holds; throws when one of them is torn. */
export async function stateOf(table: Ledger): Promise<State> {
  const rows = await (await table.read()).rows();
  const state = new Map<string, number>();
  for (const [batch, group] of Map.groupBy(rows, (row) => row.batch)) {
    const [first] = group;
    const ids = new Set(group.map(({ id }) => id));
    const whole = ids.size === rowsPerBatch && group.every(({ n }) => n === first?.n);
    if (!whole || group.length !== rowsPerBatch)
      throw new Error(`the batch ${batch} is torn: ${JSON.stringify(group)}`);
    state.set(batch, first?.n ?? 0);
  }
  return state;
}

/** The table with whatever columns it has now, and rows of a batch for them. */
async function tableNow(lake: Lake, { batch, n }: Operation) {
  const found: Schema = await lake.schemaOf(tableName).catch((error: unknown) => {
    if (isMillraceError(error, "table/missing-table")) return ledger;
    throw error;
  });
  const more = Object.keys(found.columns).filter((name) => !(name in ledger.columns));
  const nulls = Object.fromEntries(more.map((name) => [name, null]));
  const rows = Array.from({ length: rowsPerBatch }, (_, i) => ({
    ...nulls,
    id: `${batch}-${i}`,
    batch,
    n,
  }));
  // the columns besides those of the ledger are always missing
  const columns = { ...found.columns, ...ledger.columns };
  const table = lake.table(tableName, { ...found, columns }, { expectations });
  return {
    table: table as unknown as Ledger,
    rows: rows as readonly Row<Ledgered>[],
    columns: found.columns,
  };
}

const works: Readonly<
  Record<
    Exclude<Operation["kind"], "ingest" | "vacuum" | "evolve">,
    (
      table: Ledger,
      rows: readonly Row<Ledgered>[],
      operation: Operation,
    ) => Promise<{ version: number; skipped: boolean }>
  >
> = {
  append: (table, rows) => table.append(rows),
  merge: (table, rows) => table.merge(rows, { on: ["id"] }),
  "merge when": (table, rows) =>
    table.mergeWhen(rows, {
      on: ["id"],
      matched: [{ condition: (t) => t.n.isAbove(500), delete: true }, { set: "all" }],
      notMatched: [{ values: "all" }],
    }),
  update: (table, _, { batch }) =>
    table.update(
      (c) => c.batch.is(batch),
      (c) => ({ n: c.n.plus(1) }),
    ),
  delete: (table, _, { batch }) => table.delete((c) => c.batch.is(batch)),
  replace: (table, rows, { batch }) => table.overwrite(rows, { where: (c) => c.batch.is(batch) }),
  overwrite: (table, rows) => table.overwrite(rows),
  optimize: (table) => table.optimize(),
  cluster: (table) => table.optimize({ clusterBy: ["n", "id"] }),
  restore: (table, _, { n }) => table.restore({ version: n }),
  alter: (table, _, { n }) => table.alter({ changeFeed: n % 2 === 0 }),
};

async function perform(lake: Lake, operation: Operation) {
  const { kind, n } = operation;
  if (kind === "ingest") return ingestOne(lake, operation);
  const { table, rows, columns } = await tableNow(lake, operation);
  if (kind === "vacuum") {
    await table.vacuum({ retentionHours: 20 / 3600, force: true }); // twenty seconds
    return { version: -1, skipped: true };
  }
  if (kind !== "evolve") return works[kind](table, rows, operation);
  const wider: Columns = { ...columns, [`extra${n % 4}`]: text({ nullable: true }) };
  const given = rows.map((row) => ({ ...row, [`extra${n % 4}`]: null }));
  return lake
    .table(tableName, schema("ledger", wider))
    .append(given as readonly Row<Columns>[], { evolve: true });
}

/** A file whose name says its bytes: taken again, it is skipped. Its last row is dropped. */
async function ingestOne(lake: Lake, { batch, n }: Operation) {
  const from = join(lake.path, `${batch}.csv`);
  const lines = Array.from({ length: rowsPerBatch }, (_, i) => `${batch}-${i},${batch},${n}`);
  const made = `${from}.${process.pid}`;
  await writeFile(made, `id,batch,n\n${lines.join("\n")}\n${batch}-dropped,${batch},-1\n`);
  await link(made, from).catch(() => undefined); // another writer may have made it
  await rm(made);
  const report = await ingest(lake, { from, into: tableName, technical: false });
  const skipped = report.rows === 0;
  return { version: skipped ? -1 : await versionWith(lake, from), skipped };
}

/**
 * The batches of the files that are marked as taken, and those of the rows in the quarantine: a file that is not
 * taken, because its writer was killed, may have a row there.
 */
export async function droppedOf(lake: Lake): Promise<{ taken: string[]; dropped: string[] }> {
  const table = lake.table(tableName, ledger);
  const taken: string[] = [];
  for (const name of (await readdir(lake.path)).filter((one) => one.endsWith(".csv"))) {
    const hash = hashOf(await readFile(join(lake.path, name)));
    if ((await table.txn(`ingest:${hash}`)) >= 0) taken.push(name.slice(0, -4));
  }
  const name = expectations.quarantine ?? "";
  if ((await lake.history(name, { limit: 1 })).length === 0) return { taken, dropped: [] };
  const rejected = lake.table(name, await lake.schemaOf(name));
  const dropped = (await (await rejected.read()).rows()).map((row) => String(row["batch"]));
  return { taken, dropped: dropped.sort() };
}

/** The version whose commit marks a file as taken. */
async function versionWith(lake: Lake, file: string): Promise<number> {
  const table = lake.table(tableName, ledger);
  const mark = `ingest:${hashOf(await readFile(file))}`;
  for (let version = await table.version(); version >= 0; version--) {
    const name = `${String(version).padStart(20, "0")}.json`;
    if ((await readFile(join(table.path, "_delta_log", name), "utf8")).includes(mark))
      return version;
  }
  throw new Error(`no commit marks ${file}`);
}

const allowed = ["table/conflict-write", "table/missing-data", "table/missing-table"];

/**
 * Does one operation and says how it went; losing every race is an answer, not a fault. Where another
 * writer added a column since this one looked, it looks again.
 */
async function attempt(lake: Lake, operation: Operation, tries = 10): Promise<Said> {
  try {
    return { ...operation, what: "done", ...(await perform(lake, operation)) };
  } catch (error) {
    if (isMillraceError(error, "table/mismatch-columns") && tries > 0)
      return attempt(lake, operation, tries - 1);
    if (!isMillraceError(error) || !allowed.includes(error.code)) throw error;
    return { ...operation, what: "failed", version: -1, skipped: true };
  }
}

/** The number of a batch that a file holds: always the same, so that its bytes are. */
const numberOf = (batch: string): number =>
  [...batch].reduce((sum, c) => (sum * 31 + (c.codePointAt(0) ?? 0)) % 997, 7);

/** What a writer does next: a batch of its own, or one that all writers share. */
function choose(
  kind: Operation["kind"],
  own: string,
  { now, chance }: { now: number; chance: Random },
): Operation {
  if (now < 0) return { kind: "append", batch: own, n: chance.below(1000) };
  if (kind === "restore") return { kind, batch: own, n: Math.max(now - 1, 0) };
  if (kind === "append" || kind === "evolve") return { kind, batch: own, n: chance.below(1000) };
  const batch = kind === "ingest" ? `file-${chance.below(40)}` : `shared-${chance.below(4)}`;
  return { kind, batch, n: kind === "ingest" ? numberOf(batch) : chance.below(1000) };
}

async function main(folder: string, writer: string, operations: number): Promise<void> {
  const say = (said: Said): void => void process.stdout.write(`${JSON.stringify(said)}\n`);
  const lake = await openLake(folder);
  const table: Ledger = lake.table(tableName, ledger);
  const chance = random(Number(process.env["MILLRACE_SEED"] ?? 7)).stream(`writer ${writer}`);
  const known = kindsAt(folder);
  const first = known.find((kind) => kind === process.argv[5]) ?? "append";
  for (let i = 0; i < operations; i++) {
    const kind = i === 0 ? first : (known[chance.below(known.length)] ?? "append");
    const operation = choose(kind, `${writer}-${i}`, { now: await table.version(), chance });
    say({ ...operation, what: "begin", version: -1, skipped: false });
    say(await attempt(lake, operation));
  }
  await lake.close();
}

const [folder, writer = "0", operations = "0"] = process.argv.slice(2);
if (process.argv[1] === import.meta.filename && folder !== undefined)
  await main(
    folder,
    writer,
    operations === "endless" ? Number.POSITIVE_INFINITY : Number(operations),
  );
