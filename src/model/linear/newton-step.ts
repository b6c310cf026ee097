/** @file The step of Newton's method, with penalties: by Cholesky, or by coordinate descent where one is ‖w‖₁. */
import { isMillraceError } from "../../core/index.ts";
import type { Matrix } from "../../flow.ts";
import { dot, solvePositive, times } from "../../tensor/index.ts";

/** A quadratic model of the loss at θ, penalties on squares included. */
export interface LocalModel {
  readonly theta: Float64Array;
  readonly gradient: Float64Array;
  readonly hessian: Matrix;
  /** Strength of |θⱼ| for each coordinate, [p]; undefined where no coordinate has any. */
  readonly l1: Float64Array | undefined;
}

/** A step, and how much lower the model is there. */
export interface NewtonStep {
  readonly step: Float64Array;
  readonly promise: number;
}

/** The step to the model's minimum; undefined where the model has none. */
export function newtonStep(model: LocalModel, least: number): NewtonStep | undefined {
  return model.l1 === undefined ? solvedStep(model) : proximalStep(model, model.l1, least);
}

function solvedStep({ hessian, gradient }: LocalModel): NewtonStep | undefined {
  try {
    const step = solvePositive(hessian, gradient).map((v) => -v);
    return { step, promise: -dot(gradient, step) / 2 };
  } catch (cause) {
    if (!isMillraceError(cause, "tensor/failed-factorisation")) throw cause;
    return undefined;
  }
}

/** Coordinate descent on gᵀδ + ½δᵀHδ + Σ λⱼ·|θⱼ + δⱼ|, until no move lowers it by more than a share of `least`. */
function proximalStep(model: LocalModel, l1: Float64Array, least: number): NewtonStep {
  const { theta, gradient, hessian } = model;
  const p = theta.length;
  const step = new Float64Array(p);
  const slope = gradient.slice(); // g + H·δ
  const moveOne = (j: number): number => {
    const size = hessian.data[j * p + j] ?? 0;
    if (size <= 0) return 0;
    const at = (theta[j] ?? 0) + (step[j] ?? 0);
    const pull = size * at - (slope[j] ?? 0);
    const next = (Math.sign(pull) * Math.max(0, Math.abs(pull) - (l1[j] ?? 0))) / size;
    const by = next - at;
    if (by === 0) return 0;
    step[j] = next - (theta[j] ?? 0);
    for (let i = 0, k = j * p; i < p; i++, k++)
      slope[i] = (slope[i] ?? 0) + by * (hessian.data[k] ?? 0);
    return by * by * size;
  };
  const all = Array.from({ length: p }, (_, j) => j);
  const sweep = (order: readonly number[]): number =>
    order.reduce((largest, j) => Math.max(largest, moveOne(j)), 0);
  for (let round = 0; round < 1000; round++) {
    if (sweep(all) <= least * 1e-4) break;
    const active = all.filter((j) => (theta[j] ?? 0) + (step[j] ?? 0) !== 0);
    for (let inner = 0; inner < 1000 && sweep(active) > least * 1e-5; inner++);
  }
  let change = dot(gradient, step) + dot(step, times(hessian, step)) / 2;
  for (const [j, strength] of l1.entries())
    change += strength * (Math.abs((theta[j] ?? 0) + (step[j] ?? 0)) - Math.abs(theta[j] ?? 0));
  return { step, promise: -change };
}
