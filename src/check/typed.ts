/** @file The typed expectations of a schema, one method for each type. */
import type { Json } from "../flow.ts";
import type { BoolExpr, CellsOf, Columns } from "../table/index.ts";
import type { Expectation, ExpectationOptionsOf } from "./make-expectation.ts";

/** A value in an expectation. */
export type ExpectedValue = string | number | boolean | Date;

/** ExpectedBounds, included unless strict; at least one. */
export interface ExpectedBounds {
  readonly min?: number | string | Date;
  readonly max?: number | string | Date;
  readonly strictMin?: boolean;
  readonly strictMax?: boolean;
}

/** For several columns: rows with which missing values are left out. Default `all`. */
export interface PairOptions<C extends Columns> extends ExpectationOptionsOf<C> {
  readonly ignore?: "all" | "any" | "none";
}

/** An expected distribution: of values, or of numbers in bins, whose weights sum to 1. */
export type ExpectedDistribution = {
  /** The largest divergence allowed, in nats. */
  readonly threshold: number;
  /** The weight kept for what lies outside the bins, or values that are not listed, 0 to 1. */
  readonly tailWeightHoldout?: number;
  /** The weight shared by bins of weight 0, 0 to 1. */
  readonly internalWeightHoldout?: number;
} & (
  | { readonly values: readonly Json[]; readonly weights: readonly number[] }
  | { readonly bins: readonly number[]; readonly weights: readonly number[] }
);

type Of<C extends Columns, A> = (
  column: keyof C & string,
  argument: A,
  options?: ExpectationOptionsOf<C>,
) => Expectation;
type Plain<C extends Columns> = (
  column: keyof C & string,
  options?: ExpectationOptionsOf<C>,
) => Expectation;
type OfTable<C extends Columns, A> = (
  argument: A,
  options?: ExpectationOptionsOf<C>,
) => Expectation;
type OfPair<C extends Columns> = (
  a: keyof C & string,
  b: keyof C & string,
  options?: PairOptions<C>,
) => Expectation;
type OfColumns<C extends Columns> = (
  columns: readonly (keyof C & string)[],
  options?: PairOptions<C>,
) => Expectation;
type Names<C extends Columns> = readonly (keyof C & string)[];

/**
 * The expectations a schema allows, typed by its columns. Where nothing else is said, missing
 * values are not looked at, and bounds are included.
 */
