/** @file Rows counted by numbers that are cut to as many binary digits as fit into a table. */

/** A table has at most so many values. */
export const mostValues = 4096;
/** The binary digits of a double after its first: a table that kept them all is exact. */
export const allBits = 52;

/** A quarter full at most, so that a place is found at once. */
const size = 4 * mostValues;

/** Cut values, ascending, and the rows of each. */
export interface Buckets {
  readonly bits: number;
  readonly values: Float64Array;
  readonly counts: Float64Array;
}

/** Counts numbers; when it has too many different ones, all lose a digit. */
export interface BucketTable {
  /** Counts the first `length` numbers, which are finite, once each or as often as `counts` says. */
  add(
    numbers: Float64Array,
    how: { readonly length: number; readonly counts?: Float64Array },
  ): void;
  end(): Buckets;
}

/** The places of a hash table by open addressing: both halves of a double, and its rows. */
interface Places {
  readonly keys: Int32Array;
  readonly counts: Float64Array;
  used: number;
}

const noPlaces = (): Places => ({
  keys: new Int32Array(2 * size),
  counts: new Float64Array(size),
  used: 0,
});

/** An empty table, whose values have so many digits at most. */
export function bucketTable(startBits: number = allBits): BucketTable {
  let bits = startBits;
  let places = noPlaces();
  const shrink = (): void => {
    while (places.used > mostValues) {
      bits -= 1;
      const { keys, counts } = places;
      places = noPlaces();
      const words = new Int32Array(2);
      for (let i = 0; i < size; i++) {
        if (counts[i] === 0) continue;
        words[0] = keys[2 * i + 1] ?? 0;
        words[1] = keys[2 * i] ?? 0;
        addWords(places, { words, from: 0, bits, counts: counts.subarray(i, i + 1) });
      }
    }
  };
  return {
    add: (numbers, { length, counts }) => {
      const words = new Int32Array(numbers.buffer, numbers.byteOffset, 2 * length);
      for (let from = 0; from < length; ) {
        from = addWords(places, { words, from, bits, counts });
        shrink();
      }
    },
    end: () => ({ bits, ...listed(places) }),
  };
}

/** Counts the doubles that lie in words, until the table is too full; gives how far it came. */
function addWords(
  places: Places,
  task: {
    readonly words: Int32Array;
    readonly from: number;
    readonly bits: number;
    readonly counts: Float64Array | undefined;
  },
): number {
  const { counts, keys } = places;
  const { words, bits, counts: given } = task;
  const [highMask, lowMask] = masksOf(bits);
  const length = words.length >> 1;
  for (let i = task.from; i < length; i++) {
    const l = (words[2 * i] ?? 0) & lowMask;
    const cut = (words[2 * i + 1] ?? 0) & highMask;
    const h = l === 0 && cut === minusZero ? 0 : cut;
    const at = placeOf(places, h, l);
    if (counts[at] === 0) {
      keys[2 * at] = h;
      keys[2 * at + 1] = l;
      places.used += 1;
    }
    counts[at] = (counts[at] ?? 0) + (given?.[i] ?? 1);
    if (places.used > mostValues) return i + 1;
  }
  return length;
}

/** The upper half of -0, which is the same value as 0. */
const minusZero = -0x80000000;

/** The place of a value, or the free one where it will be. */
function placeOf({ keys, counts }: Places, h: number, l: number): number {
  let at = Math.imul(h, 0x9e3779b1) ^ Math.imul(l, 0x85ebca6b);
  at = (at ^ (at >>> 15)) & (size - 1);
  while (counts[at] !== 0 && (keys[2 * at] !== h || keys[2 * at + 1] !== l))
    at = (at + 1) & (size - 1);
  return at;
}

function listed({ keys, counts }: Places): Omit<Buckets, "bits"> {
  const word = new DataView(new ArrayBuffer(8));
  const kept: { readonly value: number; readonly rows: number }[] = [];
  for (let i = 0; i < size; i++) {
    if (counts[i] === 0) continue;
    word.setInt32(0, keys[2 * i] ?? 0);
    word.setInt32(4, keys[2 * i + 1] ?? 0);
    kept.push({ value: word.getFloat64(0), rows: counts[i] ?? 0 });
  }
  kept.sort((a, b) => a.value - b.value);
  return {
    values: Float64Array.from(kept, ({ value }) => value),
    counts: Float64Array.from(kept, ({ rows }) => rows),
  };
}

/** Masks of the upper and the lower half of a double that keep so many digits. */
function masksOf(bits: number): readonly [number, number] {
  const dropped = allBits - bits;
  return dropped >= 32 ? [-1 << (dropped - 32), 0] : [-1, dropped === 0 ? -1 : -1 << dropped];
}
