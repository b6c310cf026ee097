/** @file Cross-validation: how good an estimator is on rows it has not learned from, fold by fold. */
import { checkNames, type LongWork } from "../../core/index.ts";
import { type Fold, type FrameFold, frameFolds } from "../../dataset/index.ts";
import type { Features } from "../../feature/index.ts";
import type { Dataset, Predictor, TaskKind } from "../../flow.ts";
import { type MetricName, type ScoredRows, score } from "../../metric/index.ts";
import type { Columns, Frame } from "../../table/index.ts";
import { average } from "../average.ts";
import { datasetRows } from "../dataset-rows.ts";
import { fail } from "../errors.ts";
import { type Estimator, taskOf } from "../estimator.ts";
import { evaluate, type Scores } from "../evaluate.ts";
import type { LabelProblem } from "../fit.ts";
import { learnRows, predictRows } from "../learn-rows.ts";
import { majority } from "../majority.ts";
import { type DealOptions, dealNames, foldsOf } from "./out-of-fold.ts";

/** What one fold gave. */
export interface FoldResult {
  /** Rows that were learned from, and rows that were judged. */
  readonly rows: { readonly train: number; readonly test: number };
  /** Of the judged rows; NaN where a metric has no value. */
  readonly scores: Scores;
  /** The same metrics of the trivial baseline: the shares of classes, or the mean. */
  readonly baseline: Scores;
  /** Milliseconds that learning took, features included where they were fitted. */
  readonly learnMs: number;
  /** Milliseconds that judging took. */
  readonly judgeMs: number;
}

/** What cross-validation gave. */
export interface CrossValidation {
  readonly folds: readonly FoldResult[];
  /** Of each metric its mean over the folds, and the standard deviation between them (over folds − 1). */
  readonly scores: Readonly<Partial<Record<MetricName, FoldSpread>>>;
  /** The same of the baseline. */
  readonly baseline: Readonly<Partial<Record<MetricName, FoldSpread>>>;
}

/** A metric over the folds. */
export interface FoldSpread {
  readonly mean: number;
  /** 0 of one fold. */
  readonly deviation: number;
}

/** Options of {@link crossValidate}. */
export interface CrossValidateOptions extends Omit<DealOptions, "folds">, LongWork {
  /** How many folds, ≥ 2, or which: those of `folds` in time, by group or repeated. Default 5. */
  readonly folds?: number | readonly Fold[];
  /** Which metrics. Default those that a report of the task has. */
  readonly metrics?: readonly MetricName[];
}

/**
 * Learns from all folds but one and judges that one, in turn. Folds are stratified by class and keep groups together; a
 * baseline that knows only the training labels is judged on the same rows. O(folds) learnings.
 *
 * @param estimator - Any estimator.
 * @param data - Labelled rows, none of them test rows.
 * @param options - Folds and metrics; see {@link CrossValidateOptions}.
 * @returns Scores and times of each fold, and their means. Scores are the same for the same data, options and seed.
 * @throws `option/unknown-name`, `dataset/out-of-range-folds`, `metric/mismatch-task`, and what `learn` throws
 * @example
 * ```ts
 * const x = matrix(Array.from({ length: 40 }, (_, i) => [i]));
 * const data = { x, y: Float64Array.from({ length: 40 }, (_, i) => Number(i >= 20)), names: ["a"], source: "sha256:00" } as const;
 * const { scores, baseline, folds } = await crossValidate(gaussianBayes(), data, { metrics: ["accuracy"] });
 * folds.length // => 5
 * (scores.accuracy?.mean ?? 0) > 0.9 // => true
 * baseline.accuracy?.mean // => 0.5
 * ```
 * @see Stone, Journal of the Royal Statistical Society B 36(2), 1974. Peer: scikit-learn `cross_validate`.
 */
export async function crossValidate(
  estimator: Pick<Estimator, "learn">,
  data: Dataset,
  options: CrossValidateOptions = {},
): Promise<CrossValidation> {
  const { folds = 5, metrics, signal, progress, ...deal } = options;
  checkNames("crossValidate", options, ["metrics", "signal", "progress", ...dealNames]);
  const parts = typeof folds === "number" ? foldsOf(data, { folds, ...deal }) : folds;
  const trivial = taskOf(data).kind === "regression" ? average() : majority();
  const results: FoldResult[] = [];
  for (const fold of parts) {
    const [train, test] = [datasetRows(data, fold.train), datasetRows(data, fold.test)];
    const begun = performance.now();
    const predictor = await learnRows(estimator, { data, rows: fold.train }, signalOf(signal));
    const learned = performance.now();
    const scores = scored(predictRows(predictor, { data, rows: fold.test }), test, {
      threshold: predictor.threshold,
      metrics,
    });
    const judged = performance.now();
    results.push({
      rows: { train: train.x.rows, test: test.x.rows },
      scores,
      baseline: scored((await trivial.learn(train)).predict(test.x), test, { metrics }),
      learnMs: learned - begun,
      judgeMs: judged - learned,
    });
    progress?.({ done: results.length, total: parts.length });
  }
  return summed(results);
}

const signalOf = (signal: AbortSignal | undefined): LongWork =>
  signal === undefined ? {} : { signal };

interface Judging {
  readonly threshold?: number | undefined;
  readonly metrics: readonly MetricName[] | undefined;
}

