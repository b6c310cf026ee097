/** @file The checks that every metric makes of its input. */
import { fail } from "./errors.ts";

/** Refuses no rows, unequal lengths, and labels other than 0 and 1. */
export function checkRows(at: string, y: Float64Array, predictions: Float64Array): void {
  if (y.length === 0) fail("metric/missing-rows", { at });
  if (predictions.length !== y.length)
    fail("metric/mismatch-length", { at, labels: y.length, got: predictions.length });
  const row = y.findIndex((label) => label !== 0 && label !== 1);
  if (row >= 0) fail("metric/out-of-range-label", { at, row, got: y[row] ?? Number.NaN });
}

/** As {@link checkRows}, and refuses what is not a probability. */
export function checkProbabilities(at: string, y: Float64Array, probability: Float64Array): void {
  checkRows(at, y, probability);
  const row = probability.findIndex((p) => !(p >= 0 && p <= 1));
  if (row >= 0)
    fail("metric/out-of-range-probability", { at, row, got: probability[row] ?? Number.NaN });
}
