/** @file Some rows of a dataset. */
import type { Dataset } from "../../flow.ts";

/** The rows at some places, in their order. */
export function pickRows(data: Dataset, places: readonly number[]): Dataset {
  const { x, y, weights } = data;
  const numbers = new Float64Array(places.length * x.cols);
  for (const [at, i] of places.entries())
    numbers.set(x.data.subarray(i * x.cols, (i + 1) * x.cols), at * x.cols);
  const taken = (values: Float64Array): Float64Array =>
    Float64Array.from(places, (i) => values[i] ?? 0);
  return {
    ...data,
    x: { rows: places.length, cols: x.cols, data: numbers },
    y: taken(y),
    ...(weights === undefined ? {} : { weights: taken(weights) }),
  };
}

/** Every n-th row, from the first on. */
export function everyNth(data: Dataset, n: number): Dataset {
  const count = Math.ceil(data.x.rows / n);
  return pickRows(
    data,
    Array.from({ length: count }, (_, i) => i * n),
  );
}
