/** @file What can be told of the rows of an entity before a row: lags, rolling statistics, deltas. */
import { checkChoice, checkNames, checkNumber } from "../../core/index.ts";
import type { NumberExpr } from "../../table/index.ts";
import { type Span, spanMs } from "../table/span.ts";

/** A statistic of some numbers: `std` is that of a sample, √(Σ(x − mean)² / (n − 1)). */
export type RollingStatistic = "mean" | "sum" | "min" | "max" | "std" | "count";

/** The statistics there are. */
export const rollingStatistics = ["mean", "sum", "min", "max", "std", "count"] as const;

/** A number told of the history of an entity, over the columns `R`. */
export type HistoryMeasure<R extends string = string> =
  | { readonly tells: "lag"; readonly of: NumberExpr<R>; readonly rows: number }
  | {
      readonly tells: "delta";
      readonly of: NumberExpr<R>;
      readonly rows: number;
      readonly past: boolean;
    }
  | {
      readonly tells: "rolling";
      readonly of: NumberExpr<R>;
      readonly statistic: RollingStatistic;
      /** So many rows before this one, or all in so many milliseconds before its moment. */
      readonly window: { readonly rows: number } | { readonly ms: number };
      readonly least: number;
    };

/**
 * The number of the row so many rows before: x(i − k). Missing for the first k rows of an entity.
 *
 * @param rows - k, at least 1. Default 1.
 * @throws `option/out-of-range`
 */
export function lag<R extends string>(of: NumberExpr<R>, rows = 1): HistoryMeasure<R> {
  checkNumber("lag", { rows }, { min: 1, max: 1e6, integer: true });
  return { tells: "lag", of, rows };
}

/** Options of {@link delta}. */
export interface DeltaOptions {
  /** How many rows lie between the two. Default 1. */
  readonly rows?: number;
  /**
   * `present`: x(i) − x(i − k), for numbers that are known at the row's moment; `past`: x(i − 1) −
   * x(i − 1 − k), for those that are not, such as what is to be told. Default `present`.
   */
  readonly of?: "present" | "past";
}

/**
 * How much a number has changed. Missing where either of the two is.
 *
 * @throws `option/out-of-range`, `option/unknown-name`
 */
export function delta<R extends string>(
  of: NumberExpr<R>,
  options: DeltaOptions = {},
): HistoryMeasure<R> {
  checkNames("delta", options, ["rows", "of"]);
  const { rows = 1, of: when = "present" } = options;
  checkNumber("delta", { rows }, { min: 1, max: 1e6, integer: true });
  checkChoice("delta", { of: when }, ["present", "past"]);
  return { tells: "delta", of, rows, past: when === "past" };
}

/** The window of {@link rolling}: rows before this one, or time before its moment. */
export type RollingWindow = ({ readonly rows: number } | Span) & {
  /** With fewer numbers in the window the statistic is missing. Default 1. */
  readonly least?: number;
};

/**
 * A statistic of the numbers before a row: of the `rows` rows before it, or of the rows in the span
 * [t − span, t) before its moment t. Neither the row itself nor another of its moment is in it.
 * Missing and infinite numbers do not count. A `count` of nothing is 0, every other statistic is missing.
 * Numbers are summed from the first to the last, in tables as in streams, to the same bits; a sum or mean that is too large for
 * a number is infinite, a deviation then missing. A table takes O(rows · window).
 *
 * @throws `option/out-of-range`, `option/unknown-name`
 */
export function rolling<R extends string>(
  of: NumberExpr<R>,
  statistic: RollingStatistic,
  window: RollingWindow,
): HistoryMeasure<R> {
  checkChoice("rolling", { statistic }, rollingStatistics);
  const { least = 1, ...size } = window;
  checkNumber("rolling", { least }, { min: 1, integer: true });
  if (!("rows" in size))
    return { tells: "rolling", of, statistic, window: { ms: spanMs("rolling", size) }, least };
  checkNames("rolling", window, ["rows", "least"]);
  const { rows } = size;
  checkNumber("rolling", { rows }, { min: 1, max: 1e6, integer: true });
  return { tells: "rolling", of, statistic, window: { rows }, least };
}
