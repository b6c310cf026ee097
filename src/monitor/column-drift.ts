/** @file One column compared: the measure, what it gives, and the level. */
import { chanceOf, noiseOf, rarelyChance, wassersteinNoise } from "./chance.ts";
import { type DriftMeasure, type Judge, levels } from "./drift-judge.ts";
import { fail } from "./errors.ts";
import type { ColumnSummary, MeasuredDrift } from "./measured-drift.ts";
import { chiSquareTest, homogeneityTest, proportionTest } from "./measures/chi-square.ts";
import { hellinger, jensenShannon, klDivergence, totalVariation } from "./measures/divergences.ts";
import { kolmogorovSmirnovOf } from "./measures/kolmogorov-smirnov.ts";
import { wassersteinOf } from "./measures/wasserstein.ts";
import type { Weighted } from "./measures/weighted.ts";
import { populationStability, stabilityOfCounts } from "./psi.ts";
import { finiteRows, hasMoments, inCommon, type NumberSketch } from "./sketch/number-sketch.ts";
import { unseenShare } from "./sketch/rare-labels.ts";
import { type ColumnSketch, rowsOf } from "./sketch/table-sketch.ts";
import { bucketsOf, type Counted } from "./sketch-buckets.ts";
import type { Pair } from "./sketch-pair.ts";

/** Compares one column. Throws `monitor/missing-values`, `monitor/unsupported-measure`. */
export function compareColumn(pair: Pair, judge: Judge): MeasuredDrift {
  const { column, shape } = pair;
  const common = shape === "numbers" ? inCommon(pair.a, pair.b) : undefined;
  const chosen = judge.measureOf(column);
  const measure = chosen === "auto" ? autoMeasure(pair, common) : chosen;
  const buckets = bucketsOf(pair, { bins: judge.bins, fewNumbers });
  const found = measured({ measure, pair, common, buckets, at: judge.at });
  const [reference, current] = [summaryOf(pair.a), summaryOf(pair.b)];
  const missing = missingDrift(reference, current, judge);
  const own = found.isChance ? "none" : judge.level(measure, found.value);
  return {
    column,
    kind: shape,
    measure,
    value: found.value,
    statistic: found.statistic,
    noise: found.noise,
    level: levels[Math.max(levels.indexOf(own), levels.indexOf(missing.level))] ?? own,
    missing,
    unknownWords: shape === "texts" ? unseenShare(pair.b.tokens, pair.a.tokens) : null,
    reference,
    current,
    buckets: buckets.shares,
  };
}

/** The share of missing values, judged by its PSI and by whether chance explains it. */
function missingDrift(before: ColumnSummary, now: ColumnSummary, judge: Judge) {
  const counts = ({ rows, missing }: ColumnSummary) => [rows * missing, rows * (1 - missing)];
  const [a, b] = [counts(before), counts(now)];
  const psi = stabilityOfCounts(a, b);
  const isChance = homogeneityTest(a, b).p >= rarelyChance;
  return { psi, level: isChance ? ("none" as const) : judge.level("psi", psi) };
}

/** What a measure gives, and what of it is chance. Tests have that in their p. */
interface Found {
  readonly value: number;
  readonly statistic: number | null;
  readonly noise: number | null;
  readonly isChance: boolean;
}
const tested = (value: number, statistic: number | null): Found => ({
  value,
  statistic,
  noise: null,
  isChance: false,
});

type Common = ReturnType<typeof inCommon>;

/** Up to so many rows in the reference are judged by tests, as in Evidently. */
const testedRows = 1000;
const fewValues = 5;
/** So many numbers are counted one by one, as in Evidently. */
const fewNumbers = 20;

function autoMeasure(pair: Pair, common: Common | undefined): DriftMeasure {
  const isSmall = rowsOf(pair.a) <= testedRows;
  if (pair.shape === "numbers" && !(hasMoments(pair.a) && hasMoments(pair.b))) return "psi"; // nothing but missing values, which are a bucket of it, or values too large for distances
  const distinct = distinctOf(pair, common);
  if (pair.shape === "numbers" && distinct > fewValues)
    return isSmall ? "kolmogorov-smirnov" : "wasserstein";
  if (!isSmall) return "jensen-shannon";
  return distinct === 2 && missingIn(pair) === 0 ? "z" : "homogeneity";
}

function distinctOf(pair: Pair, common: Common | undefined): number {
  if (common !== undefined) return new Set([...common.a.values, ...common.b.values]).size;
  if (pair.shape === "labels")
    return new Set([...pair.a.counts.keys(), ...pair.b.counts.keys()]).size;
  return Number.POSITIVE_INFINITY;
}

/** Rows that are in no value: with them, two values are three buckets. */
function missingIn({ shape, a, b }: Pair): number {
  if (shape === "numbers") return a.rows + b.rows - finiteRows(a) - finiteRows(b);
  return shape === "labels" ? a.missing + b.missing : 0;
}

