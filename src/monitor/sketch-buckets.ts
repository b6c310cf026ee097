/** @file Two sketches of a column counted in the same buckets. */
import { bucketLabels, edgesOf } from "./buckets.ts";
import type { Weighted } from "./measures/weighted.ts";
import type { LabelSketch } from "./sketch/label-sketch.ts";
import { inCommon, type NumberSketch } from "./sketch/number-sketch.ts";
import { unlistedRows } from "./sketch/rare-labels.ts";
import type { Pair } from "./sketch-pair.ts";

/** One bucket of a column, and the share of each table's rows in it. */
export interface DriftBucket {
  readonly label: string;
  readonly reference: number;
  readonly current: number;
}

/** Rows by bucket, in both tables. */
export interface Counted {
  readonly counts: readonly [readonly number[], readonly number[]];
  readonly shares: readonly DriftBucket[];
}

/** How a column is put into buckets. */
export interface Bucketing {
  /** Buckets of numbers, between quantiles of the reference. */
  readonly bins: number;
  /** Where the reference has no more different numbers than so many, each has a bucket instead. Default 0. */
  readonly fewNumbers?: number;
  /** Of labels only so many have a bucket, the most frequent of both tables. Default: all that are counted often enough. */
  readonly mostLabels?: number;
}

/** The buckets of a column: of numbers between quantiles of the reference, else one per label or word. */
export function bucketsOf(pair: Pair, how: Bucketing): Counted {
  if (pair.shape === "numbers") return numberBuckets(pair, how);
  if (pair.shape === "texts") return labelBuckets(pair.a.tokens, pair.b.tokens, how);
  return labelBuckets(pair.a, pair.b, how);
}

/**
 * A label has a bucket of its own where 5 rows or more are to be expected of it in either table, by both together: so that
 * chance chooses alike in both, and does not look like drift. What has no bucket is other, except what one table has
 * and the other never had, beyond chance.
 *
 * @see Cochran, Annals of Mathematical Statistics 23(3), 1952: expected counts of 5.
 */
function labelBuckets(a: LabelSketch, b: LabelSketch, { mostLabels }: Bucketing): Counted {
  const both = new Map<string, number>();
  for (const label of [...comparable(a, b), ...comparable(b, a)])
    both.set(label, (a.counts.get(label) ?? 0) + (b.counts.get(label) ?? 0));
  const least = (leastExpected * (a.rows + b.rows)) / Math.max(1, Math.min(a.rows, b.rows));
  const labels = [...both]
    .filter(([, rows]) => rows >= least)
    .sort(([x, n], [y, m]) => m - n || (x < y ? -1 : 1))
    .slice(0, mostLabels)
    .map(([label]) => label);
  const listed = new Set(labels);
  const of = (sketch: LabelSketch): number[] =>
    labels.map((label) => sketch.counts.get(label) ?? 0);
  const [before, now] = [unlistedRows(a, b, listed), unlistedRows(b, a, listed)];
  return counted([...labels, "(other)", "(gone)", "(new)", "(missing)"], {
    a: [...of(a), before.rows - before.news, before.news, 0, a.missing],
    b: [...of(b), now.rows - now.news, 0, now.news, b.missing],
  });
}

const leastExpected = 5;

/**
 * Labels whose rows are known in both: counted in both, or so frequent in one that the other's error is little beside it.
 * Which of many rare labels are counted is chance, and must not look like drift.
 */
function comparable(own: LabelSketch, other: LabelSketch): readonly string[] {
  const least = (4 * other.error * own.rows) / Math.max(1, other.rows);
  return [...own.counts]
    .filter(([label, n]) => other.counts.has(label) || n >= least)
    .map(([label]) => label);
}

function numberBuckets(
  { a, b }: { readonly a: NumberSketch; readonly b: NumberSketch },
  { bins, fewNumbers = 0 }: Bucketing,
): Counted {
  const common = inCommon(a, b);
  const isFew = common.a.values.length <= fewNumbers;
  const { labels, of } = isFew ? oneByOne(common.a) : betweenQuantiles(common.a, bins);
  const extra = (sketch: NumberSketch): number[] => [...sketch.infinite, sketch.missing];
  return counted([...labels, "−∞", "∞", "(missing)"], {
    a: [...of(common.a), ...extra(a)],
    b: [...of(common.b), ...extra(b)],
  });
}

/** Buckets by name, and the rows of a column in each. */
interface Cut {
  readonly labels: readonly string[];
  readonly of: (column: Weighted) => readonly number[];
}

/** Left-closed buckets between quantiles. */
function betweenQuantiles(reference: Weighted, bins: number): Cut {
  const edges = edgesOf(quantilesOf(reference, bins));
  return { labels: bucketLabels(edges), of: (column) => countIn(column, edges) };
}

/** A bucket for each number of the reference, and one for all others. */
function oneByOne({ values }: Weighted): Cut {
  return {
    labels: [...Array.from(values, String), "(new)"],
    of: (column) => {
      const rows = new Map(Array.from(column.values, (value, i) => [value, column.counts[i] ?? 0]));
      const own = Array.from(values, (value) => rows.get(value) ?? 0);
      const sum = (counts: Iterable<number>): number =>
        [...counts].reduce((total, n) => total + n, 0);
      return [...own, sum(column.counts) - sum(own)];
    },
  };
}

function counted(
  labels: readonly string[],
  rows: { readonly a: readonly number[]; readonly b: readonly number[] },
): Counted {
  const total = (counts: readonly number[]): number =>
    Math.max(
      1,
      counts.reduce((sum, n) => sum + n, 0),
    );
  const [n, m] = [total(rows.a), total(rows.b)];
  const kept = labels
    .map((label, i) => ({ label, a: rows.a[i] ?? 0, b: rows.b[i] ?? 0 }))
    .filter(({ a, b }) => a + b > 0);
  return {
    counts: [kept.map(({ a }) => a), kept.map(({ b }) => b)],
    shares: kept.map(({ label, a, b }) => ({ label, reference: a / n, current: b / m })),
  };
}

/** Values below which 1/bins, 2/bins … of the rows are. */
function quantilesOf({ values, counts }: Weighted, bins: number): readonly number[] {
  const rows = counts.reduce((sum, n) => sum + n, 0);
  const found: number[] = [];
  let below = 0;
  for (const [i, value] of values.entries()) {
    below += counts[i] ?? 0;
    while (found.length < bins - 1 && below >= Math.ceil(((found.length + 1) / bins) * rows))
      found.push(value);
  }
  return found;
}

function countIn({ values, counts }: Weighted, edges: readonly number[]): readonly number[] {
  const found = new Array<number>(edges.length + 1).fill(0);
  let bucket = 0;
  for (const [i, value] of values.entries()) {
    while (bucket < edges.length && value >= (edges[bucket] ?? 0)) bucket += 1;
    found[bucket] = (found[bucket] ?? 0) + (counts[i] ?? 0);
  }
  return found;
}
