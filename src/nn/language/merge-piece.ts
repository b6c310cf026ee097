/** @file A piece of text as tokens: its pairs are put together in the order in which they were learned. */
import { openQueue } from "./pair-queue.ts";

/** What a pair becomes, and how early. */
export interface RankedMerge {
  readonly rank: number;
  readonly made: number;
}

interface Waiting extends RankedMerge {
  readonly place: number;
  readonly left: number;
  readonly right: number;
}

const none = -1;
const isEarlier = (a: Waiting, b: Waiting): boolean =>
  a.rank === b.rank ? a.place < b.place : a.rank < b.rank;

/** The tokens after all merges that are possible, the earliest learned first, from left to right. Time O(n log n). */
export function mergePiece(
  start: Int32Array,
  ranked: (left: number, right: number) => RankedMerge | undefined,
): Int32Array {
  const tokens = start.slice();
  const before = Int32Array.from(tokens, (_, i) => i - 1);
  const after = Int32Array.from(tokens, (_, i) => (i + 1 < tokens.length ? i + 1 : none));
  const queue = openQueue(isEarlier);
  const offer = (place: number): void => {
    const next = place === none ? none : (after[place] ?? none);
    if (next === none) return;
    const [left, right] = [tokens[place] ?? 0, tokens[next] ?? 0];
    const merge = ranked(left, right);
    if (merge !== undefined) queue.push({ ...merge, place, left, right });
  };
  for (let i = 0; i < tokens.length; i++) offer(i);
  for (let one = queue.pop(); one !== undefined; one = queue.pop()) {
    const next = after[one.place] ?? none;
    if (tokens[one.place] !== one.left || next === none || tokens[next] !== one.right) continue;
    const following = after[next] ?? none;
    tokens[one.place] = one.made;
    tokens[next] = none;
    after[one.place] = following;
    if (following !== none) before[following] = one.place;
    offer(before[one.place] ?? none);
    offer(one.place);
  }
  return tokens.filter((token) => token !== none);
}
