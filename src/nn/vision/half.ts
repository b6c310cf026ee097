/** @file Numbers of half precision (IEEE 754 binary16), for weights that are stored. */

/** Rounds numbers to halves, to nearest and even; what is too large becomes infinite. */
export function toHalf(values: Float32Array): Uint16Array {
  const bits = new Uint32Array(1);
  const float = new Float32Array(bits.buffer);
  return Uint16Array.from(values, (value) => {
    float[0] = value;
    const whole = bits[0] ?? 0;
    const sign = (whole >>> 16) & 0x8000;
    const size = Math.abs(value);
    if (size >= 65_520) return sign | 0x7c00;
    if (size < 2 ** -14) return sign | evenly(size * 2 ** 24); // subnormal: multiples of 2⁻²⁴
    const exponent = ((whole >>> 23) & 0xff) - 112;
    return sign | ((exponent << 10) + evenly((whole & 0x7fffff) / 2 ** 13)); // a carry goes into the exponent
  });
}

/** The nearest whole number; of two the even one. */
function evenly(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  return rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below;
}

/** The numbers that halves stand for. */
export function fromHalf(halves: Uint16Array): Float32Array {
  return Float32Array.from(halves, (half) => {
    const [sign, exponent, rest] = [half & 0x8000 ? -1 : 1, (half >> 10) & 0x1f, half & 0x3ff];
    if (exponent === 0x1f) return rest === 0 ? sign * Infinity : Number.NaN;
    return exponent === 0
      ? sign * rest * 2 ** -24
      : sign * (1 + rest / 1024) * 2 ** (exponent - 15);
  });
}
