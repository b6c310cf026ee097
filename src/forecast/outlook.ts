/** @file What a model expects of the steps ahead, and within which bounds. */

/** The steps ahead: their expected values, and bounds at any level. */
export interface Outlook {
  /** Shape [t]. */
  readonly mean: Float64Array;
  /** Bounds that hold a step's value with this probability, above 0 and below 1. */
  bounds(level: number): { readonly lower: Float64Array; readonly upper: Float64Array };
}

/** An outlook whose errors are normal with these standard deviations, shape [t]. */
export function normalOutlook(mean: Float64Array, deviations: Float64Array): Outlook {
  return {
    mean,
    bounds: (level) => {
      const z = normalQuantile((1 + level) / 2);
      const at = (sign: number) => mean.map((value, i) => value + sign * z * (deviations[i] ?? 0));
      return { lower: at(-1), upper: at(1) };
    },
  };
}

/** An outlook of simulated paths: the values of each step, which are sorted here. */
export function sampledOutlook(mean: Float64Array, steps: readonly Float64Array[]): Outlook {
  for (const values of steps) values.sort();
  return {
    mean,
    bounds: (level) => ({
      lower: Float64Array.from(steps, (values) => quantileOf(values, (1 - level) / 2)),
      upper: Float64Array.from(steps, (values) => quantileOf(values, (1 + level) / 2)),
    }),
  };
}

/** The quantile of sorted values, by a line between neighbours (Hyndman & Fan's type 7). */
export function quantileOf(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1);
  const [low, high] = [sorted[Math.floor(place)] ?? 0, sorted[Math.ceil(place)] ?? 0];
  return low + (high - low) * (place - Math.floor(place));
}

/** Coefficients of Wichura's rational approximations, from the highest power down to the constant. */
const central = {
  over: [2509.0809287301227, 33430.57558358813, 67265.7709270087, 45921.95393154987, 13731.69376550946, 1971.5909503065513, 133.14166789178438, 3.3871328727963665], // biome-ignore format: a table
  under: [5226.495278852546, 28729.085735721943, 39307.89580009271, 21213.794301586597, 5394.196021424751, 687.1870074920579, 42.31333070160091, 1], // biome-ignore format: a table
};
const middle = {
  over: [0.0007745450142783414, 0.022723844989269184, 0.2417807251774506, 1.2704582524523684, 3.6478483247632045, 5.769497221460691, 4.630337846156546, 1.4234371107496835], // biome-ignore format: a table
  under: [1.0507500716444169e-09, 0.0005475938084995345, 0.015198666563616457, 0.14810397642748008, 0.6897673349851, 1.6763848301838038, 2.053191626637759, 1], // biome-ignore format: a table
};
const far = {
  over: [2.0103343992922881e-07, 2.7115555687434876e-05, 0.0012426609473880784, 0.026532189526576124, 0.29656057182850487, 1.7848265399172913, 5.463784911164114, 6.657904643501103], // biome-ignore format: a table
  under: [2.0442631033899397e-15, 1.421511758316446e-07, 1.8463183175100548e-05, 0.0007868691311456133, 0.014875361290850615, 0.1369298809227358, 0.599832206555888, 1], // biome-ignore format: a table
};

const ratio = ({ over, under }: typeof central, x: number): number =>
  polynomial(over, x) / polynomial(under, x);
const polynomial = (powers: readonly number[], x: number): number =>
  powers.reduce((sum, power) => sum * x + power, 0);

/**
 * The quantile of the standard normal distribution, to 16 digits.
 *
 * @param p - Above 0, below 1.
 * @example
 * ```ts
 * normalQuantile(0.975) // => 1.959963984540054
 * ```
 * @see Wichura, Algorithm AS 241, Applied Statistics 37(3), 1988. Peer: SciPy `norm.ppf`.
 */
export function normalQuantile(p: number): number {
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) return q * ratio(central, 0.180625 - q * q);
  const r = Math.sqrt(-Math.log(q < 0 ? p : 1 - p));
  const size = r <= 5 ? ratio(middle, r - 1.6) : ratio(far, r - 5);
  return q < 0 ? -size : size;
}
