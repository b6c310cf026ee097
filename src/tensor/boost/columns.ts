/** @file How features become columns of bins: numbers cut at quantiles, categories by their codes. */
import type { Matrix } from "../../flow.ts";
import { fail } from "../errors.ts";
import { quantileCuts } from "./cuts.ts";

/** One feature as bins: 0 for missing values, 1 … `bins` for the others, and of categories one more for unseen codes. */
export interface Column {
  readonly feature: number;
  /** Ascending ends of the bins of a number; empty for categories. */
  readonly cuts: Float64Array;
  /** Ascending codes of the categories, each with a bin of its own; absent for a number. */
  readonly levels?: Uint32Array;
  readonly bins: number;
  /** Where its bins begin inside a histogram, in bytes. */
  readonly offset: number;
  /** Byte of the column in a row of bins, and its number of bytes, 1 or 2. */
  readonly place: number;
  readonly bytes: number;
}

/** All columns, those of one byte first; plain data. */
export interface Columns {
  readonly width: number;
  readonly narrow: number;
  readonly wide: number;
  /** Columns at the front with many bins each, a multiple of 4; they begin `fullBytes` after each other. */
  readonly full: number;
  readonly rowBytes: number;
  readonly wideStart: number;
  readonly list: readonly Column[];
  /** By feature. */
  readonly byFeature: readonly Column[];
  readonly histogramBytes: number;
  /** Bytes of a set of bins, 0 without categories. */
  readonly bitBytes: number;
  readonly mostBins: number;
  /** Bytes of all tables from codes to bins. */
  readonly codeBytes: number;
}

/** As in kernels/boost/job.as.ts. */
const fullBytes = 2064;
/** Columns with more bins than this are worth the room of all 256. */
const manyBins = 127;

const isFull = ({ bytes, bins }: { readonly bytes: number; readonly bins: number }): boolean =>
  bytes === 1 && bins > manyBins;

const lastBin = ({ bins, levels }: Pick<Column, "bins" | "levels">): number =>
  levels === undefined ? bins : bins + 1;

/** The largest code of a category, as in XGBoost's matrices of 32-bit numbers. */
const largestCode = 2 ** 24 - 1;
/** Most levels of a category: bins of two bytes, and one each for missing values and unseen codes. */
const mostLevels = 65_534;

/** What columns are made of. */
export interface ColumnsSetup {
  readonly x: Matrix;
  /** Rows up to here decide. */
  readonly trainRows: number;
  /** Features whose numbers are codes. */
  readonly categorical: readonly number[];
  readonly bins: number;
  readonly seed: number;
}

/**
 * Columns of a matrix. Numbers get at most `bins` bins; categories one per code, in one byte up to 254 of them and
 * in two beyond.
 *
 * @throws `tensor/out-of-range-code`, `tensor/out-of-range-levels`
 */
export function columnsOf({ x, trainRows, categorical, bins, seed }: ColumnsSetup): Columns {
  const coded = new Set(categorical);
  const train = { ...x, rows: trainRows };
  const numbers = Array.from({ length: x.cols }, (_, f) => f).filter((f) => !coded.has(f));
  const cuts = quantileCuts(train, bins, seed, numbers);
  const drafts = Array.from({ length: x.cols }, (_, feature) => {
    if (!coded.has(feature)) {
      const ends = cuts.get(feature)!;
      return { feature, cuts: ends, bins: ends.length + 1, bytes: 1 };
    }
    const levels = levelsOf(x, trainRows, feature);
    const bytes = levels.length > 254 ? 2 : 1;
    return { feature, cuts: new Float64Array(0), levels, bins: levels.length, bytes };
  });
  const ordered = [
    ...drafts.filter(isFull),
    ...drafts.filter((draft) => draft.bytes === 1 && !isFull(draft)),
    ...drafts.filter((draft) => draft.bytes === 2),
  ];
  const narrow = drafts.filter((draft) => draft.bytes === 1).length;
  const full = drafts.filter(isFull).length & ~3;
  const wideStart = Math.ceil(narrow / 2) * 2;
  let [offset, place] = [0, 0];
  const list = ordered.map((draft, c): Column => {
    if (c === narrow) place = wideStart;
    const column = { ...draft, offset, place };
    offset += c < full ? fullBytes : Math.ceil((lastBin(draft) + 1) / 2) * 16; // whole pairs
    place += draft.bytes;
    return column;
  });
  const wide = x.cols - narrow;
  const mostBins = list.reduce((most, column) => Math.max(most, lastBin(column)), 0);
  return {
    ...{ width: x.cols, narrow, wide, full, wideStart, list, mostBins },
    rowBytes: wide > 0 ? wideStart + 2 * wide : narrow,
    byFeature: list.toSorted((a, b) => a.feature - b.feature),
    histogramBytes: offset,
    bitBytes: coded.size > 0 ? Math.ceil((mostBins + 1) / 32) * 4 : 0,
    codeBytes: list.reduce((sum, { levels }) => sum + Math.ceil(((levels?.at(-1) ?? -1) + 1) / 4) * 8, 0), // biome-ignore format: one line
  };
}

function levelsOf(x: Matrix, trainRows: number, feature: number): Uint32Array {
  const seen = new Set<number>();
  for (let row = 0; row < trainRows; row++) {
    const code = x.data[row * x.cols + feature]!;
    if (Number.isNaN(code)) continue;
    if (!Number.isInteger(code) || code < 0 || code > largestCode)
      fail("tensor/out-of-range-code", { at: "boost", feature, row, got: code, max: largestCode });
    seen.add(code);
  }
  if (seen.size > mostLevels)
    fail("tensor/out-of-range-levels", { at: "boost", feature, got: seen.size, max: mostLevels });
  return Uint32Array.from(seen).sort();
}
