/** @file Types of expectations about the values of one column: bounds, sets, missing values, types. */

import { list, quote } from "../../core/index.ts";
import type { Json } from "../../flow.ts";
import type { Value } from "../../table/index.ts";
import { fail } from "../errors.ts";
import {
  type Definition,
  type Definitions,
  listOf,
  type RowPlan,
  type Site,
  textOf,
} from "./definition.ts";
import { type KwargSpec, type Kwargs, kwargKinds as kinds, orElse, required } from "./kwargs.ts";
import { boundOf, type ColumnUse, columnUse, compareValues, literalOf } from "./values.ts";

/** How one value that is there breaks a rule, in SQL and in TypeScript. */
export interface ValueRule {
  readonly sql: (x: string) => string;
  readonly breaks: (value: Exclude<Value, null>) => boolean;
}

/** A definition of a rule for each value of a column; missing values are not looked at. */
export function valueRule(parts: {
  readonly kwargs: Readonly<Record<string, KwargSpec>>;
  readonly says: (column: string, kwargs: Kwargs) => string;
  readonly use?: (site: Site, column: string) => ColumnUse;
  readonly rule: (site: Site, use: ColumnUse) => ValueRule;
}): Definition {
  const { kwargs, says, use = columnUse, rule } = parts;
  return {
    kwargs: { column: required(kinds.name), ...kwargs },
    conditional: true,
    mostly: true,
    about: (given) => [textOf(given, "column")],
    says: (given) => says(textOf(given, "column"), given),
    plan: (site) => {
      const column = use(site, textOf(site.kwargs, "column"));
      const { sql, breaks } = rule(site, column);
      return {
        kind: "rows",
        looked: `${columnUse(site, column.name).sql} IS NOT NULL`,
        present: `count(${columnUse(site, column.name).sql})`,
        broken: sql(column.sql),
        alone: true,
        shown: [column.name],
        shownAs: "value",
        countsMissing: true,
        row: (row) => {
          const value = column.read(row);
          return value === null ? null : breaks(value);
        },
      };
    },
  };
}

/** The arguments of bounds. */
export const boundKwargs = {
  min_value: kinds.bound,
  max_value: kinds.bound,
  strict_min: orElse(kinds.flag, false),
  strict_max: orElse(kinds.flag, false),
} as const;

/** Bounds as a sentence says them: "≥ 0 and < 10". */
export function boundsText(kwargs: Kwargs): string {
  const { min_value: min, max_value: max, strict_min, strict_max } = kwargs;
  const shown = (value: Json): string => (typeof value === "string" ? quote(value) : `${value}`);
  const low =
    min === undefined || min === null ? [] : [`${strict_min === true ? ">" : "≥"} ${shown(min)}`];
  const high =
    max === undefined || max === null ? [] : [`${strict_max === true ? "<" : "≤"} ${shown(max)}`];
  return [...low, ...high].join(" and ") || "anything";
}

function betweenRule(site: Site, use: ColumnUse): ValueRule {
  const { min_value, max_value, strict_min, strict_max } = site.kwargs;
  checkOrder(site, use);
  const tests: ValueRule[] = [];
  if (min_value !== undefined) {
    const low = boundOf(site, use, min_value);
    const strict = strict_min === true;
    tests.push({
      sql: (x) => `${x} ${strict ? "<=" : "<"} ${low.sql}`,
      breaks: (v) => compareValues(v, low.value) < (strict ? 1 : 0),
    });
  }
  if (max_value !== undefined) {
    const high = boundOf(site, use, max_value);
    const strict = strict_max === true;
    tests.push({
      sql: (x) => `${x} ${strict ? ">=" : ">"} ${high.sql}`,
      breaks: (v) => compareValues(v, high.value) > (strict ? -1 : 0),
    });
  }
  return {
    sql: (x) => (tests.length === 0 ? "false" : `(${tests.map(({ sql }) => sql(x)).join(" OR ")})`),
    breaks: (value) => tests.some(({ breaks }) => breaks(value)),
  };
}

