/** @file An online store in the process's memory, kept on the disk as snapshots. */
import { type Bytes, folderBytes } from "../../store/index.ts";
import { conflicted } from "./checks.ts";
import { fail } from "./errors.ts";
import { type MemoryTable, memoryTable } from "./memory-table.ts";
import { formatSnapshot, parseSnapshot } from "./snapshot.ts";
import { type OnlineEntry, type OnlineState, type OnlineStore, stateText } from "./store.ts";

/** Where snapshots are kept. */
export interface MemoryStoreOptions {
  /** A folder, or bytes opened by the caller, who closes them. Default: nowhere. */
  readonly snapshots?: string | Bytes;
}

const ending = ".online";

/**
 * Opens an online store in memory. Reads take microseconds. With `snapshots` every write is on the
 * disk, whole, before it is seen; a store that is opened there again has it, and goes on from the
 * version that it records.
 *
 * @throws `feature/corrupt-snapshot`, `store/failed-read`
 * @example
 * ```ts
 * await using lake = await openLake("./lake");
 * const plans = featureTable({ name: "shop.plans", schema: schema("plans", { id: text(), plan: text() }), key: "id" });
 * await writeFeatures(lake, plans, [{ id: "a", plan: "gold" }]);
 * await using store = await memoryStore();
 * await materialize(lake, store, { table: "shop.plans" });
 * (await store.read("shop.plans", [["a"], ["z"]], ["plan"])).map((row) => row?.cells) // => [["gold"], undefined]
 * ```
 */
export async function memoryStore(options: MemoryStoreOptions = {}): Promise<OnlineStore> {
  const { snapshots } = options;
  const bytes = typeof snapshots === "string" ? folderBytes(snapshots) : snapshots;
  const tables = new Map<string, MemoryTable>();
  for (const file of (await bytes?.list("")) ?? []) {
    if (!file.endsWith(ending) || bytes === undefined) continue;
    const table = parseSnapshot(bytes.locate(file), await bytes.get(file));
    tables.set(table.state.table, table);
  }
  const there = (table: string): MemoryTable =>
    tables.get(table) ?? fail("feature/missing-online-table", { table, known: [...tables.keys()] });
  const close = async (): Promise<void> => {
    tables.clear();
    if (typeof snapshots === "string") await bytes?.close();
  };
  return {
    read: async (table, keys, columns) => there(table).read(keys, columns),
    state: async (table) => tables.get(table)?.state,
    tables: async () => [...tables.keys()].sort(),
    write: async ({ state, from, upserts, deletes }) => {
      const { table } = state;
      const before = tables.get(table);
      if (from !== null) checkState(table, from, before?.state);
      // What readers see stays as it is until the new table is whole and on the disk.
      const next = memoryTable(state);
      if (from !== null && before !== undefined) next.apply(state, before.entries(), []);
      next.apply(state, [], deletes);
      for await (const some of upserts) next.apply(state, some, []);
      await bytes?.put(`${table}${ending}`, formatSnapshot(next));
      if (from !== null) checkState(table, from, tables.get(table)?.state);
      tables.set(table, next);
    },
    entries: (table) => inParts(there(table).entries()),
    drop: async (table) => {
      await bytes?.remove(`${table}${ending}`);
      tables.delete(table);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

function checkState(table: string, expected: OnlineState, found: OnlineState | undefined): void {
  if (found === undefined || stateText(found) !== stateText(expected))
    conflicted(table, { expected, found });
}

async function* inParts(entries: Iterable<OnlineEntry>): AsyncIterable<readonly OnlineEntry[]> {
  let part: OnlineEntry[] = [];
  for (const entry of entries) {
    part.push(entry);
    if (part.length < 1000) continue;
    yield part;
    part = [];
  }
  if (part.length > 0) yield part;
}
