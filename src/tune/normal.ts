/** @file The normal distribution: its distribution function, and the inverse of it. */

/**
 * Φ(x), the share of N(0, 1) below x, to about 1e-15.
 *
 * @see West, Wilmott Magazine, May 2005, after Hart, "Computer Approximations", 1968 (algorithm 5666).
 */
export function normalCdf(x: number): number {
  const a = Math.abs(x);
  if (a > 37) return x > 0 ? 1 : 0;
  const tail = a < 7.07106781186547 ? nearTail(a) : farTail(a);
  return x > 0 ? 1 - tail : tail;
}

function nearTail(a: number): number {
  let above = 3.52624965998911e-2 * a + 0.700383064443688;
  above = above * a + 6.37396220353165;
  above = above * a + 33.912866078383;
  above = above * a + 112.079291497871;
  above = above * a + 221.213596169931;
  above = above * a + 220.206867912376;
  let below = 8.83883476483184e-2 * a + 1.75566716318264;
  below = below * a + 16.064177579207;
  below = below * a + 86.7807322029461;
  below = below * a + 296.564248779674;
  below = below * a + 637.333633378831;
  below = below * a + 793.826512519948;
  below = below * a + 440.413735824752;
  return (Math.exp((-a * a) / 2) * above) / below;
}

function farTail(a: number): number {
  const fraction = a + 1 / (a + 2 / (a + 3 / (a + 4 / (a + 0.65))));
  return Math.exp((-a * a) / 2) / fraction / 2.506628274631;
}

/** φ(x), the density of N(0, 1). */
export const normalDensity = (x: number): number => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);

/**
 * The x for which Φ(x) is a share: a rational approximation, made exact by one step of Halley's.
 *
 * @see Acklam, "An algorithm for computing the inverse normal cumulative distribution function", 2003.
 */
export function normalQuantile(share: number): number {
  if (!(share > 0)) return -Infinity;
  if (share >= 1) return Infinity;
  const x = roughQuantile(share);
  const error = (normalCdf(x) - share) / normalDensity(x);
  return Number.isFinite(error) ? x - error / (1 + (x * error) / 2) : x;
}

function roughQuantile(share: number): number {
  const edge = 0.02425;
  if (share < edge) return tailQuantile(Math.sqrt(-2 * Math.log(share)));
  if (share > 1 - edge) return -tailQuantile(Math.sqrt(-2 * Math.log(1 - share)));
  const q = share - 0.5;
  const r = q * q;
  const above =
    ((((-39.69683028665376 * r + 220.9460984245205) * r - 275.9285104469687) * r +
      138.357751867269) *
      r -
      30.66479806614716) *
      r +
    2.506628277459239;
  const below =
    ((((-54.47609879822406 * r + 161.5858368580409) * r - 155.6989798598866) * r +
      66.80131188771972) *
      r -
      13.28068155288572) *
      r +
    1;
  return (above * q) / below;
}

function tailQuantile(q: number): number {
  const above =
    ((((-0.007784894002430293 * q - 0.3223964580411365) * q - 2.400758277161838) * q -
      2.549732539343734) *
      q +
      4.374664141464968) *
      q +
    2.938163982698783;
  const below =
    (((0.007784695709041462 * q + 0.3224671290700398) * q + 2.445134137142996) * q +
      3.754408661907416) *
      q +
    1;
  return above / below;
}
