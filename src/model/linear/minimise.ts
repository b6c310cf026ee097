/** @file Minimises a smooth loss of linear functions of rows, with penalties: by Newton's method, or L-BFGS. */
import type { LongWork } from "../../core/index.ts";
import { openRows, type Rows } from "../../tensor/index.ts";
import { type Ended, evaluatorOf, type MinimiseSettings, type PenalisedLoss } from "./evaluator.ts";
import { limitedMemory } from "./limited-memory.ts";
import { newtonMethod } from "./newton-method.ts";

/** Where it ended. */
export interface Minimum extends Ended {
  /** k arrays [d], and [k]. */
  readonly weights: readonly Float64Array[];
  readonly biases: Float64Array;
}

/** More parameters than this take L-BFGS, which keeps no matrix of them. */
const mostNewton = 1000;

/**
 * Newton's method on the weighted Gram matrix up to 1,000 parameters, L-BFGS on the rows above.
 *
 * @see Lee, Sun & Saunders, SIAM J. Optimization 24(3), 2014 (proximal Newton); Liu & Nocedal, Mathematical
 *   Programming 45, 1989 (L-BFGS); Andrew & Gao, ICML 2007 (its orthant-wise form for ‖w‖₁).
 */
export async function minimise(
  problem: PenalisedLoss,
  settings: MinimiseSettings,
  work: LongWork,
): Promise<Minimum> {
  const size = problem.loss.outputs * (problem.x.cols + 1);
  const newton = size <= mostNewton;
  const rows = await openRows(problem.x, { outputs: problem.loss.outputs, hessian: newton });
  const evaluator = evaluatorOf(problem, rows);
  const theta = startOf(problem, rows);
  const least = Math.max(settings.tolerance, 1e-15) * problem.loss.weight;
  const ended = newton
    ? await newtonMethod(evaluator, theta, { ...settings, least, work })
    : await limitedMemory(evaluator, theta, { ...settings, least, work });
  return minimumOf(problem, rows, ended);
}

function startOf({ x, loss, start }: PenalisedLoss, { centre }: Rows): Float64Array {
  const size = x.cols + 1;
  const theta = start?.slice() ?? new Float64Array(loss.outputs * size);
  for (let k = 0; k < loss.outputs; k++) {
    const bias = (k + 1) * size - 1;
    if (start === undefined) theta[bias] = loss.start[k] ?? 0;
    else
      for (const [j, c] of centre.entries())
        theta[bias] = (theta[bias] ?? 0) + c * (theta[k * size + j] ?? 0);
  }
  return theta;
}

function minimumOf({ x, loss }: PenalisedLoss, { centre }: Rows, ended: Ended): Minimum {
  const size = x.cols + 1;
  const theta = ended.theta.slice();
  const weights: Float64Array[] = [];
  for (let k = 0; k < loss.outputs; k++) {
    const own = theta.subarray(k * size, (k + 1) * size - 1);
    weights.push(own.slice());
    const bias = (k + 1) * size - 1;
    for (const [j, c] of centre.entries()) theta[bias] = (theta[bias] ?? 0) - c * (own[j] ?? 0);
  }
  const biases = Float64Array.from(
    { length: loss.outputs },
    (_, k) => theta[(k + 1) * size - 1] ?? 0,
  );
  return { ...ended, theta, weights, biases };
}
