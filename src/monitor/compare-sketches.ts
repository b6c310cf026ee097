/** @file Columns compared by their sketches: which measure judges, what it found, and how bad that is. */
import { checkNames } from "../core/index.ts";
import { compareColumn } from "./column-drift.ts";
import { type CompareSketchesOptions, judgeOf, levels } from "./drift-judge.ts";
import { fail } from "./errors.ts";
import type { MeasuredDrift } from "./measured-drift.ts";
import type { ColumnSketch, TableSketch } from "./sketch/table-sketch.ts";
import { pairOf } from "./sketch-pair.ts";

/**
 * Compares two tables by their sketches, without a row. Where no measure is named it is chosen as Evidently
 * chooses, but for one. With at most 1000 rows in the reference: the chi-square test of two samples (`homogeneity`,
 * where Evidently takes the reference for the truth, so that one new value in a thousand has p = 0) for labels and for
 * numbers of at most five values, the z-test where there are two, and Kolmogorov-Smirnov for other numbers. With more:
 * the Jensen-Shannon distance of labels and of few values, and else the Wasserstein distance in standard deviations
 * of the reference. Texts of more than 1000 kinds are judged by their words.
 *
 * Of labels and words that are not among the 1000 most frequent, those that one table has and the other never had are
 * buckets of their own, "(gone)" and "(new)", as far as they are more than chance explains; see {@link LabelSketch}.
 *
 * A label has a bucket where 5 rows or more of it are to be expected in either table; the rest is "(other)".
 *
 * `noise` is the distance to expect by chance. A distance that chance explains has level "none": of buckets, where the
 * chi-square test of two samples has p of 1 in 1000 or more; of Wasserstein, where it is at most three times its noise.
 *
 * For measures of buckets numbers lie between quantiles of the reference (Evidently: bins of equal width); where the reference
 * has at most 20 different ones each is a bucket, as in Evidently.
 *
 * Missing values are a bucket of their own in all measures of buckets; beside the others, which are of
 * values, the share of missing ones is judged by its PSI, and the worse level counts. Infinite values have a bucket
 * at either end and are left out of distances and moments.
 *
 * @param tables - What {@link sketchRows} or {@link sketchTable} gave.
 * @param options - Columns, measures, bins and thresholds.
 * @returns One entry per column, the worst level first, then by name.
 * @throws `monitor/missing-rows`, `monitor/missing-values`, `monitor/missing-columns`, `monitor/unknown-column`,
 * `monitor/mismatch-column`, `monitor/unsupported-measure`, `option/out-of-range`, `option/unknown-name`
 * @example
 * ```ts
 * await using lake = await openLake("./lake");
 * const rows = (sql: string) => frame({ engine: lake.engine, schema: schema("s", { x: int() }), sql });
 * const reference = await sketchRows(rows("SELECT range AS x FROM range(2000)"));
 * const current = await sketchRows(rows("SELECT range + 500 AS x FROM range(2000)"));
 * const [x] = compareSketches({ reference, current });
 * [x?.measure, x?.value.toFixed(3), x?.level] // => ["wasserstein", "0.866", "severe"]
 * ```
 * @see Peer: Evidently `DataDriftPreset`.
 */
export function compareSketches(
  tables: { readonly reference: TableSketch; readonly current: TableSketch },
  options: CompareSketchesOptions = {},
): readonly MeasuredDrift[] {
  const at = "compareSketches";
  checkNames(`${at} tables`, tables, ["reference", "current"]);
  const { reference, current } = tables;
  const judge = judgeOf(at, options);
  if (reference.rows === 0) fail("monitor/missing-rows", { at, which: "reference" });
  if (current.rows === 0) fail("monitor/missing-rows", { at, which: "current" });
  const [before, now] = [[...reference.columns.keys()], [...current.columns.keys()]];
  const names = options.columns ?? before.filter((name) => current.columns.has(name));
  if (names.length === 0) fail("monitor/missing-columns", { at, reference: before, current: now });
  const columnOf = (which: "reference" | "current", column: string): ColumnSketch =>
    tables[which].columns.get(column) ??
    fail("monitor/unknown-column", {
      at,
      which,
      column,
      columns: [...tables[which].columns.keys()],
    });
  return names
    .map((column) => {
      const [a, b] = [columnOf("reference", column), columnOf("current", column)];
      return compareColumn({ column, ...pairOf({ at, column }, a, b) }, judge);
    })
    .sort((a, b) => rank(b) - rank(a) || (a.column < b.column ? -1 : 1));
}

const rank = ({ level }: MeasuredDrift): number => levels.indexOf(level);
