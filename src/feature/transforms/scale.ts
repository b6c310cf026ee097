/** @file Numbers as they are, or brought to comparable ranges by what the training rows have. */
import { checkChoice, checkNames, quantileOf } from "../../core/index.ts";
import type { NumberExpr } from "../../table/index.ts";
import { fail } from "../errors.ts";
import { type Feature, learnsNothing } from "../feature.ts";
import { meanAndStd, meanOf, range } from "../fit/measure.ts";
import { checkInput, madeNumber } from "./made.ts";

/** Options of {@link standardize}. */
export interface StandardizeOptions {
  /**
   * `population` divides the squares by n, as scikit-learn does; `sample` by n − 1, as Spark does.
   * Default `population`.
   */
  readonly std?: "population" | "sample";
}

/**
 * z = (x − mean) / std, with the mean and the standard deviation of the training rows. A constant
 * column becomes 0; a missing value becomes 0, which is the mean. Can be undone.
 *
 * @param of - The number to scale.
 * @returns One column.
 * @throws `feature/mismatch-input`, `option/out-of-range`, `option/unknown-name`
 * @example
 * ```ts
 * const people = schema("people", { age: int() });
 * features(people, (c) => ({ age: standardize(c.age) })).reads // => ["age"]
 * ```
 * @see scikit-learn `StandardScaler`; Spark `StandardScaler(withMean=True)` with `std: "sample"`.
 */
export function standardize<R extends string>(
  of: NumberExpr<R>,
  options: StandardizeOptions = {},
): Feature<R> {
  checkNames("standardize", options, ["std"]);
  checkInput("standardize", of, ["number"]);
  const { std: kind = "population" } = options;
  checkChoice("standardize", { std: kind }, ["population", "sample"]);
  return {
    transform: "standardize",
    options: kind === "population" ? {} : { std: kind },
    reads: of.reads,
    requests: [{ measure: "numbers", of: of.node }],
    learn: (name, measured) => {
      const values = measured.numbers(0);
      const { mean, std: population } = meanAndStd(values);
      const n = values.length;
      const std =
        kind === "population" || n === 1 ? population : population * Math.sqrt(n / (n - 1));
      return {
        stats: measured.finite({ mean: mean + 0, std }),
        outputs: [{ name, node: of.minus(mean).over(std).orElse(0).node }],
        inverse: madeNumber(name).times(std).plus(mean).node,
      };
    },
  };
}

/** Options of {@link minMax}. */
export interface MinMaxOptions {
  /** What the smallest and the largest value become. Default [0, 1]. */
  readonly to?: readonly [number, number];
  /** Whether values outside those of the training rows are brought to the bounds. Default false. */
  readonly clip?: boolean;
}

/**
 * (x − min) / (max − min), with the smallest and the largest value of the training rows: 0 to 1 on
 * those, possibly outside on others. A constant column becomes 0; a missing value becomes the mean.
 * Can be undone.
 *
 * @param of - The number to scale.
 * @returns One column.
 * @throws `feature/mismatch-input`, `feature/out-of-range-bounds`, `option/unknown-name`
 * @example
 * ```ts
 * const people = schema("people", { age: int() });
 * features(people, (c) => ({ age: minMax(c.age) })).reads // => ["age"]
 * ```
 * @see scikit-learn `MinMaxScaler`.
 */
