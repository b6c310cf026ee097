/** @file Other libraries' comparisons as ours, v < t on doubles, exactly. */

const bits = new BigInt64Array(1);
const real = new Float64Array(bits.buffer);
const bits32 = new Int32Array(1);
const real32 = new Float32Array(bits32.buffer);

/**
 * The next double above x. +Infinity and NaN are their own.
 *
 * @example
 * ```ts
 * nextUp(1) // => 1 + Number.EPSILON
 * nextUp(0) // => Number.MIN_VALUE
 * ```
 */
export function nextUp(x: number): number {
  if (Number.isNaN(x) || x === Infinity) return x;
  if (x === 0) return Number.MIN_VALUE;
  real[0] = x;
  bits[0]! += x > 0 ? 1n : -1n;
  return real[0];
}

/**
 * The t' for which v < t' holds exactly when v ≤ t, for doubles v: LightGBM's comparison as ours.
 *
 * @example
 * ```ts
 * 2 < atMost(2) // => true
 * 2 + 2 * Number.EPSILON < atMost(2) // => false
 * ```
 */
export const atMost = nextUp;

/**
 * The t' for which v < t' holds exactly when v, rounded to the nearest 32-bit number (ties to even), is below
 * the 32-bit number t: XGBoost's comparison as ours. O(1).
 *
 * @param t - A number that 32 bits hold; of another one its rounding is taken.
 * @example
 * ```ts
 * const t = Math.fround(0.1);
 * [0.09999999, 0.1, 0.1000000015].map((v) => v < belowFloat32(t)) // => [true, false, false]
 * ```
 */
export function belowFloat32(t: number): number {
  const above = Math.fround(t);
  if (Number.isNaN(above) || above === -Infinity) return above;
  const below = previousFloat32(above);
  const middle = (finite(below) + finite(above)) / 2; // exact: one bit more than 32-bit numbers have
  real32[0] = below;
  const tieGoesDown = (bits32[0]! & 1) === 0;
  return tieGoesDown ? nextUp(middle) : middle;
}

function previousFloat32(x: number): number {
  if (x === 0) return -(2 ** -149);
  real32[0] = x;
  bits32[0]! += x > 0 ? -1 : 1;
  return real32[0];
}

/** Where infinite 32-bit numbers would lie if their exponent went one further: what rounds to them is nearer to it. */
function finite(x: number): number {
  return Number.isFinite(x) ? x : Math.sign(x) * 2 ** 128;
}
