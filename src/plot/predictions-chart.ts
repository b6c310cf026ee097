/** @file The predictions chart: predicted against true numbers. */
import type { Json } from "../flow.ts";
import { checkNumbers, numbers, rangeOf, roomy, someOf, straight, thinned } from "./axes.ts";
import { checkLength } from "./checks.ts";
import { type ChartOptions, type ChartSpec, chartSpec, checkChartOptions, titled } from "./spec.ts";

/** Options of charts of numbers that were predicted. */
export interface PredictedChartOptions extends ChartOptions {
  /** The label's name: "price". */
  readonly label?: string;
  /** The label's unit: "€". */
  readonly unit?: string;
}

/** More dots hide each other. */
export const mostDots = 2000;

/**
 * Describes predicted numbers over true ones, a dot for each row, with the diagonal of right predictions. Of more than 2,000 rows 2,000
 * are drawn, spread evenly.
 *
 * @param y - True numbers, shape [n], n ≥ 1.
 * @param predicted - Shape [n].
 * @throws `plot/missing-data`, `plot/mismatch-lengths`, `plot/out-of-range-value`
 * @example
 * ```ts
 * predictionsChart([1, 2, 3], [1.1, 1.8, 3.2], { label: "price", unit: "€" })["width"] // => 360
 * ```
 */
export function predictionsChart(
  y: ArrayLike<number>,
  predicted: ArrayLike<number>,
  options: PredictedChartOptions = {},
): ChartSpec {
  const at = "predictionsChart";
  checkChartOptions(at, options, ["label", "unit"]);
  checkNumbers(at, "label", y);
  checkLength(at, "predictions", [y.length, predicted.length]);
  checkNumbers(at, "prediction", predicted);
  const { label: name = "value", unit, title = "Predicted and true values" } = options;
  const shown = thinned(y.length, mostDots);
  const { subtitle = someOf(shown.length, y.length, "rows") } = options;
  const domain = roomy(rangeOf(y, predicted));
  const values = shown.map((i) => ({ x: y[i] ?? 0, y: predicted[i] ?? 0 }));
  const layer: Json[] = [
    {
      data: { values },
      mark: { type: "circle", style: "dot", size: values.length > 300 ? 14 : 26 },
      encoding: {
        x: numbers("x", titled(`true ${name}`, unit), domain),
        y: numbers("y", titled(`predicted ${name}`, unit), domain),
      },
    },
    straight([domain[0], domain[0]], [domain[1], domain[1]]),
  ];
  return chartSpec({ title, subtitle, width: 360, height: 360, layer });
}
