/** @file Keeping a gradient from being too long. */

/**
 * Shortens a gradient, in place, to a length (its norm ‖g‖₂) that it may have at most, or limits each of its
 * numbers. O(p).
 *
 * @param gradient - Shape [p]; changed.
 * @param limits - `norm`: the most that ‖g‖₂ may be; `value`: the most that each |gᵢ| may be; both above 0.
 * @returns ‖g‖₂ before.
 * @example
 * ```ts
 * const gradient = Float64Array.of(3, 4);
 * clipGradient(gradient, { norm: 2.5 }) // => 5
 * gradient // => Float64Array.of(1.5, 2)
 * ```
 * @see Peer: PyTorch `clip_grad_norm_` and `clip_grad_value_`.
 */
export function clipGradient(
  gradient: Float64Array,
  limits: { readonly norm?: number; readonly value?: number },
): number {
  const { norm: longest = Infinity, value: largest = Infinity } = limits;
  let squares = 0;
  for (let i = 0; i < gradient.length; i++) squares += gradient[i]! * gradient[i]!;
  const norm = Math.sqrt(squares);
  if (norm > longest)
    for (let i = 0; i < gradient.length; i++) gradient[i] = (gradient[i]! * longest) / norm;
  if (largest < Infinity)
    for (let i = 0; i < gradient.length; i++)
      gradient[i] = Math.max(-largest, Math.min(largest, gradient[i]!));
  return norm;
}
