/** @file The minimum of a smooth function of several numbers, by L-BFGS. */

/** A function to be made small: gives f(x), and writes ∇f(x) into `gradient`, shape [d]. */
export type Objective = (x: Float64Array, gradient: Float64Array) => number;

/** When {@link minimise} ends. */
export interface MinimiseOptions {
  /** Most steps, ≥ 1. Default 200. */
  readonly maxIterations?: number;
  /** Done when five steps lower f by less than this, relative to |f| + 1. Default 1e-9. */
  readonly tolerance?: number;
  /** Steps that are remembered, ≥ 1. Default 8. */
  readonly memory?: number;
}

/** Where the search ended. */
export interface Minimum {
  /** Shape [d]. */
  readonly x: Float64Array;
  readonly value: number;
  readonly iterations: number;
  /** Whether no step promised more than the tolerance. */
  readonly converged: boolean;
}

/**
 * A local minimum of a smooth function, by L-BFGS with a line search of weak Wolfe conditions. A point
 * where f is not a finite number is stepped back from. O(d·memory) a step, and one or two evaluations.
 *
 * @param objective - f and its gradient; see {@link gradientOf} where there is none.
 * @param start - Shape [d]; f must be finite there. It is not changed.
 * @returns The best point found.
 * @example
 * ```ts
 * const bowl: Objective = (x, gradient) => {
 *   const [a = 0, b = 0] = x;
 *   gradient.set([2 * (a - 1), 20 * (b + 2)]);
 *   return (a - 1) ** 2 + 10 * (b + 2) ** 2;
 * };
 * const { x, converged } = minimise(bowl, Float64Array.of(0, 0));
 * x.map((value) => Math.round(1e4 * value) / 1e4) // => Float64Array.of(1, -2)
 * converged // => true
 * ```
 * @see Nocedal & Wright, Numerical Optimization, 2nd edition, algorithm 7.5; line search: Lewis &
 *   Overton, Mathematical Programming 141, 2013.
 */
export function minimise(
  objective: Objective,
  start: Float64Array,
  { maxIterations = 200, tolerance = 1e-9, memory = 8 }: MinimiseOptions = {},
): Minimum {
  const d = start.length;
  let x: Float64Array = Float64Array.from(start);
  let gradient: Float64Array = new Float64Array(d);
  let value = objective(x, gradient);
  const [steps, turns]: [Float64Array[], Float64Array[]] = [[], []];
  const recent: number[] = [];
  let [iterations, converged] = [0, !gradient.some((g) => g !== 0)];
  while (iterations < maxIterations && !converged) {
    let direction = descent(gradient, steps, turns);
    let slope = inner(gradient, direction);
    if (!(slope < 0)) {
      steps.length = turns.length = 0;
      direction = gradient.map((g) => -g);
      slope = inner(gradient, direction);
    }
    // Without curvature yet, the first step is of length 1 at most.
    const first = steps.length === 0 ? Math.min(1, 1 / Math.sqrt(-slope)) : 1;
    const next = lineSearch(objective, { x, value, slope, direction }, first);
    if (next === undefined) {
      if (steps.length === 0) break; // not even the gradient leads down: rounding
      steps.length = turns.length = 0;
      continue;
    }
    iterations += 1;
    const step = next.x.map((v, i) => v - x[i]!);
    const turn = next.gradient.map((g, i) => g - gradient[i]!);
    if (inner(step, turn) > 1e-14 * inner(turn, turn)) {
      steps.push(step);
      turns.push(turn);
      if (steps.length > memory) {
        steps.shift();
        turns.shift();
      }
    }
    recent.push(value);
    if (recent.length > 5) recent.shift();
    ({ x, value, gradient } = next);
    const gained = recent[0]! - value;
    const isFlat = Math.sqrt(inner(gradient, gradient)) <= 1e-7 * (1 + Math.abs(value));
    converged = isFlat || (recent.length === 5 && gained <= tolerance * (1 + Math.abs(value)));
  }
  return { x, value, iterations, converged };
}

/**
 * The objective of a function without a gradient: central differences, 2·d evaluations each.
 *
 * @param f - Smooth, in variables whose natural steps are about 1.
 * @example
 * ```ts
 * const gradient = new Float64Array(1);
 * gradientOf(([a = 0]) => a * a)(Float64Array.of(3), gradient) // => 9
 * Math.round(1e6 * (gradient[0] ?? 0)) / 1e6 // => 6
 * ```
 */
export function gradientOf(f: (x: Float64Array) => number): Objective {
  return (x, gradient) => {
    const value = f(x);
    if (!Number.isFinite(value)) return value;
    const moved = Float64Array.from(x);
    for (let i = 0; i < x.length; i++) {
      const step = 6e-6 * Math.max(1, Math.abs(x[i]!));
      moved[i] = x[i]! + step;
      const above = f(moved);
      moved[i] = x[i]! - step;
      const below = f(moved);
      moved[i] = x[i]!;
      // Beside a wall, the side that is there.
      if (Number.isFinite(above) && Number.isFinite(below))
        gradient[i] = (above - below) / (2 * step);
      else if (Number.isFinite(above)) gradient[i] = (above - value) / step;
      else gradient[i] = Number.isFinite(below) ? (value - below) / step : 0;
    }
    return value;
  };
}

/** −H·g by the two loops over the remembered steps s and turns y of the gradient. */
function descent(
  gradient: Float64Array,
  steps: readonly Float64Array[],
  turns: readonly Float64Array[],
): Float64Array {
  const q = gradient.map((g) => -g);
  const shares: number[] = [];
  for (let k = steps.length - 1; k >= 0; k--) {
    const share = inner(steps[k]!, q) / inner(steps[k]!, turns[k]!);
    shares[k] = share;
    for (let i = 0; i < q.length; i++) q[i] = q[i]! - share * turns[k]![i]!;
  }
  const last = steps.length - 1;
  if (last >= 0) {
    const scale = inner(steps[last]!, turns[last]!) / inner(turns[last]!, turns[last]!);
    for (let i = 0; i < q.length; i++) q[i] = q[i]! * scale;
  }
  for (let k = 0; k < steps.length; k++) {
    const back = inner(turns[k]!, q) / inner(steps[k]!, turns[k]!);
    for (let i = 0; i < q.length; i++) q[i] = q[i]! + (shares[k]! - back) * steps[k]![i]!;
  }
  return q;
}

interface Ray {
  readonly x: Float64Array;
  readonly value: number;
  readonly slope: number;
  readonly direction: Float64Array;
}

/** A step that lowers f enough and flattens its slope; the best one where 40 trials find none; undefined where none lowers it. */
function lineSearch(objective: Objective, { x, value, slope, direction }: Ray, first: number) {
  let [low, high, t] = [0, Infinity, first];
  let best: { x: Float64Array; value: number; gradient: Float64Array } | undefined;
  for (let trial = 0; trial < 40; trial++) {
    const at = x.map((v, i) => v + t * direction[i]!);
    const gradient = new Float64Array(x.length);
    const there = objective(at, gradient);
    const isLow = Number.isFinite(there) && there <= value + 1e-4 * t * slope;
    if (isLow && there < (best?.value ?? value)) best = { x: at, value: there, gradient };
    if (!isLow) high = t;
    else if (inner(gradient, direction) < 0.9 * slope) low = t;
    else return best;
    t = high === Infinity ? 2 * t : (low + high) / 2;
  }
  return best;
}

function inner(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
