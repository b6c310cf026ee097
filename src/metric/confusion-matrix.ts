/** @file The counts of k classes by label and answer, and the agreement that they show. */
import { checkChoice, checkNames, checkNumber } from "../core/index.ts";
import { checkClasses, checkLengths } from "./checks.ts";
import { checkWeights, type WeightOptions, weightOf } from "./weights.ts";

/** Options of {@link confusionMatrix}. */
export interface ConfusionMatrixOptions extends WeightOptions {
  /** How many classes there are, k. Default: as many as the largest label or answer asks for. */
  readonly classes?: number;
}

/**
 * Counts the rows of each label and each answer: row i, column j holds the weight of the rows of class i that were taken for
 * class j. O(n + k²).
 *
 * @param y - Labels, shape [n], whole numbers from 0, n ≥ 1.
 * @param predicted - Answers, shape [n]; make them with {@link likeliest} or {@link classesAt}.
 * @param options - The number of classes, and weights of rows.
 * @returns Shape [k, k]; ready for `confusionChart`.
 * @throws `metric/missing-rows`, `metric/mismatch-length`, `metric/out-of-range-label` for either,
 * `metric/out-of-range-weight`, `metric/missing-weight`, `option/out-of-range`, `option/unknown-name`
 * @example
 * ```ts
 * confusionMatrix(Float64Array.of(0, 1, 2, 2), Float64Array.of(0, 2, 2, 2)) // => [[1, 0, 0], [0, 0, 1], [0, 0, 2]]
 * ```
 * @see Peer: scikit-learn `confusion_matrix`.
 */
export function confusionMatrix(
  y: Float64Array,
  predicted: Float64Array,
  options: ConfusionMatrixOptions = {},
): readonly (readonly number[])[] {
  return countsOf("confusionMatrix", [y, predicted], options);
}

/** As {@link confusionMatrix}, with the name of the metric that asks. */
export function countsOf(
  at: string,
  [y, predicted]: readonly [Float64Array, Float64Array],
  { classes, weights }: ConfusionMatrixOptions,
): readonly (readonly number[])[] {
  checkLengths(at, y.length, predicted.length);
  if (classes !== undefined) checkNumber(at, { classes }, { min: 1, integer: true });
  checkClasses(at, y, classes);
  checkClasses(at, predicted, classes);
  checkWeights(at, y.length, weights);
  const most = y.reduce(
    (a, b) => Math.max(a, b),
    predicted.reduce((a, b) => Math.max(a, b), 0),
  );
  const k = classes ?? most + 1;
  checkNumber(at, { classes: k }, { max: 10_000 });
  const counts = Array.from({ length: k }, () => new Array<number>(k).fill(0));
  for (const [row, label] of y.entries()) {
    const [of, answer] = [counts[label], predicted[row] ?? 0];
    if (of !== undefined) of[answer] = (of[answer] ?? 0) + weightOf(weights, row);
  }
  return counts;
}

/** The sums of the rows, of the columns, and the diagonal. */
export function marginsOf(counts: readonly (readonly number[])[]): {
  readonly labels: readonly number[];
  readonly answers: readonly number[];
  readonly right: readonly number[];
  readonly total: number;
} {
  const labels = counts.map((row) => row.reduce((a, b) => a + b, 0));
  const answers = counts.map((_, j) => counts.reduce((sum, row) => sum + (row[j] ?? 0), 0));
  const right = counts.map((row, i) => row[i] ?? 0);
  return { labels, answers, right, total: labels.reduce((a, b) => a + b, 0) };
}

/**
 * The likeliest class of each row; of equal ones the first. O(n·k).
 *
 * @param probability - Shape [n, k], row by row.
 * @param classes - k, ≥ 2.
 * @returns Shape [n], class numbers.
 * @throws `metric/mismatch-length` when the numbers do not fill rows; `option/out-of-range`
 * @example
 * ```ts
 * likeliest(Float64Array.of(0.2, 0.5, 0.3, 0.6, 0.2, 0.2), 3) // => Float64Array.of(1, 0)
 * ```
 */
export function likeliest(probability: Float64Array, classes: number): Float64Array {
  checkNumber("likeliest", { classes }, { min: 2, integer: true });
  const rows = Math.ceil(probability.length / classes);
  checkLengths("likeliest", rows * classes, probability.length);
  const answers = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    let best = 0;
    for (let c = 1; c < classes; c++)
      if ((probability[row * classes + c] ?? 0) > (probability[row * classes + best] ?? 0))
        best = c;
    answers[row] = best;
  }
  return answers;
}

