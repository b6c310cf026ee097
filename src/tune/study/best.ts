/** @file The best trials of a study: one of one objective, a Pareto front of several. */
import { frontsOf } from "../fronts.ts";
import type { TrialRow } from "../trial-row.ts";
import { completeOf, lossesOf, type SearchView, violationOf } from "../view.ts";

/** The complete trial with the best first value among those that keep the constraints; the first of equals. */
export function bestRow(view: SearchView): TrialRow | undefined {
  let best: TrialRow | undefined;
  let least = Infinity;
  for (const row of completeOf(view)) {
    const loss = lossesOf(view, row)[0] ?? Infinity;
    if (violationOf(row) > 0 || !(loss < least || best === undefined)) continue;
    best = row;
    least = loss;
  }
  return best;
}

/** The complete trials that keep the constraints and that no other such trial dominates. Cost as {@link frontsOf}. */
export function frontRows(view: SearchView): readonly TrialRow[] {
  const rows = completeOf(view).filter((row) => violationOf(row) === 0);
  const [front = []] = frontsOf(rows.map((row) => lossesOf(view, row)));
  return front.flatMap((i) => rows[i] ?? []);
}
