/** @file Divergences of two distributions over the same buckets: Kullback-Leibler, Jensen-Shannon, Hellinger, total variation. */

/** A share of zero counts as this much where a logarithm would be infinite. */
const floor = 1e-6;

/**
 * The Kullback-Leibler divergence Σ qᵢ ln(qᵢ / pᵢ) of the current shares q from the reference's p: the nats
 * lost when p is taken for q. A share of zero in p counts as 1e-6, else one new category would be infinite;
 * a share of zero in q adds nothing. Time O(k).
 *
 * @param reference - Shares p of k buckets, summing to 1.
 * @param current - Shares q of the same buckets.
 * @returns The divergence in nats; 0 for equal shares, and not the same both ways.
 * @example
 * ```ts
 * klDivergence([0.5, 0.5], [0.5, 0.5]) // => 0
 * klDivergence([0.5, 0.5], [0.25, 0.75]).toFixed(4) // => "0.1308"
 * ```
 * @see Kullback & Leibler, Annals of Mathematical Statistics 22(1), 1951. Peer: SciPy `entropy(q, p)`.
 */
export function klDivergence(reference: ArrayLike<number>, current: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < reference.length; i++) {
    const q = current[i] ?? 0;
    if (q > 0) sum += q * Math.log(q / Math.max(reference[i] ?? 0, floor));
  }
  return Math.max(0, sum);
}

/**
 * The Jensen-Shannon divergence ½ KL(p ‖ m) + ½ KL(q ‖ m) with m = (p + q) / 2, and its root, which is a
 * distance. Finite for any shares: the divergence is at most ln 2. Time O(k).
 *
 * @param reference - Shares p of k buckets, summing to 1.
 * @param current - Shares q of the same buckets.
 * @returns The divergence in nats, 0 to ln 2, and the distance, 0 to √ln 2; the same both ways.
 * @example
 * ```ts
 * jensenShannon([1, 0], [0, 1]).divergence.toFixed(4) // => "0.6931"
 * jensenShannon([0.5, 0.5], [0.5, 0.5]).distance // => 0
 * ```
 * @see Lin, IEEE Transactions on Information Theory 37(1), 1991. Peers: SciPy `jensenshannon`, Evidently
 * `stattest="jensenshannon"`.
 */
export function jensenShannon(
  reference: ArrayLike<number>,
  current: ArrayLike<number>,
): { readonly divergence: number; readonly distance: number } {
  let sum = 0;
  for (let i = 0; i < reference.length; i++) {
    const [p, q] = [reference[i] ?? 0, current[i] ?? 0];
    const m = (p + q) / 2;
    if (p > 0) sum += p * Math.log(p / m);
    if (q > 0) sum += q * Math.log(q / m);
  }
  const divergence = Math.min(Math.LN2, Math.max(0, sum / 2));
  return { divergence, distance: Math.sqrt(divergence) };
}

/**
 * The Hellinger distance √(1 − Σ √(pᵢ qᵢ)), computed as √(½ Σ (√pᵢ − √qᵢ)²), which keeps its digits where the
 * shares are nearly equal. Time O(k).
 *
 * @param reference - Shares p of k buckets, summing to 1.
 * @param current - Shares q of the same buckets.
 * @returns The distance, 0 to 1; the same both ways.
 * @example
 * ```ts
 * hellinger([1, 0], [0, 1]) // => 1
 * ```
 * @see Hellinger, Journal für die reine und angewandte Mathematik 136, 1909. Peer: Evidently `stattest="hellinger"`.
 */
export function hellinger(reference: ArrayLike<number>, current: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < reference.length; i++)
    sum += (Math.sqrt(reference[i] ?? 0) - Math.sqrt(current[i] ?? 0)) ** 2;
  return Math.min(1, Math.sqrt(sum / 2));
}

/**
 * The total variation distance ½ Σ |pᵢ − qᵢ|: the share of rows that would have to change. Time O(k).
 *
 * @param reference - Shares p of k buckets, summing to 1.
 * @param current - Shares q of the same buckets.
 * @returns The distance, 0 to 1; the same both ways.
 * @example
 * ```ts
 * totalVariation([0.5, 0.5], [0.25, 0.75]) // => 0.25
 * ```
 * @see Levin & Peres, Markov Chains and Mixing Times, 2nd edition, 2017, chapter 4. Peer: Evidently `stattest="TVD"`.
 */
export function totalVariation(reference: ArrayLike<number>, current: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < reference.length; i++)
    sum += Math.abs((reference[i] ?? 0) - (current[i] ?? 0));
  return Math.min(1, sum / 2);
}
