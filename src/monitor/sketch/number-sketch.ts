/** @file A sketch of numbers: how many rows have each value, by as many binary digits as fit. */
import type { Weighted } from "../measures/weighted.ts";
import { allBits, bucketTable } from "./bucket-table.ts";

/**
 * A column of numbers. Every value is cut, towards zero, to `bits` binary digits after its first, the
 * most with which at most 4096 are left: below 4096 distinct values the sketch is exact, and else each
 * value is known to a 2^-bits-th of itself. Which digits are kept depends on the values alone and not on
 * their order, so merging the sketches of parts gives, count for count, the sketch of the whole.
 */
export interface NumberSketch {
  readonly shape: "numbers";
  readonly rows: number;
  /** Null or NaN. */
  readonly missing: number;
  /** Rows with −∞ and ∞, which are in no value. */
  readonly infinite: readonly [number, number];
  readonly bits: number;
  /** Cut values, ascending, shape [k]. */
  readonly values: Float64Array;
  /** Rows of each, shape [k]. */
  readonly counts: Float64Array;
  /** Of the finite values, exact; 0 where there are none. */
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  /** Σ (x − mean)². */
  readonly squares: number;
}

/** Takes numbers, some at a time. */
export interface NumberSketcher {
  /** NaN is a missing value. */
  add(numbers: Float64Array): void;
  end(): NumberSketch;
}

const atOnce = 16_384;

/** Makes a sketch of numbers. Memory O(4096), time O(1) a number. */
export function numberSketcher(): NumberSketcher {
  const table = bucketTable();
  // Many at a time, so that the table is in the processor's cache while they are counted.
  const finite = new Float64Array(atOnce);
  let kept = 0;
  let [rows, missing, below, above] = [0, 0, 0, 0];
  let parts: Moments = noMoments;
  const flush = (): void => {
    parts = mergeMoments(parts, momentsOf(finite, kept));
    table.add(finite, { length: kept });
    kept = 0;
  };
  const odd = (value: number): void => {
    if (Number.isNaN(value)) missing += 1;
    else if (value < 0) below += 1;
    else above += 1;
  };
  return {
    add: (numbers) => {
      for (let i = 0; i < numbers.length; i++) {
        const value = (numbers[i] ?? 0) + 0; // -0 as 0
        if (value - value !== 0) odd(value);
        else finite[kept++] = value;
        if (kept === atOnce) flush();
      }
      rows += numbers.length;
    },
    end: () => {
      flush();
      const { min, max, mean, squares } = parts;
      const { bits, values, counts } = table.end();
      const infinite = [below, above] as const;
      return {
        shape: "numbers",
        rows,
        missing,
        infinite,
        bits,
        values,
        counts,
        min,
        max,
        mean,
        squares,
      };
    },
  };
}

/** The sketch of all rows of both. Exact but for mean and squares, whose last digits depend on the order. */
export function mergeNumbers(a: NumberSketch, b: NumberSketch): NumberSketch {
  const table = bucketTable(Math.min(a.bits, b.bits));
  for (const { values, counts } of [a, b]) table.add(values, { length: values.length, counts });
  const { bits, values, counts } = table.end();
  const { min, max, mean, squares } = mergeMoments(withRows(a), withRows(b));
  return {
    shape: "numbers",
    rows: a.rows + b.rows,
    missing: a.missing + b.missing,
    infinite: [a.infinite[0] + b.infinite[0], a.infinite[1] + b.infinite[1]],
    ...{ bits, values, counts, min, max, mean, squares },
  };
}

/** Whether the moments are numbers: those of values near the largest double are not. */
export const hasMoments = (sketch: NumberSketch): boolean =>
  finiteRows(sketch) > 0 && Number.isFinite(sketch.mean) && Number.isFinite(sketch.squares);

/** How many finite values a sketch has. */
export const finiteRows = ({ rows, missing, infinite }: NumberSketch): number =>
  rows - missing - infinite[0] - infinite[1];

const withRows = (sketch: NumberSketch): Moments => ({ ...sketch, rows: finiteRows(sketch) });

/**
 * Two sketches as distributions over the same values, cut to the digits that both have; each stands at
 * the middle of what was cut to it. Counts up to a value are exact; the value is off by at most a
 * 2^-(bits + 1)-th of itself.
 */
export function inCommon(
  a: NumberSketch,
  b: NumberSketch,
): { readonly a: Weighted; readonly b: Weighted; readonly bits: number } {
  const bits = Math.min(a.bits, b.bits);
  return { a: cutTo(a, bits), b: cutTo(b, bits), bits };
}

function cutTo(sketch: NumberSketch, bits: number): Weighted {
  if (bits === allBits) return sketch;
  const table = bucketTable(bits);
  table.add(sketch.values, { length: sketch.values.length, counts: sketch.counts });
  const { values, counts } = table.end();
  return { values: values.map((value) => middleOf(value, bits)), counts };
}

/** The middle of all numbers that are cut to a value; the same for a value of either sketch. */
function middleOf(value: number, bits: number): number {
  if (value === 0) return 0;
  word.setFloat64(0, value);
  word.setBigUint64(0, word.getBigUint64(0) | (1n << BigInt(allBits - bits - 1)));
  return word.getFloat64(0);
}
const word = new DataView(new ArrayBuffer(8));

interface Moments {
  readonly rows: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly squares: number;
}
const noMoments: Moments = { rows: 0, min: 0, max: 0, mean: 0, squares: 0 };

function momentsOf(numbers: Float64Array, rows: number): Moments {
  if (rows === 0) return noMoments;
  const first = numbers[0] ?? 0;
  let [sum, min, max] = [0, first, first];
  for (let i = 0; i < rows; i++) {
    const value = numbers[i] ?? 0;
    sum += value - first; // so that a constant column has its own mean, to the last bit
    if (value < min) min = value;
    if (value > max) max = value;
  }
  const mean = first + sum / rows;
  let squares = 0;
  for (let i = 0; i < rows; i++) squares += ((numbers[i] ?? 0) - mean) ** 2;
  return { rows, min, max, mean, squares };
}

/** @see Chan, Golub & LeVeque, COMPSTAT 1982: moments of parts as those of the whole. */
function mergeMoments(a: Moments, b: Moments): Moments {
  if (a.rows === 0) return b;
  if (b.rows === 0) return a;
  const rows = a.rows + b.rows;
  const step = b.mean - a.mean;
  return {
    rows,
    min: Math.min(a.min, b.min),
    max: Math.max(a.max, b.max),
    mean: a.mean + (step * b.rows) / rows,
    squares: a.squares + b.squares + step * step * ((a.rows * b.rows) / rows),
  };
}
