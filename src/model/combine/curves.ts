/** @file What turns a probability into one that comes true: a sigmoid, a rising line, a temperature. */
import { sigmoid } from "../../tensor/index.ts";
import { damaged, type Fields } from "../state-fields.ts";
import { type IsotonicLine, isotonic, isotonicAt } from "./isotonic.ts";

/** σ(slope · logit p + intercept). */
export interface SigmoidCurve {
  readonly slope: number;
  readonly intercept: number;
}

/** A sigmoid, or a line over p. */
export type Curve = SigmoidCurve | (IsotonicLine & { readonly slope?: never });

/** Labels 0 and 1, the probabilities that were told of 1, and weights. */
export interface Told {
  readonly y: Float64Array;
  readonly p: Float64Array;
  readonly weights: Float64Array;
}

const closest = 1e-15; // how near to 0 and 1 a probability is taken to be

/** ln(p / (1 − p)), finite. */
export function logit(p: number): number {
  const inside = Math.min(Math.max(p, closest), 1 - closest);
  return Math.log(inside) - Math.log1p(-inside);
}

/** What a curve makes of a probability. */
export function bend(curve: Curve, p: number): number {
  if (curve.slope === undefined) return isotonicAt(curve, p);
  return sigmoid(curve.slope * logit(p) + curve.intercept);
}

/**
 * Platt's sigmoid: the slope and intercept that minimise the log loss, with labels moved in by one row of each class, so
 * that it stays finite where the classes part. Newton's method with halved steps.
 */
export function sigmoidCurve({ y, p, weights }: Told): SigmoidCurve {
  const margins = p.map(logit);
  let [no, yes] = [0, 0];
  for (const [i, label] of y.entries())
    if (label === 1) yes += weights[i] ?? 0;
    else no += weights[i] ?? 0;
  const target = y.map((label) => (label === 1 ? (yes + 1) / (yes + 2) : 1 / (no + 2)));
  const lossAt = (slope: number, intercept: number): number =>
    margins.reduce((sum, margin, i) => {
      const z = slope * margin + intercept;
      const loss = Math.log1p(Math.exp(-Math.abs(z))) + Math.max(z, 0) - z * (target[i] ?? 0);
      return sum + (weights[i] ?? 0) * loss;
    }, 0);
  let point = pointOf(0, Math.log((yes + 1) / (no + 1)));
  function pointOf(slope: number, intercept: number): Point {
    return { slope, intercept, loss: lossAt(slope, intercept) };
  }
  for (let step = 0; step < 100; step++) {
    const newton = sigmoidStep({ margins, target, weights }, point);
    const next = halved(newton, point, pointOf);
    if (next === undefined) break;
    const gained = point.loss - next.loss;
    point = next;
    if (gained <= 1e-15 * Math.abs(point.loss)) break;
  }
  return { slope: point.slope, intercept: point.intercept };
}

interface Point {
  readonly slope: number;
  readonly intercept: number;
  readonly loss: number;
}

interface Problem {
  readonly margins: Float64Array;
  readonly target: Float64Array;
  readonly weights: Float64Array;
}

/** Newton's step of slope and intercept. */
function sigmoidStep(
  { margins, target, weights }: Problem,
  { slope, intercept }: { readonly slope: number; readonly intercept: number },
): readonly [number, number] {
  let [gs, gi, hss, hsi, hii] = [0, 0, 1e-12, 0, 1e-12];
  for (const [i, margin] of margins.entries()) {
    const [q, weight = 0] = [sigmoid(slope * margin + intercept), weights[i]];
    const [gap, curve] = [weight * (q - (target[i] ?? 0)), weight * q * (1 - q)];
    gs += gap * margin;
    gi += gap;
    hss += curve * margin * margin;
    hsi += curve * margin;
    hii += curve;
  }
  const det = hss * hii - hsi * hsi;
  return det > 1e-12 * hss * hii
    ? [(hii * gs - hsi * gi) / det, (hss * gi - hsi * gs) / det]
    : [gs / hss, gi / hii / 2];
}

/** The first point on the way with a lower loss, at the whole step, a half, a quarter … */
function halved(
  [ds, di]: readonly [number, number],
  from: Point,
  pointOf: (slope: number, intercept: number) => Point,
): Point | undefined {
  for (let size = 1; size > 1e-10; size /= 2) {
    const next = pointOf(from.slope - size * ds, from.intercept - size * di);
    if (next.loss < from.loss) return next;
  }
  return undefined;
}

/** The rising line over probabilities that is nearest to the labels. */
export const isotonicCurve = ({ y, p, weights }: Told): Curve => isotonic(p, y, weights);

/**
 * The inverse temperature β, within e^±10, that minimises the mean of −ln softmax(β·logits) at the labels: its derivative
 * rises with β, so its root is between two bounds that close in.
 *
 * @param logits - ln p of each class, [n, k], row by row.
 * @param y - The class of each row, [n].
 */
export function inverseTemperature(
  logits: Float64Array,
  y: Float64Array,
  weights: Float64Array,
): number {
  const k = logits.length / y.length;
  const slopeAt = (beta: number): number => {
    let sum = 0;
    for (const [i, label] of y.entries()) {
      const row = logits.subarray(i * k, (i + 1) * k);
      const most = row.reduce((top, value) => Math.max(top, value), -Infinity);
      let [all, mean] = [0, 0];
      for (const value of row) {
        const part = Math.exp(beta * (value - most));
        all += part;
        mean += part * value;
      }
      sum += (weights[i] ?? 0) * (mean / all - (row[label] ?? 0));
    }
    return sum;
  };
  let [low, high] = [-10, 10];
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (slopeAt(Math.exp(middle)) < 0) low = middle;
    else high = middle;
  }
  return Math.exp((low + high) / 2);
}

/** A stored curve. @throws `model/corrupt-state` */
export function readCurve(fields: Fields): Curve {
  if (fields.has("slope"))
    return { slope: fields.number("slope"), intercept: fields.number("intercept") };
  const at = fields.array("at", Float64Array);
  if (at.length === 0) damaged("curves.at", "at least one knot", "none");
  return { at, values: fields.array("values", Float64Array, at.length) };
}
