/** @file Losses of linear functions of a row, with first and second derivatives by block of rows. */
import type { Dataset, Task } from "../../flow.ts";
import type { RowBlock } from "../../tensor/index.ts";

/** A convex loss of the margins of rows, summed by weight. */
export interface SmoothLoss {
  /** Margins of a row, k. */
  readonly outputs: number;
  /** Whether adding one number to all margins of a row changes nothing, as with the softmax. */
  readonly shifts: boolean;
  /** Σ wᵢ. */
  readonly weight: number;
  /** Below this sum no row has the wrong side; −∞ where the loss has no sides. */
  readonly separated: number;
  /** Biases [k] to start from. */
  readonly start: Float64Array;
  /** Writes residuals and, where the block has them, curvatures; gives the loss of the block. */
  readonly visit: (block: RowBlock) => number;
}

/** Log loss of two classes: log(1 + e^−s·z). Both 0 and 1 must occur. */
function binaryLoss({ y }: Dataset, weights: Float64Array | undefined): SmoothLoss {
  const visit =
    weights === undefined
      ? ({ first, rows, logLoss }: RowBlock) => logLoss(y.subarray(first, first + rows))
      : weightedBinary(y, weights);
  return { ...weighing(y, weights), outputs: 1, shifts: false, start: new Float64Array(1), visit };
}

function weightedBinary(y: Float64Array, weights: Float64Array): SmoothLoss["visit"] {
  return ({ first, rows, margins: [z = none], residuals: [r = none], curvatures: [v = none] }) => {
    let loss = 0;
    for (let i = 0; i < rows; i++) {
      const [margin, label, weight] = [z[i] ?? 0, y[first + i] ?? 0, weights[first + i] ?? 0];
      const e = Math.exp(-Math.abs(margin));
      const share = 1 / (1 + e);
      r[i] = weight * ((margin > 0 ? share : e * share) - label);
      v[i] = weight * e * share * share;
      loss += weight * (Math.max(margin, 0) - margin * label + Math.log1p(e));
    }
    return loss;
  };
}

/** Log loss of k classes: log Σ e^z − z of the label. */
function softmaxLoss(
  { y }: Dataset,
  classes: number,
  weights: Float64Array | undefined,
): SmoothLoss {
  const p = new Float64Array(classes);
  const visit = ({ first, rows, margins, residuals, curvatures }: RowBlock): number => {
    let loss = 0;
    for (let i = 0; i < rows; i++) {
      const weight = weights === undefined ? 1 : (weights[first + i] ?? 0);
      const label = y[first + i] ?? 0;
      loss += weight * (softmaxOf(margins, i, p) - (margins[label]?.[i] ?? 0));
      for (const [k, r] of residuals.entries()) r[i] = weight * ((p[k] ?? 0) - Number(k === label));
      if (curvatures.length > 0) writePairs(p, weight, { curvatures, i });
    }
    return loss;
  };
  return {
    ...weighing(y, weights),
    outputs: classes,
    shifts: true,
    start: new Float64Array(classes),
    visit,
  };
}

/** Writes the probabilities of a row, and gives log Σ e^z. */
export function softmaxOf(margins: readonly Float64Array[], i: number, p: Float64Array): number {
  let top = -Infinity;
  for (const z of margins) top = Math.max(top, z[i] ?? 0);
  let sum = 0;
  for (const [k, z] of margins.entries()) {
    const e = Math.exp((z[i] ?? 0) - top);
    p[k] = e;
    sum += e;
  }
  for (let k = 0; k < p.length; k++) p[k] = (p[k] ?? 0) / sum;
  return top + Math.log(sum);
}

/** w·pₖ·(δₖₗ − pₗ) for all pairs k ≤ l. */
function writePairs(
  p: Float64Array,
  weight: number,
  { curvatures, i }: { readonly curvatures: readonly Float64Array[]; readonly i: number },
): void {
  let pair = 0;
  for (const [k, own] of p.entries())
    for (let l = k; l < p.length; l++, pair++) {
      const v = curvatures[pair];
      if (v !== undefined) v[i] = weight * own * (Number(k === l) - (p[l] ?? 0));
    }
}

/** Families of generalised linear models with a logarithmic link. */
export type Family = "poisson" | "gamma" | "tweedie";

/** Half the deviance but for what does not change with z, of the mean e^z. */
export function familyLoss(
  { y }: Dataset,
  power: number,
  weights: Float64Array | undefined,
): SmoothLoss {
  const { weight, ...rest } = weighing(y, weights);
  let sum = 0;
  for (const [i, value] of y.entries()) sum += (weights?.[i] ?? 1) * value;
  const parts = partsOf(power);
  const visit = ({
    first,
    rows,
    margins: [z = none],
    residuals: [r = none],
    curvatures: [v],
  }: RowBlock): number => {
    let loss = 0;
    for (let i = 0; i < rows; i++) {
      const own = weights === undefined ? 1 : (weights[first + i] ?? 0);
      const [value, slope, curve] = parts(z[i] ?? 0, y[first + i] ?? 0);
      loss += own * value;
      r[i] = own * slope;
      if (v !== undefined) v[i] = own * curve;
    }
    return loss;
  };
  const start = Float64Array.of(Math.log(sum / weight));
  return {
    ...rest,
    weight,
    separated: Number.NEGATIVE_INFINITY,
    outputs: 1,
    shifts: false,
    start,
    visit,
  };
}

type Parts = (z: number, y: number) => readonly [number, number, number];

/** Loss and its two derivatives; the general case is y·e^((1−p)z)/(p−1) + e^((2−p)z)/(2−p). */
function partsOf(power: number): Parts {
  if (power === 1)
    return (z, y) => {
      const mean = Math.exp(z);
      return [mean - y * z, mean - y, mean];
    };
  if (power === 2)
    return (z, y) => {
      const ratio = y * Math.exp(-z);
      return [z + ratio, 1 - ratio, ratio];
    };
  return (z, y) => {
    const [a, b] = [y * Math.exp((1 - power) * z), Math.exp((2 - power) * z)];
    return [a / (power - 1) + b / (2 - power), b - a, (power - 1) * a + (2 - power) * b];
  };
}

const none = new Float64Array(0);

function weighing(y: Float64Array, weights: Float64Array | undefined) {
  if (weights === undefined) return { weight: y.length, separated: Math.LN2 };
  const least = weights.reduce((a, b) => Math.min(a, b), Infinity);
  return { weight: weights.reduce((sum, w) => sum + w, 0), separated: Math.LN2 * least };
}

/** The loss of a dataset's labels by its task. */
export function logLossOf(
  data: Dataset,
  task: Task,
  weights: Float64Array | undefined,
): SmoothLoss {
  return task.kind === "multiclass"
    ? softmaxLoss(data, task.classes.length, weights)
    : binaryLoss(data, weights);
}