function measured(task: {
  readonly measure: DriftMeasure;
  readonly pair: Pair;
  readonly common: Common | undefined;
  readonly buckets: Counted;
  readonly at: string;
}): Found {
  const { measure, pair, common, buckets, at } = task;
  const { column } = pair;
  const refuse = (reason: string): never =>
    fail("monitor/unsupported-measure", { at, column, measure, reason });
  if (measure === "wasserstein" || measure === "kolmogorov-smirnov") {
    if (common === undefined || pair.shape !== "numbers")
      return refuse("it takes numbers, and the column has labels");
    return distanceOfNumbers(at, measure, { ...pair, common });
  }
  const [before, now] = buckets.counts;
  if (measure === "chi-square" || measure === "homogeneity") {
    const test = measure === "homogeneity" ? homogeneityTest : chiSquareTest;
    const { statistic, p } = test(before, now);
    return tested(p, Number.isFinite(statistic) ? statistic : null);
  }
  if (measure === "z") return twoShares(buckets, refuse);
  const p = buckets.shares.map(({ reference }) => reference);
  const q = buckets.shares.map(({ current }) => current);
  return {
    value: distances[measure](p, q),
    statistic: null,
    noise: noiseOf(measure, pair, buckets.shares.length),
    isChance: chanceOf(pair, buckets.counts) >= rarelyChance,
  };
}

const distances: Readonly<
  Record<
    Exclude<
      DriftMeasure,
      "wasserstein" | "kolmogorov-smirnov" | "chi-square" | "homogeneity" | "z"
    >,
    (p: readonly number[], q: readonly number[]) => number
  >
> = {
  psi: populationStability,
  kl: klDivergence,
  "jensen-shannon": (p, q) => jensenShannon(p, q).distance,
  hellinger,
  "total-variation": totalVariation,
};

function distanceOfNumbers(
  at: string,
  measure: "wasserstein" | "kolmogorov-smirnov",
  pair: {
    readonly column: string;
    readonly a: NumberSketch;
    readonly b: NumberSketch;
    readonly common: { readonly a: Weighted; readonly b: Weighted };
  },
): Found {
  const { column, a, b, common } = pair;
  const [n, m] = [finiteRows(a), finiteRows(b)];
  if (n + m === 0) return tested(measure === "wasserstein" ? 0 : 1, null);
  for (const [which, rows] of [
    ["reference", n],
    ["current", m],
  ] as const)
    if (rows === 0) fail("monitor/missing-values", { at, which, column });
  if (measure === "kolmogorov-smirnov") {
    const { statistic, p } = kolmogorovSmirnovOf(common.a, common.b);
    return tested(p, statistic);
  }
  if (!hasMoments(a) || !hasMoments(b))
    fail("monitor/unsupported-measure", {
      at,
      column,
      measure,
      reason: "its values are too large for distances",
    });
  const norm = Math.max(Math.sqrt(a.squares / n), 0.001);
  const value = wassersteinOf(common.a, common.b) / norm;
  const noise = wassersteinNoise(common.a, common.b) / norm;
  return { value, statistic: null, noise, isChance: value <= timesNoise * noise };
}

/** Chance gives so many times the Wasserstein distance that is to be expected less than once in a thousand. */
const timesNoise = 3;

/** The z-test of the first of two buckets; missing values are a third, and then it is no test of two shares. */
function twoShares(
  { counts: [before, now], shares }: Counted,
  refuse: (reason: string) => never,
): Found {
  if (shares.length > 2) return refuse("it takes two values, and missing ones are a third");
  const of = (counts: readonly number[]) => ({
    yes: counts[0] ?? 0,
    rows: counts.reduce((sum, n) => sum + n, 0),
  });
  const { z, p } = proportionTest(of(before), of(now));
  return tested(p, z);
}

function summaryOf(sketch: ColumnSketch): ColumnSummary {
  if (sketch.shape === "texts")
    return { ...summaryOf(sketch.lengths), ...missingOf(sketch.labels) };
  if (sketch.shape === "labels") return { ...missingOf(sketch), infinite: 0, ...noMoments };
  const n = finiteRows(sketch);
  const infinite = (sketch.infinite[0] + sketch.infinite[1]) / Math.max(1, sketch.rows);
  if (!hasMoments(sketch)) return { ...missingOf(sketch), infinite, ...noMoments };
  const { mean, min, max, squares } = sketch;
  return { ...missingOf(sketch), infinite, mean, deviation: Math.sqrt(squares / n), min, max };
}

const noMoments = { mean: null, deviation: null, min: null, max: null };
const missingOf = ({ rows, missing }: { rows: number; missing: number }) => ({
  rows,
  missing: missing / Math.max(1, rows),
});
