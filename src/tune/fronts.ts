/** @file Pareto fronts of losses: those that nothing dominates, those that only the first front dominates, and so on. */

/** Losses of one trial, one for each objective; less is better. */
type Losses = readonly number[];

/** Whether losses are nowhere worse than others, and somewhere better. */
function dominates(a: Losses, b: Losses): boolean {
  let isBetter = false;
  for (let i = 0; i < a.length; i++) {
    const [x = 0, y = 0] = [a[i], b[i]];
    if (x > y) return false;
    if (x < y) isBetter = true;
  }
  return isBetter;
}

/**
 * The fronts of losses, as places in the list, rising within a front. In the order of the first loss, then the second …,
 * only what stands before can dominate. O(n·log n) for two objectives: of a front the last point alone can dominate, and
 * fronts stand in order, so that a search by halves finds the one. Of more, each point is compared with the members of the
 * fronts before its own, at worst O(n²·m).
 *
 * @see Jensen, IEEE Transactions on Evolutionary Computation 7(5), 2003; Zhang et al., 19(2), 2015 (ENS).
 */
export function frontsOf(losses: readonly Losses[]): readonly (readonly number[])[] {
  const at = (i: number | undefined): Losses => losses[i ?? -1] ?? [];
  const order = losses.map((_, i) => i).sort((a, b) => compareLosses(at(a), at(b)) || a - b);
  const isFlat = losses.every(({ length }) => length <= 2);
  const fronts: number[][] = [];
  for (const i of order) {
    const beats = (front: readonly number[]): boolean =>
      isFlat
        ? dominates(at(front.at(-1)), at(i))
        : front.findLast((j) => dominates(at(j), at(i))) !== undefined;
    const place = isFlat ? firstNot(fronts, beats) : fronts.findIndex((front) => !beats(front));
    const front = fronts[place];
    if (front === undefined) fronts.push([i]);
    else front.push(i);
  }
  return fronts.map((front) => front.sort((a, b) => a - b));
}

/** The place of the first front that does not hold, of fronts of which the first ones do. O(log n). */
function firstNot(
  fronts: readonly (readonly number[])[],
  holds: (front: readonly number[]) => boolean,
): number {
  let [low, high] = [0, fronts.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(fronts[middle] ?? [])) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Compares losses by the first, then the second …. */
export function compareLosses(a: Losses, b: Losses): number {
  for (let i = 0; i < a.length; i++) {
    const [x = 0, y = 0] = [a[i], b[i]];
    if (x !== y) return x < y ? -1 : 1;
  }
  return 0;
}
