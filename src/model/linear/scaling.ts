/** @file Features and labels brought to mean 0 and deviation 1, and weights back to the units of the data. */
import type { Dataset } from "../../flow.ts";
import { dot } from "../../tensor/index.ts";
import { taskOf } from "../estimator.ts";

/** Means and deviations, [d], and of y; classes keep their 0 and 1. */
export interface Scaling {
  readonly means: Float64Array;
  readonly deviations: Float64Array;
  readonly meanY: number;
  readonly deviationY: number;
}

/** The scaling of a dataset; of y robust against wild labels where asked. */
export function scalingOf(data: Dataset, robust: boolean): Scaling {
  const { x, y } = data;
  const columns = Array.from({ length: x.cols }, (_, j) =>
    momentsOf(data, (i) => x.data[i * x.cols + j] ?? 0),
  );
  const numbers = robust ? middleOf(data) : momentsOf(data, (i) => y[i] ?? 0);
  const [meanY, deviationY] = taskOf(data).kind === "binary" ? [0, 1] : numbers;
  return {
    means: Float64Array.from(columns, ([mean]) => mean),
    deviations: Float64Array.from(columns, ([, deviation]) => deviation),
    ...{ meanY, deviationY },
  };
}

/** Weighted mean and deviation, or 1 where that is 0. */
function momentsOf({ y, weights }: Dataset, of: (i: number) => number): readonly [number, number] {
  let [weight, mean, squares] = [0, 0, 0];
  for (let i = 0; i < y.length; i++) {
    const [own, off] = [weights?.[i] ?? 1, of(i) - mean];
    weight += own;
    mean += (off * own) / weight;
    squares += own * off * (of(i) - mean);
  }
  const deviation = Math.sqrt(squares / weight);
  return [mean, deviation > 1e-12 * Math.abs(mean) ? deviation : 1];
}

/** The median of y and 1.4826 times the median distance from it, which wild labels do not move; 1 where that is 0. */
function middleOf({ y, weights }: Dataset): readonly [number, number] {
  const middle = weightedMedian(y, weights);
  const spread =
    1.4826 *
    weightedMedian(
      y.map((value) => Math.abs(value - middle)),
      weights,
    );
  return [middle, spread > 0 ? spread : 1];
}

function weightedMedian(values: Float64Array, weights: Float64Array | undefined): number {
  const order = Array.from(values.keys()).sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
  const weight = weights?.reduce((sum, w) => sum + w, 0) ?? values.length;
  let below = 0;
  for (const i of order) {
    below += weights?.[i] ?? 1;
    if (below >= weight / 2) return values[i] ?? 0;
  }
  return 0;
}

/** The dataset in units of its deviations. */
export function scaled(data: Dataset, { means, deviations, meanY, deviationY }: Scaling): Dataset {
  const { x, y } = data;
  const numbers = x.data.map(
    (value, k) => (value - (means[k % x.cols] ?? 0)) / (deviations[k % x.cols] ?? 1),
  );
  return { ...data, x: { ...x, data: numbers }, y: y.map((value) => (value - meanY) / deviationY) };
}

/** Weights and bias in the units of the data. */
export function unscaled(theta: Float64Array, { means, deviations, meanY, deviationY }: Scaling) {
  const weights = theta.slice(0, -1).map((w, j) => (w * deviationY) / (deviations[j] ?? 1));
  return { weights, bias: (theta.at(-1) ?? 0) * deviationY + meanY - dot(weights, means) };
}