function scored(predictions: Float64Array, data: Dataset, how: Judging): Scores {
  const { y, weights, groups } = data;
  const { threshold, metrics } = how;
  const rows: ScoredRows = {
    task: taskOf(data),
    y,
    predictions,
    ...(weights === undefined ? {} : { weights }),
    ...(groups === undefined ? {} : { groups }),
    ...(threshold === undefined ? {} : { threshold }),
  };
  return score(rows, metrics === undefined ? {} : { metrics });
}

function summed(folds: readonly FoldResult[]): CrossValidation {
  return {
    folds,
    scores: spreads(folds.map(({ scores }) => scores)),
    baseline: spreads(folds.map(({ baseline }) => baseline)),
  };
}

function spreads(scores: readonly Scores[]): CrossValidation["scores"] {
  const names = Object.keys(scores[0] ?? {}) as readonly MetricName[];
  return Object.fromEntries(
    names.map((name) => {
      const values = scores.map((one) => one[name] ?? Number.NaN);
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
      return [name, { mean, deviation: Math.sqrt(squares / Math.max(1, values.length - 1)) }];
    }),
  );
}

/** Options of {@link crossValidateFrame}. */
export interface CrossValidateFrameOptions<D extends Columns, R extends string, C extends Columns>
  extends LongWork {
  /** Definitions; they are fitted anew on the training rows of each fold. */
  readonly features: Features<D, R>;
  /** A column that the features do not read; its kind decides the task. */
  readonly label: keyof C & string;
  /** A column of numbers, 0 or more: how much each row counts. */
  readonly weights?: keyof C & string;
  /** The column whose value decides the fold: rows of equal values stay together. Needed where folds are a number. */
  readonly by?: keyof C & string;
  /** How many folds, or which: those of `frameFolds`, or sides of `splitByTime`. Default 5. */
  readonly folds?: number | readonly FrameFold<C>[];
  /** Another seed divides otherwise. Default 0. */
  readonly seed?: number;
  /** Which metrics. Default those that a report of the task has. */
  readonly metrics?: readonly MetricName[];
}

/**
 * As {@link crossValidate}, of rows of a table: the features are fitted inside each fold, on its training rows, so that
 * nothing that is measured (a mean, a level, a vocabulary) has seen the rows that are judged. The baseline is the best
 * constant of the judged rows.
 *
 * @param estimator - Any estimator.
 * @param rows - Rows that may be learned from: the training side of a split.
 * @param options - Features, label and folds; see {@link CrossValidateFrameOptions}.
 * @returns Scores and times of each fold, and their means.
 * @throws `option/unknown-name`, `model/missing-fold-column`, `dataset/conflict-test-rows`, and what `frameFolds`, `fit` and `evaluate` throw
 * @example
 * ```ts
 * const engine = await openEngine();
 * const people = schema("people", { id: int({ key: true }), age: int(), left: bool() });
 * const sql = "SELECT range AS id, range % 10 AS age, range % 10 > 5 AS left FROM range(100)";
 * const rows = frame({ engine, schema: people, sql });
 * const byAge = features(people, (c) => ({ age: standardize(c.age) }));
 * const how = { features: byAge, label: "left", by: "id", folds: 3, metrics: ["auc"] } as const;
 * (await crossValidateFrame(gaussianBayes(), rows, how)).scores.auc?.mean // => 1
 * await engine.close();
 * ```
 */
export function crossValidateFrame<
  T extends TaskKind,
  C extends Columns,
  D extends Columns,
  R extends string,
  const L extends keyof C & string,
>(
  estimator: Estimator<Predictor, T>,
  rows: Frame<C>,
  options: CrossValidateFrameOptions<D, R, C> & { readonly label: L & LabelProblem<C, R, L, T> },
): Promise<CrossValidation>;
export async function crossValidateFrame(
  estimator: Estimator,
  rows: Frame,
  options: CrossValidateFrameOptions<Columns, string, Columns>,
): Promise<CrossValidation> {
  const { folds = 5, seed = 0, features, label, weights, metrics } = options;
  checkNames("crossValidateFrame", options, frameNames);
  const parts =
    typeof folds === "number"
      ? await frameFolds(rows, { folds, seed, by: columnOf(options) })
      : folds;
  const results: FoldResult[] = [];
  const weighed = weights === undefined ? {} : { weights };
  const judge = { ...weighed, ...(metrics === undefined ? {} : { metrics }) };
  for (const { train, validation } of parts) {
    const begun = performance.now();
    const how = { features, label, ...weighed };
    const model = await estimator.fit(train, how, signalOf(options.signal));
    const learned = performance.now();
    const judged = await evaluate(model, validation, judge);
    results.push({
      rows: { train: await train.count(), test: judged.rows },
      scores: judged.metrics,
      baseline: judged.baseline,
      learnMs: learned - begun,
      judgeMs: performance.now() - learned,
    });
    options.progress?.({ done: results.length, total: parts.length });
  }
  return summed(results);
}

function columnOf({ by }: { readonly by?: string }): string {
  return by ?? fail("model/missing-fold-column", { at: "crossValidateFrame" });
}

const frameNames = [
  ...["features", "label", "weights", "by", "folds", "seed", "metrics"],
  ...["signal", "progress"],
];
