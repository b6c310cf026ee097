/** @file Numbers as they are, or brought to comparable ranges. */
import { checkNames } from "../core/index.ts";
import type { NumberExpr } from "../table/index.ts";
import { type Feature, measuresNothing } from "./feature.ts";
import { meanAndStd, meanOf, range } from "./measure.ts";

/**
 * z = (x − mean) / std, with the mean and the population standard deviation of the training rows.
 * A constant column becomes 0; a missing value becomes 0, which is the mean.
 *
 * @param of - The number to scale.
 * @returns One column.
 * @example
 * ```ts
 * const people = schema("people", { age: int() });
 * features(people, (c) => ({ age: standardize(c.age) })).reads // => ["age"]
 * ```
 * @see scikit-learn `StandardScaler`.
 */
export function standardize<R extends string>(of: NumberExpr<R>): Feature<R> {
  return {
    transform: "standardize",
    options: {},
    reads: of.reads,
    input: of.node,
    measure: meanAndStd,
    outputs: (name, { mean = 0, std = 0 }) => [
      { name, node: of.minus(mean).over(std).orElse(0).node },
    ],
  };
}

/**
 * (x − min) / (max − min), with the smallest and the largest value of the training rows: 0 to 1 on
 * those, possibly outside on others. A constant column becomes 0; a missing value becomes the mean.
 *
 * @param of - The number to scale.
 * @returns One column.
 * @example
 * ```ts
 * const people = schema("people", { age: int() });
 * features(people, (c) => ({ age: minMax(c.age) })).reads // => ["age"]
 * ```
 * @see scikit-learn `MinMaxScaler`.
 */
export function minMax<R extends string>(of: NumberExpr<R>): Feature<R> {
  return {
    transform: "minMax",
    options: {},
    reads: of.reads,
    input: of.node,
    measure: (values) => ({ ...range(values), mean: meanOf(values) }),
    outputs: (name, { min = 0, max = 0, mean = 0 }) => {
      const missing = max > min ? (mean - min) / (max - min) : 0;
      return [
        {
          name,
          node: of
            .minus(min)
            .over(max - min)
            .orElse(missing).node,
        },
      ];
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
 * @throws `option/unknown-name`, `table/unsupported-literal`
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
  const { missing = Number.NaN } = options;
  const { node } = Number.isNaN(missing) ? of : of.orElse(missing);
  return {
    transform: "numeric",
    options: Number.isNaN(missing) ? {} : { missing },
    reads: of.reads,
    measure: measuresNothing,
    outputs: (name) => [{ name, node }],
  };
}
