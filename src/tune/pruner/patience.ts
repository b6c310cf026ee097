/** @file Patience: another pruner is asked only when a trial has not got better for a while. */
import { checkNames, checkNumber } from "../../core/index.ts";
import { lossOf } from "../objective.ts";
import type { TrialRow } from "../trial-row.ts";
import { directionAt, type SearchView } from "../view.ts";
import type { Pruner } from "./pruner.ts";

/** How long, and what counts as better. */
export interface PatienceOptions {
  /** Reports without a better one before the other pruner is asked. */
  readonly patience: number;
  /** By how much a report must be better to count, in the unit of the metric. Default 0. */
  readonly minDelta?: number;
}

/**
 * Wraps a pruner: it is asked only when the last `patience` reports hold none that is better, by more
 * than `minDelta`, than the best before them. Without a pruner, such a trial is ended.
 *
 * @param pruner - What decides then; null: the trial is ended.
 * @throws `option/out-of-range`, `option/unknown-name`
 * @example
 * ```ts
 * patientPruner(medianPruner(), { patience: 3 }).name // => "patience"
 * ```
 * @see Peer: Optuna `PatientPruner`.
 */
export function patientPruner(pruner: Pruner | null, options: PatienceOptions): Pruner {
  const at = "patientPruner";
  checkNames(at, options, ["patience", "minDelta"]);
  const { patience, minDelta = 0 } = options;
  checkNumber(at, { patience }, { min: 1, integer: true });
  checkNumber(at, { minDelta }, { min: 0 });
  const wrapped = pruner === null ? null : { name: pruner.name, options: pruner.options };
  return {
    name: "patience",
    options: { patience, minDelta, pruner: wrapped },
    shouldPrune: (view, row) =>
      isStuck(view, row, { patience, minDelta }) && (pruner?.shouldPrune(view, row) ?? true),
  };
}

function isStuck(
  view: SearchView,
  { steps }: TrialRow,
  { patience, minDelta }: Required<PatienceOptions>,
): boolean {
  if (steps.length <= patience) return false;
  const direction = directionAt(view, 0);
  const losses = steps.map(([, value]) => lossOf(direction, value));
  const least = (values: readonly number[]): number =>
    values.reduce((best, loss) => (loss < best ? loss : best), Infinity);
  const cut = losses.length - patience;
  return !(least(losses.slice(cut)) < least(losses.slice(0, cut)) - minDelta);
}
