/** @file A sketch of labels: the rows of the frequent ones, and a sample of all by which the rare ones are judged. */
import { createHash } from "node:crypto";

/** A sketch counts at most so many labels, and samples at most so many. */
export const mostLabels = 1000;

/**
 * A column of labels. With at most 1000 distinct ones it is exact, and so is what is merged of such. Of more,
 * the 1000 most frequent are kept: a label that is kept has at least `counts` rows and at most `error` more,
 * one that is not has at most `error` rows, and `rest` is the sum of the rows not counted. `error` is at
 * most rows / 1000 for one table, and adds up over what is merged.
 *
 * A merged sketch against one of all the rows at once so differs by as much as was not counted: shares of labels by a total
 * variation t of at most min(1000 `error`, `rest`) / rows, and a Jensen-Shannon distance of at most √(t ln 2).
 * With at most 1000 distinct labels both are 0.
 */
export interface LabelSketch {
  readonly shape: "labels";
  readonly rows: number;
  readonly missing: number;
  /** Rows by label, most rows first, then by name. */
  readonly counts: ReadonlyMap<string, number>;
  readonly rest: number;
  readonly error: number;
  /**
   * Rows of the 1000 labels whose hashes are smallest, by hash, rising: labels chosen by no more than chance,
   * with their exact rows, also of what is merged. Empty where all labels are counted.
   */
  readonly sample: ReadonlyMap<number, number>;
}

/** What a sketch is made of besides the rows of labels. */
interface Labelled {
  readonly rows: number;
  readonly missing: number;
  readonly error?: number;
  /** The sample; where it is not given, all labels are. */
  readonly sample?: () => ReadonlyMap<number, number>;
}

/** Labels and their rows as a sketch; the order in which they come does not matter. */
export function labelSketch(
  all: Labelled,
  counts: Iterable<readonly [string, number]>,
): LabelSketch {
  const sorted = [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
  const kept = sorted.slice(0, mostLabels);
  const counted = kept.reduce((sum, [, n]) => sum + n, 0);
  const rest = all.rows - all.missing - counted;
  const { sample = () => sampleOf(hashed(sorted)) } = all;
  return {
    shape: "labels",
    rows: all.rows,
    missing: all.missing,
    counts: new Map(kept),
    rest,
    error: (all.error ?? 0) + (sorted[mostLabels]?.[1] ?? 0),
    sample: rest === 0 ? new Map() : sample(),
  };
}

/** The sketch of all rows of both; exact where the labels of both fit. */
export function mergeLabels(a: LabelSketch, b: LabelSketch): LabelSketch {
  return labelSketch(
    {
      rows: a.rows + b.rows,
      missing: a.missing + b.missing,
      error: a.error + b.error,
      sample: () => sampleOf(added(sampled(a), sampled(b))),
    },
    added(a.counts, b.counts),
  );
}

/** The sampled labels, or all, where all are counted. */
export const sampled = ({ rest, counts, sample }: LabelSketch): ReadonlyMap<number, number> =>
  rest === 0 ? new Map(hashed(counts)) : sample;

/** Labels by their hashes. */
export const hashed = (
  counts: Iterable<readonly [string, number]>,
): readonly (readonly [number, number])[] =>
  Array.from(counts, ([label, n]) => [hashOfLabel(label), n]);

function added<K>(a: ReadonlyMap<K, number>, b: ReadonlyMap<K, number>): ReadonlyMap<K, number> {
  const sums = new Map(a);
  for (const [key, n] of b) sums.set(key, (sums.get(key) ?? 0) + n);
  return sums;
}

/** The sample of labels given by their hashes: those with the smallest. */
export const sampleOf = (
  hashed: Iterable<readonly [number, number]>,
): ReadonlyMap<number, number> =>
  new Map([...hashed].sort(([a], [b]) => a - b).slice(0, mostLabels));

/** The hash of a label, a whole number below 2^52, as {@link labelHashSql} has it. */
export const hashOfLabel = (label: string): number =>
  Number(createHash("md5").update(label).digest().readBigUInt64LE(8) >> 12n);

/** {@link hashOfLabel} in SQL. */
export const labelHashSql = (label: string): string => `md5_number_lower(${label}) >> 12`;
