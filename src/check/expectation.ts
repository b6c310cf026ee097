/** @file The expectations that a schema allows, typed by its columns. */
import { list } from "../core/index.ts";
import type { Json } from "../flow.ts";
import {
  type BoolExpr,
  type CellsOf,
  type Columns,
  cells,
  quoteName,
  type Schema,
} from "../table/index.ts";
import { fail } from "./errors.ts";
import {
  type Expectation,
  type ExpectationOptionsOf,
  expectation,
  withCondition,
} from "./make-expectation.ts";
import type { Expectations, ExpectedBounds, ExpectedValue, PairOptions } from "./typed.ts";
import type { Kwargs } from "./types/kwargs.ts";

export type { Expectation } from "./make-expectation.ts";
export type { Expectations } from "./typed.ts";

/** Arguments, of which some may be left out. */
type SomeKwargs = Readonly<Record<string, Json | undefined>>;

/**
 * The expectations of a schema. A column that the schema has not does not compile.
 *
 * @throws `option/out-of-range` for a `mostly` outside 0 to 1; see {@link expectation}
 * @example
 * ```ts
 * const points = schema("points", { x: int() });
 * expectations(points).between("x", { min: 0 }).says // => "x is ≥ 0"
 * ```
 */
export function expectations<C extends Columns>(target: Schema<C>): Expectations<C> {
  type Options = ExpectationOptionsOf<C>;
  type Name = keyof C & string;
  const make = (type: string, kwargs: SomeKwargs, options: Options = {}): Expectation => {
    const { when, ...rest } = options;
    const made = expectation(type, given(kwargs), rest);
    return when === undefined ? made : withCondition(made, when(cells(target)));
  };
  const ofColumn =
    (type: string, argument?: string) =>
    (column: Name, value?: Json | Options, options?: Options) =>
      argument === undefined
        ? make(type, { column }, value as Options | undefined)
        : make(type, { column, [argument]: value as Json }, options);
  const ofBounds = (type: string) => (column: Name, bounds: ExpectedBounds, options?: Options) =>
    make(type, { column, ...boundKwargs(bounds) }, options);
  const ofSet =
    (type: string) => (column: Name, values: readonly ExpectedValue[], options?: Options) =>
      make(type, { column, value_set: values.map(plain) }, options);
  const ofColumns =
    (type: string) =>
    (columns: readonly Name[], { ignore, ...options }: PairOptions<C> = {}) =>
      make(type, { column_list: columns, ignore_row_if: ignore && missingOf[ignore] }, options);
  const ofPair =
    (type: string, more: Kwargs = {}) =>
    (a: Name, b: Name, { ignore, ...options }: PairOptions<C> = {}) =>
      make(
        type,
        { column_A: a, column_B: b, ...more, ignore_row_if: ignore && pairMissingOf[ignore] },
        options,
      );
  return {
    notNull: ofColumn("expect_column_values_to_not_be_null"),
    isNull: ofColumn("expect_column_values_to_be_null"),
    unique: ofColumn("expect_column_values_to_be_unique"),
    between: ofBounds("expect_column_values_to_be_between"),
    inSet: ofSet("expect_column_values_to_be_in_set"),
    notInSet: ofSet("expect_column_values_to_not_be_in_set"),
    ofType: ofColumn("expect_column_values_to_be_of_type", "type_"),
    ofTypes: ofColumn("expect_column_values_to_be_in_type_list", "type_list"),
    matches: (column, pattern, options) =>
      make(
        "expect_column_values_to_match_regex",
        { column, regex: whole("matches", pattern) },
        { says: `${column} matches ${String(pattern)}`, ...options },
      ),
    notMatches: (column, pattern, options) =>
      make(
        "expect_column_values_to_not_match_regex",
        { column, regex: whole("notMatches", pattern) },
        { says: `${column} does not match ${String(pattern)}`, ...options },
      ),
    matchesSome: (column, patterns, { all = false, ...options } = {}) =>
      make(
        "expect_column_values_to_match_regex_list",
        {
          column,
          regex_list: patterns.map((one) => whole("matchesSome", one)),
          match_on: all ? "all" : "any",
        },
        options,
      ),
    matchesNone: (column, patterns, options) =>
      make(
        "expect_column_values_to_not_match_regex_list",
        { column, regex_list: patterns.map((one) => whole("matchesNone", one)) },
        options,
      ),
    like: ofColumn("expect_column_values_to_match_like_pattern", "like_pattern"),
    notLike: ofColumn("expect_column_values_to_not_match_like_pattern", "like_pattern"),
    likeSome: (column, patterns, { all = false, ...options } = {}) =>
      make(
        "expect_column_values_to_match_like_pattern_list",
        { column, like_pattern_list: patterns, match_on: all ? "all" : "any" },
        options,
      ),
    likeNone: ofColumn("expect_column_values_to_not_match_like_pattern_list", "like_pattern_list"),
    dateFormat: ofColumn("expect_column_values_to_match_strftime_format", "strftime_format"),
    lengthBetween: ofBounds("expect_column_value_lengths_to_be_between"),
    lengthIs: ofColumn("expect_column_value_lengths_to_equal", "value"),
    zScoreBelow: (column, threshold, { doubleSided = true, ...options } = {}) =>
      make(
        "expect_column_value_z_scores_to_be_less_than",
        { column, threshold, double_sided: doubleSided },
        options,
      ),
    noOutliers: (column, { method, multiplier, ...options } = {}) =>
      make("expect_column_values_to_not_be_outliers", { column, method, multiplier }, options),
    max: ofBounds("expect_column_max_to_be_between"),
    min: ofBounds("expect_column_min_to_be_between"),
    mean: ofBounds("expect_column_mean_to_be_between"),
    median: ofBounds("expect_column_median_to_be_between"),
    standardDeviation: ofBounds("expect_column_stdev_to_be_between"),
    sum: ofBounds("expect_column_sum_to_be_between"),
    quantiles: (column, ranges, options) =>
      make(
        "expect_column_quantile_values_to_be_between",
        {
          column,
          quantile_ranges: {
            quantiles: ranges.map(({ quantile }) => quantile),
            value_ranges: ranges.map(({ min = null, max = null }) => [min, max]),
          },
        },
        options,
      ),
    distinctCount: (column, bounds, options) =>
      make(
        "expect_column_unique_value_count_to_be_between",
        { column, ...boundKwargs(bounds) },
        { says: `${column} has ${amount(bounds)} different values`, ...options },
      ),
    distinctShare: ofBounds("expect_column_proportion_of_unique_values_to_be_between"),
    presentShare: ofBounds("expect_column_proportion_of_non_null_values_to_be_between"),
    distinctIn: ofSet("expect_column_distinct_values_to_be_in_set"),
    distinctInclude: ofSet("expect_column_distinct_values_to_contain_set"),
    distinctAre: ofSet("expect_column_distinct_values_to_equal_set"),
    mostCommonIn: (column, values, { tiesOkay, ...options } = {}) =>
      make(
        "expect_column_most_common_value_to_be_in_set",
        { column, value_set: values.map(plain), ties_okay: tiesOkay },
        options,
      ),
    divergence: (
      column,
      { threshold, tailWeightHoldout, internalWeightHoldout, ...partition },
      options,
    ) =>
      make(
        "expect_column_kl_divergence_to_be_less_than",
        {
          column,
          threshold,
          partition_object: partition,
          tail_weight_holdout: tailWeightHoldout,
          internal_weight_holdout: internalWeightHoldout,
        },
        options,
      ),
    isAbove: ofPair("expect_column_pair_values_a_to_be_greater_than_b"),
    isAtLeast: ofPair("expect_column_pair_values_a_to_be_greater_than_b", { or_equal: true }),
    isEqual: ofPair("expect_column_pair_values_to_be_equal"),
    pairsIn: (a, b, { pairs, ...options }) =>
      ofPair("expect_column_pair_values_to_be_in_set", {
        value_pairs_set: pairs.map((pair) => pair.map(plain)),
      })(a, b, options),
    rowSum: (columns, total, { ignore, ...options } = {}) =>
      make(
        "expect_multicolumn_sum_to_equal",
        { column_list: columns, sum_total: total, ignore_row_if: ignore && missingOf[ignore] },
        options,
      ),
    allEqual: ofColumns("expect_multicolumn_values_to_be_equal"),
    allDiffer: ofColumns("expect_select_column_values_to_be_unique_within_record"),
    uniqueTogether: ofColumns("expect_compound_columns_to_be_unique"),
    rowCount: (bounds, options) =>
      make("expect_table_row_count_to_be_between", boundKwargs(bounds), {
        says: `there are ${amount(bounds)} rows`,
        ...options,
      }),
    rowCountIs: (value, options) => make("expect_table_row_count_to_equal", { value }, options),
    rowCountOf: (other_table_name, options) =>
      make("expect_table_row_count_to_equal_other_table", { other_table_name }, options),
    columnCount: (bounds, options) =>
      make("expect_table_column_count_to_be_between", boundKwargs(bounds), options),
    columnCountIs: (value, options) =>
      make("expect_table_column_count_to_equal", { value }, options),
    columnsAre: (column_list, options) =>
      make("expect_table_columns_to_match_ordered_list", { column_list }, options),
    columnsInclude: (column_set, { exactly, ...options } = {}) =>
      make(
        "expect_table_columns_to_match_set",
        { column_set, exact_match: exactly === true },
        options,
      ),
    columnExists: (column, { index, ...options } = {}) =>
      make("expect_column_to_exist", { column, column_index: index }, options),
    columnType: ofColumn("expect_column_type_to_be", "type_"),
    noRows: (unexpected_rows_query, options) =>
      make("unexpected_rows_expectation", { unexpected_rows_query }, options),
    refersTo: (column, { table, column: other = column }, options) =>
      make(
        "unexpected_rows_expectation",
        {
          unexpected_rows_query: `SELECT * FROM {batch} WHERE ${braced(column)} IS NOT NULL AND ${braced(column)} NOT IN (SELECT ${braced(other)} FROM ${braced(table)} WHERE ${braced(other)} IS NOT NULL)`,
        },
        { says: `${column} is one of ${table}.${other}`, ...options },
      ),
    sameResults: ({ query, source, sourceQuery }, options) =>
      make(
        "expect_query_results_to_match_comparison",
        { base_query: query, comparison_data_source_name: source, comparison_query: sourceQuery },
        options,
      ),
    holds: (says: string, condition: (columns: CellsOf<C>) => BoolExpr, options?: Options) =>
      make(
        "expect_condition_to_hold",
        { says, condition: JSON.parse(JSON.stringify(condition(cells(target)).node)) },
        options,
      ),
  };
}