export interface Expectations<C extends Columns> {
  /** Every cell has a value. */
  readonly notNull: Plain<C>;
  /** No cell has a value. */
  readonly isNull: Plain<C>;
  /** No value stands twice. */
  readonly unique: Plain<C>;
  /** Every value is within bounds. */
  readonly between: Of<C, ExpectedBounds>;
  /** Every value is one of a set. */
  readonly inSet: Of<C, readonly ExpectedValue[]>;
  /** No value is one of a set. */
  readonly notInSet: Of<C, readonly ExpectedValue[]>;
  /** The column is of a type, by its name in DuckDB, SQL, pandas, Python or Spark. */
  readonly ofType: Of<C, string>;
  /** The column is of one of some types. */
  readonly ofTypes: Of<C, readonly string[]>;
  /** Every text matches a regular expression whole. */
  readonly matches: Of<C, RegExp>;
  /** No text matches a regular expression whole. */
  readonly notMatches: Of<C, RegExp>;
  /** Every text matches one of some regular expressions whole, or all of them. */
  matchesSome(
    column: keyof C & string,
    patterns: readonly RegExp[],
    options?: ExpectationOptionsOf<C> & { readonly all?: boolean },
  ): Expectation;
  /** No text matches any of some regular expressions whole. */
  readonly matchesNone: Of<C, readonly RegExp[]>;
  /** Every text matches a LIKE pattern: `%` is any text, `_` any one character; case matters. */
  readonly like: Of<C, string>;
  /** No text matches a LIKE pattern. */
  readonly notLike: Of<C, string>;
  /** Every text matches one of some LIKE patterns, or all of them. */
  likeSome(
    column: keyof C & string,
    patterns: readonly string[],
    options?: ExpectationOptionsOf<C> & { readonly all?: boolean },
  ): Expectation;
  /** No text matches any of some LIKE patterns. */
  readonly likeNone: Of<C, readonly string[]>;
  /** Every text is a date in a format of strptime, such as `%Y-%m-%d`. */
  readonly dateFormat: Of<C, string>;
  /** The number of characters (code points) of every text is within bounds. */
  readonly lengthBetween: Of<C, ExpectedBounds>;
  /** Every text has so many characters. */
  readonly lengthIs: Of<C, number>;
  /** Every value is within so many standard deviations (n − 1) of the mean, or not above so many. */
  zScoreBelow(
    column: keyof C & string,
    threshold: number,
    options?: ExpectationOptionsOf<C> & { readonly doubleSided?: boolean },
  ): Expectation;
  /** No value is outside quartile ∓ multiplier × range of the quartiles, or mean ± multiplier × deviation. */
  noOutliers(
    column: keyof C & string,
    options?: ExpectationOptionsOf<C> & {
      readonly method?: "iqr" | "std";
      readonly multiplier?: number;
    },
  ): Expectation;
  /** The largest value is within bounds. */
  readonly max: Of<C, ExpectedBounds>;
  /** The smallest value is within bounds. */
  readonly min: Of<C, ExpectedBounds>;
  /** The mean is within bounds. */
  readonly mean: Of<C, ExpectedBounds>;
  /** The median is within bounds. */
  readonly median: Of<C, ExpectedBounds>;
  /** The standard deviation (n − 1) is within bounds. */
  readonly standardDeviation: Of<C, ExpectedBounds>;
  /** The sum is within bounds; of no values it is 0. */
  readonly sum: Of<C, ExpectedBounds>;
  /** Each quantile (0 to 1) is within bounds. */
  readonly quantiles: Of<
    C,
    readonly { readonly quantile: number; readonly min?: number; readonly max?: number }[]
  >;
  /** The number of different values is within bounds. */
  readonly distinctCount: Of<C, ExpectedBounds>;
  /** The number of different values over the number of values is within bounds. */
  readonly distinctShare: Of<C, ExpectedBounds>;
  /** The share of cells with a value is within bounds. */
  readonly presentShare: Of<C, ExpectedBounds>;
  /** The different values are all in a set. */
  readonly distinctIn: Of<C, readonly ExpectedValue[]>;
  /** The different values include a set. */
  readonly distinctInclude: Of<C, readonly ExpectedValue[]>;
  /** The different values are exactly a set. */
  readonly distinctAre: Of<C, readonly ExpectedValue[]>;
  /** The most common value is one of a set; of several as common, all that there are, or one. */
  mostCommonIn(
    column: keyof C & string,
    values: readonly ExpectedValue[],
    options?: ExpectationOptionsOf<C> & { readonly tiesOkay?: boolean },
  ): Expectation;
  /** The Kullback-Leibler divergence from an expected distribution is small. */
  readonly divergence: Of<C, ExpectedDistribution>;
  /** In every row, the first column is above the second. */
  readonly isAbove: OfPair<C>;
  /** In every row, the first column is at least the second. */
  readonly isAtLeast: OfPair<C>;
  /** In every row, the two columns are equal. */
  readonly isEqual: OfPair<C>;
  /** In every row, the two values are one of some pairs; null is a missing value. */
  pairsIn(
    a: keyof C & string,
    b: keyof C & string,
    options: PairOptions<C> & {
      readonly pairs: readonly (readonly [ExpectedValue | null, ExpectedValue | null])[];
    },
  ): Expectation;
  /** In every row, the columns add up to a total. */
  rowSum(columns: Names<C>, total: number, options?: PairOptions<C>): Expectation;
  /** In every row, the columns are equal; a missing value equals a missing value. */
  readonly allEqual: OfColumns<C>;
  /** In every row, no two columns are equal. */
  readonly allDiffer: OfColumns<C>;
  /** No two rows agree in all the columns. */
  readonly uniqueTogether: OfColumns<C>;
  /** The number of rows is within bounds. */
  readonly rowCount: OfTable<C, ExpectedBounds>;
  /** There are so many rows. */
  readonly rowCountIs: OfTable<C, number>;
  /** There are as many rows as in another table, given by name when the suite is run. */
  readonly rowCountOf: OfTable<C, string>;
  /** The number of columns is within bounds. */
  readonly columnCount: OfTable<C, ExpectedBounds>;
  /** There are so many columns. */
  readonly columnCountIs: OfTable<C, number>;
  /** The columns are these, in this order. */
  readonly columnsAre: OfTable<C, readonly string[]>;
  /** These columns are there; with `exactly`, no others. */
  columnsInclude(
    columns: readonly string[],
    options?: ExpectationOptionsOf<C> & { readonly exactly?: boolean },
  ): Expectation;
  /** There is a column of that name, at a place counted from 0 where one is given. */
  columnExists(
    column: string,
    options?: ExpectationOptionsOf<C> & { readonly index?: number },
  ): Expectation;
  /** The column is of a type. */
  readonly columnType: Of<C, string>;
  /**
   * Every value is one of a column of another table, given by name when the suite is run; of the same
   * name where no other is said. Missing values refer to nothing.
   */
  readonly refersTo: Of<C, { readonly table: string; readonly column?: string }>;
  /** A query finds nothing; `{batch}` in it is the rows that are judged, other tables have their names. */
  readonly noRows: OfTable<C, string>;
  /** A query over the rows gives what a query of another source gives; up to 200 rows, in any order. */
  readonly sameResults: OfTable<
    C,
    { readonly query: string; readonly source: string; readonly sourceQuery: string }
  >;
  /** A condition over several columns is not false; rows where it is missing are not looked at. */
  holds(
    says: string,
    condition: (columns: CellsOf<C>) => BoolExpr,
    options?: ExpectationOptionsOf<C>,
  ): Expectation;
}
