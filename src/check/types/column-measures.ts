/** @file Types of expectations about one number of a column: extremes, moments, shares, quantiles. */
import type { Json } from "../../flow.ts";
import { fail } from "../errors.ts";
import {
  type Definition,
  type Definitions,
  type Measured,
  narrowed,
  type Site,
  textOf,
} from "./definition.ts";
import { type Kwargs, kwargKinds as kinds, orElse, required } from "./kwargs.ts";
import { boundKwargs, boundsText } from "./value-rules.ts";
import {
  boundOf,
  type ColumnUse,
  columnUse,
  compareValues,
  numberUse,
  toCount,
  toNumber,
  toShown,
} from "./values.ts";

/** Whether a number is within the bounds of the arguments. */
export function isWithin(value: number, kwargs: Kwargs): boolean {
  const { min_value: min, max_value: max, strict_min, strict_max } = kwargs;
  const above = typeof min !== "number" || value > min || (value === min && strict_min !== true);
  const below = typeof max !== "number" || value < max || (value === max && strict_max !== true);
  return above && below;
}

const numberBounds = { ...boundKwargs, min_value: kinds.number, max_value: kinds.number } as const;

/** A definition of a number of a column within bounds; no number is a failure. */
function numberMeasure(parts: {
  readonly says: string;
  readonly use?: (site: Site, column: string) => ColumnUse;
  readonly asks: (x: string, site: Site) => readonly string[];
  readonly number: (values: readonly unknown[]) => Json;
}): Definition {
  const { says, use = numberUse, asks, number } = parts;
  return {
    kwargs: { column: required(kinds.name), ...numberBounds },
    conditional: true,
    mostly: false,
    about: (kwargs) => [textOf(kwargs, "column")],
    says: (kwargs) => `the ${says} of ${textOf(kwargs, "column")} is ${boundsText(kwargs)}`,
    plan: (site) => ({
      kind: "measure",
      asks: asks(use(site, textOf(site.kwargs, "column")).sql, site),
      judge: (values) => {
        const observed = number(values);
        const success = observed !== null && isWithin(Number(observed), site.kwargs);
        return { success, result: { observed_value: observed } };
      },
    }),
  };
}

/** A definition of an aggregate of a column of numbers. */
const aggregate = (says: string, sql: (x: string) => string): Definition =>
  numberMeasure({
    says,
    asks: (x, site) => [narrowed(sql(x), site)],
    number: ([value]) => toNumber(value),
  });

/** The smallest or largest value: of numbers, texts or moments. */
function extreme(name: "min" | "max"): Definition {
  const says = name === "min" ? "smallest" : "largest";
  return {
    kwargs: { column: required(kinds.name), ...boundKwargs },
    conditional: true,
    mostly: false,
    about: (kwargs) => [textOf(kwargs, "column")],
    says: (kwargs) => `the ${says} ${textOf(kwargs, "column")} is ${boundsText(kwargs)}`,
    plan: (site) => {
      const use = columnUse(site, textOf(site.kwargs, "column"));
      const { min_value, max_value, strict_min, strict_max } = site.kwargs;
      const low = min_value === undefined ? undefined : boundOf(site, use, min_value).value;
      const high = max_value === undefined ? undefined : boundOf(site, use, max_value).value;
      const judge = ([value]: readonly unknown[]): Measured => {
        const observed = toShown(use.spec, value);
        if (observed === null) return { success: false, result: { observed_value: null } };
        const compared =
          use.spec.kind === "timestamp" ? Date.parse(String(observed)) : scalar(observed);
        const above = low === undefined || compareValues(compared, low) > (strict_min === true ? 0 : -1); // biome-ignore format: a test
        const below = high === undefined || compareValues(compared, high) < (strict_max === true ? 0 : 1); // biome-ignore format: a test
        return { success: above && below, result: { observed_value: observed } };
      };
      return { kind: "measure", asks: [narrowed(`${name}(${use.sql})`, site)], judge };
    },
  };
}

const scalar = (value: Json): string | number | boolean =>
  typeof value === "object" ? String(value) : value;

/** Relative nearness at which a quantile counts as its bound, as Great Expectations has it. */
const nearness = 1e-4;

/**
 * Quantiles are values of the column (SQL's `percentile_disc`), as Great Expectations takes them
 * from a SQL source; `"linear"` interpolates.
 */
