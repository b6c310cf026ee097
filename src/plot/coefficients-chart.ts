/** @file The coefficients chart: what a linear model adds for each feature, with its interval. */
import type { Json } from "../flow.ts";
import { plain, rangeOf } from "./axes.ts";
import { checkLabels, checkSome, checkValue } from "./checks.ts";
import {
  type ChartOptions,
  type ChartSpec,
  chartSpec,
  checkChartOptions,
  label,
  namesAxis,
} from "./spec.ts";

/** A feature's coefficient. */
export interface CoefficientBar {
  readonly name: string;
  readonly value: number;
  /** The ends of its interval, where it has one. */
  readonly low?: number;
  readonly high?: number;
}

const mostBars = 20;

/**
 * Describes coefficients as bars to both sides of 0, those of the largest size first, with intervals as lines; of more than 20 the first 20
 * are drawn. Sizes compare only where features have one scale. O(d·log d).
 *
 * @param coefficients - One for each feature, in any order.
 * @throws `plot/missing-data`, `plot/out-of-range-value`, `plot/duplicate-name`
 * @example
 * ```ts
 * coefficientsChart([{ name: "tenure", value: -0.8, low: -1, high: -0.6 }, { name: "age", value: 0.1 }])["width"] // => 340
 * ```
 */
export function coefficientsChart(
  coefficients: readonly CoefficientBar[],
  options: ChartOptions = {},
): ChartSpec {
  const at = "coefficientsChart";
  checkChartOptions(at, options);
  checkSome(at, "coefficient", coefficients.length);
  const labels = checkLabels(
    at,
    coefficients.map(({ name }) => name),
  );
  for (const { name, value, low = value, high = value } of coefficients)
    for (const end of [{ value }, { low }, { high }])
      checkValue(`${at}: feature ${JSON.stringify(name)}`, end);
  const sorted = coefficients
    .map(({ value, low = value, high = value }, i) => ({ name: labels[i] ?? "", value, low, high }))
    .sort((a, b) => Math.abs(b.value) - Math.abs(a.value));
  const shown = sorted.slice(0, mostBars);
  const cut =
    shown.length < sorted.length ? `the largest ${mostBars} of ${sorted.length}` : undefined;
  const { title = "Coefficients", subtitle = cut } = options;
  const [low, high] = rangeOf(shown.flatMap((row) => [row.low, row.high, 0]));
  const domain = low < high ? [low, high] : [-1, 1];
  const y = namesAxis(shown.map(({ name }) => name));
  const scale = { domain, nice: true };
  const x = {
    ...plain("value"),
    scale,
    axis: { title: label("coefficient"), tickCount: 6, domain: false },
  };
  const bars = (style: "up" | "down"): Json => ({
    data: { values: shown.filter(({ value }) => value >= 0 === (style === "up")) },
    mark: { type: "bar", height: 13, style },
    encoding: { x, y },
  });
  const spans = shown.filter((row) => row.low < row.high);
  const layer: Json[] = [bars("up"), bars("down")];
  if (spans.length > 0)
    layer.push({
      data: { values: spans },
      mark: { type: "rule", style: "middle" },
      encoding: { x: plain("low"), x2: { field: "high" }, y },
    });
  layer.push({
    data: { values: [{ x: 0 }] },
    mark: { type: "rule", style: "threshold" },
    encoding: { x: plain("x") },
  });
  return chartSpec({ title, subtitle, width: 340, height: { step: 22 }, layer });
}
