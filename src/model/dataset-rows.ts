/** @file Some rows of a dataset. */
import type { Dataset, Matrix } from "../flow.ts";

/** The rows of a matrix with these numbers, in their order. */
export function matrixRows({ cols, data }: Matrix, rows: ArrayLike<number>): Matrix {
  const picked = new Float64Array(rows.length * cols);
  for (let i = 0; i < rows.length; i++) {
    const start = (rows[i] ?? 0) * cols;
    picked.set(data.subarray(start, start + cols), i * cols);
  }
  return { rows: rows.length, cols, data: picked };
}

/** The rows of a dataset with these numbers, in their order. */
export function datasetRows(data: Dataset, rows: ArrayLike<number>): Dataset {
  const { x, y, weights, groups } = data;
  const pick = (column: Float64Array): Float64Array =>
    Float64Array.from(rows, (row) => column[row] ?? 0);
  return {
    ...data,
    x: matrixRows(x, rows),
    y: pick(y),
    ...(weights === undefined ? {} : { weights: pick(weights) }),
    ...(groups === undefined ? {} : { groups: pick(groups) }),
  };
}

/** Every n-th row, from the first on. */
export function everyNth(data: Dataset, n: number): Dataset {
  const count = Math.ceil(data.x.rows / n);
  return datasetRows(
    data,
    Array.from({ length: count }, (_, i) => i * n),
  );
}

/** The rows of a weight that is not 0; the dataset itself where all are. */
export function withoutZeros(data: Dataset): Dataset {
  const { weights } = data;
  if (weights === undefined || !weights.includes(0)) return data;
  return datasetRows(
    data,
    Array.from(weights.keys()).filter((i) => weights[i] !== 0),
  );
}
