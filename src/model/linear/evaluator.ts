/** @file A penalised loss at a point: value, gradient and Hessian, by a pass over the rows. */
import type { LongWork } from "../../core/index.ts";
import type { Matrix } from "../../flow.ts";
import type { Rows } from "../../tensor/index.ts";
import type { SmoothLoss } from "./smooth-loss.ts";

/** What is minimised: Σ wᵢ·loss + λ₁·‖w‖₁ + ½·λ₂·‖w‖², biases free. */
export interface PenalisedLoss {
  readonly x: Matrix;
  readonly loss: SmoothLoss;
  readonly l1: number;
  readonly l2: number;
  /** Where to start, [k·(d+1)]; absent: weights of 0. */
  readonly start?: Float64Array;
}

/** When it is done. */
export interface MinimiseSettings {
  /** A step that promises less than this, for each unit of weight, is the last. */
  readonly tolerance: number;
  readonly maxIterations: number;
}

/** A point θ of shape [k·(d+1)] about the rows' centre: value, gradient with the penalty on squares, Hessian. */
export interface LossPoint {
  readonly theta: Float64Array;
  /** With all penalties. */
  readonly value: number;
  /** Without them. */
  readonly loss: number;
  readonly gradient: Float64Array;
  readonly hessian?: Matrix;
}

/** Something to evaluate at a point. */
export interface Evaluator {
  readonly problem: PenalisedLoss;
  readonly rows: Rows;
  /** Strength of |θⱼ|, [p]. */
  readonly l1: Float64Array | undefined;
  at(theta: Float64Array, hessian: boolean): LossPoint;
}

/** How a method goes on and ends. */
export interface MethodSettings extends MinimiseSettings {
  readonly least: number;
  readonly work: LongWork;
}

/** Where a method ended. */
export interface Ended {
  /** About the rows' centre. */
  readonly theta: Float64Array;
  readonly iterations: number;
  readonly converged: boolean;
  /** Why there is no minimum: the classes are apart, or the weights are not determined. */
  readonly failed?: "apart" | "undetermined";
}

/** The evaluator of a problem. */
export function evaluatorOf(problem: PenalisedLoss, rows: Rows): Evaluator {
  const { loss, l1, l2, x } = problem;
  const [size, total] = [x.cols + 1, loss.outputs * (x.cols + 1)];
  const isBias = (j: number): boolean => (j + 1) % size === 0;
  const at = (theta: Float64Array, hessian: boolean): LossPoint => {
    let own = 0;
    const sums = rows.pass({
      theta,
      hessian,
      visit: (block) => {
        own += loss.visit(block);
      },
    });
    let penalty = 0;
    for (const [j, t] of theta.entries()) {
      if (isBias(j)) continue;
      penalty += l1 * Math.abs(t) + (l2 / 2) * t * t;
      addTo(sums.gradient, j, l2 * t);
    }
    if (sums.hessian !== undefined) curved(sums.hessian);
    return { theta, loss: own, value: own + penalty, ...sums };
  };
  const curved = (hessian: Matrix): void => {
    for (let j = 0; j < total; j++) if (!isBias(j)) addTo(hessian.data, j * total + j, l2);
    if (loss.shifts) fixShifts(hessian, { ...problem, size });
  };
  const strengths = Float64Array.from({ length: total }, (_, j) => (isBias(j) ? 0 : l1));
  return { problem, rows, l1: l1 > 0 ? strengths : undefined, at };
}

const addTo = (data: Float64Array, at: number, value: number): void => {
  data[at] = (data[at] ?? 0) + value;
};

/**
 * Where one number may be added to all outputs, the Hessian is singular along it. The gradient has nothing along
 * it, so adding curvature there changes no step but makes it unique: the one that sums to 0 over outputs.
 */
function fixShifts(
  hessian: Matrix,
  { loss, l2, size }: Pick<PenalisedLoss, "loss" | "l2"> & { readonly size: number },
): void {
  const total = hessian.rows;
  for (let j = l2 > 0 ? size - 1 : 0; j < size; j++) {
    let trace = 0;
    for (let k = 0; k < loss.outputs; k++) trace += hessian.data[(k * size + j) * (total + 1)] ?? 0;
    const extra = trace / loss.outputs ** 2;
    for (let k = 0; k < loss.outputs; k++)
      for (let l = 0; l < loss.outputs; l++)
        addTo(hessian.data, (k * size + j) * total + l * size + j, extra);
  }
}

/** Without a penalty, a loss this low says that every row is on its side: larger weights are always better. */
export function isApart({ l1, l2, loss }: PenalisedLoss, point: LossPoint): boolean {
  return l1 === 0 && l2 === 0 && point.loss < loss.separated;
}

/** θ + size·step. */
export function moved(theta: Float64Array, step: Float64Array, size: number): Float64Array {
  return theta.map((t, j) => t + size * (step[j] ?? 0));
}
