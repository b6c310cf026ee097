/** @file Coordinate descent for squared errors with an elastic-net penalty, until the duality gap is small. */
import type { Dataset } from "../../flow.ts";
import type { Covariances } from "./moments.ts";

/**
 * ½·wᵀAw − bᵀw + ½c, as something whose coordinates can be moved: by covariances, or on rows. It holds w, and
 * what it needs to know of it.
 */
export interface Quadratic {
  readonly w: Float64Array;
  /** Aⱼⱼ, [d]. */
  readonly diagonal: Float64Array;
  /** bⱼ − (A·w)ⱼ. */
  readonly slope: (j: number) => number;
  /** wⱼ ← wⱼ + by. */
  readonly move: (j: number, by: number) => void;
  /** c − 2bᵀw + wᵀAw, the mean squared residual, and c − bᵀw, its product with y. */
  readonly residual: () => { readonly squares: number; readonly withY: number };
}

/** The quadratic of covariances; a move costs O(d). */
export function quadraticOf(
  { a, b, c }: Pick<Covariances, "a" | "b" | "c">,
  start?: Float64Array,
): Quadratic {
  const d = b.length;
  const w = new Float64Array(d);
  const q = b.slice(); // b − A·w
  const move = (j: number, by: number): void => {
    w[j] = (w[j] ?? 0) + by;
    for (let i = 0, at = j * d; i < d; i++, at++) q[i] = (q[i] ?? 0) - (a.data[at] ?? 0) * by;
  };
  if (start !== undefined)
    for (const [j, value] of start.entries()) if (value !== 0) move(j, value);
  return {
    ...{ w, move },
    diagonal: Float64Array.from({ length: d }, (_, j) => a.data[j * d + j] ?? 0),
    slope: (j) => q[j] ?? 0,
    residual: () => {
      let [withY, reduced] = [c, 0];
      for (const [j, value] of w.entries()) {
        withY -= (b[j] ?? 0) * value;
        reduced += (q[j] ?? 0) * value;
      }
      return { squares: Math.max(0, withY - reduced), withY };
    },
  };
}

/** The quadratic on rows, for wide data: columns and a residual are kept; a move costs O(n). */
export function rowQuadratic(
  data: Dataset,
): Quadratic & { readonly means: Float64Array; readonly meanY: number } {
  const { x, y, weights } = data;
  const [n, d] = [x.rows, x.cols];
  const weight = weights?.reduce((sum, v) => sum + v, 0) ?? n;
  const mean = (of: (i: number) => number): number => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += (weights?.[i] ?? 1) * of(i);
    return sum / weight;
  };
  const roots = Float64Array.from({ length: n }, (_, i) => Math.sqrt((weights?.[i] ?? 1) / weight));
  const means = Float64Array.from({ length: d }, (_, j) => mean((i) => x.data[i * d + j] ?? 0));
  const meanY = mean((i) => y[i] ?? 0);
  const columns = new Float64Array(n * d); // column j at j·n, each as √(wᵢ/W)·(xᵢⱼ − x̄ⱼ)
  for (let i = 0; i < n; i++)
    for (let j = 0; j < d; j++)
      columns[j * n + i] = (roots[i] ?? 0) * ((x.data[i * d + j] ?? 0) - (means[j] ?? 0));
  const target = roots.map((root, i) => root * ((y[i] ?? 0) - meanY));
  const r = target.slice();
  const w = new Float64Array(d);
  const product = (at: number, other: Float64Array): number => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += (columns[at + i] ?? 0) * (other[i] ?? 0);
    return sum;
  };
  const diagonal = Float64Array.from({ length: d }, (_, j) => {
    const variance = product(j * n, columns.subarray(j * n, (j + 1) * n));
    return variance <= 1e-28 * (means[j] ?? 0) ** 2 ? 0 : variance;
  });
  return {
    ...{ w, diagonal, means, meanY },
    slope: (j) => product(j * n, r),
    move: (j, by) => {
      w[j] = (w[j] ?? 0) + by;
      for (let i = 0, at = j * n; i < n; i++, at++) r[i] = (r[i] ?? 0) - (columns[at] ?? 0) * by;
    },
    residual: () => {
      let [squares, withY] = [0, 0];
      for (const [i, value] of r.entries()) {
        squares += value * value;
        withY += value * (target[i] ?? 0);
      }
      return { squares, withY };
    },
  };
}

/** Strengths of the two penalties: λ₁·‖w‖₁ + ½·λ₂·‖w‖². */
export interface Penalty {
  readonly l1: number;
  readonly l2: number;
}

/** How it ended. */
export interface Descended {
  /** How far the value is from the minimum at most, in the unit of y². */
  readonly gap: number;
  /** Sweeps over all features, or over those that are not 0. */
  readonly iterations: number;
  readonly converged: boolean;
}

/**
 * Moves each coordinate to its minimum in turn: first among all, then among those that are not 0 until they stand
 * still, and so on, until the duality gap is below `tolerance`·c.
 *
 * @see Friedman, Hastie & Tibshirani, J. Statistical Software 33(1), 2010; the gap as scikit-learn has it.
 */
export function coordinateDescent(
  problem: Quadratic,
  penalty: Penalty,
  { least, maxIterations }: { readonly least: number; readonly maxIterations: number },
): Descended {
  const all = Array.from(problem.w.keys()).filter((j) => (problem.diagonal[j] ?? 0) > 0);
  let iterations = 0;
  for (;;) {
    iterations += 1;
    sweep(problem, penalty, all);
    const gap = dualityGap(problem, penalty, all);
    if (gap <= least) return { gap, iterations, converged: true };
    if (iterations >= maxIterations) return { gap, iterations, converged: false };
    const active = all.filter((j) => problem.w[j] !== 0);
    const enough = Math.sqrt(least) * 1e-3;
    for (let inner = 0; inner < 100; inner++) {
      iterations += 1;
      if (sweep(problem, penalty, active) <= enough) break;
    }
  }
}

/** One turn over some coordinates; gives the largest move, in the unit of y. */
function sweep(problem: Quadratic, { l1, l2 }: Penalty, order: readonly number[]): number {
  const { w, diagonal, slope, move } = problem;
  let largest = 0;
  for (const j of order) {
    const [old, size] = [w[j] ?? 0, diagonal[j] ?? 0];
    const pull = slope(j) + size * old;
    const next = (Math.sign(pull) * Math.max(0, Math.abs(pull) - l1)) / (size + l2);
    if (next === old) continue;
    move(j, next - old);
    largest = Math.max(largest, Math.abs(next - old) * Math.sqrt(size));
  }
  return largest;
}

/** The primal value less that of the dual at the residual, scaled to be feasible. */
function dualityGap(problem: Quadratic, { l1, l2 }: Penalty, all: readonly number[]): number {
  const { w, slope, residual } = problem;
  let [steepest, lengths, squares] = [0, 0, 0];
  for (const j of all) {
    const value = w[j] ?? 0;
    steepest = Math.max(steepest, Math.abs(slope(j) - l2 * value));
    lengths += Math.abs(value);
    squares += value * value;
  }
  const { squares: r2, withY } = residual();
  const share = steepest > l1 ? l1 / steepest : 1;
  return (
    0.5 * r2 * (1 + share ** 2) +
    l1 * lengths -
    share * withY +
    0.5 * l2 * (1 + share ** 2) * squares
  );
}
