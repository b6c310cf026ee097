/** @file The ends of an interval from resampled values: percentiles, and bias-corrected accelerated ones. */
import { normalQuantile, normalTails } from "../../core/index.ts";

/** The share of the standard normal distribution below z. */
const below = (z: number): number => (z < 0 ? normalTails(z) / 2 : 1 - normalTails(z) / 2);

/**
 * The shares of the resampled values between which the interval lies, bias-corrected and accelerated: Φ(ẑ₀ + (ẑ₀ + z)/(1 − â(ẑ₀ + z)))
 * for both z of the level, ẑ₀ from the share of values below the observed one (ties half), â from the skewness of the jackknife.
 * Undefined when all values lie on one side of the observed one, and with a jackknife of fewer than two values.
 *
 * @see Efron, Journal of the American Statistical Association 82(397), 1987. Peer: SciPy `bootstrap(method="BCa")`.
 */
export function bcaShares(
  sorted: Float64Array,
  observed: number,
  { jackknife, level }: { readonly jackknife: Float64Array; readonly level: number },
): readonly [number, number] | undefined {
  const under = sorted.filter((value) => value < observed).length;
  const upTo = sorted.filter((value) => value <= observed).length;
  const share = (under + upTo) / (2 * sorted.length);
  if (share === 0 || share === 1 || jackknife.length < 2) return undefined;
  const bias = normalQuantile(share);
  const mean = jackknife.reduce((sum, value) => sum + value, 0) / jackknife.length;
  const cubes = jackknife.reduce((sum, value) => sum + (mean - value) ** 3, 0);
  const squares = jackknife.reduce((sum, value) => sum + (mean - value) ** 2, 0);
  const acceleration = squares === 0 ? 0 : cubes / (6 * squares ** 1.5);
  const end = (tail: number): number => {
    const z = bias + normalQuantile(tail);
    return below(bias + z / (1 - acceleration * z));
  };
  return [end((1 - level) / 2), end((1 + level) / 2)];
}
