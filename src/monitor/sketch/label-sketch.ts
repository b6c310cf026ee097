/** @file A sketch of labels: the rows of each, the rare ones of a long list taken together. */

/** A sketch has at most so many labels. */
export const mostLabels = 1000;

/**
 * A column of labels. With at most 1000 distinct ones it is exact, and so is what is merged of such. Of more,
 * the 1000 most frequent are kept: a label that is kept has at least `counts` rows and at most `error` more,
 * one that is not has at most `error` rows, and `rest` is the sum of the rows not counted. `error` is at
 * most rows / 1000 for one table, and adds up over what is merged.
 */
export interface LabelSketch {
  readonly shape: "labels";
  readonly rows: number;
  readonly missing: number;
  /** Rows by label, most rows first, then by name. */
  readonly counts: ReadonlyMap<string, number>;
  readonly rest: number;
  readonly error: number;
}

/** Labels and their rows as a sketch; the order in which they come does not matter. */
export function labelSketch(
  all: { readonly rows: number; readonly missing: number; readonly error?: number },
  counts: Iterable<readonly [string, number]>,
): LabelSketch {
  const sorted = [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
  const kept = sorted.slice(0, mostLabels);
  const counted = kept.reduce((sum, [, n]) => sum + n, 0);
  return {
    shape: "labels",
    rows: all.rows,
    missing: all.missing,
    counts: new Map(kept),
    rest: all.rows - all.missing - counted,
    error: (all.error ?? 0) + (sorted[mostLabels]?.[1] ?? 0),
  };
}

/** The sketch of all rows of both; exact where the labels of both fit. */
export function mergeLabels(a: LabelSketch, b: LabelSketch): LabelSketch {
  const counts = new Map(a.counts);
  for (const [label, n] of b.counts) counts.set(label, (counts.get(label) ?? 0) + n);
  return labelSketch(
    { rows: a.rows + b.rows, missing: a.missing + b.missing, error: a.error + b.error },
    counts,
  );
}

/** Whether every label is counted. */
export const isWhole = ({ rest }: LabelSketch): boolean => rest === 0;

/** Labels of either, most frequent in the first, and the rows of each in both; what is in no label is last. */
export function labelsOfBoth(
  a: LabelSketch,
  b: LabelSketch,
): {
  readonly labels: readonly string[];
  readonly a: readonly number[];
  readonly b: readonly number[];
} {
  const fresh = [...b.counts.keys()].filter((label) => !a.counts.has(label));
  const labels = [...a.counts.keys(), ...fresh];
  const of = (sketch: LabelSketch): number[] =>
    labels.map((label) => sketch.counts.get(label) ?? 0);
  return { labels, a: [...of(a), a.rest], b: [...of(b), b.rest] };
}
