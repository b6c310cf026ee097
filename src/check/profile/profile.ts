/** @file What a profile says: plain JSON about a table, its columns and how they hang together. */
import type { ColumnKind, Drift } from "../../flow.ts";

/** The number that this form of a profile carries; a newer one is refused by what reads it. */
export const profileFormat = 1;

/** A value and how many rows hold it; texts are cut at 200 characters. */
export interface ValueCount {
  readonly value: string;
  readonly count: number;
}

/** Equal-width bins of numbers, each closed on the left, the last one on both sides. */
export interface Histogram {
  readonly min: number;
  readonly width: number;
  /** Values per bin; the first bin begins at `min`. */
  readonly counts: readonly number[];
}

/** The numbers of a column; a timestamp is its milliseconds since 1970. */
export interface NumberProfile {
  /** Infinite values: counted here and left out of everything else. */
  readonly infinite: number;
  readonly zeros: number;
  readonly negatives: number;
  readonly min: number;
  readonly max: number;
  /** Null where the sum of the values is not a finite number. */
  readonly mean: number | null;
  /** The standard deviation with n − 1; null for one value, and for values past 1e150. */
  readonly std: number | null;
  /** Values that a share p of the values do not exceed; each is a value of the column. */
  readonly quantiles: readonly { readonly p: number; readonly value: number }[];
  /** Null where the range of the values is not a finite number. */
  readonly histogram: Histogram | null;
}

/** How long the texts of a column are, in characters, and what stands in them. */
export interface TextProfile {
  readonly shortest: number;
  readonly meanLength: number;
  readonly longest: number;
  /** Texts of no characters. */
  readonly empty: number;
  /** Texts with white space before or after. */
  readonly padded: number;
  /** A regular expression that every text matches whole; null where none was found. */
  readonly pattern: string | null;
}

/** One column. */
export interface ColumnProfile {
  readonly name: string;
  readonly kind: ColumnKind;
  /** Rows with a value. */
  readonly count: number;
  readonly missing: number;
  /** Missing rows by all rows, 0 to 1. */
  readonly missingShare: number;
  /** Different values, missing ones aside. */
  readonly distinct: number;
  /** False where `distinct` is an estimate (HyperLogLog, within about 5 %). */
  readonly distinctExact: boolean;
  /** The most common values, most common first. */
  readonly top: readonly ValueCount[];
  /** What `top` is: every value, the most common of all, or those of 8 % of the values and more. */
  readonly topHolds: "all" | "most" | "heavy";
  readonly number: NumberProfile | null;
  readonly text: TextProfile | null;
}

/** Two columns that are missing together, against what independence expects. */
export interface MissingPair {
  readonly a: string;
  readonly b: string;
  /** Rows where both are missing. */
  readonly both: number;
  /** Rows where both would be missing were they independent: missing(a)·missing(b) / n. */
  readonly expected: number;
  /** (both − expected) / √variance, under the hypergeometric distribution. */
  readonly z: number;
}

/** Where cells are missing. */
export interface MissingPattern {
  /** Rows by their number of missing cells, in ascending order of it. */
  readonly rows: readonly { readonly missing: number; readonly rows: number }[];
  /** Columns whose pairs were counted: the incomplete ones, the 64 emptiest where there are more. */
  readonly columns: readonly string[];
  /** The pairs, largest |z| first, at most 500. */
  readonly pairs: readonly MissingPair[];
  /** How many pairs were counted. */
  readonly pairsCounted: number;
}

/** Pearson's correlations of numeric columns, each over the rows where both have a value. */
export interface Correlations {
  /** At most 40 columns, those of the schema's front. */
  readonly columns: readonly string[];
  /** Shape [c, c], symmetric; null where there is none, such as for a constant column. */
  readonly values: readonly (readonly (number | null)[])[];
}

/** How a profile differs from an earlier one of the same table. */
export interface ProfileDrift {
  readonly rowsBefore: number;
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** Columns whose kind is another one now. */
  readonly changedKind: readonly string[];
  /** Largest PSI first; `noise` is the PSI to expect when nothing has changed. */
  readonly columns: readonly ProfiledDrift[];
}

/** How far one column has moved. */
export interface ProfiledDrift extends Drift {
  readonly noise: number;
  /** The buckets that the PSI is of, with the share of the rows in each, 0 to 1. */
  readonly buckets: readonly {
    readonly label: string;
    readonly before: number;
    readonly now: number;
  }[];
}

/** A table seen from outside: what its columns hold and how they hang together. */
export interface TableProfile {
  readonly format: typeof profileFormat;
  readonly table: string;
  /** Rows of the table. */
  readonly rows: number;
  /** Rows looked at: fewer than `rows` when a sample was asked for. All counts are of these. */
  readonly looked: number;
  /** Rows that the quantiles and correlations come from: fewer than `looked` in a large table. */
  readonly measured: number;
  /** Rows equal to an earlier one in every cell of `columns`, told apart by a hash of 64 bits. */
  readonly duplicateRows: number;
  /** The columns of the schema's key. */
  readonly key: readonly string[];
  /** Rows whose key an earlier row has; null where the schema has no key. */
  readonly duplicateKeys: number | null;
  readonly constantColumns: readonly string[];
  readonly emptyColumns: readonly string[];
  readonly columns: readonly ColumnProfile[];
  /** Technical columns, which say how a row came and not what it says: nothing here counts them. */
  readonly leftOut: readonly string[];
  readonly missing: MissingPattern;
  readonly correlations: Correlations;
  /** Null where no earlier profile was given. */
  readonly drift: ProfileDrift | null;
}

/** A number rounded to ten digits: sums of floats depend in the last ones on the order of threads. */
export function rounded(value: number): number {
  return Number(value.toPrecision(10));
}
