/** @file Types of expectations about several columns of one row: pairs, sums, equal and unique. */
import { list } from "../../core/index.ts";
import type { Cells, Json } from "../../flow.ts";
import { type BoolExpr, parseNode, readsOf, toRow, toSql, type Value } from "../../table/index.ts";
import { fail } from "../errors.ts";
import {
  type Definition,
  type Definitions,
  listOf,
  numberOf,
  type RowPlan,
  type Site,
  specOf,
  textOf,
  textsOf,
} from "./definition.ts";
import {
  type KwargSpec,
  type Kwargs,
  kwargKinds as kinds,
  oneOf,
  orElse,
  required,
} from "./kwargs.ts";
import { uniqueRows } from "./value-rules.ts";
import { type ColumnUse, columnUse, compareValues, literalOf, numberUse } from "./values.ts";

/** Which rows are left out for their missing values: those where all are missing, or any, or none. */
type Ignored = "all" | "any" | "none";

const ignoredBy: Readonly<Record<string, Ignored>> = {
  both_values_are_missing: "all",
  either_value_is_missing: "any",
  neither: "none",
  all_values_are_missing: "all",
  any_value_is_missing: "any",
  never: "none",
};

/** A rule for the values of several columns of a row. */
interface TogetherRule {
  /** SQL that is true when the row keeps it; NULL breaks it. */
  readonly kept: string;
  readonly keeps: (values: readonly Value[]) => boolean;
}

/** The plan of a rule over columns. */
function together(site: Site, uses: readonly ColumnUse[], rule: TogetherRule): RowPlan {
  const ignored = ignoredBy[textOf(site.kwargs, "ignore_row_if")] ?? "all";
  return {
    kind: "rows",
    looked: lookedSql(uses, ignored),
    broken: `NOT coalesce(${rule.kept}, false)`,
    shown: uses.map(({ name }) => name),
    shownAs: site.kwargs["column_A"] === undefined ? "record" : "list",
    countsMissing: true,
    row: (row) => {
      const values = uses.map(({ read }) => read(row));
      const missing = values.filter((value) => value === null).length;
      if (missing === values.length && ignored === "all") return null;
      if (missing > 0 && ignored === "any") return null;
      return !rule.keeps(values);
    },
  };
}

function lookedSql(uses: readonly ColumnUse[], ignored: Ignored): string {
  if (ignored === "none") return "true";
  const there = uses.map(({ sql }) => `${sql} IS NOT NULL`);
  return `(${there.join(ignored === "all" ? " OR " : " AND ")})`;
}

/** Two columns whose values can be compared. Throws `check/mismatch-kind`. */
function pairOf(site: Site): readonly [ColumnUse, ColumnUse] {
  const [a, b] = [columnUse(site, textOf(site.kwargs, "column_A")), columnUse(site, textOf(site.kwargs, "column_B"))]; // biome-ignore format: a pair
  if (family(a) !== family(b))
    fail("check/mismatch-kind", {
      type: site.type,
      column: b.name,
      kind: b.spec.kind,
      expected: `${a.spec.kind}, as column ${JSON.stringify(a.name)} does`,
    });
  return [a, b];
}

function family({ spec: { kind } }: ColumnUse): string {
  if (kind === "int" || kind === "float") return "number";
  return kind === "category" ? "text" : kind;
}

/** A definition of a rule for pairs. */
function pairRule(parts: {
  readonly kwargs?: Readonly<Record<string, KwargSpec>>;
  readonly says: (a: string, b: string, kwargs: Kwargs) => string;
  readonly rule: (site: Site, pair: readonly [ColumnUse, ColumnUse]) => TogetherRule;
  readonly anyKinds?: true;
}): Definition {
  return {
    kwargs: {
      column_A: required(kinds.name),
      column_B: required(kinds.name),
      ...parts.kwargs,
      ignore_row_if: orElse(
        oneOf("both_values_are_missing", "either_value_is_missing", "neither"),
        "both_values_are_missing",
      ),
    },
    conditional: true,
    mostly: true,
    about: (kwargs) => [textOf(kwargs, "column_A"), textOf(kwargs, "column_B")],
    says: (kwargs) => parts.says(textOf(kwargs, "column_A"), textOf(kwargs, "column_B"), kwargs),
    plan: (site) => {
      const [a, b] = ["column_A", "column_B"].map((k) => columnUse(site, textOf(site.kwargs, k)));
      const pair = parts.anyKinds && a && b ? ([a, b] as const) : pairOf(site);
      return together(site, pair, parts.rule(site, pair));
    },
  };
}

/** A definition of a rule for a list of columns. */
function listRule(parts: {
  readonly kwargs?: Readonly<Record<string, KwargSpec>>;
  readonly says: (columns: string, kwargs: Kwargs) => string;
  readonly plan: (site: Site, columns: readonly string[]) => RowPlan;
}): Definition {
  return {
    kwargs: {
      column_list: required(kinds.names),
      ...parts.kwargs,
      ignore_row_if: orElse(
        oneOf("all_values_are_missing", "any_value_is_missing", "never"),
        "all_values_are_missing",
      ),
    },
    conditional: true,
    mostly: true,
    about: (kwargs) => textsOf(kwargs, "column_list"),
    says: (kwargs) => parts.says(textsOf(kwargs, "column_list").join(", "), kwargs),
    plan: (site) => parts.plan(site, textsOf(site.kwargs, "column_list")),
  };
}

/** All pairs of a list. */
const pairsOf = <T>(items: readonly T[]): readonly (readonly [T, T])[] =>
  items.flatMap((a, i) => items.slice(i + 1).map((b) => [a, b] as const));

