/** @file Types of expectations about the set of a column's values: distinct ones, the most common. */
import { list } from "../../core/index.ts";
import type { Json } from "../../flow.ts";
import {
  type Definition,
  type Definitions,
  listOf,
  type Measured,
  narrowed,
  type SecondLook,
  type Site,
  textOf,
} from "./definition.ts";
import { type KwargSpec, type Kwargs, kwargKinds as kinds, required } from "./kwargs.ts";
import { type ColumnUse, columnUse, literalOf, toCount, toShown } from "./values.ts";

/** How many different values a result shows. */
const shownValues = 20;

/** A definition about a column and a set of values. */
function setMeasure(parts: {
  readonly kwargs?: Readonly<Record<string, KwargSpec>>;
  readonly says: string;
  readonly plan: (site: Site, use: ColumnUse) => ReturnType<Definition["plan"]>;
}): Definition {
  return {
    kwargs: { column: required(kinds.name), value_set: required(kinds.values), ...parts.kwargs },
    conditional: true,
    mostly: false,
    about: (kwargs) => [textOf(kwargs, "column")],
    says: (kwargs) =>
      `the ${parts.says} ${list(listOf(kwargs, "value_set"))}`.replace(
        "{column}",
        textOf(kwargs, "column"),
      ),
    plan: (site) => parts.plan(site, columnUse(site, textOf(site.kwargs, "column"))),
  };
}

/** SQL that is true for a value outside the set. */
function outside(use: ColumnUse, kwargs: Kwargs): string {
  const literals = listOf(kwargs, "value_set").flatMap((v) => literalOf(use, v)?.sql ?? []);
  const there = `${use.sql} IS NOT NULL`;
  return literals.length === 0
    ? there
    : `(${there} AND ${use.sql} NOT IN (${literals.join(", ")}))`;
}

/** The different values of a column. */
const valuesSql = ({ where }: Site, { sql }: ColumnUse): string =>
  `SELECT DISTINCT ${sql} FROM batch WHERE ${sql} IS NOT NULL AND ${where ?? "true"}`;

/** Values of the column that the set has not: counted in the scan, shown after it. */
function extraValues(site: Site, use: ColumnUse) {
  const condition = outside(use, site.kwargs);
  const where = site.where === null ? condition : `${site.where} AND ${condition}`;
  return {
    ask: `(SELECT count(*) FROM (${valuesSql(site, use)}) WHERE ${condition})`,
    look: async (second: SecondLook): Promise<readonly Json[]> => {
      const found = await second.query(
        `SELECT DISTINCT ${use.sql} AS v FROM batch WHERE ${where} ORDER BY v LIMIT ${shownValues}`,
      );
      return found.map((row) => toShown(use.spec, row["v"]));
    },
  };
}

/** Values of the set that the column has not: counted in the scan, named after it. */
function absentValues(site: Site, use: ColumnUse) {
  const values = [...new Set(listOf(site.kwargs, "value_set"))].filter((value) => value !== null);
  const known = values.map((value) => ({ value, literal: literalOf(use, value) }));
  const literals = known.flatMap(({ literal }) => literal?.sql ?? []);
  const within = literals.length === 0 ? "false" : `${use.sql} IN (${literals.join(", ")})`;
  const different = new Set(literals).size;
  return {
    ask: `(SELECT count(*) FROM (${valuesSql(site, use)}) WHERE ${within})`,
    missing: (present: unknown): number =>
      different - toCount(present) + known.filter(({ literal }) => literal === undefined).length,
    look: async (second: SecondLook): Promise<readonly Json[]> => {
      const asks = known.map(({ literal }, i) => {
        const there = literal === undefined ? "false" : `${use.sql} = ${literal.sql}`;
        return `coalesce(${narrowed(`bool_or(${there})`, site)}, false) AS v${i}`;
      });
      const [row = {}] = await second.query(
        `SELECT ${["1 AS one", ...asks].join(", ")} FROM batch`,
      );
      const absent = known.filter((_, i) => row[`v${i}`] !== true);
      return absent
        .map(({ value }) => value)
        .sort(byText)
        .slice(0, shownValues);
    },
  };
}

