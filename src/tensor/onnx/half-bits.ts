/** @file Reals of 16 bits. */

/** The bits of the nearest real of 16 bits, ties to even; beyond 65504 it is infinite. */
export function halfBits(value: number): number {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  if (Number.isNaN(value)) return 0x7e00;
  if (size >= 65520) return sign | 0x7c00;
  const exponent = Math.max(-14, Math.floor(Math.log2(size || 1e-9)));
  const places = even(size / 2 ** (exponent - 10)); // up to 2048: a carry goes on into the exponent
  return sign | (places < 1024 ? places : (exponent + 14) * 1024 + places);
}

function even(value: number): number {
  const down = Math.floor(value);
  const rest = value - down;
  return rest > 0.5 || (rest === 0.5 && down % 2 === 1) ? down + 1 : down;
}
