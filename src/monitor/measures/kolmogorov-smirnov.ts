/** @file The Kolmogorov-Smirnov test of two samples: the largest gap of their cumulative shares, and its p. */
import { logGamma } from "../../core/index.ts";
import { rowsIn, type Weighted, walk, weighted } from "./weighted.ts";

/** What the test gives. */
export interface KolmogorovSmirnov {
  /** D = max |F(x) − G(x)|, 0 to 1. */
  readonly statistic: number;
  /** P of a gap as large when both are samples of one distribution, 0 to 1. */
  readonly p: number;
}

/** Samples of up to so many rows have their exact p, as in SciPy. */
const exactRows = 10_000;

/**
 * The two-sided Kolmogorov-Smirnov test of two samples. Up to 10,000 rows a side p is exact: the share of
 * lattice paths that reach the gap, O(n m). Above, it is that of one sample of nm/(n + m) rows: Smirnov's
 * sum in the tail, the expansion of Pelz and Good elsewhere.
 *
 * @param reference - Numbers, shape [n], in any order; NaN is left out.
 * @param current - Numbers, shape [m].
 * @returns D and p; D is 0 and p is 1 where a side has no numbers.
 * @example
 * ```ts
 * kolmogorovSmirnov([1, 2, 3, 4], [3, 4, 5, 6]).statistic // => 0.5
 * kolmogorovSmirnov([1, 2, 3, 4], [3, 4, 5, 6]).p.toFixed(4) // => "0.7714"
 * ```
 * @see Hodges, Arkiv för Matematik 3, 1958; Simard & L'Ecuyer, Journal of Statistical Software 39(11), 2011.
 * Peer: SciPy `ks_2samp`.
 */
export function kolmogorovSmirnov(
  reference: ArrayLike<number>,
  current: ArrayLike<number>,
): KolmogorovSmirnov {
  return kolmogorovSmirnovOf(weighted(reference), weighted(current));
}

/** {@link kolmogorovSmirnov} of distributions. */
export function kolmogorovSmirnovOf(reference: Weighted, current: Weighted): KolmogorovSmirnov {
  const [n, m] = [rowsIn(reference), rowsIn(current)];
  if (n === 0 || m === 0) return { statistic: 0, p: 1 };
  let statistic = 0;
  walk(reference, current, (_, [below, belowNow]) => {
    statistic = Math.max(statistic, Math.abs(below / n - belowNow / m));
  });
  const isExact = Math.max(n, m) <= exactRows;
  const p = isExact ? exactTail(statistic, n, m) : tailOf(Math.round((n * m) / (n + m)), statistic);
  return { statistic, p: Math.min(1, Math.max(0, p)) };
}

/** P(D ≥ d) as the share of paths from (0, 0) to (n, m) that come at least so far from the diagonal. */
function exactTail(d: number, n: number, m: number): number {
  const common = divisor(n, m);
  const [stepN, stepM] = [m / common, n / common];
  const h = Math.round(d * n * stepN);
  if (h === 0) return 1;
  const row = new Float64Array(m + 1); // the share for (i, j), j = 0 … m
  for (let i = 0; i <= n; i++)
    for (let j = 0; j <= m; j++) {
      const isOutside = Math.abs(i * stepN - j * stepM) >= h;
      const [up, left] = [row[j] ?? 0, j === 0 ? 0 : (row[j - 1] ?? 0)];
      row[j] = isOutside ? 1 : (up * i + left * j) / Math.max(1, i + j);
    }
  return row[m] ?? 1;
}

function divisor(a: number, b: number): number {
  return b === 0 ? a : divisor(b, a % b);
}

/** P(D ≥ d) of one sample of n rows against its distribution, for large n. */
function tailOf(n: number, d: number): number {
  const square = n * d * d;
  if (d <= 0) return 1;
  if (square >= 370) return 0;
  return square >= 2.2 ? 2 * smirnov(n, d) : 1 - pelzGood(n, d);
}

/** Smirnov's one-sided tail d Σⱼ C(n, j) (d + j/n)^(j − 1) (1 − d − j/n)^(n − j). O(n). */
function smirnov(n: number, d: number): number {
  let sum = 0;
  let logChoose = 0; // ln C(n, j)
  for (let j = 0; j <= n * (1 - d); j++) {
    if (j > 0) logChoose += Math.log((n - j + 1) / j);
    if (j % 1000 === 0) logChoose = logGamma(n + 1) - logGamma(j + 1) - logGamma(n - j + 1);
    const [up, down] = [d + j / n, 1 - d - j / n];
    const log = logChoose + (j - 1) * Math.log(up) + (n - j) * (down > 0 ? Math.log(down) : 0);
    if (down > 0 || n === j) sum += Math.exp(log);
  }
  return d * sum;
}

/** P(D < d) by the expansion of Pelz and Good, Journal of the Royal Statistical Society B 38, 1976. */
function pelzGood(n: number, d: number): number {
  const z2 = n * d * d;
  const [z4, z6] = [z2 * z2, z2 * z2 * z2];
  const z = Math.sqrt(z2);
  const pi2 = Math.PI ** 2;
  const pi4 = pi2 * pi2;
  const w = pi2 / (2 * z2);
  const root = Math.sqrt(n);
  const [c, c2] = [Math.sqrt(2 * Math.PI), Math.sqrt(Math.PI / 2)];
  let [k0, k1, k2, k2b, k3, k3b] = [0, 0, 0, 0, 0, 0];
  for (let j = 0; j <= 20; j++) {
    const half = (j + 0.5) ** 2;
    const e = Math.exp(-half * w);
    k0 += e;
    k1 += (pi2 * half - z2) * e;
    k2 += (6 * z6 + 2 * z4 + pi2 * (2 * z4 - 5 * z2) * half + pi4 * (1 - 2 * z2) * half ** 2) * e;
    k3 +=
      (-30 * z6 -
        90 * z6 * z2 +
        pi2 * (135 * z4 - 96 * z6) * half +
        pi4 * (212 * z4 - 60 * z2) * half ** 2 +
        pi2 * pi4 * half ** 3 * (5 - 30 * z2)) *
      e;
    const whole = j * j;
    const f = Math.exp(-whole * w);
    k2b += pi2 * whole * f;
    k3b += (3 * pi2 * whole * z2 - pi4 * whole ** 2) * f;
  }
  return (
    (k0 * c) / z +
    (k1 * c2) / (root * 3 * z4) +
    (k2 * c2) / (n * 36 * z * z6) -
    (k2b * c2) / (n * 18 * z * z2) +
    (k3 * c2) / (root * n * 3240 * z4 * z6) +
    (k3b * c2) / (root * n * 108 * z6)
  );
}
