/** @file Ranking: gradients of pairs of rows, weighed by what their exchange would change (LambdaMART). */

/** Rows by query: those of query q are `order[starts[q]]` … `order[starts[q + 1] − 1]`. */
export interface Queries {
  readonly order: Uint32Array;
  readonly starts: Uint32Array;
}

/** Pairs are taken when at least one of them is among so many at the top, as LightGBM's truncation level. */
const top = 30;

/** Rows by the number of their query. */
export function queriesOf(groups: Float64Array): Queries {
  const order = Uint32Array.from(groups, (_, i) => i).sort(
    (a, b) => groups[a]! - groups[b]! || a - b,
  );
  const starts = [0];
  for (let i = 1; i < order.length; i++)
    if (groups[order[i]!] !== groups[order[i - 1]!]) starts.push(i);
  if (order.length > 0) starts.push(order.length);
  return { order, starts: Uint32Array.from(starts) };
}

/** Where gradients and hessians of rows go. */
export type Add = (row: number, gradient: number, hessian: number) => void;

/**
 * Adds the gradients of every pair (i, j) with y_i > y_j of a query: λ = −Δ·σ(s_j − s_i), where Δ is how much NDCG
 * would change if they changed places, over 0.01 + |s_i − s_j|; a query's sum is damped to log₂(1 + Σ|λ|) as in
 * LightGBM. O(rows · top) a query.
 *
 * @see Burges, From RankNet to LambdaRank to LambdaMART, 2010. Peer: LightGBM `lambdarank`.
 */
export function addPairGradients(
  queries: Queries,
  scores: (row: number) => number,
  y: Float64Array,
  add: Add,
): void {
  for (let q = 0; q + 1 < queries.starts.length; q++)
    addQuery(queries.order.subarray(queries.starts[q], queries.starts[q + 1]), scores, y, add);
}

function addQuery(
  rows: Uint32Array,
  scores: (row: number) => number,
  y: Float64Array,
  add: Add,
): void {
  const ideal = idealGain(rows, y);
  if (ideal === 0) return;
  const ranked = Array.from(rows).sort((a, b) => scores(b) - scores(a) || a - b);
  const n = ranked.length;
  const [gradients, hessians] = [new Float64Array(n), new Float64Array(n)];
  const spread = scores(ranked[0]!) !== scores(ranked[n - 1]!);
  let sum = 0;
  for (let i = 0; i < Math.min(top, n); i++)
    for (let j = i + 1; j < n; j++) {
      const [a, b] = [ranked[i]!, ranked[j]!];
      if (y[a] === y[b]) continue;
      const [high, low] = y[a]! > y[b]! ? [i, j] : [j, i];
      const distance = scores(ranked[high]!) - scores(ranked[low]!);
      const exchange = Math.abs(gain(y[a]!) - gain(y[b]!)) * Math.abs(discount(i) - discount(j));
      const delta = exchange / ideal / (spread ? 0.01 + Math.abs(distance) : 1);
      const p = 1 / (1 + Math.exp(distance));
      const lambda = delta * p;
      gradients[high]! -= lambda;
      gradients[low]! += lambda;
      hessians[high]! += delta * p * (1 - p);
      hessians[low]! += delta * p * (1 - p);
      sum += 2 * lambda;
    }
  const damped = sum > 0 ? Math.log2(1 + sum) / sum : 1;
  for (const [i, row] of ranked.entries()) add(row, gradients[i]! * damped, hessians[i]! * damped);
}

/** Normalised discounted cumulative gain of all ranks, the mean over queries; a query without gain counts 1. */
export function ndcgOf(queries: Queries, scores: (row: number) => number, y: Float64Array): number {
  const count = queries.starts.length - 1;
  let sum = 0;
  for (let q = 0; q < count; q++) {
    const rows = queries.order.subarray(queries.starts[q], queries.starts[q + 1]);
    const ideal = idealGain(rows, y);
    const ranked = Array.from(rows).sort((a, b) => scores(b) - scores(a) || a - b);
    const got = ranked.reduce((total, row, i) => total + gain(y[row]!) * discount(i), 0);
    sum += ideal === 0 ? 1 : got / ideal;
  }
  return sum / count;
}

function idealGain(rows: Uint32Array, y: Float64Array): number {
  const best = Float64Array.from(rows, (row) => gain(y[row]!))
    .sort()
    .reverse();
  return best.reduce((total, one, i) => total + one * discount(i), 0);
}

const gain = (relevance: number): number => 2 ** relevance - 1;
const discount = (rank: number): number => 1 / Math.log2(rank + 2);
