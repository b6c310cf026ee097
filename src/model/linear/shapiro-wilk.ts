/** @file The test of Shapiro and Wilk: whether numbers come from a normal distribution. */
import { normalQuantile, normalTails } from "../../core/index.ts";

/** A statistic and how likely one as far out is by chance. */
export interface TestResult {
  readonly statistic: number;
  /** 0 to 1. */
  readonly p: number;
}

const poly = (coefficients: readonly number[], x: number): number =>
  coefficients.reduceRight((sum, c) => sum * x + c, 0);

/**
 * W, the square of how well sorted values follow the line of normal scores, 0 to 1, and its p by Royston's
 * approximation. O(n·log n).
 *
 * @param values - 3 to 5,000 numbers, not all equal.
 * @returns The result; undefined for fewer, more, or equal values.
 * @see Royston, Applied Statistics 44(4), 1995, algorithm AS R94. Peer: SciPy `stats.shapiro`.
 */
export function shapiroWilk(values: Float64Array): TestResult | undefined {
  const n = values.length;
  const sorted = values.slice().sort();
  if (n < 3 || n > 5000 || sorted[0] === sorted[n - 1]) return undefined;
  const scores = weightsOf(n);
  const mean = sorted.reduce((sum, v) => sum + v, 0) / n;
  let [along, squares] = [0, 0];
  for (const [i, value] of sorted.entries()) {
    const mirrored = n - 1 - i;
    const score = i < mirrored ? -(scores[i] ?? 0) : i > mirrored ? (scores[mirrored] ?? 0) : 0;
    along += score * value;
    squares += (value - mean) ** 2;
  }
  const statistic = Math.min(1, along ** 2 / squares);
  return { statistic, p: tailOf(statistic, n) };
}

/** The weights of the larger half of the values, the largest first: positive numbers. */
function weightsOf(n: number): Float64Array {
  const half = Math.floor(n / 2);
  if (n === 3) return Float64Array.of(Math.SQRT1_2);
  const m = Float64Array.from(
    { length: half },
    (_, i) => -normalQuantile((i + 1 - 0.375) / (n + 0.25)),
  );
  const total = 2 * m.reduce((sum, v) => sum + v * v, 0);
  const u = 1 / Math.sqrt(n);
  const [m1 = 0, m2 = 0] = m;
  const a1 =
    m1 / Math.sqrt(total) + poly([0, 0.221157, -0.147981, -2.07119, 4.434685, -2.706056], u);
  const a2 =
    m2 / Math.sqrt(total) + poly([0, 0.042981, -0.293762, -1.752461, 5.682633, -3.582633], u);
  const ends = n > 5 ? [a1, a2] : [a1];
  const used = ends.reduce((sum, _, i) => sum + 2 * (m[i] ?? 0) ** 2, 0);
  const taken = ends.reduce((sum, a) => sum + 2 * a * a, 0);
  const scale = Math.sqrt((total - used) / (1 - taken));
  return m.map((v, i) => ends[i] ?? v / scale);
}

function tailOf(w: number, n: number): number {
  if (n === 3)
    return Math.max(0, (6 / Math.PI) * (Math.asin(Math.sqrt(w)) - Math.asin(Math.sqrt(0.75))));
  const y = Math.log1p(-w);
  if (n <= 11) {
    const gamma = poly([-2.273, 0.459], n);
    if (y >= gamma) return 0;
    const spread = Math.exp(poly([1.3822, -0.77857, 0.062767, -0.0020322], n));
    return above((-Math.log(gamma - y) - poly([0.544, -0.39978, 0.025054, -6.714e-4], n)) / spread);
  }
  const x = Math.log(n);
  const spread = Math.exp(poly([-0.4803, -0.082676, 0.0030302], x));
  return above((y - poly([-1.5861, -0.31082, -0.083751, 0.0038915], x)) / spread);
}

/** P(Z ≥ z). */
function above(z: number): number {
  const tails = normalTails(z) / 2;
  return z > 0 ? tails : 1 - tails;
}
