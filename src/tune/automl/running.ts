/** @file Middles of a window that runs along some values, without looking at the whole window each time. */

/**
 * The median of the values from i − half to i + half, those that there are, for each i. O(n·log n), whatever the window.
 *
 * @param values - Shape [n], all finite.
 * @returns Shape [n].
 * @see Fenwick, Software: Practice and Experience 24(3), 1994: counts of the ranks in the window.
 */
export function runningMedians(values: Float64Array, half: number): Float64Array {
  const n = values.length;
  const order = Uint32Array.from(values.keys()).sort(
    (a, b) => (values[a] ?? 0) - (values[b] ?? 0) || a - b,
  );
  const ranks = new Uint32Array(n);
  for (const [rank, i] of order.entries()) ranks[i] = rank;
  const counts = rankCounts(n);
  const at = (k: number): number => values[order[counts.nth(k)] ?? 0] ?? Number.NaN;
  let [from, to] = [0, 0]; // what the window holds: from ≤ j < to
  return values.map((_, i) => {
    for (; to < Math.min(n, i + half + 1); to++) counts.add(ranks[to] ?? 0, 1);
    for (; from < i - half; from++) counts.add(ranks[from] ?? 0, -1);
    const last = to - from - 1;
    return (at(Math.floor(last / 2)) + at(Math.ceil(last / 2))) / 2;
  });
}

/** How often each of n ranks is there: `add` and `nth`, the k-th smallest from 0, take O(log n). */
function rankCounts(n: number) {
  const sums = new Int32Array(n + 1); // [j] of the ranks from j − (j & −j) to j − 1
  const top = 2 ** Math.floor(Math.log2(Math.max(1, n)));
  return {
    add: (rank: number, by: number): void => {
      for (let j = rank + 1; j <= n; j += j & -j) sums[j] = (sums[j] ?? 0) + by;
    },
    nth: (k: number): number => {
      let [rank, rest] = [0, k];
      for (let step = top; step >= 1; step /= 2) {
        const sum = sums[rank + step] ?? Infinity;
        if (sum > rest) continue;
        rank += step;
        rest -= sum;
      }
      return rank;
    },
  };
}

/**
 * The mean of the 2·half + 1 values around each, of a window that stays inside, by running sums. O(n).
 *
 * @param values - Shape [n], all finite.
 * @returns Shape [n].
 */
export function runningMeans(values: Float64Array, half: number): Float64Array {
  const n = values.length;
  const base = values[0] ?? 0; // sums of what is off it: a level loses no digits, and a constant comes back to the bit
  const sums = new Float64Array(n + 1);
  for (let i = 0; i < n; i++) sums[i + 1] = (sums[i] ?? 0) + (values[i] ?? 0) - base;
  const width = 2 * half + 1;
  return values.map((_, i) => {
    const from = Math.max(0, Math.min(i - half, n - width));
    const to = Math.min(n, from + width);
    return base + ((sums[to] ?? 0) - (sums[from] ?? 0)) / (to - from);
  });
}
