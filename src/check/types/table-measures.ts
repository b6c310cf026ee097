/** @file Types of expectations about a whole table: its columns, its rows, and queries over it. */
import { count, list } from "../../core/index.ts";
import type { ColumnSpec } from "../../flow.ts";
import { fail } from "../errors.ts";
import { isWithin } from "./column-measures.ts";
import {
  type Definition,
  type Definitions,
  type Measured,
  narrowed,
  numberOf,
  type Site,
  specOf,
  textOf,
  textsOf,
} from "./definition.ts";
import { type KwargSpec, type Kwargs, kwargKinds as kinds, orElse, required } from "./kwargs.ts";
import { boundKwargs, boundsText } from "./value-rules.ts";
import { toCount } from "./values.ts";

/** "there is 1 row", "there are 2 rows"; what is no number stands as it is. */
const thereAre = (value: unknown, noun: string): string =>
  `there ${value === 1 ? "is" : "are"} ${typeof value === "number" ? count(value, noun) : `${value} ${noun}s`}`;

/** A definition that reads nothing but the names and kinds of the columns. */
function shape(parts: {
  readonly kwargs: Readonly<Record<string, KwargSpec>>;
  readonly says: (kwargs: Kwargs) => string;
  readonly judge: (site: Site) => Measured;
  readonly about?: (kwargs: Kwargs) => readonly string[];
  readonly mostly?: true;
}): Definition {
  const { kwargs, says, judge, about = () => [] } = parts;
  return {
    kwargs,
    conditional: parts.mostly === true,
    mostly: parts.mostly === true,
    about,
    says,
    plan: (site) => {
      const measured = judge(site);
      return { kind: "measure", asks: [], judge: () => measured };
    },
  };
}

/** A definition about a number of rows. */
function rows(parts: {
  readonly kwargs: Readonly<Record<string, KwargSpec>>;
  readonly says: (kwargs: Kwargs) => string;
  readonly holds: (count: number, kwargs: Kwargs) => boolean;
}): Definition {
  return {
    kwargs: parts.kwargs,
    conditional: true,
    mostly: false,
    about: () => [],
    says: parts.says,
    plan: (site) => ({
      kind: "measure",
      asks: [narrowed("count(*)", site)],
      judge: ([count]) => ({
        success: parts.holds(toCount(count), site.kwargs),
        result: { observed_value: toCount(count) },
      }),
    }),
  };
}

/** Names of types, of DuckDB, Python, pandas, SQL and Spark, for each kind of column. */
const typeNames: Readonly<Record<ColumnSpec["kind"], readonly string[]>> = {
  text: "VARCHAR TEXT STRING CHAR str string object O object_ StringType StringDtype".split(" "),
  category:
    "VARCHAR TEXT STRING CHAR str string object O object_ StringType category CategoricalDtypeType".split(
      " ",
    ),
  int: "BIGINT INTEGER INT INT8 INT64 LONG int int64 Int64 long LongType IntegerType".split(" "),
  float: "DOUBLE FLOAT FLOAT8 REAL float float64 Float64 double DoubleType FloatType".split(" "),
  bool: "BOOLEAN BOOL bool bool_ boolean BooleanType".split(" "),
  timestamp:
    "TIMESTAMP TIMESTAMPTZ DATETIME datetime datetime64 datetime64[ns] Timestamp TimestampType DatetimeTZDtype".split(
      " ",
    ),
};

const duckNames: Readonly<Record<ColumnSpec["kind"], string>> = {
  text: "VARCHAR",
  category: "VARCHAR",
  int: "BIGINT",
  float: "DOUBLE",
  bool: "BOOLEAN",
  timestamp: "TIMESTAMP WITH TIME ZONE",
};

function typeMeasure(site: Site, names: readonly string[]): Measured {
  const { kind } = specOf(site, textOf(site.kwargs, "column"));
  const known = [duckNames[kind], ...typeNames[kind], kind];
  const fits = (name: string): boolean =>
    known.includes(name) || known.some((one) => one === name.toUpperCase()) || isMoment(kind, name);
  return { success: names.some(fits), result: { observed_value: duckNames[kind] } };
}

