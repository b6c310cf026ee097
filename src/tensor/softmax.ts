/** @file Shares of 1 from scores, and the logarithm of their sum, without overflow. */

/**
 * The shares pⱼ = e^zⱼ / Σ e^z, written to `p`, and log Σ e^z. The largest score is taken off first, so that nothing
 * overflows; where it is infinite, the scores that are as large have equal shares.
 *
 * @param z - Scores, [k], k ≥ 1.
 * @param p - Where the shares go, [k]; it may be `z` itself.
 * @returns log Σ e^z.
 * @example
 * ```ts
 * const p = new Float64Array(2);
 * softmaxInto(Float64Array.of(1000, 1000), p) === 1000 + Math.log(2) // => true
 * p // => Float64Array.of(0.5, 0.5)
 * ```
 */
export function softmaxInto(z: Float64Array, p: Float64Array): number {
  let top = -Infinity;
  for (let j = 0; j < z.length; j++) top = Math.max(top, z[j]!);
  let sum = 0;
  for (let j = 0; j < z.length; j++) {
    p[j] = z[j]! === top ? 1 : Math.exp(z[j]! - top);
    sum += p[j]!;
  }
  for (let j = 0; j < z.length; j++) p[j] = p[j]! / sum;
  return top + Math.log(sum);
}

/**
 * log Σ e^z without overflow; −Infinity where no score is larger.
 *
 * @param z - Scores, [k].
 * @example
 * ```ts
 * logSum(Float64Array.of(-1000, -1000)) === -1000 + Math.log(2) // => true
 * ```
 */
export function logSum(z: Float64Array): number {
  let top = -Infinity;
  for (let j = 0; j < z.length; j++) top = Math.max(top, z[j]!);
  if (top === -Infinity) return top;
  let sum = 0;
  for (let j = 0; j < z.length; j++) sum += Math.exp(z[j]! - top);
  return top + Math.log(sum);
}
