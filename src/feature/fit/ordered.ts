/** @file Numbers by their rank, without sorting those that nobody asks for. */

import type { Ordered } from "../../core/index.ts";
import { range } from "./measure.ts";

/** About so many numbers are sorted to find one. */
const perBucket = 64;
const mostBuckets = 2 ** 14;

/**
 * Orders numbers, as `sort` of a Float64Array does, when they are asked for: they are put into buckets of
 * equal width, and a bucket is sorted when one of its ranks is read. O(n), where sorting is O(n log n); numbers
 * of which nearly all are in one bucket are sorted.
 *
 * @param numbers - [n], none of them NaN; they stay as they are.
 */
export function ordered(numbers: Float64Array): Ordered {
  const buckets = inBuckets(numbers) ?? [numbers.slice()];
  const ends = new Float64Array(buckets.length);
  let end = 0;
  for (const [b, bucket] of buckets.entries()) {
    end += bucket.length;
    ends[b] = end;
  }
  const sorted = new Set<number>();
  return {
    length: numbers.length,
    at: (rank) => {
      const b = firstAbove(ends, rank);
      const bucket = buckets[b];
      if (bucket === undefined) return undefined;
      if (!sorted.has(b)) bucket.sort();
      sorted.add(b);
      return bucket[rank - ((ends[b] ?? 0) - bucket.length)];
    },
  };
}

/** The numbers in buckets that rise; undefined where that is no use. */
function inBuckets(numbers: Float64Array): readonly Float64Array[] | undefined {
  const count = Math.min(mostBuckets, Math.floor(numbers.length / perBucket));
  const { min, max } = range(numbers);
  const scale = count / (max - min); // 0 where an end is infinite, infinite where all are equal
  if (count < 2 || !(scale > 0 && scale < Infinity)) return undefined;
  const bucketOf = (x: number): number => Math.min(Math.floor((x - min) * scale), count - 1);
  const places = new Uint32Array(count + 1);
  for (let i = 0; i < numbers.length; i++) {
    const b = bucketOf(numbers[i] ?? 0) + 1;
    places[b] = (places[b] ?? 0) + 1;
  }
  for (let b = 1; b <= count; b++) places[b] = (places[b] ?? 0) + (places[b - 1] ?? 0);
  const starts = places.slice();
  const all = new Float64Array(numbers.length);
  for (let i = 0; i < numbers.length; i++) {
    const x = numbers[i] ?? 0;
    const b = bucketOf(x);
    const place = places[b] ?? 0;
    places[b] = place + 1;
    all[place] = x;
  }
  return Array.from({ length: count }, (_, b) => all.subarray(starts[b], starts[b + 1]));
}

/** The place of the first end above a rank. */
function firstAbove(ends: Float64Array, rank: number): number {
  let [low, high] = [0, ends.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ends[middle] ?? 0) > rank) high = middle;
    else low = middle + 1;
  }
  return low;
}
