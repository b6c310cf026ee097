/** @file How features become columns of bins: numbers cut at quantiles, categories by their codes. */
import type { Matrix } from "../../flow.ts";
import { fail } from "../errors.ts";
import { quantileCuts } from "./cuts.ts";
import { type Packed, packFeatures } from "./packing.ts";

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
  /** Where it lies in a byte that it shares: `bin = (byte >> low) & mask`; 0 and 255 where the byte is its own. */
  readonly low: number;
  readonly mask: number;
}

/** All columns, those that share bytes first, then those of one byte; plain data. */
export interface Columns {
  readonly width: number;
  /** Bytes at the front that features share, and the number of these features. */
  readonly packed: number;
  readonly packedFeatures: number;
  /** Columns of one byte, the shared ones counted once. */
  readonly narrow: number;
  readonly wide: number;
  /** Columns at the front, shared or with many bins, a multiple of 4; they begin `fullBytes` after each other. */
  readonly full: number;
  readonly rowBytes: number;
  readonly wideStart: number;
  readonly list: readonly Column[];
  /** By feature. */
  readonly byFeature: readonly Column[];
  readonly histogramBytes: number;
  /** Where the histogram of each column begins while it is built, in bytes: of shared bytes, then as in `offset`. */
  readonly builds: readonly number[];
  /** Bytes of the histograms of shared bytes, which lie before the others while they are built. */
  readonly sharedBytes: number;
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
  const drafts = Array.from({ length: x.cols }, (_, feature): Draft => {
    if (!coded.has(feature)) {
      const ends = cuts.get(feature)!;
      return { feature, cuts: ends, bins: ends.length + 1, bytes: 1 };
    }
    const levels = levelsOf(x, trainRows, feature);
    const bytes = levels.length > 254 ? 2 : 1;
    return { feature, cuts: new Float64Array(0), levels, bins: levels.length, bytes };
  });
  const packable = drafts
    .filter(({ bytes }) => bytes === 1)
    .map((draft) => ({ ...draft, lastBin: lastBin(draft) }));
  const shared = packFeatures(packable, trainRows);
  return placed(drafts, shared, coded.size > 0);
}

type Draft = Pick<Column, "feature" | "cuts" | "levels" | "bins" | "bytes">;

/** Gives every draft its place in a row and in a histogram. */
function placed(
  drafts: readonly Draft[],
  shared: readonly (readonly Packed[])[],
  hasCategories: boolean,
): Columns {
  const isShared = new Set(shared.flatMap((byte) => byte.map(({ feature }) => feature)));
  const own = drafts.filter(({ feature }) => !isShared.has(feature));
  const single = own.filter(({ bytes }) => bytes === 1);
  const wholeBytes = [...single.filter(isFull), ...single.filter((draft) => !isFull(draft))];
  const doubles = own.filter(({ bytes }) => bytes === 2);
  const packed = shared.length;
  const narrow = packed + wholeBytes.length;
  const full = (packed + wholeBytes.filter(isFull).length) & ~3;
  const wideStart = Math.ceil(narrow / 2) * 2;
  let offset = 0;
  const take = (draft: Draft, bytes = Math.ceil((lastBin(draft) + 1) / 4) * 32): number => {
    offset += bytes; // the search reads four bins at a time
    return offset - bytes;
  };
  const whole = { low: 0, mask: 255 };
  const wholeColumns = wholeBytes.map((draft, i): Column => {
    const place = packed + i;
    return {
      ...draft,
      ...whole,
      place,
      offset: place < full ? take(draft, fullBytes) : take(draft),
    };
  });
  const wideColumns = doubles.map(
    (draft, i): Column => ({ ...draft, ...whole, place: wideStart + 2 * i, offset: take(draft) }),
  );
  const packedColumns = shared.flatMap((byte, place) =>
    byte.map(({ feature, low, mask }): Column => {
      const draft = drafts[feature]!;
      // room for every number of its bits: those past its last bin hold 0, but are read and written, too
      return { ...draft, low, mask, place, offset: take(draft, Math.ceil((mask + 1) / 4) * 32) };
    }),
  );
  const list = [...packedColumns, ...wholeColumns, ...wideColumns];
  const mostBins = list.reduce((most, column) => Math.max(most, lastBin(column)), 0);
  const wide = doubles.length;
  return {
    ...{ width: drafts.length, narrow, wide, full, wideStart, list, mostBins, packed },
    packedFeatures: packedColumns.length,
    rowBytes: wide > 0 ? wideStart + 2 * wide : narrow,
    byFeature: list.toSorted((a, b) => a.feature - b.feature),
    histogramBytes: offset,
    sharedBytes: packed * fullBytes,
    builds: [
      ...shared.map((_, place) => place * fullBytes),
      ...[...wholeColumns, ...wideColumns].map((column) => packed * fullBytes + column.offset),
    ],
    bitBytes: hasCategories ? Math.ceil((mostBins + 1) / 32) * 4 : 0,
    codeBytes: list.reduce(
      (sum, { levels }) => sum + Math.ceil(((levels?.at(-1) ?? -1) + 1) / 4) * 8,
      0,
    ),
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
