/** @file How well scores order the rows of each query: NDCG, mean average precision, mean reciprocal rank. */
import { checkChoice, checkNames, checkNumber } from "../core/index.ts";
import { checkLengths, checkRows } from "./checks.ts";
import { fail } from "./errors.ts";

/** Options of {@link meanAveragePrecision} and {@link meanReciprocalRank}. */
export interface RankingOptions {
  /** The query of each row, shape [n]. Default: all rows answer one query. */
  readonly groups?: ArrayLike<number>;
  /** Only so many rows of each query count, those of the highest scores. Default: all. */
  readonly top?: number;
}

/** Options of {@link ndcg}. */
export interface NdcgOptions extends RankingOptions {
  /** What a relevance r is worth: r, or 2^r − 1. Default "linear". */
  readonly gain?: "linear" | "exponential";
}

/**
 * The normalised discounted cumulative gain: Σ gain(rᵢ)/log₂(1 + place of i), divided by that of the best order, as the
 * mean of the queries. Rows of equal scores share their places. A query without relevant rows counts 0, as scikit-learn has it
 * (LightGBM and XGBoost: 1). O(n·log n).
 *
 * @param relevance - Shape [n], ≥ 0, n ≥ 1.
 * @param score - Shape [n], larger for what should come first.
 * @param options - Queries, how many rows of each count, and what relevance is worth.
 * @returns 0 to 1.
 * @throws `metric/missing-rows`, `metric/mismatch-length`, `metric/out-of-range-number`, `metric/out-of-range-score`,
 * `option/out-of-range`, `option/unknown-name`
 * @example
 * ```ts
 * ndcg(Float64Array.of(3, 2, 0), Float64Array.of(0.9, 0.8, 0.1)) // => 1
 * ndcg(Float64Array.of(0, 1), Float64Array.of(0.9, 0.1)) // => Math.LN2 / Math.log(3)
 * ```
 * @see Järvelin & Kekäläinen, ACM TOIS 20(4), 2002. Peer: scikit-learn `ndcg_score`.
 */
export function ndcg(
  relevance: Float64Array,
  score: Float64Array,
  options: NdcgOptions = {},
): number {
  const { gain = "linear" } = options;
  checkNames("ndcg", options, ["groups", "top", "gain"]);
  checkChoice("ndcg", { gain }, ["linear", "exponential"]);
  checkLengths("ndcg", relevance.length, score.length);
  const row = relevance.findIndex((r) => !(r >= 0 && r < Infinity));
  if (row >= 0)
    fail("metric/out-of-range-number", {
      at: "ndcg",
      what: "the relevance",
      row,
      expected: "a finite number ≥ 0",
      got: relevance[row] ?? Number.NaN,
    });
  const worth = gain === "linear" ? relevance : relevance.map((r) => 2 ** r - 1);
  const top = topOf("ndcg", options);
  return meanOfQueries("ndcg", { score, groups: options.groups }, (rows) => {
    const best = discounted(rows, { worth, order: worth, top });
    return best === 0 ? 0 : discounted(rows, { worth, order: score, top }) / best;
  });
}

/**
 * The mean over queries of the average precision: the mean, over the relevant rows, of the share of relevant rows down to each. With
 * `top` the sum is divided by min(relevant rows, top). Of equal scores the irrelevant rows come first, so that a
 * score for all gains nothing. A query without relevant rows counts 0. O(n·log n).
 *
 * @param y - 1 for relevant rows, 0 for others, shape [n], n ≥ 1.
 * @param score - Shape [n], larger for what should come first.
 * @param options - Queries, and how many rows of each count.
 * @returns 0 to 1.
 * @throws `metric/out-of-range-label`, and as {@link ndcg}
 * @example
 * ```ts
 * meanAveragePrecision(Float64Array.of(1, 0, 1), Float64Array.of(0.9, 0.5, 0.1)).toFixed(4) // => "0.8333"
 * ```
 * @see Manning, Raghavan & Schütze, Introduction to Information Retrieval, 2008, 8.4. Peer: scikit-learn
 * `average_precision_score`, per query.
 */
