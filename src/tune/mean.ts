/** @file The mean of some numbers. */

/** Σx / n, summed in their order; NaN of none. */
export const meanOf = (values: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] ?? 0;
  return sum / values.length;
};
