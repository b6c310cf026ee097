/** @file The errors of datasets: rows without a key or a label. */
import { caller, count, didYouMean, failWith, list, quote } from "../core/index.ts";

/** What can go wrong while rows are split and made into a dataset. */
export const datasetErrors = {
  "dataset/unknown-column": caller(
    (d: { at: string; column: string; columns: readonly string[] }) =>
      `${d.at}: unknown column ${quote(d.column)}; the frame has ${list(d.columns, d.column)}.${didYouMean(d.column, d.columns)}`,
  ),
  "dataset/missing-key": caller(
    (d: { column: string; rows: number }) =>
      `split: ${quote(d.column)} is missing in ${count(d.rows, "row")}; expected a key in every row, because it decides the side. Choose another column.`,
  ),
  "dataset/mismatch-time": caller(
    (d: { column: string; kind: string }) =>
      `splitByTime: ${quote(d.column)} must be a timestamp column; got ${d.kind}`,
  ),
  "dataset/missing-time": caller(
    (d: { column: string; rows: number }) =>
      `splitByTime: ${quote(d.column)} is missing in ${count(d.rows, "row")}; expected a moment in every row, because it decides the side`,
  ),
  "dataset/missing-moments": caller(
    (d: { column: string; rows: number }) =>
      `splitByTime: ${quote(d.column)} has one moment in all of ${count(d.rows, "row")}; expected at least two, to lie on either side`,
  ),
  "dataset/missing-rows": caller(
    (d: { at: string }) => `${d.at}: the frame is empty; expected at least 1 row, got 0`,
  ),
  "dataset/conflict-test-rows": caller(
    () =>
      `split: these rows are the test side of a split; expected rows that may be learned from. Split the training side again for validation.`,
  ),
  "dataset/mismatch-label": caller(
    (d: { label: string; kind: string }) =>
      `dataset: the label ${quote(d.label)} must be a bool column; got ${d.kind}`,
  ),
  "dataset/conflict-label": caller(
    (d: { label: string; reads: readonly string[] }) =>
      `dataset: the label ${quote(d.label)} is among the columns that the features read (${list(d.reads)}); take it out of the features`,
  ),
  "dataset/missing-label": caller(
    (d: { label: string; rows: number; of: number }) =>
      `dataset: the label ${quote(d.label)} is missing in ${d.rows} of ${count(d.of, "row")}; expected true or false in every row. Keep labelled rows with where((c) => c[${quote(d.label)}].isMissing().not()).`,
  ),
};

/** Throws one of {@link datasetErrors}. */
export const fail = failWith(datasetErrors);
