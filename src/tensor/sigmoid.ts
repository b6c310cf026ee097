/** @file The logistic function. */

/**
 * The logistic function 1/(1 + e^−z): log-odds to probability.
 *
 * @param z - Log-odds, in nats; any number, infinities included.
 * @returns 0 to 1.
 * @example
 * ```ts
 * sigmoid(0) // => 0.5
 * sigmoid(Math.log(3)) // => 0.75
 * ```
 */
export function sigmoid(z: number): number {
  return 1 / (1 + Math.exp(-z));
}