/**
 * The mean over classes of the share of the class that was found, so that a rare class counts as much as a frequent one.
 * Classes without a row are left out, as in scikit-learn. O(n + k²).
 *
 * @param y - Labels, shape [n], whole numbers from 0, n ≥ 1.
 * @param predicted - Answers, shape [n].
 * @param options - Weights of rows.
 * @returns 0 to 1; 1/k is chance.
 * @throws as {@link confusionMatrix}
 * @example
 * ```ts
 * balancedAccuracy(Float64Array.of(0, 0, 0, 1), Float64Array.of(0, 0, 0, 0)) // => 0.5
 * ```
 * @see Peer: scikit-learn `balanced_accuracy_score`.
 */
export function balancedAccuracy(
  y: Float64Array,
  predicted: Float64Array,
  options: WeightOptions = {},
): number {
  checkNames("balancedAccuracy", options, ["weights"]);
  const { labels, right } = marginsOf(countsOf("balancedAccuracy", [y, predicted], options));
  const found = labels.flatMap((rows, c) => (rows > 0 ? [(right[c] ?? 0) / rows] : []));
  return found.reduce((a, b) => a + b, 0) / found.length;
}

/** Options of {@link kappa}. */
export interface KappaOptions extends WeightOptions {
  /** What a mistake costs: 1 for all of them, or by how many classes it is off. Default "equal". */
  readonly mistakes?: "equal" | "linear" | "quadratic";
}

/**
 * Cohen's kappa, 1 − Σ cᵢⱼ·oᵢⱼ/Σ cᵢⱼ·eᵢⱼ: agreement beyond what chance gives with the same shares of labels and answers, o
 * observed, e expected, c the cost of a mistake. NaN when labels and answers are all of one class, as scikit-learn
 * has it. O(n + k²).
 *
 * @param y - Labels, shape [n], whole numbers from 0, n ≥ 1.
 * @param predicted - Answers, shape [n].
 * @param options - What mistakes cost, and weights of rows.
 * @returns −1 to 1; 0 is chance.
 * @throws as {@link confusionMatrix}
 * @example
 * ```ts
 * kappa(Float64Array.of(0, 0, 1, 1), Float64Array.of(0, 1, 1, 1)) // => 0.5
 * ```
 * @see Cohen, Educational and Psychological Measurement 20(1), 1960. Peer: scikit-learn `cohen_kappa_score`.
 */
export function kappa(
  y: Float64Array,
  predicted: Float64Array,
  options: KappaOptions = {},
): number {
  const { mistakes = "equal" } = options;
  checkNames("kappa", options, ["mistakes", "weights"]);
  checkChoice("kappa", { mistakes }, ["equal", "linear", "quadratic"]);
  const counts = countsOf("kappa", [y, predicted], options);
  const { labels, answers, total } = marginsOf(counts);
  const cost = (i: number, j: number): number => {
    if (mistakes === "equal") return i === j ? 0 : 1;
    return mistakes === "linear" ? Math.abs(i - j) : (i - j) ** 2;
  };
  let [observed, expected] = [0, 0];
  for (const [i, row] of counts.entries())
    for (const [j, count] of row.entries()) {
      observed += cost(i, j) * count;
      expected += (cost(i, j) * (labels[i] ?? 0) * (answers[j] ?? 0)) / total;
    }
  return expected === 0 ? Number.NaN : 1 - observed / expected;
}

/**
 * Matthews' correlation of labels and answers, for k classes
 * (c·s − Σ pₖtₖ)/√((s² − Σ pₖ²)(s² − Σ tₖ²)), c right ones of s rows, t labels and p answers of a class. 0 when labels
 * or answers are all of one class, as scikit-learn has it. O(n + k²).
 *
 * @param y - Labels, shape [n], whole numbers from 0, n ≥ 1.
 * @param predicted - Answers, shape [n].
 * @param options - Weights of rows.
 * @returns −1 to 1; 0 is chance.
 * @throws as {@link confusionMatrix}
 * @example
 * ```ts
 * matthews(Float64Array.of(0, 0, 1, 1), Float64Array.of(0, 0, 1, 1)) // => 1
 * ```
 * @see Gorodkin, Computational Biology and Chemistry 28(5–6), 2004. Peer: scikit-learn `matthews_corrcoef`.
 */
export function matthews(
  y: Float64Array,
  predicted: Float64Array,
  options: WeightOptions = {},
): number {
  checkNames("matthews", options, ["weights"]);
  const { labels, answers, right, total } = marginsOf(
    countsOf("matthews", [y, predicted], options),
  );
  const dot = (a: readonly number[], b: readonly number[]): number =>
    a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
  const hits = right.reduce((a, b) => a + b, 0);
  const spread = (total ** 2 - dot(answers, answers)) * (total ** 2 - dot(labels, labels));
  return spread <= 0 ? 0 : (hits * total - dot(labels, answers)) / Math.sqrt(spread);
}
