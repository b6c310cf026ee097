/** @file The calibration chart: how often what was given a probability came true. */
import type { Json } from "../flow.ts";
import { below, plain, shares, straight, words } from "./axes.ts";
import { checkLabels, checkSome, checkValue } from "./checks.ts";
import { fail } from "./errors.ts";
import { type ChartOptions, type ChartSpec, chartSpec, checkChartOptions } from "./spec.ts";

/** A model's bins, as `reliability` of metric gives them. */
export interface CalibrationCurve {
  readonly name: string;
  readonly bins: readonly {
    readonly given: number;
    readonly observed: number;
    readonly rows: number;
  }[];
}

/**
 * Describes the share that came true over the probability given, a point for each bin, larger for more rows, with the diagonal
 * of right probabilities. O(bins).
 *
 * @param curves - One to eight models, in the order of the legend.
 * @throws `plot/missing-data`, `plot/out-of-range-value`, `plot/out-of-range-count`, `plot/duplicate-name`
 * @example
 * ```ts
 * calibrationChart([{ name: "boost", bins: [{ given: 0.2, observed: 0.25, rows: 40 }] }])["width"] // => 360
 * ```
 * @see Niculescu-Mizil & Caruana, ICML 2005.
 */
export function calibrationChart(
  curves: readonly CalibrationCurve[],
  options: ChartOptions = {},
): ChartSpec {
  const at = "calibrationChart";
  checkChartOptions(at, options);
  checkSome(at, "model", curves.length);
  if (curves.length > 8)
    fail("plot/out-of-range-count", { at, what: "models", most: 8, got: curves.length });
  const names = checkLabels(
    at,
    curves.map(({ name }) => name),
  );
  const rows: Json[] = curves.flatMap(({ bins }, i) => {
    const where = `${at}: model ${JSON.stringify(names[i])}`;
    checkSome(where, "bin", bins.length);
    for (const { given, observed, rows: n } of bins) {
      checkValue(where, { given }, { min: 0, max: 1 });
      checkValue(where, { observed }, { min: 0, max: 1 });
      checkValue(where, { rows: n }, { min: 0 });
    }
    const total = bins.reduce((sum, bin) => sum + bin.rows, 0);
    return bins.map(({ given, observed, rows: n }) => ({
      curve: names[i] ?? "",
      x: given,
      y: observed,
      size: total > 0 ? n / total : 0,
    }));
  });
  const { title = "Calibration", subtitle = "larger points have more rows" } = options;
  const legend = curves.length === 1 ? null : { title: null, orient: "top-left", labelLimit: 190 };
  const color = { field: "curve", type: "nominal", sort: null, scale: { domain: names }, legend };
  const [x, y] = [plain("x"), plain("y")];
  const size = {
    field: "size",
    type: "quantitative",
    scale: { domain: [0, 0.5], range: [30, 320], clamp: true },
    legend: null,
  };
  const layer: Json[] = [
    {
      data: { values: rows },
      mark: { type: "line", strokeWidth: 1.5 },
      encoding: {
        x: shares("x", "probability given"),
        y: shares("y", "share that came true"),
        color,
      },
    },
    straight([0, 0], [1, 1]),
    words([0.16, 0.16], "right", { ...below, angle: -45 }),
    {
      data: { values: rows },
      mark: { type: "circle", opacity: 1 },
      encoding: { x, y, color, size },
    },
  ];
  return chartSpec({ title, subtitle, width: 360, height: 360, layer });
}
