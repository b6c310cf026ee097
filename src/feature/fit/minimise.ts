/** @file Where a function of one number is smallest. */

/** The interval that holds the valley, the three best points in it, and the last two steps. */
interface Search {
  a: number;
  b: number;
  /** The best, the second best, and the one that was second before. */
  x: number;
  w: number;
  v: number;
  fx: number;
  fw: number;
  fv: number;
  step: number;
  before: number;
}

/**
 * Where a function with one valley is smallest, to about 1e-8 of it: the valley is found from −2 and 2 on
 * by steps that grow, then by Brent's method.
 *
 * @see Brent, Algorithms for Minimization without Derivatives, 1973, chapter 5; SciPy `brent`.
 */
export function minimise(of: (x: number) => number): number {
  const { low, middle: x, high } = bracket(of);
  const [a, b, fx] = [Math.min(low, high), Math.max(low, high), of(x)];
  const search: Search = { a, b, x, w: x, v: x, fx, fw: fx, fv: fx, step: 0, before: 0 };
  for (let iteration = 0; iteration < 500; iteration++) {
    const tolerance = 1.48e-8 * Math.abs(search.x) + 1e-11;
    const centre = (search.a + search.b) / 2;
    if (Math.abs(search.x - centre) < 2 * tolerance - (search.b - search.a) / 2) break;
    advance(search, tolerance);
    const long = Math.max(Math.abs(search.step), tolerance);
    const u = search.x + (search.step >= 0 ? long : -long);
    take(search, u, of(u));
  }
  return search.x;
}

/** The next step: to the lowest point of the parabola if it leads inside and is not wild, else golden. */
function advance(search: Search, tolerance: number): void {
  const { a, b, x, before } = search;
  const centre = (a + b) / 2;
  const [p, q] = parabola(search);
  const inside = p > q * (a - x) && p < q * (b - x) && Math.abs(p) < Math.abs((q * before) / 2);
  if (Math.abs(before) > tolerance && inside) {
    search.before = search.step;
    search.step = p / q;
    const u = x + search.step;
    if (u - a < 2 * tolerance || b - u < 2 * tolerance)
      search.step = centre >= x ? tolerance : -tolerance;
  } else {
    search.before = x >= centre ? a - x : b - x;
    search.step = 0.381966 * search.before;
  }
}

/** The step to the lowest point of the parabola through the three points, as p / q with q ≥ 0. */
function parabola({ x, w, v, fx, fw, fv }: Search): readonly [number, number] {
  const r = (x - w) * (fx - fv);
  const s = (x - v) * (fx - fw);
  const p = (x - v) * s - (x - w) * r;
  const q = 2 * (s - r);
  return q > 0 ? [-p, q] : [p, -q];
}

/** Takes a point in: the interval shrinks, and the three best points are the best of four. */
function take(search: Search, u: number, fu: number): void {
  const { x, w, v } = search;
  const better = fu <= search.fx;
  const edge = better ? x : u;
  if (better ? u >= x : u < x) search.a = edge;
  else search.b = edge;
  if (better) {
    Object.assign(search, { v: w, fv: search.fw, w: x, fw: search.fx, x: u, fx: fu });
  } else if (fu <= search.fw || w === x) {
    Object.assign(search, { v: w, fv: search.fw, w: u, fw: fu });
  } else if (fu <= search.fv || v === x || v === w) {
    Object.assign(search, { v: u, fv: fu });
  }
}

/** Three points of which the one in the middle is lowest. */
function bracket(of: (x: number) => number): { low: number; middle: number; high: number } {
  let [low, middle] = [-2, 2];
  let [first, second] = [of(low), of(middle)];
  if (first < second) [low, middle, first, second] = [middle, low, second, first];
  let high = middle + 1.618034 * (middle - low);
  let third = of(high);
  for (let grown = 0; third < second && grown < 60; grown++) {
    [low, middle] = [middle, high];
    second = third;
    high = middle + 1.618034 * (middle - low);
    third = of(high);
  }
  return { low, middle, high };
}
