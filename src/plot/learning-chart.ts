/** @file The learning chart: a metric of training and validation rows by step, or by how many rows were learned from. */
import type { Json } from "../flow.ts";
import { checkNumbers, numbers, plain, rangeOf, roomy } from "./axes.ts";
import { checkLength, checkValue } from "./checks.ts";
import { checkCurves, linesOf, type NamedCurve, pointsOf } from "./curve-lines.ts";
import {
  type ChartOptions,
  type ChartSpec,
  chartSpec,
  checkChartOptions,
  label,
  titled,
} from "./spec.ts";

/** Options of {@link learningChart}. */
export interface LearningChartOptions extends ChartOptions {
  /** The metric's name: "log loss". */
  readonly metric: string;
  readonly unit?: string;
  /** What the curves run over. Default "step". */
  readonly over?: string;
  /** A step to mark with a line: the one that was kept. */
  readonly best?: number;
}

/**
 * Describes a metric as lines over steps, one for each kind of rows, with the best step marked. O(t).
 *
 * @param curves - Values by name, such as `train` and `validation`, each of shape [t].
 * @param options - What is measured; see {@link LearningChartOptions}.
 * @param steps - Shape [t], of all curves, or of each by its name; default 0, 1, 2, ….
 * @throws `plot/missing-data`, `plot/mismatch-lengths`, `plot/out-of-range-value`, `plot/out-of-range-count`
 * @example
 * ```ts
 * learningChart({ train: [1, 0.5, 0.3], validation: [1, 0.6, 0.5] }, { metric: "log loss", best: 2 })["width"] // => 480
 * ```
 */
export function learningChart(
  curves: Readonly<Record<string, ArrayLike<number>>>,
  options: LearningChartOptions,
  steps?: ArrayLike<number> | Readonly<Record<string, ArrayLike<number>>>,
): ChartSpec {
  const at = "learningChart";
  checkChartOptions(at, options, ["metric", "unit", "over", "best"]);
  const { metric, unit, over = "step", best, title = "Learning curves", subtitle } = options;
  const lines: NamedCurve[] = Object.entries(curves).map(([name, y]) => {
    const x = stepsOf(steps, name);
    if (x === undefined) return { name, y, x: Float64Array.from(y, (_, i) => i) };
    checkNumbers(at, "step", x);
    checkLength(at, `curve ${JSON.stringify(name)}`, [x.length, y.length]);
    return { name, y, x };
  });
  const keys = checkCurves(at, lines);
  const across = rangeOf(...lines.map(({ x }) => x));
  const height = roomy(rangeOf(...lines.map(({ y }) => y)));
  const spans = [across[1] - across[0], height[1] - height[0]] as const;
  const rows = lines.flatMap((line, i) => pointsOf(line, keys[i] ?? "", spans));
  const x = numbers("x", over, across[0] < across[1] ? across : roomy(across));
  const y = numbers("y", titled(metric, unit), height);
  const marks = best === undefined ? [] : markOf(checkedBest(at, best), across);
  const legend = { title: null, orient: "top", symbolType: "stroke", labelLimit: 240 };
  const mark = rows.length <= 30 ? { point: true } : {};
  const layer = [linesOf(rows, keys, { x, y, legend, mark }), ...marks];
  return chartSpec({ title, subtitle, width: 480, height: 280, layer });
}

const isList = (steps: object): steps is ArrayLike<number> => "length" in steps;

/** The steps of a curve. */
function stepsOf(
  steps: ArrayLike<number> | Readonly<Record<string, ArrayLike<number>>> | undefined,
  name: string,
): ArrayLike<number> | undefined {
  return steps === undefined || isList(steps) ? steps : steps[name];
}

/** A line at a step, and its name on the side where there is room. */
function markOf(best: number, [from, to]: readonly [number, number]): Json[] {
  const side = best > (from + to) / 2 ? { align: "right", dx: -5 } : { align: "left", dx: 5 };
  const data = { values: [{ x: best, text: label(`best: ${best}`) }] };
  const text = { field: "text", type: "nominal" };
  return [
    { data, mark: { type: "rule", style: "threshold" }, encoding: { x: plain("x") } },
    {
      data,
      mark: { type: "text", style: "threshold-label", baseline: "top", ...side },
      encoding: { x: plain("x"), y: { value: 2 }, text },
    },
  ];
}

function checkedBest(at: string, best: number): number {
  checkValue(at, { best });
  return best;
}
