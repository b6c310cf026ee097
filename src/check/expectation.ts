/** @file Expectations: what must be true of a table, as plain values with one SQL condition each. */
import { checkNumber, list } from "../core/index.ts";
import type { Severity } from "../flow.ts";
import {
  type BoolExpr,
  type CellsOf,
  type Columns,
  cells,
  quoteName,
  quoteText,
  type Schema,
  toSql,
} from "../table/index.ts";

/** How an expectation is judged. */
export interface ExpectationOptions {
  /** What a failure means: `critical` (the default) stops a gated write. */
  readonly severity?: Severity;
  /** The share of the rows looked at that must pass, 0 to 1. Default 1. */
  readonly mostly?: number;
}

/** One expectation. `type` is the name that Great Expectations gives it where it has one. */
export interface Expectation {
  readonly type: string;
  readonly column: string | null;
  /** What it says, for people. */
  readonly says: string;
  readonly severity: Severity;
  readonly mostly: number;
  /** SQL: the number of rows looked at. */
  readonly lookedAt: string;
  /** SQL: the number of rows that break it. */
  readonly broken: string;
  /** SQL: the condition of a row that breaks it, where one row can. */
  readonly brokenRow: string | null;
}

/** The expectations a schema allows, typed by its columns. */
export interface Expectations<C extends Columns> {
  /** Every cell has a value. */
  notNull(column: keyof C & string, options?: ExpectationOptions): Expectation;
  /** No value stands twice; missing values are not looked at. */
  unique(column: keyof C & string, options?: ExpectationOptions): Expectation;
  /** The number of different values is within bounds, both included; missing values are not counted. */
  distinctCount(
    column: keyof C & string,
    bounds: { readonly min?: number; readonly max?: number },
    options?: ExpectationOptions,
  ): Expectation;
  /** Every value is within bounds, both included; missing values are not looked at. */
  between(
    column: keyof C & string,
    bounds: { readonly min?: number; readonly max?: number },
    options?: ExpectationOptions,
  ): Expectation;
  /** Every value is one of a set; missing values are not looked at. */
  inSet(
    column: keyof C & string,
    values: readonly string[],
    options?: ExpectationOptions,
  ): Expectation;
  /** Every text matches a regular expression whole; missing values are not looked at. */
  matches(column: keyof C & string, pattern: RegExp, options?: ExpectationOptions): Expectation;
  /** The number of rows is within bounds, both included. */
  rowCount(
    bounds: { readonly min?: number; readonly max?: number },
    options?: ExpectationOptions,
  ): Expectation;
  /** A condition over several columns is not false; rows where it is missing are not looked at. */
  holds(
    says: string,
    condition: (columns: CellsOf<C>) => BoolExpr,
    options?: ExpectationOptions,
  ): Expectation;
}

/**
 * The expectations of a schema. A column that the schema has not does not compile.
 *
 * @throws `option/out-of-range` for a `mostly` outside 0 to 1
 * @example
 * ```ts
 * const points = schema("points", { x: int() });
 * expectations(points).between("x", { min: 0 }).says // => "x is ≥ 0"
 * ```
 */
export function expectations<C extends Columns>(target: Schema<C>): Expectations<C> {
  return {
    notNull: (column, options) => {
      const broken = `${quoteName(column)} IS NULL`;
      const type = "expect_column_values_to_not_be_null";
      return rowRule({ type, column, says: `${column} has a value`, broken, all: true }, options);
    },
    unique: (column, options) => ({
      ...base("expect_column_values_to_be_unique", options),
      column,
      says: `${column} is unique`,
      lookedAt: `count(${quoteName(column)})`,
      broken: `count(${quoteName(column)}) - count(DISTINCT ${quoteName(column)})`,
      brokenRow: null,
    }),
    distinctCount: (column, bounds, options) => ({
      ...aggregate(`count(DISTINCT ${quoteName(column)})`, bounds),
      ...base("expect_column_unique_value_count_to_be_between", options),
      column,
      says: `${column} has ${boundsText(bounds)} different values`,
    }),
    between: (column, { min, max }, options) => {
      const name = quoteName(column);
      const low = min === undefined ? [] : [`${name} < ${min}`];
      const high = max === undefined ? [] : [`${name} > ${max}`];
      const says = [min === undefined ? "" : `≥ ${min}`, max === undefined ? "" : `≤ ${max}`];
      return rowRule(
        {
          type: "expect_column_values_to_be_between",
          column,
          says: `${column} is ${says.filter((part) => part !== "").join(" and ")}`,
          broken: [...low, ...high].join(" OR ") || "false",
        },
        options,
      );
    },
    inSet: (column, values, options) =>
      rowRule(
        {
          type: "expect_column_values_to_be_in_set",
          column,
          says: `${column} is one of ${list(values)}`,
          broken: `${quoteName(column)} NOT IN (${values.map(quoteText).join(", ")})`,
        },
        options,
      ),
    matches: (column, pattern, options) =>
      rowRule(
        {
          type: "expect_column_values_to_match_regex",
          column,
          says: `${column} matches ${String(pattern)}`,
          broken: `NOT regexp_full_match(${quoteName(column)}, ${quoteText(pattern.source)})`,
        },
        options,
      ),
    rowCount: (bounds, options) => ({
      ...aggregate("count(*)", bounds),
      ...base("expect_table_row_count_to_be_between", options),
      column: null,
      says: `there are ${boundsText(bounds)} rows`,
    }),
    holds: (says, condition, options) => {
      const holds = toSql(condition(cells(target)));
      const broken = `NOT (${holds})`;
      return rowRule({ type: "expect_condition_to_hold", column: null, says, broken }, options);
    },
  };
}

function base(
  type: string,
  { severity = "critical", mostly = 1 }: ExpectationOptions = {},
): Pick<Expectation, "type" | "severity" | "mostly"> {
  checkNumber(type, { mostly }, { min: 0, max: 1 });
  return { type, severity, mostly };
}

/** At least, at most, or both, as a sentence says it. */
const boundsText = ({ min, max }: { readonly min?: number; readonly max?: number }): string =>
  [min === undefined ? "" : `at least ${min}`, max === undefined ? "" : `at most ${max}`]
    .filter((part) => part !== "")
    .join(" and ");

/** An expectation about one number of the whole table: when it is broken, every row counts. */
function aggregate(
  value: string,
  { min, max }: { readonly min?: number; readonly max?: number },
): Pick<Expectation, "lookedAt" | "broken" | "brokenRow"> {
  const low = min === undefined ? [] : [`${value} < ${min}`];
  const high = max === undefined ? [] : [`${value} > ${max}`];
  const broken = [...low, ...high].join(" OR ") || "false";
  const rows = "greatest(count(*), 1)";
  return { lookedAt: rows, broken: `CASE WHEN ${broken} THEN ${rows} ELSE 0 END`, brokenRow: null };
}

/** An expectation that every row keeps or breaks by itself. */
function rowRule(
  rule: { type: string; column: string | null; says: string; broken: string; all?: boolean },
  options: ExpectationOptions | undefined,
): Expectation {
  const { type, column, says, broken, all = false } = rule;
  return {
    ...base(type, options),
    column,
    says,
    lookedAt: all ? "count(*)" : `count(*) FILTER ((${broken}) IS NOT NULL)`,
    broken: `count(*) FILTER (${broken})`,
    brokenRow: broken,
  };
}