export function meanAveragePrecision(
  y: Float64Array,
  score: Float64Array,
  options: RankingOptions = {},
): number {
  const at = "meanAveragePrecision";
  const top = checkedTop(at, [y, score], options);
  return meanOfQueries(at, { score, groups: options.groups }, (rows) => {
    const relevant = rows.filter((row) => y[row] === 1).length;
    let [sum, found] = [0, 0];
    for (const [place, row] of ordered(rows, score, y).entries()) {
      if (place >= top || y[row] !== 1) continue;
      found += 1;
      sum += found / (place + 1);
    }
    return relevant === 0 ? 0 : sum / Math.min(relevant, top);
  });
}

/**
 * The mean over queries of 1/(place of the first relevant row); 0 for a query without one, or none among the top. Of
 * equal scores the irrelevant rows come first. O(n·log n).
 *
 * @param y - 1 for relevant rows, 0 for others, shape [n], n ≥ 1.
 * @param score - Shape [n], larger for what should come first.
 * @param options - Queries, and how many rows of each count.
 * @returns 0 to 1.
 * @throws as {@link meanAveragePrecision}
 * @example
 * ```ts
 * meanReciprocalRank(Float64Array.of(0, 1, 1, 0), Float64Array.of(2, 1, 9, 3), { groups: [7, 7, 8, 8] }) // => 0.75
 * ```
 * @see Voorhees, TREC-8 Question Answering Track Report, 1999.
 */
export function meanReciprocalRank(
  y: Float64Array,
  score: Float64Array,
  options: RankingOptions = {},
): number {
  const at = "meanReciprocalRank";
  const top = checkedTop(at, [y, score], options);
  return meanOfQueries(at, { score, groups: options.groups }, (rows) => {
    const place = ordered(rows, score, y).findIndex((row) => y[row] === 1);
    return place < 0 || place >= top ? 0 : 1 / (place + 1);
  });
}

function checkedTop(
  at: string,
  [y, score]: readonly [Float64Array, Float64Array],
  options: RankingOptions,
): number {
  checkNames(at, options, ["groups", "top"]);
  checkRows(at, y, score);
  return topOf(at, options);
}

function topOf(at: string, { top }: RankingOptions): number {
  return top === undefined ? Infinity : checkNumber(at, { top }, { min: 1, integer: true });
}

/** The mean of what is measured of the rows of each query. */
function meanOfQueries(
  at: string,
  {
    score,
    groups,
  }: { readonly score: Float64Array; readonly groups: ArrayLike<number> | undefined },
  measure: (rows: readonly number[]) => number,
): number {
  if (groups !== undefined && groups.length !== score.length)
    fail("metric/mismatch-length", {
      at,
      what: "query number",
      wanted: score.length,
      got: groups.length,
    });
  const odd = score.findIndex(Number.isNaN);
  if (odd >= 0) fail("metric/out-of-range-score", { at, row: odd });
  const queries = new Map<number, number[]>();
  for (let row = 0; row < score.length; row++) {
    const query = groups?.[row] ?? 0;
    const rows = queries.get(query);
    if (rows === undefined) queries.set(query, [row]);
    else rows.push(row);
  }
  let sum = 0;
  for (const rows of queries.values()) sum += measure(rows);
  return sum / queries.size;
}

/** Rows by falling score, of equal ones the irrelevant first. */
function ordered(rows: readonly number[], score: Float64Array, y: Float64Array): readonly number[] {
  const of = (row: number): number => score[row] ?? 0;
  return rows.toSorted((a, b) => {
    if (of(a) !== of(b)) return of(a) < of(b) ? 1 : -1;
    return (y[a] ?? 0) - (y[b] ?? 0);
  });
}

/** Σ worth/log₂(1 + place), where rows of equal order share the discounts of their places. */
function discounted(
  rows: readonly number[],
  by: { readonly worth: Float64Array; readonly order: Float64Array; readonly top: number },
): number {
  const of = (row: number | undefined): number => by.order[row ?? -1] ?? Number.NaN;
  const sorted = rows.toSorted((a, b) => (of(a) === of(b) ? 0 : of(a) < of(b) ? 1 : -1));
  let sum = 0;
  for (let from = 0; from < Math.min(sorted.length, by.top); ) {
    let [to, worth, discount] = [from, 0, 0];
    for (; to < sorted.length && of(sorted[to]) === of(sorted[from]); to++) {
      worth += by.worth[sorted[to] ?? 0] ?? 0;
      if (to < by.top) discount += 1 / Math.log2(to + 2);
    }
    sum += (worth / (to - from)) * discount;
    from = to;
  }
  return sum;
}
