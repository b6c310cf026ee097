/** @file The population stability index, its levels, and how much of it is chance. */
import { checkNames, checkNumber } from "../core/index.ts";
import type { DriftLevel } from "../flow.ts";

/** The PSI from which a column has moved moderately, and severely. */
export interface DriftThresholds {
  readonly moderate: number;
  readonly severe: number;
}

/** Thresholds with their usual values. Throws `option/out-of-range`. */
export function checkThresholds(
  at: string,
  thresholds: Partial<DriftThresholds> = {},
): DriftThresholds {
  const { moderate = 0.1, severe = 0.2 } = thresholds;
  checkNames(at, thresholds, ["moderate", "severe"]);
  checkNumber(at, { moderate }, { above: 0 });
  checkNumber(at, { severe }, { min: moderate });
  return { moderate, severe };
}

const floor = 1e-6;

/**
 * The population stability index Σ (pᵢ − qᵢ) ln(pᵢ / qᵢ) of two distributions over the same
 * buckets. A share of zero counts as 1e-6. It is 0 for equal distributions and symmetric.
 *
 * @param reference - Shares p of the buckets, summing to 1.
 * @param current - Shares q of the same buckets.
 * @returns The index, in nats, ≥ 0.
 * @example
 * ```ts
 * populationStability([0.5, 0.5], [0.5, 0.5]) // => 0
 * populationStability([0.5, 0.5], [0.25, 0.75]).toFixed(4) // => "0.2747"
 * ```
 * @see Siddiqi, Credit Risk Scorecards, Wiley 2006.
 */
export function populationStability(
  reference: ArrayLike<number>,
  current: ArrayLike<number>,
): number {
  let sum = 0;
  for (let i = 0; i < reference.length; i++) {
    const p = Math.max(reference[i] ?? 0, floor);
    const q = Math.max(current[i] ?? 0, floor);
    sum += (p - q) * Math.log(p / q);
  }
  return sum;
}

/**
 * {@link populationStability} of rows that are counted: where only one table has rows in a bucket, the other counts as
 * having half a row in it, the most that its size lets one say of an empty bucket.
 */
export function stabilityOfCounts(before: readonly number[], now: readonly number[]): number {
  const total = (counts: readonly number[]): number => counts.reduce((sum, n) => sum + n, 0);
  const shares = (counts: readonly number[], others: readonly number[]): number[] =>
    counts.map((n, i) => (n === 0 && others[i] === 0 ? 0 : Math.max(n, 0.5) / total(counts)));
  return populationStability(shares(before, now), shares(now, before));
}

/**
 * The PSI to expect when nothing has changed: (B − 1)(1/n + 1/m) for B buckets, n reference rows
 * and m current rows. A PSI of this size is chance.
 *
 * @example
 * ```ts
 * expectedNoise({ buckets: 11, referenceRows: 1000, currentRows: 100 }).toFixed(2) // => "0.11"
 * ```
 * @see Yurdakul & Naranjo, Journal of Risk Model Validation 14(4), 2020.
 */
export function expectedNoise(sizes: {
  readonly buckets: number;
  readonly referenceRows: number;
  readonly currentRows: number;
}): number {
  return (sizes.buckets - 1) * (1 / sizes.referenceRows + 1 / sizes.currentRows);
}

/** The level of a PSI. */
export function driftLevel(psi: number, { moderate, severe }: DriftThresholds): DriftLevel {
  if (psi >= severe) return "severe";
  return psi >= moderate ? "moderate" : "none";
}
