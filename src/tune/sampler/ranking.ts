/** @file Trials from best to worst: by value, by fronts where there are several, those that break constraints last. */
import { compareLosses, frontsOf } from "../fronts.ts";
import { lossOf } from "../objective.ts";
import type { TrialRow } from "../trial-row.ts";
import { directionAt, lossesOf, type SearchView, violationOf } from "../view.ts";

/**
 * Sorts trials that are over from best to worst: complete ones by value, of several objectives by front
 * and then by how alone they are; then pruned ones, the longer and then the better first; then those that
 * break constraints, the lesser break first. Of equals, the earlier.
 */
export function ranked(view: SearchView, rows: readonly TrialRow[]): readonly TrialRow[] {
  const feasible = rows.filter((row) => violationOf(row) === 0);
  const broken = rows.filter((row) => violationOf(row) > 0);
  const complete = feasible.filter(({ state }) => state === "complete");
  const pruned = feasible.filter(({ state }) => state === "pruned");
  return [
    ...byValue(view, complete),
    ...sortedBy(pruned, (row) => [-(row.steps.at(-1)?.[0] ?? -1), lastLoss(view, row)]),
    ...sortedBy(broken, (row) => [violationOf(row)]),
  ];
}

/**
 * The best so many trials, in the order of {@link ranked}. With one objective and enough complete trials
 * that keep the constraints it takes O(n), not O(n·log n).
 */
export function bestRows(
  view: SearchView,
  rows: readonly TrialRow[],
  count: number,
): readonly TrialRow[] {
  if (view.objectives.length > 1) return ranked(view, rows).slice(0, count);
  const direction = directionAt(view, 0);
  const best: { readonly row: TrialRow; readonly loss: number }[] = [];
  for (const row of rows) {
    if (row.state !== "complete" || violationOf(row) > 0) continue;
    const loss = lossOf(direction, row.values?.[0] ?? Infinity);
    const last = best.at(-1);
    if (best.length === count && last !== undefined && !(loss < last.loss)) continue;
    if (best.length === count) best.pop();
    const after = best.findLastIndex((other) => other.loss <= loss);
    best.splice(after + 1, 0, { row, loss });
  }
  return best.length === count ? best.map(({ row }) => row) : ranked(view, rows).slice(0, count);
}

function byValue(view: SearchView, rows: readonly TrialRow[]): readonly TrialRow[] {
  if (view.objectives.length === 1) return sortedBy(rows, (row) => lossesOf(view, row));
  const losses = rows.map((row) => lossesOf(view, row));
  return frontsOf(losses).flatMap((front) => {
    const alone = crowding(front.map((i) => losses[i] ?? []));
    const order = front.map((i, k) => ({ i, alone: alone[k] ?? 0 }));
    order.sort((a, b) => b.alone - a.alone || a.i - b.i);
    return order.flatMap(({ i }) => rows[i] ?? []);
  });
}

function lastLoss(view: SearchView, row: TrialRow): number {
  const loss = lossOf(directionAt(view, 0), row.steps.at(-1)?.[1] ?? Number.NaN);
  return Number.isNaN(loss) ? Infinity : loss;
}

function sortedBy(
  rows: readonly TrialRow[],
  keysOf: (row: TrialRow) => readonly number[],
): readonly TrialRow[] {
  const keyed = rows.map((row) => ({ row, keys: keysOf(row) }));
  keyed.sort((a, b) => compareLosses(a.keys, b.keys) || a.row.number - b.row.number);
  return keyed.map(({ row }) => row);
}

/** How alone each point of a front is: the sum of its neighbours' distances in each objective. */
export function crowding(losses: readonly (readonly number[])[]): Float64Array {
  const alone = new Float64Array(losses.length);
  const objectives = losses[0]?.length ?? 0;
  for (let m = 0; m < objectives; m++) {
    const order = losses.map((_, i) => i);
    const at = (i: number | undefined): number => losses[i ?? 0]?.[m] ?? 0;
    order.sort((a, b) => at(a) - at(b) || a - b);
    const range = at(order.at(-1)) - at(order[0]);
    for (const [place, i] of order.entries()) {
      const isEdge = place === 0 || place === order.length - 1;
      const gap = at(order[place + 1]) - at(order[place - 1]);
      alone[i] = (alone[i] ?? 0) + (isEdge ? Infinity : range > 0 ? gap / range : 0);
    }
  }
  return alone;
}
