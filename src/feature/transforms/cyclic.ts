/** @file Moments as parts of the calendar, and parts that begin anew as points of a circle. */
import { checkNames, checkNumber } from "../../core/index.ts";
import type { NumberExpr } from "../../table/index.ts";
import { type Feature, learnsNothing } from "../feature.ts";
import { checkInput } from "./made.ts";

/** Options of {@link cyclic}. */
export interface CyclicOptions {
  /** After how much it begins anew: 7 for weekdays, 24 for hours. Above 0. */
  readonly period: number;
}

/**
 * sin(2π·x / period) and cos(2π·x / period): Sunday is as near to Monday as Monday to Tuesday. A
 * missing value is NaN in both.
 *
 * @param of - What goes round, such as a part of a moment.
 * @returns Two columns, `weekday sin` and `weekday cos`.
 * @throws `feature/mismatch-input`, `option/out-of-range`, `option/unknown-name`
 * @example
 * ```ts
 * const visits = schema("visits", { at: timestamp() });
 * features(visits, (c) => ({ weekday: cyclic(c.at.part("weekday"), { period: 7 }) })).reads // => ["at"]
 * ```
 */
export function cyclic<R extends string>(of: NumberExpr<R>, options: CyclicOptions): Feature<R> {
  checkNames("cyclic", options, ["period"]);
  checkInput("cyclic", of, ["number"]);
  const { period } = options;
  checkNumber("cyclic", { period }, { above: 0 });
  const angle = of.times(2 * Math.PI).over(period);
  return {
    transform: "cyclic",
    options: { period },
    reads: of.reads,
    ...learnsNothing((name) => [
      { name: `${name} sin`, node: angle.sin().node },
      { name: `${name} cos`, node: angle.cos().node },
    ]),
  };
}