/** Numbers by size, all else by its text. */
export const byText = (a: Json, b: Json): number =>
  typeof a === "number" && typeof b === "number" ? a - b : String(a) < String(b) ? -1 : 1;

const withList = (measured: Measured, key: string, values: readonly Json[]): Measured => ({
  ...measured,
  result: { ...measured.result, [key]: values },
});

const inSet = setMeasure({
  says: "values of {column} are among",
  plan: (site, use) => {
    const extra = extraValues(site, use);
    return {
      kind: "measure",
      asks: [extra.ask],
      judge: ([count]) => ({
        success: toCount(count) === 0,
        result: {
          observed_value: null,
          unexpected_count: toCount(count),
          partial_unexpected_list: [],
        },
      }),
      look: async (measured, second) =>
        withList(measured, "partial_unexpected_list", await extra.look(second)),
    };
  },
});

const containSet = setMeasure({
  says: "values of {column} include",
  plan: (site, use) => {
    const absent = absentValues(site, use);
    return {
      kind: "measure",
      asks: [absent.ask],
      judge: ([present]) => ({
        success: absent.missing(present) === 0,
        result: {
          observed_value: null,
          missing_count: absent.missing(present),
          partial_missing_list: [],
        },
      }),
      look: async (measured, second) =>
        withList(measured, "partial_missing_list", await absent.look(second)),
    };
  },
});

const equalSet = setMeasure({
  says: "values of {column} are exactly",
  plan: (site, use) => {
    const extra = extraValues(site, use);
    const absent = absentValues(site, use);
    return {
      kind: "measure",
      asks: [extra.ask, absent.ask],
      judge: ([count, present]) => ({
        success: toCount(count) === 0 && absent.missing(present) === 0,
        result: {
          observed_value: null,
          unexpected_count: toCount(count),
          missing_count: absent.missing(present),
          partial_unexpected_list: [],
          partial_missing_list: [],
        },
      }),
      look: async (measured, second) => {
        const unexpected = await extra.look(second);
        const listed = withList(measured, "partial_unexpected_list", unexpected);
        return withList(listed, "partial_missing_list", await absent.look(second));
      },
    };
  },
});

/** A SELECT of the different values of a column with their counts, as `key` and `value`. */
const groupsSql = ({ where }: Site, { sql }: ColumnUse): string =>
  `SELECT ${sql} AS key, count(*) AS value FROM batch WHERE ${sql} IS NOT NULL AND ${where ?? "true"} GROUP BY ${sql}`;

/** SQL for all values of a column with their counts, as a list of `{key, value}`. */
export const countsSql = (site: Site, use: ColumnUse): string =>
  `(SELECT list({'key': key, 'value': value}) FROM (${groupsSql(site, use)}))`;

const mostCommon = setMeasure({
  kwargs: { ties_okay: kinds.flag },
  says: "most common value of {column} is one of",
  plan: (site, use) => {
    const values = listOf(site.kwargs, "value_set").flatMap((v) => literalOf(use, v)?.value ?? []);
    const groups = groupsSql(site, use);
    return {
      kind: "measure",
      asks: [`(SELECT list(key) FROM (${groups} QUALIFY value = max(value) OVER ()))`],
      judge: ([found]) => {
        const observed = (Array.isArray(found) ? found : []).map((v) => toShown(use.spec, v));
        const common = observed.filter((v) => values.includes(literalOf(use, v)?.value ?? "\0"));
        const success =
          site.kwargs["ties_okay"] === true
            ? common.length > 0
            : observed.length === 1 && common.length === 1;
        return { success, result: { observed_value: observed.sort(byText) } };
      },
    };
  },
});

export const setMeasures: Definitions = {
  expect_column_distinct_values_to_be_in_set: inSet,
  expect_column_distinct_values_to_contain_set: containSet,
  expect_column_distinct_values_to_equal_set: equalSet,
  expect_column_most_common_value_to_be_in_set: mostCommon,
};