function pairSet(site: Site, [a, b]: readonly [ColumnUse, ColumnUse]): TogetherRule {
  const pairs = listOf(site.kwargs, "value_pairs_set").map((pair): readonly Json[] =>
    Array.isArray(pair) ? pair : [],
  );
  const test = (use: ColumnUse, value: Json = null): string => {
    if (value === null) return `${use.sql} IS NULL`;
    const literal = literalOf(use, value);
    return literal === undefined ? "false" : `${use.sql} = ${literal.sql}`;
  };
  const same = (use: ColumnUse, value: Json = null, cell: Value = null): boolean =>
    value === null ? cell === null : cell !== null && literalOf(use, value)?.value === cell;
  const kept = pairs.map(([x, y]) => `(${test(a, x)} AND ${test(b, y)})`).join(" OR ");
  return {
    kept: `(${kept || "false"})`,
    keeps: ([x, y]) => pairs.some(([p, q]) => same(a, p, x) && same(b, q, y)),
  };
}

export const rowRules: Definitions = {
  expect_column_pair_values_a_to_be_greater_than_b: pairRule({
    kwargs: { or_equal: kinds.flag },
    says: (a, b, kwargs) => `${a} is ${kwargs["or_equal"] === true ? "at least" : "above"} ${b}`,
    rule: (site, [a, b]) => {
      const orEqual = site.kwargs["or_equal"] === true;
      return {
        kept: `${a.sql} ${orEqual ? ">=" : ">"} ${b.sql}`,
        keeps: ([x = null, y = null]) =>
          x !== null && y !== null && compareValues(x, y) > (orEqual ? -1 : 0),
      };
    },
  }),
  expect_column_pair_values_to_be_equal: pairRule({
    says: (a, b) => `${a} equals ${b}`,
    rule: (_, [a, b]) => ({
      kept: `${a.sql} = ${b.sql}`,
      keeps: ([x = null, y = null]) => x !== null && x === y,
    }),
  }),
  expect_column_pair_values_to_be_in_set: pairRule({
    kwargs: { value_pairs_set: required(kinds.pairs) },
    says: (a, b, kwargs) => `${a} and ${b} are one of ${list(listOf(kwargs, "value_pairs_set"))}`,
    rule: pairSet,
    anyKinds: true,
  }),
  expect_multicolumn_sum_to_equal: listRule({
    kwargs: { sum_total: required(kinds.number) },
    says: (columns, kwargs) => `the sum of ${columns} is ${kwargs["sum_total"]}`,
    plan: (site, columns) => {
      const uses = columns.map((name) => numberUse(site, name));
      const total = numberOf(site.kwargs, "sum_total") ?? 0;
      const sum = uses.map(({ sql }) => `CAST(${sql} AS DOUBLE)`).join(" + ");
      return together(site, uses, {
        kept: `${sum} = '${total}'::DOUBLE`,
        keeps: (values) =>
          values.every((value) => value !== null) &&
          values.reduce<number>((all, value) => all + Number(value), 0) === total,
      });
    },
  }),
  expect_multicolumn_values_to_be_equal: listRule({
    says: (columns) => `${columns} are equal`,
    plan: (site, columns) => {
      const uses = columns.map((name) => columnUse(site, name));
      const first = uses[0];
      const others = uses.slice(1);
      const kept = others.map((use) =>
        first && family(first) === family(use)
          ? `${first.sql} IS NOT DISTINCT FROM ${use.sql}`
          : `(${first?.sql} IS NULL AND ${use.sql} IS NULL)`,
      );
      return together(site, uses, {
        kept: `(${kept.join(" AND ") || "true"})`,
        keeps: (values) => values.every((value) => value === values[0]),
      });
    },
  }),
  expect_select_column_values_to_be_unique_within_record: listRule({
    says: (columns) => `${columns} differ from one another`,
    plan: (site, columns) => {
      const uses = columns.map((name) => columnUse(site, name));
      const kept = pairsOf(uses).map(([a, b]) =>
        family(a) === family(b)
          ? `${a.sql} IS DISTINCT FROM ${b.sql}`
          : `(${a.sql} IS NOT NULL OR ${b.sql} IS NOT NULL)`,
      );
      return together(site, uses, {
        kept: `(${kept.join(" AND ") || "true"})`,
        keeps: (values) => new Set(values).size === values.length,
      });
    },
  }),
  expect_compound_columns_to_be_unique: listRule({
    says: (columns) => `${columns} together are unique`,
    plan: (site, columns) => {
      const uses = columns.map((name) => columnUse(site, name));
      const ignored = ignoredBy[textOf(site.kwargs, "ignore_row_if")] ?? "all";
      return { ...uniqueRows(columns, lookedSql(uses, ignored)), shownAs: "record" };
    },
  }),
  expect_condition_to_hold: {
    kwargs: { says: required(kinds.text), condition: required(kinds.record) },
    conditional: true,
    mostly: true,
    about: () => [],
    says: (kwargs) => textOf(kwargs, "says"),
    plan: (site) => {
      const { node, reads } = conditionOf(site);
      const apply = toRow({ node });
      const sql = toSql({ node });
      return {
        kind: "rows",
        looked: `(${sql}) IS NOT NULL`,
        broken: `NOT (${sql})`,
        shown: reads,
        shownAs: "record",
        countsMissing: true,
        row: (row: Cells) => {
          const holds = apply(row);
          return holds === null ? null : holds === false;
        },
      };
    },
  },
};

/** The condition of `holds`, and the columns it reads, which must be there. */
function conditionOf(site: Site): Pick<BoolExpr, "node" | "reads"> {
  const node = parseNode(site.kwargs["condition"], site.type);
  const reads = readsOf(node).map(({ name }) => name);
  for (const name of reads) specOf(site, name);
  return { node, reads };
}
