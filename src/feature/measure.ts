/** @file Statistics of one column, summed in row order, so that threads never change a bit. */

/** Mean and population standard deviation, √(Σ(x − mean)² / n); exactly 0 for a constant column. */
export function meanAndStd(values: Float64Array): { mean: number; std: number } {
  const { min, max } = range(values);
  if (min === max) return { mean: min, std: 0 };
  const mean = meanOf(values);
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  return { mean, std: Math.sqrt(squares / values.length) };
}

/** The mean. */
export function meanOf(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

/** The smallest and the largest value. */
export function range(values: Float64Array): { min: number; max: number } {
  let [min, max] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return { min, max };
}
