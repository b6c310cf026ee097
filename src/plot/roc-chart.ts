/** @file The ROC chart: how many of the true ones are found, for each share of false alarms. */
import type { Json } from "../flow.ts";
import { checkLabels, checkLength, checkSome, checkValue } from "./checks.ts";
import { fail } from "./errors.ts";
import { type ChartOptions, type ChartSpec, chartSpec, checkChartOptions } from "./spec.ts";

/** One model's ROC curve; both lists have shape [p] and run from (0, 0) to (1, 1). */
export interface RocCurve {
  readonly name: string;
  /** False positives of all negatives, 0 to 1. */
  readonly falsePositiveRate: ArrayLike<number>;
  /** True positives of all positives, 0 to 1. */
  readonly truePositiveRate: ArrayLike<number>;
  /** The area under the curve, 0 to 1. */
  readonly auc: number;
}

const mostCurves = 8;

/**
 * Describes ROC curves, with the AUC beside each name and the diagonal of a model that guesses.
 * Points closer than 1/1000 to the one before are left out. O(p) for p points.
 *
 * @param curves - One to eight curves, in the order of the legend.
 * @throws `plot/missing-data`, `plot/mismatch-lengths`, `plot/out-of-range-value`,
 * `plot/out-of-range-count`, `plot/duplicate-name`
 * @example
 * ```ts
 * const curve = { falsePositiveRate: [0, 0, 1], truePositiveRate: [0, 1, 1], auc: 1 };
 * rocChart([{ name: "boost", ...curve }])["height"] // => 360
 * ```
 * @see Fawcett, Pattern Recognition Letters 27(8), 2006.
 */
export function rocChart(curves: readonly RocCurve[], options: ChartOptions = {}): ChartSpec {
  checkChartOptions("rocChart", options);
  checkSome("rocChart", "curve", curves.length);
  if (curves.length > mostCurves)
    fail("plot/out-of-range-count", {
      at: "rocChart",
      what: "curves",
      most: mostCurves,
      got: curves.length,
    });
  const names = checkLabels(
    "rocChart",
    curves.map(({ name }) => name),
  );
  curves.forEach(checkCurve);
  const keys = curves.map(({ auc }, i) => `${auc.toFixed(3)}  ${names[i]}`);
  const rows = curves.flatMap((curve, i) => pointsOf(curve, keys[i] ?? ""));
  const { title = "ROC curve", subtitle } = options;
  const layer = [diagonal, chance, curveLayer(rows, keys)];
  return chartSpec({ title, subtitle, width: 360, height: 360, layer });
}

function checkCurve({ name, falsePositiveRate, truePositiveRate, auc }: RocCurve): void {
  const at = `rocChart: curve ${JSON.stringify(name)}`;
  checkSome(at, "point", falsePositiveRate.length);
  checkLength(at, "truePositiveRate", [falsePositiveRate.length, truePositiveRate.length]);
  checkValue(at, { auc }, { min: 0, max: 1 });
  for (let i = 0; i < falsePositiveRate.length; i++) {
    checkValue(at, { [`falsePositiveRate[${i}]`]: falsePositiveRate[i] ?? Number.NaN }, unit);
    checkValue(at, { [`truePositiveRate[${i}]`]: truePositiveRate[i] ?? Number.NaN }, unit);
  }
}

const unit = { min: 0, max: 1 };

/** The points that can be told apart; the first and the last always. */
function pointsOf({ falsePositiveRate, truePositiveRate }: RocCurve, curve: string): Json[] {
  const rows: Json[] = [];
  const last = falsePositiveRate.length - 1;
  let [keptX, keptY] = [-1, -1];
  for (let i = 0; i <= last; i++) {
    const [x, y] = [falsePositiveRate[i] ?? 0, truePositiveRate[i] ?? 0];
    const near = Math.abs(x - keptX) < 0.001 && Math.abs(y - keptY) < 0.001;
    if (near && i !== last) continue;
    rows.push({ curve, x, y, order: i });
    [keptX, keptY] = [x, y];
  }
  return rows;
}

const scale = { domain: [0, 1], nice: false };
const ticks = { values: [0, 0.2, 0.4, 0.6, 0.8, 1], format: ".1f" };

const diagonal: Json = {
  data: {
    values: [
      { x: 0, y: 0 },
      { x: 1, y: 1 },
    ],
  },
  mark: { type: "line", style: "threshold" },
  encoding: {
    x: { field: "x", type: "quantitative" },
    y: { field: "y", type: "quantitative" },
  },
};

const chance: Json = {
  data: { values: [{ x: 0.16, y: 0.16 }] },
  mark: { type: "text", style: "threshold-label", angle: -45, dy: 12, baseline: "middle" },
  encoding: {
    x: { field: "x", type: "quantitative" },
    y: { field: "y", type: "quantitative" },
    text: { value: "guessing" },
  },
};

function curveLayer(rows: readonly Json[], keys: readonly string[]): Json {
  const inside = keys.length <= 4;
  const place = inside ? { orient: "bottom-right", labelLimit: 190 } : { labelLimit: 260 };
  const legend = { title: "AUC", symbolType: "stroke", ...place };
  return {
    data: { values: rows },
    mark: "line",
    encoding: {
      x: {
        field: "x",
        type: "quantitative",
        scale,
        axis: { ...ticks, title: "false positive rate (share of negatives)" },
      },
      y: {
        field: "y",
        type: "quantitative",
        scale,
        axis: { ...ticks, title: "true positive rate (share of positives)" },
      },
      color: { field: "curve", type: "nominal", sort: null, scale: { domain: keys }, legend },
      order: { field: "order", type: "quantitative" },
    },
  };
}
