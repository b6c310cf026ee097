/** @file Numbers with something in place of what is missing. */
import { checkChoice, checkNames, quantileOf } from "../../core/index.ts";
import type { NumberExpr } from "../../table/index.ts";
import type { Feature, Measured } from "../feature.ts";
import { meanOf, modeOf } from "../fit/measure.ts";
import { checkInput, missingColumn } from "./made.ts";

const centres = {
  mean: (measured: Measured): number => meanOf(measured.numbers(0)),
  median: (measured: Measured): number => quantileOf(measured.sorted(0), 0.5),
  mode: (measured: Measured): number => modeOf(measured.numbers(0)),
};

/** Options of {@link impute}. */
export interface ImputeOptions {
  /** What stands for a missing value, of the training rows. Default `mean`. */
  readonly with?: "mean" | "median" | "mode";
  /** A second column, 1 where the value was missing. Default false. */
  readonly own?: boolean;
}

/**
 * The number, and where it is missing the mean, the median or the most frequent value (of several the
 * smallest) of the training rows. A constant of one's own is given with {@link numeric}.
 *
 * @param of - The number.
 * @returns One column; with `own: true` a second, `age missing`.
 * @throws `feature/mismatch-input`, `option/out-of-range`, `option/unknown-name`
 * @example
 * ```ts
 * const people = schema("people", { age: int({ nullable: true }) });
 * features(people, (c) => ({ age: impute(c.age, { with: "median" }) })).reads // => ["age"]
 * ```
 * @see scikit-learn `SimpleImputer`.
 */
export function impute<R extends string>(
  of: NumberExpr<R>,
  options: ImputeOptions = {},
): Feature<R> {
  checkNames("impute", options, ["with", "own"]);
  checkInput("impute", of, ["number"]);
  const { with: kind = "mean", own = false } = options;
  checkChoice("impute", { with: kind }, ["mean", "median", "mode"]);
  return {
    transform: "impute",
    options: { with: kind, own },
    reads: of.reads,
    requests: [{ measure: "numbers", of: of.node }],
    learn: (name, measured) => {
      const value = centres[kind](measured) + 0;
      const stats = measured.finite({ [kind]: value });
      const column = { name, node: of.orElse(value).node };
      return { stats, outputs: own ? [column, missingColumn(of, name)] : [column] };
    },
  };
}
