/** @file Tails and quantiles of the distributions by which tests judge: normal, chi-square, Student's t, F. */

const lanczos = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313,
  -176.61502916214059, 12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6,
  1.5056327351493116e-7,
];

/**
 * ln Γ(x) for x > 0, to about 1e-14 of its size.
 *
 * @example
 * ```ts
 * Math.abs(logGamma(5) - Math.log(24)) < 1e-12 // => true
 * ```
 * @see Lanczos, SIAM J. Numerical Analysis B 1, 1964; g = 7, n = 9.
 */
export function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  const t = x + 6.5;
  let sum = lanczos[0] ?? 1;
  for (let i = 1; i < lanczos.length; i++) sum += (lanczos[i] ?? 0) / (x - 1 + i);
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(t) - t + Math.log(sum);
}

/**
 * The upper incomplete gamma function Q(a, x) = Γ(a, x) / Γ(a), 0 to 1: by its series below x = a + 1, by
 * Lentz's continued fraction above, so that small tails keep their digits.
 *
 * @param a - Above 0.
 * @param x - At least 0.
 * @example
 * ```ts
 * upperGamma(1, 2) // => Math.exp(-2)
 * ```
 * @see Press et al., Numerical Recipes, 3rd edition, 2007, section 6.2.
 */
export function upperGamma(a: number, x: number): number {
  if (x <= 0) return 1;
  if (x === Number.POSITIVE_INFINITY) return 0;
  const scale = Math.exp(a * Math.log(x) - x - logGamma(a));
  if (x < a + 1) return Math.max(0, 1 - scale * seriesOf(a, x));
  return Math.min(1, scale * fractionOf(a, x));
}

function seriesOf(a: number, x: number): number {
  let [term, sum] = [1 / a, 1 / a];
  for (let n = 1; n < 100_000 && Math.abs(term) > Math.abs(sum) * 1e-16; n++) {
    term *= x / (a + n);
    sum += term;
  }
  return sum;
}

function fractionOf(a: number, x: number): number {
  const tiny = 1e-300;
  let b = x + 1 - a;
  let c = 1 / tiny;
  let d = 1 / b;
  let h = d;
  for (let i = 1; i < 100_000; i++) {
    const an = -i * (i - a);
    b += 2;
    d = an * d + b;
    if (Math.abs(d) < tiny) d = tiny;
    c = b + an / c;
    if (Math.abs(c) < tiny) c = tiny;
    d = 1 / d;
    const step = d * c;
    h *= step;
    if (Math.abs(step - 1) < 1e-15) break;
  }
  return h;
}

/**
 * P(X ≥ x) of a chi-square variable with so many degrees of freedom.
 *
 * @example
 * ```ts
 * chiSquareTail(2, 2) // => Math.exp(-1)
 * ```
 */
export function chiSquareTail(x: number, degrees: number): number {
  return degrees <= 0 ? 1 : upperGamma(degrees / 2, x / 2);
}

/**
 * P(|Z| ≥ |z|) of a standard normal variable: erfc(|z| / √2).
 *
 * @example
 * ```ts
 * normalTails(0) // => 1
 * normalTails(1.959963984540054).toFixed(12) // => "0.050000000000"
 * ```
 */
export function normalTails(z: number): number {
  return upperGamma(0.5, (z * z) / 2);
}

/**
 * The regularised incomplete beta function I(x; a, b), 0 to 1, by Lentz's continued fraction.
 *
 * @param x - 0 to 1.
 * @param a - Above 0.
 * @param b - Above 0.
 * @example
 * ```ts
 * incompleteBeta(0.25, 1, 1).toFixed(12) // => "0.250000000000"
 * ```
 * @see Press et al., Numerical Recipes, 3rd edition, 2007, section 6.4.
 */
export function incompleteBeta(x: number, a: number, b: number): number {
  if (!(x > 0)) return Number.isNaN(x) ? Number.NaN : 0;
  if (x >= 1) return 1;
  const front = Math.exp(
    logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x),
  );
  return x < (a + 1) / (a + b + 2)
    ? (front * betaFraction(x, a, b)) / a
    : 1 - (front * betaFraction(1 - x, b, a)) / b;
}

function betaFraction(x: number, a: number, b: number): number {
  const tiny = 1e-300;
  const off0 = (value: number): number => (Math.abs(value) < tiny ? tiny : value);
  let c = 1;
  let d = 1 / off0(1 - ((a + b) * x) / (a + 1));
  let h = d;
  for (let m = 1; m < 100_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / off0(1 + even * d);
    c = off0(1 + even / c);
    h *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / off0(1 + odd * d);
    c = off0(1 + odd / c);
    h *= d * c;
    if (Math.abs(d * c - 1) < 1e-15) break;
  }
  return h;
}

/**
 * P(|T| ≥ |t|) of Student's t with so many degrees of freedom.
 *
 * @example
 * ```ts
 * studentTails(1, 1).toFixed(12) // => "0.500000000000"
 * ```
 */
export function studentTails(t: number, degrees: number): number {
  if (Math.abs(t) === Number.POSITIVE_INFINITY) return 0;
  return incompleteBeta(degrees / (degrees + t * t), degrees / 2, 0.5);
}

/**
 * P(F ≥ f) of Fisher's F with so many degrees of freedom above and below.
 *
 * @example
 * ```ts
 * fisherTail(1, 5, 5).toFixed(12) // => "0.500000000000"
 * ```
 */
export function fisherTail(f: number, above: number, below: number): number {
  if (!(f > 0)) return Number.isNaN(f) ? Number.NaN : 1;
  return incompleteBeta(below / (below + above * f), below / 2, above / 2);
}

/**
 * The t that |T| exceeds with probability `tails`, by bisection: half the width of an interval.
 *
 * @param tails - Above 0, below 1: 0.05 for an interval of 95 %.
 * @param degrees - Degrees of freedom; infinity gives the normal distribution.
 * @example
 * ```ts
 * studentQuantile(0.05, 10).toFixed(9) // => "2.228138852"
 * studentQuantile(0.05, Number.POSITIVE_INFINITY).toFixed(9) // => "1.959963985"
 * ```
 */
export function studentQuantile(tails: number, degrees: number): number {
  const beyond = (t: number): number =>
    degrees === Number.POSITIVE_INFINITY ? normalTails(t) : studentTails(t, degrees);
  let [low, high] = [0, 1];
  while (beyond(high) > tails && high < 1e300) high *= 2;
  for (let i = 0; i < 200; i++) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    if (beyond(middle) > tails) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/**
 * The z below which a standard normal variable lies with probability p.
 *
 * @param p - Above 0, below 1.
 * @example
 * ```ts
 * normalQuantile(0.975).toFixed(9) // => "1.959963985"
 * ```
 */
export function normalQuantile(p: number): number {
  if (p === 0.5) return 0;
  const size = studentQuantile(2 * Math.min(p, 1 - p), Number.POSITIVE_INFINITY);
  return p < 0.5 ? -size : size;
}
