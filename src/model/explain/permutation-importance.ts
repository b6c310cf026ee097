/** @file How much worse a predictor gets when a feature is shuffled. */
import { setImmediate } from "node:timers/promises";
import { checkNames, checkNumber, type LongWork, random } from "../../core/index.ts";
import type { Dataset, Matrix, Predictor } from "../../flow.ts";
import { type MetricName, metricOf } from "../../metric/index.ts";
import { fail } from "../errors.ts";
import { taskOf } from "../estimator.ts";

/** Options of {@link permutationImportance}. */
export interface PermutationOptions {
  /** What is measured. Default "auc", "logLoss" of several classes, "rmse" of numbers. */
  readonly metric?: MetricName;
  /** How often each feature is shuffled, ≥ 1. Default 5. */
  readonly repeats?: number;
  /** Chooses the orders. Default 0. */
  readonly seed?: number;
  /**
   * For each feature, [d], what it belongs to: those of one name are shuffled together, as the columns of 0 and 1 of a
   * category must be. Default: each feature on its own.
   */
  readonly by?: readonly string[];
}

/** What shuffling a feature cost. */
export interface PermutationImportance {
  readonly name: string;
  /** How much the metric got worse, on average: 0 of a feature that does nothing. */
  readonly mean: number;
  /** The standard deviation over the repeats. */
  readonly deviation: number;
}

const usual = { binary: "auc", multiclass: "logLoss", regression: "rmse" } as const;

/**
 * How much worse a metric gets when the values of a feature are given to other rows: what any predictor, of any
 * kind, makes of the feature on these rows. Features that say the same hide each other. O(d·repeats) predictions.
 *
 * @param predictor - Any predictor.
 * @param data - Rows that it did not learn from, with labels.
 * @param options - See {@link PermutationOptions}; `progress` is told of each of the d·repeats shuffles, between which others
 *   get a turn, and `signal` ends them.
 * @returns Features, or what they belong to, the most important first.
 * @throws `model/missing-rows`, `model/mismatch-names`, `metric/mismatch-task`, `option/out-of-range`, or the signal's reason
 * @example
 * ```ts
 * const x = matrix([[1, 5], [2, 5], [3, 5], [4, 5]]);
 * const data = { x, y: Float64Array.of(0, 0, 1, 1), names: ["age", "flat"], source: "sha256:00" } as const;
 * const forest = await randomForest({ trees: 30 }).learn(data);
 * const found = await permutationImportance(forest, data, { metric: "accuracy" });
 * found.map(({ name }) => name) // => ["age", "flat"]
 * ```
 * @see Breiman, Machine Learning 45, 2001; Fisher, Rudin & Dominici, JMLR 20, 2019. Peer: scikit-learn
 *   `permutation_importance`.
 */
export async function permutationImportance(
  predictor: Predictor,
  data: Dataset,
  options: PermutationOptions & LongWork = {},
): Promise<readonly PermutationImportance[]> {
  const at = "permutationImportance";
  checkNames(at, options, ["metric", "repeats", "seed", "by", "signal", "progress"]);
  const { signal, progress } = options;
  const task = taskOf(predictor);
  const { metric = usual[task.kind], repeats = 5, seed = 0, by = data.names } = options;
  checkNumber(at, { repeats }, { min: 1, integer: true });
  checkNumber(at, { seed });
  const { x, y, weights } = data;
  if (x.rows === 0) fail("model/missing-rows", { at });
  if (by.length !== x.cols) fail("model/mismatch-names", { at, expected: x.cols, got: by.length });
  const { measure, direction } = metricOf(metric);
  const sign = direction === "maximise" ? 1 : -1;
  const beside = weights === undefined ? {} : { weights };
  const scoreOf = (some: Matrix): number =>
    sign * measure({ task, y, predictions: predictor.predict(some), ...beside });
  signal?.throwIfAborted();
  const whole = scoreOf(x);
  const draws = random(seed).stream("permutation");
  const names = [...new Set(by)];
  const found: PermutationImportance[] = [];
  for (const name of names) {
    const features = by.flatMap((of, j) => (of === name ? [j] : []));
    const lost: number[] = [];
    for (let repeat = 0; repeat < repeats; repeat++) {
      const order = draws.stream(`${name}/${repeat}`).shuffled(x.rows);
      lost.push(whole - scoreOf(shuffled(x, features, order)));
      progress?.({ done: found.length * repeats + lost.length, total: names.length * repeats });
      await setImmediate(); // others get a turn
      signal?.throwIfAborted();
    }
    const mean = lost.reduce((sum, one) => sum + one, 0) / repeats;
    const variance = lost.reduce((sum, one) => sum + (one - mean) ** 2, 0) / repeats;
    found.push({ name, mean, deviation: Math.sqrt(variance) });
  }
  return found.sort((a, b) => b.mean - a.mean);
}

function shuffled(x: Matrix, features: readonly number[], order: Uint32Array): Matrix {
  const data = Float64Array.from(x.data);
  for (const [row, from] of order.entries())
    for (const j of features) data[row * x.cols + j] = x.data[from * x.cols + j] ?? 0;
  return { ...x, data };
}
