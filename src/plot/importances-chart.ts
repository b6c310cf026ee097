/** @file The importances chart: how much each feature matters to a model. */
import type { Json } from "../flow.ts";
import { checkLabels, checkSome, checkValue } from "./checks.ts";
import {
  type ChartOptions,
  type ChartSpec,
  chartSpec,
  checkChartOptions,
  namesAxis,
  percent,
} from "./spec.ts";

/** A feature and its share of all importance, 0 to 1. */
export interface Importance {
  readonly name: string;
  readonly share: number;
}

const mostBars = 20;

/**
 * Describes feature importances as bars, largest first; of more than 20 the first 20 are drawn and
 * the subtitle says what the others share. O(d log d).
 *
 * @param importances - One for each feature, in any order: a model's `importances`, shape [d].
 * @throws `plot/missing-data`, `plot/out-of-range-value`, `plot/duplicate-name`
 * @example
 * ```ts
 * importancesChart([{ name: "tenure", share: 0.7 }, { name: "city", share: 0.3 }])["width"] // => 340
 * ```
 */
export function importancesChart(
  importances: readonly Importance[],
  options: ChartOptions = {},
): ChartSpec {
  const at = "importancesChart";
  checkChartOptions(at, options);
  checkSome(at, "feature", importances.length);
  for (const { name, share } of importances)
    checkValue(`${at}: feature ${JSON.stringify(name)}`, { share }, { min: 0, max: 1 });
  const labels = checkLabels(
    at,
    importances.map(({ name }) => name),
  );
  const sorted = importances
    .map(({ share }, i) => ({ name: labels[i] ?? "", share, text: percent(share) }))
    .sort((a, b) => b.share - a.share);
  const shown = sorted.slice(0, mostBars);
  const { title = "Feature importances", subtitle = othersOf(sorted) } = options;
  const layer = layersOf(shown);
  return chartSpec({ title, subtitle, width: 340, height: { step: 22 }, layer });
}

function othersOf(sorted: readonly Importance[]): string | undefined {
  const others = sorted.slice(mostBars);
  if (others.length === 0) return undefined;
  const share = percent(others.reduce((sum, other) => sum + other.share, 0));
  return `the first ${mostBars} of ${sorted.length} features; the others share ${share}`;
}

function layersOf(rows: readonly { name: string; share: number; text: string }[]): Json[] {
  const data = { values: rows };
  const y = namesAxis(rows.map(({ name }) => name));
  const axis = { title: "share of all importance (%)", labels: false, ticks: false, grid: false };
  // With nothing but zeros the bars have no length, and the scale still has one.
  const top = Math.max(...rows.map(({ share }) => share)) || 1;
  const scale = { domain: [0, top], nice: false };
  const x = { field: "share", type: "quantitative", scale, axis: { ...axis, domain: false } };
  const text = { field: "text", type: "nominal" };
  return [
    { data, mark: { type: "bar", height: 15 }, encoding: { x, y } },
    {
      data,
      mark: { type: "text", style: "value", align: "left", dx: 5 },
      encoding: { x, y, text },
    },
  ];
}
