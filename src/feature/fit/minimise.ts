/** @file Where a function of one number is smallest. */

/**
 * Where a function with one valley is smallest, to about 1e-8 of it: the valley is found from −2 and 2 on
 * by steps that grow, then by Brent's method.
 *
 * @see Brent, Algorithms for Minimization without Derivatives, 1973, chapter 5; SciPy `brent`.
 */
export function minimise(of: (x: number) => number): number {
  const { low, middle, high } = bracket(of);
  let [a, b] = [Math.min(low, high), Math.max(low, high)];
  let x = middle;
  let [w, v] = [x, x];
  let fx = of(x);
  let [fw, fv] = [fx, fx];
  let [step, before] = [0, 0];
  for (let iteration = 0; iteration < 500; iteration++) {
    const tolerance = 1.48e-8 * Math.abs(x) + 1e-11;
    const centre = (a + b) / 2;
    if (Math.abs(x - centre) < 2 * tolerance - (b - a) / 2) break;
    // the parabola through the three best points, if it leads inside and is not wild
    const r = (x - w) * (fx - fv);
    let q = (x - v) * (fx - fw);
    let p = (x - v) * q - (x - w) * r;
    q = 2 * (q - r);
    if (q > 0) p = -p;
    q = Math.abs(q);
    const parabola =
      Math.abs(before) > tolerance &&
      p > q * (a - x) &&
      p < q * (b - x) &&
      Math.abs(p) < Math.abs((q * before) / 2);
    if (parabola) {
      before = step;
      step = p / q;
      const u = x + step;
      if (u - a < 2 * tolerance || b - u < 2 * tolerance) step = centre >= x ? tolerance : -tolerance;
    } else {
      before = x >= centre ? a - x : b - x;
      step = 0.381966 * before;
    }
    const u = x + (Math.abs(step) >= tolerance ? step : step >= 0 ? tolerance : -tolerance);
    const fu = of(u);
    if (fu <= fx) {
      if (u >= x) a = x;
      else b = x;
      [v, w, x] = [w, x, u];
      [fv, fw, fx] = [fw, fx, fu];
      continue;
    }
    if (u < x) a = u;
    else b = u;
    if (fu <= fw || w === x) {
      [v, w] = [w, u];
      [fv, fw] = [fw, fu];
    } else if (fu <= fv || v === x || v === w) {
      v = u;
      fv = fu;
    }
  }
  return x;
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
