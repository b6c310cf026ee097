/** @file Cells that are missing together: how far two columns are from missing independently. */
import { type MissingPair, rounded } from "./profile.ts";

/** Pairs that a profile lists. */
const listedPairs = 500;

/**
 * Two columns missing together against what independence expects. With n rows, a and b of them
 * missing in each column, the rows missing in both are hypergeometric: their mean is a·b / n and
 * their variance a·b·(n − a)·(n − b) / (n²·(n − 1)); z is how many standard deviations they are off.
 *
 * @param counts - The number of rows, those missing in each column and in both.
 * @returns The expected number of rows missing in both, and z; 0 where nothing can vary.
 * @example
 * ```ts
 * missingTogether({ rows: 100, a: 10, b: 10, both: 10 }).expected // => 1
 * missingTogether({ rows: 100, a: 10, b: 10, both: 10 }).z.toFixed(2) // => "9.95"
 * ```
 * @see Little, JASA 83(404), 1988, for the test over all columns at once.
 */
export function missingTogether(counts: {
  readonly rows: number;
  readonly a: number;
  readonly b: number;
  readonly both: number;
}): { readonly expected: number; readonly z: number } {
  const { rows: n, a, b, both } = counts;
  if (n === 0) return { expected: 0, z: 0 };
  const expected = (a * b) / n;
  const variance = n < 2 ? 0 : (expected * (n - a) * (n - b)) / (n * (n - 1));
  const z = variance > 0 ? (both - expected) / Math.sqrt(variance) : 0;
  return { expected: rounded(expected), z: rounded(z) };
}

/** The pairs that stand out most, largest |z| first. */
export function strongestPairs(pairs: readonly MissingPair[]): readonly MissingPair[] {
  return pairs.toSorted((p, q) => Math.abs(q.z) - Math.abs(p.z)).slice(0, listedPairs);
}
