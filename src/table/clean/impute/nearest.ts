/** @file Values from the most similar training rows. */
import type { Cells, ColumnKind } from "../../../flow.ts";
import { toRow, type Value } from "../../expr/index.ts";
import type { Filling } from "./state.ts";

/** What {@link Filling} says of nearest rows. */
export type Nearest = Extract<Filling, { readonly by: "nearest" }>;

/**
 * The value of the k nearest training rows: the mean of numbers, else the most frequent, of equals
 * the nearest. Of rows at one distance the earlier is nearer. The squared distance is
 * d / m · Σ (Δ / scale)² over the m of d columns that both rows have; a label counts 0 or 1. A row
 * with which no training row shares a column gets the value for all rows. Time O(n·d) a row.
 */
export function nearestFiller(filling: Nearest): (row: Cells) => Value {
  const { columns, rows } = filling;
  const reads = columns.map(({ name, kind }) => toRow({ node: { op: "column", name, kind } }));
  const codes = columns.map(({ kind }, j) =>
    codesOf(
      kind,
      rows.map((row) => row[j] ?? null),
    ),
  );
  const space: Space = {
    rows: rows.length,
    scales: columns.map(({ kind, scale }) => (isNumber(kind) ? scale : 0)),
    cells: Float64Array.from(rows.flatMap((row) => codes.map((code, j) => code(row[j] ?? null)))), // [n, d]
  };
  return (row) => {
    const cells = Float64Array.from(reads, (read, j) => codes[j]?.(read(row)) ?? Number.NaN);
    return valueFrom(filling, closest(space, cells, filling.neighbours));
  };
}

/** Training rows as numbers: row-major, NaN is missing; a scale of 0 marks codes of labels. */
interface Space {
  readonly rows: number;
  readonly scales: readonly number[];
  readonly cells: Float64Array;
}

const isNumber = (kind: ColumnKind): boolean =>
  kind === "int" || kind === "float" || kind === "timestamp";

/** A value as a number: itself, or the code of its label, -1 for one that was not seen. */
function codesOf(kind: ColumnKind, seen: readonly Value[]): (value: Value) => number {
  if (isNumber(kind)) return (value) => (typeof value === "number" ? value : Number.NaN);
  const codes = new Map([...new Set(seen)].map((value, i) => [value, i]));
  return (value) => (value === null ? Number.NaN : (codes.get(value) ?? -1));
}

/** The places of the k nearest training rows, nearest first. */
function closest(space: Space, cells: Float64Array, k: number): readonly number[] {
  const found: { readonly row: number; readonly distance: number }[] = [];
  for (let row = 0; row < space.rows; row++) {
    const distance = distanceTo(space, row, cells);
    const farthest = found.at(-1)?.distance ?? Infinity;
    if (Number.isNaN(distance) || (found.length === k && distance >= farthest)) continue;
    const at = found.findIndex((one) => one.distance > distance);
    found.splice(at === -1 ? found.length : at, 0, { row, distance });
    if (found.length > k) found.pop();
  }
  return found.map(({ row }) => row);
}

/** The squared distance, NaN when the rows share no column. */
function distanceTo({ scales, cells }: Space, row: number, asked: Float64Array): number {
  const d = scales.length;
  let [sum, shared] = [0, 0];
  for (let j = 0; j < d; j++) {
    const delta = (asked[j] ?? 0) - (cells[row * d + j] ?? 0);
    if (Number.isNaN(delta)) continue;
    shared += 1;
    const scale = scales[j] ?? 0;
    if (scale > 0) sum += (delta / scale) ** 2;
    else if (delta !== 0) sum += 1;
  }
  return shared === 0 ? Number.NaN : (sum * d) / shared;
}

function valueFrom({ values, otherwise }: Nearest, places: readonly number[]): Value {
  const near = places.map((place) => values[place] ?? null);
  const numbers = near.filter((value) => typeof value === "number");
  if (near.length === 0) return otherwise;
  if (numbers.length === near.length) return numbers.reduce((a, b) => a + b, 0) / near.length;
  const times = (value: Value): number => near.filter((one) => one === value).length;
  const most = Math.max(...near.map(times));
  return near.find((value) => times(value) === most) ?? otherwise;
}
