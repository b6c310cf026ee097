/** @file The best trials of a study: one of one objective, a Pareto front of several. */
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

/** The complete trials that keep the constraints and that no other such trial dominates. O(n²·m). */
export function frontRows(view: SearchView): readonly TrialRow[] {
  const rows = completeOf(view).filter((row) => violationOf(row) === 0);
  const losses = rows.map((row) => lossesOf(view, row));
  return rows.filter((_, i) => !losses.some((other) => dominates(other, losses[i] ?? [])));
}

/** Whether losses are nowhere worse than others, and somewhere better. */
export function dominates(a: readonly number[], b: readonly number[]): boolean {
  let isBetter = false;
  for (let i = 0; i < a.length; i++) {
    const [x = 0, y = 0] = [a[i], b[i]];
    if (x > y) return false;
    if (x < y) isBetter = true;
  }
  return isBetter;
}
