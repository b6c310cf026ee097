/** @file Charts of residuals: over the predictions, and against the normal distribution. */
import { normalQuantile } from "../core/index.ts";
import type { Json } from "../flow.ts";
import { checkNumbers, numbers, rangeOf, roomy, someOf, straight, thinned } from "./axes.ts";
import { checkLength } from "./checks.ts";
import { mostDots, type PredictedChartOptions } from "./predictions-chart.ts";
import { type ChartOptions, type ChartSpec, chartSpec, checkChartOptions, titled } from "./spec.ts";

const tenths = 10;

/**
 * Describes residuals (true less predicted) over predictions, with the line of none and the means of ten equally large groups of rows: a
 * bend says that something is missed, a funnel that large values are less sure. Of more than 2,000 rows 2,000 are drawn.
 *
 * @param y - True numbers, shape [n], n ≥ 1.
 * @param predicted - Shape [n].
 * @throws `plot/missing-data`, `plot/mismatch-lengths`, `plot/out-of-range-value`
 * @example
 * ```ts
 * residualsChart([1, 2, 3], [1.1, 1.8, 3.2])["height"] // => 280
 * ```
 */
export function residualsChart(
  y: ArrayLike<number>,
  predicted: ArrayLike<number>,
  options: PredictedChartOptions = {},
): ChartSpec {
  const at = "residualsChart";
  checkChartOptions(at, options, ["label", "unit"]);
  checkNumbers(at, "label", y);
  checkLength(at, "predictions", [y.length, predicted.length]);
  checkNumbers(at, "prediction", predicted);
  const residuals = Float64Array.from(y, (value, i) => value - (predicted[i] ?? 0));
  const { label: name = "value", unit, title = "Residuals" } = options;
  const shown = thinned(y.length, mostDots);
  const { subtitle = someOf(shown.length, y.length, "rows") } = options;
  const values = shown.map((i) => ({ x: predicted[i] ?? 0, y: residuals[i] ?? 0 }));
  const across = roomy(rangeOf(predicted));
  const x = numbers("x", titled(`predicted ${name}`, unit), across);
  const height = numbers("y", titled("true less predicted", unit), roomy(rangeOf(residuals, [0])));
  const means = meansOf(predicted, residuals);
  const layer: Json[] = [
    {
      data: { values },
      mark: { type: "circle", style: "dot", size: values.length > 300 ? 14 : 26 },
      encoding: { x, y: height },
    },
    straight([across[0], 0], [across[1], 0]),
    ...(means.length > 1
      ? [
          {
            data: { values: means },
            mark: { type: "line", style: "second" },
            encoding: { x, y: height },
          },
        ]
      : []),
  ];
  return chartSpec({ title, subtitle, width: 440, height: 280, layer });
}

/** The means of ten groups of rows by rising prediction; of few rows none. */
function meansOf(predicted: ArrayLike<number>, residuals: Float64Array): Json[] {
  const n = residuals.length;
  if (n < 5 * tenths) return [];
  const order = Uint32Array.from(residuals, (_, i) => i).sort(
    (a, b) => (predicted[a] ?? 0) - (predicted[b] ?? 0),
  );
  return Array.from({ length: tenths }, (_, t) => {
    const rows = order.subarray(Math.floor((t * n) / tenths), Math.floor(((t + 1) * n) / tenths));
    const mean = (of: ArrayLike<number>): number =>
      rows.reduce((sum, i) => sum + (of[i] ?? 0), 0) / rows.length;
    return { x: mean(predicted), y: mean(residuals) };
  });
}

/**
 * Describes the quantiles of residuals over those of the normal distribution, with the line of a normal one of their mean and deviation:
 * ends that leave it say that large errors are more, or less, frequent. Of more than 500 quantiles 500 are drawn.
 *
 * @param residuals - Shape [n], n ≥ 2.
 * @throws `plot/missing-data`, `plot/out-of-range-value`
 * @example
 * ```ts
 * qqChart([-1, 0.2, 0.1, 0.9])["width"] // => 360
 * ```
 * @see Wilk & Gnanadesikan, Biometrika 55(1), 1968; places (i − 0.5)/n.
 */
export function qqChart(residuals: ArrayLike<number>, options: ChartOptions = {}): ChartSpec {
  const at = "qqChart";
  checkChartOptions(at, options);
  checkNumbers(at, "residual", residuals);
  const sorted = Float64Array.from(residuals).sort();
  const n = sorted.length;
  const mean = sorted.reduce((sum, v) => sum + v, 0) / n;
  const deviation = Math.sqrt(sorted.reduce((sum, v) => sum + (v - mean) ** 2, 0) / n);
  const values = thinned(n, 500).map((i) => ({
    x: normalQuantile((i + 0.5) / n),
    y: sorted[i] ?? 0,
  }));
  const across = roomy(rangeOf(values.map(({ x }) => x)));
  const ends = across.map((z) => mean + z * deviation);
  const domain = roomy(rangeOf(sorted, ends));
  const { title = "Residuals against the normal distribution", subtitle } = options;
  const layer: Json[] = [
    {
      data: { values },
      mark: { type: "circle", style: "dot", size: 26 },
      encoding: {
        x: numbers("x", "normal quantile (standard deviations)", across),
        y: numbers("y", "residual", domain),
      },
    },
    straight([across[0], ends[0] ?? 0], [across[1], ends[1] ?? 0]),
  ];
  return chartSpec({ title, subtitle, width: 360, height: 360, layer });
}
