/** @file How far two ways to group the same rows agree, whatever the groups are called. */
import { fail } from "./errors.ts";

/**
 * The adjusted Rand index: the share of pairs that both groupings treat alike, moved so that chance
 * has 0 and agreement 1. O(n + k·m).
 *
 * @param first - A group's number for each row, [n], n ≥ 1.
 * @param second - The same by another grouping, [n].
 * @returns −0.5 to 1.
 * @throws `metric/missing-rows`, `metric/mismatch-length`
 * @example
 * ```ts
 * adjustedRand([0, 0, 1, 1], [5, 5, 3, 3]) // => 1
 * adjustedRand([0, 0, 1, 1], [0, 1, 0, 1]) // => -0.5
 * ```
 * @see Hubert & Arabie, J. Classification 2, 1985. Peer: scikit-learn `adjusted_rand_score`.
 */
export function adjustedRand(first: ArrayLike<number>, second: ArrayLike<number>): number {
  const { both, rows, columns, n } = crossed("adjustedRand", first, second);
  const pairs = (counts: Iterable<number>): number =>
    Array.from(counts).reduce((sum, count) => sum + (count * (count - 1)) / 2, 0);
  const [together, a, b, all] = [pairs(both), pairs(rows), pairs(columns), (n * (n - 1)) / 2];
  if (a === b && (a === 0 || a === all)) return 1; // both one group, or both a group a row
  const expected = (a * b) / all;
  return (together - expected) / ((a + b) / 2 - expected);
}

/**
 * Normalised mutual information: what one grouping tells of the other, in shares of the mean of their
 * entropies. 0: nothing; 1: all. Chance has more than 0 when there are many groups. 1 when both are one
 * group, as scikit-learn has it. O(n + k·m).
 *
 * @param first - A group's number for each row, [n], n ≥ 1.
 * @param second - The same by another grouping, [n].
 * @returns 0 to 1.
 * @throws as {@link adjustedRand}
 * @example
 * ```ts
 * mutualInformation([0, 0, 1, 1], [5, 5, 3, 3]) // => 1
 * mutualInformation([0, 0, 1, 1], [0, 1, 0, 1]) // => 0
 * ```
 * @see Vinh, Epps & Bailey, JMLR 11, 2010. Peer: scikit-learn `normalized_mutual_info_score`.
 */
export function mutualInformation(first: ArrayLike<number>, second: ArrayLike<number>): number {
  const { cells, rows, columns, n } = crossed("mutualInformation", first, second);
  if (rows.length === 1 && columns.length === 1) return 1;
  const entropy = (counts: readonly number[]): number =>
    counts.reduce((sum, count) => sum - (count / n) * Math.log(count / n), 0);
  let shared = 0;
  for (const { row, column, count } of cells) {
    const [a, b] = [rows[row] ?? 1, columns[column] ?? 1];
    shared += (count / n) * Math.log((n * count) / (a * b));
  }
  const mean = (entropy(rows) + entropy(columns)) / 2;
  return mean === 0 ? 0 : Math.min(1, Math.max(0, shared / mean));
}

/** How many rows there are in each pair of groups, and in each group. */
function crossed(at: string, first: ArrayLike<number>, second: ArrayLike<number>) {
  const n = first.length;
  if (n === 0) fail("metric/missing-rows", { at });
  if (second.length !== n)
    fail("metric/mismatch-length", { at, what: "label", wanted: n, got: second.length });
  const [a, b] = [placesOf(first), placesOf(second)];
  const counts = new Map<number, number>();
  for (let i = 0; i < n; i++) {
    const cell = (a.places[i] ?? 0) * b.counts.length + (b.places[i] ?? 0);
    counts.set(cell, (counts.get(cell) ?? 0) + 1);
  }
  const cells = Array.from(counts, ([cell, count]) => ({
    row: Math.floor(cell / b.counts.length),
    column: cell % b.counts.length,
    count,
  }));
  return { n, cells, both: counts.values(), rows: a.counts, columns: b.counts };
}

function placesOf(labels: ArrayLike<number>) {
  const numbers = new Map<number, number>();
  const counts: number[] = [];
  const places = Array.from(labels, (label) => {
    const place = numbers.get(label) ?? numbers.size;
    numbers.set(label, place);
    counts[place] = (counts[place] ?? 0) + 1;
    return place;
  });
  return { places, counts };
}
