/** @file Rows and batches that the conformance suite of online stores is made of. */
import type {
  OnlineBatch,
  OnlineEntry,
  OnlineState,
  OnlineStore,
} from "../../src/feature/index.ts";

/** The table that the suite fills. */
export const things = "shop.things";

/** A state of it: a key of two columns, and a feature of every kind. */
export const state = (tableVersion: number, atMs = 10): OnlineState => ({
  table: things,
  version: 1,
  key: [
    { name: "id", kind: "text" },
    { name: "n", kind: "int" },
  ],
  columns: [
    { name: "spend", kind: "float" },
    { name: "visits", kind: "int" },
    { name: "gold", kind: "bool" },
    { name: "plan", kind: "category" },
    { name: "since", kind: "timestamp" },
    { name: "note", kind: "text" },
  ],
  tableId: "6f1c",
  tableVersion,
  atMs,
});

/** The names of its features. */
export const names = ["spend", "visits", "gold", "plan", "since", "note"];

/** A row of it. */
export const entry = (id: string, n: number, spend: number | null): OnlineEntry => ({
  key: [id, n],
  cells: [
    ...[spend, n, n % 2 === 0, spend === null ? null : `plan ${id}`],
    ...[new Date(1_700_000_000_000 + n), spend === null ? null : `note ${n}`],
  ],
  atMs: n,
});

/** What a batch says that replaces what a store has now. */
export async function replacing(
  store: OnlineStore,
): Promise<Pick<OnlineBatch, "from" | "replaces">> {
  return { from: (await store.state(things)) ?? null, replaces: true };
}

/** Lists of rows as they come, one after the other. */
export async function* parts(...lists: readonly (readonly OnlineEntry[])[]) {
  yield* lists;
}

/** The first batch of a table, unless told otherwise. */
export const batch = (tableVersion: number, more: Partial<OnlineBatch> = {}): OnlineBatch => ({
  state: state(tableVersion),
  from: null,
  upserts: parts(),
  deletes: [],
  ...more,
});

/** The spend of keys ["a", 1], ["b", 1] and so on; undefined where there is no row. */
export async function spends(store: OnlineStore, ...ids: readonly string[]) {
  const found = await store.read(
    things,
    ids.map((id) => [id, 1]),
    ["spend"],
  );
  return found.map((row) => row?.cells[0]);
}

/** Everything in a store. */
export async function entriesOf(store: OnlineStore): Promise<readonly OnlineEntry[]> {
  const all: OnlineEntry[] = [];
  for await (const part of store.entries(things)) all.push(...part);
  return all;
}