const quantiles: Definition = {
  kwargs: {
    column: required(kinds.name),
    quantile_ranges: required(kinds.quantiles),
    allow_relative_error: orElse(kinds.flagOrText, false),
  },
  conditional: true,
  mostly: false,
  about: (kwargs) => [textOf(kwargs, "column")],
  says: (kwargs) => `the quantiles of ${textOf(kwargs, "column")} are within their ranges`,
  plan: (site) => {
    const { sql } = numberUse(site, textOf(site.kwargs, "column"));
    const { points, ranges } = quantileRanges(site.kwargs);
    const how = quantileFunction(site);
    const list = `[${points.map((point) => `'${point}'::DOUBLE`).join(", ")}]`;
    return {
      kind: "measure",
      asks: [narrowed(`${how}(${sql}, ${list})`, site)],
      judge: ([found]) => {
        const values = points.map((_, i) => (Array.isArray(found) ? toNumber(found[i]) : null));
        const details = values.map((value, i) => isInRange(value, ranges[i] ?? []));
        return {
          success: details.every((one) => one),
          result: {
            observed_value: { quantiles: points, values },
            details: { success_details: details },
          },
        };
      },
    };
  },
};

function quantileFunction({ type, kwargs }: Site): string {
  const how = kwargs["allow_relative_error"];
  if (typeof how === "boolean" || how === undefined) return "quantile_disc";
  if (how === "linear") return "quantile_cont";
  const reason = 'expected false, true or "linear"';
  return fail("check/unsupported-option", {
    type,
    what: `allow_relative_error ${JSON.stringify(how)}`,
    reason,
  });
}

function quantileRanges(kwargs: Kwargs) {
  const { quantiles = [], value_ranges = [] } = Object(kwargs["quantile_ranges"]) as {
    readonly quantiles?: readonly number[];
    readonly value_ranges?: readonly (readonly (number | null)[])[];
  };
  return { points: quantiles, ranges: value_ranges };
}

function isInRange(value: Json, range: readonly (number | null)[]): boolean {
  if (typeof value !== "number") return false;
  const [low, high] = [range[0] ?? -Infinity, range[1] ?? Infinity];
  const near = (bound: number): boolean =>
    Number.isFinite(bound) && Math.abs(value - bound) <= 1e-8 + nearness * Math.abs(bound);
  return near(low) || near(high) || (value >= low && value <= high);
}

const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

export const columnMeasures: Definitions = {
  expect_column_max_to_be_between: extreme("max"),
  expect_column_min_to_be_between: extreme("min"),
  expect_column_mean_to_be_between: aggregate("mean", (x) => `avg(CAST(${x} AS DOUBLE))`),
  expect_column_median_to_be_between: aggregate(
    "median",
    (x) => `quantile_cont(CAST(${x} AS DOUBLE), 0.5)`,
  ),
  expect_column_stdev_to_be_between: aggregate(
    "standard deviation",
    (x) => `stddev_samp(CAST(${x} AS DOUBLE))`,
  ),
  expect_column_sum_to_be_between: numberMeasure({
    says: "sum",
    asks: (x, site) => [narrowed(`sum(${x})`, site)],
    number: ([sum]) => toNumber(sum) ?? 0,
  }),
  expect_column_quantile_values_to_be_between: quantiles,
  expect_column_unique_value_count_to_be_between: numberMeasure({
    says: "number of different values",
    use: columnUse,
    asks: (x, site) => [narrowed(`count(DISTINCT ${x})`, site)],
    number: ([count]) => toCount(count),
  }),
  expect_column_proportion_of_unique_values_to_be_between: numberMeasure({
    says: "share of different values",
    use: columnUse,
    asks: (x, site) => [narrowed(`count(DISTINCT ${x})`, site), narrowed(`count(${x})`, site)],
    number: ([distinct, present]) => share(toCount(distinct), toCount(present)),
  }),
  expect_column_proportion_of_non_null_values_to_be_between: numberMeasure({
    says: "share of values that are there",
    use: columnUse,
    asks: (x, site) => [narrowed(`count(${x})`, site), narrowed("count(*)", site)],
    number: ([present, rows]) => share(toCount(present), toCount(rows)),
  }),
};
