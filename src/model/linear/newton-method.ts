/** @file Newton's method on a penalised loss. */
import { setImmediate } from "node:timers/promises";
import { invariant } from "../../core/index.ts";
import {
  type Ended,
  type Evaluator,
  isApart,
  type LossPoint,
  type MethodSettings,
  moved,
} from "./evaluator.ts";
import { newtonStep } from "./newton-step.ts";

/** Below this promise for each unit of weight, the Hessian of a point before is good enough where rows are many. */
const [chordPromise, manyRows] = [1e-3, 32_768];

/** Newton's method with a line search; with many rows the last steps use the Hessian of a step before. */
export async function newtonMethod(
  evaluator: Evaluator,
  theta: Float64Array,
  { least, maxIterations, work }: MethodSettings,
): Promise<Ended> {
  const { problem, l1 } = evaluator;
  let point = evaluator.at(theta, true);
  let [{ hessian }, age] = [point, 0]; // the Hessian in use, and how many steps ago it was computed
  for (let iterations = 1; ; iterations++) {
    work.signal?.throwIfAborted();
    const end = (converged: boolean): Ended => ({ theta: point.theta, iterations, converged });
    if (isApart(problem, point)) return { ...end(false), failed: "apart" };
    invariant(hessian !== undefined, "the first point has a Hessian");
    const enough = Math.max(least, 8 * Number.EPSILON * Math.abs(point.value)); // or rounding decides
    const found = newtonStep({ ...point, hessian, l1 }, enough);
    if (found === undefined) return { ...end(false), failed: "undetermined" };
    if (found.promise <= enough) return { ...end(true), theta: moved(point.theta, found.step, 1) };
    const next = nextPoint(evaluator, point, { ...found, age });
    if (next === undefined && age === 0) return end(found.promise <= 1e-10 * problem.loss.weight); // rounding hides any descent
    point = next ?? evaluator.at(point.theta, true); // an old Hessian misled
    [hessian, age] = point.hessian === undefined ? [hessian, age + 1] : [point.hessian, 0];
    work.progress?.({ done: iterations });
    if (iterations >= maxIterations) return end(false);
    await setImmediate(); // others get a turn
  }
}

interface Step {
  readonly step: Float64Array;
  readonly promise: number;
}

/** The point after a step: without its Hessian where the one at hand will do and the whole step does. */
function nextPoint(
  evaluator: Evaluator,
  from: LossPoint,
  { age, ...found }: Step & { readonly age: number },
): LossPoint | undefined {
  const { x, loss } = evaluator.problem;
  if (age < 4 && x.rows >= manyRows && found.promise < chordPromise * loss.weight) {
    const to = evaluator.at(moved(from.theta, found.step, 1), false);
    if (isLower(to, from, found.promise)) return to;
  }
  return searched(evaluator, from, found);
}

/** Lower by a ten-thousandth of the promise (Armijo). */
function isLower(to: LossPoint, from: LossPoint, promise: number): boolean {
  return to.value <= from.value - 1e-4 * promise;
}

/** Halves the step until the value falls. */
function searched(
  evaluator: Evaluator,
  from: LossPoint,
  { step, promise }: Step,
): LossPoint | undefined {
  for (let size = 1; size > 1e-10; size /= 2) {
    const to = evaluator.at(moved(from.theta, step, size), size === 1);
    if (isLower(to, from, size * promise))
      return to.hessian === undefined ? evaluator.at(to.theta, true) : to;
  }
  return undefined;
}
