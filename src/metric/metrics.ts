/** @file The catalogue of metrics: by name, with what is better, for which task, and how it is measured. */
import type { Task, TaskKind } from "../flow.ts";
import { calibrationError } from "./calibration.ts";
import { f1, precision, recall } from "./class-shares.ts";
import { accuracy, classesAt } from "./confusion.ts";
import { balancedAccuracy, kappa, likeliest, matthews } from "./confusion-matrix.ts";
import { gammaDeviance, pinball, poissonDeviance, tweedieDeviance } from "./deviance.ts";
import { fail } from "./errors.ts";
import { d2, explainedVariance, r2 } from "./explained.ts";
import { brier, logLoss, topAccuracy } from "./probability.ts";
import { meanAveragePrecision, meanReciprocalRank, ndcg } from "./queries.ts";
import { prAuc, rocAuc } from "./ranking.ts";
import { mae, mape, maxError, medianAe, mse, rmse, smape } from "./regression.ts";
import type { WeightOptions } from "./weights.ts";

/** Labels and what a predictor told of them, as `Dataset` and `Predictor` have them. */
export interface ScoredRows {
  readonly task: Task;
  /** Shape [n]: 0 or 1, class numbers, or numbers. */
  readonly y: Float64Array;
  /** Binary: the probability of 1, [n]; multiclass: of each class, [n, k], row by row; regression: [n]. */
  readonly predictions: Float64Array;
  /** How much each row counts, [n]. */
  readonly weights?: Float64Array;
  /** The query of each row, [n], for metrics of ranking. */
  readonly groups?: ArrayLike<number>;
  /** Binary: from which probability on a row counts as 1. Default 0.5. */
  readonly threshold?: number;
}

/** The names of the metrics. */
export type MetricName =
  | "accuracy"
  | "auc"
  | "balancedAccuracy"
  | "brier"
  | "calibrationError"
  | "d2"
  | "explainedVariance"
  | "f1"
  | "gammaDeviance"
  | "kappa"
  | "logLoss"
  | "mae"
  | "map"
  | "mape"
  | "matthews"
  | "maxError"
  | "medianAe"
  | "mrr"
  | "mse"
  | "ndcg"
  | "pinball"
  | "poissonDeviance"
  | "prAuc"
  | "precision"
  | "r2"
  | "recall"
  | "rmse"
  | "smape"
  | "topAccuracy"
  | "tweedieDeviance";

/** A metric with all that tuning, early stopping and reports need of it. */
export interface Metric {
  readonly name: MetricName;
  /** As figures and reports show it. */
  readonly title: string;
  readonly direction: "minimise" | "maximise";
  readonly tasks: readonly TaskKind[];
  /** Whether the first is better than the second: NaN is better than nothing, and any number better than NaN. */
  better(a: number, b: number): boolean;
  /** Measures rows of one of the tasks. */
  measure(rows: ScoredRows): number;
}

type Measure = (rows: ScoredRows) => number;
type Answers = (y: Float64Array, answers: Float64Array, options: WeightOptions) => number;

const weighted = ({ weights }: ScoredRows): WeightOptions =>
  weights === undefined ? {} : { weights };
/** The number of classes, where there are more than two by nature. */
const classesOf = ({ task }: ScoredRows): { readonly classes?: number } =>
  task.kind === "multiclass" ? { classes: task.classes.length } : {};
/** The class that each row is taken for. */
const answersOf = (rows: ScoredRows): Float64Array =>
  rows.task.kind === "multiclass"
    ? likeliest(rows.predictions, rows.task.classes.length)
    : classesAt(rows.predictions, rows.threshold);
const averageOf = ({ task }: ScoredRows) => (task.kind === "multiclass" ? "macro" : "binary");

const ofNumbers =
  (metric: Answers): Measure =>
  (rows) =>
    metric(rows.y, rows.predictions, weighted(rows));
const ofAnswers =
  (metric: Answers): Measure =>
  (rows) =>
    metric(rows.y, answersOf(rows), weighted(rows));
const ofShares =
  (metric: typeof f1): Measure =>
  (rows) =>
    metric(rows.y, answersOf(rows), { ...weighted(rows), average: averageOf(rows) });
const ofProbabilities =
  (metric: typeof logLoss): Measure =>
  (rows) =>
    metric(rows.y, rows.predictions, { ...weighted(rows), ...classesOf(rows) });
const ofQueries =
  (name: string, metric: typeof ndcg): Measure =>
  ({ y, predictions, groups, weights }) => {
    if (weights !== undefined) fail("metric/unsupported-weights", { metric: name });
    return metric(y, predictions, groups === undefined ? {} : { groups });
  };
const ofTop: Measure = (rows) =>
  topAccuracy(rows.y, rows.predictions, {
    ...weighted(rows),
    classes: classesOf(rows).classes ?? 2,
  });

const classes = ["binary", "multiclass"] as const;
const numbers = ["regression"] as const;

type Entry = readonly [string, "minimise" | "maximise", readonly TaskKind[], Measure];

