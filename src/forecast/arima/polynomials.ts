/** @file Polynomials in the lag: stationary by construction, written out in full, and checked. */

/**
 * Coefficients of a stationary AR(p) from any p numbers: tanh makes them partial autocorrelations,
 * and the Levinson–Durbin recursion coefficients. O(p²).
 *
 * @see Jones, Technometrics 22(3), 1980.
 */
export function stationary(free: Float64Array): Float64Array {
  const p = free.length;
  const ar = new Float64Array(p);
  for (let k = 0; k < p; k++) {
    const partial = Math.tanh(free[k] ?? 0);
    const before = ar.slice(0, k);
    for (let i = 0; i < k; i++) ar[i] = (before[i] ?? 0) - partial * (before[k - 1 - i] ?? 0);
    ar[k] = partial;
  }
  return ar;
}

/** Coefficients c₁ … of 1 − Σ cᵢBⁱ = (1 − Σ aᵢBⁱ)·(1 − Σ bⱼBʲᵐ). */
export function multiplied(a: Float64Array, b: Float64Array, m: number): Float64Array {
  const product = new Float64Array(a.length + b.length * m);
  product.set(a);
  for (const [j, seasonal] of b.entries()) {
    const lag = (j + 1) * m;
    product[lag - 1] = (product[lag - 1] ?? 0) + seasonal;
    for (const [i, plain] of a.entries())
      product[lag + i] = (product[lag + i] ?? 0) - plain * seasonal;
  }
  return product;
}

/** Coefficients of 1 − Σ δⱼBʲ = (1 − B)ᵈ·(1 − Bᵐ)ᴰ. */
export function differencing(d: number, seasonal: number, m: number): Float64Array {
  let product: Float64Array = new Float64Array(0);
  for (let i = 0; i < d; i++) product = multiplied(product, Float64Array.of(1), 1);
  for (let i = 0; i < seasonal; i++) product = multiplied(product, Float64Array.of(1), m);
  return product;
}

/** Values less what differencing takes from those before, shape [n − lags]. */
export function differenced(values: Float64Array, lags: Float64Array): Float64Array {
  return values.subarray(lags.length).map((value, t) => {
    let sum = value;
    for (const [j, delta] of lags.entries()) sum -= delta * (values[t + lags.length - 1 - j] ?? 0);
    return sum;
  });
}

/**
 * Whether all roots of 1 − Σ cᵢBⁱ are farther from 0 than a radius: the recursion of Levinson and
 * Durbin backwards, on the polynomial in B·radius. O(p²).
 */
export function hasRootsBeyond(coefficients: Float64Array, radius: number): boolean {
  let ar = coefficients.map((c, i) => c * radius ** (i + 1));
  while (ar.length > 0) {
    const k = ar.length - 1;
    const partial = ar[k] ?? 0;
    if (!(Math.abs(partial) < 1)) return false;
    const rest = 1 - partial * partial;
    const longer = ar;
    ar = longer.slice(0, k).map((c, i) => (c + partial * (longer[k - 1 - i] ?? 0)) / rest);
  }
  return true;
}
