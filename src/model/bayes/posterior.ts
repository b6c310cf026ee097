/** @file What classifiers by likelihood share: priors, sums by class, and probabilities from log-likelihoods. */

import { checkNumber, failWith, optionErrors, quote } from "../../core/index.ts";
import type { Dataset, Matrix, Task } from "../../flow.ts";
import { softmaxInto } from "../../tensor/index.ts";
import { fail } from "../errors.ts";
import { taskOf } from "../estimator.ts";

/**
 * How likely each class is before a row is seen: its share of the training rows' weight, the same for all that
 * occur, or as given, in the order of the classes (false, true), summing to 1.
 */
export type Priors = "data" | "uniform" | readonly number[];

const failOption = failWith(optionErrors);

/** Checks the option. @throws `option/out-of-range` */
export function checkPriors(at: string, priors: Priors): void {
  if (priors === "data" || priors === "uniform") return;
  const expected = '"data", "uniform" or numbers that sum to 1';
  if (!Array.isArray(priors))
    failOption("option/out-of-range", { at, option: "priors", expected, got: priors });
  for (const prior of priors) checkNumber(at, { priors: prior }, { min: 0, max: 1 });
  const sum = priors.reduce((total, prior) => total + prior, 0);
  if (Math.abs(sum - 1) > 1e-9)
    failOption("option/out-of-range", { at, option: "priors", expected, got: quote([...priors]) });
}

/** How many classes a task has. */
export function classCount(task: Task): number {
  return task.kind === "multiclass" ? task.classes.length : 2;
}

/** The rows of a dataset by class. */
export interface ClassRows {
  readonly classes: number;
  /** Of each row its weight, [n]. */
  readonly weights: Float64Array;
  /** Of each class the weight of its rows, [k]. */
  readonly totals: Float64Array;
  /** ln of the priors, [k]; −∞ of a class that has no rows. */
  readonly logPriors: Float64Array;
}

/** Sums up the classes. @throws `model/mismatch-length` where there are not as many priors as classes */
export function classRows(at: string, data: Dataset, priors: Priors): ClassRows {
  const { y } = data;
  const classes = classCount(taskOf(data));
  const weights = data.weights ?? new Float64Array(y.length).fill(1);
  const totals = new Float64Array(classes);
  for (const [i, label] of y.entries()) totals[label] = (totals[label] ?? 0) + (weights[i] ?? 0);
  if (typeof priors !== "string" && priors.length !== classes)
    fail("model/mismatch-length", { at, what: "prior", expected: classes, got: priors.length });
  const all = totals.reduce((sum, total) => sum + total, 0);
  const present = totals.filter((total) => total > 0).length;
  const logPriors = totals.map((total, c) => {
    if (total === 0) return -Infinity;
    if (priors === "data") return Math.log(total / all);
    return Math.log(priors === "uniform" ? 1 / present : (priors[c] ?? 0));
  });
  return { classes, weights, totals, logPriors };
}

/** The weighted sum of each feature over the rows of each class, [k · d]. */
export function sumsByClass(
  x: Matrix,
  y: Float64Array,
  { classes, weights }: ClassRows,
): Float64Array {
  const d = x.cols;
  const sums = new Float64Array(classes * d);
  for (let i = 0; i < x.rows; i++) {
    const [label = 0, weight = 0] = [y[i], weights[i]];
    for (let j = 0; j < d; j++)
      sums[label * d + j] = (sums[label * d + j] ?? 0) + weight * (x.data[i * d + j] ?? 0);
  }
  return sums;
}

/** The mean of each feature over the rows of each class, [k · d]; 0 of a class that has no rows. */
export function meansByClass(x: Matrix, y: Float64Array, rows: ClassRows): Float64Array {
  const sums = sumsByClass(x, y, rows);
  return sums.map((sum, at) => sum / ((rows.totals[Math.floor(at / x.cols)] ?? 0) || 1));
}

/**
 * Probabilities from ln(prior · likelihood), up to what all classes of a row have in common: exp(sᵢ) / Σ exp(sⱼ).
 *
 * @param scores - Shape [n, k], row by row.
 * @returns What a predictor tells: binary [n], multiclass [n · k].
 */
export function posterior(scores: Float64Array, task: Task): Float64Array {
  const k = classCount(task);
  const rows = scores.length / k;
  const binary = task.kind === "binary";
  const told = new Float64Array(binary ? rows : scores.length);
  for (let i = 0; i < rows; i++) {
    const shares = softmax(scores.subarray(i * k, (i + 1) * k));
    if (binary) told[i] = shares[1] ?? 0;
    else told.set(shares, i * k);
  }
  return told;
}

/**
 * Every class's score of every row, [n, k], row by row.
 *
 * @param of - The score of the row whose features begin at a place of `x.data`, for a class.
 */
export function scoreRows(
  x: Matrix,
  classes: number,
  of: (start: number, c: number) => number,
): Float64Array {
  const scores = new Float64Array(x.rows * classes);
  for (let i = 0; i < x.rows; i++)
    for (let c = 0; c < classes; c++) scores[i * classes + c] = of(i * x.cols, c);
  return scores;
}

/** Shares of 1 from logarithms; where none is a finite number, the largest share alike. */
export function softmax(scores: Float64Array): Float64Array {
  const shares = new Float64Array(scores.length);
  softmaxInto(scores, shares);
  return shares;
}
