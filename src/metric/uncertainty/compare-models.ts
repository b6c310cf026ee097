/** @file Two models on the same rows, with the test that their metric has. */
import { checkNames, type LongWork } from "../../core/index.ts";
import { classesAt } from "../confusion.ts";
import { likeliest } from "../confusion-matrix.ts";
import { type MetricName, metricOf, type ScoredRows } from "../metrics.ts";
import { type BootstrapOptions, bootstrapNames, resampled } from "./confidence-interval.ts";
import { delong } from "./delong.ts";
import { mcnemar } from "./mcnemar.ts";
import { checkJudged, sameRows } from "./same-rows.ts";

/** Options of {@link compareModels}. */
export interface CompareModelsOptions extends BootstrapOptions, LongWork {
  readonly metric: MetricName;
}

/** Two models compared by a metric. */
export interface ModelComparison {
  readonly metric: MetricName;
  /** The metric of both models. */
  readonly a: number;
  readonly b: number;
  /** a − b, and between which values it may be expected. */
  readonly difference: number;
  readonly low: number;
  readonly high: number;
  readonly level: number;
  /** How often chance alone makes a difference of such size, 0 to 1. */
  readonly p: number;
  readonly test: "delong" | "mcnemar" | "paired bootstrap";
  /** Which model is better, where p is below 1 − level; else neither can be told to be. */
  readonly better: "a" | "b" | "neither";
}

/**
 * Compares two models by their predictions of the same rows: the areas under the ROC curves of two classes by DeLong's test,
 * accuracies by McNemar's, everything else, rows with weights or queries, and areas with fewer than two rows of a label, by a paired bootstrap, where both models are measured of each draw and
 * p is twice the smaller share of draws on one side of 0. The interval is DeLong's, or by the bootstrap.
 *
 * @param rows - As of {@link score}, with the predictions of the first model: what `evaluate` gives as `judged`.
 * @param other - The same of the second model, judged on the same rows, with a threshold of its own; or its bare predictions, of
 * the same shape.
 * @param options - The metric, and how the bootstrap is done; see {@link BootstrapOptions}.
 * @returns Both values, the difference, its interval, and p.
 * @throws as {@link score}; `metric/mismatch-argument`, `metric/mismatch-rows`; `option/out-of-range`, `option/unknown-name`; the
 * reason of the signal
 * @example
 * ```ts
 * const y = Float64Array.from({ length: 60 }, (_, i) => i);
 * const rows = { task: { kind: "regression" } as const, y, predictions: y.map((v) => v + 1) };
 * const found = await compareModels(rows, y.map((v, i) => v + (i % 2 ? 3 : -3)), { metric: "mae" });
 * [found.difference, found.better, found.p < 0.01] // => [-2, "a", true]
 * ```
 * @see Efron & Tibshirani, An Introduction to the Bootstrap, 1993, chapter 16.
 */
export async function compareModels(
  rows: ScoredRows,
  other: ScoredRows | Float64Array,
  options: CompareModelsOptions,
): Promise<ModelComparison> {
  const at = "compareModels";
  checkNames(at, options, ["metric", ...bootstrapNames]);
  const { metric, level = 0.95 } = options;
  const { measure, better } = metricOf(metric);
  checkJudged(at, rows);
  const second = sameRows(at, rows, other);
  const [a, b] = [measure(rows), measure(second)];
  const isPlain = rows.weights === undefined && rows.groups === undefined;
  const told = (p: number): ModelComparison["better"] => {
    if (!(p < 1 - level)) return "neither";
    return better(a, b) ? "a" : "b";
  };
  if (isPlain && metric === "auc" && rows.task.kind === "binary" && hasTwoOfEach(rows.y)) {
    const { difference, low, high, p } = delong(rows.y, [rows.predictions, second.predictions], {
      level,
    });
    return { metric, a, b, difference, low, high, level, p, test: "delong", better: told(p) };
  }
  const statistic = (one: ScoredRows, two: ScoredRows): number => measure(one) - measure(two);
  const { interval, values } = await resampled(at, { rows, other: second, statistic }, options);
  const { value: difference, low, high } = interval;
  if (isPlain && metric === "accuracy") {
    const { p } = mcnemar(rows.y, [answersOf(rows), answersOf(second)]);
    return { metric, a, b, difference, low, high, level, p, test: "mcnemar", better: told(p) };
  }
  const p = sideP(values);
  return {
    metric,
    a,
    b,
    difference,
    low,
    high,
    level,
    p,
    test: "paired bootstrap",
    better: told(p),
  };
}

/** Whether DeLong's variances have rows enough. */
function hasTwoOfEach(y: Float64Array): boolean {
  const ones = y.filter((label) => label === 1).length;
  return ones >= 2 && y.length - ones >= 2;
}

function answersOf({ task, predictions, threshold }: ScoredRows): Float64Array {
  return task.kind === "multiclass"
    ? likeliest(predictions, task.classes.length)
    : classesAt(predictions, threshold);
}

/** Twice the smaller share of differences on one side of 0, one draw added to each side so that p is never 0. */
function sideP(differences: Float64Array): number {
  if (differences.length === 0) return Number.NaN;
  const under = differences.filter((d) => d <= 0).length;
  const over = differences.filter((d) => d >= 0).length;
  return Math.min(1, (2 * (Math.min(under, over) + 1)) / (differences.length + 1));
}
