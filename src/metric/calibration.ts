/** @file Whether probabilities come true: the reliability table, and the error that it shows. */
import { checkChoice, checkNames, checkNumber, quantileOf } from "../core/index.ts";
import { checkClassProbabilities, checkProbabilities } from "./checks.ts";
import { likeliest } from "./confusion-matrix.ts";
import type { ClassesOptions } from "./probability.ts";
import { checkWeights, weightOf } from "./weights.ts";

/** Options of {@link reliability} and {@link calibrationError}. */
export interface ReliabilityOptions extends ClassesOptions {
  /** How many bins. Default 10. */
  readonly bins?: number;
  /** Bins of equal width, or of equally many rows. Default "width". */
  readonly equal?: "width" | "rows";
}

/** One bin of a {@link reliability} table. */
export interface ReliabilityBin {
  /** The mean probability that was given, 0 to 1. */
  readonly given: number;
  /** The share of rows where it came true, 0 to 1. */
  readonly observed: number;
  /** How many rows, or how much weight. */
  readonly rows: number;
}

/**
 * Groups rows by the probability they were given, and tells how often it came true. With classes the probability is that of
 * the likeliest class, and it comes true where that is the label. Bins hold their upper edge; empty ones are left out. O(n), for
 * bins of equal rows O(n·log n).
 *
 * @param y - Labels, shape [n], 0 or 1, or class numbers; n ≥ 1.
 * @param probability - Of label 1, shape [n], or of each class, shape [n, k].
 * @param options - How many bins, of which kind; classes; weights of rows.
 * @returns Bins by rising probability; ready for `calibrationChart`.
 * @throws as {@link logLoss}
 * @example
 * ```ts
 * reliability(Float64Array.of(0, 1, 1, 1), Float64Array.of(0.25, 0.25, 0.75, 0.75), { bins: 2 })
 * // => [{ given: 0.25, observed: 0.5, rows: 2 }, { given: 0.75, observed: 1, rows: 2 }]
 * ```
 * @see Peer: scikit-learn `calibration_curve`.
 */
export function reliability(
  y: Float64Array,
  probability: Float64Array,
  options: ReliabilityOptions = {},
): readonly ReliabilityBin[] {
  return binsOf("reliability", [y, probability], options);
}

/**
 * The expected calibration error, Σ (rows of a bin/n)·|observed − given|. O(n), for bins of equal rows O(n·log n).
 *
 * @param y - Labels, shape [n], 0 or 1, or class numbers; n ≥ 1.
 * @param probability - Of label 1, shape [n], or of each class, shape [n, k].
 * @param options - As of {@link reliability}.
 * @returns 0 to 1. With few rows in a bin it is above 0 for right probabilities too.
 * @throws as {@link logLoss}
 * @example
 * ```ts
 * calibrationError(Float64Array.of(0, 1, 1, 1), Float64Array.of(0.25, 0.25, 0.75, 0.75), { bins: 2 }) // => 0.25
 * ```
 * @see Naeini, Cooper & Hauskrecht, AAAI 2015; Guo et al., ICML 2017 for classes.
 */
export function calibrationError(
  y: Float64Array,
  probability: Float64Array,
  options: ReliabilityOptions = {},
): number {
  const bins = binsOf("calibrationError", [y, probability], options);
  const total = bins.reduce((sum, { rows }) => sum + rows, 0);
  return bins.reduce(
    (sum, { rows, given, observed }) => sum + (rows / total) * Math.abs(observed - given),
    0,
  );
}

function binsOf(
  at: string,
  [y, probability]: readonly [Float64Array, Float64Array],
  options: ReliabilityOptions,
): readonly ReliabilityBin[] {
  const { bins = 10, equal = "width", classes, weights } = options;
  checkNames(at, options, ["bins", "equal", "classes", "weights"]);
  checkNumber(at, { bins }, { min: 1, max: 10_000, integer: true });
  checkChoice(at, { equal }, ["width", "rows"]);
  if (classes === undefined) checkProbabilities(at, y, probability);
  else checkClassProbabilities(at, [y, probability], classes);
  checkWeights(at, y.length, weights);
  const [isTrue, given] =
    classes === undefined ? [y, probability] : topLabel([y, probability], classes);
  const edges =
    equal === "width"
      ? Float64Array.from({ length: bins - 1 }, (_, i) => (i + 1) / bins)
      : quantiles(given, bins);
  const sums = Array.from({ length: bins }, () => ({ rows: 0, given: 0, observed: 0 }));
  for (const [row, p] of given.entries()) {
    const bin = sums[binOf(edges, p)];
    if (bin === undefined) continue;
    const weight = weightOf(weights, row);
    bin.rows += weight;
    bin.given += weight * p;
    bin.observed += weight * (isTrue[row] ?? 0);
  }
  return sums
    .filter(({ rows }) => rows > 0)
    .map(({ rows, given, observed }) => ({ given: given / rows, observed: observed / rows, rows }));
}

/** Whether the likeliest class is the label, and its probability. */
function topLabel([y, probability]: readonly [Float64Array, Float64Array], classes: number) {
  const answers = likeliest(probability, classes);
  const isTrue = answers.map((answer, row) => (answer === y[row] ? 1 : 0));
  return [isTrue, answers.map((answer, row) => probability[row * classes + answer] ?? 0)] as const;
}

/** The number of edges below p: how often a bin's upper edge was passed. */
function binOf(edges: Float64Array, p: number): number {
  let [low, high] = [0, edges.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((edges[middle] ?? 0) < p) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The inner edges of bins of equally many values, between two values by a straight line. */
function quantiles(values: Float64Array, bins: number): Float64Array {
  const sorted = values.toSorted();
  return Float64Array.from({ length: bins - 1 }, (_, i) => quantileOf(sorted, (i + 1) / bins));
}
