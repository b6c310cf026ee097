/** @file A distribution of numbers as ascending values and how many rows have each: what distances are computed from. */

/** Ascending distinct values, shape [k], and their rows, shape [k]. */
export interface Weighted {
  readonly values: Float64Array;
  readonly counts: Float64Array;
}

/** Numbers as a distribution; NaN is left out. O(n log n). */
export function weighted(numbers: ArrayLike<number>): Weighted {
  const sorted = Float64Array.from(numbers)
    .filter((value) => !Number.isNaN(value))
    .sort();
  const [values, counts]: [number[], number[]] = [[], []];
  for (const value of sorted) {
    const last = values.length - 1;
    if (last >= 0 && values[last] === value) counts[last] = (counts[last] ?? 0) + 1;
    else {
      values.push(value);
      counts.push(1);
    }
  }
  return { values: Float64Array.from(values), counts: Float64Array.from(counts) };
}

/** How many rows a distribution has. */
export function rowsIn({ counts }: Weighted): number {
  let rows = 0;
  for (const count of counts) rows += count;
  return rows;
}

/** One place where either cumulative share steps: the value, and how many rows are at or below it. */
export type Step = (value: number, below: readonly [number, number], next: number) => void;

/** Walks over all values of two distributions in order; finite ones; `next` is the value after, ∞ at the end. O(k). */
export function walk(reference: Weighted, current: Weighted, step: Step): void {
  const [a, b] = [cursor(reference), cursor(current)];
  for (let value = Math.min(a.next(), b.next()); value < Number.POSITIVE_INFINITY; ) {
    a.pass(value);
    b.pass(value);
    const next = Math.min(a.next(), b.next());
    step(value, [a.below(), b.below()], next);
    value = next;
  }
}

/** A place in a distribution: the value ahead (∞ at the end), and the rows passed. */
function cursor({ values, counts }: Weighted) {
  let [at, below] = [0, 0];
  const next = (): number => values[at] ?? Number.POSITIVE_INFINITY;
  return {
    next,
    below: () => below,
    pass: (value: number): void => {
      if (next() !== value) return;
      below += counts[at] ?? 0;
      at += 1;
    },
  };
}
