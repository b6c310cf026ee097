/** @file L-BFGS on the rows, in its orthant-wise form where a penalty on ‖w‖₁ has corners. */
import { setImmediate } from "node:timers/promises";
import { dot } from "../../tensor/index.ts";
import {
  type Ended,
  type Evaluator,
  isApart,
  type LossPoint,
  type MethodSettings,
  moved,
} from "./evaluator.ts";

/** Steps that are remembered. */
const memory = 12;

/** One step: how far θ and the gradient went, and 1/(s·y). */
interface Pair {
  readonly s: Float64Array;
  readonly y: Float64Array;
  readonly rho: number;
}

/** Minimises by gradients alone; memory O(p), a step costs a pass over the rows or a few. */
export async function limitedMemory(
  evaluator: Evaluator,
  theta: Float64Array,
  { least, maxIterations, work }: MethodSettings,
): Promise<Ended> {
  const { l1 } = evaluator;
  let point = evaluator.at(theta, false);
  let pairs: readonly Pair[] = [];
  for (let iterations = 1; ; iterations++) {
    work.signal?.throwIfAborted();
    if (isApart(evaluator.problem, point))
      return { theta: point.theta, iterations, converged: false, failed: "apart" };
    const slope = steepest(point, l1);
    const step = directed(slope, pairs, l1);
    const promise = -dot(slope, step) / 2;
    const rounding = 8 * Number.EPSILON * Math.abs(point.value);
    if (promise <= Math.max(least, rounding))
      return { theta: point.theta, iterations, converged: true };
    const next = searched(evaluator, point, { slope, step, first: pairs.length === 0 });
    if (next === undefined) {
      if (pairs.length === 0)
        return {
          theta: point.theta,
          iterations,
          converged: promise <= 1e-10 * evaluator.problem.loss.weight,
        };
      pairs = []; // what is remembered misled: begin anew along the gradient
      continue;
    }
    pairs = remembered(pairs, point, next);
    point = next;
    work.progress?.({ done: iterations });
    if (iterations >= maxIterations) return { theta: point.theta, iterations, converged: false };
    await setImmediate(); // others get a turn
  }
}

/** The gradient; at a corner of ‖w‖₁ the one-sided derivative that is nearest 0. */
function steepest({ theta, gradient }: LossPoint, l1: Float64Array | undefined): Float64Array {
  if (l1 === undefined) return gradient;
  return gradient.map((g, j) => {
    const [t, strength] = [theta[j] ?? 0, l1[j] ?? 0];
    if (t !== 0) return g + Math.sign(t) * strength;
    return Math.sign(g) * Math.max(0, Math.abs(g) - strength);
  });
}

/** −H·slope by the two loops over what is remembered; without what points up. */
function directed(
  slope: Float64Array,
  pairs: readonly Pair[],
  l1: Float64Array | undefined,
): Float64Array {
  const q = slope.map((v) => -v);
  const alphas = new Float64Array(pairs.length);
  for (let k = pairs.length - 1; k >= 0; k--) {
    const { s, y, rho } = pairs[k] ?? noPair;
    const alpha = rho * dot(s, q);
    alphas[k] = alpha;
    addScaled(q, y, -alpha);
  }
  const last = pairs.at(-1);
  if (last !== undefined) {
    const scale = 1 / (last.rho * dot(last.y, last.y));
    for (let j = 0; j < q.length; j++) q[j] = (q[j] ?? 0) * scale;
  }
  for (const [k, { s, y, rho }] of pairs.entries()) {
    addScaled(q, s, (alphas[k] ?? 0) - rho * dot(y, q));
  }
  return l1 === undefined ? q : q.map((v, j) => (v * (slope[j] ?? 0) < 0 ? v : 0));
}

const noPair: Pair = { s: new Float64Array(0), y: new Float64Array(0), rho: 0 };

function addScaled(to: Float64Array, from: Float64Array, scale: number): void {
  for (const [j, v] of from.entries()) to[j] = (to[j] ?? 0) + scale * v;
}

interface Search {
  readonly slope: Float64Array;
  readonly step: Float64Array;
  /** Whether nothing is remembered yet, so that the length of the step means nothing. */
  readonly first: boolean;
}

function searched(
  evaluator: Evaluator,
  from: LossPoint,
  { slope, step, first }: Search,
): LossPoint | undefined {
  const length = Math.sqrt(dot(step, step));
  for (let size = first ? 1 / length : 1, tries = 0; tries < 60; size /= 2, tries++) {
    const theta = moved(from.theta, step, size);
    if (evaluator.l1 !== undefined) projected(theta, from.theta, { slope, l1: evaluator.l1 });
    const to = evaluator.at(theta, false);
    let promised = 0;
    for (const [j, t] of theta.entries()) promised += (slope[j] ?? 0) * (t - (from.theta[j] ?? 0));
    if (Number.isFinite(to.value) && to.value <= from.value + 1e-4 * promised && promised < 0)
      return to;
  }
  return undefined;
}

/** Sets coordinates to 0 that left their orthant. */
function projected(
  theta: Float64Array,
  from: Float64Array,
  { slope, l1 }: { readonly slope: Float64Array; readonly l1: Float64Array },
): void {
  for (const [j, strength] of l1.entries()) {
    if (strength === 0) continue;
    const side = from[j] === 0 ? -Math.sign(slope[j] ?? 0) : Math.sign(from[j] ?? 0);
    if ((theta[j] ?? 0) * side < 0) theta[j] = 0;
  }
}

function remembered(pairs: readonly Pair[], from: LossPoint, to: LossPoint): readonly Pair[] {
  const s = to.theta.map((t, j) => t - (from.theta[j] ?? 0));
  const y = to.gradient.map((g, j) => g - (from.gradient[j] ?? 0));
  const product = dot(s, y);
  if (!(product > 1e-12 * dot(y, y))) return pairs; // flat: it would bend the next steps the wrong way
  return [...pairs.slice(1 - memory), { s, y, rho: 1 / product }];
}
