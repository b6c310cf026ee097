/** @file What boosting can make small: each objective's number in the kernel, its start, and its loss. */

import { sigmoid } from "../sigmoid.ts";
import { logSum } from "../softmax.ts";

/** The objectives; their order is that of kernels/boost/gradients.as.ts. */
const objectiveNames = [
  ...(["logLoss", "softmax", "squared", "absolute", "huber"] as const),
  ...(["quantile", "poisson", "tweedie", "ranking", "custom"] as const),
] as const;

/** What boosting makes small. */
export type ObjectiveName = (typeof objectiveNames)[number];

/** An objective with its number: the quantile, the delta of Huber's loss, the power of Tweedie's variance. */
export interface Objective {
  readonly name: ObjectiveName;
  /** Default 0.5 (quantile), 1 (huber), 1.5 (tweedie). */
  readonly parameter?: number;
}

/** The number that the kernel knows an objective by; those whose gradients are given share one. */
export function objectiveCode(name: ObjectiveName): number {
  return Math.min(objectiveNames.indexOf(name), objectiveNames.indexOf("ranking"));
}

/** The objective's number, or what is taken where none is said. */
export function parameterOf({ name, parameter }: Objective): number {
  return parameter ?? { quantile: 0.5, huber: 1, tweedie: 1.5 }[name as "quantile"] ?? 0;
}

/** Whether outputs are in the unit of y, so that y − base may be learned from 0. */
export function isShifted(name: ObjectiveName): boolean {
  return ["squared", "absolute", "huber", "quantile"].includes(name);
}

/** The quantile by which leaves are fitted again; undefined where they keep −G/(H + λ). */
export function renewedQuantile(objective: Objective): number | undefined {
  if (objective.name === "absolute") return 0.5;
  return objective.name === "quantile" ? parameterOf(objective) : undefined;
}

/**
 * The outputs that fit all rows best, [k]: log-odds, logarithms of shares, the mean, a quantile, the logarithm of the mean;
 * 0 for rankings and objectives of the user's own.
 *
 * @param objective - What is made small.
 * @param y - Shape [n]; classes as whole numbers.
 * @param weights - Shape [n]; absent: 1 each.
 * @param outputs - k.
 */
export function baseOf(
  objective: Objective,
  y: Float64Array,
  weights: Float64Array | undefined,
  outputs: number,
): Float64Array {
  const weightOf = (i: number): number => weights?.[i] ?? 1;
  const total = y.reduce((sum, _, i) => sum + weightOf(i), 0);
  const mean = y.reduce((sum, value, i) => sum + value * weightOf(i), 0) / total;
  const { name } = objective;
  if (name === "logLoss") return Float64Array.of(Math.log(mean / (1 - mean)));
  if (name === "softmax") {
    const shares = new Float64Array(outputs);
    for (const [i, label] of y.entries()) shares[label] = shares[label]! + weightOf(i) / total;
    return shares.map((share) => Math.log(Math.max(share, 1e-7)));
  }
  if (name === "squared") return Float64Array.of(mean);
  if (name === "poisson" || name === "tweedie")
    return Float64Array.of(Math.log(Math.max(mean, 1e-12)));
  if (!isShifted(name)) return new Float64Array(outputs);
  const rows = Uint32Array.from(y, (_, i) => i);
  const at = renewedQuantile(objective) ?? 0.5;
  return Float64Array.of(quantileOf(rows, (i) => y[i]!, weightOf, at));
}

/**
 * The weighted quantile of some rows: where the sum of weights passes the share `at`, half-way between neighbours as in
 * LightGBM's leaves; 0 of none.
 */
export function quantileOf(
  rows: Uint32Array,
  value: (row: number) => number,
  weight: (row: number) => number,
  at: number,
): number {
  const sorted = Float64Array.from(rows, value);
  const order = Uint32Array.from(rows, (_, i) => i).sort(
    (a, b) => sorted[a]! - sorted[b]! || a - b,
  );
  if (order.length === 0) return 0;
  let total = 0;
  for (const i of order) total += weight(rows[i]!);
  let sum = 0;
  let [last, lastPlace] = [sorted[order[0]!]!, 0];
  for (const [k, i] of order.entries()) {
    // each row stands at the middle of its weight; between two of them values are interpolated
    const place = (sum + weight(rows[i]!) / 2) / total;
    if (place >= at) {
      const share = k === 0 || place === lastPlace ? 1 : (at - lastPlace) / (place - lastPlace);
      return last + (sorted[i]! - last) * share;
    }
    [last, lastPlace] = [sorted[i]!, place];
    sum += weight(rows[i]!);
  }
  return last;
}

