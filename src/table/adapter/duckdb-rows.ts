/** @file Rows of a chunk as cells, read column by column where they lie in memory. */
import {
  DuckDBBigIntVector,
  DuckDBBooleanVector,
  type DuckDBDataChunk,
  DuckDBDoubleVector,
  DuckDBIntegerVector,
  DuckDBVarCharVector,
  type DuckDBVector,
  JSDuckDBValueConverter,
} from "@duckdb/node-api";
import type { Cell, Cells } from "../../flow.ts";
import { fail } from "../errors.ts";
import { textReader } from "./duckdb-texts.ts";

/** The rows of a chunk as objects. Throws `table/out-of-range-integer` past 2^53. */
export function rowsIn(chunk: DuckDBDataChunk, names: readonly string[]): readonly Cells[] {
  const count = chunk.rowCount;
  const columns = names.map((name, j) => cellsOf(name, chunk.getColumnVector(j), count));
  const make = names.includes("__proto__") ? withAnyName : withPlainNames;
  return Array.from({ length: count }, (_, i) => make(names, columns, i));
}

type Columns = readonly (readonly Cell[])[];

/** Objects that get their names in one order share one shape. */
function withPlainNames(names: readonly string[], columns: Columns, i: number): Cells {
  const row: Record<string, Cell> = {};
  for (let j = 0; j < names.length; j++) row[names[j] as string] = columns[j]?.[i] as Cell;
  return row;
}

const withAnyName = (names: readonly string[], columns: Columns, i: number): Cells =>
  Object.fromEntries(names.map((name, j) => [name, columns[j]?.[i] as Cell]));

function cellsOf(name: string, vector: DuckDBVector, count: number): readonly Cell[] {
  const { validity } = vector as unknown as { validity?: Validity };
  const has = presence(validity);
  const read = (cell: (i: number) => Cell): readonly Cell[] =>
    Array.from({ length: count }, (_, i) => (has(i) ? cell(i) : null));
  if (vector instanceof DuckDBVarCharVector) return read(textReader(vector, has));
  if (vector instanceof DuckDBDoubleVector || vector instanceof DuckDBIntegerVector) {
    const { items } = vector as unknown as { items: Float64Array | Int32Array };
    return read((i) => items[i] as number);
  }
  if (vector instanceof DuckDBBigIntVector) {
    const { items } = vector as unknown as { items: BigInt64Array };
    return read((i) => safeNumber(name, items[i] as bigint));
  }
  if (vector instanceof DuckDBBooleanVector) {
    const { dataView } = vector as unknown as { dataView: DataView };
    return read((i) => dataView.getUint8(i) !== 0);
  }
  const { type } = vector;
  return Array.from({ length: count }, (_, i) =>
    cellOf(name, JSDuckDBValueConverter(vector.getItem(i), type, JSDuckDBValueConverter)),
  );
}

/** Which rows are not missing: a bit each, or no bits when none is. */
interface Validity {
  readonly data: BigUint64Array | null;
  readonly offset: number;
}

function presence(validity: Validity | undefined): (i: number) => boolean {
  const data = validity?.data ?? null;
  if (validity === undefined || data === null) return () => true;
  const bits = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return (i) => {
    const bit = validity.offset + i;
    return (((bits[bit >> 3] as number) >> (bit & 7)) & 1) === 1;
  };
}

/** A value of DuckDB as a cell. */
function cellOf(column: string, value: unknown): Cell {
  if (typeof value === "bigint") return safeNumber(column, value);
  return value === undefined ? null : (value as Cell);
}

function safeNumber(column: string, value: bigint): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number))
    fail("table/out-of-range-integer", { column, got: String(value) });
  return number;
}
