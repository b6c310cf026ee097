/** @file The histogram chart: how a column was distributed in training, and how it is now; or any two samples. */
import { checkNumber, count } from "../core/index.ts";
import type { Json } from "../flow.ts";
import { checkSome } from "./checks.ts";
import { fail } from "./errors.ts";
import {
  type ChartOptions,
  type ChartSpec,
  chartSpec,
  checkChartOptions,
  percent,
  titled,
} from "./spec.ts";

/** The two samples of one column; NaN is a missing value. */
export interface TwoSamples {
  /** What the model learned from, shape [n]. */
  readonly training: ArrayLike<number>;
  /** What it is asked about now, shape [m]. */
  readonly now: ArrayLike<number>;
}

/** What the chart shows besides the samples. */
export interface HistogramOptions extends ChartOptions {
  /** The column's name: the title of the value axis. */
  readonly column: string;
  /** The column's unit: "months". */
  readonly unit?: string;
  /** How many bins of equal width, 1 to 200. Default 30, or one for each whole number if fewer. */
  readonly bins?: number;
  /** What the two samples are called. Default ["training", "now"]. */
  readonly names?: readonly [string, string];
  /** A value to mark with a line, such as a threshold. */
  readonly mark?: number;
}

/**
 * Describes two distributions over the same bins, each as shares of its own values, so that
 * samples of different sizes compare. Missing values are counted in the subtitle. O(n + m).
 *
 * @throws `plot/missing-data` when a sample has no value; `plot/out-of-range-value` when one is
 * infinite; `option/out-of-range`
 * @example
 * ```ts
 * histogramChart({ training: [1, 2, 2], now: [2, 3] }, { column: "tenure" })["width"] // => 480
 * ```
 */
export function histogramChart(samples: TwoSamples, options: HistogramOptions): ChartSpec {
  const at = "histogramChart";
  checkChartOptions(at, options, ["column", "unit", "bins", "names", "mark"]);
  const { names = ["training", "now"], mark } = options;
  if (mark !== undefined) checkNumber(at, { mark });
  if (options.bins !== undefined)
    checkNumber(at, { bins: options.bins }, { min: 1, max: 200, integer: true });
  const training = known(names[0], samples.training);
  const now = known(names[1], samples.now);
  const bins = binsOf(training.concat(now), options.bins);
  const missing = missingText(samples, { training, now }, names);
  const { column, unit, title = `${column}: ${names.join(" and ")}`, subtitle = missing } = options;
  const keys = [training, now].map(({ length }, i) => `${names[i]} (${count(length, "row")})`);
  const rows = [training, now].flatMap((values, i) => stepsOf(values, bins, keys[i] ?? ""));
  const layer = [
    ...layersOf(rows, keys, { bins, title: titled(column, unit) }),
    ...(mark === undefined ? [] : [lineAt(mark)]),
  ];
  return chartSpec({ title, subtitle, width: 480, height: 240, layer });
}

function known(what: string, values: ArrayLike<number>): number[] {
  const at = "histogramChart";
  const kept = Array.from(values).filter((value) => !Number.isNaN(value));
  const got = kept.find((value) => !Number.isFinite(value));
  if (got !== undefined)
    fail("plot/out-of-range-value", { at, what, expected: "finite numbers or NaN", got });
  checkSome(at, `value in ${what}`, kept.length);
  return kept;
}

function missingText(
  samples: TwoSamples,
  kept: Record<keyof TwoSamples, readonly number[]>,
  [first, second]: readonly [string, string],
): string | undefined {
  const share = (sample: keyof TwoSamples): number =>
    1 - kept[sample].length / samples[sample].length;
  const [before, now] = [share("training"), share("now")];
  return before + now === 0
    ? undefined
    : `missing and left out: ${percent(before)} of ${first}, ${percent(now)} of ${second}`;
}

interface Bins {
  readonly start: number;
  readonly width: number;
  readonly count: number;
}

/** Whole numbers within a span of 40 get a bin each, centred; others share the range equally. */
function binsOf(values: readonly number[], wanted: number | undefined): Bins {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) [low, high] = [Math.min(low, value), Math.max(high, value)];
  const whole = high - low <= 40 && values.every(Number.isInteger);
  if (wanted === undefined && whole) return { start: low - 0.5, width: 1, count: high - low + 1 };
  const number = wanted ?? 30;
  const width = (high - low) / number;
  if (width > 0 && Number.isFinite(width)) return { start: low, width, count: number };
  const unit = Math.max(1, Math.abs(low) * 1e-3); // every value is the same
  return { start: low - unit / 2, width: unit, count: 1 };
}

/** The outline of a histogram, from the base line up, along, and down again. */
function stepsOf(values: readonly number[], bins: Bins, sample: string): Json[] {
  const shares = new Float64Array(bins.count);
  for (const value of values) {
    const bin = Math.min(bins.count - 1, Math.floor((value - bins.start) / bins.width));
    shares[bin] = (shares[bin] ?? 0) + 1 / values.length;
  }
  const edge = (i: number): number => bins.start + i * bins.width;
  const corners = [...shares].flatMap((share, i) => [
    { value: edge(i), share },
    { value: edge(i + 1), share },
  ]);
  const closed = [{ value: edge(0), share: 0 }, ...corners, { value: edge(bins.count), share: 0 }];
  return closed.map((corner) => ({ ...corner, sample }));
}

const lineAt = (value: number): Json => ({
  data: { values: [{ value }] },
  mark: { type: "rule", style: "threshold" },
  encoding: { x: { field: "value", type: "quantitative" } },
});

interface HistogramAxis {
  readonly bins: Bins;
  readonly title: string;
}

/** A line with a pale area below it, for each sample; both go through the corners by value. */
function layersOf(rows: readonly Json[], keys: readonly string[], axis: HistogramAxis): Json[] {
  const { start, width, count: bins } = axis.bins;
  const domain = [start - width / 2, start + (bins + 0.5) * width];
  const whole = width === 1 ? { tickMinStep: 1 } : {};
  const x = {
    field: "value",
    type: "quantitative",
    scale: { domain, nice: false, zero: false },
    axis: { title: axis.title, grid: false, ...whole },
  };
  const left = { title: "share of rows (%)", format: ".0%", tickCount: 5, domain: false };
  const y = { field: "share", type: "quantitative", stack: null, axis: left };
  const legend = { title: null, orient: "top", symbolType: "square", labelLimit: 240 };
  const color = { field: "sample", type: "nominal", sort: null, scale: { domain: keys }, legend };
  const data = { values: rows };
  const encoding = { x, y, color };
  return [
    { data, mark: { type: "area", fillOpacity: 0.18 }, encoding },
    { data, mark: { type: "line", strokeWidth: 1.8, strokeJoin: "miter" }, encoding },
  ];
}
