/** @file Bounds from errors that were made on values which were not learned from. */
import { normalQuantile } from "../../core/index.ts";
import type { Outlook } from "../outlook.ts";

/** Sizes of past errors, rising, by step ahead: [0] those of the first step. */
export type PastErrors = readonly Float64Array[];

/**
 * Half the width of an interval, by split conformal prediction: the ⌈(c + 1)·level⌉-th of c sizes of
 * errors. Where there are too few for the level, the normal quantile of their root mean square, or the
 * largest one if it is more.
 *
 * @see Vovk, Gammerman & Shafer, Algorithmic Learning in a Random World, 2005; for forecasts Stankevičiūtė,
 *   Alaa & van der Schaar, NeurIPS 2021.
 */
export function conformalWidth(sizes: Float64Array, level: number): number {
  const place = Math.ceil((sizes.length + 1) * level);
  const found = sizes[place - 1];
  if (found !== undefined) return found;
  const square = sizes.reduce((sum, size) => sum + size * size, 0) / Math.max(1, sizes.length);
  return Math.max(sizes.at(-1) ?? 0, normalQuantile((1 + level) / 2) * Math.sqrt(square));
}

/** The outlook of means with bounds that never narrow; past the steps with errors they grow as √h. */
export function conformalOutlook(mean: Float64Array, errors: PastErrors): Outlook {
  return {
    mean,
    bounds: (level) => {
      let widest = 0;
      const widths = errors.map((sizes) => {
        widest = Math.max(widest, conformalWidth(sizes, level));
        return widest;
      });
      const known = widths.length;
      const width = (i: number): number => widths[i] ?? widest * Math.sqrt((i + 1) / known);
      const at = (sign: number) => mean.map((value, i) => value + sign * width(i));
      return { lower: at(-1), upper: at(1) };
    },
  };
}
