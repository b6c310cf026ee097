/** @file The figures that a task's predictions ask for, with one call. */
import { checkNames } from "../core/index.ts";
import type { Task } from "../flow.ts";
import {
  classesAt,
  confusionMatrix,
  gainCurve,
  likeliest,
  prAuc,
  prCurve,
  reliability,
  rocAuc,
  rocCurve,
  type ScoredRows,
} from "../metric/index.ts";
import { calibrationChart } from "./calibration-chart.ts";
import { confusionChart, mostClasses } from "./confusion-chart.ts";
import { gainChart } from "./gain-chart.ts";
import { type Importance, importancesChart } from "./importances-chart.ts";
import { learningChart } from "./learning-chart.ts";
import { prChart } from "./pr-chart.ts";
import { predictionsChart } from "./predictions-chart.ts";
import { qqChart, residualsChart } from "./residuals-chart.ts";
import { rocChart } from "./roc-chart.ts";
import type { ChartSpec } from "./spec.ts";

/** What else is known of the model. */
export interface FiguresOptions {
  /** The model's name, in legends. Default "model". */
  readonly name?: string;
  /** The two classes' names. Default "false" and "true". */
  readonly classes?: readonly [string, string];
  /** The label's name and unit, on the axes of numbers. */
  readonly label?: string;
  readonly unit?: string;
  /** How much each feature matters. */
  readonly importances?: readonly Importance[];
  /** A metric while the model learned. */
  readonly learning?: {
    readonly metric: string;
    readonly curves: Readonly<Record<string, ArrayLike<number>>>;
    readonly best?: number;
  };
}

/** ROC curves of more classes hide each other. */
const mostCurves = 8;

/**
 * The figures of predictions. Two classes: confusion, roc, pr, calibration, gain; k classes: confusion (up to 100), roc (each class against the rest, up
 * to 8), calibration; numbers: predictions, residuals, qq; and importances and learning where they are known. Curves over thresholds are left out where
 * there is one class only. O(n·log n).
 *
 * @param rows - As of `score`.
 * @param options - Names, and what else is known of the model.
 * @returns Chart specifications by name, to be kept with a run and drawn by {@link renderSvg}.
 * @throws as {@link confusionMatrix}, {@link rocAuc} and {@link predictionsChart}
 * @example
 * ```ts
 * const y = Float64Array.of(1, 2, 3);
 * const figures = figuresOf({ task: { kind: "regression" }, y, predictions: Float64Array.of(1, 2, 4) }, { label: "price" });
 * Object.keys(figures) // => ["predictions", "residuals", "qq"]
 * ```
 */
export function figuresOf(
  rows: ScoredRows,
  options: FiguresOptions = {},
): Readonly<Record<string, ChartSpec>> {
  checkNames("figuresOf", options, ["name", "classes", "label", "unit", "importances", "learning"]);
  const { importances = [], learning } = options;
  const figures = ofTask(rows, options);
  if (importances.length > 0) figures["importances"] = importancesChart(importances);
  if (learning !== undefined) {
    const { curves, ...rest } = learning;
    figures["learning"] = learningChart(curves, rest);
  }
  return figures;
}

function ofTask(rows: ScoredRows, options: FiguresOptions): Record<string, ChartSpec> {
  const { task } = rows;
  if (task.kind === "regression") return ofNumbers(rows, options);
  return task.kind === "binary" ? ofTwo(rows, options) : ofClasses(rows, task, options);
}

function ofTwo(rows: ScoredRows, options: FiguresOptions): Record<string, ChartSpec> {
  const { y, predictions: p, threshold } = rows;
  const { name = "model", classes = ["false", "true"] } = options;
  const weighted = rows.weights === undefined ? {} : { weights: rows.weights };
  const counts = confusionMatrix(y, classesAt(p, threshold), { classes: 2, ...weighted });
  const calibration = calibrationChart([{ name, bins: reliability(y, p, weighted) }]);
  const confusion = confusionChart(counts, classes);
  const [zeros = 0, ones = 0] = counts.map(sumOf);
  if (zeros === 0 || ones === 0) return { confusion, calibration };
  const share = ones / (zeros + ones);
  return {
    confusion,
    roc: rocChart([{ name, auc: rocAuc(y, p, weighted), ...rocCurve(y, p, weighted) }]),
    pr: prChart([{ name, prAuc: prAuc(y, p, weighted), ...prCurve(y, p, weighted) }], { share }),
    calibration,
    gain: gainChart([{ name, ...gainCurve(y, p, weighted) }]),
  };
}

const sumOf = (weights: readonly number[]): number => weights.reduce((sum, one) => sum + one, 0);

function ofClasses(
  rows: ScoredRows,
  { classes }: Extract<Task, { kind: "multiclass" }>,
  { name = "model" }: FiguresOptions,
): Record<string, ChartSpec> {
  const { y, predictions } = rows;
  const weighted = rows.weights === undefined ? {} : { weights: rows.weights };
  const k = classes.length;
  const counts = confusionMatrix(y, likeliest(predictions, k), { classes: k, ...weighted });
  const bins = reliability(y, predictions, { classes: k, ...weighted });
  const curves = classes.slice(0, mostCurves).flatMap((one, c) => {
    const [own, total] = [sumOf(counts[c] ?? []), sumOf(counts.flat())];
    if (own === 0 || own === total) return [];
    const is = y.map((label) => (label === c ? 1 : 0));
    const p = y.map((_, row) => predictions[row * k + c] ?? 0);
    return [{ name: one, auc: rocAuc(is, p, weighted), ...rocCurve(is, p, weighted) }];
  });
  const figures: Record<string, ChartSpec> = {};
  if (k <= mostClasses) figures["confusion"] = confusionChart(counts, classes);
  if (curves.length > 0)
    figures["roc"] = rocChart(curves, { title: "ROC curves, each class against the rest" });
  figures["calibration"] = calibrationChart([{ name, bins }], {
    subtitle: "of the likeliest class; larger points have more rows",
  });
  return figures;
}

function ofNumbers(
  { y, predictions }: ScoredRows,
  { label, unit }: FiguresOptions,
): Record<string, ChartSpec> {
  const axes = {
    ...(label === undefined ? {} : { label }),
    ...(unit === undefined ? {} : { unit }),
  };
  return {
    predictions: predictionsChart(y, predictions, axes),
    residuals: residualsChart(y, predictions, axes),
    qq: qqChart(y.map((value, i) => value - (predictions[i] ?? 0))),
  };
}
