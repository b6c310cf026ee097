/** @file Features of few bins that share a byte, so that a row is added to one histogram for all of them. */

/** What packing must know of a feature. */
export interface Packable {
  readonly feature: number;
  /** Its last bin; bins begin with 0. */
  readonly lastBin: number;
}

/** Where a feature lies in its byte: `bin = (byte >> low) & mask`. */
export interface Packed {
  readonly feature: number;
  readonly low: number;
  readonly mask: number;
}

/** Fewer rows are not worth the pass that takes the features of a shared histogram apart. */
const leastRows = 10_000;
/** Bits that a feature may have, so that at least two share a byte. */
const mostBits = 4;
/** More shared bytes would push the histograms of a node out of the cache. */
const mostBytes = 16;

/**
 * Features that share a byte, byte by byte, at least two in each: those of many bits first, each into the first byte that has
 * room. Sums over rows are whole numbers, so that what a shared histogram says of a feature is what its own would have said.
 */
export function packFeatures(
  features: readonly Packable[],
  rows: number,
): readonly (readonly Packed[])[] {
  if (rows < leastRows) return [];
  const bitsOf = ({ lastBin }: Packable): number => 32 - Math.clz32(lastBin);
  const small = features.filter((one) => bitsOf(one) <= mostBits);
  const bytes: Packed[][] = [];
  const used: number[] = [];
  for (const one of small.toSorted((a, b) => bitsOf(b) - bitsOf(a))) {
    const bits = bitsOf(one);
    const found = used.findIndex((taken) => taken + bits <= 8);
    const at = found < 0 ? bytes.length : found;
    const low = used[at] ?? 0;
    bytes[at] = [...(bytes[at] ?? []), { feature: one.feature, low, mask: 2 ** bits - 1 }];
    used[at] = low + bits;
  }
  return bytes.filter((byte) => byte.length > 1).slice(0, mostBytes);
}
