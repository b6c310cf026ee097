/** @file A predictor as plain data. */
import type { Predictor } from "../flow.ts";

/** The format that this version writes. In 1, boosted trees were complete and had their base beside them. */
export const predictorFormat = 2;

/** What {@link predictorState} gives: `formatJson` writes it, typed arrays included. */
export interface PredictorState {
  readonly format: number;
  readonly kind: string;
  readonly [field: string]: unknown;
}

/**
 * A predictor's state: everything on it that is not a function, with a format number; predictors inside of it
 * likewise. A number that has no value (NaN) is left out, because JSON has none.
 *
 * @param predictor - Any predictor.
 * @returns Plain data for core's `formatJson`.
 * @example
 * ```ts
 * predictorState(majorityPredictor({ share: 0.3, width: 2 }))
 * // => { format: 2, kind: "majority", share: 0.3, width: 2 }
 * ```
 */
export function predictorState(predictor: Predictor): PredictorState {
  const { kind } = predictor;
  const data = Object.entries(predictor)
    .filter(([, value]) => typeof value !== "function" && !Number.isNaN(value))
    .map(([name, value]) => [name, plain(value)]);
  return { ...Object.fromEntries(data), kind, format: predictorFormat };
}

/** A value of a predictor, with predictors in it as their states. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  return isPredictor(value) ? predictorState(value) : value;
}

function isPredictor(value: unknown): value is Predictor {
  return typeof value === "object" && value !== null && "predict" in value && "kind" in value;
}
