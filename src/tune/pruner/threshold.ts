/** @file Threshold pruning: reports outside fixed bounds end a trial. */
import { checkNames, checkNumber } from "../../core/index.ts";
import { fail } from "../errors.ts";
import type { Pruner } from "./pruner.ts";

/** Bounds that reports must keep; at least one of the two. */
export interface ThresholdOptions {
  readonly lower?: number;
  readonly upper?: number;
  /** Steps of each trial that are not judged. Default 0. */
  readonly warmUpSteps?: number;
}

/**
 * Ends a trial whose last report is below `lower`, above `upper`, or NaN, whatever the direction.
 *
 * @throws `option/out-of-range`, `option/unknown-name`, `tune/out-of-range-value` without bounds
 * @example
 * ```ts
 * thresholdPruner({ upper: 10 }).name // => "threshold"
 * ```
 * @see Peer: Optuna `ThresholdPruner`.
 */
export function thresholdPruner(options: ThresholdOptions): Pruner {
  const at = "thresholdPruner";
  checkNames(at, options, ["lower", "upper", "warmUpSteps"]);
  const { lower, upper, warmUpSteps = 0 } = options;
  if (lower === undefined && upper === undefined)
    fail("tune/out-of-range-value", { at, expected: "lower, upper or both", got: "neither" });
  if (lower !== undefined) checkNumber(at, { lower });
  if (upper !== undefined) checkNumber(at, { upper }, lower === undefined ? {} : { min: lower });
  checkNumber(at, { warmUpSteps }, { min: 0, integer: true });
  return {
    name: "threshold",
    options: { lower: lower ?? null, upper: upper ?? null, warmUpSteps },
    shouldPrune: (_, { steps }) => {
      const [step, value] = steps.at(-1) ?? [-1, 0];
      if (step < warmUpSteps) return false;
      return !(value >= (lower ?? -Infinity) && value <= (upper ?? Infinity));
    },
  };
}
