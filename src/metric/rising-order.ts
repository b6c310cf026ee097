/** @file The order of numbers, by radix where there are many: a comparison each is several times slower. */

/** Fewer numbers are sorted faster by comparing them. */
const few = 4096;
const digits = 65_536;

/**
 * The places of numbers from the least to the largest, equal ones in their order; no number is NaN. O(n) from 4,096 numbers on, memory
 * 24·n bytes.
 */
export function risingOrder(values: Float64Array): Uint32Array {
  const n = values.length;
  const order = Uint32Array.from({ length: n }, (_, i) => i);
  if (n < few) return order.sort((a, b) => compare(values[a], values[b]) || a - b);
  const halves = keysOf(values);
  let [from, to] = [order, new Uint32Array(n)];
  for (const half of halves)
    for (const shift of [0, 16]) {
      place({ half, shift }, from, to);
      [from, to] = [to, from];
    }
  return from;
}

/** The low and the high halves of numbers as whole numbers that rise as they do: sign turned, negative ones backwards. */
function keysOf(values: Float64Array): readonly [Uint32Array, Uint32Array] {
  const [low, high] = [new Uint32Array(values.length), new Uint32Array(values.length)];
  const view = new DataView(new ArrayBuffer(8));
  for (let i = 0; i < values.length; i++) {
    view.setFloat64(0, (values[i] ?? 0) + 0); // −0 is 0
    const [hi, lo] = [view.getUint32(0), view.getUint32(4)];
    const isNegative = hi >>> 31 === 1;
    high[i] = isNegative ? ~hi : hi ^ 0x80000000;
    low[i] = isNegative ? ~lo : lo;
  }
  return [low, high];
}

interface Digit {
  readonly half: Uint32Array;
  readonly shift: number;
}

/** One pass: by 16 bits of the keys, equal ones as they came. */
function place({ half, shift }: Digit, from: Uint32Array, to: Uint32Array): void {
  const starts = new Uint32Array(digits + 1);
  for (let i = 0; i < half.length; i++) {
    const digit = (((half[i] ?? 0) >>> shift) & 0xffff) + 1;
    starts[digit] = (starts[digit] ?? 0) + 1;
  }
  for (let digit = 1; digit < digits; digit++)
    starts[digit] = (starts[digit] ?? 0) + (starts[digit - 1] ?? 0);
  for (let i = 0; i < from.length; i++) {
    const row = from[i] ?? 0;
    const digit = ((half[row] ?? 0) >>> shift) & 0xffff;
    const at = starts[digit] ?? 0;
    to[at] = row;
    starts[digit] = at + 1;
  }
}

/** Unlike a difference, right for infinities too. */
function compare(a = 0, b = 0): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
