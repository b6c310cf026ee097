/** @file Costs and benefits of models side by side: how well they tell, and what telling costs. */
import { checkNames, formatJson, type LongWork } from "../../core/index.ts";
import type { Dataset, Matrix, Predictor } from "../../flow.ts";
import { type MetricName, metricOf } from "../../metric/index.ts";
import { interpretabilityOf } from "../advise/family-facts.ts";
import { crossValidate } from "../combine/cross-validate.ts";
import { type Estimator, taskOf } from "../estimator.ts";
import { predictorState } from "../predictor-format.ts";

/** Options of {@link costTable}. */
export interface CostTableOptions extends LongWork {
  /** By what they are compared. Default auc, logLoss of classes, rmse of numbers. */
  readonly metric?: MetricName;
  /** Folds of cross-validation, ≥ 2. Default 5. */
  readonly folds?: number;
  /** Deals rows to folds. Default 0. */
  readonly seed?: number;
}

/** One model. */
export interface CostLine {
  readonly name: string;
  /** The mean of the metric over the folds, and the standard deviation between them. */
  readonly score: number;
  readonly deviation: number;
  /** The same of the trivial baseline. */
  readonly baseline: number;
  /** Learning from all rows, in seconds of wall time. */
  readonly trainSeconds: number;
  /** One row alone, the median of some hundred, in microseconds. */
  readonly rowMicroseconds: number;
  /** The predictor as JSON, in bytes. */
  readonly sizeBytes: number;
  /** How well a person can follow an answer: 0 not at all, 3 by hand; null where nobody says. */
  readonly interpretability: number | null;
}

/**
 * Compares estimators on the same rows and folds: the metric by cross-validation, the time to learn from all rows, the
 * time of one answer, the size, and how well a person can follow an answer. The best metric comes first; whether it is
 * worth its costs is for a person to say.
 *
 * @param estimators - By the names they are to have.
 * @param data - Labelled rows, none of them test rows.
 * @param options - Metric and folds; see {@link CostTableOptions}.
 * @returns A line each, the best first.
 * @throws `option/unknown-name`, `metric/unknown-name`, `metric/mismatch-task`, and what learning throws
 * @example
 * ```ts
 * const x = matrix(Array.from({ length: 40 }, (_, i) => [i]));
 * const data = { x, y: Float64Array.from({ length: 40 }, (_, i) => Number(i >= 20)), names: ["a"], source: "sha256:00" } as const;
 * const lines = await costTable({ trivial: majority(), weights: logistic() }, data, { folds: 3 });
 * lines.map(({ name }) => name) // => ["weights", "trivial"]
 * ```
 */
export async function costTable(
  estimators: Readonly<Record<string, Pick<Estimator, "learn" | "name">>>,
  data: Dataset,
  options: CostTableOptions = {},
): Promise<readonly CostLine[]> {
  checkNames("costTable", options, ["metric", "folds", "seed", "signal", "progress"]);
  const usual = { binary: "auc", multiclass: "logLoss", regression: "rmse" } as const;
  const {
    metric: name = usual[taskOf(data).kind],
    folds = 5,
    seed = 0,
    signal,
    progress,
  } = options;
  const metric = metricOf(name);
  const entries = Object.entries(estimators);
  const lines: CostLine[] = [];
  const stop = signal === undefined ? {} : { signal };
  for (const [own, estimator] of entries) {
    const how = { metrics: [metric.name], folds, seed, ...stop };
    const { scores, baseline } = await crossValidate(estimator, data, how);
    const begun = performance.now();
    const predictor = await estimator.learn(data, stop);
    const trainSeconds = (performance.now() - begun) / 1000;
    const { mean = Number.NaN, deviation = Number.NaN } = scores[metric.name] ?? {};
    lines.push({
      ...{ name: own, score: mean, deviation, trainSeconds },
      baseline: baseline[metric.name]?.mean ?? Number.NaN,
      rowMicroseconds: rowMicroseconds(predictor, data.x),
      sizeBytes: Buffer.byteLength(formatJson(predictorState(predictor))),
      interpretability: interpretabilityOf(estimator.name),
    });
    progress?.({ done: lines.length, total: entries.length });
  }
  return lines.sort((a, b) => (metric.better(a.score, b.score) ? -1 : 1));
}

const asked = 200;

/** The median time of one row alone. */
function rowMicroseconds(predictor: Predictor, x: Matrix): number {
  const times = Array.from({ length: asked }, (_, i) => {
    const at = (i % x.rows) * x.cols;
    const row = { rows: 1, cols: x.cols, data: x.data.subarray(at, at + x.cols) };
    const begun = performance.now();
    predictor.predict(row);
    return 1000 * (performance.now() - begun);
  }).sort((a, b) => a - b);
  return times[asked / 2] ?? Number.NaN;
}
