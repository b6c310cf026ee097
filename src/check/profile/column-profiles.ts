/** @file The two scans' findings about a column, put together. */
import type { Measure } from "./columns-sql.ts";
import { array, record } from "./first-facts.ts";
import {
  type ColumnProfile,
  type Histogram,
  type NumberProfile,
  rounded,
  type TextProfile,
  type ValueCount,
} from "./profile.ts";
import { type Bins, type ColumnPlan, quantileShares } from "./second-scan.ts";

/** One column, from its plan and from the struct that the second scan gave. */
export function columnProfile(plan: ColumnPlan, value: unknown, rows: number): ColumnProfile {
  const { first, exact, few } = plan;
  const found = record(value);
  const { name, kind } = first.place;
  const distinct = exact ? Number(found["different"] ?? 0) : first.near;
  const listed = valueCounts(found["top"]);
  // A value that is not the most common of few is known to be common only from 8 % on.
  const top = few ? listed : listed.filter(({ count }) => count >= 0.08 * first.count);
  const missing = rows - first.count;
  return {
    name,
    kind,
    count: first.count,
    missing,
    missingShare: rows === 0 ? 0 : missing / rows,
    distinct,
    distinctExact: exact,
    top,
    topHolds: !few ? "heavy" : top.length === distinct ? "all" : "most",
    number: numberProfile(plan, found),
    text: textProfile(plan, found),
  };
}

function valueCounts(value: unknown): readonly ValueCount[] {
  return array(value).map((entry) => {
    const { n, value: text } = record(entry);
    return { value: String(text), count: -Number(n) };
  });
}

function numberProfile(
  { first, bins }: ColumnPlan,
  found: Readonly<Record<string, unknown>>,
): NumberProfile | null {
  const { numbers } = first;
  if (numbers === null) return null;
  const values = array(found["quantiles"]);
  return {
    ...numbers,
    mean: numbers.mean === null ? null : meanOf(numbers.mean, first.place.measure),
    std: numbers.std === null ? null : rounded(numbers.std),
    quantiles: quantileShares.flatMap((p, i) =>
      values.length === 0 ? [] : [{ p, value: Number(values[i]) }],
    ),
    histogram: bins === null ? null : histogramOf(bins, found["bins"]),
  };
}

/** A mean without the digits that depend on the order of threads; of times, to the second. */
function meanOf(mean: number, measure: Measure): number {
  return measure === "moment" ? Math.round(mean / 1000) * 1000 : rounded(mean);
}

function histogramOf(bins: Bins, value: unknown): Histogram {
  const counts = Array.from({ length: bins.count }, () => 0);
  for (const entry of array(value)) {
    const { key, value: count } = record(entry);
    counts[Number(key)] = Number(count);
  }
  return { min: bins.min, width: bins.width, counts };
}

function textProfile(
  { first, patterns }: ColumnPlan,
  found: Readonly<Record<string, unknown>>,
): TextProfile | null {
  const { texts } = first;
  if (texts === null) return null;
  const broken = array(found["broken"]).map(Number);
  const held = patterns.find((_, i) => broken[i] === 0);
  const { shortest, longest, meanLength, empty, padded } = texts;
  return {
    shortest,
    meanLength: rounded(meanLength),
    longest,
    empty,
    padded,
    pattern: held ?? null,
  };
}
