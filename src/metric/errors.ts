/** @file What can go wrong while scoring. */
import { caller, count, didYouMean, failWith, list, quote } from "../core/index.ts";

/** The errors of this folder: code → sentence. */
export const metricErrors = {
  "metric/missing-rows": caller(
    (d: { at: string }) => `${d.at}: there is nothing to score; expected at least 1 row, got 0`,
  ),
  "metric/mismatch-argument": caller(
    (d: { at: string; what: string; expected: string; got: string; hint: string }) =>
      `${d.at}: the ${d.what} model is not told by what it judged; expected ${d.expected}, got ${d.got}.${d.hint}`,
  ),
  "metric/mismatch-rows": caller(
    (d: { at: string; what: string; expected: string; got: string }) =>
      `${d.at}: the two models did not judge the same rows in ${d.what}; expected ${d.expected} as of the first, got ${d.got}. Evaluate both on the same frame, with the same label, weights and groups.`,
  ),
  "metric/mismatch-length": caller(
    (d: { at: string; what: string; wanted: number; got: number }) =>
      `${d.at}: the lengths differ; expected ${count(d.wanted, d.what)}, got ${d.got}`,
  ),
  "metric/out-of-range-label": caller(
    (d: { at: string; row: number; expected: string; got: number }) =>
      `${d.at}: label ${d.row} is not a class; expected ${d.expected}, got ${d.got}`,
  ),
  "metric/out-of-range-probability": caller(
    (d: { at: string; row: number; got: number }) =>
      `${d.at}: the prediction for row ${d.row} is not a probability; expected 0 to 1, got ${d.got}`,
  ),
  "metric/mismatch-sum": caller(
    (d: { at: string; row: number; sum: number }) =>
      `${d.at}: the probabilities of row ${d.row} do not sum to 1; got ${d.sum}. Give one probability for each class, row by row.`,
  ),
  "metric/out-of-range-score": caller(
    (d: { at: string; row: number }) =>
      `${d.at}: the score of row ${d.row} cannot be ranked; expected a number, got NaN`,
  ),
  "metric/out-of-range-number": caller(
    (d: { at: string; what: string; row: number; expected: string; got: number }) =>
      `${d.at}: ${d.what} of row ${d.row} cannot be scored; expected ${d.expected}, got ${d.got}`,
  ),
  "metric/out-of-range-weight": caller(
    (d: { at: string; row: number; got: number }) =>
      `${d.at}: the weight of row ${d.row} is none; expected a finite number ≥ 0, got ${d.got}`,
  ),
  "metric/missing-weight": caller(
    (d: { at: string }) =>
      `${d.at}: all weights are 0; expected at least one row that counts, got none`,
  ),
  "metric/missing-class": caller(
    (d: { at: string; label: number; rows: number; least: number }) =>
      `${d.at}: there are too few rows of label ${d.label}; expected at least ${d.least}, got ${d.rows}`,
  ),
  "metric/missing-differences": caller(
    (d: { at: string; least: string; got: number }) =>
      `${d.at}: there are too few differences to judge by; expected ${d.at === "fiveByTwo" ? "" : "at least "}${d.least}, got ${d.got}`,
  ),
  "metric/missing-steps": caller(
    (d: { got: number }) =>
      `diagnoseFit: a curve needs an end and a beginning; expected at least 2 steps, got ${d.got}`,
  ),
  "metric/mismatch-task": caller(
    (d: { metric: string; task: string; tasks: readonly string[] }) =>
      `score: ${d.metric} is no metric of a ${d.task} task; expected ${list(d.tasks)}. Choose another metric.`,
  ),
  "metric/unknown-name": caller(
    (d: { name: string; known: readonly string[] }) =>
      `unknown metric ${quote(d.name)}; expected one of ${list(d.known, d.name)}.${didYouMean(d.name, d.known)}`,
  ),
  "metric/unsupported-weights": caller(
    (d: { metric: string }) =>
      `score: ${d.metric} takes no weights of rows, because it judges queries; leave the weights out`,
  ),
};

/** Throws one of {@link metricErrors}. */
export const fail = failWith(metricErrors);
