/** @file Cells of one column in typed arrays: what a table in memory is made of. */
import type { Cell, ColumnKind } from "../../flow.ts";

/** Cells by row number; growing doubles the room. */
export interface CellArray {
  readonly kind: ColumnKind;
  get(row: number): Cell;
  set(row: number, cell: Cell): void;
  /** The cells as bytes, for rows 0 to n. */
  bytes(rows: number): readonly Uint8Array[];
}

const first = 64;

function grown<T extends Float64Array | Uint8Array | Int32Array>(
  array: T,
  make: (length: number) => T,
  row: number,
): T {
  if (row < array.length) return array;
  const larger = make(Math.max(first, array.length * 2, row + 1));
  larger.set(array);
  return larger;
}

/** Numbers and moments: eight bytes a cell, and one that says whether there is one. */
function numbers(kind: ColumnKind, stored?: readonly Uint8Array[]): CellArray {
  let values = new Float64Array(stored?.[0]?.slice().buffer ?? new ArrayBuffer(0));
  let there = new Uint8Array(stored?.[1]?.slice().buffer ?? new ArrayBuffer(0));
  const isTime = kind === "timestamp";
  return {
    kind,
    get: (row) => {
      if (there[row] !== 1) return null;
      const value = values[row] ?? Number.NaN;
      return isTime ? new Date(value) : value;
    },
    set: (row, cell) => {
      values = grown(values, (n) => new Float64Array(n), row);
      there = grown(there, (n) => new Uint8Array(n), row);
      there[row] = cell === null ? 0 : 1;
      values[row] = cell instanceof Date ? cell.getTime() : Number(cell ?? 0);
    },
    bytes: (rows) => [
      new Uint8Array(values.buffer, 0, Math.min(rows, values.length) * 8),
      there.subarray(0, rows),
    ],
  };
}

/** Truth values: 0 missing, 1 false, 2 true. */
function bools(stored?: readonly Uint8Array[]): CellArray {
  let values = new Uint8Array(stored?.[0]?.slice().buffer ?? new ArrayBuffer(0));
  return {
    kind: "bool",
    get: (row) => {
      const value = values[row] ?? 0;
      return value === 0 ? null : value === 2;
    },
    set: (row, cell) => {
      values = grown(values, (n) => new Uint8Array(n), row);
      values[row] = cell === null ? 0 : cell === true ? 2 : 1;
    },
    bytes: (rows) => [values.subarray(0, rows)],
  };
}

/** Texts: each kept once, four bytes a cell; -1 is missing. */
function texts(kind: ColumnKind, stored?: readonly Uint8Array[]): CellArray {
  let codes = new Int32Array(stored?.[0]?.slice().buffer ?? new ArrayBuffer(0));
  const words: string[] =
    stored?.[1] === undefined ? [] : (JSON.parse(new TextDecoder().decode(stored[1])) as string[]);
  const codeOf = new Map(words.map((word, code) => [word, code]));
  return {
    kind,
    get: (row) => words[codes[row] ?? -1] ?? null,
    set: (row, cell) => {
      codes = grown(codes, (n) => new Int32Array(n), row);
      if (cell === null) {
        codes[row] = -1;
        return;
      }
      const word = String(cell);
      let code = codeOf.get(word);
      if (code === undefined) {
        code = words.push(word) - 1;
        codeOf.set(word, code);
      }
      codes[row] = code;
    },
    bytes: (rows) => [
      new Uint8Array(codes.buffer, 0, Math.min(rows, codes.length) * 4),
      new TextEncoder().encode(JSON.stringify(words)),
    ],
  };
}

/** An empty column of a kind, or one made of what {@link CellArray.bytes} gave. */
export function cellArray(kind: ColumnKind, stored?: readonly Uint8Array[]): CellArray {
  if (kind === "bool") return bools(stored);
  return kind === "text" || kind === "category" ? texts(kind, stored) : numbers(kind, stored);
}
