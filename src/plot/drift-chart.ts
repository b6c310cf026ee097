/** @file The drift chart: how far each column has moved from what the model learned from. */
import { checkChoice } from "../core/index.ts";
import type { Drift, DriftLevel, Json } from "../flow.ts";
import { checkLabels, checkSome, checkValue } from "./checks.ts";
import {
  type ChartOptions,
  type ChartSpec,
  chartSpec,
  checkChartOptions,
  namesAxis,
} from "./spec.ts";

const mostBars = 30;
const widthPx = 340;
const levels: readonly DriftLevel[] = ["none", "moderate", "severe"];

/**
 * Describes the population stability index of each column as a bar, largest first, coloured by
 * level, with lines at 0.1 (moderate) and 0.2 (severe). Of more than 30 the first 30 are drawn.
 *
 * @param drifts - One for each column; psi ≥ 0, in nats.
 * @throws `plot/missing-data`, `plot/out-of-range-value`, `plot/duplicate-name`,
 * `option/out-of-range` for another level
 * @example
 * ```ts
 * driftChart([{ column: "tenure", psi: 0.25, level: "severe" }])["width"] // => 340
 * ```
 */
export function driftChart(drifts: readonly Drift[], options: ChartOptions = {}): ChartSpec {
  const at = "driftChart";
  checkChartOptions(at, options);
  checkSome(at, "column", drifts.length);
  for (const { column, psi, level } of drifts) {
    checkValue(`${at}: column ${JSON.stringify(column)}`, { psi }, { min: 0 });
    checkChoice(`${at}: column ${JSON.stringify(column)}`, { level }, levels);
  }
  const labels = checkLabels(
    at,
    drifts.map(({ column }) => column),
  );
  const sorted = drifts
    .map(({ psi, level }, i) => ({ name: labels[i] ?? "", psi, level, text: textOf(psi, level) }))
    .sort((a, b) => b.psi - a.psi);
  const shown = sorted.slice(0, mostBars);
  const cut = `the first ${mostBars} of ${sorted.length} columns`;
  const { title = "Drift since training" } = options;
  const subtitle = options.subtitle ?? (sorted.length > mostBars ? cut : undefined);
  return chartSpec({
    title,
    subtitle,
    width: widthPx,
    height: { step: 22 },
    layer: layersOf(shown),
  });
}

function textOf(psi: number, level: DriftLevel): string {
  return level === "none" ? psi.toFixed(3) : `${psi.toFixed(3)} ${level}`;
}

type Bar = {
  readonly name: string;
  readonly psi: number;
  readonly level: DriftLevel;
  readonly text: string;
};

function layersOf(bars: readonly Bar[]): Json[] {
  const top = Math.max(0.25, ...bars.map(({ psi }) => psi));
  const axis = { title: "population stability index (nats)", tickCount: 6, grid: false };
  const scale = { domain: [0, top], nice: false };
  const x = { field: "psi", type: "quantitative", scale, axis };
  const y = namesAxis(bars.map(({ name }) => name));
  const barsOf = (level: DriftLevel): Json => ({
    data: { values: bars.filter((bar) => bar.level === level) },
    mark: { type: "bar", height: 15, style: `level-${level}` },
    encoding: { x, y },
  });
  const texts: Json = {
    data: { values: bars },
    mark: { type: "text", style: "value", align: "left", dx: 12 },
    encoding: { x: { value: "width" }, y, text: { field: "text", type: "nominal" } },
  };
  return [...levels.map(barsOf), ...lines, texts];
}

/** The two lines, each named above the plot, away from the other's name. */
const lines: readonly Json[] = [
  { psi: 0.1, text: "0.1 moderate", align: "right", dx: -2 },
  { psi: 0.2, text: "0.2 severe", align: "left", dx: 2 },
].flatMap(({ psi, text, align, dx }) => {
  const data = { values: [{ psi, text }] };
  const x = { field: "psi", type: "quantitative" };
  const mark = { type: "text", style: "threshold-label", align, dx, dy: -5, baseline: "bottom" };
  const words = { field: "text", type: "nominal" };
  return [
    { data, mark: { type: "rule", style: "threshold" }, encoding: { x } },
    { data, mark, encoding: { x, y: { value: 0 }, text: words } },
  ];
});