/** What rows are judged by, besides the objective's own loss. */
export const metricNames = ["loss", "error", "auc", "rmse", "mae", "ndcg"] as const;

/** What rows are judged by. */
export type MetricName = (typeof metricNames)[number];

/** Whether more is better. */
export function isRising(metric: MetricName): boolean {
  return metric === "auc" || metric === "ndcg";
}

/** Outputs of some rows, [n · k] row by row, and what they should be. */
export interface Judged {
  readonly outputs: Float64Array;
  readonly k: number;
  readonly y: Float64Array;
  readonly weights?: Float64Array | undefined;
}

/** The mean loss of an objective over rows, weighted: nats, units of y, or as the objective says. */
export function lossOf(objective: Objective, judged: Judged): number {
  return weightedMean(judged, pointLoss(objective, judged));
}

/** The share of rows whose likeliest class is another, weighted. */
export function errorOf(judged: Judged): number {
  const { outputs, k, y } = judged;
  return weightedMean(judged, (i) => {
    if (k === 1) return Number(outputs[i]! > 0 !== (y[i]! === 1));
    const row = outputs.subarray(i * k, (i + 1) * k);
    return Number(row.indexOf(Math.max(...row)) !== y[i]);
  });
}

/** Root mean squared or mean absolute difference of numbers, weighted. */
export function distanceOf(judged: Judged, power: 1 | 2): number {
  const { outputs, y } = judged;
  const mean = weightedMean(judged, (i) => Math.abs(outputs[i]! - y[i]!) ** power);
  return power === 2 ? Math.sqrt(mean) : mean;
}

/** The chance that a row of class 1 is above one of class 0, by weighted ranks. */
export function aucOf({ outputs, y, weights }: Judged): number {
  const order = Uint32Array.from(y, (_, i) => i).sort((a, b) => outputs[a]! - outputs[b]!);
  let [below, hits, ones] = [0, 0, 0];
  for (let from = 0; from < order.length; ) {
    let to = from;
    let [zerosHere, onesHere] = [0, 0];
    for (; to < order.length && outputs[order[to]!] === outputs[order[from]!]; to++) {
      const weight = weights?.[order[to]!] ?? 1;
      if (y[order[to]!] === 1) onesHere += weight;
      else zerosHere += weight;
    }
    hits += onesHere * (below + zerosHere / 2);
    [below, ones, from] = [below + zerosHere, ones + onesHere, to];
  }
  return hits / (below * ones);
}

function weightedMean({ y, weights }: Judged, value: (row: number) => number): number {
  let [sum, total] = [0, 0];
  for (let i = 0; i < y.length; i++) {
    const weight = weights?.[i] ?? 1;
    sum += weight * value(i);
    total += weight;
  }
  return sum / total;
}

function pointLoss(objective: Objective, { outputs, k, y }: Judged): (row: number) => number {
  const parameter = parameterOf(objective);
  const rest = (i: number): number => outputs[i]! - y[i]!;
  const { name } = objective;
  if (name === "logLoss")
    return (i) => -Math.log(Math.max(1e-15, sigmoid(y[i] === 1 ? outputs[i]! : -outputs[i]!)));
  if (name === "softmax")
    return (i) => logSum(outputs.subarray(i * k, (i + 1) * k)) - outputs[i * k + y[i]!]!;
  if (name === "absolute") return (i) => Math.abs(rest(i));
  if (name === "quantile") return (i) => (rest(i) > 0 ? 1 - parameter : -parameter) * rest(i);
  if (name === "huber")
    return (i) => {
      const r = Math.abs(rest(i));
      return r <= parameter ? (r * r) / 2 : parameter * (r - parameter / 2);
    };
  if (name === "poisson") return (i) => Math.exp(outputs[i]!) - y[i]! * outputs[i]!;
  if (name === "tweedie")
    return (i) =>
      Math.exp((2 - parameter) * outputs[i]!) / (2 - parameter) -
      (y[i]! * Math.exp((1 - parameter) * outputs[i]!)) / (1 - parameter);
  return (i) => rest(i) ** 2;
}
