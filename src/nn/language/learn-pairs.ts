/** @file Learning which pairs of tokens become one: the most frequent, again and again. */
import { firstMade, longestToken, piecesOf, tokenOfByte } from "./byte-alphabet.ts";
import { type CountedPair, openPairQueue } from "./pair-queue.ts";

/** A pair of tokens that become one. */
export type Merge = readonly [left: number, right: number];

/** How many pairs are learned. */
export interface LearnPairsOptions {
  readonly vocabulary: number;
  readonly minimumCount: number;
}

/** Tokens of every distinct piece, one after the other as linked lists, and how often each piece is there. */
interface Chains {
  /** −1 where a token has gone into the one before it. */
  readonly tokens: Int32Array;
  readonly before: Int32Array;
  readonly after: Int32Array;
  /** Of each place, how often its piece is there. */
  readonly times: Int32Array;
}

const none = -1;
const keySize = 2 ** 21; // more than any vocabulary has
const keyOf = (left: number, right: number): number => left * keySize + right;

/**
 * The pairs to merge, in order: always the one that is beside each other most often within pieces; of equal ones that of the smaller tokens.
 * Time O(n log n) of n bytes of distinct pieces.
 *
 * @see Sennrich, Haddow & Birch, ACL 2016. Peer: Hugging Face `tokenizers` 0.23.3, `BpeTrainer`, whose way of counting this follows, so
 *   that its vocabulary is the same.
 */
export function learnPairs(
  texts: readonly string[],
  { vocabulary, minimumCount }: LearnPairsOptions,
): readonly Merge[] {
  const chains = chainsOf(texts);
  const tally = openTally(chains);
  const names = openNames();
  const merges: Merge[] = [];
  while (names.size() < vocabulary) {
    const best = tally.best();
    if (best === undefined || best.count < minimumCount) break;
    const { left, right } = best;
    const where = tally.taken(left, right);
    if (where.length === 0 || !names.fits(left, right)) continue;
    merges.push([left, right]);
    const made = names.joined(left, right);
    tally.offer(merged(chains, { left, right, made, where, tally }));
  }
  return merges;
}

/** How often each pair is there, and where. */
interface Tally {
  /** A pair more, at a place. */
  seen(left: number, right: number, place: number): void;
  /** A pair less. */
  lost(left: number, right: number, place: number): void;
  /** Takes the pair that is there most often. */
  best(): CountedPair | undefined;
  /** Where a pair was seen, ascending, and forgets it; some of these places may be of tokens that have gone. */
  taken(left: number, right: number): Int32Array;
  /** Puts pairs that there are more of among those to be taken. */
  offer(keys: Iterable<number>): void;
}

function openTally({ tokens, after, times }: Chains): Tally {
  const counts = new Map<number, number>();
  const places = new Map<number, number[]>();
  const queue = openPairQueue();
  const change = (key: number, by: number): void =>
    void counts.set(key, (counts.get(key) ?? 0) + by);
  const seen: Tally["seen"] = (left, right, place) => {
    const key = keyOf(left, right);
    const list = places.get(key);
    if (list === undefined) places.set(key, [place]);
    else list.push(place);
    change(key, times[place] ?? 0);
  };
  const offer: Tally["offer"] = (keys) => {
    for (const key of keys) {
      const count = counts.get(key) ?? 0;
      if (count > 0) queue.push({ left: Math.floor(key / keySize), right: key % keySize, count });
    }
  };
  const best: Tally["best"] = () => {
    for (let top = queue.pop(); top !== undefined; top = queue.pop()) {
      const key = keyOf(top.left, top.right);
      if (counts.get(key) === top.count) return top;
      offer([key]); // it is rarer by now
    }
    return undefined;
  };
  for (const [place, next] of after.entries())
    if (next !== none) seen(tokens[place] ?? 0, tokens[next] ?? 0, place);
  offer(counts.keys());
  return {
    ...{ seen, offer, best },
    lost: (left, right, place) => change(keyOf(left, right), -(times[place] ?? 0)),
    taken: (left, right) => {
      const found = Int32Array.from(places.get(keyOf(left, right)) ?? []).sort();
      places.delete(keyOf(left, right));
      return found;
    },
  };
}

/** The bytes of each token, so that two ways to the same bytes give one token. */
function openNames() {
  const bytes: string[] = [];
  const numbers = new Map<string, number>();
  const add = (name: string): number => {
    const found = numbers.get(name);
    if (found !== undefined) return found;
    numbers.set(name, bytes.length);
    return bytes.push(name) - 1;
  };
  for (let i = 0; i < firstMade; i++) add(String.fromCharCode(i));
  return {
    size: () => bytes.length,
    joined: (left: number, right: number) => add(`${bytes[left]}${bytes[right]}`),
    fits: (left: number, right: number) =>
      (bytes[left] ?? "").length + (bytes[right] ?? "").length <= longestToken,
  };
}

interface Merging {
  readonly left: number;
  readonly right: number;
  readonly made: number;
  readonly where: Int32Array;
  readonly tally: Tally;
}

/** Puts two tokens together wherever they are; gives the keys of pairs that there are more of. */
function merged(chains: Chains, { left, right, made, where, tally }: Merging): Set<number> {
  const { tokens, before, after } = chains;
  const touched = new Set<number>();
  for (const place of where) {
    const next = after[place] ?? none;
    if (tokens[place] !== left || next === none || tokens[next] !== right) continue;
    const [previous, following] = [before[place] ?? none, after[next] ?? none];
    tokens[place] = made;
    tokens[next] = none;
    after[place] = following;
    if (previous !== none) {
      const neighbour = tokens[previous] ?? 0;
      tally.lost(neighbour, left, place);
      tally.seen(neighbour, made, previous);
      touched.add(keyOf(neighbour, made));
    }
    if (following !== none) {
      before[following] = place;
      const neighbour = tokens[following] ?? 0;
      tally.lost(right, neighbour, place);
      tally.seen(made, neighbour, place);
      touched.add(keyOf(made, neighbour));
    }
  }
  return touched;
}

const encoder = new TextEncoder();

function chainsOf(texts: readonly string[]): Chains {
  const pieces = new Map<string, number>();
  for (const text of texts)
    for (const one of piecesOf(text)) pieces.set(one, (pieces.get(one) ?? 0) + 1);
  const coded = Array.from(pieces, ([one, times]) => ({ bytes: encoder.encode(one), times }));
  const length = coded.reduce((sum, { bytes }) => sum + bytes.length, 0);
  const make = (): Int32Array => new Int32Array(length);
  const chains = { tokens: make(), before: make(), after: make(), times: make() };
  let at = 0;
  for (const { bytes, times } of coded)
    for (const [i, byte] of bytes.entries()) {
      chains.tokens[at] = tokenOfByte[byte] ?? 0;
      chains.before[at] = i === 0 ? none : at - 1;
      chains.after[at] = i === bytes.length - 1 ? none : at + 1;
      chains.times[at] = times;
      at++;
    }
  return chains;
}
