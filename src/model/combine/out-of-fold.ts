/** @file What an estimator tells of rows that it did not learn from: predictions out of fold. */
import { checkNames, checkNumber, type LongWork } from "../../core/index.ts";
import { folds as dealFolds, type Fold } from "../../dataset/index.ts";
import type { Dataset } from "../../flow.ts";
import { type Estimator, taskOf } from "../estimator.ts";
import { learnRows, predictRows } from "../learn-rows.ts";

/** How rows are dealt to folds: stratified by class, groups kept together. */
export interface DealOptions {
  /** How many folds, ≥ 2. Default 5. */
  readonly folds?: number;
  /** Another seed deals otherwise. Default 0. */
  readonly seed?: number;
  /** `false` deals rows in their order. Default true. */
  readonly shuffle?: boolean;
}

/** The names of {@link DealOptions}. */
export const dealNames = ["folds", "seed", "shuffle"] as const;

/** Checks options of folds, and gives them with their defaults. @throws `option/out-of-range` */
export function checkDeal(at: string, options: DealOptions): Required<DealOptions> {
  const { folds = 5, seed = 0, shuffle = true } = options;
  checkNumber(at, { folds }, { min: 2, integer: true });
  checkNumber(at, { seed });
  return { folds, seed, shuffle };
}

/**
 * The folds of a dataset: each class has its share of every fold, and rows of one group stay together.
 *
 * @throws `dataset/out-of-range-folds` when there are fewer rows of a class, or groups, than folds
 */
export function foldsOf(data: Dataset, options: DealOptions = {}): readonly Fold[] {
  const { y, groups, x } = data;
  const labels = taskOf(data).kind === "regression" ? {} : { labels: y };
  return dealFolds(x.rows, { ...options, ...labels, ...(groups === undefined ? {} : { groups }) });
}

/** Options of {@link outOfFold}. */
export interface OutOfFoldOptions extends Omit<DealOptions, "folds">, LongWork {
  /** How many folds, ≥ 2, or which. Default 5. */
  readonly folds?: number | readonly Fold[];
}

/**
 * Predicts every row by a predictor that learned from the other folds, so that no row knows its own label: what
 * stacking, calibration and the choice of a threshold learn from. O(folds) learnings.
 *
 * @param estimator - Any estimator.
 * @param data - Labelled rows.
 * @param options - The folds, and what stops it or is told which fold is done; see {@link OutOfFoldOptions}.
 * @returns What `Predictor.predict` gives, for all rows in their order; NaN where a row is judged in no fold, the mean where
 *   it is judged in several.
 * @throws `dataset/out-of-range-folds`, `option/unknown-name`, `option/out-of-range`, and what `learn` throws
 * @example
 * ```ts
 * const x = matrix([[1], [2], [3], [4]]);
 * const task = { kind: "regression" } as const;
 * const data = { x, y: Float64Array.of(0, 10, 20, 30), names: ["a"], source: "sha256:00", task } as const;
 * await outOfFold(average(), data, { folds: 2, shuffle: false }) // => Float64Array.of(25, 25, 5, 5)
 * ```
 * @see Peer: scikit-learn `cross_val_predict`.
 */
export async function outOfFold(
  estimator: Pick<Estimator, "learn">,
  data: Dataset,
  options: OutOfFoldOptions = {},
): Promise<Float64Array> {
  checkNames("outOfFold", options, [...dealNames, "signal", "progress"]);
  const { folds = 5, signal, progress, ...deal } = options;
  signal?.throwIfAborted();
  const work = signal === undefined ? {} : { signal };
  const parts = typeof folds === "number" ? foldsOf(data, { folds, ...deal }) : folds;
  const task = taskOf(data);
  const k = task.kind === "multiclass" ? task.classes.length : 1;
  const sums = new Float64Array(data.x.rows * k);
  const counts = new Float64Array(data.x.rows);
  for (const [done, { train, test }] of parts.entries()) {
    signal?.throwIfAborted();
    const predictor = await learnRows(estimator, { data, rows: train }, work);
    const told = predictRows(predictor, { data, rows: test });
    for (const [at, row] of test.entries()) {
      counts[row] = (counts[row] ?? 0) + 1;
      for (let c = 0; c < k; c++)
        sums[row * k + c] = (sums[row * k + c] ?? 0) + (told[at * k + c] ?? 0);
    }
    progress?.({ done: done + 1, total: parts.length });
  }
  return sums.map((sum, at) => sum / (counts[Math.floor(at / k)] || Number.NaN));
}
