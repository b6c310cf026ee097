/** @file The features of one key as bytes, bit for bit: what stores on servers keep. */
import type { Cell, ColumnKind } from "../../flow.ts";
import { fail } from "./errors.ts";
import type { OnlineEntry, OnlineState } from "./store.ts";

/** The kinds of an entry's cells, in order: key, features, and the moment they are of. */
const kindsOf = ({ key, columns }: OnlineState): readonly ColumnKind[] => [
  ...[...key, ...columns].map(({ kind }) => kind),
  "timestamp",
];

/**
 * Writes an entry: of each cell a byte that says what follows (0 nothing, 1 a number, moment or truth
 * value in little-endian, 2 a text in UTF-8, 3 one in UTF-16 where UTF-8 cannot hold it), then that.
 */
export function formatRow(state: OnlineState, { key, cells, atMs }: OnlineEntry): Buffer {
  const all = [...key, ...cells, atMs === null ? null : new Date(atMs)];
  return Buffer.concat(
    kindsOf(state).map((kind, i) => {
      const cell = all[i] ?? null;
      return cell === null
        ? nothing
        : isText(kind)
          ? textBytes(String(cell))
          : plainBytes(kind, cell);
    }),
  );
}

/** Reads what {@link formatRow} wrote. Throws `feature/corrupt-online-row`. */
export function parseRow(state: OnlineState, bytes: Buffer): OnlineEntry {
  const at = { place: 0 };
  try {
    const all = kindsOf(state).map((kind) => readCell(kind, bytes, at));
    if (at.place !== bytes.length)
      throw new RangeError(`${bytes.length - at.place} bytes too many`);
    const time = all.at(-1);
    return {
      key: all.slice(0, state.key.length),
      cells: all.slice(state.key.length, -1),
      atMs: time instanceof Date ? time.getTime() : null,
    };
  } catch (cause) {
    const reason = (cause as Error).message;
    return fail("feature/corrupt-online-row", { table: state.table, reason }, { cause });
  }
}

const tags = { nothing: 0, plain: 1, utf8: 2, utf16: 3 };
const nothing = Buffer.of(tags.nothing);
const isText = (kind: ColumnKind): boolean => kind === "text" || kind === "category";

function textBytes(text: string): Buffer {
  const isWhole = text.isWellFormed();
  const bytes = Buffer.from(text, isWhole ? "utf8" : "utf16le");
  const head = Buffer.alloc(5);
  head.writeUInt8(isWhole ? tags.utf8 : tags.utf16);
  head.writeUInt32LE(bytes.length, 1);
  return Buffer.concat([head, bytes]);
}

function plainBytes(kind: ColumnKind, cell: NonNullable<Cell>): Buffer {
  if (kind === "bool") return Buffer.of(tags.plain, cell === true ? 1 : 0);
  const bytes = Buffer.alloc(9);
  bytes.writeUInt8(tags.plain);
  bytes.writeDoubleLE(cell instanceof Date ? cell.getTime() : Number(cell), 1);
  return bytes;
}

/** Reads one cell and steps on. Throws `RangeError` past the end and for a byte that says nothing. */
function readCell(kind: ColumnKind, bytes: Buffer, at: { place: number }): Cell {
  const tag = bytes.readUInt8(at.place++);
  if (tag === tags.nothing) return null;
  if (isText(kind)) return readText(tag, bytes, at);
  if (tag !== tags.plain) throw new RangeError(`${tag} is no sign of a ${kind}`);
  if (kind === "bool") return bytes.readUInt8(at.place++) === 1;
  const number = bytes.readDoubleLE(at.place);
  at.place += 8;
  return kind === "timestamp" ? new Date(number) : number;
}

function readText(tag: number, bytes: Buffer, at: { place: number }): string {
  if (tag !== tags.utf8 && tag !== tags.utf16) throw new RangeError(`${tag} is no sign of a text`);
  const start = at.place + 4;
  const end = start + bytes.readUInt32LE(at.place);
  if (end > bytes.length) throw new RangeError("it is cut short");
  at.place = end;
  return bytes.toString(tag === tags.utf8 ? "utf8" : "utf16le", start, end);
}
