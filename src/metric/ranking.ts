/** @file How well scores rank the rows of label 1 above those of label 0. Ties are handled exactly. */
import { checkChoice, checkNames } from "../core/index.ts";
import { checkClassProbabilities } from "./checks.ts";
import type { ClassesOptions } from "./probability.ts";
import { after, stepsOf } from "./ranked.ts";
import { checkWeights, type WeightOptions, weightOf } from "./weights.ts";

/** A ROC curve of m points: what is found, and what is wrongly taken, at falling thresholds. */
export interface RocPoints {
  /** Share of the labels 0 at or above the threshold, [m]; NaN when there is no label 0. */
  readonly falsePositiveRate: Float64Array;
  /** Share of the labels 1 at or above the threshold, [m]; NaN when there is no label 1. */
  readonly truePositiveRate: Float64Array;
  /** Lowest score that counts as 1, [m]; +Infinity at the first point, where nothing does. */
  readonly thresholds: Float64Array;
}

/**
 * The receiver operating characteristic, from (0, 0) to (1, 1), one point for each distinct score
 * but those in the middle between their neighbours. O(n·log n).
 *
 * @param y - Labels, shape [n], 0 or 1, n ≥ 1.
 * @param score - Shape [n], larger for more likely 1; probabilities or any other numbers.
 * @param options - Weights of rows.
 * @returns Three arrays of m ≥ 2 points by falling threshold.
 * @throws `metric/missing-rows`, `metric/mismatch-length`, `metric/out-of-range-label`,
 *   `metric/out-of-range-score`, `metric/out-of-range-weight`, `metric/missing-weight`, `option/unknown-name`
 * @example
 * ```ts
 * const curve = rocCurve(Float64Array.of(0, 1, 0, 1), Float64Array.of(0.1, 0.4, 0.4, 0.9));
 * curve.truePositiveRate // => Float64Array.of(0, 0.5, 1, 1)
 * curve.falsePositiveRate // => Float64Array.of(0, 0, 0.5, 1)
 * curve.thresholds // => Float64Array.of(Infinity, 0.9, 0.4, 0.1)
 * ```
 * @see Peer: scikit-learn `roc_curve`.
 */
export function rocCurve(
  y: Float64Array,
  score: Float64Array,
  options: WeightOptions = {},
): RocPoints {
  checkNames("rocCurve", options, ["weights"]);
  const steps = stepsOf("rocCurve", [y, score], options.weights);
  const positives = after(0, steps.positives);
  const negatives = after(0, steps.negatives);
  const thresholds = after(Infinity, steps.thresholds);
  const [all, none] = [positives.at(-1) ?? 0, negatives.at(-1) ?? 0];
  const bends = thresholds
    .map((_, i) => i)
    .filter((i) => i <= 1 || !(isStraight(positives, i) && isStraight(negatives, i)));
  return {
    falsePositiveRate: bends.map((i) => (negatives[i] ?? 0) / none),
    truePositiveRate: bends.map((i) => (positives[i] ?? 0) / all),
    thresholds: bends.map((i) => thresholds[i] ?? 0),
  };
}

/** Options of {@link rocAuc}. */
export interface RocAucOptions extends ClassesOptions {
  /** With classes: each class against the rest, or each pair of classes. Default "rest". */
  readonly against?: "rest" | "each";
  /** With classes: the mean of them, or their mean by how many rows each has. Default "macro". */
  readonly average?: "macro" | "weighted";
}

/**
 * The area under the ROC curve: the chance that a random row of label 1 has a higher score than one
 * of label 0, ties counting half. 0.5 is chance. NaN when there is only one label, or no row of a class, as
 * scikit-learn has it. Of k classes it is the mean of the areas of each class against the rest, or of each pair of
 * classes (the mean of both directions; Hand and Till's measure). O(n·log n), of k classes k or k² times.
 *
 * @param y - Labels, shape [n], 0 or 1, or class numbers; n ≥ 1.
 * @param score - Shape [n], larger for more likely 1; with classes probabilities, shape [n, k].
 * @param options - The number of classes and how their areas become one, and weights of rows.
 * @returns 0 to 1, or NaN.
 * @throws as {@link rocCurve}, and with classes as {@link logLoss}
 * @example
 * ```ts
 * rocAuc(Float64Array.of(0, 0, 1, 1), Float64Array.of(0.1, 0.4, 0.4, 0.9)) // => 0.875
 * const p = Float64Array.of(0.8, 0.1, 0.1, 0.2, 0.5, 0.3, 0.1, 0.2, 0.7);
 * rocAuc(Float64Array.of(0, 1, 2), p, { classes: 3, against: "each" }) // => 1
 * ```
 * @see Hanley & McNeil, Radiology 143(1), 1982; Hand & Till, Machine Learning 45(2), 2001. Peer: scikit-learn
 * `roc_auc_score`, whose pairs take no weights.
 */
export function rocAuc(y: Float64Array, score: Float64Array, options: RocAucOptions = {}): number {
  const { classes, against = "rest", average = "macro", weights } = options;
  checkNames("rocAuc", options, ["classes", "against", "average", "weights"]);
  checkChoice("rocAuc", { against }, ["rest", "each"]);
  checkChoice("rocAuc", { average }, ["macro", "weighted"]);
  if (classes === undefined) return areaOf([y, score], weights);
  checkClassProbabilities("rocAuc", [y, score], classes);
  checkWeights("rocAuc", y.length, weights);
  const of = { y, score, weights, classes };
  return meanOf(against === "rest" ? areasAgainstRest(of, areaOf) : areasOfPairs(of), average);
}

