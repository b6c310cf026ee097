/** @file A whole report of a task's predictions. */
import { checkNames, checkNumber } from "../core/index.ts";
import type { TaskKind } from "../flow.ts";
import { type MetricName, metricOf, type ScoredRows } from "./metrics.ts";

/** Options of {@link score}. */
export interface ReportOptions {
  /** Which metrics; default those that a report of the task has. */
  readonly metrics?: readonly MetricName[];
}

/** What a report has without being asked. */
const usual: Readonly<Record<TaskKind, readonly MetricName[]>> = {
  binary: [
    ...(["accuracy", "balancedAccuracy", "precision", "recall", "f1", "matthews"] as const),
    ...(["auc", "prAuc", "logLoss", "brier", "calibrationError"] as const),
  ],
  multiclass: [
    ...([
      "accuracy",
      "balancedAccuracy",
      "precision",
      "recall",
      "f1",
      "kappa",
      "matthews",
    ] as const),
    ...(["auc", "logLoss", "brier", "calibrationError"] as const),
  ],
  regression: ["rmse", "mae", "medianAe", "maxError", "smape", "r2", "explainedVariance"],
};

/**
 * Scores predictions of a task: those of two classes, of k classes, or numbers. O(m·n·log n) for m metrics.
 *
 * @param rows - The task, labels, predictions as `Predictor.predict` gives them, and optionally weights, queries, and the
 * threshold of two classes.
 * @param options - Which metrics; see {@link ReportOptions}.
 * @returns Numbers by name, ready to be logged to a run; NaN where a metric has no value.
 * @throws `metric/unknown-name`, `metric/mismatch-task`, `metric/unsupported-weights`, and what the metrics throw
 * @example
 * ```ts
 * const y = Float64Array.of(1, 2, 3);
 * score({ task: { kind: "regression" }, y, predictions: Float64Array.of(1, 2, 5) }).maxError // => 2
 * const p = Float64Array.of(0.2, 0.8);
 * score({ task: { kind: "binary" }, y: Float64Array.of(0, 1), predictions: p }, { metrics: ["auc"] }) // => { auc: 1 }
 * ```
 */
export function score<N extends MetricName>(
  rows: ScoredRows,
  options: { readonly metrics: readonly N[] },
): Readonly<Record<N, number>>;
export function score(
  rows: ScoredRows,
  options?: ReportOptions,
): Readonly<Partial<Record<MetricName, number>>>;
export function score(
  rows: ScoredRows,
  options: ReportOptions = {},
): Readonly<Record<string, number>> {
  checkNames("score", options, ["metrics"]);
  checkNames("score", rows, ["task", "y", "predictions", "weights", "groups", "threshold"]);
  const { threshold } = rows;
  if (threshold !== undefined) checkNumber("score", { threshold }, { min: 0, max: 1 });
  const names: readonly string[] = options.metrics ?? usual[rows.task.kind];
  const scores: Record<string, number> = {};
  for (const name of names) scores[name] = metricOf(name).measure(rows);
  return scores;
}