/** Whether it is one of pandas' many names for moments: "datetime64[us, UTC]". */
const isMoment = (kind: ColumnSpec["kind"], name: string): boolean =>
  kind === "timestamp" && /^datetime64\[/.test(name);

const columnCount = ({ columns }: Site): number => Object.keys(columns).length;

function columnSet({ columns, kwargs }: Site): Measured {
  const actual = Object.keys(columns).sort();
  const expected = textsOf(kwargs, "column_set");
  const unexpected = actual.filter((name) => !expected.includes(name));
  const missing = [...new Set(expected)].filter((name) => !actual.includes(name)).sort();
  const mismatched = {
    ...(unexpected.length > 0 ? { unexpected } : {}),
    ...(missing.length > 0 ? { missing } : {}),
  };
  const differs = unexpected.length + missing.length > 0;
  const success =
    missing.length === 0 && (unexpected.length === 0 || kwargs["exact_match"] === false);
  return {
    success,
    result: { observed_value: actual, ...(differs ? { details: { mismatched } } : {}) },
  };
}

function columnOrder({ columns, kwargs }: Site): Measured {
  const actual = Object.keys(columns);
  if (kwargs["column_list"] === undefined)
    return { success: true, result: { observed_value: actual } };
  const expected = textsOf(kwargs, "column_list");
  const length = Math.max(actual.length, expected.length);
  const mismatched = Array.from({ length }, (_, i) => ({
    "Expected Column Position": i,
    Expected: expected[i] ?? null,
    Found: actual[i] ?? null,
  })).filter(({ Expected, Found }) => Expected !== Found);
  return mismatched.length === 0
    ? { success: true, result: { observed_value: actual } }
    : { success: false, result: { observed_value: actual, details: { mismatched } } };
}

function columnExists({ columns, kwargs }: Site): Measured {
  const [column, index] = [textOf(kwargs, "column"), numberOf(kwargs, "column_index")];
  const names = Object.keys(columns);
  const success = index === undefined ? names.includes(column) : names.at(index) === column;
  return { success, result: {} };
}

const columnKwarg = { column: required(kinds.name) } as const;
const countBounds = { min_value: kinds.number, max_value: kinds.number } as const;

const otherTable: Definition = {
  kwargs: { other_table_name: required(kinds.name) },
  conditional: true,
  mostly: false,
  about: () => [],
  says: (kwargs) => `there are as many rows as in ${textOf(kwargs, "other_table_name")}`,
  plan: (site) => {
    const name = textOf(site.kwargs, "other_table_name");
    const known = Object.keys(site.tables);
    const other =
      site.tables[name] ?? fail("check/missing-table", { type: site.type, name, known });
    return {
      kind: "measure",
      asks: [narrowed("count(*)", site), `(SELECT count(*) FROM (${other.sql}))`],
      judge: ([mine, theirs]) => ({
        success: toCount(mine) === toCount(theirs),
        result: { observed_value: { self: toCount(mine), other: toCount(theirs) } },
      }),
    };
  },
};

export const tableMeasures: Definitions = {
  expect_table_column_count_to_be_between: shape({
    kwargs: countBounds,
    says: (kwargs) => `the number of columns is ${boundsText(kwargs)}`,
    judge: (site) => ({
      success: isWithin(columnCount(site), site.kwargs),
      result: { observed_value: columnCount(site) },
    }),
  }),
  expect_table_column_count_to_equal: shape({
    kwargs: { value: required(kinds.number) },
    says: (kwargs) => thereAre(kwargs["value"], "column"),
    judge: (site) => ({
      success: columnCount(site) === site.kwargs["value"],
      result: { observed_value: columnCount(site) },
    }),
  }),
  expect_table_columns_to_match_ordered_list: shape({
    kwargs: { column_list: kinds.names },
    says: (kwargs) => `the columns are ${list(textsOf(kwargs, "column_list"))}, in this order`,
    judge: columnOrder,
  }),
  expect_table_columns_to_match_set: shape({
    kwargs: { column_set: kinds.names, exact_match: orElse(kinds.flag, true) },
    says: (kwargs) =>
      `the columns ${kwargs["exact_match"] === false ? "include" : "are"} ${list(textsOf(kwargs, "column_set"))}`,
    judge: columnSet,
  }),
  expect_column_to_exist: shape({
    kwargs: { ...columnKwarg, column_index: kinds.number },
    says: (kwargs) => `there is a column ${textOf(kwargs, "column")}`,
    judge: columnExists,
  }),
  expect_column_type_to_be: shape({
    kwargs: { ...columnKwarg, type_: required(kinds.text) },
    about: (kwargs) => [textOf(kwargs, "column")],
    says: (kwargs) => `${textOf(kwargs, "column")} has the type ${textOf(kwargs, "type_")}`,
    judge: (site) => typeMeasure(site, [textOf(site.kwargs, "type_")]),
  }),
  expect_column_values_to_be_of_type: shape({
    kwargs: { ...columnKwarg, type_: required(kinds.text) },
    about: (kwargs) => [textOf(kwargs, "column")],
    says: (kwargs) => `the values of ${textOf(kwargs, "column")} are ${textOf(kwargs, "type_")}`,
    judge: (site) => typeMeasure(site, [textOf(site.kwargs, "type_")]),
    mostly: true,
  }),
  expect_column_values_to_be_in_type_list: shape({
    kwargs: { ...columnKwarg, type_list: kinds.texts },
    about: (kwargs) => [textOf(kwargs, "column")],
    says: (kwargs) =>
      `the values of ${textOf(kwargs, "column")} are one of ${list(textsOf(kwargs, "type_list"))}`,
    judge: (site) =>
      site.kwargs["type_list"] === undefined
        ? { ...typeMeasure(site, []), success: true }
        : typeMeasure(site, textsOf(site.kwargs, "type_list")),
    mostly: true,
  }),
  expect_table_row_count_to_be_between: rows({
    kwargs: { ...boundKwargs, ...countBounds },
    says: (kwargs) => `the number of rows is ${boundsText(kwargs)}`,
    holds: isWithin,
  }),
  expect_table_row_count_to_equal: rows({
    kwargs: { value: required(kinds.number) },
    says: (kwargs) => thereAre(kwargs["value"], "row"),
    holds: (count, kwargs) => count === kwargs["value"],
  }),
  expect_table_row_count_to_equal_other_table: otherTable,
};
