/** @file Isotonic regression: the rising line that is nearest to points. */

/** A line that rises or stays: straight between its knots, level outside of them. */
export interface IsotonicLine {
  /** Where the knots are, rising, [m]. */
  readonly at: Float64Array;
  /** Its values there, rising or equal, [m]. */
  readonly values: Float64Array;
}

/** A run of points that get one value. */
interface Run {
  first: number;
  last: number;
  sum: number;
  weight: number;
}

/**
 * The values v₁ ≤ v₂ ≤ … that minimise Σ wᵢ·(yᵢ − vᵢ)² over points in the order of x, by pooling neighbours that are the
 * wrong way round; points of one x are one. O(n·log n).
 *
 * @param x - Shape [n], finite.
 * @param y - Shape [n], finite.
 * @param weights - Shape [n], 0 or more; absent: 1 each.
 * @returns The line through the values; where a run of points has one value, its ends are the knots.
 * @example
 * ```ts
 * const { at, values } = isotonic(Float64Array.of(1, 2, 3), Float64Array.of(1, 5, 3));
 * at // => Float64Array.of(1, 2, 3)
 * values // => Float64Array.of(1, 4, 4)
 * ```
 * @see Barlow et al., Statistical Inference under Order Restrictions, 1972. Peer: scikit-learn `IsotonicRegression`.
 */
export function isotonic(x: Float64Array, y: Float64Array, weights?: Float64Array): IsotonicLine {
  const runs: Run[] = [];
  for (const point of pointsOf(x, y, weights)) {
    runs.push(point);
    for (;;) {
      const [last, before] = [runs.at(-1), runs.at(-2)];
      if (last === undefined || before === undefined) break;
      if (before.sum * last.weight < last.sum * before.weight) break; // rises
      runs.pop();
      before.last = last.last;
      before.sum += last.sum;
      before.weight += last.weight;
    }
  }
  const knots = runs.flatMap((run) => {
    const value = run.sum / run.weight;
    const start = [run.first, value] as const;
    return run.first === run.last ? [start] : [start, [run.last, value] as const];
  });
  return {
    at: Float64Array.from(knots, ([place]) => place),
    values: Float64Array.from(knots, ([, value]) => value),
  };
}

/** The points in the order of x, those of one x as one; without those that weigh nothing. */
function pointsOf(x: Float64Array, y: Float64Array, weights?: Float64Array): Run[] {
  const order = Uint32Array.from(x, (_, i) => i).sort((a, b) => (x[a] ?? 0) - (x[b] ?? 0) || a - b);
  const points: Run[] = [];
  for (const i of order) {
    const [place = 0, weight = 1] = [x[i], weights?.[i]];
    if (weight === 0) continue;
    const same = points.at(-1);
    if (same?.first === place) {
      same.sum += weight * (y[i] ?? 0);
      same.weight += weight;
    } else points.push({ first: place, last: place, sum: weight * (y[i] ?? 0), weight });
  }
  return points;
}

/** The value of the line at a place. O(log m). */
export function isotonicAt({ at, values }: IsotonicLine, place: number): number {
  let [low, high] = [0, at.length]; // knots below the place
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((at[middle] ?? 0) < place) low = middle + 1;
    else high = middle;
  }
  if (low === 0) return values[0] ?? 0;
  if (low === at.length) return values[low - 1] ?? 0;
  const [left = 0, right = 0] = [at[low - 1], at[low]];
  const [from = 0, to = 0] = [values[low - 1], values[low]];
  return from + ((to - from) * (place - left)) / (right - left);
}
