/** @file What can go wrong while learning, predicting, and reading a stored predictor. */
import { caller, count, didYouMean, failWith, list, quote } from "../core/index.ts";

interface CellPlace {
  readonly at: string;
  readonly feature: string;
  readonly row: number;
}

/** The errors of this folder: code → sentence. */
export const modelErrors = {
  "model/missing-rows": caller(
    (d: { at: string }) => `${d.at}: the dataset is empty; expected at least 1 row, got 0`,
  ),
  "model/missing-features": caller(
    (d: { at: string }) => `${d.at}: the dataset has no features; expected at least 1, got 0`,
  ),
  "model/mismatch-length": caller(
    (d: { at: string; what: string; expected: number; got: number }) =>
      `${d.at}: the dataset does not fit together; expected ${count(d.expected, d.what)}, got ${d.got}`,
  ),
  "model/mismatch-width": caller(
    (d: { at: string; expected: number; got: number }) =>
      `${d.at}: the rows have another width; expected ${count(d.expected, "feature")}, got ${d.got}. Predict with the features that the model learned from.`,
  ),
  "model/mismatch-task": caller(
    (d: { at: string; expected: readonly string[]; got: string }) =>
      `${d.at}: it does not learn this task; expected ${list(d.expected)}, got ${quote(d.got)}. The task is what the label's kind says, or \`task\` of the dataset; choose another estimator, or another label.`,
  ),
  "model/conflict-trained-rows": caller(
    (d: { at: string; rows: number }) =>
      `${d.at}: the model has learned from ${count(d.rows, "row")} of these; expected rows that it has not seen, because of others it knows the labels. Give rows held out of the training side; evaluate() takes these too where onTrained: true says that it is meant.`,
  ),
  "model/missing-label": caller(
    (d: { at: string; label: string; columns: readonly string[] }) =>
      `${d.at}: the rows have no column ${quote(d.label)}, which the model tells; they have ${list(d.columns)}. Give rows whose labels are known.`,
  ),
  "model/mismatch-validation": caller(
    (d: { at: string; what: string; expected: string; got: string }) =>
      `${d.at}: the rows that judge have other ${d.what} than those that are learned from; expected ${d.expected}, got ${d.got}. Make both datasets by the same features and the same label.`,
  ),
  "model/mismatch-option": caller(
    (d: { at: string; option: string; expected: string; got: string }) =>
      `${d.at}: ${d.option} does not fit the other options; expected ${d.expected}, got ${d.got}`,
  ),
  "model/mismatch-objective": caller(
    (d: { at: string; objective: string; expected: string; got: string }) =>
      `${d.at}: the objective ${quote(d.objective)} and the data do not fit; expected ${d.expected}, got ${d.got}`,
  ),
  "model/unknown-feature": caller(
    (d: { at: string; got: string; known: readonly string[] }) =>
      `${d.at}: unknown feature ${quote(d.got)}; the features are ${list(d.known)}.${didYouMean(d.got, d.known)}`,
  ),
  "model/out-of-range-label": caller(
    (d: { at: string; row: number; expected: string; got: number }) =>
      `${d.at}: label ${d.row} does not fit the task; expected ${d.expected}, got ${d.got}. Drop rows without a label; write true as 1, and say what else labels are with \`task\`.`,
  ),
  "model/out-of-range-weight": caller(
    (d: { at: string; row: number; got: number }) =>
      `${d.at}: weight ${d.row} is ${d.got}; expected a finite number, 0 or more`,
  ),
  "model/missing-weight": caller(
    (d: { at: string }) => `${d.at}: all weights are 0; expected at least one above 0`,
  ),
  "model/unsupported-weights": caller(
    (d: { at: string }) =>
      `${d.at}: it does not weigh rows; expected a dataset without weights. Leave them out, or use an estimator that weighs.`,
  ),
  "model/missing-class": caller(
    (d: { at: string; rows: number; label: number }) =>
      `${d.at}: all ${count(d.rows, "label")} are ${d.label}; expected at least two classes. Learn from rows of more classes, or use majority().`,
  ),
  "model/missing-value": caller(
    (d: CellPlace) =>
      `${d.at}: feature ${quote(d.feature)} is missing in row ${d.row}; expected a number. Impute missing values in the features, or use boost(), which takes them as they are.`,
  ),
  "model/out-of-range-value": caller(
    (d: CellPlace & { got: number }) =>
      `${d.at}: feature ${quote(d.feature)} is ${d.got} in row ${d.row}; expected a finite number. Clip the feature, or make it missing.`,
  ),
  "model/missing-choice": caller(
    (d: { at: string; rows: number }) =>
      `${d.at}: a choice among penalties learns from some rows and judges by others; expected at least 2 rows, got ${d.rows}. Give one alpha.`,
  ),
  "model/missing-fold-column": caller(
    (d: { at: string }) =>
      `${d.at}: no column decides the folds; expected by, got nothing. Name a column, such as the key, or give folds that were made.`,
  ),
  "model/missing-degrees": caller(
    (d: { at: string; rows: number; rank: number }) =>
      `${d.at}: nothing is left to judge the residuals by; expected more than ${count(d.rank + 1, "row")} for a model of rank ${d.rank} and a bias, got ${d.rows}. Learn from more rows, or from fewer features.`,
  ),
  "model/out-of-range-feature": caller(
    (d: CellPlace & { expected: string; got: number }) =>
      `${d.at}: feature ${quote(d.feature)} is ${d.got} in row ${d.row}; expected ${d.expected}. Leave the feature out, or use gaussianBayes() or another estimator.`,
  ),
  "model/failed-fit": caller(
    (d: { at: string; l2: number; iteration: number; reason: "apart" | "undetermined" }) =>
      d.reason === "apart"
        ? `${d.at}: the features tell the classes apart without a mistake at iteration ${d.iteration}, and larger weights are always better then; expected a penalty, got l2 ${d.l2}. Use a larger l2, and see whether a feature knows the label.`
        : `${d.at}: the weights are not determined at iteration ${d.iteration}; expected features of which none is the sum of others and that do not separate the classes exactly, got l2 ${d.l2}. Use a larger l2.`,
  ),
  "model/failed-descent": caller(
    (d: { at: string; epoch: number; optimiser: string }) =>
      `${d.at}: training diverged in epoch ${d.epoch} with ${d.optimiser}; expected a loss that falls. Use a smaller learning rate, or clipNorm.`,
  ),
  "model/unknown-class": caller(
    (d: { at: string; got: string; known: readonly string[] }) =>
      `${d.at}: classWeights names the class ${quote(d.got)}; expected one of ${list(d.known)}`,
  ),
  "model/unsupported-format": caller(
    (d: { kind: string; got: number; known: number }) =>
      `this ${d.kind} was written in format ${d.got}; expected at most ${d.known}. Read it with the Millrace that wrote it, or a newer one.`,
  ),
  "model/mismatch-signature": caller(
    (d: { expected: readonly string[]; got: readonly string[]; label: string }) =>
      `typedModel: the stored model has another signature; expected the columns ${list(d.expected)} with their kinds and the label ${quote(d.label)}, got ${list(d.got)}. Load the model of these features, or fit it again.`,
  ),
  "model/mismatch-request": caller(
    (d: { expected: readonly string[]; got: readonly string[] | null }) =>
      d.got === null
        ? `typedModel: the stored model carries no lookups; expected requests of ${list(d.expected)}, and it takes whole rows. Leave request out, or store the model that withLookups gives.`
        : `typedModel: the stored model has other requests; expected the columns ${list(d.expected)} with their kinds, got ${list(d.got)}. Name what its requests hold: the keys, and what no feature table has.`,
  ),
  "model/unsupported-files": caller(
    (d: { file: string }) =>
      `loadModel: these are the files of a forecast (${d.file}), which has no features and no predictor to look at; expected those of a model of rows. Load it with loadForecast, or through a workspace's registry.`,
  ),
  "model/corrupt-files": caller(
    (d: { reason: string }) =>
      `loadModel: the model's files are damaged: ${d.reason}. Read the model again from its source.`,
  ),
  "model/missing-threshold": caller(
    (d: { rule: string; least: number }) =>
      `chooseThreshold: no threshold reaches the ${d.rule} that was asked for; expected one with at least ${d.least}. Ask for less.`,
  ),
  "model/conflict-test-rows": caller(
    (d: { at: string }) =>
      `${d.at}: these are test rows, and what is chosen on them makes their score too good; expected rows held out of the training side. Split the training side again.`,
  ),
  "model/conflict-lookups": caller(
    () =>
      "withPredictor: the model carries lookups; expected a model that takes whole rows. Give it its lookups afterwards, with withLookups.",
  ),
  "model/unknown-kind": caller(
    (d: { got: string; known: readonly string[] }) =>
      `predictorFromState: unknown kind ${quote(d.got)}; expected one of ${list(d.known)}`,
  ),
  "model/corrupt-interchange": caller(
    (d: { at: string; place: string; expected: string; got: string }) =>
      `${d.at}: the model is damaged at ${d.place === "" ? "its beginning" : d.place}; expected ${d.expected}, got ${d.got}. Write the model again with the library that made it.`,
  ),
  "model/out-of-range-tree": caller(
    (d: { at: string; count: number; got: number }) =>
      `${d.at}: there is no tree ${d.got}; expected a number below ${d.count}`,
  ),
  "model/unsupported-explanation": caller(
    (d: { at: string; kind: string; reason: string; advice: string }) =>
      `${d.at}: a predictor of kind ${quote(d.kind)} cannot be explained so: ${d.reason}. ${d.advice}.`,
  ),
  "model/mismatch-names": caller(
    (d: { at: string; expected: number; got: number }) =>
      `${d.at}: names do not fit the features; expected ${count(d.expected, "name")}, got ${d.got}. Pass the names of the dataset that it learned from.`,
  ),
  "model/unsupported-interchange": caller(
    (d: { at: string; what: string; expected: string }) =>
      `${d.at}: ${d.what} cannot be carried over; expected ${d.expected}`,
  ),
  "model/unsupported-onnx": caller(
    (d: { what: string; expected: string }) =>
      `modelToOnnx: ${d.what} cannot be written as ONNX; expected ${d.expected}. Serve the model with Millrace, or choose another estimator.`,
  ),
  "model/corrupt-state": caller(
    (d: { field: string; expected: string; got: string }) =>
      `predictorFromState: ${d.field} is damaged; expected ${d.expected}, got ${d.got}. Read the stored model again from its source.`,
  ),
};

/** Throws one of {@link modelErrors}. */
export const fail = failWith(modelErrors);
