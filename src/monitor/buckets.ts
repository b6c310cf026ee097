/** @file Buckets of a column: cut points or labels from the reference, counts of either table. */

/** How one column is put into buckets, as plain data. */
export type Buckets =
  | { readonly shape: "numbers"; readonly edges: readonly number[] }
  | { readonly shape: "labels"; readonly labels: readonly string[] };

/** How many rows of a table fall into each bucket, the last two being missing and other. */
export interface BucketCounts {
  readonly buckets: Buckets;
  /** One count per bucket: edges + 1, or labels. */
  readonly counts: readonly number[];
  /** Labels that the reference has not, or not often. */
  readonly other: number;
  readonly missing: number;
  readonly rows: number;
}

/** At most so many labels have a bucket of their own. */
const maxLabels = 50;

/**
 * Left-closed buckets from quantiles that are values of the column: (−∞, e₁), [e₁, e₂) … [eₖ, ∞).
 * Equal quantiles are merged, and so is a first quantile at the smallest value, so that no bucket
 * of the reference is empty.
 *
 * @param quantiles - Ascending, each a value of the column; equal ones allowed.
 * @param counts - Rows between them: one more than the quantiles.
 */
export function mergeTies(
  quantiles: readonly number[],
  counts: readonly number[],
): { readonly edges: readonly number[]; readonly counts: readonly number[] } {
  const edges: number[] = [];
  const merged: number[] = [counts[0] ?? 0];
  for (const [i, quantile] of quantiles.entries()) {
    const next = counts[i + 1] ?? 0;
    const last = merged.length - 1;
    if ((merged[last] ?? 0) === 0) {
      merged[last] = next; // the bucket before is empty: this one takes its place
      if (edges.length > 0) edges[edges.length - 1] = quantile;
    } else {
      merged.push(next);
      edges.push(quantile);
    }
  }
  return { edges, counts: merged };
}

/** Labels by how often they come, then by name; the rare ones beyond 50 are other. */
export function commonLabels(counts: Readonly<Record<string, number>>): readonly string[] {
  const byCount = Object.entries(counts).sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
  return byCount.slice(0, maxLabels).map(([label]) => label);
}

/** Counts of labels, those without a bucket taken together. */
export function countLabels(
  labels: readonly string[],
  counts: Readonly<Record<string, number>>,
): { readonly counts: readonly number[]; readonly other: number } {
  const known = labels.map((label) => (Object.hasOwn(counts, label) ? (counts[label] ?? 0) : 0));
  const all = Object.values(counts).reduce((sum, n) => sum + n, 0);
  return { counts: known, other: all - known.reduce((sum, n) => sum + n, 0) };
}

/**
 * Buckets and counts of an array of numbers, as the engine would make them; NaN is missing.
 * O(n log n).
 */
export function countNumbers(values: ArrayLike<number>, bins: number): BucketCounts {
  const known = Float64Array.from(values)
    .filter((value) => !Number.isNaN(value))
    .sort();
  const quantiles = Array.from(
    { length: known.length === 0 ? 0 : bins - 1 },
    (_, i) => known[Math.max(0, Math.ceil(((i + 1) / bins) * known.length) - 1)] ?? Number.NaN,
  );
  const below = quantiles.map((quantile) => known.findIndex((value) => value >= quantile));
  const bounds = [0, ...below, known.length];
  const between = bounds.slice(1).map((bound, i) => bound - (bounds[i] ?? 0));
  const { edges, counts } = mergeTies(quantiles, between);
  const missing = values.length - known.length;
  return { buckets: { shape: "numbers", edges }, counts, other: 0, missing, rows: values.length };
}

/** What each bucket is called on a chart, without missing and other. */
export function bucketLabels(buckets: Buckets): readonly string[] {
  if (buckets.shape === "labels") return buckets.labels;
  const edges = buckets.edges.map((edge) => String(Number(edge.toPrecision(4))));
  if (edges.length === 0) return ["all"];
  const middle = edges.slice(1).map((edge, i) => `${edges[i]} to ${edge}`);
  return [`< ${edges[0]}`, ...middle, `≥ ${edges.at(-1)}`];
}
