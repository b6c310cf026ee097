/** @file What is clustered, and the checks that every algorithm makes of it. */
import type { Matrix } from "../flow.ts";
import { fail } from "./errors.ts";

/** Rows without labels: x of shape [n, d], and the names of its columns. */
export interface ClusterData {
  readonly x: Matrix;
  readonly names: readonly string[];
}

const largest = 1e150; // squares of such numbers, summed, are still numbers
const muchWider = 10; // from where on one feature outweighs another

/**
 * Refuses what nothing can be learned from. O(n·d).
 *
 * @throws `cluster/missing-rows`, `cluster/missing-features`, `cluster/mismatch-length`,
 *   `cluster/missing-value`, `cluster/out-of-range-value`
 */
export function checkData(at: string, { x, names }: ClusterData): void {
  if (x.rows === 0) fail("cluster/missing-rows", { at });
  if (x.cols === 0) fail("cluster/missing-features", { at });
  const lengths = [
    { what: "name", expected: x.cols, got: names.length },
    { what: "number", expected: x.rows * x.cols, got: x.data.length },
  ];
  for (const length of lengths)
    if (length.got !== length.expected) fail("cluster/mismatch-length", { at, ...length });
  checkValues(at, x, names);
}

/** Refuses rows of another width than was learned from, and values that are no numbers. */
export function checkRows(at: string, x: Matrix, names: readonly string[]): void {
  if (x.cols !== names.length)
    fail("cluster/mismatch-width", { at, expected: names.length, got: x.cols });
  checkValues(at, x, names);
}

function checkValues(at: string, { data, cols }: Matrix, names: readonly string[]): void {
  const odd = firstOdd(data);
  if (odd < 0) return;
  const got = data[odd] ?? Number.NaN;
  const place = { at, feature: names[odd % cols] ?? "", row: Math.floor(odd / cols) };
  if (Number.isNaN(got)) fail("cluster/missing-value", place);
  fail("cluster/out-of-range-value", { ...place, got });
}

function firstOdd(data: Float64Array): number {
  for (let i = 0; i < data.length; i++) {
    const value = data[i] ?? Number.NaN;
    if (!(value >= -largest && value <= largest)) return i;
  }
  return -1;
}

/**
 * What to know before distances are believed: a sentence where one feature varies so much more than
 * another that it decides the distances alone. Constant features do not count. O(n·d).
 *
 * @param data - x of shape [n, d] and names, [d].
 * @returns No sentence, or one.
 * @example
 * ```ts
 * const x = matrix([[1, 1000], [2, 3000], [3, 2000]]);
 * scaleWarnings({ x, names: ["age", "income"] }).length // => 1
 * ```
 */
export function scaleWarnings({ x, names }: ClusterData): readonly string[] {
  const spread = deviations(x); // [d]
  const varied = names
    .map((name, j) => ({ name, deviation: spread[j] ?? 0 }))
    .filter(({ deviation }) => deviation > 0)
    .sort((a, b) => b.deviation - a.deviation);
  const [most, least] = [varied[0], varied.at(-1)];
  if (most === undefined || least === undefined) return [];
  const ratio = most.deviation / least.deviation;
  if (ratio < muchWider) return [];
  const times = ratio < 1e6 ? Math.round(ratio).toLocaleString("en-US") : ratio.toExponential(1);
  return [
    `the features have different scales: ${JSON.stringify(most.name)} varies ${times} times as much as ${JSON.stringify(least.name)}, so it decides the distances nearly alone. Standardise the features, unless their unit is the same.`,
  ];
}

/** The standard deviations of the columns, [d], in one pass about the first row: near enough to compare. */
function deviations({ rows, cols, data }: Matrix): Float64Array {
  const [sums, squares] = [new Float64Array(cols), new Float64Array(cols)];
  for (let i = 0, at = 0; i < rows; i++)
    for (let j = 0; j < cols; j++, at++) {
      const value = (data[at] ?? 0) - (data[j] ?? 0);
      sums[j] = (sums[j] ?? 0) + value;
      squares[j] = (squares[j] ?? 0) + value * value;
    }
  return squares.map((square, j) =>
    Math.sqrt(Math.max(0, square / rows - ((sums[j] ?? 0) / rows) ** 2)),
  );
}

/** The means of the columns, [d]. */
export function columnMeans(x: Matrix): Float64Array {
  const sums = new Float64Array(x.cols);
  for (let i = 0, at = 0; i < x.rows; i++)
    for (let j = 0; j < x.cols; j++, at++) sums[j] = (sums[j] ?? 0) + (x.data[at] ?? 0);
  return sums.map((sum) => sum / x.rows);
}

/** How many rows differ from all before them; stops counting past `enough`. O(n·d). */
export function distinctRows({ rows, cols, data }: Matrix, enough: number): number {
  const seen = new Set<string>();
  for (let i = 0; i < rows && seen.size <= enough; i++)
    seen.add(
      data
        .subarray(i * cols, (i + 1) * cols)
        .map((v) => v + 0)
        .join(),
    ); // −0 is 0
  return seen.size;
}

/** Refuses more clusters than there are distinct rows. Throws `cluster/out-of-range-clusters`. */
export function checkClusters(at: string, x: Matrix, clusters: number): void {
  const distinct = distinctRows(x, clusters);
  if (distinct < clusters)
    fail("cluster/out-of-range-clusters", { at, clusters, distinct, rows: x.rows });
}
