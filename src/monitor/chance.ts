/** @file What chance alone gives where nothing has changed: the figure to expect, and whether more was found. */

import { chiSquareTail } from "../core/index.ts";
import type { DriftMeasure } from "./drift-judge.ts";
import { homogeneityTest } from "./measures/chi-square.ts";
import { rowsIn, type Weighted, walk } from "./measures/weighted.ts";
import { expectedNoise } from "./psi.ts";
import { rowsOf } from "./sketch/table-sketch.ts";
import type { Counted } from "./sketch-buckets.ts";
import type { Pair } from "./sketch-pair.ts";

/** A difference that chance gives less often is none of chance. */
export const rarelyChance = 1e-3;

/**
 * How often chance alone makes buckets differ as much: p of the chi-square test of two samples. Words of one text hang
 * together, so of texts of l words the statistic and its degrees of freedom are divided by l, as if all of a text always
 * came together.
 *
 * @see Rao & Scott, Journal of the American Statistical Association 76, 1981.
 */
export function chanceOf(pair: Pair, [before, now]: Counted["counts"]): number {
  const { statistic, degrees } = homogeneityTest(before, now);
  if (degrees === 0) return 1;
  const together = wordsARow(pair);
  return chiSquareTail(statistic / together, degrees / together);
}

function wordsARow({ shape, a, b }: Pair): number {
  if (shape !== "texts") return 1;
  return Math.max(1, (a.tokens.rows + b.tokens.rows) / (a.labels.rows + b.labels.rows));
}

/**
 * What a distance of B buckets is to be expected to be by chance, for tables of n and m rows: with e = (B − 1)(1/n + 1/m),
 * about which n m / (n + m) Σ (p − q)² / p lies, PSI is e, KL e / 2, Jensen-Shannon and Hellinger √(e / 8), and total variation √(e / 2π) at
 * most. Null for tests, whose p says it.
 */
export function noiseOf(measure: DriftMeasure, pair: Pair, buckets: number): number | null {
  const e = expectedNoise({ buckets, referenceRows: rowsOf(pair.a), currentRows: rowsOf(pair.b) });
  if (measure === "psi") return e;
  if (measure === "kl") return e / 2;
  if (measure === "jensen-shannon" || measure === "hellinger") return Math.sqrt(e / 8);
  return measure === "total-variation" ? Math.sqrt(e / (2 * Math.PI)) : null;
}

/**
 * The Wasserstein distance to expect by chance: ∫ √(2/π F(1 − F)(1/n + 1/m)) dx, where F is the share of the rows of both
 * tables below x.
 */
export function wassersteinNoise(a: Weighted, b: Weighted): number {
  const [n, m] = [rowsIn(a), rowsIn(b)];
  let sum = 0;
  walk(a, b, (value, [i, j], next) => {
    const below = (i + j) / (n + m);
    if (next < Number.POSITIVE_INFINITY) sum += (next - value) * Math.sqrt(below * (1 - below));
  });
  return sum * Math.sqrt((2 / Math.PI) * (1 / n + 1 / m));
}
