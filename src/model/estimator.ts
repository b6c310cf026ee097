/** @file What every algorithm offers, and the checks of data that all of them share. */
import type { LongWork } from "../core/index.ts";
import type { Dataset, Json, Matrix, Predictor } from "../flow.ts";
import { findNotFinite } from "../tensor/index.ts";
import { fail } from "./errors.ts";
import { type Fit, fitWith } from "./fit.ts";

/** An algorithm with its options: data in, predictor out. Learning changes neither it nor the data. */
export interface Estimator<P extends Predictor = Predictor> {
  /** The algorithm: "boost". */
  readonly name: string;
  /** Every option that decides the result, defaults included. */
  readonly options: Readonly<Record<string, Json>>;
  /**
   * Learns from x of shape [n, d] and y of shape [n], 0 or 1, with n ≥ 1 and d ≥ 1.
   *
   * @throws `model/missing-rows`, `model/missing-features`, `model/mismatch-length`,
   *   `model/out-of-range-label`, `model/out-of-range-value`, `model/missing-value` unless missing
   *   values are handled, `model/missing-class` unless one class is enough, or the signal's reason.
   */
  learn(data: Dataset, work?: LongWork): Promise<P>;
  /** Fits features and predictor to typed rows: a model that takes raw rows. */
  readonly fit: Fit;
}

/** What one algorithm is made of. */
export interface EstimatorParts<P extends Predictor> {
  readonly name: string;
  readonly options: Readonly<Record<string, Json>>;
  /** Whether NaN, a missing value, is handled. */
  readonly missing: boolean;
  /** Whether labels that are all the same are enough. */
  readonly oneClass: boolean;
  /** Learns from data that was checked. */
  readonly learn: (data: Dataset, work: LongWork) => P | Promise<P>;
}

/**
 * An estimator from its parts: its `learn` checks the data first, so that each algorithm holds its
 * formula only.
 *
 * @param parts - Name, options, what data it takes, and how it learns.
 * @returns The estimator.
 * @example
 * ```ts
 * const always = estimator({
 *   name: "always",
 *   options: {},
 *   missing: true,
 *   oneClass: true,
 *   learn: () => ({ kind: "always", predict: (x) => new Float64Array(x.rows).fill(1) }),
 * });
 * const source = "sha256:00" as const;
 * const data = { x: matrix([[0], [1]]), y: Float64Array.of(0, 1), names: ["a"], source };
 * (await always.learn(data)).predict(data.x) // => Float64Array.of(1, 1)
 * ```
 */
export function estimator<P extends Predictor>(parts: EstimatorParts<P>): Estimator<P> {
  const { name, options } = parts;
  const learn = async (data: Dataset, work: LongWork = {}): Promise<P> => {
    work.signal?.throwIfAborted();
    checkShape(name, data);
    checkLabels(parts, data.y);
    checkFeatures(parts, data);
    return parts.learn(data, work);
  };
  return { name, options, learn, fit: fitWith({ learn }) };
}

/** Refuses rows of another width than the predictor learned from. Throws `model/mismatch-width`. */
export function checkWidth(at: string, x: Matrix, expected: number): void {
  if (x.cols !== expected) fail("model/mismatch-width", { at, expected, got: x.cols });
}

function checkShape(at: string, { x, y, names }: Dataset): void {
  if (x.rows === 0) fail("model/missing-rows", { at });
  if (x.cols === 0) fail("model/missing-features", { at });
  const lengths = [
    { what: "label", expected: x.rows, got: y.length },
    { what: "name", expected: x.cols, got: names.length },
    { what: "number", expected: x.rows * x.cols, got: x.data.length },
  ];
  for (const length of lengths)
    if (length.got !== length.expected) fail("model/mismatch-length", { at, ...length });
}

function checkLabels({ name, oneClass }: EstimatorParts<Predictor>, y: Float64Array): void {
  const odd = y.findIndex((label) => label !== 0 && label !== 1);
  if (odd >= 0) fail("model/out-of-range-label", { at: name, row: odd, got: y[odd] ?? Number.NaN });
  const [label = 0] = y;
  if (!oneClass && y.every((other) => other === label))
    fail("model/missing-class", { at: name, rows: y.length, label });
}

function checkFeatures({ name, missing }: EstimatorParts<Predictor>, { x, names }: Dataset): void {
  const place = findNotFinite(x, missing);
  if (place === undefined) return;
  const { row, value: got } = place;
  const at = { at: name, feature: names[place.column] ?? "", row };
  if (Number.isNaN(got)) fail("model/missing-value", at);
  fail("model/out-of-range-value", { ...at, got });
}
