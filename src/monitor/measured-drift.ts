/** @file What a comparison says of a column. */
import type { DriftLevel } from "../flow.ts";
import type { DriftMeasure } from "./drift-judge.ts";
import type { DriftBucket } from "./sketch-buckets.ts";

/** What a table has in a column, in a few numbers; null where it has none of them. */
export interface ColumnSummary {
  readonly rows: number;
  /** The share that is null or NaN. */
  readonly missing: number;
  /** The share that is infinite. */
  readonly infinite: number;
  readonly mean: number | null;
  readonly deviation: number | null;
  readonly min: number | null;
  readonly max: number | null;
}

/** How far a column has moved. */
export interface MeasuredDrift {
  readonly column: string;
  readonly kind: "numbers" | "labels" | "texts";
  readonly measure: DriftMeasure;
  /** The distance, or p of a test. */
  readonly value: number;
  /** The statistic of a test, where it is finite; null for a distance. */
  readonly statistic: number | null;
  /** The distance to expect by chance alone, for tables of these sizes; null for a test. */
  readonly noise: number | null;
  /** "none" also where a distance is not beyond chance. */
  readonly level: DriftLevel;
  /** The PSI of the share of missing values, which has a level of its own. */
  readonly missing: { readonly psi: number; readonly level: DriftLevel };
  /** Of texts: the share of words that the reference never had. */
  readonly unknownWords: number | null;
  readonly reference: ColumnSummary;
  readonly current: ColumnSummary;
  readonly buckets: readonly DriftBucket[];
}
