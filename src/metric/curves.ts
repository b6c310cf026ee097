/** @file Curves over the thresholds of a score: precision and recall, and what is gained by asking the best rows first. */
import { checkNames } from "../core/index.ts";
import { after, stepsOf } from "./ranked.ts";
import type { WeightOptions } from "./weights.ts";

/** A precision-recall curve of m points at falling thresholds. */
export interface PrPoints {
  /** Share of label 1 among the rows at or above the threshold, [m]. */
  readonly precision: Float64Array;
  /** Share of the labels 1 that are at or above it, [m]; 1 throughout when there is no label 1. */
  readonly recall: Float64Array;
  /** Lowest score that counts as 1, [m]; +Infinity at the first point. */
  readonly thresholds: Float64Array;
}

/**
 * Precision and recall at each distinct score. The first point, where nothing counts as 1, has precision 1 and recall 0;
 * the last, where everything does, has the share of label 1 and recall 1. O(n·log n).
 *
 * @param y - Labels, shape [n], 0 or 1, n ≥ 1.
 * @param score - Shape [n], larger for more likely 1.
 * @param options - Weights of rows.
 * @returns Three arrays of m ≥ 2 points by falling threshold.
 * @throws as {@link rocCurve}
 * @example
 * ```ts
 * const curve = prCurve(Float64Array.of(0, 1, 0, 1), Float64Array.of(0.1, 0.4, 0.4, 0.9));
 * curve.precision // => Float64Array.of(1, 1, 2 / 3, 0.5)
 * curve.recall // => Float64Array.of(0, 0.5, 1, 1)
 * ```
 * @see Peer: scikit-learn `precision_recall_curve`, whose points come by rising threshold.
 */
export function prCurve(
  y: Float64Array,
  score: Float64Array,
  options: WeightOptions = {},
): PrPoints {
  checkNames("prCurve", options, ["weights"]);
  const { count, positives, negatives, thresholds } = stepsOf(
    "prCurve",
    [y, score],
    options.weights,
  );
  const all = positives[count - 1] ?? 0;
  return {
    precision: after(
      1,
      positives.map((p, i) => p / (p + (negatives[i] ?? 0))),
    ),
    recall: after(
      all === 0 ? 1 : 0,
      positives.map((p) => (all === 0 ? 1 : p / all)),
    ),
    thresholds: after(Infinity, thresholds),
  };
}

/** What is gained by asking the rows of the highest scores first; m points at falling thresholds. */
export interface GainPoints {
  /** Share of all rows at or above the threshold, [m], from 0 to 1. */
  readonly rows: Float64Array;
  /** Share of the labels 1 among them, [m], from 0 to 1; NaN when there is no label 1. */
  readonly gain: Float64Array;
  /** gain/rows, [m]: how many times as many labels 1 as among rows taken at random; at the first point that of the second. */
  readonly lift: Float64Array;
}

/**
 * The cumulative gain and the lift at each distinct score. O(n·log n).
 *
 * @param y - Labels, shape [n], 0 or 1, n ≥ 1.
 * @param score - Shape [n], larger for more likely 1.
 * @param options - Weights of rows.
 * @returns Three arrays of m ≥ 2 points by falling threshold.
 * @throws as {@link rocCurve}
 * @example
 * ```ts
 * const { rows, gain, lift } = gainCurve(Float64Array.of(0, 0, 0, 1), Float64Array.of(0.1, 0.2, 0.3, 0.4));
 * rows // => Float64Array.of(0, 0.25, 0.5, 0.75, 1)
 * gain // => Float64Array.of(0, 1, 1, 1, 1)
 * lift // => Float64Array.of(4, 4, 2, 4 / 3, 1)
 * ```
 */
export function gainCurve(
  y: Float64Array,
  score: Float64Array,
  options: WeightOptions = {},
): GainPoints {
  checkNames("gainCurve", options, ["weights"]);
  const { count, positives, negatives } = stepsOf("gainCurve", [y, score], options.weights);
  const all = positives[count - 1] ?? 0;
  const total = all + (negatives[count - 1] ?? 0);
  const rows = positives.map((p, i) => (p + (negatives[i] ?? 0)) / total);
  const gain = positives.map((p) => p / all);
  const lift = gain.map((share, i) => share / (rows[i] ?? 1));
  return {
    rows: after(0, rows),
    gain: after(all === 0 ? Number.NaN : 0, gain),
    lift: after(lift[0] ?? 1, lift),
  };
}
