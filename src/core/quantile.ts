/** @file The quantile of sorted values. */

/** Values by their rank, smallest first, as a sorted list has them. */
export interface Ordered {
  readonly length: number;
  at(rank: number): number | undefined;
}

/**
 * The value below which the share q of sorted values lies, between two of them on the line that joins
 * them (Hyndman & Fan's type 7). Bit for bit NumPy's `quantile(method="linear")`.
 *
 * @param sorted - Values, smallest first.
 * @param q - 0 to 1.
 * @returns In the unit of the values; NaN of none.
 * @example
 * ```ts
 * quantileOf([1, 2, 4], 0.75) // => 3
 * ```
 */
export function quantileOf(sorted: Ordered, q: number): number {
  const place = (sorted.length - 1) * q;
  const below = Math.floor(place);
  const a = sorted.at(below) ?? Number.NaN;
  const b = sorted.at(Math.min(below + 1, sorted.length - 1)) ?? a;
  const t = place - below;
  if (a === b) return a;
  return t < 0.5 ? a + (b - a) * t : b - (b - a) * (1 - t);
}
