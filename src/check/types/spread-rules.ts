/** @file Types of expectations that judge each value by the column's own spread: z-scores, outliers. */
import {
  type Definition,
  type Definitions,
  narrowed,
  numberOf,
  type Site,
  textOf,
} from "./definition.ts";
import {
  type KwargSpec,
  type Kwargs,
  kwargKinds as kinds,
  oneOf,
  orElse,
  required,
} from "./kwargs.ts";
import { numberUse } from "./values.ts";

/** A rule over a column and numbers of the whole column, which the scan finds out first. */
interface SpreadRule {
  readonly spread: (x: string) => Readonly<Record<string, string>>;
  readonly broken: (x: string) => string;
}

/** The aggregates read the column; `broken` reads them by the names of `spread`. */
function spreadRule(parts: {
  readonly kwargs: Readonly<Record<string, KwargSpec>>;
  readonly says: (column: string, kwargs: Kwargs) => string;
  readonly rule: (site: Site) => SpreadRule;
}): Definition {
  return {
    kwargs: { column: required(kinds.name), ...parts.kwargs },
    conditional: true,
    mostly: true,
    about: (kwargs) => [textOf(kwargs, "column")],
    says: (kwargs) => parts.says(textOf(kwargs, "column"), kwargs),
    plan: (site) => {
      const { sql, name } = numberUse(site, textOf(site.kwargs, "column"));
      const { spread, broken } = parts.rule(site);
      const aggregates = Object.entries(spread(sql)).map(([key, aggregate]) => [
        key,
        narrowed(aggregate, site),
      ]);
      return {
        kind: "rows",
        looked: `${sql} IS NOT NULL`,
        present: `count(${sql})`,
        broken: broken(sql),
        alone: true,
        shown: [name],
        shownAs: "value",
        countsMissing: true,
        spread: Object.fromEntries(aggregates),
      };
    },
  };
}

/** Mean and standard deviation (n − 1), as doubles. */
const meanAndDeviation = (x: string): Readonly<Record<string, string>> => ({
  mean: `avg(CAST(${x} AS DOUBLE))`,
  deviation: `stddev_samp(CAST(${x} AS DOUBLE))`,
});

function outlierRule({ kwargs }: Site): SpreadRule {
  const times = `'${numberOf(kwargs, "multiplier") ?? 1.5}'::DOUBLE`;
  if (kwargs["method"] === "std")
    return {
      spread: meanAndDeviation,
      // A reach of zero keeps the mean alone; without a deviation nothing is an outlier.
      broken: (x) => `CASE WHEN ${times} * {deviation} <= 0 THEN ${x} <> {mean}
        ELSE abs(${x} - {mean}) >= ${times} * {deviation} END`,
    };
  return {
    spread: (x) => ({ quartile: `quantile_cont(CAST(${x} AS DOUBLE), [0.25, 0.75])` }),
    broken: (x) => `(${x} < {quartile.0} - ${times} * ({quartile.1} - {quartile.0})
      OR ${x} > {quartile.1} + ${times} * ({quartile.1} - {quartile.0}))`,
  };
}

export const spreadRules: Definitions = {
  expect_column_value_z_scores_to_be_less_than: spreadRule({
    kwargs: { threshold: required(kinds.number), double_sided: required(kinds.flag) },
    says: (column, kwargs) => `the z-scores of ${column} are below ${kwargs["threshold"]}`,
    rule: ({ kwargs }) => {
      const threshold = numberOf(kwargs, "threshold") ?? 0;
      const both = kwargs["double_sided"] === true;
      return {
        spread: meanAndDeviation,
        broken: (x) => {
          const score = `(${x} - {mean}) / nullif({deviation}, 0)`;
          return both
            ? `abs(${score}) >= '${Math.abs(threshold)}'::DOUBLE`
            : `${score} >= '${threshold}'::DOUBLE`;
        },
      };
    },
  }),
  expect_column_values_to_not_be_outliers: spreadRule({
    kwargs: {
      method: orElse(oneOf("iqr", "std"), "iqr"),
      multiplier: orElse(kinds.positive, 1.5),
    },
    says: (column, kwargs) =>
      `${column} has no outliers (${kwargs["method"] ?? "iqr"} × ${kwargs["multiplier"] ?? 1.5})`,
    rule: outlierRule,
  }),
};