/** Options of {@link prAuc}. */
export interface PrAucOptions extends ClassesOptions {
  /** With classes: the mean of them, or their mean by how many rows each has. Default "macro". */
  readonly average?: "macro" | "weighted";
}

/**
 * The average precision Σ (Rₖ − Rₖ₋₁)·Pₖ over the distinct scores: the area under the
 * precision-recall curve as steps. The share of label 1 is chance. 0 when there is no label 1, as
 * scikit-learn has it. Of k classes the mean of each class against the rest. O(n·log n), of k classes k times.
 *
 * @param y - Labels, shape [n], 0 or 1, or class numbers; n ≥ 1.
 * @param score - Shape [n], larger for more likely 1; with classes probabilities, shape [n, k].
 * @param options - The number of classes and how their areas become one, and weights of rows.
 * @returns 0 to 1.
 * @throws as {@link rocCurve}, and with classes as {@link logLoss}
 * @example
 * ```ts
 * prAuc(Float64Array.of(0, 1, 0, 1), Float64Array.of(0.1, 0.2, 0.3, 0.4)).toFixed(4) // => "0.8333"
 * ```
 * @see Peer: scikit-learn `average_precision_score`.
 */
export function prAuc(y: Float64Array, score: Float64Array, options: PrAucOptions = {}): number {
  const { classes, average = "macro", weights } = options;
  checkNames("prAuc", options, ["classes", "average", "weights"]);
  checkChoice("prAuc", { average }, ["macro", "weighted"]);
  if (classes === undefined) return averagePrecision([y, score], weights);
  checkClassProbabilities("prAuc", [y, score], classes);
  checkWeights("prAuc", y.length, weights);
  return meanOf(areasAgainstRest({ y, score, weights, classes }, averagePrecision), average);
}

type Pair = readonly [Float64Array, Float64Array];

function areaOf(pair: Pair, weights: Float64Array | undefined): number {
  const { count, positives, negatives } = stepsOf("rocAuc", pair, weights);
  let [area, up, right] = [0, 0, 0];
  for (let i = 0; i < count; i++) {
    const [p, n] = [positives[i] ?? 0, negatives[i] ?? 0];
    area += ((p + up) / 2) * (n - right);
    [up, right] = [p, n];
  }
  return area / (up * right); // 0/0 when a label is absent
}

function averagePrecision(pair: Pair, weights: Float64Array | undefined): number {
  const { count, positives, negatives } = stepsOf("prAuc", pair, weights);
  let [sum, found] = [0, 0];
  for (let i = 0; i < count; i++) {
    const p = positives[i] ?? 0;
    sum += (p - found) * (p / (p + (negatives[i] ?? 0)));
    found = p;
  }
  return found === 0 ? 0 : sum / found;
}

interface ClassScores {
  readonly y: Float64Array;
  readonly score: Float64Array;
  readonly weights: Float64Array | undefined;
  readonly classes: number;
}

/** An area, and the weight of the rows that it is of. */
interface Area {
  readonly area: number;
  readonly rows: number;
}

function areasAgainstRest(
  { y, score, weights, classes }: ClassScores,
  of: (pair: Pair, weights: Float64Array | undefined) => number,
): readonly Area[] {
  return Array.from({ length: classes }, (_, c) => {
    const isClass = y.map((label) => (label === c ? 1 : 0));
    const given = y.map((_, row) => score[row * classes + c] ?? 0);
    const rows = isClass.reduce((sum, is, row) => sum + is * weightOf(weights, row), 0);
    return { area: of([isClass, given], weights), rows };
  });
}

function areasOfPairs({ y, score, weights, classes }: ClassScores): readonly Area[] {
  const areas: Area[] = [];
  for (let a = 0; a < classes; a++)
    for (let b = a + 1; b < classes; b++) {
      const rows = Uint32Array.from(y, (_, i) => i).filter(
        (i) => (y[i] === a || y[i] === b) && weightOf(weights, i) > 0,
      );
      const held = Float64Array.from(rows, (i) => weightOf(weights, i));
      const area = (c: number): number => {
        const isClass = Float64Array.from(rows, (i) => (y[i] === c ? 1 : 0));
        const given = Float64Array.from(rows, (i) => score[i * classes + c] ?? 0);
        return rows.length === 0 ? Number.NaN : areaOf([isClass, given], held);
      };
      areas.push({ area: (area(a) + area(b)) / 2, rows: held.reduce((x, w) => x + w, 0) });
    }
  return areas;
}

function meanOf(areas: readonly Area[], average: "macro" | "weighted"): number {
  const weigh = ({ rows }: Area): number => (average === "macro" ? 1 : rows);
  const total = areas.reduce((sum, area) => sum + weigh(area), 0);
  return areas.reduce((sum, area) => sum + weigh(area) * area.area, 0) / total;
}

/** Whether a curve goes on past a step as it came. */
function isStraight(heights: Float64Array, i: number): boolean {
  const [before, here, after] = [heights[i - 1], heights[i], heights[i + 1]];
  if (before === undefined || here === undefined || after === undefined) return false;
  return after - here === here - before;
}