export function minMax<R extends string>(
  of: NumberExpr<R>,
  options: MinMaxOptions = {},
): Feature<R> {
  checkNames("minMax", options, ["to", "clip"]);
  checkInput("minMax", of, ["number"]);
  const { to = [0, 1], clip = false } = options;
  const [low, high] = to;
  if (!(Number.isFinite(low) && Number.isFinite(high) && low < high))
    fail("feature/out-of-range-bounds", { at: "minMax", option: "to", bounds: to });
  return {
    transform: "minMax",
    options: {
      ...(options.to === undefined ? {} : { to: [low, high] }),
      ...(clip ? { clip } : {}),
    },
    reads: of.reads,
    requests: [{ measure: "numbers", of: of.node }],
    learn: (name, measured) => {
      const values = measured.numbers(0);
      const { min, max } = range(values);
      const mean = meanOf(values);
      const stats = measured.finite({ min: min + 0, max: max + 0, mean: mean + 0 });
      const width = max - min;
      const share = width > 0 ? (mean - min) / width : 0;
      const shares = of.minus(min).over(width);
      const spread = low === 0 && high === 1 ? shares : shares.times(high - low).plus(low);
      const bounded = clip ? spread.atLeast(low).atMost(high) : spread;
      const back =
        low === 0 && high === 1
          ? madeNumber(name)
          : madeNumber(name)
              .minus(low)
              .over(high - low);
      return {
        stats,
        outputs: [{ name, node: bounded.orElse(share * (high - low) + low).node }],
        inverse: back.times(width).plus(min).node,
      };
    },
  };
}

/** Options of {@link robust}. */
export interface RobustOptions {
  /** The two shares whose quantiles' distance is the unit. Default [0.25, 0.75]. */
  readonly quantiles?: readonly [number, number];
}

/**
 * (x − median) / (q₇₅ − q₂₅), with the quantiles of the training rows, on which outliers have no
 * influence. Where the quantiles are equal it becomes x − median; a missing value becomes 0, which is
 * the median. Can be undone.
 *
 * @param of - The number to scale.
 * @returns One column.
 * @throws `feature/mismatch-input`, `feature/out-of-range-bounds`, `option/unknown-name`
 * @example
 * ```ts
 * const people = schema("people", { income: float() });
 * features(people, (c) => ({ income: robust(c.income) })).reads // => ["income"]
 * ```
 * @see scikit-learn `RobustScaler`.
 */
export function robust<R extends string>(
  of: NumberExpr<R>,
  options: RobustOptions = {},
): Feature<R> {
  checkNames("robust", options, ["quantiles"]);
  checkInput("robust", of, ["number"]);
  const { quantiles = [0.25, 0.75] } = options;
  const [low, high] = quantiles;
  if (!(0 <= low && low < high && high <= 1))
    fail("feature/out-of-range-bounds", { at: "robust", option: "quantiles", bounds: quantiles });
  return {
    transform: "robust",
    options: options.quantiles === undefined ? {} : { quantiles: [low, high] },
    reads: of.reads,
    requests: [{ measure: "numbers", of: of.node }],
    learn: (name, measured) => {
      const sorted = measured.sorted(0);
      const median = quantileOf(sorted, 0.5);
      const width = quantileOf(sorted, high) - quantileOf(sorted, low);
      const unit = width === 0 ? 1 : width;
      return {
        stats: measured.finite({ median: median + 0, width }),
        outputs: [{ name, node: of.minus(median).over(unit).orElse(0).node }],
        inverse: madeNumber(name).times(unit).plus(median).node,
      };
    },
  };
}

/** Options of {@link numeric}. */
export interface NumericOptions {
  /** What stands for a missing value. Default NaN, which trees take and linear models refuse. */
  readonly missing?: number;
}

/**
 * The number as it is; a missing value stays NaN unless another is given.
 *
 * @param of - The number.
 * @returns One column.
 * @throws `feature/mismatch-input`, `option/unknown-name`, `table/unsupported-literal`
 * @example
 * ```ts
 * const people = schema("people", { age: int({ nullable: true }) });
 * features(people, (c) => ({ age: numeric(c.age) })).reads // => ["age"]
 * ```
 */
export function numeric<R extends string>(
  of: NumberExpr<R>,
  options: NumericOptions = {},
): Feature<R> {
  checkNames("numeric", options, ["missing"]);
  checkInput("numeric", of, ["number"]);
  const { missing = Number.NaN } = options;
  const { node } = Number.isNaN(missing) ? of : of.orElse(missing);
  return {
    transform: "numeric",
    options: Number.isNaN(missing) ? {} : { missing },
    reads: of.reads,
    ...learnsNothing((name) => [{ name, node }]),
  };
}