const entries: Readonly<Record<MetricName, Entry>> = {
  accuracy: ["accuracy", "maximise", classes, ofAnswers(accuracy)],
  balancedAccuracy: ["balanced accuracy", "maximise", classes, ofAnswers(balancedAccuracy)],
  precision: ["precision", "maximise", classes, ofShares(precision)],
  recall: ["recall", "maximise", classes, ofShares(recall)],
  f1: ["F1", "maximise", classes, ofShares(f1)],
  kappa: ["Cohen's kappa", "maximise", classes, ofAnswers(kappa)],
  matthews: ["Matthews correlation", "maximise", classes, ofAnswers(matthews)],
  topAccuracy: ["top-3 accuracy", "maximise", ["multiclass"], ofTop],
  auc: ["area under the ROC curve", "maximise", classes, ofProbabilities(rocAuc)],
  prAuc: ["average precision", "maximise", classes, ofProbabilities(prAuc)],
  logLoss: ["log loss", "minimise", classes, ofProbabilities(logLoss)],
  brier: ["Brier score", "minimise", classes, ofProbabilities(brier)],
  calibrationError: ["calibration error", "minimise", classes, ofProbabilities(calibrationError)],
  rmse: ["root mean squared error", "minimise", numbers, ofNumbers(rmse)],
  mse: ["mean squared error", "minimise", numbers, ofNumbers(mse)],
  mae: ["mean absolute error", "minimise", numbers, ofNumbers(mae)],
  medianAe: ["median absolute error", "minimise", numbers, ofNumbers(medianAe)],
  maxError: ["largest error", "minimise", numbers, ofNumbers(maxError)],
  mape: ["mean absolute percentage error", "minimise", numbers, ofNumbers(mape)],
  smape: ["symmetric percentage error", "minimise", numbers, ofNumbers(smape)],
  pinball: ["pinball loss of the median", "minimise", numbers, ofNumbers(pinball)],
  poissonDeviance: ["Poisson deviance", "minimise", numbers, ofNumbers(poissonDeviance)],
  gammaDeviance: ["gamma deviance", "minimise", numbers, ofNumbers(gammaDeviance)],
  tweedieDeviance: [
    "Tweedie deviance of power 1.5",
    "minimise",
    numbers,
    ofNumbers(tweedieDeviance),
  ],
  r2: ["R²", "maximise", numbers, ofNumbers(r2)],
  explainedVariance: ["explained variance", "maximise", numbers, ofNumbers(explainedVariance)],
  d2: ["D² of the absolute error", "maximise", numbers, ofNumbers(d2)],
  ndcg: ["NDCG", "maximise", ["regression", "binary"], ofQueries("ndcg", ndcg)],
  map: ["mean average precision", "maximise", ["binary"], ofQueries("map", meanAveragePrecision)],
  mrr: ["mean reciprocal rank", "maximise", ["binary"], ofQueries("mrr", meanReciprocalRank)],
};

/**
 * Every metric by its name. Of several classes precision, recall and F1 are the means over the classes; answers are the
 * likeliest class, of two classes what reaches the threshold.
 *
 * @example
 * ```ts
 * metrics.rmse.direction // => "minimise"
 * metrics.auc.better(0.9, 0.8) // => true
 * ```
 */
export const metrics: Readonly<Record<MetricName, Metric>> = {
  accuracy: made("accuracy"),
  balancedAccuracy: made("balancedAccuracy"),
  precision: made("precision"),
  recall: made("recall"),
  f1: made("f1"),
  kappa: made("kappa"),
  matthews: made("matthews"),
  topAccuracy: made("topAccuracy"),
  auc: made("auc"),
  prAuc: made("prAuc"),
  logLoss: made("logLoss"),
  brier: made("brier"),
  calibrationError: made("calibrationError"),
  rmse: made("rmse"),
  mse: made("mse"),
  mae: made("mae"),
  medianAe: made("medianAe"),
  maxError: made("maxError"),
  mape: made("mape"),
  smape: made("smape"),
  pinball: made("pinball"),
  poissonDeviance: made("poissonDeviance"),
  gammaDeviance: made("gammaDeviance"),
  tweedieDeviance: made("tweedieDeviance"),
  r2: made("r2"),
  explainedVariance: made("explainedVariance"),
  d2: made("d2"),
  ndcg: made("ndcg"),
  map: made("map"),
  mrr: made("mrr"),
};

/** The names of all metrics, those of classes first. */
export const metricNames: readonly MetricName[] = Object.values(metrics).map(({ name }) => name);

function made(name: MetricName): Metric {
  const [title, direction, tasks, measure] = entries[name];
  return {
    ...{ name, title, direction, tasks },
    better: (a, b) => {
      if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(b) && !Number.isNaN(a);
      return direction === "minimise" ? a < b : a > b;
    },
    measure: (rows) => {
      const { kind } = rows.task;
      if (!tasks.includes(kind)) fail("metric/mismatch-task", { metric: name, task: kind, tasks });
      return measure(rows);
    },
  };
}

/**
 * The metric of a name that comes from outside the program.
 *
 * @throws `metric/unknown-name`
 * @example
 * ```ts
 * metricOf("rmse").better(1, 2) // => true
 * ```
 */
export function metricOf(name: string): Metric {
  const found = metricNames.find((known) => known === name);
  return found === undefined
    ? fail("metric/unknown-name", { name, known: metricNames })
    : metrics[found];
}