const missingOf = {
  all: "all_values_are_missing",
  any: "any_value_is_missing",
  none: "never",
} as const;
const pairMissingOf = {
  all: "both_values_are_missing",
  any: "either_value_is_missing",
  none: "neither",
} as const;

/** The arguments that were given. */
function given(kwargs: SomeKwargs): Kwargs {
  const entries = Object.entries(kwargs).filter(
    (entry): entry is [string, Json] => entry[1] !== undefined,
  );
  return Object.fromEntries(entries);
}

/** A name in a query in which braces are places to fill. */
const braced = (name: string): string =>
  quoteName(name).replaceAll("{", "{{").replaceAll("}", "}}");

/** A moment as ISO 8601 text. */
const plain = (value: ExpectedValue | null): Json =>
  value instanceof Date ? value.toISOString() : value;

function boundKwargs({ min, max, strictMin, strictMax }: ExpectedBounds): Kwargs {
  return {
    ...(min === undefined ? {} : { min_value: plain(min) }),
    ...(max === undefined ? {} : { max_value: plain(max) }),
    ...(strictMin === undefined ? {} : { strict_min: strictMin }),
    ...(strictMax === undefined ? {} : { strict_max: strictMax }),
  };
}

/** At least, at most, or both, as a sentence says it. */
function amount({ min, max, strictMin, strictMax }: ExpectedBounds): string {
  const low =
    min === undefined
      ? []
      : [`${strictMin === true ? "more than" : "at least"} ${list([plain(min)])}`];
  const high =
    max === undefined
      ? []
      : [`${strictMax === true ? "fewer than" : "at most"} ${list([plain(max)])}`];
  return [...low, ...high].join(" and ");
}

/** A pattern that must match the whole text, as a search. */
function whole(at: string, { source, flags }: RegExp): string {
  const kept = flags.replaceAll(/[duvgy]/g, "");
  const reason = "the flag m, and a pattern that matches whole, exclude each other";
  if (kept.includes("m")) fail("check/unsupported-regex", { type: at, regex: source, reason });
  return `${kept === "" ? "" : `(?${kept})`}^(?:${asciiClasses(source)})$`;
}

/** What `\d` and `\w` are in JavaScript: ASCII. In Great Expectations they are not. */
const asciiClass: Readonly<Record<string, string>> = { d: "0-9", w: "0-9A-Za-z_" };

/** Spells out the ASCII classes, so that all who read the pattern read the same. */
function asciiClasses(source: string): string {
  let inClass = false;
  return source.replaceAll(/\\.|[[\]]/gsu, (piece) => {
    if (piece === "[" || piece === "]") inClass = piece === "[";
    const name = piece.slice(1);
    const ranges = asciiClass[name.toLowerCase()];
    if (ranges === undefined) return piece;
    const opposite = name !== name.toLowerCase();
    if (inClass) return opposite ? piece : ranges;
    return `[${opposite ? "^" : ""}${ranges}]`;
  });
}
