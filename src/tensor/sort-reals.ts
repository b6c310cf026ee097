/** @file Sorting many numbers. */

const digitBits = 11;
const digits = 2 ** digitBits;
const shifts = [0, digitBits, 2 * digitBits] as const;
/** Fewer numbers are sorted as fast by comparing them. */
const few = 1024;
/** Neighbours that agree in their upper 32 bits and are put right by insertion; more are sorted by comparing them. */
const mostAlike = 16;

/** Sorts as `Float64Array.prototype.sort` does; what it gives is good until it is called again. */
export type RealSorter = (values: Float64Array) => Float64Array;

/**
 * Opens a sorter of up to `length` numbers, which keeps its two lists: by the upper 32 bits of the numbers, eleven at a time from the
 * lowest on, then what is alike in them. O(n), a sixth of the time of comparing at 25,000 numbers.
 *
 * @param length - The most numbers that are sorted at once; none of them may be NaN.
 */
export function openRealSorter(length: number): RealSorter {
  const [first, second] = [pairOf(length), pairOf(length)];
  const counts = new Uint32Array(shifts.length * digits);
  return (values) => {
    if (values.length < few) return values.slice().sort();
    first.reals.set(values);
    countDigits(first.words, values.length, counts.fill(0));
    move(first, second, values.length, counts, 0);
    move(second, first, values.length, counts, 1);
    move(first, second, values.length, counts, 2);
    return settle(second.reals.subarray(0, values.length));
  };
}

interface Pair {
  readonly reals: Float64Array;
  /** The same bytes; the upper half of number i is word 2i + 1, as numbers lie in every memory that Node runs on. */
  readonly words: Int32Array;
}

function pairOf(length: number): Pair {
  const reals = new Float64Array(length);
  return { reals, words: new Int32Array(reals.buffer) };
}

/** Upper halves in an order of their own: all bits of negative numbers turned, of others only the sign. */
function keyOf(word: number): number {
  return word ^ ((word >> 31) | 0x80000000);
}

function countDigits(words: Int32Array, n: number, counts: Uint32Array): void {
  for (let i = 0; i < n; i++) {
    const key = keyOf(words[2 * i + 1]!);
    counts[key & (digits - 1)]!++;
    counts[digits + ((key >>> shifts[1]) & (digits - 1))]!++;
    counts[2 * digits + (key >>> shifts[2])]!++;
  }
}

/** Moves numbers to the places of a digit, in their old order where it is the same. */
function move(from: Pair, to: Pair, n: number, counts: Uint32Array, digit: 0 | 1 | 2): void {
  const [base, shift] = [digit * digits, shifts[digit]];
  for (let d = base, sum = 0; d < base + digits; d++) {
    const count = counts[d]!;
    counts[d] = sum;
    sum += count;
  }
  for (let i = 0; i < n; i++) {
    const at = base + ((keyOf(from.words[2 * i + 1]!) >>> shift) & (digits - 1));
    to.reals[counts[at]!++] = from.reals[i]!;
  }
}

/** Puts numbers right that differ only in their lower halves: they are neighbours by now. */
function settle(values: Float64Array): Float64Array {
  const { length } = values;
  const words = new Int32Array(values.buffer, values.byteOffset, 2 * length);
  for (let begin = 0, end = 1; begin < length; begin = end++) {
    let isSorted = true;
    for (; end < length && words[2 * end + 1] === words[2 * begin + 1]; end++)
      isSorted &&= values[end]! >= values[end - 1]!;
    if (!isSorted) sortAlike(values.subarray(begin, end));
  }
  return values;
}

function sortAlike(values: Float64Array): void {
  if (values.length > mostAlike) {
    values.sort();
    return;
  }
  for (let i = 1; i < values.length; i++) {
    const value = values[i]!;
    let j = i;
    for (; j > 0 && value < values[j - 1]!; j--) values[j] = values[j - 1]!;
    values[j] = value;
  }
}
