/** @file Two sketches of a column counted in the same buckets. */
import { bucketLabels, edgesOf } from "./buckets.ts";
import type { MeasuredBucket } from "./measured-drift.ts";
import type { Weighted } from "./measures/weighted.ts";
import { type LabelSketch, labelsOfBoth } from "./sketch/label-sketch.ts";
import type { inCommon, NumberSketch } from "./sketch/number-sketch.ts";
import type { Pair } from "./sketch-pair.ts";

/** Rows by bucket, in both tables; the last two are missing and what is in no other. */
export interface Counted {
  readonly counts: readonly [readonly number[], readonly number[]];
  readonly shares: readonly MeasuredBucket[];
}

/** The buckets of a column: of numbers between quantiles of the reference, else one per label or word. */
export function bucketsOf(
  pair: Pair,
  common: ReturnType<typeof inCommon> | undefined,
  bins: number,
): Counted {
  if (pair.shape === "numbers" && common !== undefined) return numberBuckets(pair, common, bins);
  if (pair.shape === "texts") return labelBuckets(pair.a.tokens, pair.b.tokens);
  return pair.shape === "labels" ? labelBuckets(pair.a, pair.b) : { counts: [[], []], shares: [] };
}

function labelBuckets(a: LabelSketch, b: LabelSketch): Counted {
  const both = labelsOfBoth(a, b);
  return counted([...both.labels, "(other)", "(missing)"], {
    a: [...both.a, a.missing],
    b: [...both.b, b.missing],
  });
}

/** Left-closed buckets between quantiles of the reference, as {@link compareDrift} has them, few values one by one. */
function numberBuckets(
  { a, b }: { readonly a: NumberSketch; readonly b: NumberSketch },
  common: { readonly a: Weighted; readonly b: Weighted },
  bins: number,
): Counted {
  const edges = edgesOf(quantilesOf(common.a, bins));
  const extra = (sketch: NumberSketch): number[] => [...sketch.infinite, sketch.missing];
  return counted([...bucketLabels({ shape: "numbers", edges }), "−∞", "∞", "(missing)"], {
    a: [...countIn(common.a, edges), ...extra(a)],
    b: [...countIn(common.b, edges), ...extra(b)],
  });
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
