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
 * Cut points of left-closed buckets (−∞, e₁), [e₁, e₂) … [eₖ, ∞) from quantiles. A value at which
 * several quantiles stand is so common that it gets a bucket of its own, [v, next double): else a
 * column that is nearly constant would have one bucket, and no change of it could be seen.
 *
 * @param quantiles - Ascending, each a value of the column; equal ones allowed.
 */
export function edgesOf(quantiles: readonly number[]): readonly number[] {
  const edges: number[] = [];
  for (const [i, quantile] of quantiles.entries()) {
    if (quantile === quantiles[i - 1]) continue;
    if (quantile !== edges.at(-1)) edges.push(quantile);
    if (quantile === quantiles[i + 1]) edges.push(nextDouble(quantile));
  }
  return edges;
}

/** The smallest double above a finite number. */
function nextDouble(value: number): number {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, value === 0 ? 0 : value);
  bits.setBigInt64(0, bits.getBigInt64(0) + (value >= 0 ? 1n : -1n));
  return bits.getFloat64(0);
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
  const edges = edgesOf(quantiles);
  const below = edges.map((edge) => {
    const first = known.findIndex((value) => value >= edge);
    return first < 0 ? known.length : first;
  });
  const bounds = [0, ...below, known.length];
  const counts = bounds.slice(1).map((bound, i) => bound - (bounds[i] ?? 0));
  const missing = values.length - known.length;
  return { buckets: { shape: "numbers", edges }, counts, other: 0, missing, rows: values.length };
}

/** What each bucket is called on a chart, without missing and other. */
export function bucketLabels(buckets: Buckets): readonly string[] {
  if (buckets.shape === "labels") return buckets.labels;
  const { edges } = buckets;
  if (edges.length === 0) return ["all"];
  return [...edges.keys(), edges.length].map((k) => bucketLabel(edges, k));
}

/** The label of the bucket that ends at edge k. */
function bucketLabel(edges: readonly number[], k: number): string {
  const shown = (i: number): string => String(Number((edges[i] ?? 0).toPrecision(4)));
  const isOwn = (i: number): boolean => edges[i] === nextDouble(edges[i - 1] ?? Number.NaN);
  if (k === 0) return `< ${shown(0)}`;
  if (k < edges.length && isOwn(k)) return `= ${shown(k - 1)}`;
  const after = k >= 2 && isOwn(k - 1); // it begins right above a value of its own
  const from = shown(after ? k - 2 : k - 1);
  if (k < edges.length) return `${after ? "over " : ""}${from} to ${shown(k)}`;
  return `${after ? ">" : "≥"} ${from}`;
}
