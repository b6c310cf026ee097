/** @file What trials reported, looked up by step, so that less is better. */
import { lossOf } from "../objective.ts";
import type { TrialRow } from "../trial-row.ts";
import { directionAt, type SearchView } from "../view.ts";

/** The last step that a trial has reported; undefined where it has reported none. */
export const lastStep = (row: TrialRow): number | undefined => row.steps.at(-1)?.[0];

/** The best loss of a trial up to a step; NaN where it reported nothing else. */
export function bestUpTo(view: SearchView, row: TrialRow, step: number): number {
  let best = Number.NaN;
  for (const [at, value] of row.steps) {
    if (at > step) break;
    const loss = lossOf(directionAt(view, 0), value);
    if (!(best <= loss) && !Number.isNaN(loss)) best = loss;
  }
  return best;
}

/** The loss that a trial reported at a step; undefined where it reported none there. */
export function lossAt(view: SearchView, row: TrialRow, step: number): number | undefined {
  const found = row.steps.find(([at]) => at === step);
  return found === undefined ? undefined : lossOf(directionAt(view, 0), found[1]);
}

/** The first loss that a trial reported at a step or after it. */
export function lossFrom(view: SearchView, row: TrialRow, step: number): number | undefined {
  const found = row.steps.find(([at]) => at >= step);
  return found === undefined ? undefined : lossOf(directionAt(view, 0), found[1]);
}
