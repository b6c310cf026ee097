/** @file What can go wrong while scoring. */
import { caller, failWith } from "../core/index.ts";

/** The errors of this folder: code → sentence. */
export const metricErrors = {
  "metric/missing-rows": caller(
    (d: { at: string }) => `${d.at}: there is nothing to score; expected at least 1 row, got 0`,
  ),
  "metric/mismatch-length": caller(
    (d: { at: string; labels: number; got: number }) =>
      `${d.at}: the lengths differ; expected a prediction for each of ${d.labels} labels, got ${d.got}`,
  ),
  "metric/out-of-range-label": caller(
    (d: { at: string; row: number; got: number }) =>
      `${d.at}: label ${d.row} is not a class; expected 0 or 1, got ${d.got}`,
  ),
  "metric/out-of-range-probability": caller(
    (d: { at: string; row: number; got: number }) =>
      `${d.at}: the prediction for row ${d.row} is not a probability; expected 0 to 1, got ${d.got}`,
  ),
  "metric/out-of-range-score": caller(
    (d: { at: string; row: number }) =>
      `${d.at}: the score of row ${d.row} cannot be ranked; expected a number, got NaN`,
  ),
};

/** Throws one of {@link metricErrors}. */
export const fail = failWith(metricErrors);
