/** @file Tests of counts: chi-square for categories, and the z-test of two proportions. */
import { chiSquareTail, normalTails } from "../../core/index.ts";

/** What a chi-square test gives. */
export interface ChiSquare {
  /** Σ (Oᵢ − Eᵢ)² / Eᵢ; infinite where a category came that was not expected at all. */
  readonly statistic: number;
  readonly degrees: number;
  /** P of a statistic as large when nothing has changed, 0 to 1. */
  readonly p: number;
}

/**
 * Pearson's chi-square test of current counts against what the reference's shares let expect: E = n pᵢ, with
 * k − 1 degrees of freedom, over the categories that either has. A category that the reference never had is
 * impossible under its shares: p is 0. With one category p is 1. Time O(k).
 *
 * @param reference - Counts of k categories in the reference.
 * @param current - Counts of the same categories now.
 * @returns The statistic, its degrees of freedom, and p; p is 1 where either side has no rows.
 * @example
 * ```ts
 * chiSquareTest([50, 50], [60, 40]).p.toFixed(4) // => "0.0455"
 * ```
 * @see Pearson, Philosophical Magazine 50, 1900. Peers: SciPy `chisquare(current, expected)`, Evidently
 * `stattest="chisquare"`.
 */
export function chiSquareTest(reference: ArrayLike<number>, current: ArrayLike<number>): ChiSquare {
  const [n, m] = [total(reference), total(current)];
  if (n === 0 || m === 0) return { statistic: 0, degrees: 0, p: 1 };
  let [statistic, categories] = [0, 0];
  for (let i = 0; i < reference.length; i++) {
    const expected = ((reference[i] ?? 0) / n) * m;
    const got = current[i] ?? 0;
    if (expected === 0 && got === 0) continue;
    categories += 1;
    statistic += (got - expected) ** 2 / expected;
  }
  const degrees = categories - 1;
  return { statistic, degrees, p: chiSquareTail(statistic, degrees) };
}

/**
 * Whether two tables of counts have the same shares, both taken as samples: expected counts are those of the
 * pooled shares, with k − 1 degrees of freedom. Unlike {@link chiSquareTest} a new category is judged by how
 * often it came. Time O(k).
 *
 * @param reference - Counts of k categories.
 * @param current - Counts of the same categories.
 * @returns The statistic, always finite, its degrees of freedom, and p.
 * @example
 * ```ts
 * homogeneityTest([10, 20], [20, 10]).statistic.toFixed(4) // => "6.6667"
 * ```
 * @see Pearson, Biometrika 8, 1911. Peer: SciPy `chi2_contingency(correction=False)`.
 */
export function homogeneityTest(
  reference: ArrayLike<number>,
  current: ArrayLike<number>,
): ChiSquare {
  const [n, m] = [total(reference), total(current)];
  if (n === 0 || m === 0) return { statistic: 0, degrees: 0, p: 1 };
  let [statistic, categories] = [0, 0];
  for (let i = 0; i < reference.length; i++) {
    const [a, b] = [reference[i] ?? 0, current[i] ?? 0];
    if (a + b === 0) continue;
    categories += 1;
    for (const [got, size] of [[a, n] as const, [b, m] as const]) {
      const expected = ((a + b) * size) / (n + m);
      statistic += (got - expected) ** 2 / expected;
    }
  }
  const degrees = categories - 1;
  return { statistic, degrees, p: chiSquareTail(statistic, degrees) };
}

/** How many of how many rows are true. */
export interface Proportion {
  readonly yes: number;
  readonly rows: number;
}

/**
 * The z-test of two proportions: z = (p₁ − p₂) / √(P(1 − P)(1/n₁ + 1/n₂)) with P pooled, two-sided.
 *
 * @param reference - Yes and rows of the reference.
 * @param current - Yes and rows now.
 * @returns z and p; z is 0 and p is 1 where all rows of both are alike, or one side has none.
 * @example
 * ```ts
 * proportionTest({ yes: 50, rows: 100 }, { yes: 65, rows: 100 }).p.toFixed(4) // => "0.0319"
 * ```
 * @see Fleiss, Statistical Methods for Rates and Proportions, 3rd edition, 2003. Peer: Evidently `stattest="z"`.
 */
export function proportionTest(
  reference: Proportion,
  current: Proportion,
): { readonly z: number; readonly p: number } {
  const [n, m] = [reference.rows, current.rows];
  const pooled = (reference.yes + current.yes) / (n + m);
  const variance = pooled * (1 - pooled) * (1 / n + 1 / m);
  if (n === 0 || m === 0 || variance === 0) return { z: 0, p: 1 };
  const z = (reference.yes / n - current.yes / m) / Math.sqrt(variance);
  return { z, p: normalTails(z) };
}

function total(counts: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < counts.length; i++) sum += counts[i] ?? 0;
  return sum;
}
