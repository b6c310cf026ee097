/** @file What a model expects of the steps ahead, and within which bounds. */
import { normalQuantile, quantileOf } from "../core/index.ts";

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

/** An outlook of simulated paths: `draw` gives the values of each step, and is asked when bounds are. */
export function sampledOutlook(mean: Float64Array, draw: () => readonly Float64Array[]): Outlook {
  let sorted: readonly Float64Array[] | undefined;
  return {
    mean,
    bounds: (level) => {
      sorted ??= draw().map((values) => values.sort());
      return {
        lower: Float64Array.from(sorted, (values) => quantileOf(values, (1 - level) / 2)),
        upper: Float64Array.from(sorted, (values) => quantileOf(values, (1 + level) / 2)),
      };
    },
  };
}
