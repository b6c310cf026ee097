/** @file Precision, recall and F of two classes, or averaged over k; and a table of them by class. */
import { checkChoice, checkNames, checkNumber } from "../core/index.ts";
import { checkRows } from "./checks.ts";
import { type ConfusionMatrixOptions, countsOf, marginsOf } from "./confusion-matrix.ts";
import type { WeightOptions } from "./weights.ts";

/**
 * How classes become one number: `binary` of class 1 only; `macro` the mean of the classes; `weighted` their mean by how many
 * rows each has; `micro` of all rows at once.
 */
export type Average = "binary" | "macro" | "micro" | "weighted";

/** Options of {@link precision}, {@link recall} and {@link f1}. */
export interface ClassAverageOptions extends WeightOptions {
  /** Default "binary", with labels 0 and 1. */
  readonly average?: Average;
}

/** Options of {@link fBeta}. */
export interface FBetaOptions extends ClassAverageOptions {
  /** How many times as much recall counts as precision, above 0. */
  readonly beta: number;
}

/**
 * The share of right answers among the answers of a class, TP/(TP + FP); 0 when there is no such answer, as
 * scikit-learn has it. O(n + k²).
 *
 * @param y - Labels, shape [n]: 0 or 1, or with an average whole numbers from 0; n ≥ 1.
 * @param predicted - Answers, shape [n], classes too.
 * @param options - How classes are averaged, over those that have a label or an answer; weights of rows.
 * @returns 0 to 1.
 * @throws as {@link confusionMatrix}
 * @example
 * ```ts
 * precision(Float64Array.of(0, 1, 1), Float64Array.of(1, 1, 0)) // => 0.5
 * precision(Float64Array.of(0, 1, 2, 2), Float64Array.of(0, 0, 2, 2), { average: "macro" }) // => 0.5
 * ```
 * @see Peer: scikit-learn `precision_score`.
 */
export function precision(
  y: Float64Array,
  predicted: Float64Array,
  options: ClassAverageOptions = {},
): number {
  checkNames("precision", options, ["average", "weights"]);
  return averaged("precision", [y, predicted], options).precision;
}

/**
 * The share of the labels of a class that were found, TP/(TP + FN); 0 when there is no such label, as
 * scikit-learn has it. O(n + k²).
 *
 * @param y - Labels, shape [n]: 0 or 1, or with an average whole numbers from 0; n ≥ 1.
 * @param predicted - Answers, shape [n], classes too.
 * @param options - How classes are averaged, over those that have a label or an answer; weights of rows.
 * @returns 0 to 1.
 * @throws as {@link confusionMatrix}
 * @example
 * ```ts
 * recall(Float64Array.of(0, 1, 1, 1), Float64Array.of(1, 1, 1, 0)).toFixed(2) // => "0.67"
 * ```
 * @see Peer: scikit-learn `recall_score`.
 */
export function recall(
  y: Float64Array,
  predicted: Float64Array,
  options: ClassAverageOptions = {},
): number {
  checkNames("recall", options, ["average", "weights"]);
  return averaged("recall", [y, predicted], options).recall;
}

/**
 * The harmonic mean of precision and recall, 2·TP/(2·TP + FP + FN); 0 when a class has neither a label
 * nor an answer, as scikit-learn has it. O(n + k²).
 *
 * @param y - Labels, shape [n]: 0 or 1, or with an average whole numbers from 0; n ≥ 1.
 * @param predicted - Answers, shape [n], classes too.
 * @param options - How classes are averaged, over those that have a label or an answer; weights of rows.
 * @returns 0 to 1.
 * @throws as {@link confusionMatrix}
 * @example
 * ```ts
 * f1(Float64Array.of(0, 1, 1), Float64Array.of(1, 1, 0)) // => 0.5
 * f1(Float64Array.of(0, 1, 2), Float64Array.of(0, 1, 1), { average: "micro" }).toFixed(2) // => "0.67"
 * ```
 * @see Peer: scikit-learn `f1_score`.
 */
export function f1(
  y: Float64Array,
  predicted: Float64Array,
  options: ClassAverageOptions = {},
): number {
  checkNames("f1", options, ["average", "weights"]);
  return averaged("f1", [y, predicted], options).f;
}

