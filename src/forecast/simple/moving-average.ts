/** @file The moving average: the mean of the last values goes on. */
import { checkNames, checkNumber } from "../../core/index.ts";
import { deviationOf, type Family, type Forecaster, forecaster } from "../forecaster.ts";
import { normalOutlook } from "../outlook.ts";

interface AverageParams {
  readonly mean: number;
  /** Root mean squares of past errors by step ahead, which never fall, shape [≥ 1]. */
  readonly deviations: Float64Array;
}

/** Most steps ahead whose past errors are looked at. */
const mostSteps = 1000;

export const averageFamily: Family<AverageParams> = {
  kind: "moving-average",
  read: (fields) => ({
    mean: fields.number("mean"),
    deviations: fields.array("deviations", Float64Array),
  }),
  outlook: ({ mean, deviations }, horizon) => {
    const last = deviations.length;
    const deviation = (i: number): number =>
      deviations[i] ?? (deviations[last - 1] ?? 0) * Math.sqrt((i + 1) / last);
    return normalOutlook(
      new Float64Array(horizon).fill(mean),
      Float64Array.from({ length: horizon }, (_, i) => deviation(i)),
    );
  },
  summary: ({ mean, deviations }) => ({ mean, deviation: deviations[0] ?? 0 }),
};

/** Options of {@link movingAverage}. */
export interface MovingAverageOptions {
  /** How many of the last values are averaged, ≥ 1. Default 3. */
  readonly window?: number;
}

/**
 * The moving average: every step is the mean of the last w values. Its deviation h steps ahead is
 * measured: the root mean square of what such a mean was off by, h steps later, in the history; past
 * what half of the history shows, it grows with √h. O(n·min(n, 1000)).
 *
 * @param options - See {@link MovingAverageOptions}.
 * @returns A forecaster; it needs w + 1 values.
 * @throws `option/out-of-range`, `option/unknown-name`
 * @example
 * ```ts
 * const times = [1, 2, 3, 4].map((day) => new Date(Date.UTC(2026, 0, day)));
 * const model = await movingAverage({ window: 2 }).fit(series({ times, values: [1, 9, 2, 8] }));
 * model.forecast({ horizon: 1 }).mean // => Float64Array.of(5)
 * ```
 * @see Peer: statsforecast `WindowAverage`, whose mean is the same; it has no intervals of its own.
 */
export function movingAverage(options: MovingAverageOptions = {}): Forecaster {
  checkNames("movingAverage", options, ["window"]);
  const { window = 3 } = options;
  checkNumber("movingAverage", { window }, { min: 1, integer: true });
  return forecaster({
    name: "moving-average",
    options: { window },
    family: averageFamily,
    least: () => [window + 1, "the window and one value after it"],
    learn: ({ values }) => {
      const means = meansOf(values, window); // [n − w + 1], the last one is the forecast
      const origins = means.length - 1;
      const steps = Math.min(mostSteps, Math.max(1, Math.floor(origins / 2)));
      const deviations = new Float64Array(steps);
      for (let h = 1; h <= steps; h++) {
        const errors = values.subarray(window + h - 1).map((value, i) => value - (means[i] ?? 0));
        deviations[h - 1] = Math.max(deviationOf(errors), deviations[h - 2] ?? 0);
      }
      return { mean: means.at(-1) ?? 0, deviations };
    },
  });
}

/** Means of each w values in a row, shape [n − w + 1]. */
function meansOf(values: Float64Array, window: number): Float64Array {
  return Float64Array.from({ length: values.length - window + 1 }, (_, i) => {
    const part = values.subarray(i, i + window);
    return part.reduce((sum, value) => sum + value, 0) / window;
  });
}
