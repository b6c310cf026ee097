/** @file The precision-recall chart: how pure what is found is, for each share found. */
import { shares, straight, words } from "./axes.ts";
import { checkValue } from "./checks.ts";
import { checkCurves, legendOf, linesOf, pointsOf } from "./curve-lines.ts";
import { type ChartOptions, type ChartSpec, chartSpec, checkChartOptions } from "./spec.ts";

/** One model's precision-recall curve; both lists have shape [p]. */
export interface PrCurve {
  readonly name: string;
  /** 0 to 1. */
  readonly recall: ArrayLike<number>;
  /** 0 to 1. */
  readonly precision: ArrayLike<number>;
  /** The average precision, 0 to 1. */
  readonly prAuc: number;
}

/** Options of {@link prChart}. */
export interface PrChartOptions extends ChartOptions {
  /** The share of label 1, which a model that guesses has as precision; 0 to 1. */
  readonly share?: number;
}

/**
 * Describes precision-recall curves as steps, with the average precision beside each name. O(p).
 *
 * @param curves - One to eight curves, as `prCurve` of metric gives them, in the order of the legend.
 * @throws `plot/missing-data`, `plot/mismatch-lengths`, `plot/out-of-range-value`, `plot/out-of-range-count`, `plot/duplicate-name`
 * @example
 * ```ts
 * prChart([{ name: "boost", recall: [0, 1], precision: [1, 0.8], prAuc: 0.8 }], { share: 0.3 })["height"] // => 360
 * ```
 */
export function prChart(curves: readonly PrCurve[], options: PrChartOptions = {}): ChartSpec {
  const at = "prChart";
  checkChartOptions(at, options, ["share"]);
  const { share, title = "Precision and recall", subtitle } = options;
  const lines = curves.map(({ name, recall, precision }) => ({ name, x: recall, y: precision }));
  const names = checkCurves(at, lines);
  for (const { name, prAuc } of curves)
    checkValue(`${at}: curve ${JSON.stringify(name)}`, { prAuc }, { min: 0, max: 1 });
  if (share !== undefined) checkValue(at, { share }, { min: 0, max: 1 });
  const keys = curves.map(({ prAuc }, i) => `${prAuc.toFixed(3)}  ${names[i]}`);
  const rows = lines.flatMap((line, i) => pointsOf(line, keys[i] ?? "", [1, 1]));
  const guess =
    share === undefined ? [] : [straight([0, share], [1, share]), words([0, share], "guessing")];
  const legend = legendOf("average precision", curves.length, "bottom-left");
  const x = shares("x", "recall (share of positives found)");
  const y = shares("y", "precision (share of found that are positive)");
  const layer = [
    linesOf(rows, keys, { x, y, legend, mark: { interpolate: "step-before" } }),
    ...guess,
  ];
  return chartSpec({ title, subtitle, width: 360, height: 360, layer });
}
