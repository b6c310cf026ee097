/** @file The gain chart: how many of the sought rows are among the first asked; and the lift over chance. */
import { checkChoice } from "../core/index.ts";
import { below, numbers, rangeOf, shares, straight, words } from "./axes.ts";
import { checkCurves, legendOf, linesOf, pointsOf } from "./curve-lines.ts";
import { type ChartOptions, type ChartSpec, chartSpec, checkChartOptions } from "./spec.ts";

/** One model's gains; the lists have shape [p], as `gainCurve` of metric gives them. */
export interface GainCurve {
  readonly name: string;
  readonly rows: ArrayLike<number>;
  readonly gain: ArrayLike<number>;
  readonly lift: ArrayLike<number>;
}

/** Options of {@link gainChart}. */
export interface GainChartOptions extends ChartOptions {
  /** What is drawn over the share of rows asked. Default "gain". */
  readonly show?: "gain" | "lift";
}

/**
 * Describes the cumulative gain, or the lift, over the share of rows that are asked, those of the highest scores first, with the line of
 * rows asked at random. O(p).
 *
 * @param curves - One to eight curves, in the order of the legend.
 * @throws `plot/missing-data`, `plot/mismatch-lengths`, `plot/out-of-range-value`, `plot/out-of-range-count`,
 * `plot/duplicate-name`, `option/out-of-range`
 * @example
 * ```ts
 * gainChart([{ name: "boost", rows: [0, 0.5, 1], gain: [0, 0.9, 1], lift: [1.8, 1.8, 1] }], { show: "lift" })["width"] // => 400
 * ```
 */
export function gainChart(curves: readonly GainCurve[], options: GainChartOptions = {}): ChartSpec {
  const at = "gainChart";
  checkChartOptions(at, options, ["show"]);
  const show = checkChoice(at, { show: options.show ?? "gain" }, ["gain", "lift"]);
  const lines = curves.map((of) => ({ name: of.name, x: of.rows, y: of[show] }));
  const keys = checkCurves(at, lines);
  const top = show === "gain" ? 1 : Math.max(1, rangeOf(...lines.map(({ y }) => y))[1]) * 1.05;
  const rows = lines.flatMap((line, i) => pointsOf(line, keys[i] ?? "", [1, top]));
  const { title = show === "gain" ? "Cumulative gain" : "Lift", subtitle } = options;
  const x = shares("x", "share of rows asked, highest scores first");
  const y =
    show === "gain"
      ? shares("y", "share of positives among them")
      : numbers("y", "lift (multiple of chance)", [0, top]);
  const legend = legendOf(null, curves.length, show === "gain" ? "bottom-right" : "top-right");
  const chance = show === "gain" ? straight([0, 0], [1, 1]) : straight([0, 1], [1, 1]);
  const told =
    show === "gain"
      ? words([0.16, 0.16], "at random", { ...below, angle: -40 })
      : words([0, 1], "at random", { baseline: "top", dy: 4 });
  const layer = [linesOf(rows, keys, { x, y, legend }), chance, told];
  return chartSpec({ title, subtitle, width: 400, height: 340, layer });
}
