/** @file Laying out a kernel's memory: fixed blocks one after another. */

/** Gives out blocks of bytes. */
export interface Blocks {
  /** The first byte of a block of so many; blocks begin on whole cache lines. */
  take(bytes: number): number;
  /** The first byte that is not taken. */
  end(): number;
}

const lineBytes = 64;

/** Blocks from a first byte on, with so many spare bytes after each. */
export function openBlocks(firstByte: number, spareBytes = 0): Blocks {
  let next = firstByte;
  const take = (bytes: number): number => {
    const start = next;
    next = Math.ceil((start + bytes + spareBytes) / lineBytes) * lineBytes;
    return start;
  };
  return { take, end: () => next };
}
