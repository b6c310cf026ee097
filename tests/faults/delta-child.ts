/**
 * @file A writer of one Delta table in a process of its own. The table holds batches of five rows that
 * every operation treats alike, so that a reader can tell a torn table, and a model of one number a
 * batch says what the table must hold. The writer says what it begins, and what it has done.
 */
import { isMillraceError, random } from "../../src/core/index.ts";
import { int, openLake, schema, type Table, text } from "../../src/table/index.ts";

export const ledger = schema("ledger", { id: text({ key: true }), batch: text(), n: int() });
export type Ledger = Table<(typeof ledger)["columns"]>;
export const tableName = "faults.ledger";
export const rowsPerBatch = 5;

const kinds = ["append", "merge", "update", "delete", "replace", "optimize", "vacuum", "restore", "alter"] as const; // biome-ignore format: a list

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

/** What an operation makes of the table. */
export function applied(state: State, operation: Operation, states: readonly State[]): State {
  const { kind, batch, n } = operation;
  const next = new Map(state);
  if (kind === "append" || kind === "merge" || kind === "replace") next.set(batch, n);
  if (kind === "update" && state.has(batch)) next.set(batch, (state.get(batch) ?? 0) + 1);
  if (kind === "delete") next.delete(batch);
  return kind === "restore" ? (states[n] ?? state) : next;
}

/** The batches that the table holds; throws when one of them is torn. */
export async function stateOf(table: Ledger): Promise<State> {
  const rows = await (await table.read()).rows();
  const state = new Map<string, number>();
  for (const [batch, group] of Map.groupBy(rows, (row) => row.batch)) {
    const [first] = group;
    const whole = group.length === rowsPerBatch && group.every(({ n }) => n === first?.n);
    if (!whole) throw new Error(`the batch ${batch} is torn: ${JSON.stringify(group)}`);
    state.set(batch, first?.n ?? 0);
  }
  return state;
}

function perform(table: Ledger, { kind, batch, n }: Operation) {
  const rows = Array.from({ length: rowsPerBatch }, (_, i) => ({ id: `${batch}-${i}`, batch, n }));
  const here = (c: Parameters<NonNullable<Parameters<Ledger["delete"]>[0]>>[0]) =>
    c.batch.is(batch);
  if (kind === "append") return table.append(rows);
  if (kind === "merge") return table.merge(rows, { on: ["id"] });
  if (kind === "update") return table.update(here, (c) => ({ n: c.n.plus(1) }));
  if (kind === "delete") return table.delete(here);
  if (kind === "replace") return table.overwrite(rows, { where: here });
  if (kind === "optimize") return table.optimize();
  if (kind === "restore") return table.restore({ version: n });
  return table.alter({ changeFeed: n % 2 === 0 });
}

/** Does one operation and says how it went; losing every race is an answer, not a fault. */
async function attempt(table: Ledger, operation: Operation): Promise<Said> {
  const none = { ...operation, version: -1, skipped: true };
  try {
    if (operation.kind === "vacuum") {
      await table.vacuum({ retentionHours: 3 / 3600, force: true }); // three seconds
      return { ...none, what: "done" };
    }
    const { version, skipped } = await perform(table, operation);
    return { ...operation, what: "done", version, skipped };
  } catch (error) {
    const allowed = ["table/conflict-write", "table/missing-data", "table/missing-table"];
    if (!isMillraceError(error) || !allowed.includes(error.code)) throw error;
    return { ...none, what: "failed" };
  }
}

async function main(folder: string, writer: string, operations: number): Promise<void> {
  const say = (said: Said): void => void process.stdout.write(`${JSON.stringify(said)}\n`);
  const lake = await openLake(folder);
  const table: Ledger = lake.table(tableName, ledger);
  const chance = random(7).stream(`writer ${writer}`);
  for (let i = 0; i < operations; i++) {
    const kind = i === 0 ? "append" : (kinds[chance.below(kinds.length)] ?? "append");
    const batch = kind === "append" ? `${writer}-${i}` : `shared-${chance.below(4)}`;
    const before = Math.max((await table.version()) - 1, 0);
    const operation = { kind, batch, n: kind === "restore" ? before : chance.below(1000) };
    say({ ...operation, what: "begin", version: -1, skipped: false });
    say(await attempt(table, operation));
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
