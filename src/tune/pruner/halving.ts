/** @file Successive halving and Hyperband: at each rung of steps the best part of the trials goes on. */
import { checkNames, checkNumber } from "../../core/index.ts";
import { fail } from "../errors.ts";
import type { TrialRow } from "../trial-row.ts";
import type { SearchView } from "../view.ts";
import type { Pruner } from "./pruner.ts";
import { lastStep, lossFrom } from "./reports.ts";

/** Where the rungs are. */
export interface HalvingOptions {
  /** The step of the first rung. Default 1. */
  readonly minSteps?: number;
  /** One of so many trials goes on at a rung, and the next rung is so many times as far. Default 4. */
  readonly reduction?: number;
  /** How many rungs later the first one is: trials that begin slowly are then let go on. Default 0. */
  readonly lateRungs?: number;
}

/** The rungs of a ladder, and which trials climb it. */
interface Ladder {
  readonly first: number;
  readonly reduction: number;
  /** Whether a trial is compared on this ladder. */
  readonly has: (trial: number) => boolean;
}

/**
 * Asynchronous successive halving: rungs are at `minSteps · reductionⁱ` steps, and a trial that comes
 * to a rung goes on only if it is among the best `1 / reduction` of those that have come there. No trial
 * waits for others. O(n·s) for n trials of s reports.
 *
 * @throws `option/out-of-range`, `option/unknown-name`
 * @example
 * ```ts
 * halvingPruner({ reduction: 3 }).options["reduction"] // => 3
 * ```
 * @see Li et al., MLSys 2020 (ASHA). Peer: Optuna `SuccessiveHalvingPruner`.
 */
export function halvingPruner(options: HalvingOptions = {}): Pruner {
  const at = "halvingPruner";
  checkNames(at, options, ["minSteps", "reduction", "lateRungs"]);
  const { minSteps = 1, reduction = 4, lateRungs = 0 } = options;
  checkNumber(at, { minSteps }, { min: 1, integer: true });
  checkNumber(at, { reduction }, { min: 2, integer: true });
  checkNumber(at, { lateRungs }, { min: 0, integer: true });
  const ladder: Ladder = { first: minSteps * reduction ** lateRungs, reduction, has: () => true };
  return {
    name: "halving",
    options: { minSteps, reduction, lateRungs },
    shouldPrune: (view, row) => isCut(view, row, ladder),
  };
}

/** How long trials are. */
export interface HyperbandOptions {
  /** The step of the first rung. Default 1. */
  readonly minSteps?: number;
  /** The steps of a whole trial. */
  readonly maxSteps: number;
  /** As in {@link HalvingOptions}. Default 3. */
  readonly reduction?: number;
}

/**
 * Hyperband: trials are dealt to brackets, each a successive halving that begins one rung later than the
 * one before, so that some trials are judged early and some are given time. The deal follows the trial's
 * number, in the proportions in which a bracket has trials.
 *
 * @throws `option/out-of-range`, `option/unknown-name`
 * @example
 * ```ts
 * hyperbandPruner({ maxSteps: 27 }).options["reduction"] // => 3
 * ```
 * @see Li et al., JMLR 18, 2018. Peer: Optuna `HyperbandPruner`.
 */
export function hyperbandPruner(options: HyperbandOptions): Pruner {
  const at = "hyperbandPruner";
  checkNames(at, options, ["minSteps", "maxSteps", "reduction"]);
  const { minSteps = 1, maxSteps, reduction = 3 } = options;
  checkNumber(at, { minSteps }, { min: 1, integer: true });
  checkNumber(at, { maxSteps }, { min: 1, integer: true });
  checkNumber(at, { reduction }, { min: 2, integer: true });
  if (maxSteps < minSteps)
    fail("tune/out-of-range-value", {
      ...{ at, expected: `maxSteps of at least minSteps, ${minSteps}`, got: `${maxSteps}` },
    });
  const brackets = Math.floor(Math.log(maxSteps / minSteps) / Math.log(reduction) + 1e-9) + 1;
  const sizes = Array.from({ length: brackets }, (_, i) =>
    Math.ceil((brackets * reduction ** (brackets - 1 - i)) / (brackets - i)),
  );
  const bracketOf = (trial: number): number => {
    const all = sizes.reduce((sum, size) => sum + size, 0);
    let left = (Math.imul(trial + 1, 0x9e3779b1) >>> 0) % all; // a fixed shuffle of the numbers
    return sizes.findIndex((size) => {
      left -= size;
      return left < 0;
    });
  };
  return {
    name: "hyperband",
    options: { minSteps, maxSteps, reduction },
    shouldPrune: (view, row) => {
      const bracket = bracketOf(row.number);
      const has = (trial: number): boolean => bracketOf(trial) === bracket;
      return isCut(view, row, { first: minSteps * reduction ** bracket, reduction, has });
    },
  };
}

/** Whether a trial's last report brought it to a rung that it does not leave. */
function isCut(view: SearchView, row: TrialRow, { first, reduction, has }: Ladder): boolean {
  const step = lastStep(row);
  if (step === undefined || step < first) return false;
  const height = Math.floor(Math.log(step / first) / Math.log(reduction) + 1e-9);
  const rung = first * reduction ** height;
  const before = row.steps.at(-2)?.[0] ?? -1;
  if (before >= rung) return false; // it was judged at this rung already
  const mine = lossFrom(view, row, rung) ?? Number.NaN;
  if (Number.isNaN(mine)) return true;
  const all = view.rows.flatMap((kept) => {
    const other = kept.number === row.number ? row : kept; // what is kept of a running trial may be older
    const loss = has(other.number) ? lossFrom(view, other, rung) : undefined;
    return loss === undefined || Number.isNaN(loss) ? [] : [loss];
  });
  const places = Math.max(1, Math.floor(all.length / reduction));
  const better = all.filter((loss) => loss < mine).length;
  return better >= places;
}
