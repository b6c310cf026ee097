/** @file Statistics of one column, summed in row order, so that threads never change a bit. */

/** Mean and population standard deviation, √(Σ(x − mean)² / n); exactly 0 for a constant column. */
export function meanAndStd(values: Float64Array): { mean: number; std: number } {
  const { min, max } = range(values);
  if (min === max) return { mean: min, std: 0 };
  const mean = meanOf(values);
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += ((values[i] ?? 0) - mean) ** 2;
  return { mean, std: Math.sqrt(squares / values.length) };
}

/** The mean. */
export function meanOf(values: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] ?? 0;
  return sum / values.length;
}

/** The smallest and the largest value. */
export function range(values: Float64Array): { min: number; max: number } {
  let [min, max] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? 0;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return { min, max };
}

/** The value that occurs most often; of several, the smallest. */
export function modeOf(numbers: Float64Array): number {
  const sorted = numbers.slice().sort();
  let [mode, most, run] = [sorted[0] ?? Number.NaN, 0, 0];
  for (let i = 0; i < sorted.length; i++) {
    run = i > 0 && sorted[i] === sorted[i - 1] ? run + 1 : 1;
    if (run > most) {
      most = run;
      mode = sorted[i] ?? Number.NaN;
    }
  }
  return mode;
}
