/** @file One table in memory: keys to rows, rows in typed columns. */
import { invariant } from "../../core/index.ts";
import type { Cell, OnlineColumn, OnlineRow } from "../../flow.ts";
import { checkLength, unknownColumn } from "./checks.ts";
import { type CellArray, cellArray } from "./columns.ts";
import { keyText, type OnlineEntry, type OnlineState } from "./store.ts";

type Keys = readonly (readonly Cell[])[];

/** The newest features of each key of one table. */
export interface MemoryTable {
  /** How far it is; who changes its rows says so. */
  state: OnlineState;
  readonly rows: number;
  read(keys: Keys, columns: readonly string[]): readonly (OnlineRow | undefined)[];
  has(key: readonly Cell[]): boolean;
  set(entries: Iterable<OnlineEntry>): void;
  forget(keys: Iterable<readonly Cell[]>): void;
  entries(): Iterable<OnlineEntry>;
  /** The bytes of keys, times, then the columns; of a table from which nothing was forgotten. */
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
  const places = new Map<string, number>();
  const free: number[] = [];
  const { keys, times, columns } = columnsOf(first, snapshot?.parts);
  const all = [...columns.values()];
  let size = snapshot?.rows ?? 0;
  const keyAt = (row: number): readonly Cell[] => keys.map((part) => part.get(row));
  const msAt = (row: number): number | null => {
    const at = times.get(row);
    return at instanceof Date ? at.getTime() : null;
  };
  for (let row = 0; row < size; row++) places.set(keyText(keyAt(row)), row);
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
  const table: MemoryTable = {
    state: first,
    get rows() {
      return places.size;
    },
    read: (asked, names) => {
      const { state } = table;
      const read = names.map((name) => columns.get(name) ?? unknownColumn(state, name));
      return asked.map((key): OnlineRow | undefined => {
        checkLength(state, key);
        const row = key.includes(null) ? undefined : places.get(keyText(key));
        if (row === undefined) return undefined;
        const cells = read.map((column) => column.get(row));
        const { version, ttlMs = null, toldBeforeMs = null } = state;
        return { cells, atMs: msAt(row), ttlMs, toldBeforeMs, version };
      });
    },
    has: (key) => places.has(keyText(key)),
    set: (entries) => {
      for (const entry of entries) put(entry);
    },
    forget: (forgotten) => {
      for (const key of forgotten) {
        const text = keyText(key);
        const row = places.get(text);
        if (row === undefined) continue;
        places.delete(text);
        free.push(row);
      }
    },
    entries: function* () {
      for (const row of places.values())
        yield { key: keyAt(row), cells: all.map((column) => column.get(row)), atMs: msAt(row) };
    },
    parts: () => {
      invariant(free.length === 0, "a table with forgotten rows is copied before it is written");
      return [...keys, times, ...all].flatMap((column) => column.bytes(size));
    },
  };
  return table;
}

/** The columns of a table: empty, or with what a snapshot has of them. */
function columnsOf(
  state: OnlineState,
  parts: readonly Uint8Array[] | undefined,
): {
  readonly keys: readonly CellArray[];
  readonly times: CellArray;
  readonly columns: ReadonlyMap<string, CellArray>;
} {
  const rest = [...(parts ?? [])];
  const take = (kind: OnlineColumn["kind"]): CellArray => {
    if (parts === undefined) return cellArray(kind);
    const count = kind === "bool" ? 1 : 2;
    return cellArray(kind, rest.splice(0, count));
  };
  const keys = state.key.map(({ kind }) => take(kind));
  const times = take("timestamp");
  return {
    keys,
    times,
    columns: new Map(state.columns.map(({ name, kind }) => [name, take(kind)])),
  };
}
