/** @file Buckets of numbers: where they are cut, and what they are called. */

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

/** What the buckets between cut points are called on a chart. */
export function bucketLabels(edges: readonly number[]): readonly string[] {
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
