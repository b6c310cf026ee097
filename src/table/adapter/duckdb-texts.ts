/** @file The texts of a column, decoded where they lie in DuckDB's memory. */
import type { DuckDBVarCharVector } from "@duckdb/node-api";
import bindings from "@duckdb/node-bindings";

/** A text of at most 12 bytes stands in its cell: 4 bytes of length, then the text and zeros. */
const inlined = 12;
const cellBytes = 16;
/** How many short texts are remembered. */
const slots = 64;

/**
 * Reads the texts of a column. The library decodes one at a time, which takes microseconds: here short
 * ones of ASCII, which repeat, are remembered, and long ones, which lie behind each other, are fetched
 * many at a time.
 *
 * @param has - Which rows have a text; only those may be read.
 */
export function textReader(
  vector: DuckDBVarCharVector,
  has: (row: number) => boolean,
): (row: number) => string {
  const { dataView: view } = vector as unknown as { readonly dataView: DataView };
  const short = shortTexts(view);
  const long = longTexts(view, has, vector.itemCount);
  return (row) =>
    view.getInt32(row * cellBytes, true) > inlined
      ? long(row)
      : (short(row) ?? (vector.getItem(row) as string));
}

/** Reads texts of at most 12 bytes; undefined for one that is not ASCII. */
function shortTexts(view: DataView): (row: number) => string | undefined {
  const seen = new Int32Array(slots * 4).fill(-1);
  const texts: string[] = new Array(slots).fill("");
  return (row) => {
    const at = row * cellBytes;
    const length = view.getInt32(at, true);
    const a = view.getInt32(at + 4, true);
    const b = view.getInt32(at + 8, true);
    const c = view.getInt32(at + 12, true);
    const slot = Math.imul(a ^ Math.imul(b, 31) ^ Math.imul(c, 17) ^ length, 0x9e3779b1) >>> 26;
    const k = slot * 4;
    if (seen[k] === length && seen[k + 1] === a && seen[k + 2] === b && seen[k + 3] === c)
      return texts[slot];
    if (((a | b | c) & 0x80808080) !== 0) return undefined;
    let text = "";
    for (let i = 0; i < length; i++) text += String.fromCharCode(view.getUint8(at + 4 + i));
    seen[k] = length;
    seen[k + 1] = a;
    seen[k + 2] = b;
    seen[k + 3] = c;
    texts[slot] = text;
    return text;
  };
}

/** Reads texts of more than 12 bytes, of which the cell has the address at its bytes 8 to 15. */
function longTexts(
  view: DataView,
  has: (row: number) => boolean,
  count: number,
): (row: number) => string {
  const lengthOf = (row: number): number => view.getInt32(row * cellBytes, true);
  const addressOf = (row: number): number =>
    view.getUint32(row * cellBytes + 8, true) +
    view.getUint32(row * cellBytes + 12, true) * 2 ** 32;
  let run = Buffer.alloc(0);
  let first = 0;
  const fetchFrom = (row: number): void => {
    first = addressOf(row);
    let size = lengthOf(row);
    for (let next = row + 1; next < count; next++) {
      if (!has(next) || lengthOf(next) <= inlined) continue;
      if (addressOf(next) !== first + size) break;
      size += lengthOf(next);
    }
    const pointer = view.byteOffset + row * cellBytes + 8;
    const bytes = bindings.get_data_from_pointer(view.buffer as ArrayBuffer, pointer, size);
    run = Buffer.from(bytes.buffer as ArrayBuffer, bytes.byteOffset, size);
  };
  return (row) => {
    const from = addressOf(row) - first;
    if (from < 0 || from + lengthOf(row) > run.length) {
      fetchFrom(row);
      return run.toString("utf8", 0, lengthOf(row));
    }
    return run.toString("utf8", from, from + lengthOf(row));
  };
}
