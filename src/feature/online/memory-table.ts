/** @file One table in memory: keys to rows, rows in typed columns. */
import type { Cell, OnlineRow } from "../../flow.ts";
import { checkLength, unknownColumn } from "./checks.ts";
import { type CellArray, cellArray } from "./columns.ts";
import { keyText, type OnlineEntry, type OnlineState } from "./store.ts";

/** The newest features of each key of one table. */
export interface MemoryTable {
  readonly state: OnlineState;
  readonly rows: number;
  read(keys: readonly (readonly Cell[])[], columns: readonly string[]): readonly (OnlineRow | undefined)[]; // biome-ignore format: one line
  /** Sets and forgets rows, and says how far it is then. */
  apply(state: OnlineState, upserts: Iterable<OnlineEntry>, deletes: readonly (readonly Cell[])[]): void; // biome-ignore format: one line
  entries(): Iterable<OnlineEntry>;
  /** The parts of a snapshot: keys, times, then the columns. */
  parts(): readonly Uint8Array[];
}

/** The rows of a snapshot. */
export interface SnapshotRows {
  readonly rows: number;
  /** What {@link MemoryTable.parts} gave. */
  readonly parts: readonly Uint8Array[];
}

/** A table without rows, or with those of a snapshot's parts. */
export function memoryTable(first: OnlineState, snapshot?: SnapshotRows): MemoryTable {
  const stored = snapshot?.parts;
  let state = first;
  const places = new Map<string, number>();
  const free: number[] = [];
  const rest = [...(stored ?? [])];
  const take = (kind: OnlineState["columns"][number]["kind"]): CellArray => {
    if (stored === undefined) return cellArray(kind);
    const count = kind === "bool" ? 1 : 2;
    return cellArray(kind, rest.splice(0, count));
  };
  const keys = first.key.map(({ kind }) => take(kind));
  const times = take("timestamp");
  const columns = new Map(first.columns.map(({ name, kind }) => [name, take(kind)]));
  const all = [...columns.values()];
  let size = 0;
  const keyAt = (row: number): readonly Cell[] => keys.map((part) => part.get(row));
  if (snapshot !== undefined) {
    size = snapshot.rows;
    for (let row = 0; row < size; row++) places.set(keyText(keyAt(row)), row);
  }
  const put = ({ key, cells, atMs }: OnlineEntry): void => {
    const text = keyText(key);
    let row = places.get(text);
    if (row === undefined) {
      row = free.pop() ?? size++;
      places.set(text, row);
      for (const [i, part] of keys.entries()) part.set(row, key[i] ?? null);
    }
    times.set(row, atMs === null ? null : new Date(atMs));
    for (const [i, column] of all.entries()) column.set(row, cells[i] ?? null);
  };
  return {
    get state() {
      return state;
    },
    get rows() {
      return places.size;
    },
    read: (asked, names) => {
      const read = names.map((name) => columns.get(name) ?? unknownColumn(state, name));
      return asked.map((key): OnlineRow | undefined => {
        checkLength(state, key);
        const row = key.includes(null) ? undefined : places.get(keyText(key));
        if (row === undefined) return undefined;
        const at = times.get(row);
        return {
          cells: read.map((column) => column.get(row)),
          atMs: at instanceof Date ? at.getTime() : null,
          version: state.version,
        };
      });
    },
    apply: (next, upserts, deletes) => {
      for (const key of deletes) {
        const text = keyText(key);
        const row = places.get(text);
        if (row === undefined) continue;
        places.delete(text);
        free.push(row);
      }
      for (const entry of upserts) put(entry);
      state = next;
    },
    entries: function* () {
      for (const row of places.values()) {
        const at = times.get(row);
        const atMs = at instanceof Date ? at.getTime() : null;
        yield { key: keyAt(row), cells: all.map((column) => column.get(row)), atMs };
      }
    },
    parts: () => {
      if (free.length > 0) return packed(state, places.values(), { keys, times, all }).parts();
      return [...keys, times, ...all].flatMap((column) => column.bytes(size));
    },
  };
}

/** The table without the rows that were forgotten. */
function packed(
  state: OnlineState,
  rows: Iterable<number>,
  from: { readonly keys: readonly CellArray[]; readonly times: CellArray; readonly all: readonly CellArray[] }, // biome-ignore format: one line
): MemoryTable {
  const table = memoryTable(state);
  const entries = function* (): Iterable<OnlineEntry> {
    for (const row of rows) {
      const at = from.times.get(row);
      yield {
        key: from.keys.map((part) => part.get(row)),
        cells: from.all.map((column) => column.get(row)),
        atMs: at instanceof Date ? at.getTime() : null,
      };
    }
  };
  table.apply(state, entries(), []);
  return table;
}
