/** @file How good probabilities are as probabilities. */
import { checkProbabilities } from "./checks.ts";

/**
 * The mean logarithmic loss −(1/n)·Σ ln(probability given to the label). Probabilities are kept
 * ε = 2⁻⁵² away from 0 and 1, as scikit-learn does, so that one sure mistake costs 36 nats. O(n).
 *
 * @param y - Labels, shape [n], 0 or 1, n ≥ 1.
 * @param probability - Of label 1, shape [n], 0 to 1.
 * @returns In nats, 0 to about 36.04.
 * @throws `metric/missing-rows`, `metric/mismatch-length`, `metric/out-of-range-label`,
 *   `metric/out-of-range-probability`
 * @example
 * ```ts
 * logLoss(Float64Array.of(0, 1), Float64Array.of(0.5, 0.5)) // => Math.LN2
 * ```
 * @see Peer: scikit-learn `log_loss`.
 */
export function logLoss(y: Float64Array, probability: Float64Array): number {
  checkProbabilities("logLoss", y, probability);
  const clipped = probability.map((p) => Math.min(Math.max(p, Number.EPSILON), 1 - Number.EPSILON));
  return mean(clipped, (p, i) => -Math.log(y[i] === 1 ? p : 1 - p));
}

/**
 * The Brier score, the mean of (p − y)². O(n).
 *
 * @param y - Labels, shape [n], 0 or 1, n ≥ 1.
 * @param probability - Of label 1, shape [n], 0 to 1.
 * @returns 0 to 1.
 * @throws as {@link logLoss}
 * @example
 * ```ts
 * brier(Float64Array.of(0, 1), Float64Array.of(0.5, 1)) // => 0.125
 * ```
 * @see Peer: scikit-learn `brier_score_loss`.
 */
export function brier(y: Float64Array, probability: Float64Array): number {
  checkProbabilities("brier", y, probability);
  return mean(probability, (p, i) => (p - (y[i] ?? 0)) ** 2);
}

function mean(values: Float64Array, of: (value: number, i: number) => number): number {
  return values.reduce((sum, value, i) => sum + of(value, i), 0) / values.length;
}