/**
 * F of beta, (1 + β²)·TP/((1 + β²)·TP + β²·FN + FP): above 1 missing one costs more than a false alarm. O(n + k²).
 *
 * @param y - Labels, shape [n]: 0 or 1, or with an average whole numbers from 0; n ≥ 1.
 * @param predicted - Answers, shape [n], classes too.
 * @param options - β, how classes are averaged, weights of rows.
 * @returns 0 to 1; 0 when a class has neither a label nor an answer.
 * @throws `option/out-of-range` for beta, and as {@link confusionMatrix}
 * @example
 * ```ts
 * fBeta(Float64Array.of(1, 1, 0, 0), Float64Array.of(1, 1, 1, 1), { beta: 2 }).toFixed(3) // => "0.833"
 * ```
 * @see van Rijsbergen, Information Retrieval, 2nd edition, 1979. Peer: scikit-learn `fbeta_score`.
 */
export function fBeta(y: Float64Array, predicted: Float64Array, options: FBetaOptions): number {
  checkNames("fBeta", options, ["beta", "average", "weights"]);
  checkNumber("fBeta", { beta: options.beta }, { above: 0 });
  return averaged("fBeta", [y, predicted], options).f;
}

/** What {@link classReport} says of a class. */
export interface ClassShares {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  /** The rows of the class, or their weight. */
  readonly rows: number;
}

/**
 * Precision, recall and F1 of each class. O(n + k²).
 *
 * @param y - Labels, shape [n], whole numbers from 0, n ≥ 1.
 * @param predicted - Answers, shape [n].
 * @param options - The number of classes, and weights of rows.
 * @returns One entry for each class, in their order; 0 where a class has no label or no answer.
 * @throws as {@link confusionMatrix}
 * @example
 * ```ts
 * classReport(Float64Array.of(0, 1, 1), Float64Array.of(0, 1, 0))[1] // => { precision: 1, recall: 0.5, f1: 2 / 3, rows: 2 }
 * ```
 * @see Peer: scikit-learn `classification_report`.
 */
export function classReport(
  y: Float64Array,
  predicted: Float64Array,
  options: ConfusionMatrixOptions = {},
): readonly ClassShares[] {
  checkNames("classReport", options, ["classes", "weights"]);
  const { labels, answers, right } = marginsOf(countsOf("classReport", [y, predicted], options));
  return labels.map((rows, c) => {
    const shares = sharesOf(right[c] ?? 0, [answers[c] ?? 0, rows], 1);
    return { precision: shares.precision, recall: shares.recall, f1: shares.f, rows };
  });
}

interface Shares {
  readonly precision: number;
  readonly recall: number;
  readonly f: number;
}

/** The shares of right answers, of so many answers and labels. */
function sharesOf(
  right: number,
  [answers, labels]: readonly [number, number],
  beta: number,
): Shares {
  const b = beta ** 2;
  return {
    precision: share(right, answers),
    recall: share(right, labels),
    f: share((1 + b) * right, b * labels + answers),
  };
}

function averaged(
  at: string,
  pair: readonly [Float64Array, Float64Array],
  options: ClassAverageOptions & { readonly beta?: number },
): Shares {
  const { average = "binary", beta = 1 } = options;
  checkChoice(at, { average }, ["binary", "macro", "micro", "weighted"]);
  const [y, predicted] = pair;
  if (average === "binary") {
    checkRows(at, y, predicted);
    checkRows(at, predicted, y); // answers are classes too
  }
  const classes = average === "binary" ? { classes: 2 } : {};
  const weights = options.weights === undefined ? {} : { weights: options.weights };
  const { labels, answers, right, total } = marginsOf(
    countsOf(at, pair, { ...classes, ...weights }),
  );
  const of = (c: number): Shares =>
    sharesOf(right[c] ?? 0, [answers[c] ?? 0, labels[c] ?? 0], beta);
  if (average === "binary") return of(1);
  if (average === "micro")
    return sharesOf(
      right.reduce((a, b) => a + b, 0),
      [total, total],
      beta,
    );
  const there = labels.flatMap((rows, c) => (rows + (answers[c] ?? 0) > 0 ? [c] : []));
  const weigh = (c: number): number =>
    average === "macro" ? 1 / there.length : (labels[c] ?? 0) / total;
  const mean = (name: keyof Shares): number =>
    there.reduce((sum, c) => sum + weigh(c) * of(c)[name], 0);
  return { precision: mean("precision"), recall: mean("recall"), f: mean("f") };
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
