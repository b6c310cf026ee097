/** @file Labels, groups and moments of rows as small numbers, which splits and folds work on. */
import { fail } from "./errors.ts";

/** What tells rows apart: numbers, texts or booleans, one for each row, none of them missing. */
export type RowKeys = ArrayLike<number> | ArrayLike<string> | ArrayLike<boolean>;

/** Moments of rows, in milliseconds or as dates. */
export type RowTimes = ArrayLike<number> | ArrayLike<Date>;

/** Rows by the value they have. */
export interface RowCodes {
  /** The number of each row's value, shape [n], below `values.length`. */
  readonly codes: Uint32Array;
  /** The values, in the order in which they are first seen. */
  readonly values: readonly (number | string | boolean)[];
  /** How many rows have each value. */
  readonly counts: Uint32Array;
}

/** Which column of which function is read, for its sentences. */
export interface RowsAt {
  readonly at: string;
  readonly what: "labels" | "groups" | "times";
  readonly rows: number;
}

/** Numbers the values of rows. Throws `dataset/mismatch-length` and `dataset/missing-value`. */
export function codesOf(of: RowKeys | RowTimes, { at, what, rows }: RowsAt): RowCodes {
  if (of.length !== rows) fail("dataset/mismatch-length", { at, what, rows, got: of.length });
  const places = new Map<number | string | boolean, number>();
  const codes = new Uint32Array(rows);
  const counts: number[] = [];
  for (let i = 0; i < rows; i++) {
    const value = plain(of[i]);
    if (value === undefined)
      return fail("dataset/missing-value", { at, what, row: i, got: of[i] ?? null });
    const place = places.get(value) ?? places.size;
    if (place === places.size) places.set(value, place);
    codes[i] = place;
    counts[place] = (counts[place] ?? 0) + 1;
  }
  return { codes, values: [...places.keys()], counts: Uint32Array.from(counts) };
}

/** Moments numbered in their order. */
export function momentsOf(times: RowTimes, at: RowsAt): RowCodes {
  const { codes, values, counts } = codesOf(times, at);
  const row = values.findIndex((value) => typeof value !== "number");
  if (row >= 0) fail("dataset/missing-value", { ...at, row, got: values[row] ?? null });
  const order = values.map((_, i) => i).sort((a, b) => Number(values[a]) - Number(values[b]));
  const rank = new Uint32Array(order.length);
  for (const [place, code] of order.entries()) rank[code] = place;
  return {
    codes: codes.map((code) => rank[code] ?? 0),
    values: order.map((code) => values[code] ?? 0),
    counts: Uint32Array.from(order, (code) => counts[code] ?? 0),
  };
}

/** The rows of each code, in their order. */
export function rowsByCode({ codes, counts }: RowCodes): readonly Uint32Array[] {
  const lists = Array.from(counts, (count) => new Uint32Array(count));
  const filled = new Uint32Array(counts.length);
  for (const [row, code] of codes.entries()) {
    const at = filled[code] ?? 0;
    const list = lists[code];
    if (list !== undefined) list[at] = row;
    filled[code] = at + 1;
  }
  return lists;
}

/** The value that stands for a cell; undefined for what is missing. */
function plain(value: unknown): number | string | boolean | undefined {
  if (value instanceof Date) return plain(value.getTime());
  if (typeof value === "number") return Number.isFinite(value) ? value : undefined;
  return typeof value === "string" || typeof value === "boolean" ? value : undefined;
}
