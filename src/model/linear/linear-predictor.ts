/** @file What all linear models share: w·x + b for each row, and how much each feature matters in it. */
import type { Matrix } from "../../flow.ts";
import { times } from "../../tensor/index.ts";
import { fail } from "../errors.ts";
import { checkWidth } from "../estimator.ts";

/** A linear function of a row. */
export interface LinearFunction {
  /** Shape [d]. */
  readonly weights: Float64Array;
  readonly bias: number;
}

/**
 * w·x + b for each row, [n].
 *
 * @throws `model/mismatch-width`, `model/missing-value`, `model/out-of-range-value`
 */
export function linearMargins(
  at: string,
  x: Matrix,
  { weights, bias }: LinearFunction,
): Float64Array {
  checkWidth(at, x, weights.length);
  const margins = times(x, weights); // [n]
  checkMargins(at, x, margins);
  for (let i = 0; i < margins.length; i++) margins[i] = (margins[i] ?? 0) + bias;
  return margins;
}

/** A missing or infinite feature leaves its trace in the margin, so one look per row is enough. */
function checkMargins(at: string, x: Matrix, margins: Float64Array): void {
  const row = margins.findIndex((margin) => !Number.isFinite(margin));
  if (row < 0) return;
  const values = x.data.subarray(row * x.cols, (row + 1) * x.cols);
  const column = values.findIndex((value) => !Number.isFinite(value));
  const [got = Number.NaN] = column < 0 ? margins.subarray(row) : values.subarray(column);
  const place = { at, feature: column < 0 ? "w·x" : `feature ${column}`, row };
  if (Number.isNaN(got) && column >= 0) fail("model/missing-value", place);
  fail("model/out-of-range-value", { ...place, got });
}

/** Rows that are looked at for the spread of features, at most. */
const spreadRows = 16_384;

/**
 * The share of each feature, [d]: its |weight| times its standard deviation, which is what one step of its own
 * size does to the margin; summed over outputs, divided by the sum. Undefined where all weights are 0. The
 * deviations are of at most 16,384 rows, evenly spaced.
 *
 * @param outputs - One or several arrays [d].
 */
export function linearImportances(
  x: Matrix,
  outputs: readonly Float64Array[],
  weights?: Float64Array,
): Float64Array | undefined {
  const deviations = featureDeviations(x, weights);
  const sizes = deviations.map((deviation, j) =>
    outputs.reduce((sum, w) => sum + Math.abs(w[j] ?? 0) * deviation, 0),
  );
  const total = sizes.reduce((sum, size) => sum + size, 0);
  return total > 0 && Number.isFinite(total) ? sizes.map((size) => size / total) : undefined;
}

function featureDeviations({ rows, cols, data }: Matrix, weights?: Float64Array): Float64Array {
  const step = Math.ceil(rows / spreadRows);
  const means = new Float64Array(cols);
  const squares = new Float64Array(cols);
  let total = 0;
  for (let i = 0; i < rows; i += step) {
    const weight = weights?.[i] ?? 1;
    total += weight;
    for (let j = 0; j < cols; j++) {
      const value = data[i * cols + j] ?? 0;
      const off = value - (means[j] ?? 0);
      means[j] = (means[j] ?? 0) + (off * weight) / total;
      squares[j] = (squares[j] ?? 0) + weight * off * (value - (means[j] ?? 0));
    }
  }
  return squares.map((sum) => Math.sqrt(Math.max(0, sum) / total));
}
