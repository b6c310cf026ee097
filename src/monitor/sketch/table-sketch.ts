/** @file Sketches of the columns of a table: merged, written as bytes and read again. */
import type { Json } from "../../flow.ts";
import { fail } from "../errors.ts";
import { type LabelSketch, mergeLabels } from "./label-sketch.ts";
import { mergeNumbers, type NumberSketch } from "./number-sketch.ts";

/** A column of free text: how long its texts are, and the words in them. */
export interface TextSketch {
  readonly shape: "texts";
  /** The texts as labels. */
  readonly labels: LabelSketch;
  /** Characters. */
  readonly lengths: NumberSketch;
  /** Words: runs of letters and digits. */
  readonly words: NumberSketch;
  /** The words, in small letters; its rows are words. */
  readonly tokens: LabelSketch;
}

/** What is known of a column. */
export type ColumnSketch = NumberSketch | LabelSketch | TextSketch;

/** The rows of a column. */
export const rowsOf = (sketch: ColumnSketch): number =>
  sketch.shape === "texts" ? sketch.labels.rows : sketch.rows;

/** What is known of a table, or of a part of it, without its rows. */
export interface TableSketch {
  readonly rows: number;
  readonly columns: ReadonlyMap<string, ColumnSketch>;
}

/**
 * The sketch of the rows of both, made without any row. Columns that only one has are left out. Merging is
 * commutative, and associative while labels fit; see {@link NumberSketch} and {@link LabelSketch}.
 *
 * @example
 * ```ts
 * await using lake = await openLake("./lake");
 * const rows = (sql: string) => frame({ engine: lake.engine, schema: schema("s", { x: int() }), sql });
 * const monday = await sketchRows(rows("SELECT range AS x FROM range(10)"));
 * const tuesday = await sketchRows(rows("SELECT range AS x FROM range(20)"));
 * mergeSketches(monday, tuesday).rows // => 30
 * ```
 */
export function mergeSketches(a: TableSketch, b: TableSketch): TableSketch {
  const columns = new Map<string, ColumnSketch>();
  for (const [name, first] of a.columns) {
    const second = b.columns.get(name);
    if (second !== undefined) columns.set(name, mergeColumns(name, first, second));
  }
  return { rows: a.rows + b.rows, columns };
}

function mergeColumns(column: string, a: ColumnSketch, b: ColumnSketch): ColumnSketch {
  if (a.shape === "numbers" && b.shape === "numbers") return mergeNumbers(a, b);
  if (a.shape === "labels" && b.shape === "labels") return mergeLabels(a, b);
  if (a.shape === "texts" && b.shape === "texts")
    return {
      shape: "texts",
      labels: mergeLabels(a.labels, b.labels),
      lengths: mergeNumbers(a.lengths, b.lengths),
      words: mergeNumbers(a.words, b.words),
      tokens: mergeLabels(a.tokens, b.tokens),
    };
  const at = "mergeSketches";
  return fail("monitor/mismatch-column", { at, column, expected: a.shape, got: b.shape });
}

/** The form of the bytes; a sketch of another form is made again: 1 had no sample of labels. */
const format = 2;

/** A sketch as bytes, the same for the same sketch. */
export function formatSketch(sketch: TableSketch): Uint8Array {
  const columns = [...sketch.columns].map(([name, column]) => [name, columnJson(column)]);
  return Buffer.from(JSON.stringify({ format, rows: sketch.rows, columns }));
}

/** A sketch of bytes; nothing where they are of another form or cut off: then it is made again. */
export function parseSketch(bytes: Uint8Array): TableSketch | undefined {
  try {
    const stored = JSON.parse(Buffer.from(bytes).toString("utf8")) as StoredTable;
    if (stored.format !== format) return undefined;
    return {
      rows: stored.rows,
      columns: new Map(stored.columns.map(([name, column]) => [name, columnOf(column)])),
    };
  } catch {
    return undefined;
  }
}

interface StoredTable {
  readonly format: number;
  readonly rows: number;
  readonly columns: readonly (readonly [string, StoredColumn])[];
}
type StoredNumbers = Omit<NumberSketch, "values" | "counts"> & {
  readonly values: string;
  readonly counts: string;
};
type StoredLabels = Omit<LabelSketch, "counts" | "sample"> & {
  readonly counts: readonly (readonly [string, number])[];
  readonly sample: readonly (readonly [number, number])[];
};
type StoredColumn =
  | StoredNumbers
  | StoredLabels
  | {
      readonly shape: "texts";
      readonly labels: StoredLabels;
      readonly lengths: StoredNumbers;
      readonly words: StoredNumbers;
      readonly tokens: StoredLabels;
    };

const numbersJson = (sketch: NumberSketch) => ({
  ...sketch,
  values: base64(sketch.values),
  counts: base64(sketch.counts),
});
const labelsJson = (sketch: LabelSketch) => ({
  ...sketch,
  counts: [...sketch.counts],
  sample: [...sketch.sample],
});

function columnJson(column: ColumnSketch): Json {
  if (column.shape === "numbers") return numbersJson(column);
  if (column.shape === "labels") return labelsJson(column);
  return {
    shape: "texts",
    labels: labelsJson(column.labels),
    lengths: numbersJson(column.lengths),
    words: numbersJson(column.words),
    tokens: labelsJson(column.tokens),
  };
}

const numbersOf = (stored: StoredNumbers): NumberSketch => ({
  ...stored,
  values: doubles(stored.values),
  counts: doubles(stored.counts),
});
const labelsOf = (stored: StoredLabels): LabelSketch => ({
  ...stored,
  counts: new Map(stored.counts),
  sample: new Map(stored.sample),
});

function columnOf(stored: StoredColumn): ColumnSketch {
  if (stored.shape === "numbers") return numbersOf(stored);
  if (stored.shape === "labels") return labelsOf(stored);
  return {
    shape: "texts",
    labels: labelsOf(stored.labels),
    lengths: numbersOf(stored.lengths),
    words: numbersOf(stored.words),
    tokens: labelsOf(stored.tokens),
  };
}

const base64 = (numbers: Float64Array): string =>
  Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength).toString("base64");

function doubles(text: string): Float64Array {
  const bytes = Uint8Array.from(Buffer.from(text, "base64"));
  return new Float64Array(bytes.buffer);
}