/** Great Expectations, too, refuses such bounds when it judges, not when it reads. Throws `check/mismatch-kwarg`. */
function checkOrder(site: Site, use: ColumnUse): void {
  const { min_value: min, max_value: max } = site.kwargs;
  if (min === undefined || max === undefined) return;
  if (compareValues(boundOf(site, use, min).value, boundOf(site, use, max).value) > 0)
    fail("check/mismatch-kwarg", {
      type: site.type,
      kwarg: "min_value",
      expected: `at most max_value, ${quote(max)}`,
      got: min,
    });
}

function setRule(site: Site, use: ColumnUse): ValueRule {
  const given = listOf(site.kwargs, "value_set").map((value) => literalOf(use, value));
  const literals = given.filter((literal) => literal !== undefined);
  const values = new Set(literals.map(({ value }) => value));
  const listed = literals.map(({ sql }) => sql).join(", ");
  return {
    sql: (x) => (literals.length === 0 ? "true" : `${x} NOT IN (${listed})`),
    breaks: (value) => !values.has(value),
  };
}

const not = ({ sql, breaks }: ValueRule): ValueRule => ({
  sql: (x) => `NOT (${sql(x)})`,
  breaks: (value) => !breaks(value),
});

/** A definition of a check of missing values themselves. */
function missingRule(missing: boolean, says: string): Definition {
  return {
    kwargs: { column: required(kinds.name) },
    conditional: true,
    mostly: true,
    about: (kwargs) => [textOf(kwargs, "column")],
    says: (kwargs) => `${textOf(kwargs, "column")} ${says}`,
    plan: (site): RowPlan => {
      const { sql, name, read } = columnUse(site, textOf(site.kwargs, "column"));
      return {
        kind: "rows",
        looked: "true",
        broken: `${sql} IS ${missing ? "NULL" : "NOT NULL"}`,
        shown: [name],
        shownAs: "value",
        countsMissing: false,
        row: (row) => (read(row) === null) === missing,
      };
    },
  };
}

/** A plan that nothing stands twice in some columns: one of them, or several as a key. */
export function uniqueRows(columns: readonly string[], looked: string): RowPlan {
  return {
    kind: "rows",
    looked,
    broken: "false", // found by grouping
    shown: columns,
    shownAs: columns.length === 1 ? "value" : "record",
    countsMissing: true,
    unique: columns,
  };
}

export const valueRules: Definitions = {
  expect_column_values_to_be_between: valueRule({
    kwargs: boundKwargs,
    says: (column, kwargs) => `${column} is ${boundsText(kwargs)}`,
    rule: betweenRule,
  }),
  expect_column_values_to_be_in_set: valueRule({
    kwargs: { value_set: required(kinds.values) },
    says: (column, kwargs) => `${column} is one of ${list(listOf(kwargs, "value_set"))}`,
    rule: setRule,
  }),
  expect_column_values_to_not_be_in_set: valueRule({
    kwargs: { value_set: required(kinds.values) },
    says: (column, kwargs) => `${column} is none of ${list(listOf(kwargs, "value_set"))}`,
    rule: (site, use) => not(setRule(site, use)),
  }),
  expect_column_values_to_not_be_null: missingRule(true, "has a value"),
  expect_column_values_to_be_null: missingRule(false, "has no value"),
  expect_column_values_to_be_unique: {
    kwargs: { column: required(kinds.name) },
    conditional: true,
    mostly: true,
    about: (kwargs) => [textOf(kwargs, "column")],
    says: (kwargs) => `${textOf(kwargs, "column")} is unique`,
    plan: (site) => {
      const { name, sql, spec } = columnUse(site, textOf(site.kwargs, "column"));
      const plan = uniqueRows([name], `${sql} IS NOT NULL`);
      const bits = spec.kind === "int" ? ({ bits: true } as const) : {};
      return { ...plan, ...bits, present: `count(${sql})` };
    },
  },
};
