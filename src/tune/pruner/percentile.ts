/** @file Percentile and median pruning: a trial is compared with what complete ones reported at its step. */
import { checkNames, checkNumber, quantileOf } from "../../core/index.ts";
import type { TrialRow } from "../trial-row.ts";
import { completeOf, type SearchView } from "../view.ts";
import type { Pruner } from "./pruner.ts";
import { bestUpTo, lastStep, lossAt } from "./reports.ts";

/** When the comparison begins, and how often it is made. */
export interface PercentileOptions {
  /** Complete trials before any is pruned. Default 5. */
  readonly startupTrials?: number;
  /** Steps of each trial that are not judged. Default 0. */
  readonly warmUpSteps?: number;
  /** Every how many steps after these a trial is judged. Default 1. */
  readonly intervalSteps?: number;
  /** Complete trials that must have reported at the step. Default 1. */
  readonly minTrials?: number;
}

/**
 * Ends a trial whose best report so far is worse than that of the best `percentile` percent of the
 * complete trials at the same step. O(n·s) for n trials of s reports.
 *
 * @param percentile - Above 0, below 100: how many percent go on. With 25, only the best quarter does.
 * @throws `option/out-of-range`, `option/unknown-name`
 * @example
 * ```ts
 * percentilePruner(25, { startupTrials: 10 }).name // => "percentile"
 * ```
 * @see Peer: Optuna `PercentilePruner`.
 */
export function percentilePruner(percentile: number, options: PercentileOptions = {}): Pruner {
  return byPercentile("percentile", percentile, options);
}

/**
 * Ends a trial whose best report so far is worse than the median of the complete trials at the same
 * step: {@link percentilePruner} with 50.
 *
 * @throws `option/out-of-range`, `option/unknown-name`
 * @example
 * ```ts
 * medianPruner({ warmUpSteps: 3 }).options["warmUpSteps"] // => 3
 * ```
 * @see Golovin et al., KDD 2017 (Vizier). Peer: Optuna `MedianPruner`.
 */
export function medianPruner(options: PercentileOptions = {}): Pruner {
  return byPercentile("median", 50, options);
}

function byPercentile(name: string, percentile: number, options: PercentileOptions): Pruner {
  const at = `${name}Pruner`;
  checkNames(at, options, ["startupTrials", "warmUpSteps", "intervalSteps", "minTrials"]);
  const { startupTrials = 5, warmUpSteps = 0, intervalSteps = 1, minTrials = 1 } = options;
  checkNumber(at, { percentile }, { above: 0, below: 100 });
  checkNumber(at, { startupTrials }, { min: 0, integer: true });
  checkNumber(at, { warmUpSteps }, { min: 0, integer: true });
  checkNumber(at, { intervalSteps }, { min: 1, integer: true });
  checkNumber(at, { minTrials }, { min: 1, integer: true });
  const shouldPrune = (view: SearchView, row: TrialRow): boolean => {
    const step = lastStep(row);
    if (step === undefined || !isJudged(row, step, { warmUpSteps, intervalSteps })) return false;
    const complete = completeOf(view);
    if (complete.length < startupTrials) return false;
    const mine = bestUpTo(view, row, step);
    if (Number.isNaN(mine)) return complete.length > 0;
    const others = complete
      .flatMap((other) => lossAt(view, other, step) ?? [])
      .filter((loss) => !Number.isNaN(loss));
    return others.length >= minTrials && mine > percentileOf(others, percentile);
  };
  return {
    name,
    options: { percentile, startupTrials, warmUpSteps, intervalSteps, minTrials },
    shouldPrune,
  };
}

/** Whether the last report is the first one of its interval after the warm-up. */
function isJudged(
  row: TrialRow,
  step: number,
  { warmUpSteps, intervalSteps }: { readonly warmUpSteps: number; readonly intervalSteps: number },
): boolean {
  if (step < warmUpSteps) return false;
  const from = warmUpSteps + Math.floor((step - warmUpSteps) / intervalSteps) * intervalSteps;
  const before = row.steps.at(-2)?.[0];
  return before === undefined || before < from;
}

/** A percentile with linear interpolation between neighbours, as in numpy. */
export function percentileOf(values: readonly number[], percentile: number): number {
  return quantileOf(
    values.toSorted((a, b) => a - b),
    percentile / 100,
  );
}
