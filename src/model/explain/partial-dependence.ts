/** @file What a predictor tells when one feature is given one value after another. */
import { checkNames, checkNumber } from "../../core/index.ts";
import type { Dataset, Matrix, Predictor } from "../../flow.ts";
import { fail } from "../errors.ts";

/** Options of {@link partialDependence}. */
export interface PartialDependenceOptions {
  /** Which feature: its number, from 0, or, of rows in a dataset, its name. */
  readonly feature: number | string;
  /** The values that it is given. Default: as many quantiles of its values as `points` says. */
  readonly values?: readonly number[];
  /** Values of the grid, ≥ 2. Default 20. */
  readonly points?: number;
}

/** What is told at each value. */
export interface PartialDependence {
  /** The values, [g], ascending unless they were given. */
  readonly values: readonly number[];
  /** Mean prediction at each value, [g · k]. */
  readonly means: Float64Array;
  /** The prediction of each row at each value, [n · g · k]: individual conditional expectations. */
  readonly rows: Float64Array;
}

/**
 * Partial dependence and individual conditional expectations: what is predicted of the rows when a feature has each
 * value of a grid and all else stays. O(n·g) predictions. It speaks of rows that need not exist where features go together.
 *
 * @param predictor - Any predictor.
 * @param data - The rows, [n, d], n ≥ 1: a matrix, or a dataset, whose features have names.
 * @param options - See {@link PartialDependenceOptions}.
 * @throws `model/missing-rows`, `model/unknown-feature`, `option/out-of-range`, `model/mismatch-width` of the predictor
 * @example
 * ```ts
 * const stump = { feature: 0, threshold: 2, left: { value: 0 }, right: { value: Math.log(3) } };
 * const predictor = boostPredictor({ width: 1, trees: treesOf([stump], { width: 1 }) });
 * const { values, means } = partialDependence(predictor, matrix([[1], [3]]), { feature: 0, points: 2 });
 * [...values, ...means] // => [1, 3, 0.5, 0.75]
 * ```
 * @see Friedman, Annals of Statistics 29, 2001; Goldstein et al., JCGS 24, 2015. Peer: scikit-learn
 *   `partial_dependence(method="brute")`.
 */
export function partialDependence(
  predictor: Predictor,
  data: Matrix | Pick<Dataset, "x" | "names">,
  options: PartialDependenceOptions,
): PartialDependence {
  const at = "partialDependence";
  checkNames(at, options, ["feature", "values", "points"]);
  const { points = 20 } = options;
  const { x, names } = "x" in data ? data : { x: data, names: [] };
  const feature = placeOf(options.feature, x, names);
  checkNumber(at, { points }, { min: 2, integer: true });
  if (x.rows === 0) fail("model/missing-rows", { at });
  const { values = quantiles(x, feature, points) } = options;
  const told = values.map((value) => {
    const changed = x.data.map((v, i) => (i % x.cols === feature ? value : v));
    return predictor.predict({ ...x, data: changed }); // [n · k]
  });
  const k = (told[0]?.length ?? 0) / x.rows;
  const rows = new Float64Array(x.rows * values.length * k);
  const means = new Float64Array(values.length * k);
  for (const [g, predictions] of told.entries())
    for (const [i, p] of predictions.entries()) {
      const [row, o] = [Math.floor(i / k), i % k];
      rows[(row * values.length + g) * k + o] = p;
      means[g * k + o] = (means[g * k + o] ?? 0) + p / x.rows;
    }
  return { values, means, rows };
}

/** The number of a feature that is named, or numbered, in the options. */
function placeOf(feature: number | string, x: Matrix, names: readonly string[]): number {
  const at = "partialDependence";
  if (typeof feature === "number")
    return checkNumber(at, { feature }, { min: 0, max: x.cols - 1, integer: true });
  const place = names.indexOf(feature);
  return place < 0 ? fail("model/unknown-feature", { at, got: feature, known: names }) : place;
}

/** Distinct quantiles of a feature's values, from the 5th percentile to the 95th; all distinct values where they are few. */
function quantiles({ data, cols }: Matrix, feature: number, points: number): readonly number[] {
  const sorted = data.filter((v, i) => i % cols === feature && !Number.isNaN(v)).sort();
  const distinct = [...new Set(sorted)];
  if (distinct.length <= points) return distinct;
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))] ?? 0;
  return [
    ...new Set(Array.from({ length: points }, (_, g) => at(0.05 + (0.9 * g) / (points - 1)))),
  ];
}
